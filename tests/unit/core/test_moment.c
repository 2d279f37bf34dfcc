#include "fixture.h"

static const char *const FATE[] = {"kept", "later", "earlier", "rest day"};

/* The fixture is quiet from 21:00 to 07:30 and from 12:00 to 14:00. */
static void moves_to_allowed_moments(void **state)
{
	(void)state;
	const struct fixture *f = fixture_init();
	static const struct {
		const char *name;
		int day, hhmm, deadline, deadline_hhmm, end, end_hhmm;
		bool rest;
		const char *want;
	} T[] = {
		{"workday", 20240520, 900, 20240520, 1800, 0, 0, false, "2024-05-20 09:00 kept"},
		{"just before quiet", 20240520, 1159, 20240520, 1800, 0, 0, false,
			"2024-05-20 11:59 kept"},
		{"noon", 20240520, 1200, 20240520, 1800, 0, 0, false, "2024-05-20 14:00 later"},
		{"end of noon is allowed", 20240520, 1400, 20240520, 1800, 0, 0, false,
			"2024-05-20 14:00 kept"},
		{"evening", 20240520, 2100, 20240522, 1800, 0, 0, false, "2024-05-21 07:30 later"},
		{"night", 20240521, 300, 20240522, 1800, 0, 0, false, "2024-05-21 07:30 later"},
		{"late on Friday", 20240517, 2200, 20240522, 1800, 0, 0, false,
			"2024-05-20 07:30 later"},
		{"Saturday, due Wednesday", 20240518, 900, 20240522, 1800, 0, 0, false,
			"2024-05-20 07:30 later"},
		{"Saturday, due Saturday", 20240720, 900, 20240720, 1800, 0, 0, false,
			"2024-07-19 20:59 earlier"},
		{"next moment is the deadline", 20240520, 1200, 20240520, 1400, 0, 0, false,
			"2024-05-20 11:59 earlier"},
		{"and one minute more", 20240520, 1200, 20240520, 1401, 0, 0, false,
			"2024-05-20 14:00 later"},
		{"past its deadline", 20240520, 1900, 20240520, 1800, 0, 0, false,
			"2024-05-20 17:59 earlier"},
		{"no deadline", 20240720, 900, 0, 0, 0, 0, false, "2024-07-22 07:30 later"},
		{"may go out on Saturday", 20240720, 900, 20240720, 1800, 0, 0, true,
			"2024-07-20 09:00 kept"},
		{"... but not at noon", 20240720, 1230, 20240720, 1800, 0, 0, true,
			"2024-07-20 14:00 later"},
		{"make-up Saturday", 20240511, 900, 20240512, 1800, 0, 0, false,
			"2024-05-11 09:00 kept"},
		/* 3.4: 春节 and 清明 2024, after the end of the activity */
		{"Spring Festival, asked on the day", 20240210, 1600, 20240212, 1730, 20240210,
			1600, false, "2024-02-10 16:00 rest day"},
		{"Spring Festival, the day after", 20240211, 900, 20240212, 1730, 20240211, 0,
			false, "2024-02-11 09:00 rest day"},
		{"Spring Festival, due at noon", 20240212, 1230, 20240212, 1730, 20240211, 0, false,
			"2024-02-12 14:00 rest day"},
		{"Spring Festival, paper", 20240218, 900, 20240218, 1730, 20240211, 0, false,
			"2024-02-18 09:00 kept"},
		{"Qingming, the day after", 20240405, 900, 20240406, 1730, 20240405, 0, false,
			"2024-04-05 09:00 rest day"},
		{"Qingming, paper the day after", 20240405, 900, 20240407, 1730, 20240405, 0, false,
			"2024-04-07 07:30 later"},
		{"rest day, evening, due that evening", 20240720, 2130, 20240720, 2200, 20240720, 0,
			false, "2024-07-20 20:59 rest day"},
		{"no waking moment at all", 20240720, 2130, 20240720, 2200, 20240720, 2100, false,
			"2024-07-20 21:30 rest day"},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct moment_wish w = {.at = at(f, T[i].day, T[i].hhmm),
			.on_rest_days = T[i].rest,
			.deadline = INSTANT_NONE,
			.not_before = INSTANT_NONE};
		if (T[i].deadline)
			w.deadline = at(f, T[i].deadline, T[i].deadline_hhmm);
		if (T[i].end)
			w.not_before = at(f, T[i].end, T[i].end_hhmm);
		struct instant got;
		enum moment_fate fate = plan_moment(&f->c, &w, &got);
		char text[32], all[64];
		snprintf(all, sizeof all, "%s %s", civil_text(f, got, text), FATE[fate]);
		if (strcmp(all, T[i].want) != 0)
			fail_msg("%s: %s", T[i].name, all);
	}
}

static void honours_every_window(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	static const struct {
		const char *name;
		struct quiet_window q[3];
		size_t n;
		int hhmm;
		const char *want;
	} T[] = {
		{"none", {{0, 0}}, 0, 300, "2024-05-20 03:00"},
		{"empty window", {{600, 600}}, 1, 1000, "2024-05-20 10:00"},
		{"chain", {{720, 840}, {600, 720}, {840, 900}}, 3, 1000, "2024-05-20 15:00"},
		{"chain into the night", {{1200, 480}, {1080, 1200}, {0, 0}}, 2, 1900,
			"2024-05-21 08:00"},
		{"to midnight", {{1320, 1440}, {0, 0}}, 1, 2300, "2024-05-21 00:00"},
		{"all day", {{0, 720}, {720, 1440}}, 2, 900, "2024-05-20 09:00"},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		char text[32];
		f->c.quiet = T[i].q, f->c.n_quiet = T[i].n;
		struct instant got = plan_next_allowed(&f->c, at(f, 20240520, T[i].hhmm), false);
		if (strcmp(civil_text(f, got, text), T[i].want) != 0)
			fail_msg("%s: %s", T[i].name, text);
	}
}

/* Seconds count: 20:59:59 is allowed, 07:29:59 is not, and what is moved begins a minute. */
static void counts_seconds(void **state)
{
	(void)state;
	const struct fixture *f = fixture_init();
	struct instant t = at(f, 20240520, 2100);
	assert_true(plan_is_allowed(&f->c, (struct instant){t.s - 1}, false));
	assert_false(plan_is_allowed(&f->c, t, false));
	t = at(f, 20240520, 730);
	assert_false(plan_is_allowed(&f->c, (struct instant){t.s - 1}, false));
	assert_int_equal(plan_next_allowed(&f->c, (struct instant){t.s - 1}, false).s, t.s);
	t = at(f, 20240520, 2359);
	assert_int_equal(plan_next_allowed(&f->c, (struct instant){t.s + 59}, false).s,
		at(f, 20240521, 730).s);
}

/* For any windows, wish, deadline and end: the result is allowed or the fate says why it is not. */
static void keeps_its_promises(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	uint64_t seed = fixture_seed();
	struct quiet_window q[3];
	f->c.quiet = q;
	for (int i = 0; i < 40000; i++) {
		f->c.n_quiet = (size_t)pick(&seed, 4);
		for (int k = 0; k < 3; k++)
			q[k] = (struct quiet_window){pick(&seed, 1440), pick(&seed, 1440)};
		struct moment_wish w = {.deadline = INSTANT_NONE, .not_before = INSTANT_NONE};
		w.at = (struct instant){at(f, 20240101, 0).s + pick(&seed, 366 * 86400)};
		if (pick(&seed, 4))
			w.deadline.s = w.at.s + pick(&seed, 10 * 86400) - 86400;
		if (pick(&seed, 2))
			w.not_before.s = w.at.s - pick(&seed, 3 * 86400);
		w.on_rest_days = pick(&seed, 5) == 0;
		struct instant got;
		enum moment_fate fate = plan_moment(&f->c, &w, &got);
		bool allowed = plan_is_allowed(&f->c, got, w.on_rest_days);
		bool awake = plan_is_allowed(&f->c, got, true);
		bool in_time = instant_is_none(w.deadline) || got.s < w.deadline.s;
		if (fate != MOMENT_ON_REST_DAY && got.s != w.at.s)
			assert_true(allowed);
		if (fate == MOMENT_KEPT)
			assert_true(got.s == w.at.s);
		if (fate == MOMENT_LATER)
			assert_true(got.s > w.at.s);
		if (fate == MOMENT_EARLIER)
			assert_true(got.s <= w.at.s && got.s >= w.not_before.s);
		assert_true(in_time || (fate == MOMENT_ON_REST_DAY && got.s == w.at.s));
		if (fate == MOMENT_ON_REST_DAY && got.s != w.at.s)
			assert_true(awake && got.s >= w.not_before.s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_to_allowed_moments),
		cmocka_unit_test(honours_every_window),
		cmocka_unit_test(counts_seconds),
		cmocka_unit_test(keeps_its_promises),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
