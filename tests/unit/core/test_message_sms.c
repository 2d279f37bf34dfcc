/* message_sms and message_variables: what is left of a text in an SMS, and what a gateway's template is
 * filled with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "message.h"
#include "message_variables.h"
#include "text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- cleaning ---------------------------------------------------------------------------------- */

static void test_said_otherwise(void **state)
{
	(void)state;
	static const struct {
		const char *input, *want;
	} cases[] = {
		{"总结✓ 图片✗", "总结OK 图片X"},
		{"√✔☑✅", "OKOKOKOK"},
		{"✘✖☒❌", "XXXX"},
		{"★☆指标", "**指标"},
		{"19日→18日", "19日->18日"},
		{"⇒☞➜", "->->->"},
		{"•总结 •图片", "-总结 -图片"},
		{"①总结⑩图片⑳", "(1)总结(10)图片(20)"},
		{"⑴⒈❶➀➊㈠㊀㉑㊿⓪⓵", "(1)(1)(1)(1)(1)(1)(1)(21)(50)(0)(1)"},
		{"1\xef\xb8\x8f\xe2\x83\xa3总结", "1总结"},
		{"50m²", "50m2"},
		{"¥50、￥60", "RMB50、RMB60"},
		{"『通知』", "“通知”"},
		{"※注意", "*注意"},
		{"二○二四年", "二〇二四年"},
		{"■●△", "***"},
		{"⚠紧急❗", "!紧急!"},
		{"☎417", "Tel417"},
		{"^_^", "＾_＾"},
		{"𠮷某", "?某"},
		{"好😀的❤️", "好的"},
		{"a\xc2\xa0"
		 "b\xe3\x80\x80"
		 "c\xe2\x80\x83",
			"a b c"},
		{"\xe2\xa0\x80 \xe3\x85\xa4", ""},
		{"【局】请报送", "(局)请报送"},
		{"请报送【局】", "请报送(局)"},
		{"请【局】报送", "请[局]报送"},
		{"[急]请[局]报送", "(急)请(局)报送"},
		{"第1项（总结）、《通知》〔2024〕70号、20℃、95%、·…—", NULL},
	};
	struct arena a = ARENA_INIT;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(message_clean_sms(cases[i].input, &a),
			cases[i].want ? cases[i].want : cases[i].input);
	arena_done(&a);
}

static void assert_is_clean(const char *s)
{
	size_t at, n, len = strlen(s);
	assert_int_equal(text_check(s, len, false, &at), TEXT_OK);
	for (size_t i = 0; i < len; i += n)
		assert_true(text_decode(s + i, len - i, &n) <= 0xffff);
	assert_null(strstr(s, "【"));
	assert_null(strstr(s, "】"));
	assert_null(strstr(s, "  "));
	assert_true(!len || !strchr(" [", s[0]));
	assert_true(!len || !strchr(" ]", s[len - 1]));
}

static void check_clean(const char *input, struct arena *a)
{
	const char *once = message_clean_sms(input, a);
	assert_is_clean(once);
	assert_string_equal(message_clean_sms(once, a), once);
}

/* Each character alone, between others, and at both ends. */
static void test_every_character(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	for (uint32_t cp = 1; cp <= 0x10ffff; cp++) {
		char one[5] = "", text[40];
		if (text_encode(cp, one) == 0)
			continue;
		check_clean(one, &a);
		snprintf(text, sizeof text, "a%sb%s%sc", one, one, one);
		check_clean(text, &a);
		arena_reset(&a);
	}
	arena_done(&a);
}

static uint32_t next(uint64_t *x)
{
	*x = *x * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*x >> 33);
}

/* Bytes that are mostly no UTF-8, and characters next to each other in any order. */
static void test_random_texts(void **state)
{
	(void)state;
	const char *env = getenv("SEED");
	uint64_t seed = env ? strtoull(env, NULL, 0) : 20240720, x = seed;
	static const char *const piece[] = {"[", "]", "【", "】", " ", "\n", "😀", "①", "√", "^",
		"_", "a", "活", "\xff", "\xef\xbf\xbd", "\xe2\x80\x8d", "\xed\xa0\x80", "★", "→",
		"¥"};
	struct arena a = ARENA_INIT;
	print_message("SEED=%llu\n", (unsigned long long)seed);
	for (int i = 0; i < 20000; i++) {
		char text[120] = "";
		size_t n = next(&x) % 12;
		for (size_t k = 0; k < n; k++)
			strcat(text, piece[next(&x) % COUNT(piece)]);
		check_clean(text, &a);
		for (size_t k = 0; k < n; k++)
			text[k] = (char)(next(&x) % 255 + 1);
		text[n] = '\0';
		check_clean(text, &a);
		arena_reset(&a);
	}
	arena_done(&a);
}

/* ---- cutting ----------------------------------------------------------------------------------- */

static void test_cut(void **state)
{
	(void)state;
	static const struct {
		const char *input;
		size_t max;
		const char *want;
	} cases[] = {
		{"", 5, ""},
		{"专业执法大队", 6, "专业执法大队"},
		{"专业执法大队", 5, "专业执.."},
		{"专业执法大队", 3, "专.."},
		{"专业执法大队", 2, "专业"},
		{"专业执法大队", 1, "专"},
		{"abcdef", 5, "abc.."},
		/* e and its accent are one */
		{"abe\xcc\x81"
		 "defg",
			5, "ab.."},
		{"abe\xcc\x81"
		 "defg",
			6, "abe\xcc\x81.."},
		{"abe\xcc\x81", 4, "abe\xcc\x81"},
	};
	struct arena a = ARENA_INIT;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
			message_variable_cut(cases[i].input, cases[i].max, &a), cases[i].want);
	arena_done(&a);
}

/* ---- variables --------------------------------------------------------------------------------- */

static void test_variables_are_checked(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want; /* NULL: sound */
	} cases[] = {
		{"{{unit}}", NULL},
		{"{{#items}}{{title_short}}{{^last}}、{{/last}}{{/items}}", NULL},
		{"{{unti}}", "there is no name 'unti' for templates"},
		{"{{#unit}}", "the section {{unit}} is not closed"},
		{"{{link}}", "variable x: gateways refuse an address of the web in a variable"},
		{"https://a.example.org/", "variable x: gateways refuse an address of the web in a "
					   "variable"},
	};
	struct arena a = ARENA_INIT;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sms_variable v = {
			.name = "x", .text = cases[i].text, .max = 35, .src = {"site.cfg", 7}};
		struct diag d = DIAG_INIT;
		char text[DIAG_TEXT_MAX];
		enum rc rc = message_variable_check(&v, &a, &d);
		assert_int_equal(rc, cases[i].want ? RC_INVALID : RC_OK);
		if (!cases[i].want)
			continue;
		diag_text(&d, NULL, text, sizeof text);
		assert_string_equal(text, cases[i].want);
	}
	arena_done(&a);
}

static const char *made(
	const char *text, int max, const char *unit, size_t *ret_points, struct arena *a)
{
	struct sms_variable variable = {.name = "x", .text = text, .max = max, .src = {"a.cfg", 1}};
	struct config c = {.sms = {.variable = &variable, .n_variables = 1}};
	struct viewing x = {.c = &c, .w = words_of(0), .a = a};
	struct view *v = view_new(a);
	struct message_text m = {0};
	struct diag d = DIAG_INIT;
	view_set(v, "unit", unit);
	assert_int_equal(message_variables_make(&x, v, &m, &d), RC_OK);
	*ret_points = m.variable_points[0];
	return m.variable[0];
}

static void test_values(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int max;
		const char *unit, *want;
		size_t points;
	} cases[] = {
		{"{{unit}}", 35, "一大队", "一大队", 3},
		{"{{unit}}", 4, "专业执法大队", "专业..", 6},
		{"{{unit}}的", 35, "一<大>队", "一<大>队的", 6}, {"{{unit}}", 35, "", "无", 0},
		{"{{unit}}", 35, " \n😀 ", "无", 0}, {"{{unit}}", 1, "", "无", 0},
		{"{{unit}}", 35, "【局】√", "(局)OK", 5}, /* the bracket is first */
	};
	struct arena a = ARENA_INIT;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t points;
		assert_string_equal(made(cases[i].text, cases[i].max, cases[i].unit, &points, &a),
			cases[i].want);
		assert_int_equal(points, cases[i].points);
	}
	/* More than a buffer holds: cut, not refused. */
	char *big = arena_alloc(&a, 6001, 1);
	for (size_t i = 0, points; i < 6000; i += 3) {
		memcpy(big + i, "长", 3);
		if (i == 5997)
			assert_int_equal(
				text_count_points(made("一{{unit}}", 500, big, &points, &a)), 1);
	}
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said_otherwise),
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_random_texts),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_variables_are_checked),
		cmocka_unit_test(test_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
