#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "solarterm.h"

#include "tsv.h"

static const int YEAR_MIN = 1901, YEAR_MAX = 2100;

static int number_of(struct date d)
{
	int year, month, day;
	date_to_ymd(d, &year, &month, &day);
	return year * 10000 + month * 100 + day;
}

static void check_row(const struct tsv_row *row, void *ctx)
{
	int *n = ctx;
	enum solar_term term;
	if (!solarterm_parse(row->at[1], &term))
		return;
	struct date want = tsv_date(row, 0), got = DATE_NONE;
	n[term]++;
	if (!solarterm_date(term, date_year(want), &got) || got.days != want.days)
		fail_msg("line %d: %s %s", row->line, row->at[1], row->at[0]);
}

/* Every year of both terms, as two packages have them that share nothing. */
static void agrees_with_known_terms(void **state)
{
	(void)state;
	int n[2] = {0};
	tsv_each("festivals.tsv", 1999, check_row, n);
	assert_int_equal(n[SOLAR_TERM_QINGMING], YEAR_MAX - YEAR_MIN + 1);
	assert_int_equal(n[SOLAR_TERM_DONGZHI], YEAR_MAX - YEAR_MIN + 1);
}

/* A tropical year is 365 or 366 days, and never two of 366 in a row. */
static void keeps_the_tropical_year(void **state)
{
	(void)state;
	for (int term = 0; term < 2; term++) {
		struct date before = DATE_NONE, d;
		int long_years = 0, last_length = 0;
		for (int year = YEAR_MIN; year <= YEAR_MAX; year++, before = d) {
			assert_true(solarterm_date((enum solar_term)term, year, &d));
			assert_int_equal(date_year(d), year);
			if (year == YEAR_MIN)
				continue;
			int length = d.days - before.days;
			assert_in_range(length, 365, 366);
			assert_false(length == 366 && last_length == 366);
			long_years += length == 366;
			last_length = length;
		}
		/* 199 years of 365.2422 days. */
		assert_in_range(long_years, 47, 49);
	}
}

static void knows_terms_near_midnight(void **state)
{
	(void)state;
	static const struct {
		enum solar_term term;
		int want;
	} T[] = {
		{SOLAR_TERM_QINGMING, 19430406},
		{SOLAR_TERM_QINGMING, 19760404},
		{SOLAR_TERM_QINGMING, 20240404},
		{SOLAR_TERM_QINGMING, 20260405},
		{SOLAR_TERM_QINGMING, 20270405},
		{SOLAR_TERM_QINGMING, 20280404},
		{SOLAR_TERM_QINGMING, 20710405},
		{SOLAR_TERM_DONGZHI, 19511223}, /* a second past midnight */
		{SOLAR_TERM_DONGZHI, 20211221}, /* 41 seconds before */
		{SOLAR_TERM_DONGZHI, 20241221},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct date d;
		assert_true(solarterm_date(T[i].term, T[i].want / 10000, &d));
		assert_int_equal(number_of(d), T[i].want);
	}
}

static void refuses(void **state)
{
	(void)state;
	struct date d = {42};
	static const int YEARS[] = {1900, 2101, 0, -1, 2147483647};
	for (size_t i = 0; i < sizeof YEARS / sizeof *YEARS; i++) {
		assert_false(solarterm_date(SOLAR_TERM_QINGMING, YEARS[i], &d));
		assert_false(solarterm_date(SOLAR_TERM_DONGZHI, YEARS[i], &d));
	}
	assert_int_equal(d.days, 42);
	enum solar_term term = SOLAR_TERM_DONGZHI;
	static const char *const NAMES[] = {"Qingming", "", "qingming ", "qing", "清明", "lichun"};
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		assert_false(solarterm_parse(NAMES[i], &term));
	assert_int_equal(term, SOLAR_TERM_DONGZHI);
	assert_true(solarterm_parse("qingming", &term) && term == SOLAR_TERM_QINGMING);
	assert_true(solarterm_parse("dongzhi", &term) && term == SOLAR_TERM_DONGZHI);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_known_terms),
		cmocka_unit_test(keeps_the_tropical_year),
		cmocka_unit_test(knows_terms_near_midnight),
		cmocka_unit_test(refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
