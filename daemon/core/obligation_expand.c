/*
 * Which obligations exist: rules x periods x owners.
 *
 * A rule gives periods (a month, an occasion's span, a half-year, its own); a period gives owners
 * (the duty units of its month, a unit, every unit, the bureau); each pair is one obligation, dated
 * by obligation_dates and given its state by its acts.  What does not fall into the window by its
 * final due date is dropped at the end, so an activity that was extended moves with its new date.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "obligation.h"
#include "obligation_dates.h"

enum {
	ROLL_MARGIN_MONTHS = 3,
	SPANS_MAX = 16,
};

/* One round of obligation_expand. */
struct expansion {
	const struct config *c;
	struct date from, to;
	acts_of_fn *acts;
	void *ctx;
	struct arena *a;
	VEC(struct obligation) found;
	const struct duty **duties; /* scratch, CONFIG_DUTIES_MAX */
	bool full;
};

/* What a rule gives before anybody owes it. */
struct period {
	const char *id;
	struct date first, last;  /* what it covers */
	struct date duty_day;     /* the day whose month decides who is on duty */
	const struct occasion *occasion;
	const char *const *indicator;
	size_t n_indicators;
	bool indicator_sample;
	bool follows_due; /* has no days of its own */
};

struct owner {
	const struct unit *unit, *joint_unit;
	const struct duty *duty, *joint_duty;
	const struct roster *roster;
	bool provisional;
};

/* ---- who ------------------------------------------------------------------------------------ */

static void add_who(struct stakeholder *who, size_t *n, enum role role, const struct person *p)
{
	if (p)
		who[(*n)++] = (struct stakeholder){role, p};
}

static const struct person *lead_of(const struct unit *u, const struct duty *duty)
{
	return duty && duty->lead ? duty->lead : u->lead;
}

static void set_who(struct expansion *x, struct obligation *o, const struct owner *w)
{
	const struct config *c = x->c;
	struct stakeholder *who =
		ARENA_ARRAY(x->a, (w->joint_unit ? 7 : 4) + c->n_leaders, struct stakeholder);
	const struct person *clerk = o->rule->office->clerk;
	size_t n = 0;
	/* What the bureau owes, its office is reminded of. */
	add_who(who, &n, ROLE_LEAD, w->unit ? lead_of(w->unit, w->duty) : clerk);
	if (w->joint_unit)
		add_who(who, &n, ROLE_LEAD, lead_of(w->joint_unit, w->joint_duty));
	if (w->unit)
		add_who(who, &n, ROLE_PREPARER, w->unit->preparer);
	if (w->joint_unit)
		add_who(who, &n, ROLE_PREPARER, w->joint_unit->preparer);
	if (w->unit)
		add_who(who, &n, ROLE_DEPUTY, w->unit->deputy);
	if (w->joint_unit)
		add_who(who, &n, ROLE_DEPUTY, w->joint_unit->deputy);
	add_who(who, &n, ROLE_CLERK, clerk);
	for (size_t i = 0; i < c->n_leaders; i++)
		add_who(who, &n, ROLE_LEADER, c->leader[i]);
	o->who = who;
	o->n_who = n;
}

/* ---- what and how far ------------------------------------------------------------------------ */

static unsigned forms_of(const struct rule *r)
{
	unsigned forms = 0;
	for (size_t i = 0; i < r->n_deliverables; i++)
		forms |= r->deliverable[i].forms;
	return forms & (BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC));
}

static void set_items(struct expansion *x, struct obligation *o)
{
	const struct rule *r = o->rule;
	size_t n = 0;
	for (size_t i = 0; i < r->n_deliverables; i++)
		for (int f = FORM_PAPER; f < FORM_COUNT; f++)
			n += (r->deliverable[i].forms & BIT(f)) != 0;
	o->item = ARENA_ARRAY(x->a, n, struct item);
	for (int f = FORM_PAPER; f < FORM_COUNT; f++)
		for (size_t i = 0; i < r->n_deliverables; i++)
			if (r->deliverable[i].forms & BIT(f))
				o->item[o->n_items++] = (struct item){
					.deliverable = &r->deliverable[i], .form = (enum form)f};
}

static enum obligation_state state_of(const struct obligation *o)
{
	if (o->standing.waived)
		return STATE_WAIVED;
	if (o->standing.cancelled && o->occasion && o->occasion->confirm)
		return STATE_CANCELLED;
	if (date_is_none(o->due))
		return STATE_WAITING;
	bool all_received = true, all_reported = true;
	for (size_t i = 0; i < o->n_items; i++) {
		all_received = all_received && o->item[i].state == ITEM_RECEIVED;
		all_reported = all_reported && o->item[i].state != ITEM_MISSING;
	}
	if (all_received)
		return STATE_DONE;
	return all_reported ? STATE_REPORTED : STATE_OPEN;
}

static struct date rule_due_of(const struct obligation *o, const struct period *p)
{
	const struct rule *r = o->rule;
	if (!date_is_none(o->standing.announced))
		return o->standing.announced;
	switch (r->kind) {
	case RULE_MONTHLY:
		return obligation_due_of_month(r, date_year(p->first), date_month(p->first));
	case RULE_AFTER:
		return obligation_due_after(r, o->last_day);
	case RULE_ONCE:
		return r->date;
	case RULE_COUNT:
		return p->last;
	}
	return DATE_NONE;
}

static bool is_in_window(const struct expansion *x, const struct obligation *o)
{
	if (!date_is_none(o->due))
		return date_compare(o->due, x->from) >= 0 && date_compare(o->due, x->to) <= 0;
	return date_compare(o->period_last, x->from) >= 0 &&
		date_compare(o->period_first, x->to) <= 0;
}

static void set_dates(struct expansion *x, struct obligation *o, const struct period *p)
{
	o->last_day = DATE_NONE;
	if (p->occasion)
		o->last_day = date_is_none(o->standing.last_day) ? p->last : o->standing.last_day;
	o->rule_due = rule_due_of(o, p);
	if (p->follows_due && !date_is_none(o->rule_due))
		o->period_first = o->period_last = o->rule_due;
	obligation_set_dates(x->c, o);
}

static void set_state(struct expansion *x, struct obligation *o, const struct act *act, size_t n_acts)
{
	set_items(x, o);
	submission_apply(act, n_acts, o->item, o->n_items);
	o->state = state_of(o);
	o->conditional = o->occasion && o->occasion->confirm && !o->standing.confirmed &&
		o->state != STATE_CANCELLED;
}

/* 补录 are whole months: the one in which the roster came into force is not. */
static bool is_backfill(const struct roster *r, struct date duty_day)
{
	if (!r || date_is_none(r->effective_from))
		return false;
	struct date from = r->effective_from;
	return date_compare(duty_day, date_clamped(date_year(from), date_month(from), 1)) < 0;
}

/* Because of a sample or a placeholder nothing real may be sent. */
static bool is_sample(const struct obligation *o, const struct period *p)
{
	for (size_t i = 0; i < o->n_who; i++)
		if (o->who[i].role == ROLE_LEAD && o->who[i].person->placeholder)
			return true;
	return o->rule->sample || p->indicator_sample || (p->occasion && p->occasion->sample);
}

static void fill_in(struct expansion *x, struct obligation *o, const struct period *p,
	const struct owner *w)
{
	set_who(x, o, w);
	o->duty = w->duty;
	o->roster = w->roster;
	o->indicator = p->indicator;
	o->n_indicators = p->n_indicators;
	o->provisional_roster = w->provisional;
	o->provisional = w->provisional || o->provisional_days;
	o->sample = is_sample(o, p);
	o->backfill = is_backfill(w->roster, p->duty_day);
}

/* Nothing is allocated before the window is known to hold it: most periods are margin. */
static void add_obligation(struct expansion *x, const struct rule *r, const struct period *p,
	const struct owner *w)
{
	if (x->found.n == OBLIGATIONS_MAX) {
		x->full = true;
		return;
	}
	char id[OBLIGATION_ID_MAX + 64];
	struct obligation o = {
		.id = id,
		.period = p->id,
		.rule = r,
		.unit = w->unit,
		.joint_unit = w->joint_unit,
		.unit_id = w->unit ? w->unit->id : "bureau",
		.period_first = p->first,
		.period_last = p->last,
		.occasion = p->occasion,
		.planned_first = p->occasion ? p->first : DATE_NONE,
		.planned_last = p->occasion ? p->last : DATE_NONE,
		.forms = forms_of(r),
	};
	snprintf(id, sizeof id, "%s/%s/%s", r->id, p->id, o.unit_id);
	size_t n_acts = 0;
	const struct act *act = x->acts ? x->acts(x->ctx, id, &n_acts) : NULL;
	submission_standing(act, n_acts, &o.standing);
	set_dates(x, &o, p);
	if (!is_in_window(x, &o))
		return;
	o.id = arena_strdup(x->a, id);
	set_state(x, &o, act, n_acts);
	fill_in(x, &o, p, w);
	VEC_PUSH(x->a, &x->found, o);
}

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
		add_obligation(x, r, p, &w);
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
		add_obligation(x, r, p, &(struct owner){.unit = r->unit});
		break;
	case OWED_EVERY_UNIT:
		for (size_t i = 0; i < x->c->n_units; i++)
			add_obligation(x, r, p, &(struct owner){.unit = x->c->unit[i]});
		break;
	case OWED_BUREAU:
		add_obligation(x, r, p, &(struct owner){0});
		break;
	}
}

/* ---- periods --------------------------------------------------------------------------------- */

static void set_indicators(struct expansion *x, const struct rule *r, int month, struct period *p)
{
	const char **name = ARENA_ARRAY(x->a, r->n_indicators, const char *);
	for (size_t i = 0; i < r->n_indicators; i++)
		if (r->indicator[i].months & BIT(month)) {
			name[p->n_indicators++] = r->indicator[i].name;
			p->indicator_sample = p->indicator_sample || r->indicator[i].sample;
		}
	p->indicator = name;
}

static void expand_month(struct expansion *x, const struct rule *r, int year, int month)
{
	if (!(r->months & BIT(month)))
		return;
	struct period p = {.first = date_clamped(year, month, 1), .last = date_clamped(year, month, 31)};
	p.duty_day = p.first;
	if (r->by_indicator) {
		set_indicators(x, r, month, &p);
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
				struct period p = {.first = span[k].first, .last = span[k].last,
					.duty_day = span[k].last, .occasion = o};
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
