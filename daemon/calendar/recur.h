/*
 * recur - yearly dates from an RFC 5545 / RFC 7529 recurrence rule
 *
 * libical parses, after a whitelist of our own; we expand.  Accepted, and nothing else:
 *   FREQ=YEARLY; one BYMONTH 1..12; one BYMONTHDAY (1..31 or -1..-31; CHINESE: 1..30, -1..-30);
 *   or, Gregorian only, one ordinal BYDAY such as 2SU or -1MO instead of BYMONTHDAY;
 *   RSCALE absent, GREGORIAN or CHINESE.
 * INTERVAL, COUNT, UNTIL, BYSETPOS, SKIP, leap months and lists are refused: libical's CHINESE
 * expansion takes dates from ICU (wrong, see lunar.h) and never returns on some rules.
 * A day the month lacks (30 February, day 30 of a short lunar month) gives no date that year.
 */
#ifndef CALENDAR_RECUR_H
#define CALENDAR_RECUR_H

#include <stddef.h>

#include "date.h"
#include "diag.h"
#include "library.h"

struct recur {
	bool chinese;
	int month;     /* 1..12 */
	int month_day; /* != 0, or 0 if by weekday */
	int ordinal;   /* -5..5, != 0 if by weekday */
	enum weekday weekday;
};

/* RC_INVALID with a sentence that names the part which is not accepted. */
enum rc recur_parse(const char *rule, struct recur *ret, struct diag *d) NODISCARD;

/* The date in Gregorian year `year` (CHINESE: the date whose Gregorian year is `year`); false if
 * there is none.  A lunar date of months 11 and 12 may fall 0 or 2 times in a Gregorian year, so
 * up to two dates come back, ascending. */
size_t recur_in_year(const struct recur *r, int year, struct date ret[static 2]);

struct library recur_library(void);

#endif
