#include "lunar.h"

#include "lunar_table.h"

static uint32_t row_of(int year)
{
	return LUNAR_YEAR[year - LUNAR_YEAR_MIN];
}

static bool year_is_known(int year)
{
	return year >= LUNAR_YEAR_MIN && year <= LUNAR_YEAR_MAX;
}

static int month_length(uint32_t row, int index)
{
	return 29 + (int)(row >> index & 1);
}

int lunar_leap_month(int year)
{
	return year_is_known(year) ? (int)(row_of(year) >> 13 & 15) : 0;
}

/* Place of a month in its year, the leap month counted; -1 if there is none. */
static int month_index(int year, int month, bool leap)
{
	int leap_month = lunar_leap_month(year);
	if (!year_is_known(year) || month < 1 || month > 12 || (leap && leap_month != month))
		return -1;
	return month - 1 + ((leap_month && month > leap_month) || leap);
}

int lunar_days_in_month(int year, int month, bool leap)
{
	int index = month_index(year, month, leap);
	return index < 0 ? 0 : month_length(row_of(year), index);
}

static struct date first_day(int year)
{
	return date_add(date_clamped(year, 1, 20), (int)(row_of(year) >> 17 & 63));
}

bool lunar_to_date(struct lunar l, struct date *ret)
{
	int index = month_index(l.year, l.month, l.leap);
	if (index < 0)
		return false;
	int length = month_length(row_of(l.year), index);
	int day = l.day < 0 ? length + 1 + l.day : l.day;
	if (day < 1 || day > length)
		return false;
	struct date d = first_day(l.year);
	for (int i = 0; i < index; i++)
		d = date_add(d, month_length(row_of(l.year), i));
	*ret = date_add(d, day - 1);
	return true;
}

bool lunar_from_date(struct date d, struct lunar *ret)
{
	int year = date_year(d);
	if (!year_is_known(year) || date_compare(d, first_day(year)) < 0)
		year--;
	if (!year_is_known(year) || date_compare(d, first_day(year)) < 0)
		return false;
	int left = d.days - first_day(year).days, leap_month = lunar_leap_month(year);
	int months = 12 + (leap_month != 0), index = 0;
	while (index < months && left >= month_length(row_of(year), index))
		left -= month_length(row_of(year), index++);
	if (index == months)
		return false;
	bool leap = leap_month && index == leap_month;
	int month = index + 1 - (leap_month && index >= leap_month);
	*ret = (struct lunar){.year = year, .month = month, .day = left + 1, .leap = leap};
	return true;
}
