/*
 * preview - obligations and reminders of a span of days, without a daemon
 *
 * Obligations are chosen by due, reminders by the day they go out, so the rules are expanded a
 * margin beyond the span.  Reminders are planned a slice at a time and kept small, for there may be
 * millions.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"
#include "i18n.h"
#include "json_put.h"
#include "mem.h"
#include "obligation_json.h"
#include "plan.h"
#include "preview.h"
#include "regular.h"

enum { SLICE = 512, PEOPLE_MAX = 16 };

/* ---- how far a ladder reaches ------------------------------------------------------------------- */

struct margin {
	int before,
		after; /* days; before: obligations due before the span that still remind in it */
};

static int at_least(int days, int than)
{
	return days > than ? days : than;
}

/* n workdays in calendar days, holidays included: the longest in China is nine days. */
static int workdays_span(int n)
{
	return n * 2 + 30;
}

static void widen(struct margin *m, const struct rule *r, const struct step *s)
{
	int period = r->kind == RULE_MONTHLY ? 62 : 400;
	if (s->anchor == ANCHOR_DUE && s->workdays < 0)
		m->after = at_least(workdays_span(-s->workdays), m->after);
	else if (s->anchor == ANCHOR_DUE)
		m->before = at_least(workdays_span(s->workdays), m->before);
	else if (s->anchor == ANCHOR_END)
		m->before = at_least(s->days + 31, m->before);
	if (s->anchor == ANCHOR_END)
		m->after = at_least(r->days - s->days + 31, m->after);
	if (s->anchor == ANCHOR_PERIOD) {
		m->after = at_least(period - 31 * s->month, m->after);
		m->before = at_least(31 * s->month + 62, m->before);
	}
}

static struct margin margin_of(const struct config *c)
{
	struct margin m = {31, 31};
	for (size_t i = 0; i < c->n_rules; i++)
		for (size_t k = 0; c->rule[i]->ladder && k < c->rule[i]->ladder->n_steps; k++)
			widen(&m, c->rule[i], &c->rule[i]->ladder->step[k]);
	return m;
}

static struct date shift(struct date d, int days)
{
	struct date first = date_clamped(DATE_YEAR_MIN, 1, 1);
	struct date last = date_clamped(DATE_YEAR_MAX, 12, 31);
	return date_max(first, date_min(last, date_add(d, days)));
}

/* ---- choosing ------------------------------------------------------------------------------------ */

static bool lies_in(const struct preview *p, struct date d)
{
	return date_compare(d, p->from) >= 0 && date_compare(d, p->to) <= 0;
}

/* A one-off without a date and without a period of its own has the first day of the expansion. */
bool preview_shows(const struct preview *p, const struct obligation *o)
{
	if (!date_is_none(o->due))
		return lies_in(p, o->due);
	if (date_compare(o->period_first, o->period_last) == 0)
		return true;
	return date_compare(o->period_last, p->from) >= 0 &&
	       date_compare(o->period_first, p->to) <= 0;
}

static void keep_reminder(struct preview *p, const struct reminder *r)
{
	if (p->n_reminders == p->cap_reminders) {
		p->cap_reminders = p->cap_reminders ? p->cap_reminders * 2 : 4096;
		p->reminder = mem_grow(p->reminder, p->cap_reminders, sizeof *p->reminder);
	}
	struct preview_reminder *k = &p->reminder[p->n_reminders++];
	k->at = r->at;
	memcpy(k->key, r->key, sizeof k->key);
	k->obligation = r->obligation;
	k->step_id = r->step_id;
	k->person = r->person;
	k->absent = r->stands_in ? r->instead : NULL;
	k->form = r->form;
	k->channel = r->channel;
}

static enum rc plan_slice(struct preview *p, const struct obligations *os, struct arena *a,
	struct instant from, struct instant to, struct diag *d)
{
	struct reminders rs;
	enum rc rc = plan_reminders(p->c, os, PLAN_AS_MISSING, a, &rs, d);
	for (size_t i = 0; rc == RC_OK && i < rs.n; i++) {
		const struct reminder *r = &rs.item[i];
		if (!r->superseded && r->at.s >= from.s && r->at.s < to.s)
			keep_reminder(p, r);
	}
	return rc;
}

static void add_regular(struct preview *p)
{
	struct reminders rs;
	regular_plan(p->c, p->from, p->to, &p->arena, &rs);
	for (size_t i = 0; i < rs.n; i++)
		keep_reminder(p, &rs.item[i]);
}

static int compare_reminders(const void *left, const void *right)
{
	const struct preview_reminder *a = left, *b = right;
	if (a->at.s != b->at.s)
		return a->at.s < b->at.s ? -1 : 1;
	return memcmp(a->key, b->key, sizeof a->key);
}

static enum rc collect(struct preview *p, struct diag *d)
{
	struct margin m = margin_of(p->c);
	struct arena scratch = ARENA_INIT;
	enum rc rc = obligation_expand(p->c, shift(p->from, -m.before), shift(p->to, m.after), NULL,
		NULL, &p->arena, &p->obligations, d);
	struct instant from = zone_to_instant(p->c->zone, p->from, 0);
	struct instant to = zone_to_instant(p->c->zone, p->to, DAY_S);
	for (size_t i = 0; rc == RC_OK && i < p->obligations.n; i += SLICE) {
		size_t left = p->obligations.n - i;
		struct obligations slice = {
			.item = p->obligations.item + i, .n = left < SLICE ? left : SLICE};
		rc = plan_slice(p, &slice, &scratch, from, to, d);
		arena_reset(&scratch);
	}
	arena_done(&scratch);
	if (rc == RC_OK)
		add_regular(p);
	if (p->n_reminders)
		qsort(p->reminder, p->n_reminders, sizeof *p->reminder, compare_reminders);
	return rc;
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static void put_people(struct json_put *w, const struct obligation *o)
{
	const char *id[PEOPLE_MAX];
	size_t n = obligation_people(o, id, PEOPLE_MAX);
	json_put_raw(w, ",\"people\":[");
	for (size_t i = 0; i < n; i++)
		json_put_key_text(w, i ? "," : "", id[i]);
	json_put_raw(w, "]}");
}

static void put_obligation(struct json_put *w, const struct config *c, const struct obligation *o)
{
	json_put_key_text(w, "{\"id\":", o->id);
	json_put_key_text(w, ",\"rule\":", o->rule->id);
	json_put_key_text(w, ",\"period\":", o->period);
	json_put_key_text(w, ",\"unit\":", o->unit_id);
	json_put_key_text(w, ",\"office\":", o->rule->office->id);
	json_put_raw(w, ",\"due\":");
	json_put_date(w, o->due);
	json_put_raw(w, ",\"due_at\":");
	json_put_time(w, c->zone, o->due_at);
	json_put_raw(w, ",\"hand_in\":");
	json_put_date(w, o->hand_in);
	json_put_raw(w, ",\"points\":");
	json_put_int(w, o->rule->points);
	json_put_raw(w, ",\"conditional\":");
	json_put_bool(w, o->conditional);
	json_put_raw(w, ",\"provisional\":");
	json_put_bool(w, o->provisional);
	put_people(w, o);
}

static void put_reminder(
	struct json_put *w, const struct config *c, const struct preview_reminder *r)
{
	json_put_key_text(w, "{\"key\":", r->key);
	if (r->obligation)
		json_put_key_text(w, ",\"obligation\":", r->obligation->id);
	else
		json_put_raw(w, ",\"obligation\":null");
	json_put_key_text(w, ",\"form\":", form_text(r->form));
	json_put_key_text(w, ",\"step\":", r->step_id);
	json_put_key_text(w, ",\"channel\":", channel_text(r->channel));
	json_put_key_text(w, ",\"person\":", r->person->id);
	if (r->absent)
		json_put_key_text(w, ",\"stands_in_for\":", r->absent->id);
	json_put_raw(w, ",\"at\":");
	json_put_time(w, c->zone, r->at);
	json_put_raw(w, "}");
}

static bool print_json(const struct preview *p)
{
	struct json_put w;
	bool first = true;
	json_put_init(&w, STDOUT_FILENO);
	json_put_raw(&w, "{\"obligations\":[");
	for (size_t i = 0; i < p->obligations.n; i++) {
		if (!preview_shows(p, &p->obligations.item[i]))
			continue;
		json_put_raw(&w, first ? "\n" : ",\n");
		first = false;
		put_obligation(&w, p->c, &p->obligations.item[i]);
	}
	json_put_raw(&w, "\n],\"reminders\":[");
	for (size_t i = 0; i < p->n_reminders; i++) {
		json_put_raw(&w, i ? ",\n" : "\n");
		put_reminder(&w, p->c, &p->reminder[i]);
	}
	json_put_raw(&w, "\n]}\n");
	return json_put_done(&w);
}

/* ---- command ------------------------------------------------------------------------------------- */

static int preview(struct preview *p, bool json, bool reminders)
{
	struct diag d = DIAG_INIT;
	enum rc rc = collect(p, &d);
	if (rc == RC_OK && !json)
		(reminders ? preview_print_reminders : preview_print)(p);
	else if (rc == RC_OK && !print_json(p))
		rc = diag_set_errno(&d, RC_IO, errno, N_("cannot write the answer"));
	free(p->reminder);
	arena_done(&p->arena);
	return rc ? cli_fail(&d) : EXIT_DONE;
}

int cmd_preview(const struct command *self, int argc, char **argv)
{
	struct preview p = {.from = DATE_NONE, .to = DATE_NONE};
	const char *path = NULL;
	bool json = false, reminders = false;
	const struct option_row rows[] = {
		{"c", OPTION_TEXT, &path},
		{"from", OPTION_DATE, &p.from},
		{"to", OPTION_DATE, &p.to},
		{"reminders", OPTION_FLAG, &reminders},
		{"json", OPTION_FLAG, &json},
	};
	struct config *c;
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0)
		return status;
	if (date_is_none(p.from) || date_is_none(p.to) || date_compare(p.from, p.to) > 0)
		return cli_usage(self);
	if (!cli_load(cli_config_path(path), &c, &status))
		return status;
	p.c = c;
	status = preview(&p, json, reminders);
	config_free(c);
	return status;
}
