#include "leave.h"

#include <string.h>

#include "occasion.h"

static bool holds(const struct span *s, struct date day)
{
	return date_compare(s->first, day) <= 0 && date_compare(day, s->last) <= 0;
}

const struct span *leave_on(const struct person *p, struct date day)
{
	for (size_t i = 0; i < p->n_leave; i++)
		if (holds(&p->leave[i], day))
			return &p->leave[i];
	return NULL;
}

bool leave_holds(const struct stakeholder *w, struct date day)
{
	return (!w->enters || date_compare(w->enters->from, day) <= 0) &&
	       (!w->leaves || date_compare(day, w->leaves->from) < 0);
}

void leave_duty_in(const struct duty *duty, int year, struct date today,
	const struct unit **ret_unit, const struct person **ret_lead)
{
	struct date day = date_max(date_clamped(year, duty->month, 1),
		date_min(today, date_clamped(year, duty->month, 31)));
	const struct succession *h = duty->handover;
	/* That of a month was of one year, whenever its roster repeats. */
	if (h && date_year(h->from) != year)
		h = NULL;
	if (!h && !duty->lead)
		h = duty->unit->handover;
	bool passed = h && date_compare(h->from, day) <= 0;
	const struct unit *u = passed && h->unit ? h->unit : duty->unit;
	*ret_unit = u;
	if (passed)
		*ret_lead = h->lead ? h->lead : u->lead;
	else
		*ret_lead = duty->lead ? duty->lead : u->lead;
}

/* ---- who stands in ------------------------------------------------------------------------------------ */

/* By the role of who is away, the first choice first. */
static const enum role ORDER[][2] = {
	[ROLE_LEAD] = {ROLE_DEPUTY, ROLE_PREPARER},
	[ROLE_PREPARER] = {ROLE_DEPUTY, ROLE_LEAD},
	[ROLE_DEPUTY] = {ROLE_PREPARER, ROLE_LEAD},
};

/* Two snapshots may be at hand: people are compared by id. */
static bool is_same(const struct person *a, const struct person *b)
{
	return a == b || strcmp(a->id, b->id) == 0;
}

static bool can_stand_in(const struct person *p, const struct person *away, struct date day)
{
	return p && !is_same(p, away) && (p->email[0] || p->phone[0]) && !leave_on(p, day);
}

static const struct person *find_of_role(
	const struct obligation *o, const struct stakeholder *w, enum role role, struct date day)
{
	for (size_t i = 0; i < o->n_who; i++) {
		const struct stakeholder *k = &o->who[i];
		if (k->role == role && k->unit == w->unit && leave_holds(k, day) &&
			can_stand_in(k->person, w->person, day))
			return k->person;
	}
	return NULL;
}

const struct person *leave_stand_in(
	const struct obligation *o, const struct stakeholder *w, struct date day)
{
	if (w->role > ROLE_DEPUTY || !w->unit || !w->person->n_leave || !leave_on(w->person, day))
		return NULL;
	const struct person *p = find_of_role(o, w, ORDER[w->role][0], day);
	return p ? p : find_of_role(o, w, ORDER[w->role][1], day);
}

const struct stakeholder *leave_absent(
	const struct obligation *o, const struct person *p, struct date day)
{
	for (size_t i = 0; i < o->n_who; i++) {
		const struct stakeholder *w = &o->who[i];
		const struct person *in = leave_holds(w, day) ? leave_stand_in(o, w, day) : NULL;
		if (in && is_same(in, p))
			return w;
	}
	return NULL;
}

/* ---- what to warn of ---------------------------------------------------------------------------------- */

struct checking {
	const char *of;                             /* unit or office */
	const struct person *away, *first, *second; /* second: when the first cannot */
	struct date from, to;
	struct diags *ds;
};

static struct date *mark(struct date *d, struct date day)
{
	*d = date_is_none(*d) ? day : *d;
	return d;
}

static void warn(const struct checking *x, struct date day, const char *hint, const char *msgid)
{
	struct diag d = DIAG_INIT;
	char text[DATE_TEXT_SIZE];
	(void)diag_set(&d, RC_NOTFOUND, msgid, x->away->name, x->away->id, date_format(day, text),
		x->of, x->second ? x->second->name : "");
	d.severity = SEV_WARNING;
	diag_hint(&d, hint);
	diag_at(&d, x->away->src.file, x->away->src.line);
	diags_add(x->ds, &d);
}

static void check_person(const struct checking *x)
{
	struct date nobody = DATE_NONE, other = DATE_NONE;
	for (size_t i = 0; i < x->away->n_leave; i++) {
		struct date last = date_min(x->away->leave[i].last, x->to);
		for (struct date d = date_max(x->away->leave[i].first, x->from);
			date_compare(d, last) <= 0; d = date_add(d, 1)) {
			if (x->first && can_stand_in(x->first, x->away, d))
				continue;
			bool second = x->second && can_stand_in(x->second, x->away, d);
			mark(second ? &other : &nobody, d);
		}
	}
	if (!date_is_none(nobody))
		warn(x, nobody,
			N_("everything goes to this one as ever; is there somebody to stand in?"),
			N_("%s (%s) is on leave on %s, and nobody of %s stands in"));
	if (!date_is_none(other))
		warn(x, other, NULL,
			N_("%s (%s) is on leave on %s, and the deputy of %s cannot stand in: %s "
			   "is told instead"));
}

static void check_unit(const struct unit *u, struct date from, struct date to, struct diags *ds)
{
	struct checking x = {.of = u->name, .from = from, .to = to, .ds = ds};
	if (u->lead) {
		x.away = u->lead, x.first = u->deputy, x.second = u->preparer;
		check_person(&x);
	}
	if (u->preparer && u->preparer != u->lead) {
		x.away = u->preparer, x.first = u->deputy, x.second = u->lead;
		check_person(&x);
	}
}

void leave_check(const struct config *c, const struct unit *unit, struct date from, struct date to,
	struct diags *ds)
{
	if (unit)
		check_unit(unit, from, to, ds);
	for (size_t i = 0; i < c->n_units && !unit; i++)
		check_unit(c->unit[i], from, to, ds);
}

void leave_check_clerks(const struct config *c, struct date from, struct date to, struct diags *ds)
{
	for (size_t i = 0; i < c->n_offices; i++) {
		struct checking x = {.of = c->office[i]->name,
			.away = c->office[i]->clerk,
			.from = from,
			.to = to,
			.ds = ds};
		if (x.away)
			check_person(&x);
	}
}
