/* sms_text: the segment vectors, and the signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sms_text.h"

struct row {
	const char *head, *unit, *tail;
	size_t times;
	bool gsm7;
	size_t units, segments, segments_cn;
};

static const struct row table[] = {
	{"hello world", "", "", 0, true, 11, 1, 1},
	{"", "", "", 0, true, 0, 0, 0},
	{"", "a", "", 160, true, 160, 1, 3},
	{"", "a", "", 161, true, 161, 2, 3},
	{"", "a", "", 306, true, 306, 2, 5},
	{"", "a", "", 307, true, 307, 3, 5},
	{"", "€", "", 80, true, 160, 1, 2},
	{"", "€", "", 81, true, 162, 2, 2},
	{"", "a", "€", 162, true, 164, 2, 3},
	{"", "a", "", 70, true, 70, 1, 1},
	{"", "短", "", 70, false, 70, 1, 1},
	{"", "短", "", 71, false, 71, 2, 2},
	{"", "短", "", 134, false, 134, 2, 2},
	{"", "短", "", 135, false, 135, 3, 3},
	{"", "短", "", 500, false, 500, 8, 8},
	{"【测试】", "短", "", 66, false, 70, 1, 1},
	{"【测试】", "短", "", 67, false, 71, 2, 2},
	{"", "🔥", "", 35, false, 70, 1, 1},
	{"", "🔥", "", 36, false, 72, 2, 2},
	{"", "短", "🔥尾尾尾尾尾尾尾尾尾尾", 66, false, 78, 2, 2},
	{"", "短", "🔥", 133, false, 135, 3, 3},
	{"it’s ok", "", "", 0, false, 7, 1, 1},
	{"`tick`", "", "", 0, false, 6, 1, 1},
	{"【A】disk 95%", "", "", 0, false, 11, 1, 1},
	{"", "a", "€", 152, true, 154, 1, 3},
};

static void vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct row *r = &table[i];
		char text[4096];
		strcpy(text, r->head);
		for (size_t k = 0; k < r->times; k++)
			strcat(text, r->unit);
		strcat(text, r->tail);
		struct sms_size s = sms_measure(text);
		if (s.gsm7 != r->gsm7 || s.units != r->units || s.segments != r->segments ||
			s.segments_cn != r->segments_cn)
			fail_msg("row %zu: %d %zu %zu %zu", i, s.gsm7, s.units, s.segments,
				s.segments_cn);
	}
}

static void signature_is_put_once(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	assert_string_equal(sms_sign("城管", "请报送", &a), "【城管】请报送");
	assert_string_equal(sms_sign("城管", "【市局】请报送", &a), "【市局】请报送");
	assert_string_equal(sms_sign("城管", sms_sign("城管", "x", &a), &a), "【城管】x");
	assert_string_equal(sms_sign(NULL, "x", &a), "x");
	assert_string_equal(sms_sign("", "x", &a), "x");
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(signature_is_put_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
