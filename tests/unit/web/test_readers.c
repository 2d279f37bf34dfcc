/* readers: what the engine is told, when it does not answer, and how much at most. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "readers.h"

static _Atomic int asked, refuse;
static json_t *told; /* of the last question that was answered; read when asked has grown */

static enum rc ask(void *ctx, const char *verb, json_t *args, json_t **ret_data, struct diag *d)
{
	(void)ctx;
	enum rc rc = RC_OK;
	if (strcmp(verb, "fetched") != 0 || refuse > 0) {
		refuse--;
		rc = diag_set(d, RC_BUSY, "no");
	} else {
		json_decref(told);
		told = json_deep_copy(json_object_get(args, "links"));
		*ret_data = json_object();
	}
	asked++;
	return rc;
}

static void wait_for(int n)
{
	for (int i = 0; i < 200 && asked < n; i++)
		usleep(50 * 1000);
	assert_int_equal(asked, n);
}

static const char *field(size_t i, const char *name)
{
	return json_string_value(json_object_get(json_array_get(told, i), name));
}

static void a_burst_is_one_question(void **state)
{
	(void)state;
	asked = refuse = 0;
	struct readers *r = readers_new(ask, NULL);
	for (int i = 0; i < 1000; i++)
		readers_note(r, "aa", "Evolution/3");
	readers_note(r, "bb", NULL);
	readers_note(r, "aa", "Thunderbird/1");
	wait_for(1);
	readers_free(r);
	assert_int_equal(json_array_size(told), 2);
	assert_string_equal(field(0, "hash"), "aa");
	assert_string_equal(field(0, "client"), "Thunderbird");
	assert_string_equal(field(1, "client"), "");
}

static void kept_while_nobody_answers(void **state)
{
	(void)state;
	asked = 0;
	refuse = 1;
	struct readers *r = readers_new(ask, NULL);
	readers_note(r, "aa", "khal/1");
	wait_for(2);
	readers_free(r);
	assert_int_equal(json_array_size(told), 1);
	assert_string_equal(field(0, "client"), "khal");
}

static void bounded(void **state)
{
	(void)state;
	asked = refuse = 0;
	struct readers *r = readers_new(ask, NULL);
	for (int i = 0; i < 2 * READERS_MAX; i++) {
		char hash[16];
		snprintf(hash, sizeof hash, "%d", i);
		readers_note(r, hash, "x/1");
	}
	wait_for(1);
	readers_free(r);
	assert_int_equal(json_array_size(told), READERS_MAX);
}

/* Nobody waits for the pause at the end. */
static void stops_at_once(void **state)
{
	(void)state;
	asked = refuse = 0;
	struct readers *r = readers_new(ask, NULL);
	readers_note(r, "aa", "x/1");
	readers_stop(r);
	assert_int_equal(asked, 0);
	readers_free(r);
	readers_free(NULL);
}

static int end(void **state)
{
	(void)state;
	json_decref(told);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_is_one_question),
		cmocka_unit_test(kept_while_nobody_answers),
		cmocka_unit_test(bounded),
		cmocka_unit_test(stops_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, end);
}
