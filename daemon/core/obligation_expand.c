/*
 * Which obligations exist: rules x periods x owners.
 *
 * A rule gives periods (a month, an occasion's span, a half-year, its own); a period gives owners
 * (the duty units of its month, a unit, every unit, the bureau); each pair is one obligation, made
 * by obligation_build.  What does not fall into the window by its final due date is dropped there,
 * so an activity that was extended moves with its new date.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "obligation_build.h"

enum {
	ROLL_MARGIN_MONTHS = 3,
	SPANS_MAX = 16,
};

/* ---- owners ---------------------------------------------------------------------------------- */

static void add_duty_units(struct expansion *x, const struct rule *r, const struct period *p)
{
	struct owner w = {0};
	size_t n = roster_duties(x->c, date_year(p->duty_day), date_month(p->duty_day), x->duties,
		CONFIG_DUTIES_MAX, &w.roster, &w.provisional);
	for (size_t i = 0; i < n; i++) {
		w.duty = x->duties[i];
		w.unit = w.duty->unit;
		if (r->joint && i + 1 < n) {
			w.joint_duty = x->duties[i + 1];
			w.joint_unit = w.joint_duty->unit;
		}
		obligation_build(x, r, p, &w);
		if (r->joint)
			return;
	}
}

static void add_owners(struct expansion *x, const struct rule *r, const struct period *p)
{
	switch (r->owed_by) {
	case OWED_DUTY_UNIT:
		add_duty_units(x, r, p);
		break;
	case OWED_UNIT:
		obligation_build(x, r, p, &(struct owner){.unit = r->unit});
		break;
	case OWED_EVERY_UNIT:
		for (size_t i = 0; i < x->c->n_units; i++)
			obligation_build(x, r, p, &(struct owner){.unit = x->c->unit[i]});
		break;
	case OWED_BUREAU:
		obligation_build(x, r, p, &(struct owner){0});
		break;
	}
}

/* ---- periods --------------------------------------------------------------------------------- */

static void set_indicators(
	struct expansion *x, const struct rule *r, int year, int month, struct period *p)
{
	const char **name = ARENA_ARRAY(x->a, r->n_indicators, const char *);
	for (size_t i = 0; i < r->n_indicators; i++)
		if ((r->indicator[i].months & BIT(month)) &&
			(!r->indicator[i].year || r->indicator[i].year == year)) {
			name[p->n_indicators++] = r->indicator[i].name;
			p->indicator_sample = p->indicator_sample || r->indicator[i].sample;
		}
	p->indicator = name;
}

static void expand_month(struct expansion *x, const struct rule *r, int year, int month)
{
	if (!(r->months & BIT(month)))
		return;
	struct period p = {
		.first = date_clamped(year, month, 1), .last = date_clamped(year, month, 31)};
	p.duty_day = p.first;
	if (r->by_indicator) {
		set_indicators(x, r, year, month, &p);
		if (p.n_indicators == 0)
			return;
	}
	p.id = arena_printf(x->a, "%04d-%02d", year, month);
	add_owners(x, r, &p);
}

static void expand_monthly(struct expansion *x, const struct rule *r)
{
	int year = date_year(x->from), month = date_month(x->from);
	int n = (date_year(x->to) - year) * 12 + date_month(x->to) - month;
	date_add_months(&year, &month, -ROLL_MARGIN_MONTHS);
	for (int i = 0; i <= n + 2 * ROLL_MARGIN_MONTHS; i++) {
		if (year >= DATE_YEAR_MIN && year <= DATE_YEAR_MAX)
			expand_month(x, r, year, month);
		date_add_months(&year, &month, 1);
	}
}

/* A second span that ends in the same year (two Laba festivals in 2022) is told apart. */
static const char *span_id(struct arena *a, const struct occasion *o, int year, size_t index)
{
	return index ? arena_printf(a, "%s-%04d-%zu", o->id, year, index + 1)
		     : arena_printf(a, "%s-%04d", o->id, year);
}

static void expand_after(struct expansion *x, const struct rule *r)
{
	for (size_t i = 0; i < r->n_occasions; i++) {
		const struct occasion *o = r->occasion[i];
		/* A year at a time, so that the spans of a long window need no long array. */
		int last = date_year(x->to) + 1;
		for (int year = date_year(x->from) - 1; year <= last; year++) {
			struct span span[SPANS_MAX];
			struct date first_day = date_clamped(year, 1, 1);
			struct date last_day = date_clamped(year, 12, 31);
			size_t n = occasion_spans(o, first_day, last_day, span, SPANS_MAX);
			for (size_t k = 0; k < n; k++) {
				struct period p = {.first = span[k].first,
					.last = span[k].last,
					.duty_day = span[k].last,
					.occasion = o};
				p.id = span_id(x->a, o, year, k);
				add_owners(x, r, &p);
			}
		}
	}
}

/* "2024-05", "2024-H1", "2024": the days it covers; false for a one-off's own id. */
static bool period_days(const char *id, struct date *ret_first, struct date *ret_last)
{
	int year, month;
	char half;
	if (strlen(id) == 7 && sscanf(id, "%4d-%2d", &year, &month) == 2) {
		*ret_first = date_clamped(year, month, 1);
		*ret_last = date_clamped(year, month, 31);
		return true;
	}
	if (strlen(id) == 7 && sscanf(id, "%4d-H%c", &year, &half) == 2) {
		*ret_first = date_clamped(year, half == '1' ? 1 : 7, 1);
		*ret_last = date_clamped(year, half == '1' ? 6 : 12, 31);
		return true;
	}
	if (strlen(id) == 4 && sscanf(id, "%4d", &year) == 1) {
		*ret_first = date_clamped(year, 1, 1);
		*ret_last = date_clamped(year, 12, 31);
		return true;
	}
	return false;
}

static void expand_once(struct expansion *x, const struct rule *r)
{
	struct period p = {.id = r->period};
	if (!period_days(r->period, &p.first, &p.last)) {
		p.first = p.last = date_is_none(r->date) ? x->from : r->date;
		p.follows_due = true;
	}
	p.duty_day = p.first;
	add_owners(x, r, &p);
}

static void expand_count(struct expansion *x, const struct rule *r)
{
	for (int year = date_year(x->from) - 1; year <= date_year(x->to) + 1; year++)
		for (int half = 1; half <= (r->per_half_year ? 2 : 1); half++) {
			struct period p = {0};
			p.id = r->per_half_year ? arena_printf(x->a, "%04d-H%d", year, half)
						: arena_printf(x->a, "%04d", year);
			period_days(p.id, &p.first, &p.last);
			p.duty_day = p.last;
			add_owners(x, r, &p);
		}
}

/* ---- all ------------------------------------------------------------------------------------- */

static int compare_obligations(const void *left, const void *right)
{
	const struct obligation *a = left, *b = right;
	bool no_a = date_is_none(a->due), no_b = date_is_none(b->due);
	if (no_a != no_b)
		return no_a - no_b;
	int order = date_compare(a->due, b->due);
	return order ? order : strcmp(a->id, b->id);
}

static int compare_ids(const void *left, const void *right)
{
	const struct obligation *a = *(const struct obligation *const *)left;
	const struct obligation *b = *(const struct obligation *const *)right;
	return strcmp(a->id, b->id);
}

static const struct obligation **sort_by_id(const struct obligations *os, struct arena *a)
{
	const struct obligation **by_id = ARENA_ARRAY(a, os->n, const struct obligation *);
	for (size_t i = 0; i < os->n; i++)
		by_id[i] = &os->item[i];
	if (os->n)
		qsort(by_id, os->n, sizeof *by_id, compare_ids);
	return by_id;
}

static void (*const EXPAND[])(struct expansion *, const struct rule *) = {
	[RULE_MONTHLY] = expand_monthly,
	[RULE_AFTER] = expand_after,
	[RULE_ONCE] = expand_once,
	[RULE_COUNT] = expand_count,
};

enum rc obligation_expand(const struct config *c, struct date from, struct date to,
	acts_of_fn *acts, void *ctx, struct arena *a, struct obligations *ret, struct diag *d)
{
	struct expansion x = {.c = c, .from = from, .to = to, .acts = acts, .ctx = ctx, .a = a};
	x.duties = mem_new(CONFIG_DUTIES_MAX, sizeof *x.duties);
	for (size_t i = 0; i < c->n_rules && !x.full; i++)
		EXPAND[c->rule[i]->kind](&x, c->rule[i]);
	free(x.duties);
	if (x.full)
		return diag_set(d, RC_LIMIT, N_("more than %d obligations from these rules"),
			OBLIGATIONS_MAX);
	if (x.found.n)
		qsort(x.found.item, x.found.n, sizeof *x.found.item, compare_obligations);
	*ret = (struct obligations){.item = x.found.item, .n = x.found.n};
	ret->by_id = sort_by_id(ret, a);
	return RC_OK;
}
