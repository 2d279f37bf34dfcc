/*
 * lunar - Chinese lunar dates of lunar years 1901..2100, from our own table
 *
 * Rule: GB/T 33661-2017.  The table is printed by tests/lib/make_lunar_table.py from astronomy (new
 * moons and major solar terms; UTC+8, for 1914-1928 the mean time of Beijing as in the almanacs of
 * the time) and checked in tests/unit against dates on which independent packages agree.  ICU's
 * calendar is not used: it is wrong in 12 of 1,600 festival dates, the Spring Festivals of 2027 and
 * 2030 among them.
 */
#ifndef CALENDAR_LUNAR_H
#define CALENDAR_LUNAR_H

#include <stdbool.h>

#include "date.h"

enum { LUNAR_YEAR_MIN = 1901, LUNAR_YEAR_MAX = 2100 };

struct lunar {
	int year, month, day; /* month 1..12 */
	bool leap;            /* the intercalary month after `month` */
};

/* False if there is no such day: day 30 of a short month, a leap month the year has not, a year out
 * of range.  day < 0 counts from the month's end (-1 = last day, 除夕 = month 12, day -1). */
bool lunar_to_date(struct lunar l, struct date *ret);
bool lunar_from_date(struct date d, struct lunar *ret);

int lunar_leap_month(int year);                           /* 0 = none */
int lunar_days_in_month(int year, int month, bool leap); /* 29, 30, 0 if there is none */

#endif
