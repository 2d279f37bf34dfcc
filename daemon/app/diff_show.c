#include "diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "i18n.h"
#include "say.h"

/* ---- the daemon's rows --------------------------------------------------------------------------- */

static int compare_by_id(const void *left, const void *right)
{
	const struct obligation *a = *(const struct obligation *const *)left;
	const struct obligation *b = *(const struct obligation *const *)right;
	return strcmp(a->id, b->id);
}

void diff_index(struct diff *x)
{
	size_t n = x->before.n;
	x->before.by_id = ARENA_ARRAY(&x->arena, n + 1, const struct obligation *);
	for (size_t i = 0; i < n; i++)
		x->before.by_id[i] = &x->before.item[i];
	qsort(x->before.by_id, n, sizeof *x->before.by_id, compare_by_id);
}

const json_t *diff_row(const struct diff *x, const char *id)
{
	size_t i;
	json_t *row;
	json_array_foreach(x->rows, i, row)
	{
		const char *of = json_string_value(json_object_get(row, "id"));
		if (of && strcmp(of, id) == 0)
			return row;
	}
	return NULL;
}

/* ---- order --------------------------------------------------------------------------------------- */

static const struct obligation *subject(const struct difference *d)
{
	return d->before ? d->before : d->after;
}

static int compare_by_due(const void *left, const void *right)
{
	const struct obligation *a = subject(left), *b = subject(right);
	bool no_a = date_is_none(a->due), no_b = date_is_none(b->due);
	if (no_a != no_b)
		return no_a - no_b;
	int order = no_a ? 0 : date_compare(a->due, b->due);
	return order ? order : strcmp(a->id, b->id);
}

static const char *kind_text(enum difference_kind k)
{
	static const char *const TEXT[] = {
		[DIFFERENCE_APPEARED] = "appeared",
		[DIFFERENCE_VANISHED] = "vanished",
		[DIFFERENCE_SUCCEEDED] = "succeeded",
		[DIFFERENCE_CHANGED] = "changed",
	};
	return TEXT[k];
}

/* ---- text ---------------------------------------------------------------------------------------- */

static const char *due_text(struct date d, char ret[static SAY_DATE_SIZE])
{
	if (!date_is_none(d))
		return say_date(d, ret);
	snprintf(ret, SAY_DATE_SIZE, "%s", _("no date yet"));
	return ret;
}

static void print_only_in(
	const char *sentence, const struct obligation *a, const struct obligation *b)
{
	size_t n = 0;
	for (size_t i = 0; i < a->n_who; i++)
		if (!difference_has_lead(b, a->who[i].person))
			printf("%s%s", n++ ? ", " : sentence, a->who[i].person->id);
	if (n)
		putchar('\n');
}

static void print_changed(const struct difference *d)
{
	char was[SAY_DATE_SIZE], is[SAY_DATE_SIZE];
	if (d->due_moved)
		printf(_("    due %s, before %s\n"), due_text(d->after->due, is),
			due_text(d->before->due, was));
	if (d->hand_in_moved)
		printf(_("    paper by %s, before %s\n"), due_text(d->after->hand_in, is),
			due_text(d->before->hand_in, was));
	print_only_in(_("    no longer reminded: "), d->before, d->after);
	print_only_in(_("    now reminded: "), d->after, d->before);
}

static void print_told(const struct diff *x, const struct difference *d)
{
	const json_t *row = d->before ? diff_row(x, d->before->id) : NULL;
	size_t i;
	json_t *person;
	json_array_foreach(json_object_get(row, "told"), i, person)
		printf("%s%s", i ? ", " : _("    already told: "), json_string_value(person));
	if (json_array_size(json_object_get(row, "told")))
		putchar('\n');
}

static void print_difference(const struct diff *x, const struct difference *d)
{
	const struct cli_style *st = cli_style(stdout);
	const struct obligation *o = subject(d);
	char due[SAY_DATE_SIZE];
	due_text(o->due, due);
	switch (d->kind) {
	case DIFFERENCE_APPEARED:
		printf(_("%s+ %s%s: new, due %s\n"), st->green, o->id, st->off, due);
		break;
	case DIFFERENCE_VANISHED:
		printf(_("%s- %s%s: is no longer there, was due %s\n"), st->red, o->id, st->off,
			due);
		break;
	case DIFFERENCE_SUCCEEDED:
		printf(_("%s> %s%s: now owed as %s\n"), st->yellow, o->id, st->off, d->after->id);
		break;
	case DIFFERENCE_CHANGED:
		printf(_("%s~ %s%s: changes\n"), st->yellow, o->id, st->off);
		print_changed(d);
		break;
	}
	print_told(x, d);
}

static void print_text(const struct diff *x, const struct differences *ds)
{
	size_t n[DIFFERENCE_CHANGED + 1] = {0}, vanished, open;
	for (size_t i = 0; i < ds->n; i++) {
		n[ds->item[i].kind]++;
		print_difference(x, &ds->item[i]);
	}
	if (ds->n == 0)
		printf(_("No obligation changes.\n"));
	else
		printf(_("%zu new, %zu no longer there, %zu with a new owner, %zu changed.\n"),
			n[DIFFERENCE_APPEARED], n[DIFFERENCE_VANISHED], n[DIFFERENCE_SUCCEEDED],
			n[DIFFERENCE_CHANGED]);
	if (x->rows && difference_is_alarming(&x->before, ds, &vanished, &open))
		printf(_("Too many vanish: %zu of %zu open ones. A reload needs --confirm.\n"),
			vanished, open);
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static json_t *date_json(const struct obligation *o, struct date d)
{
	char text[DATE_TEXT_SIZE];
	return !o || date_is_none(d) ? json_null() : json_string(date_format(d, text));
}

static json_t *side_json(const struct obligation *o)
{
	if (!o)
		return json_null();
	json_t *people = json_array();
	for (size_t i = 0; i < o->n_who; i++)
		json_array_append_new(people, json_string(o->who[i].person->id));
	return json_pack("{s:s,s:s,s:o,s:o,s:o}", "id", o->id, "unit", o->unit_id, "due",
		date_json(o, o->due), "hand_in", date_json(o, o->hand_in), "people", people);
}

static void print_json(const struct diff *x, const struct differences *ds)
{
	json_t *list = json_array();
	for (size_t i = 0; i < ds->n; i++) {
		const struct difference *d = &ds->item[i];
		const json_t *row = d->before ? diff_row(x, d->before->id) : NULL;
		json_t *told = json_object_get(row, "told");
		json_t *o = json_pack("{s:s,s:o,s:o,s:b,s:b,s:b}", "what", kind_text(d->kind),
			"before", side_json(d->before), "after", side_json(d->after), "due_moved",
			d->due_moved, "hand_in_moved", d->hand_in_moved, "people_changed",
			d->leads_changed);
		json_object_set_new(o, "told", told ? json_deep_copy(told) : json_array());
		json_array_append_new(list, o);
	}
	cli_print_json(json_pack("{s:o}", "differences", list));
}

int diff_show(struct diff *x, bool json)
{
	struct differences ds;
	difference_find(&x->before, &x->after, &x->arena, &ds);
	if (ds.n)
		qsort(ds.item, ds.n, sizeof *ds.item, compare_by_due);
	if (json)
		print_json(x, &ds);
	else
		print_text(x, &ds);
	return EXIT_DONE;
}
