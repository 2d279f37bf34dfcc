/*
 * date - civil dates and instants, which cannot be mixed by accident
 *
 * A date is a day of the proleptic Gregorian calendar without a zone; an instant is UTC seconds
 * without a calendar.  Only calendar/zone turns one into the other.
 *
 * Range: dates 1900-01-01 .. 2199-12-31 are valid for every function; date_from_ymd refuses others.
 */
#ifndef CALENDAR_DATE_H
#define CALENDAR_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct date {
	int32_t days; /* since 1970-01-01; negative before */
};

struct instant {
	int64_t s; /* since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX) */
};

enum weekday { SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY };

enum { DATE_YEAR_MIN = 1900, DATE_YEAR_MAX = 2199, DATE_TEXT_SIZE = 16, DAY_S = 86400 };

#define DATE_NONE ((struct date){INT32_MIN})
#define INSTANT_NONE ((struct instant){INT64_MIN})

/* False, *ret untouched, if there is no such day or the year is out of range. */
bool date_from_ymd(int year, int month, int day, struct date *ret);
void date_to_ymd(struct date d, int *ret_year, int *ret_month, int *ret_day);

int date_year(struct date d);
int date_month(struct date d); /* 1..12 */
int date_day(struct date d);   /* 1..31 */
enum weekday date_weekday(struct date d);
int date_days_in_month(int year, int month);

/* year-month-day with a day beyond the month's end taken as its last day. */
struct date date_clamped(int year, int month, int day);

/* month counted from any month, e.g. (2024, 0) is December 2023. */
void date_add_months(int *year, int *month, int n);

struct date date_add(struct date d, int days);
static inline bool date_is_none(struct date d)
{
	return d.days == INT32_MIN;
}
static inline bool instant_is_none(struct instant t)
{
	return t.s == INT64_MIN;
}
int date_compare(struct date a, struct date b); /* <0, 0, >0 */
struct date date_min(struct date a, struct date b);
struct date date_max(struct date a, struct date b);

/* Exactly YYYY-MM-DD (RFC 3339 full-date); len bytes, all of them used. */
bool date_parse(const char *s, size_t len, struct date *ret);
/* "2024-05-20"; DATE_NONE gives "-".  Returns ret. */
const char *date_format(struct date d, char ret[static DATE_TEXT_SIZE]);

/* A time of day in minutes, 0..1440 (1440 = end of day).  "HH:MM", also "24:00". */
bool date_parse_minute(const char *s, int *ret_minute);

#endif
