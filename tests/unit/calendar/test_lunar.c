#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "lunar.h"
#include "solarterm.h"

#include "tsv.h"

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

static const struct {
	const char *key;
	int month, day;
} FESTIVALS[] = {
	{"spring", 1, 1},
	{"lantern", 1, 15},
	{"dragonboat", 5, 5},
	{"qixi", 7, 7},
	{"midautumn", 8, 15},
	{"double9", 9, 9},
	{"laba", 12, 8},
	{"newyeareve", 12, -1},
};
enum { N_FESTIVALS = sizeof FESTIVALS / sizeof *FESTIVALS };

static int festival_index(const char *key)
{
	int i = 0;
	while (i < N_FESTIVALS && strcmp(FESTIVALS[i].key, key) != 0)
		i++;
	return i;
}

struct tally {
	int n_good, n_outside, n_bad;
};

static void check_term(struct tally *t, const struct tsv_row *row, struct date want)
{
	enum solar_term term;
	struct date got;
	if (!solarterm_parse(row->at[1], &term))
		fail_msg("line %d: %s", row->line, row->at[1]);
	if (solarterm_date(term, date_year(want), &got) && got.days == want.days)
		t->n_good++;
	else
		t->n_bad++;
}

static void check_festival(const struct tsv_row *row, void *ctx)
{
	struct tally *t = ctx;
	struct date want = tsv_date(row, 0), got;
	int i = festival_index(row->at[1]);
	if (i == N_FESTIVALS) {
		check_term(t, row, want);
		return;
	}
	/* Whatever is before the Spring Festival belongs to the lunar year before. */
	struct lunar l = {.month = FESTIVALS[i].month, .day = FESTIVALS[i].day};
	l.year = date_year(want) - (l.month == 12 && date_month(want) <= 2);
	if (l.year < LUNAR_YEAR_MIN) {
		assert_false(lunar_to_date(l, &got));
		t->n_outside++;
	} else if (lunar_to_date(l, &got) && got.days == want.days) {
		t->n_good++;
	} else if (t->n_bad++ < 10) {
		print_error("line %d: %s %s\n", row->line, row->at[1], row->at[0]);
	}
}

/* festivals.tsv: two packages that share nothing agree on every row. */
static void agrees_with_known_festivals(void **state)
{
	(void)state;
	struct tally t = {0};
	tsv_each("festivals.tsv", 1999, check_festival, &t);
	assert_int_equal(t.n_bad, 0);
	assert_int_equal(t.n_outside, 2); /* the last two of lunar 1900 */
	assert_int_equal(t.n_good, 1997);
}

static bool month_is(const char *text, int month, bool leap)
{
	char want[8];
	snprintf(want, sizeof want, "%s%d", leap ? "L" : "", month);
	return strcmp(text, want) == 0;
}

static void check_month(const struct tsv_row *row, void *ctx)
{
	(void)ctx;
	struct lunar l = {0};
	struct date first = tsv_date(row, 0);
	if (!lunar_from_date(first, &l) || l.year != tsv_number(row, 1) || l.day != 1 ||
		!month_is(row->at[2], l.month, l.leap))
		fail_msg("line %d: %s is %d-%s%d-%d", row->line, row->at[0], l.year,
			l.leap ? "L" : "", l.month, l.day);
}

static void agrees_with_known_months(void **state)
{
	(void)state;
	tsv_each("lunar-months.tsv", 2470, check_month, NULL);
}

static void check_icu_festival(const struct tsv_row *row, void *ctx)
{
	(void)ctx;
	struct date right = tsv_date(row, 1), wrong = tsv_date(row, 2), got = DATE_NONE;
	int i = festival_index(row->at[0]);
	assert_true(i < N_FESTIVALS);
	struct lunar l = {.month = FESTIVALS[i].month, .day = FESTIVALS[i].day};
	l.year = date_year(right) - (l.month == 12 && date_month(right) <= 2);
	assert_true(lunar_to_date(l, &got));
	if (got.days != right.days || got.days == wrong.days)
		fail_msg("line %d: %s %d", row->line, row->at[0], number_of(got));
}

static void check_icu_month(const struct tsv_row *row, void *ctx)
{
	(void)ctx;
	struct lunar l = {0};
	assert_true(lunar_from_date(tsv_date(row, 0), &l));
	if (l.day != 1 || !month_is(row->at[1], l.month, l.leap))
		fail_msg("line %d: %d-%d-%d", row->line, l.year, l.month, l.day);
}

/* 2027-02-06 is the Spring Festival, whatever ICU says. */
static void is_right_where_icu_is_wrong(void **state)
{
	(void)state;
	tsv_each("icu-wrong-festivals.tsv", 12, check_icu_festival, NULL);
	tsv_each("icu-wrong-months.tsv", 14, check_icu_month, NULL);
	struct date d;
	assert_true(lunar_to_date((struct lunar){.year = 2027, .month = 1, .day = 1}, &d));
	assert_int_equal(number_of(d), 20270206);
}

/* Every day of the table, one after the other, none left out. */
static void goes_there_and_back(void **state)
{
	(void)state;
	struct date next = date_of(19010219);
	for (int year = LUNAR_YEAR_MIN; year <= LUNAR_YEAR_MAX; year++)
		for (int i = 0; i < 24; i++) {
			struct lunar l = {.year = year, .month = i / 2 + 1, .leap = i % 2};
			int length = lunar_days_in_month(year, l.month, l.leap);
			assert_true(length == 29 || length == 30 || (l.leap && length == 0));
			for (l.day = 1; l.day <= length; l.day++) {
				struct date d;
				struct lunar back;
				assert_true(lunar_to_date(l, &d));
				assert_int_equal(d.days, next.days);
				assert_true(lunar_from_date(d, &back));
				assert_true(back.year == year && back.month == l.month &&
					    back.day == l.day && back.leap == l.leap);
				next = date_add(next, 1);
			}
		}
	assert_int_equal(number_of(next), 21010129);
	struct lunar l = {.year = 1};
	assert_false(lunar_from_date(next, &l));
	assert_false(lunar_from_date(date_of(19010218), &l));
	assert_false(lunar_from_date(date_of(19000101), &l));
	assert_false(lunar_from_date(date_of(21991231), &l));
	assert_int_equal(l.year, 1);
}

static void knows_leap_months(void **state)
{
	(void)state;
	static const struct {
		int year, leap, first_day; /* of the leap month */
	} T[] = {
		{2001, 4, 20010523},
		{2012, 4, 20120521},
		{2020, 4, 20200523},
		{2023, 2, 20230322},
		{2025, 6, 20250725},
		{2028, 5, 20280623},
		{2033, 11, 20331222}, /* the year that many tables have wrong */
		{2034, 0, 0},
		{2024, 0, 0},
		{2026, 0, 0},
		{2027, 0, 0},
		{1984, 10, 19841123},
		{1987, 6, 19870726},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		assert_int_equal(lunar_leap_month(T[i].year), T[i].leap);
		for (int month = 1; month <= 12; month++) {
			struct lunar l = {T[i].year, month, 1, true};
			struct date d = DATE_NONE;
			bool ok = lunar_to_date(l, &d);
			assert_int_equal(ok, month == T[i].leap);
			if (ok)
				assert_int_equal(number_of(d), T[i].first_day);
		}
	}
	assert_int_equal(lunar_leap_month(1900), 0);
	assert_int_equal(lunar_leap_month(2101), 0);
}

static void refuses_days_that_are_none(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct lunar l;
		int want; /* 0: there is none */
	} T[] = {
		{"eve by number", {2023, 12, 30, false}, 20240209},
		{"eve of a short month", {2024, 12, 29, false}, 20250128},
		{"day 30 of a short month", {2024, 12, 30, false}, 0},
		{"last day of a long month", {2023, 12, -1, false}, 20240209},
		{"last day of a short month", {2024, 12, -1, false}, 20250128},
		{"-29 of a short month", {2024, 12, -29, false}, 20241231},
		{"-30 of a short month", {2024, 12, -30, false}, 0},
		{"-30 of a long month", {2023, 12, -30, false}, 20240111},
		{"day 0", {2024, 1, 0, false}, 0},
		{"day 31", {2024, 1, 31, false}, 0},
		{"day -31", {2024, 1, -31, false}, 0},
		{"month 0", {2024, 0, 1, false}, 0},
		{"month 13", {2024, 13, 1, false}, 0},
		{"no leap month", {2024, 4, 1, true}, 0},
		{"another leap month", {2025, 5, 1, true}, 0},
		{"before the leap month", {2025, 6, -1, false}, 20250724},
		{"after the leap month", {2025, 7, 1, false}, 20250823},
		{"before the table", {1900, 12, 1, false}, 0},
		{"first day", {1901, 1, 1, false}, 19010219},
		{"last day", {2100, 12, -1, false}, 21010128},
		{"after the table", {2101, 1, 1, false}, 0},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct date d = {42};
		bool ok = lunar_to_date(T[i].l, &d);
		if (ok != (T[i].want != 0) || (ok ? number_of(d) != T[i].want : d.days != 42))
			fail_msg("%s: %d", T[i].name, ok ? number_of(d) : 0);
	}
	assert_int_equal(lunar_days_in_month(2024, 12, false), 29);
	assert_int_equal(lunar_days_in_month(2024, 12, true), 0);
	assert_int_equal(lunar_days_in_month(2101, 1, false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_known_festivals),
		cmocka_unit_test(agrees_with_known_months),
		cmocka_unit_test(is_right_where_icu_is_wrong),
		cmocka_unit_test(goes_there_and_back),
		cmocka_unit_test(knows_leap_months),
		cmocka_unit_test(refuses_days_that_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
