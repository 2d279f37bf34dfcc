#include "fixture.h"

/* "2024-02-10 2024-04-04/2024-04-06" */
static const char *spans_text(const struct occasion *o, int from, int to, size_t max)
{
	static char text[400];
	struct span s[8];
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	size_t n = occasion_spans(o, on(from), on(to), s, max);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "",
			date_format(s[i].first, first));
		if (date_compare(s[i].first, s[i].last) != 0)
			snprintf(text + strlen(text), sizeof text - strlen(text), "/%s",
				date_format(s[i].last, last));
	}
	return text;
}

static void plans_every_kind(void **state)
{
	(void)state;
	struct span dates[] = {{on(20240501), on(20240630)}, {on(20240701), on(20240701)},
		{on(20231220), on(20240105)}};
	struct occasion fire = {
		.kind = OCCASION_RECUR, .recur = {.month = 11, .month_day = 9}, .days = 1};
	struct occasion week = {
		.kind = OCCASION_RECUR, .recur = {.month = 12, .month_day = 29}, .days = 7};
	struct occasion mid_autumn = {.kind = OCCASION_RECUR,
		.recur = {.chinese = true, .month = 8, .month_day = 15},
		.days = 1};
	struct occasion laba = {.kind = OCCASION_RECUR,
		.recur = {.chinese = true, .month = 12, .month_day = 8},
		.days = 1};
	struct occasion qingming = {.kind = OCCASION_TERM, .term = SOLAR_TERM_QINGMING, .days = 1};
	struct occasion tour = {.kind = OCCASION_TERM, .term = SOLAR_TERM_QINGMING, .days = 3};
	struct occasion spring = {.kind = OCCASION_RANGE,
		.from_month = 5,
		.from_day = 1,
		.to_month = 6,
		.to_day = 30};
	struct occasion winter = {.kind = OCCASION_RANGE,
		.from_month = 12,
		.from_day = 15,
		.to_month = 2,
		.to_day = 29};
	struct occasion listed = {.kind = OCCASION_DATES, .dates = dates, .n_dates = 3};
	struct {
		const char *name;
		const struct occasion *o;
		int from, to;
		const char *want;
	} T[] = {
		{"fixed day", &fire, 20240101, 20241231, "2024-11-09"},
		{"two years", &fire, 20240101, 20251231, "2024-11-09 2025-11-09"},
		{"window's edges are inside", &fire, 20241109, 20241109, "2024-11-09"},
		{"a day late", &fire, 20241110, 20251108, ""},
		{"last day decides", &week, 20240101, 20241231, "2023-12-29/2024-01-04"},
		{"lunar", &mid_autumn, 20240101, 20261231, "2024-09-17 2025-10-06 2026-09-25"},
		{"twice a year, and not at all", &laba, 20220101, 20231231,
			"2022-01-10 2022-12-30"},
		{"solar term", &qingming, 20240101, 20261231, "2024-04-04 2025-04-04 2026-04-05"},
		{"longer", &tour, 20240101, 20241231, "2024-04-04/2024-04-06"},
		{"range", &spring, 20240630, 20240630, "2024-05-01/2024-06-30"},
		{"range that has not ended", &spring, 20240101, 20240629, ""},
		{"over new year, clamped", &winter, 20240101, 20251231,
			"2023-12-15/2024-02-29 2024-12-15/2025-02-28"},
		{"listed, in order of their ends", &listed, 20240101, 20241231,
			"2023-12-20/2024-01-05 2024-05-01/2024-06-30 2024-07-01"},
		{"listed, part", &listed, 20240630, 20240630, "2024-05-01/2024-06-30"},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		const char *got = spans_text(T[i].o, T[i].from, T[i].to, 8);
		if (strcmp(got, T[i].want) != 0)
			fail_msg("%s: %s", T[i].name, got);
	}
	assert_string_equal(spans_text(&listed, 20240101, 20241231, 1), "2023-12-20/2024-01-05");
}

/* A window cut in two gives what the whole gives. */
static void adds_up(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	uint64_t seed = fixture_seed();
	for (int i = 0; i < 2000; i++) {
		const struct occasion *o = &f->occasion[pick(&seed, O_COUNT_OF)];
		struct date a = date_add(on(20230601), pick(&seed, 900));
		struct date b = date_add(a, pick(&seed, 400)),
			    c = date_add(b, 1 + pick(&seed, 400));
		struct span whole[8], part[8];
		size_t n = occasion_spans(o, a, c, whole, 8);
		size_t k = occasion_spans(o, a, b, part, 8);
		k += occasion_spans(o, date_add(b, 1), c, part + k, 8 - k);
		assert_int_equal(n, k);
		assert_memory_equal(whole, part, n * sizeof *whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_every_kind),
		cmocka_unit_test(adds_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
