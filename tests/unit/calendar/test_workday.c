#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "workday.h"

#include "fixture_workdays.h"
#include "tsv.h"

enum { SET_MAX = 400 };

struct set {
	struct date off[SET_MAX], work[SET_MAX];
	struct workdays w;
};

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

static void add_row(const struct tsv_row *row, void *ctx)
{
	struct set *s = ctx;
	struct date d = tsv_date(row, 0);
	assert_true(s->w.n_off < SET_MAX && s->w.n_work < SET_MAX);
	if (strcmp(row->at[1], "off") == 0)
		s->off[s->w.n_off++] = d;
	else if (strcmp(row->at[1], "work") == 0)
		s->work[s->w.n_work++] = d;
	else
		fail_msg("line %d: %s", row->line, row->at[1]);
}

/* 2024-2026 as the notices have them. */
static const struct workdays *notices(void)
{
	static struct set s;
	if (!s.w.n_off) {
		tsv_each("cn-workdays.tsv", 108, add_row, &s);
		s.w.off = s.off;
		s.w.work = s.work;
		s.w.known_through = date_of(20261231);
	}
	return &s.w;
}

static void counts_the_years(void **state)
{
	(void)state;
	static const struct {
		int year, want;
	} T[] = {{2024, 251}, {2025, 248}, {2026, 248}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		int n = 0;
		for (struct date d = date_of(T[i].year * 10000 + 101); date_year(d) == T[i].year;
			d = date_add(d, 1))
			n += workday_is(notices(), d);
		assert_int_equal(n, T[i].want);
	}
}

static void check_row(const struct tsv_row *row, void *ctx)
{
	(void)ctx;
	struct date d = tsv_date(row, 0);
	enum weekday day = date_weekday(d);
	bool work = strcmp(row->at[1], "work") == 0;
	if (workday_is(notices(), d) != work)
		fail_msg("line %d: %s", row->line, row->at[0]);
	if (work && day != SATURDAY && day != SUNDAY)
		fail_msg("line %d: a make-up day is a weekend day", row->line);
}

static void knows_every_row(void **state)
{
	(void)state;
	tsv_each("cn-workdays.tsv", 108, check_row, NULL);
}

/* The copy that the other tests carry says the same. */
static void fixture_is_the_same(void **state)
{
	(void)state;
	const struct workdays *w = notices();
	assert_int_equal(w->n_off, sizeof FIXTURE_OFF / sizeof *FIXTURE_OFF);
	assert_int_equal(w->n_work, sizeof FIXTURE_WORK / sizeof *FIXTURE_WORK);
	for (size_t i = 0; i < w->n_off; i++)
		assert_int_equal(number_of(w->off[i]), FIXTURE_OFF[i]);
	for (size_t i = 0; i < w->n_work; i++)
		assert_int_equal(number_of(w->work[i]), FIXTURE_WORK[i]);
}

/* Hand-in days of 2024 that the design works out, before a due date. */
static void hands_in_before(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int due, want;
	} T[] = {
		{"January", 20240120, 20240119},
		{"February", 20240220, 20240220},
		{"April", 20240420, 20240419},
		{"July", 20240720, 20240719},
		{"August", 20240820, 20240820},
		{"October", 20241020, 20241018},
		{"Mid-Autumn", 20240919, 20240919},
		{"fire prevention", 20241111, 20241111},
		{"constitution", 20241206, 20241206},
		{"campaign", 20240702, 20240702},
		{"a make-up Sunday is one", 20240218, 20240218},
		{"through a holiday to the make-up Sunday", 20240217, 20240209},
		{"Labour Day to the make-up Sunday before", 20240505, 20240430},
		{"back to a make-up Sunday", 20240428, 20240428},
		{"National Day", 20241007, 20240930},
		{"New Year to the year before", 20240101, 20231229},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		int got = number_of(workday_on_or_before(notices(), date_of(T[i].due)));
		if (got != T[i].want)
			fail_msg("%s: %d, not %d", T[i].name, got, T[i].want);
	}
}

static void hands_in_after(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int due, want;
	} T[] = {
		{"Spring Festival: the make-up Sunday", 20240212, 20240218},
		{"Qingming: the make-up Sunday", 20240406, 20240407},
		{"a workday", 20240520, 20240520},
		{"a plain Saturday", 20240525, 20240527},
		{"Labour Day", 20240501, 20240506},
		{"National Day", 20241001, 20241008},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		int got = number_of(workday_on_or_after(notices(), date_of(T[i].due)));
		if (got != T[i].want)
			fail_msg("%s: %d, not %d", T[i].name, got, T[i].want);
	}
}

/* Any n from any day, against counting. */
static void adds(void **state)
{
	(void)state;
	const struct workdays *w = notices();
	for (struct date from = date_of(20240110); date_year(from) < 2025; from = date_add(from, 7))
		for (int n = -250; n <= 250; n += 25) {
			struct date want = from;
			for (int left = abs(n); left > 0;) {
				want = date_add(want, n < 0 ? -1 : 1);
				left -= workday_is(w, want);
			}
			assert_int_equal(workday_add(w, from, n).days, want.days);
		}
	/* 0 is the day itself, workday or not. */
	assert_int_equal(number_of(workday_add(w, date_of(20240501), 0)), 20240501);
	assert_int_equal(number_of(workday_add(w, date_of(20240430), 1)), 20240506);
	assert_int_equal(number_of(workday_add(w, date_of(20240501), -1)), 20240430);
	assert_int_equal(number_of(workday_add(w, date_of(20240429), -1)), 20240428);
	assert_int_equal(number_of(workday_add(w, date_of(20240517), -2)), 20240515);
}

static void finds_the_nth_of_a_month(void **state)
{
	(void)state;
	static const struct {
		int year, month, n, want;
	} T[] = {{2024, 5, 1, 20240506}, {2024, 5, 6, 20240511}, {2024, 5, 100, 20240531},
		{2024, 2, 1, 20240201}, {2024, 2, 3, 20240204}, {2024, 2, 99, 20240229},
		{2024, 10, 1, 20241008}, {2026, 1, 1, 20260104}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++)
		assert_int_equal(
			number_of(workday_of_month(notices(), T[i].year, T[i].month, T[i].n)),
			T[i].want);
}

/* The notice for 2019 made 2018-12-29 a workday and 2018-12-31 a holiday. */
static void a_notice_reaches_into_december(void **state)
{
	(void)state;
	const struct date off[] = {date_of(20181230), date_of(20181231), date_of(20190101)};
	const struct date work[] = {date_of(20181229)};
	const struct workdays w = {off, 3, work, 1, date_of(20191231)};
	assert_true(workday_is(&w, date_of(20181229)));
	assert_false(workday_is(&w, date_of(20181231)));
	assert_int_equal(number_of(workday_on_or_before(&w, date_of(20190101))), 20181229);
	assert_int_equal(number_of(workday_on_or_after(&w, date_of(20181230))), 20190102);
}

static void knows_what_it_does_not_know(void **state)
{
	(void)state;
	const struct workdays *w = notices();
	assert_true(workday_is_known(w, date_of(20240101)));
	assert_true(workday_is_known(w, date_of(20261231)));
	assert_false(workday_is_known(w, date_of(20270101)));
	/* Monday to Friday beyond. */
	assert_true(workday_is(w, date_of(20270101)));
	assert_false(workday_is(w, date_of(20270102)));
	const struct workdays nothing = {.known_through = DATE_NONE};
	assert_false(workday_is_known(&nothing, date_of(20240101)));
	assert_true(workday_is(&nothing, date_of(20240101)));
}

static void gives_up_on_a_long_closure(void **state)
{
	(void)state;
	static struct date off[200];
	for (int i = 0; i < 200; i++)
		off[i] = date_add(date_of(20240101), i);
	const struct workdays w = {off, 200, NULL, 0, date_of(20241231)};
	struct date mid = date_of(20240410);
	assert_int_equal(workday_on_or_before(&w, mid).days, mid.days);
	assert_int_equal(workday_on_or_after(&w, mid).days, mid.days);
	struct date near = date_add(off[199], -WORKDAY_LOOK + 1);
	assert_int_equal(workday_on_or_after(&w, near).days, off[199].days + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_the_years),
		cmocka_unit_test(knows_every_row),
		cmocka_unit_test(fixture_is_the_same),
		cmocka_unit_test(hands_in_before),
		cmocka_unit_test(hands_in_after),
		cmocka_unit_test(adds),
		cmocka_unit_test(finds_the_nth_of_a_month),
		cmocka_unit_test(a_notice_reaches_into_december),
		cmocka_unit_test(knows_what_it_does_not_know),
		cmocka_unit_test(gives_up_on_a_long_closure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
