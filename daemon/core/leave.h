/*
 * leave - who of an obligation's people is told on a day, and by whom somebody away is replaced.  Pure.
 *
 * A lead who passes a month on in its middle is told until the day before, the next one from that day
 * on.  On a day of leave somebody stands in: for a lead the unit's deputy, else its preparer; for a
 * preparer the deputy, else the lead; for a deputy the preparer, else the lead.  Whoever is away as well
 * is passed over.  Who stands in gets everything, who is away the mails alone.  If nobody is left, the one
 * who is away gets everything as ever: a reminder never goes to nobody.  Clerks, leaders and admins have
 * nobody who stands in.
 */
#ifndef CORE_LEAVE_H
#define CORE_LEAVE_H

#include <stdbool.h>

#include "diag.h"
#include "obligation.h"

/* The leave that holds the day; NULL: there. */
const struct span *leave_on(const struct person *p, struct date day);

/* Is it this one's business on that day, by the handovers of the month? */
bool leave_holds(const struct stakeholder *w, struct date day);

/* Who is responsible by a roster's row for a month, as of today: of a month to come on its first day, of
 * one that is over on its last.  *ret_lead may be NULL. */
void leave_duty_in(const struct duty *duty, int year, struct date today,
	const struct unit **ret_unit, const struct person **ret_lead);

/* Who gets what w would get on that day; NULL: w is there, or nobody stands in. */
const struct person *leave_stand_in(
	const struct obligation *o, const struct stakeholder *w, struct date day);

/* For whom p stands in on that day; NULL: for nobody. */
const struct stakeholder *leave_absent(
	const struct obligation *o, const struct person *p, struct date day);

/* Leave within [from, to] of a unit's lead, preparer or deputy on which the unit's deputy does not stand
 * in: warnings at the person's place.  unit NULL: of all units. */
void leave_check(const struct config *c, const struct unit *unit, struct date from, struct date to,
	struct diags *ds);

/* ... of the offices' clerks, for whom nobody stands in. */
void leave_check_clerks(const struct config *c, struct date from, struct date to, struct diags *ds);

#endif
