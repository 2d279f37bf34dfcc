/* receipt: when a gateway is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "receipt.h"

enum { MINUTE = 60, HOUR = 3600 };

/* Asked at each promised moment, as the engine does. */
static void moments(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool is_unknown;
		size_t n;
		int64_t want[5];
	} CASE[] = {
		{"sent", false, 5, {MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 24 * HOUR}},
		{"unknown", true, 4, {MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR}},
	};
	const struct instant since = {1714900000};
	for (size_t c = 0; c < sizeof CASE / sizeof *CASE; c++) {
		struct instant now = since;
		for (size_t i = 0; i < CASE[c].n; i++) {
			now = receipt_ask_at(CASE[c].is_unknown, since, now);
			if (now.s != since.s + CASE[c].want[i])
				fail_msg("%s %zu", CASE[c].name, i);
		}
		assert_true(instant_is_none(receipt_ask_at(CASE[c].is_unknown, since, now)));
	}
}

/* After a night's outage one question, not the four that were missed. */
static void missed_moments_are_one(void **state)
{
	(void)state;
	const struct instant since = {1714900000}, now = {1714900000 + 9 * HOUR};
	assert_int_equal(receipt_ask_at(false, since, now).s, since.s + 24 * HOUR);
	assert_true(instant_is_none(receipt_ask_at(true, since, now)));
}

/* A clock that was set back asks later, not never. */
static void clock_set_back(void **state)
{
	(void)state;
	const struct instant since = {1714900000}, now = {1714900000 - HOUR};
	assert_int_equal(receipt_ask_at(true, since, now).s, since.s + MINUTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments),
		cmocka_unit_test(missed_moments_are_one),
		cmocka_unit_test(clock_set_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
