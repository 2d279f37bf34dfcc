/*
 * tzrule - the rule behind a tzdata file's table: "CST-8", "CET-1CEST,M3.5.0,M10.5.0/3"
 *
 * POSIX.1 TZ string as RFC 9636 section 3.3 extends it (hours -167..167).  A summer time without
 * dates is refused: POSIX leaves its dates to the system.  Pure arithmetic, no allocation.
 */
#ifndef CALENDAR_TZRULE_H
#define CALENDAR_TZRULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tzrule_day {
	enum { TZRULE_JULIAN, TZRULE_ZERO_BASED, TZRULE_WEEKDAY } form; /* Jn, n, Mm.w.d */
	int month, week, weekday; /* Mm.w.d; week 5 = the last */
	int n;                    /* Jn 1..365 (29 February not counted), n 0..365 */
	int32_t second; /* of the day on the wall clock before the change; may be negative */
};

struct tzrule {
	int32_t standard, summer; /* seconds east of UTC */
	bool has_summer;
	struct tzrule_day start, end; /* of summer time */
};

/* s need not be terminated; all len bytes are used.  False leaves *ret alone. */
bool tzrule_parse(const char *s, size_t len, struct tzrule *ret);

/* UTC seconds at which summer time starts and ends in a year (has_summer only). */
int64_t tzrule_start(const struct tzrule *r, int year);
int64_t tzrule_end(const struct tzrule *r, int year);

#endif
