#include "preflight.h"

#include <stdio.h>

#include "leave.h"

enum { DUTIES_MAX = 40, LEAD_DAYS = 7 };

static void find(struct diags *ds, enum severity severity, struct source at, const char *hint,
	const char *msgid, ...) PRINTF_LIKE(5, 6);
static void find(struct diags *ds, enum severity severity, struct source at, const char *hint,
	const char *msgid, ...)
{
	struct diag d = DIAG_INIT;
	va_list ap;
	va_start(ap, msgid);
	(void)diag_vset(&d, RC_INVALID, msgid, ap);
	va_end(ap);
	d.severity = severity;
	d.hint = hint;
	diag_at(&d, at.file ? at.file : "", at.line);
	diags_add(ds, &d);
}

/* ---- contacts --------------------------------------------------------------------------------------- */

static void check_contact(struct diags *ds, const struct person *p, bool needs_sms)
{
	if (p->placeholder)
		find(ds, SEV_ERROR, p->src, N_("enter the real one: nothing is sent to this one"),
			N_("%s (%s) has a placeholder for a contact"), p->name, p->id);
	else if (!p->email[0] && !p->phone[0])
		find(ds, SEV_ERROR, p->src, NULL, N_("%s (%s) has neither mail address nor number"),
			p->name, p->id);
	else if (!p->email[0])
		find(ds, SEV_WARNING, p->src, N_("an SMS that fails has no other way then"),
			N_("%s (%s) has no mail address"), p->name, p->id);
	else if (needs_sms && !p->phone[0])
		find(ds, SEV_WARNING, p->src, NULL, N_("%s (%s) has no number for SMS"), p->name,
			p->id);
}

static const struct person *lead_of(const struct duty *duty)
{
	return duty->lead ? duty->lead : duty->unit->lead;
}

/* Who is responsible from a day of the month on, if it is passed on. */
static const struct succession *handover_of(const struct duty *duty)
{
	return duty->handover || duty->lead ? duty->handover : duty->unit->handover;
}

static void check_unit(struct diags *ds, const struct duty *duty)
{
	const struct unit *u = duty->unit;
	const struct person *lead = lead_of(duty);
	const struct succession *h = handover_of(duty);
	if (h && (h->lead || h->unit))
		check_contact(ds, h->lead ? h->lead : h->unit->lead, true);
	if (lead)
		check_contact(ds, lead, true);
	else
		find(ds, SEV_ERROR, u->src, N_("set lead in the unit, or in the roster's row"),
			N_("%s (%s) has nobody who is responsible"), u->name, u->id);
	if (u->preparer)
		check_contact(ds, u->preparer, false);
	else
		find(ds, SEV_WARNING, u->src, NULL,
			N_("%s (%s) has nobody who prepares the material"), u->name, u->id);
	if (u->deputy)
		check_contact(ds, u->deputy, false);
	else
		find(ds, SEV_WARNING, u->src, N_("who is told when the lead is away?"),
			N_("%s (%s) has no deputy"), u->name, u->id);
}

/* From the first reminders, at the end of the month before, to the end of the month. */
static void check_leave(
	const struct config *c, struct diags *ds, const struct duty *duty, int year, int month)
{
	struct date first = date_clamped(year, month, 1), last = date_clamped(year, month, 31);
	struct unit unit = *duty->unit;
	unit.lead = lead_of(duty);
	leave_check(c, &unit, date_add(first, -LEAD_DAYS), last, ds);
	if (duty->handover && duty->handover->unit)
		leave_check(c, duty->handover->unit, duty->handover->from, last, ds);
}

static void check_offices(const struct config *c, struct diags *ds)
{
	for (size_t i = 0; i < c->n_offices; i++) {
		const struct office *o = c->office[i];
		if (o->clerk)
			check_contact(ds, o->clerk, false);
		else
			find(ds, SEV_WARNING, o->src,
				N_("nobody is asked there, and nobody ticks off"),
				N_("%s (%s) has no clerk"), o->name, o->id);
	}
	for (size_t i = 0; i < c->n_admins; i++)
		check_contact(ds, c->admin[i], false);
}

/* ---- the month ---------------------------------------------------------------------------------------- */

void preflight_people(const struct config *c, int year, int month, struct diags *ds)
{
	const struct duty *duty[DUTIES_MAX];
	const struct roster *roster;
	bool provisional;
	char text[16];
	size_t n = roster_duties(c, year, month, duty, DUTIES_MAX, &roster, &provisional);
	snprintf(text, sizeof text, "%04d-%02d", year, month);
	if (n == 0)
		find(ds, SEV_ERROR, roster ? roster->src : c->src,
			N_("deadlinectl import roster reads the notice's table"),
			N_("nobody is on duty in %s"), text);
	else if (provisional)
		find(ds, SEV_WARNING, roster->src,
			N_("a new roster, or: deadlinectl roster confirm MONTH"),
			N_("the duties of %s are those of an earlier year, and nobody has "
			   "confirmed them"),
			text);
	for (size_t i = 0; i < n; i++) {
		check_unit(ds, duty[i]);
		check_leave(c, ds, duty[i], year, month);
	}
	check_offices(c, ds);
	leave_check_clerks(c, date_clamped(year, month, 1), date_clamped(year, month, 31), ds);
}

static void add(const struct person **ret, size_t *n, const struct person *p)
{
	if (!p || p->room || *n == PREFLIGHT_PEOPLE_MAX)
		return;
	for (size_t i = 0; i < *n; i++)
		if (ret[i] == p)
			return;
	ret[(*n)++] = p;
}

size_t preflight_told(const struct config *c, int year, int month,
	const struct person *ret[static PREFLIGHT_PEOPLE_MAX])
{
	const struct duty *duty[DUTIES_MAX];
	const struct roster *roster;
	bool provisional;
	size_t found = 0,
	       n = roster_duties(c, year, month, duty, DUTIES_MAX, &roster, &provisional);
	for (size_t i = 0; i < n; i++) {
		const struct unit *u = duty[i]->unit;
		const struct succession *h = handover_of(duty[i]);
		add(ret, &found, lead_of(duty[i]));
		if (h && (h->lead || h->unit))
			add(ret, &found, h->lead ? h->lead : h->unit->lead);
		add(ret, &found, u->preparer);
		add(ret, &found, u->deputy);
	}
	for (size_t i = 0; i < c->n_offices; i++)
		add(ret, &found, c->office[i]->clerk);
	for (size_t i = 0; i < c->n_leaders; i++)
		add(ret, &found, c->leader[i]);
	for (size_t i = 0; i < c->n_admins; i++)
		add(ret, &found, c->admin[i]);
	return found;
}
