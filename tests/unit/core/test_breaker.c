/* breaker: stories of answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "breaker.h"

enum { T = 1700000000 };

static enum breaker_news say(struct breaker *b, enum outcome_class class, enum outcome_fault fault,
	int64_t after, int64_t s)
{
	struct outcome o = {.class = class, .fault = fault, .retry_after_s = after};
	snprintf(o.reason, sizeof o.reason, "at %lld", (long long)s);
	return breaker_answer(b, &o, (struct instant){T + s});
}

/* A refusal of one message by a destination that works. */
static enum breaker_news put_off(struct breaker *b, int code)
{
	struct outcome o = {.class = OUTCOME_RETRY, .code = code};
	return breaker_answer(b, &o, (struct instant){T + 1});
}

static bool may(const struct breaker *b, int64_t s)
{
	return breaker_allows(b, (struct instant){T + s});
}

static void one_probe_at_a_time(void **state)
{
	(void)state;
	struct breaker b;
	breaker_init(&b);
	assert_true(may(&b, 0));
	breaker_depart(&b);
	assert_true(may(&b, 0)); /* closed: as many as there is room for */
	assert_int_equal(say(&b, OUTCOME_RETRY, FAULT_PEER, 0, 0), BREAKER_OPENED);
	assert_false(may(&b, 119));
	assert_int_equal(breaker_next(&b).s, T + 120);
	assert_true(may(&b, 120));
	breaker_depart(&b);
	assert_false(may(&b, 121)); /* the probe is out */
	assert_true(instant_is_none(breaker_next(&b)));
	assert_int_equal(say(&b, OUTCOME_RETRY, FAULT_PEER, 0, 130), BREAKER_SAME);
	assert_false(may(&b, 249));
	assert_true(may(&b, 250));
	breaker_depart(&b);
	assert_int_equal(say(&b, OUTCOME_SENT, FAULT_NONE, 0, 251), BREAKER_CLOSED);
	assert_true(may(&b, 251));
	assert_false(breaker_is_open(&b));
}

static void what_opens_and_what_closes(void **state)
{
	(void)state;
	static const struct {
		enum outcome_class class;
		enum outcome_fault fault;
		bool opens;
	} row[] = {
		{OUTCOME_SENT, FAULT_NONE, false},
		{OUTCOME_RETRY, FAULT_MESSAGE, false},
		{OUTCOME_RETRY, FAULT_RECIPIENT, false},
		{OUTCOME_RETRY, FAULT_PEER, true},
		{OUTCOME_RETRY, FAULT_CONFIG, true},
		{OUTCOME_UNKNOWN, FAULT_PEER, true},
		{OUTCOME_UNKNOWN, FAULT_NONE, false}, /* we stopped */
		{OUTCOME_DEAD, FAULT_RECIPIENT, false},
		{OUTCOME_DEAD, FAULT_MESSAGE, false},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct breaker b;
		breaker_init(&b);
		say(&b, row[i].class, row[i].fault, 0, 0);
		assert_int_equal(breaker_is_open(&b), row[i].opens);
		breaker_init(&b);
		say(&b, OUTCOME_RETRY, FAULT_PEER, 0, 0);
		say(&b, row[i].class, row[i].fault, 0, 1);
		bool silence = row[i].class == OUTCOME_UNKNOWN && row[i].fault == FAULT_NONE;
		assert_int_equal(breaker_is_open(&b), row[i].opens || silence);
	}
	struct breaker b;
	breaker_init(&b);
	say(&b, OUTCOME_RETRY, FAULT_PEER, 0, 0);
	assert_int_equal(put_off(&b, 0), BREAKER_SAME); /* stopped before it began */
	assert_true(breaker_is_open(&b));
	assert_int_equal(put_off(&b, 450), BREAKER_CLOSED); /* greylisting */
	assert_int_equal(put_off(&b, 450), BREAKER_SAME);
}

static void waits(void **state)
{
	(void)state;
	static const struct {
		enum outcome_fault fault;
		int64_t after, want;
	} row[] = {
		{FAULT_PEER, 0, 120},
		{FAULT_PEER, 300, 300},
		{FAULT_PEER, 5, 120},
		{FAULT_PEER, 1000000000, 3600},
		{FAULT_CONFIG, 0, 600},
		{FAULT_CONFIG, 900, 900},
		{FAULT_PEER, -1, 120},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct breaker b;
		breaker_init(&b);
		say(&b, OUTCOME_RETRY, row[i].fault, row[i].after, 0);
		assert_int_equal(breaker_next(&b).s, T + row[i].want);
	}
}

static void the_alarm_is_owed_once(void **state)
{
	(void)state;
	struct breaker b;
	breaker_init(&b);
	assert_true(instant_is_none(breaker_alarm_at(&b)));
	say(&b, OUTCOME_RETRY, FAULT_PEER, 0, 0);
	say(&b, OUTCOME_RETRY, FAULT_PEER, 0, 700);
	assert_int_equal(breaker_alarm_at(&b).s, T + 1800); /* from the first failure */
	b.told_at = (struct instant){T + 1800};
	assert_true(instant_is_none(breaker_alarm_at(&b)));
	say(&b, OUTCOME_RETRY, FAULT_PEER, 0, 2000);
	assert_true(instant_is_none(breaker_alarm_at(&b)));
	say(&b, OUTCOME_SENT, FAULT_NONE, 0, 2100);
	say(&b, OUTCOME_RETRY, FAULT_CONFIG, 0, 3000);
	assert_int_equal(breaker_alarm_at(&b).s, T + 3120);
	assert_string_equal(b.reason, "at 3000");
}

static void mended_by_hand(void **state)
{
	(void)state;
	struct breaker b;
	breaker_init(&b);
	breaker_reset(&b, (struct instant){T});
	assert_false(breaker_is_open(&b));
	say(&b, OUTCOME_RETRY, FAULT_CONFIG, 0, 0);
	assert_false(may(&b, 10));
	breaker_reset(&b, (struct instant){T + 10});
	assert_true(may(&b, 10));
	assert_true(breaker_is_open(&b)); /* until an answer says otherwise */
}

/* No wait is that long: the clock that set it has gone back. */
static void a_wait_of_a_clock_ahead_is_over(void **state)
{
	(void)state;
	struct breaker b;
	breaker_init(&b);
	say(&b, OUTCOME_RETRY, FAULT_PEER, BREAKER_WAIT_MAX_S, 0);
	assert_false(may(&b, 1));
	assert_false(may(&b, 0));
	assert_true(may(&b, -1));
	assert_true(may(&b, -3 * 86400));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_probe_at_a_time),
		cmocka_unit_test(what_opens_and_what_closes),
		cmocka_unit_test(waits),
		cmocka_unit_test(the_alarm_is_owed_once),
		cmocka_unit_test(mended_by_hand),
		cmocka_unit_test(a_wait_of_a_clock_ahead_is_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
