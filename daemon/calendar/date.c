#include "date.h"

#include <string.h>

/* Days of the civil calendar, counted in 400-year eras that begin on 1 March (Howard Hinnant's
 * algorithm, "chrono-compatible low-level date algorithms"). */
static int32_t days_of(int year, int month, int day)
{
	int y = year - (month <= 2);
	int era = y / 400;
	int of_era = y - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_days_in_month(int year, int month)
{
	static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : DAYS[month - 1];
}

bool date_from_ymd(int year, int month, int day, struct date *ret)
{
	if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX || month < 1 || month > 12 || day < 1 ||
		day > date_days_in_month(year, month))
		return false;
	*ret = (struct date){days_of(year, month, day)};
	return true;
}

void date_to_ymd(struct date d, int *ret_year, int *ret_month, int *ret_day)
{
	int z = d.days + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int of_era = z - era * 146097;
	int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int shifted = (5 * of_year + 2) / 153;
	*ret_day = of_year - (153 * shifted + 2) / 5 + 1;
	*ret_month = shifted < 10 ? shifted + 3 : shifted - 9;
	*ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

int date_year(struct date d)
{
	int year, month, day;
	date_to_ymd(d, &year, &month, &day);
	return year;
}

int date_month(struct date d)
{
	int year, month, day;
	date_to_ymd(d, &year, &month, &day);
	return month;
}

int date_day(struct date d)
{
	int year, month, day;
	date_to_ymd(d, &year, &month, &day);
	return day;
}

enum weekday date_weekday(struct date d)
{
	int w = (d.days + THURSDAY) % 7; /* 1970-01-01 was a Thursday */
	return (enum weekday)(w < 0 ? w + 7 : w);
}

struct date date_clamped(int year, int month, int day)
{
	int last = date_days_in_month(year, month);
	return (struct date){days_of(year, month, day > last ? last : day)};
}

void date_add_months(int *year, int *month, int n)
{
	int months = *year * 12 + *month - 1 + n;
	*year = months / 12;
	*month = months % 12 + 1;
}

struct date date_add(struct date d, int days)
{
	return (struct date){d.days + days};
}

int date_compare(struct date a, struct date b)
{
	return (a.days > b.days) - (a.days < b.days);
}

struct date date_min(struct date a, struct date b)
{
	return a.days < b.days ? a : b;
}

struct date date_max(struct date a, struct date b)
{
	return a.days > b.days ? a : b;
}

/* n digits at s as a number; false if one is not a digit. */
static bool take_digits(const char *s, int n, int *ret)
{
	int value = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		value = value * 10 + (s[i] - '0');
	}
	*ret = value;
	return true;
}

bool date_parse(const char *s, size_t len, struct date *ret)
{
	int year, month, day;
	if (len != 10 || s[4] != '-' || s[7] != '-' || !take_digits(s, 4, &year) ||
		!take_digits(s + 5, 2, &month) || !take_digits(s + 8, 2, &day))
		return false;
	return date_from_ymd(year, month, day, ret);
}

const char *date_format(struct date d, char ret[static DATE_TEXT_SIZE])
{
	if (date_is_none(d))
		return memcpy(ret, "-", 2);
	int year, month, day;
	date_to_ymd(d, &year, &month, &day);
	int digits[] = {year / 1000 % 10, year / 100 % 10, year / 10 % 10, year % 10, -1,
		month / 10, month % 10, -1, day / 10, day % 10};
	for (int i = 0; i < 10; i++)
		ret[i] = (char)(digits[i] < 0 ? '-' : '0' + digits[i]);
	ret[10] = '\0';
	return ret;
}

bool date_parse_minute(const char *s, int *ret_minute)
{
	int hour, minute;
	if (strlen(s) != 5 || s[2] != ':' || !take_digits(s, 2, &hour) ||
		!take_digits(s + 3, 2, &minute))
		return false;
	if (minute > 59 || hour > 24 || (hour == 24 && minute > 0))
		return false;
	*ret_minute = hour * 60 + minute;
	return true;
}
