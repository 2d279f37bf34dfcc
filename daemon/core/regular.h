/*
 * regular - the mails that come by the calendar, whoever owes what.  Pure.
 *
 *   leaders/2024-05   to each leader, on the first workday of the month
 *   year-end/2024     the table of that year, to each leader and to the offices' contacts, on the first
 *                     workday after its end; none for a year without a roster
 *
 *   counts/2024-05    to the contact of each office that counts, on the first workday of the month: the
 *                     quotas that are behind their pace; none while the pace wants nothing yet
 *
 * They are reminders without an obligation, made from the pseudo-id above.
 * Memory: the arena.
 */
#ifndef CORE_REGULAR_H
#define CORE_REGULAR_H

#include "plan.h"

/* Contacts have steps of ladders at nine: one person, one time, one message. */
enum { REGULAR_MINUTE = 9 * 60, REGULAR_COUNTS_MINUTE = 9 * 60 + 20 };
extern const char REGULAR_LEADERS[], REGULAR_YEAR_END[], REGULAR_COUNTS[]; /* step, and template */

bool regular_is(const char *step_id);

/* Those of the days [from, to], in order of time. */
void regular_plan(const struct config *c, struct date from, struct date to, struct arena *a,
	struct reminders *ret);

/* The month that "leaders/2024-05" and "counts/2024-05" are about, the year of "year-end/2024" (month 0). */
bool regular_parse(const char *obligation_id, int *ret_year, int *ret_month);

#endif
