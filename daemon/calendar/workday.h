/*
 * workday - which days an office is open: weekends, holidays and make-up days (调休)
 *
 * is_workday(d) = d is in `work`, or Monday..Friday and not in `off`.  The sets are keyed by date,
 * never by year: a notice can reach into the December before (2018-12-29).  Beyond known_through
 * every answer is provisional: it is Monday..Friday arithmetic, and the caller has to say so.
 *
 * Source: the State Council's yearly notice on public holidays (国务院办公厅 放假安排).
 * Memory: the arrays are borrowed (the snapshot's arena).  A zeroed struct is valid: no sets, and
 *         known_through must be set (DATE_NONE = nothing is known).
 */
#ifndef CALENDAR_WORKDAY_H
#define CALENDAR_WORKDAY_H

#include <stdbool.h>
#include <stddef.h>

#include "date.h"

struct workdays {
	const struct date *off; /* ascending, no doubles */
	size_t n_off;
	const struct date *work; /* ascending, no doubles, disjoint from off */
	size_t n_work;
	struct date known_through;
};

bool workday_is(const struct workdays *w, struct date d);
bool workday_is_known(const struct workdays *w, struct date d);

/* The last workday <= d, the first workday >= d.  They look at most WORKDAY_LOOK days far; a
 * calendar with a longer closure gives d itself. */
enum { WORKDAY_LOOK = 60 };
struct date workday_on_or_before(const struct workdays *w, struct date d);
struct date workday_on_or_after(const struct workdays *w, struct date d);

/* n > 0: the n-th workday after d; n < 0: the n-th workday before d; 0: d itself, workday or not.
 * |n| <= 250. */
struct date workday_add(const struct workdays *w, struct date d, int n);

/* The n-th workday of a month, n >= 1; clamped to the month's last workday. */
struct date workday_of_month(const struct workdays *w, int year, int month, int n);

#endif
