#include "obligation_build.h"

#include <stdio.h>

#include "count_gather.h"
#include "obligation_dates.h"

/* ---- who ------------------------------------------------------------------------------------ */

enum { SIDE_MAX = 6 };

/* A unit's share: its people, and those of the next one if it passes the month on. */
struct side {
	const struct unit *unit;
	const struct person *lead;
	const struct succession *lead_changes, *unit_changes;
};

/* A roster may repeat in later years; what happened in the middle of a month does not. */
static struct side side_of(const struct unit *u, const struct duty *duty, int year)
{
	struct side s = {.unit = u, .lead = u->lead};
	const struct succession *h = duty ? duty->handover : NULL;
	if (h && date_year(h->from) != year)
		h = NULL;
	if (duty && duty->lead)
		s.lead = duty->lead;
	else
		s.lead_changes = u->handover;
	if (h && h->unit)
		s.unit_changes = s.lead_changes = h;
	else if (h)
		s.lead_changes = h;
	return s;
}

static void add_who(struct obligation *o, struct stakeholder *who, struct stakeholder w)
{
	if (w.person)
		who[o->n_who++] = w;
}

static const struct person *new_lead(const struct succession *h)
{
	return h->lead || !h->unit ? h->lead : h->unit->lead;
}

static void add_lead(struct obligation *o, struct stakeholder *who, const struct side *s)
{
	const struct succession *h = s->lead_changes;
	add_who(o, who,
		(struct stakeholder){
			.role = ROLE_LEAD, .person = s->lead, .unit = s->unit, .leaves = h});
	if (h)
		add_who(o, who,
			(struct stakeholder){.role = ROLE_LEAD,
				.person = new_lead(h),
				.unit = h->unit ? h->unit : s->unit,
				.enters = h});
}

static const struct person *helper(const struct unit *u, enum role role)
{
	return role == ROLE_PREPARER ? u->preparer : u->deputy;
}

static void add_helper(
	struct obligation *o, struct stakeholder *who, const struct side *s, enum role role)
{
	const struct succession *h = s->unit_changes;
	add_who(o, who,
		(struct stakeholder){.role = role,
			.person = helper(s->unit, role),
			.unit = s->unit,
			.leaves = h});
	if (h)
		add_who(o, who,
			(struct stakeholder){.role = role,
				.person = helper(h->unit, role),
				.unit = h->unit,
				.enters = h});
}

static void add_role(struct obligation *o, struct stakeholder *who, const struct side *s, size_t n,
	enum role role)
{
	for (size_t i = 0; i < n; i++)
		if (role == ROLE_LEAD)
			add_lead(o, who, &s[i]);
		else
			add_helper(o, who, &s[i], role);
}

static void set_who(struct expansion *x, struct obligation *o, const struct owner *w, int year)
{
	const struct config *c = x->c;
	struct side side[2];
	size_t n = 0;
	if (w->unit)
		side[n++] = side_of(w->unit, w->duty, year);
	if (w->joint_unit)
		side[n++] = side_of(w->joint_unit, w->joint_duty, year);
	struct stakeholder *who =
		ARENA_ARRAY(x->a, n * SIDE_MAX + 2 + c->n_leaders, struct stakeholder);
	const struct person *clerk = o->rule->office->clerk;
	/* What the bureau owes, its office is reminded of. */
	if (!n)
		add_who(o, who, (struct stakeholder){.role = ROLE_LEAD, .person = clerk});
	for (int role = ROLE_LEAD; role <= ROLE_DEPUTY; role++)
		add_role(o, who, side, n, (enum role)role);
	add_who(o, who, (struct stakeholder){.role = ROLE_CLERK, .person = clerk});
	for (size_t i = 0; i < c->n_leaders; i++)
		add_who(o, who, (struct stakeholder){.role = ROLE_LEADER, .person = c->leader[i]});
	o->who = who;
	o->handover = n ? side[0].unit_changes : NULL;
	o->joint_handover = n > 1 ? side[1].unit_changes : NULL;
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

/* A filled quota is as good as received. */
static void set_count(struct expansion *x, struct obligation *o)
{
	struct count *c = ARENA_NEW(x->a, struct count);
	size_t n;
	const struct act *act = count_gather(x->c, o, x->acts, x->ctx, x->a, &n);
	count_make(o->rule, o->id, act, n, x->a, c);
	o->count = c;
	for (size_t i = 0; i < o->n_items; i++)
		if (c->done == c->quota)
			o->item[i].state = ITEM_RECEIVED;
}

static void set_state(
	struct expansion *x, struct obligation *o, const struct act *act, size_t n_acts)
{
	set_items(x, o);
	submission_apply(act, n_acts, o->item, o->n_items);
	if (o->rule->kind == RULE_COUNT)
		set_count(x, o);
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

static void fill_in(
	struct expansion *x, struct obligation *o, const struct period *p, const struct owner *w)
{
	set_who(x, o, w, date_year(p->duty_day));
	o->duty = w->duty;
	o->roster = w->roster;
	o->indicator = p->indicator;
	o->n_indicators = p->n_indicators;
	o->provisional_roster = w->provisional;
	o->provisional = w->provisional || o->provisional_days;
	o->sample = is_sample(o, p);
	o->backfill = is_backfill(w->roster, p->duty_day);
}

void obligation_build(
	struct expansion *x, const struct rule *r, const struct period *p, const struct owner *w)
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
