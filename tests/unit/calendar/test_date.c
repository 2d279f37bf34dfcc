#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"

static struct date date_of(int yyyymmdd)
{
	struct date d = DATE_NONE;
	assert_true(date_from_ymd(yyyymmdd / 10000, yyyymmdd / 100 % 100, yyyymmdd % 100, &d));
	return d;
}

static int number_of(struct date d)
{
	int year, month, day;
	date_to_ymd(d, &year, &month, &day);
	return year * 10000 + month * 100 + day;
}

/* The calendar counted by hand, a day at a time: no formula to share a mistake with. */
static void counts_every_day(void **state)
{
	(void)state;
	static const int LENGTH[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int32_t days = -25567; /* 1900-01-01, a Monday */
	int weekday = MONDAY, n = 0;
	for (int year = 1900; year <= 2199; year++)
		for (int month = 1; month <= 12; month++) {
			bool leap = year % 4 == 0 && (year % 100 != 0 || year == 2000);
			int length = LENGTH[month - 1] + (month == 2 && leap);
			assert_int_equal(date_days_in_month(year, month), length);
			for (int day = 1; day <= length; day++, days++, n++) {
				struct date d;
				assert_true(date_from_ymd(year, month, day, &d));
				assert_int_equal(d.days, days);
				assert_int_equal(number_of(d), year * 10000 + month * 100 + day);
				assert_int_equal(date_year(d), year);
				assert_int_equal(date_month(d), month);
				assert_int_equal(date_day(d), day);
				assert_int_equal(date_weekday(d), weekday);
				weekday = (weekday + 1) % 7;
			}
		}
	assert_int_equal(n, 109573);
}

static void every_day_is_written_and_read(void **state)
{
	(void)state;
	for (int32_t days = date_of(19000101).days; days <= date_of(21991231).days; days++) {
		char text[DATE_TEXT_SIZE], want[32];
		struct date d = {days}, back = DATE_NONE;
		int n = number_of(d);
		snprintf(want, sizeof want, "%04d-%02d-%02d", n / 10000, n / 100 % 100, n % 100);
		assert_string_equal(date_format(d, text), want);
		assert_true(date_parse(text, strlen(text), &back));
		assert_int_equal(back.days, days);
	}
	char text[DATE_TEXT_SIZE];
	assert_string_equal(date_format(DATE_NONE, text), "-");
}

static void refuses_days_that_are_none(void **state)
{
	(void)state;
	static const int T[][3] = {{1899, 12, 31}, {2200, 1, 1}, {2024, 0, 1}, {2024, 13, 1},
		{2024, 1, 0}, {2024, 1, 32}, {2024, 2, 30}, {2023, 2, 29}, {1900, 2, 29},
		{2100, 2, 29}, {2024, 4, 31}, {2024, -1, 1}, {2024, 1, -1}, {-1, 1, 1}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct date d = {42};
		assert_false(date_from_ymd(T[i][0], T[i][1], T[i][2], &d));
		assert_int_equal(d.days, 42);
	}
}

static void parses_only_full_dates(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int want;
	} T[] = {
		{"2024-05-20", 20240520},
		{"1900-01-01", 19000101},
		{"2199-12-31", 21991231},
		{"2024-02-29", 20240229},
		{"2023-02-29", 0},
		{"2024-5-20", 0},
		{"2024-05-2", 0},
		{"24-05-20", 0},
		{"2024/05/20", 0},
		{"2024-05/20", 0},
		{"2024/05-20", 0},
		{"20240520", 0},
		{"2024-05-20 ", 0},
		{" 2024-05-20", 0},
		{"2024-05-20T", 0},
		{"2024-0５-20", 0},
		{"2024-+5-20", 0},
		{"+024-05-20", 0},
		{"2024-00-20", 0},
		{"2200-01-01", 0},
		{"", 0},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct date d = {42};
		bool ok = date_parse(T[i].text, strlen(T[i].text), &d);
		if (ok != (T[i].want != 0) || (ok ? number_of(d) != T[i].want : d.days != 42))
			fail_msg("\"%s\": %d", T[i].text, ok);
	}
	struct date d;
	assert_true(date_parse("2024-05-20/2024-05-21", 10, &d)); /* len decides */
}

static void clamps_to_the_month(void **state)
{
	(void)state;
	static const struct {
		int year, month, day, want;
	} T[] = {{2024, 2, 31, 20240229}, {2023, 2, 31, 20230228}, {2024, 4, 31, 20240430},
		{2024, 1, 31, 20240131}, {2024, 1, 20, 20240120}, {2100, 2, 29, 21000228}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++)
		assert_int_equal(
			number_of(date_clamped(T[i].year, T[i].month, T[i].day)), T[i].want);
}

static void adds_months(void **state)
{
	(void)state;
	static const struct {
		int year, month, n, want_year, want_month;
	} T[] = {{2024, 1, 0, 2024, 1}, {2024, 0, 0, 2023, 12}, {2024, 1, -1, 2023, 12},
		{2024, 12, 1, 2025, 1}, {2024, 5, 12, 2025, 5}, {2024, 5, -12, 2023, 5},
		{2024, 5, -5, 2023, 12}, {2024, 5, 8, 2025, 1}, {2024, 13, 0, 2025, 1},
		{2024, 3, -120, 2014, 3}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		int year = T[i].year, month = T[i].month;
		date_add_months(&year, &month, T[i].n);
		assert_int_equal(year, T[i].want_year);
		assert_int_equal(month, T[i].want_month);
	}
}

static void compares(void **state)
{
	(void)state;
	struct date a = date_of(20240229), b = date_of(20240301);
	assert_true(date_compare(a, b) < 0 && date_compare(b, a) > 0 && date_compare(a, a) == 0);
	assert_int_equal(date_add(a, 1).days, b.days);
	assert_int_equal(date_add(b, -1).days, a.days);
	assert_int_equal(date_min(a, b).days, a.days);
	assert_int_equal(date_max(a, b).days, b.days);
	assert_true(date_is_none(DATE_NONE) && !date_is_none(a));
	assert_true(date_compare(DATE_NONE, a) < 0);
}

static void parses_minutes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int want;
	} T[] = {{"00:00", 0}, {"09:05", 545}, {"23:59", 1439}, {"24:00", 1440}, {"24:01", -1},
		{"25:00", -1}, {"12:60", -1}, {"9:05", -1}, {"09.05", -1}, {"09:5", -1},
		{"09:05 ", -1}, {"0905", -1}, {"", -1}, {"-1:00", -1}, {"09:05:00", -1}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		int minute = -1;
		if (date_parse_minute(T[i].text, &minute) != (T[i].want >= 0) ||
			minute != T[i].want)
			fail_msg("\"%s\": %d", T[i].text, minute);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_every_day),
		cmocka_unit_test(every_day_is_written_and_read),
		cmocka_unit_test(refuses_days_that_are_none),
		cmocka_unit_test(parses_only_full_dates),
		cmocka_unit_test(clamps_to_the_month),
		cmocka_unit_test(adds_months),
		cmocka_unit_test(compares),
		cmocka_unit_test(parses_minutes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
