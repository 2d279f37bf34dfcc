/* hold: fault group B as rows of clock readings (a story each). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hold.h"

enum { T = 1700000000, H = 3600, D = 86400, LOOKS = 8, UP = 100000 };

struct look {
	int64_t wall, boot; /* both relative: to T and to the machine's start */
	bool synchronised;
	enum hold want;
};
struct story {
	const char *name;
	int64_t recorded; /* relative to T; -1 = none */
	int64_t recorded_boot;
	bool same_boot;
	struct look look[LOOKS];
};

static const struct story STORY[] = {
	{"a clock that goes on", -1, 0, false,
		{{0, UP, true, HOLD_NONE}, {60, UP + 60, true, HOLD_NONE},
			{30 * D, UP + 30 * D, true, HOLD_NONE}}},
	{"two hours and twenty ahead: catch-up", -1, 0, false,
		{{0, UP, true, HOLD_NONE}, {2 * H + 60, UP + 60, true, HOLD_NONE},
			{22 * H, UP + 120, true, HOLD_NONE}}},
	{"thirty years ahead, nobody synchronises", -1, 0, false,
		{{0, UP, false, HOLD_NONE}, {10950LL * D, UP + 60, false, HOLD_JUMPED},
			{10950LL * D + D, UP + D, false, HOLD_JUMPED}}},
	{"two days ahead, synchronised: believed after ten minutes", -1, 0, false,
		{{0, UP, true, HOLD_NONE}, {2 * D, UP + 60, true, HOLD_JUMPED},
			{2 * D + 599, UP + 659, true, HOLD_JUMPED},
			{2 * D + 600, UP + 660, true, HOLD_NONE}}},
	{"thirty years ahead and set back", -1, 0, false,
		{{0, UP, false, HOLD_NONE}, {10950LL * D, UP + 60, false, HOLD_JUMPED},
			{120, UP + 120, false, HOLD_NONE}}},
	{"an hour back: SMS wait until it is made up for", -1, 0, false,
		{{0, UP, true, HOLD_NONE}, {-H, UP + 1, true, HOLD_BEHIND},
			{-61, UP + H - 60, true, HOLD_BEHIND}, {0, UP + H + 1, true, HOLD_NONE}}},
	{"a year back", -1, 0, false,
		{{0, UP, true, HOLD_NONE}, {-365 * D, UP + 1, true, HOLD_BEHIND}}},
	{"the odd second is nothing", -1, 0, false,
		{{0, UP, true, HOLD_NONE}, {-30, UP + 1, true, HOLD_NONE},
			{3, UP + 2, true, HOLD_NONE}}},
	{"suspended for three days: the boot clock knows", -1, 0, false,
		{{0, UP, true, HOLD_NONE}, {3 * D, UP + 3 * D, true, HOLD_NONE}}},
	{"boot in 1970, then synchronised", 0, UP, false,
		{{-T + 5, 20, false, HOLD_BEHIND}, {60, 80, true, HOLD_NONE}}},
	{"boot in 1970, then somebody types a date", 0, UP, false,
		{{-T + 5, 20, false, HOLD_BEHIND}, {60, 80, false, HOLD_JUMPED}}},
	{"boot with a good clock that nobody synchronises", 0, UP, false,
		{{D, 20, false, HOLD_UNSYNCHRONISED}, {D + 800, 820, false, HOLD_UNSYNCHRONISED},
			{D + 880, 900, false, HOLD_NONE}}},
	{"boot, synchronised at once", 0, UP, false,
		{{D, 20, false, HOLD_UNSYNCHRONISED}, {D + 10, 30, true, HOLD_NONE}}},
	{"a process restarted within a jump does not believe it either", 0, UP, true,
		{{10950LL * D, UP + 300, false, HOLD_JUMPED}}},
	{"a process restarted after a long day", 0, UP, true,
		{{5 * D, UP + 5 * D, false, HOLD_NONE}}},
	{"down for a month, new boot", 0, UP, false, {{30 * D, 1000, true, HOLD_NONE}}},
	{"a restored database from yesterday", -D, UP, true, {{0, UP + D, true, HOLD_NONE}}},
};

static struct clock_reading reading(const struct look *l)
{
	return (struct clock_reading){{T + l->wall}, l->boot, l->synchronised};
}

static void stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof STORY / sizeof *STORY; i++) {
		const struct story *s = &STORY[i];
		struct clock_reading recorded = {
			s->recorded == -1 ? INSTANT_NONE : (struct instant){T + s->recorded},
			s->recorded_boot, true};
		struct hold_watch w;
		hold_init(&w, &recorded, s->same_boot);
		for (size_t k = 0; k < LOOKS && s->look[k].boot; k++) {
			struct clock_reading r = reading(&s->look[k]);
			hold_observe(&w, &r);
			if (w.hold != s->look[k].want)
				fail_msg("%s, look %zu: %s", s->name, k + 1, hold_text(w.hold));
		}
	}
}

static void a_person_ends_it(void **state)
{
	(void)state;
	struct hold_watch w;
	struct clock_reading none = {INSTANT_NONE, 0, false};
	struct clock_reading a = {{T}, UP, false}, b = {{T + 400LL * D}, UP + 60, false},
			     c = {{T + 400LL * D + 60}, UP + 120, false},
			     e = {{T + 900LL * D}, UP + 180, false};
	hold_init(&w, &none, false);
	assert_false(hold_observe(&w, &a));
	assert_true(hold_observe(&w, &b));
	assert_int_equal(w.recorded.s, T);
	assert_true(hold_trust(&w));
	assert_false(hold_trust(&w));
	assert_false(hold_observe(&w, &c));
	assert_int_equal(w.hold, HOLD_NONE);
	assert_int_equal(w.recorded.s, c.wall.s);
	/* The word was about that clock, not about the next step. */
	assert_true(hold_observe(&w, &e));
	assert_int_equal(w.hold, HOLD_JUMPED);
}

static void trust_in_an_earlier_clock_stays(void **state)
{
	(void)state;
	struct hold_watch w;
	struct clock_reading none = {INSTANT_NONE, 0, false};
	struct clock_reading a = {{T}, UP, true}, b = {{T - 9 * H}, UP + 1, true},
			     c = {{T - 9 * H + 60}, UP + 61, true};
	hold_init(&w, &none, false);
	hold_observe(&w, &a);
	hold_observe(&w, &b);
	assert_int_equal(w.hold, HOLD_BEHIND);
	assert_true(hold_trust(&w));
	hold_observe(&w, &c);
	assert_int_equal(w.hold, HOLD_NONE);
	assert_int_equal(w.recorded.s, c.wall.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stories),
		cmocka_unit_test(a_person_ends_it),
		cmocka_unit_test(trust_in_an_earlier_clock_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
