/*
 * obligation_dates - due, hand-in and internal dates of one obligation.  Private to core/obligation*.
 *
 * Rules: design section 3.4.  The due date is never moved silently: only the rule's `roll` moves it.
 */
#ifndef CORE_OBLIGATION_DATES_H
#define CORE_OBLIGATION_DATES_H

#include "config.h"
#include "obligation.h"

/* From o->rule_due (may be DATE_NONE), o->last_day, o->forms: fills due, due_at, hand_in,
 * hand_in_at, hand_in_late, internal, provisional_days. */
void obligation_set_dates(const struct config *c, struct obligation *o);

/* The rule's own date for a month, or after a last day; before roll. */
struct date obligation_due_of_month(const struct rule *r, int year, int month);
struct date obligation_due_after(const struct rule *r, struct date last_day);

#endif
