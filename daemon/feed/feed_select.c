#include "feed_select.h"

#include <stdlib.h>
#include <string.h>

#include "feed_event.h"
#include "feed_index.h"

enum { SPANS_MAX = 400 };

/* Everything that one rendering carries along. */
struct gathering {
	const struct config *c;
	const struct feed_spec *spec;
	struct arena *a;
	VEC(struct feed_entry) entries;
};

static bool is_id(const char *id, const char *want)
{
	return id && want && strcmp(id, want) == 0;
}

static bool is_in_window(const struct feed_spec *s, struct date d)
{
	return date_compare(d, s->from) >= 0 && date_compare(d, s->to) <= 0;
}

/* ---- whom it concerns --------------------------------------------------------------------------- */

static bool is_person(const struct person *p, const char *id)
{
	return p && is_id(p->id, id);
}

static bool is_clerk(const struct config *c, const char *id)
{
	for (size_t i = 0; i < c->n_offices; i++)
		if (is_person(c->office[i]->clerk, id))
			return true;
	return false;
}

static bool is_owed_by_person(const struct obligation *o, const char *id)
{
	for (size_t i = 0; i < o->n_who; i++) {
		const struct stakeholder *w = &o->who[i];
		enum role r = w->role;
		/* Passed on before it is due: the deadline is the next one's. */
		if (w->leaves && date_compare(w->leaves->from, o->due) <= 0)
			continue;
		if ((r == ROLE_LEAD || r == ROLE_PREPARER || r == ROLE_DEPUTY) &&
			is_person(o->who[i].person, id))
			return true;
	}
	return false;
}

static bool is_owed_by_unit(const struct obligation *o, const char *id)
{
	return (o->unit && is_id(o->unit->id, id)) ||
	       (o->joint_unit && is_id(o->joint_unit->id, id)) ||
	       (o->handover && is_id(o->handover->unit->id, id)) ||
	       (o->joint_handover && is_id(o->joint_handover->unit->id, id));
}

static bool concerns(const struct obligation *o, const struct feed_spec *s)
{
	bool firm = !o->provisional_roster;
	switch (s->kind) {
	case FEED_ALL:
		return true;
	case FEED_OFFICE:
		return is_id(o->rule->office->id, s->id);
	case FEED_UNIT:
		return firm && is_owed_by_unit(o, s->id);
	case FEED_PERSON:
		return is_person(o->rule->office->clerk, s->id) ||
		       (firm && is_owed_by_person(o, s->id));
	}
	return false;
}

static bool duty_concerns(
	const struct config *c, const struct duty *d, bool provisional, const struct feed_spec *s)
{
	const struct unit *u = d->unit;
	switch (s->kind) {
	case FEED_ALL:
	case FEED_OFFICE:
		return true;
	case FEED_UNIT:
		return !provisional && is_id(u->id, s->id);
	case FEED_PERSON:
		return is_clerk(c, s->id) ||
		       (!provisional && (is_person(d->lead ? d->lead : u->lead, s->id) ||
						is_person(u->preparer, s->id) ||
						is_person(u->deputy, s->id)));
	}
	return false;
}

/* ---- gathering ------------------------------------------------------------------------------------ */

static void add_occasion(struct gathering *g, const struct occasion *o, struct span s)
{
	struct feed_entry e = {.id = feed_id_of_occasion(o, s, g->a), .occasion = o, .span = s};
	VEC_PUSH(g->a, &g->entries, e);
}

static void add_obligation(struct gathering *g, const struct obligation *o)
{
	const struct feed_spec *s = g->spec;
	if (date_is_none(o->due) || !concerns(o, s) ||
		!is_in_window(s, date_min(o->hand_in, o->due)))
		return;
	struct feed_entry e = {.id = o->id, .o = o};
	VEC_PUSH(g->a, &g->entries, e);
	/* ALL has every occasion from the configuration. */
	if (s->kind != FEED_ALL && o->occasion && !date_is_none(o->planned_first))
		add_occasion(g, o->occasion, (struct span){o->planned_first, o->planned_last});
}

static void add_obligations(struct gathering *g, const struct obligations *os)
{
	const struct feed_spec *s = g->spec;
	size_t n = 0;
	if (!s->index || s->kind == FEED_ALL || !s->id) {
		for (size_t i = 0; i < os->n; i++)
			add_obligation(g, &os->item[i]);
		return;
	}
	const struct feed_index_row *row = feed_index_find(s->index, s->kind, s->id, &n);
	for (size_t i = 0; i < n; i++)
		add_obligation(g, &os->item[row[i].at]);
}

static void add_duty(
	struct gathering *g, const struct duty *d, int year, int month, bool provisional)
{
	if (!duty_concerns(g->c, d, provisional, g->spec))
		return;
	struct feed_entry e = {.id = feed_id_of_duty(d->unit, year, month, g->a),
		.duty = d->unit,
		.year = year,
		.month = month,
		.provisional = provisional};
	VEC_PUSH(g->a, &g->entries, e);
}

static void add_duties(struct gathering *g)
{
	const struct config *c = g->c;
	size_t max = 0;
	for (size_t i = 0; i < c->n_rosters; i++)
		max = c->roster[i]->n_duties > max ? c->roster[i]->n_duties : max;
	const struct duty **duty = ARENA_ARRAY(g->a, max + 1, const struct duty *);
	int year = date_year(g->spec->from), month = date_month(g->spec->from);
	for (; date_compare(date_clamped(year, month, 1), g->spec->to) <= 0;
		date_add_months(&year, &month, 1)) {
		const struct roster *r;
		bool provisional;
		size_t n = roster_duties(c, year, month, duty, max, &r, &provisional);
		for (size_t i = 0; i < n; i++)
			add_duty(g, duty[i], year, month, provisional);
	}
}

static void add_occasions(struct gathering *g)
{
	struct span *span = ARENA_ARRAY(g->a, SPANS_MAX, struct span);
	for (size_t i = 0; i < g->c->n_occasions; i++) {
		const struct occasion *o = g->c->occasion[i];
		size_t n = occasion_spans(o, g->spec->from, g->spec->to, span, SPANS_MAX);
		for (size_t k = 0; k < n; k++)
			add_occasion(g, o, span[k]);
	}
}

/* Of two with one id the first to arrive comes first: they lie in one array. */
static int by_id(const void *a, const void *b)
{
	const struct feed_entry *const *x = a, *const *y = b;
	int order = strcmp((*x)->id, (*y)->id);
	return order ? order : *x < *y ? -1 : *x > *y;
}

/* Obligations arrive first, so they are what is kept. */
static const struct feed_entry **sort_entries(struct gathering *g, size_t *ret_n)
{
	size_t n = g->entries.n, kept = 0;
	const struct feed_entry **e = ARENA_ARRAY(g->a, n + 1, const struct feed_entry *);
	for (size_t i = 0; i < n; i++)
		e[i] = &g->entries.item[i];
	qsort(e, n, sizeof *e, by_id);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(e[kept - 1]->id, e[i]->id) != 0)
			e[kept++] = e[i];
	*ret_n = kept;
	return e;
}

const struct feed_entry *const *feed_select(const struct config *c, const struct obligations *os,
	const struct feed_spec *spec, struct arena *a, size_t *ret_n)
{
	struct gathering g = {.c = c, .spec = spec, .a = a};
	add_obligations(&g, os);
	add_duties(&g);
	if (spec->kind == FEED_ALL)
		add_occasions(&g);
	return sort_entries(&g, ret_n);
}
