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
	if (n)
		qsort(x->before.by_id, n, sizeof *x->before.by_id, compare_by_id);
	size_t i;
	json_t *row;
	x->by_id = json_object();
	json_array_foreach(x->rows, i, row)
	{
		const char *id = json_string_value(json_object_get(row, "id"));
		if (id)
			json_object_set(x->by_id, id, row);
	}
}

const json_t *diff_row(const struct diff *x, const char *id)
{
	return json_object_get(x->by_id, id);
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

static const char *unit_name(const struct diff *x, const struct obligation *o)
{
	const struct unit *u = o->unit ? o->unit : config_unit(x->names, o->unit_id);
	if (u)
		return u->name;
	return strcmp(o->unit_id, "bureau") == 0 ? _("the bureau") : o->unit_id;
}

/* Somebody the new side no longer has is named by id. */
static const char *person_name(const struct diff *x, const char *id)
{
	const struct person *p = config_person(x->names, id);
	return p ? p->name : id;
}

static void print_only_in(const struct diff *x, const char *sentence, const struct obligation *a,
	const struct obligation *b)
{
	size_t n = 0;
	for (size_t i = 0; i < a->n_who; i++)
		if (!difference_has_lead(b, a->who[i].person))
			printf("%s%s", n++ ? ", " : sentence, person_name(x, a->who[i].person->id));
	if (n)
		putchar('\n');
}

static void print_move(const char *format, struct date before, struct date after)
{
	char was[SAY_DATE_SIZE], is[SAY_DATE_SIZE];
	if (date_compare(before, after) != 0)
		printf(format, due_text(before, was), due_text(after, is));
}

static void print_moves(const struct diff *x, const struct difference *d)
{
	print_move(_("    due:      %s -> %s\n"), d->before->due, d->after->due);
	/* Where it follows the deadline it is not news. */
	if (date_compare(d->before->due, d->before->hand_in) != 0 ||
		date_compare(d->after->due, d->after->hand_in) != 0)
		print_move(_("    paper by: %s -> %s\n"), d->before->hand_in, d->after->hand_in);
	print_only_in(x, _("    no longer reminded: "), d->before, d->after);
	print_only_in(x, _("    now reminded: "), d->after, d->before);
}

static void print_told(const struct diff *x, const struct difference *d)
{
	const json_t *row = d->before ? diff_row(x, d->before->id) : NULL;
	size_t i;
	json_t *person;
	json_array_foreach(json_object_get(row, "told"), i, person) printf("%s%s",
		i ? ", " : _("    already told: "), person_name(x, json_string_value(person)));
	if (json_array_size(json_object_get(row, "told")))
		putchar('\n');
}

static void print_difference(const struct diff *x, const struct difference *d)
{
	static const char MARK[] = {
		[DIFFERENCE_APPEARED] = '+',
		[DIFFERENCE_VANISHED] = '-',
		[DIFFERENCE_SUCCEEDED] = '>',
		[DIFFERENCE_CHANGED] = '~',
	};
	const struct obligation *o = subject(d);
	char due[SAY_DATE_SIZE];
	printf("  %c %s  %s", MARK[d->kind], o->id, unit_name(x, o));
	if (d->kind == DIFFERENCE_SUCCEEDED)
		printf(" -> %s\n    %s", unit_name(x, d->after), d->after->id);
	if (d->kind == DIFFERENCE_CHANGED)
		putchar('\n');
	else
		printf(_(", due %s\n"), due_text(d->after ? d->after->due : o->due, due));
	if (d->before && d->after)
		print_moves(x, d);
	print_told(x, d);
}

static void print_group(
	const struct diff *x, const struct differences *ds, enum difference_kind kind)
{
	static const char *const HEADING[] = {
		[DIFFERENCE_APPEARED] = N_("New (%zu)"),
		[DIFFERENCE_VANISHED] = N_("No longer there (%zu)"),
		[DIFFERENCE_SUCCEEDED] = N_("Pass to another unit (%zu)"),
		[DIFFERENCE_CHANGED] = N_("Dates or people change (%zu)"),
	};
	const struct cli_style *st = cli_style(stdout);
	size_t n = 0;
	for (size_t i = 0; i < ds->n; i++)
		n += ds->item[i].kind == kind;
	if (n == 0)
		return;
	fputs(st->bold, stdout);
	printf(_(HEADING[kind]), n);
	printf("%s\n", st->off);
	for (size_t i = 0; i < ds->n; i++)
		if (ds->item[i].kind == kind)
			print_difference(x, &ds->item[i]);
}

static void print_text(const struct diff *x, const struct differences *ds)
{
	size_t vanished, open;
	print_group(x, ds, DIFFERENCE_VANISHED);
	print_group(x, ds, DIFFERENCE_SUCCEEDED);
	print_group(x, ds, DIFFERENCE_CHANGED);
	print_group(x, ds, DIFFERENCE_APPEARED);
	if (ds->n == 0)
		printf(_("No obligation changes.\n"));
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
		bool both = d->before && d->after;
		json_t *o = json_pack("{s:s,s:o,s:o,s:b,s:b,s:b}", "what", kind_text(d->kind),
			"before", side_json(d->before), "after", side_json(d->after), "due_moved",
			both && date_compare(d->before->due, d->after->due) != 0, "hand_in_moved",
			both && date_compare(d->before->hand_in, d->after->hand_in) != 0,
			"people_changed", d->leads_changed || d->kind == DIFFERENCE_SUCCEEDED);
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
