/* retry: waits, jitter, give-up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "retry.h"

static void waits_grow_within_ten_percent(void **state)
{
	(void)state;
	static const int64_t minutes[] = {1, 2, 5, 10, 15, 30, 30, 30, 30};
	int distinct = 0;
	for (unsigned attempt = 1; attempt <= 9; attempt++) {
		int64_t want = minutes[attempt - 1] * 60, first = 0;
		for (int k = 0; k < 500; k++) {
			char key[16];
			snprintf(key, sizeof key, "key-%d", k);
			int64_t got = retry_wait_s(attempt, key, 0);
			assert_true(got >= want - want / 10 && got <= want + want / 10);
			assert_int_equal(got, retry_wait_s(attempt, key, 0));
			if (k == 0)
				first = got;
			distinct += got != first;
		}
	}
	assert_true(distinct > 9 * 300);
}

static void odd_attempts(void **state)
{
	(void)state;
	assert_true(retry_wait_s(0, "k", 0) <= 66);
	assert_true(retry_wait_s(4000000000u, "k", 0) <= 1980);
	assert_true(retry_wait_s(1, "", 0) >= 54);
}

static void the_peers_wish(void **state)
{
	(void)state;
	assert_int_equal(retry_wait_s(1, "k", 900), 900);
	assert_int_equal(retry_wait_s(1, "k", 1000000), RETRY_WINDOW_MAX_S);
	assert_true(retry_wait_s(6, "k", 5) >= 1620);
	assert_true(retry_wait_s(1, "k", -5) >= 54);
}

static void give_up(void **state)
{
	(void)state;
	struct instant first = {1000000};
	assert_int_equal(retry_give_up(first, INSTANT_NONE).s, 1000000 + 5 * 86400);
	assert_int_equal(
		retry_give_up(first, (struct instant){1000000 + 3600}).s, 1000000 + 3600 + 86400);
	assert_int_equal(retry_give_up(first, (struct instant){1000000 + 30 * 86400}).s,
		1000000 + 5 * 86400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_grow_within_ten_percent),
		cmocka_unit_test(odd_attempts),
		cmocka_unit_test(the_peers_wish),
		cmocka_unit_test(give_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
