#include "fixture.h"

static struct arena arena;

static struct obligations expand(struct fixture *f, int from, int to, struct fixture_acts *acts)
{
	struct obligations os;
	struct diag d = DIAG_INIT;
	enum rc rc = obligation_expand(
		&f->c, on(from), on(to), acts ? fixture_acts_of : NULL, acts, &arena, &os, &d);
	assert_int_equal(rc, RC_OK);
	return os;
}

/* The one of that id in a window wide enough for everything. */
static const struct obligation *find(struct fixture *f, struct fixture_acts *acts, const char *id)
{
	struct obligations os = expand(f, 20220101, 20271231, acts);
	return obligation_find(&os, id);
}

static int done(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

/* ---- what became of it ---------------------------------------------------------------------------- */

static void moves_with_the_activity(void **state)
{
	(void)state;
	static const char ID[] = "keydate/mid-autumn-2024/brigade-1";
	static const struct {
		const char *name;
		enum act_kind kind;
		int date, due, last_day;
		enum obligation_state want;
	} T[] = {
		{"held earlier", ACT_ENDED, 20240912, 20240914, 20240912, STATE_OPEN},
		{"held on the day", ACT_ENDED, 20240917, 20240919, 20240917, STATE_OPEN},
		{"held later", ACT_ENDED, 20240925, 20240927, 20240925, STATE_OPEN},
		{"extended", ACT_EXTENDED, 20241007, 20241009, 20241007, STATE_OPEN},
		{"not held: a nil report", ACT_NOT_HELD, 0, 20240919, 20240917, STATE_REPORTED},
		{"waived", ACT_WAIVE, 0, 20240919, 20240917, STATE_WAIVED},
		{"nil", ACT_NIL, 0, 20240919, 20240917, STATE_REPORTED},
		{"reported", ACT_REPORT, 0, 20240919, 20240917, STATE_REPORTED},
		{"received", ACT_RECEIVE, 0, 20240919, 20240917, STATE_DONE},
		{"another date", ACT_DATE, 20241231, 20241231, 20240917, STATE_OPEN},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct fixture *f = fixture_init();
		struct fixture_acts acts = {0};
		fixture_act(&acts, ID, T[i].kind)->date = on(T[i].date);
		const struct obligation *o = find(f, &acts, ID);
		if (ymd_of(o->due) != T[i].due || ymd_of(o->last_day) != T[i].last_day ||
			o->state != T[i].want || ymd_of(o->planned_last) != 20240917)
			fail_msg("%s: due %d, last day %d, %s", T[i].name, ymd_of(o->due),
				ymd_of(o->last_day), obligation_state_text(o->state));
		acts.act[0].undone = true;
		o = find(f, &acts, ID);
		assert_int_equal(ymd_of(o->due), 20240919);
		assert_int_equal(o->state, STATE_OPEN);
	}
}

/* An activity that was moved leaves one window and enters the other. */
static void enters_another_window_when_moved(void **state)
{
	(void)state;
	static const char ID[] = "keydate/mid-autumn-2024/brigade-1";
	struct fixture *f = fixture_init();
	struct fixture_acts acts = {0};
	fixture_only(f, R_KEYDATE);
	assert_int_equal(expand(f, 20240901, 20240930, &acts).n, 1);
	fixture_act(&acts, ID, ACT_EXTENDED)->date = on(20250110);
	assert_int_equal(expand(f, 20240901, 20240930, &acts).n, 0);
	struct obligations os = expand(f, 20250101, 20250131, &acts);
	assert_int_equal(os.n, 1);
	assert_string_equal(os.item[0].id, ID);
}

static void asks_before_a_conditional_occasion(void **state)
{
	(void)state;
	static const char ID[] = "festival/spring-festival-2024/brigade-7";
	static const struct {
		enum act_kind first, second;
		bool conditional;
		enum obligation_state want;
	} T[] = {
		{ACT_RETURN, ACT_RETURN, true, STATE_OPEN},
		{ACT_HELD, ACT_RETURN, false, STATE_OPEN},
		{ACT_NOT_HELD, ACT_RETURN, false, STATE_CANCELLED},
		/* A changed mind: what was reported as "not held" is missing again. */
		{ACT_NOT_HELD, ACT_HELD, false, STATE_OPEN},
		{ACT_HELD, ACT_NOT_HELD, false, STATE_CANCELLED},
		{ACT_NOT_HELD, ACT_ENDED, false, STATE_OPEN},
		/* Material says that it was held. */
		{ACT_REPORT, ACT_RETURN, false, STATE_OPEN},
		{ACT_RETURN, ACT_RECEIVE, false, STATE_DONE},
		{ACT_WAIVE, ACT_RETURN, true, STATE_WAIVED},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct fixture *f = fixture_init();
		struct fixture_acts acts = {0};
		fixture_act(&acts, ID, T[i].first);
		fixture_act(&acts, ID, T[i].second);
		for (size_t k = 0; k < 2; k++)
			if (acts.act[k].kind == ACT_ENDED)
				acts.act[k].date = on(20240210);
		const struct obligation *o = find(f, &acts, ID);
		if (o->conditional != T[i].conditional || o->state != T[i].want)
			fail_msg("%zu: %d %s", i, o->conditional, obligation_state_text(o->state));
	}
	struct fixture *f = fixture_init();
	assert_false(find(f, NULL, "keydate/mid-autumn-2024/brigade-1")->conditional);
}

static void waits_for_its_date(void **state)
{
	(void)state;
	static const char ID[] = "assessment/2024-12/brigade-4";
	struct fixture *f = fixture_init();
	struct fixture_acts acts = {0};
	struct obligations os = expand(f, 20241201, 20241231, NULL);
	const struct obligation *o = obligation_find(&os, ID);
	assert_int_equal(o->state, STATE_WAITING);
	assert_true(date_is_none(o->due) && date_is_none(o->hand_in) && instant_is_none(o->due_at));
	assert_ptr_equal(o, &os.item[os.n - 1]);
	os = expand(f, 20241115, 20241201, NULL);
	assert_non_null(obligation_find(&os, ID));
	os = expand(f, 20240101, 20241130, NULL);
	assert_null(obligation_find(&os, ID));
	fixture_act(&acts, ID, ACT_DATE)->date = on(20250115);
	os = expand(f, 20250101, 20250131, &acts);
	o = obligation_find(&os, ID);
	assert_int_equal(ymd_of(o->due), 20250115);
	assert_int_equal(o->state, STATE_OPEN);
	os = expand(f, 20241201, 20241231, &acts);
	assert_null(obligation_find(&os, ID));
}

/* A one-off without days of its own takes those of its date, whatever the window. */
static void dates_a_floating_one_off(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct fixture_acts acts = {0};
	fixture_only(f, R_LETTER)->date = DATE_NONE;
	fixture_act(&acts, "letter-7/letter-7/brigade-5", ACT_DATE)->date = on(20240803);
	struct obligations os = expand(f, 20240101, 20241231, &acts);
	assert_int_equal(ymd_of(os.item[0].period_first), 20240803);
	os = expand(f, 20240803, 20240803, &acts);
	assert_int_equal(ymd_of(os.item[0].period_first), 20240803);
	assert_int_equal(expand(f, 20240804, 20240805, &acts).n, 0);
}

/* ---- properties -------------------------------------------------------------------------------------- */

static void windows_add_up(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	uint64_t seed = fixture_seed();
	f->roster.repeats = true;
	f->rule[R_ASSESSMENT].date = on(20250110);
	for (int i = 0; i < 400; i++) {
		f->rule[R_MONTHLY].roll = (enum roll)pick(&seed, 3);
		f->rule[R_MONTHLY].day = 1 + pick(&seed, 31);
		f->rule[R_MONTHLY].day_included = pick(&seed, 2);
		struct date a = date_add(on(20231101), pick(&seed, 500));
		struct date b = date_add(a, pick(&seed, 300)),
			    c = date_add(b, 1 + pick(&seed, 300));
		struct obligations whole = expand(f, ymd_of(a), ymd_of(c), NULL);
		struct obligations left = expand(f, ymd_of(a), ymd_of(b), NULL);
		struct obligations right = expand(f, ymd_of(date_add(b, 1)), ymd_of(c), NULL);
		assert_int_equal(whole.n, left.n + right.n);
		for (size_t k = 0; k < whole.n; k++) {
			const struct obligation *o =
				k < left.n ? &left.item[k] : &right.item[k - left.n];
			assert_string_equal(whole.item[k].id, o->id);
			assert_int_equal(whole.item[k].due.days, o->due.days);
			assert_int_equal(whole.item[k].hand_in.days, o->hand_in.days);
		}
		arena_reset(&arena);
	}
}

/* Whatever the workdays: the official day of a monthly rule is the 20th, and paper is asked for on a
 * workday that is not later, unless the text says so; after an activity never on or before its end. */
static void hand_in_days_can_be_kept(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	uint64_t seed = fixture_seed();
	f->roster.repeats = true;
	for (int i = 0; i < R_COUNT_OF; i++)
		fixture_forms(&f->rule[i], BOTH);
	for (int i = 0; i < 100; i++) {
		size_t n = 0;
		for (struct date d = on(20240101);
			n < FIXTURE_SETS_MAX && d.days < on(20251201).days;) {
			d = date_add(d, 1 + pick(&seed, pick(&seed, 4) ? 2 : 30));
			f->off[n++] = d;
		}
		f->c.workdays.n_off = n;
		f->c.workdays.n_work = 0;
		struct obligations os = expand(f, 20240101, 20251031, NULL);
		for (size_t k = 0; k < os.n; k++) {
			const struct obligation *o = &os.item[k];
			if (date_is_none(o->due))
				continue;
			if (o->rule == &f->rule[R_MONTHLY])
				assert_int_equal(date_day(o->due), 20);
			assert_int_equal(o->due.days, o->rule_due.days);
			assert_true(workday_is(&f->c.workdays, o->hand_in));
			assert_int_equal(o->hand_in_late, o->hand_in.days > o->due.days);
			if (!date_is_none(o->last_day))
				assert_true(o->hand_in.days > o->last_day.days);
			/* No workday that would do was left out. */
			struct date first = o->hand_in_late ? date_add(o->last_day, 1)
							    : date_add(o->hand_in, 1);
			struct date last = o->hand_in_late ? date_add(o->hand_in, -1) : o->due;
			for (struct date d = first; d.days <= last.days; d = date_add(d, 1))
				assert_false(workday_is(&f->c.workdays, d));
		}
		arena_reset(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_with_the_activity),
		cmocka_unit_test(enters_another_window_when_moved),
		cmocka_unit_test(asks_before_a_conditional_occasion),
		cmocka_unit_test(waits_for_its_date),
		cmocka_unit_test(dates_a_floating_one_off),
		cmocka_unit_test(windows_add_up),
		cmocka_unit_test(hand_in_days_can_be_kept),
	};
	return cmocka_run_group_tests(tests, NULL, done);
}
