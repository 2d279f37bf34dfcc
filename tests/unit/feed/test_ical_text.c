#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ical_text.h"

#include "feed_lines.h"

static void test_clean(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		size_t len;
		const char *want;
	} CASE[] = {
		{"plain", "a b", 3, "a b"},
		{"chinese and emoji", "中秋节😀", 13, "中秋节😀"},
		{"crlf", "a\r\nb", 4, "a\nb"},
		{"cr", "a\rb", 3, "a\nb"},
		{"cr cr lf", "a\r\r\nb", 5, "a\n\nb"},
		{"line and paragraph separator", "a\u2028b\u2029c", 9, "a\nb\nc"},
		{"trailing newlines", "a\r\n\n", 4, "a"},
		{"white space around", " \t\r\na ", 6, "a"},
		{"only white space", " \n ", 3, ""},
		{"nothing", "", 0, ""},
		{"tab", "a\tb", 3, "a b"},
		{"nul", "a\0b", 3, "ab"},
		{"c0 and del",
			"a\x01\x1b\x7f"
			"b",
			5, "ab"},
		{"c1",
			"a\xc2\x85"
			"b",
			4, "ab"},
		{"bidi", "a\u202eb\u2066c\u200fd", 13, "abcd"},
		{"bom",
			"\ufeff"
			"a",
			4, "a"},
		{"noncharacter", "a\uffffb", 5, "ab"},
		{"invalid",
			"a\xff\xfe"
			"b",
			4, "a\ufffd\ufffdb"},
		{"surrogate", "\xed\xa0\x80", 3, "\ufffd\ufffd\ufffd"},
		{"cut character", "a\xe4\xb8", 3, "a\ufffd\ufffd"},
		{"gb18030", "\xd6\xd0", 2, "\ufffd\ufffd"},
		{"syntax is left to the escaping", "\\;,\"^:", 6, "\\;,\"^:"},
		{"joiner", "👨\u200d👩", 11, "👨\u200d👩"},
	};
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		struct arena a = ARENA_INIT;
		char *got = ical_clean(&a, CASE[i].in, CASE[i].len, 100, "\n");
		if (strcmp(got, CASE[i].want) != 0)
			fail_msg("%s: got \"%s\"", CASE[i].name, got);
		arena_done(&a);
	}
}

static void test_clean_in_one_line(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	assert_string_equal(ical_clean(&a, "a\r\nb\nc", 6, 100, "，"), "a，b，c");
	arena_done(&a);
}

/* A long text keeps its beginning, ends with an ellipsis, and never has more than max bytes. */
static void test_clean_cuts(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	char *in = malloc(1 << 20);
	for (size_t i = 0; i + 3 <= 1 << 20; i += 3)
		memcpy(in + i, "期", 3);
	for (size_t max = 3; max < 200; max++) {
		char *got = ical_clean(&a, in, (1 << 20) - 1, max, "\n");
		size_t n = strlen(got), at;
		assert_true(n <= max && n + 3 > max);
		assert_int_equal(text_check(got, n, false, &at), TEXT_OK);
		assert_string_equal(got + n - 3, "…");
	}
	assert_string_equal(ical_clean(&a, "abcdef", 6, 6, "\n"), "abcdef");
	assert_string_equal(ical_clean(&a, "abcdefg", 7, 6, "\n"), "abc…");
	assert_string_equal(ical_clean(&a, "\ufeff abcdefg", 11, 6, "\n"), "ab…");
	free(in);
	arena_done(&a);
}

static void test_escape(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 100);
	ical_escape("a\\b;c,d\ne:f\"^", &b);
	assert_string_equal(b.data, "a\\\\b\\;c\\,d\\ne:f\"^");
	buf_done(&b);
}

static void test_uri(void **state)
{
	(void)state;
	static const struct {
		const char *uri;
		bool want;
	} CASE[] = {
		{"https://example.invalid/p/abc-_", true},
		{"http://127.0.0.1:8080/?a=1&b=%E4%B8%AD#x", true},
		{"https://[::1]/", true},
		{"", false},
		{"https://", false},
		{"https:///path", false},
		{"ftp://example.invalid/", false},
		{"javascript:alert(1)", false},
		{"//example.invalid/", false},
		{"https://example.invalid/a b", false},
		{"https://example.invalid/%zz", false},
		{"https://example.invalid/%4", false},
		{"https://example.invalid/中", false},
		{"https://example.invalid/\r\nX-URL:1", false},
		{"https://example.invalid/\"", false},
		{"https://example.invalid/\\", false},
	};
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++)
		if (ical_uri_is_valid(CASE[i].uri) != CASE[i].want)
			fail_msg("%s", CASE[i].uri);
	char longest[ICAL_URI_MAX + 2];
	memset(longest, 'a', sizeof longest);
	memcpy(longest, "https://", 8);
	longest[ICAL_URI_MAX + 1] = '\0';
	assert_false(ical_uri_is_valid(longest));
	longest[ICAL_URI_MAX] = '\0';
	assert_true(ical_uri_is_valid(longest));
}

/* value of n characters of one width */
static void fill(char *value, size_t n, const char *unit)
{
	for (size_t i = 0; i < n; i++)
		memcpy(value + i * strlen(unit), unit, strlen(unit));
	value[n * strlen(unit)] = '\0';
}

static void test_fold_of_every_length(void **state)
{
	(void)state;
	static const char *const UNIT[] = {"x", "é", "期", "😀", "\\n", "\\\\", " ", "期x"};
	char value[600 * 4 + 1];
	struct buf b;
	buf_init(&b, 1 << 16);
	for (size_t u = 0; u < sizeof UNIT / sizeof *UNIT; u++)
		for (size_t n = 0; n <= 600; n++) {
			fill(value, n, UNIT[u]);
			buf_clear(&b);
			assert_true(ical_put_line(&b, "DESCRIPTION", value));
			check_lines(b.data, b.len);
			char *flat = unfold(b.data);
			assert_memory_equal(flat, "DESCRIPTION:", 12);
			assert_int_equal(strlen(flat), 12 + strlen(value) + 2);
			assert_memory_equal(flat + 12, value, strlen(value));
			free(flat);
		}
	buf_done(&b);
}

static void test_fold_keeps_escapes_whole(void **state)
{
	(void)state;
	char value[200];
	struct buf b;
	buf_init(&b, 1000);
	for (size_t lead = 50; lead < 80; lead++) {
		memset(value, 'x', lead);
		memcpy(value + lead, "\\\\\\n\\,end", 10);
		buf_clear(&b);
		assert_true(ical_put_line(&b, "X", value));
		check_lines(b.data, b.len);
		/* An odd run of backslashes at a line's end is a broken escape. */
		const char *cr = strchr(b.data, '\r');
		size_t run = 0;
		while (cr[-1 - (ptrdiff_t)run] == '\\')
			run++;
		assert_int_equal(run % 2, 0);
	}
	buf_done(&b);
}

static void test_line_refuses_controls(void **state)
{
	(void)state;
	static const char *const BAD[] = {"a\r\nEND:VEVENT", "a\nb", "a\rb", "\t", "a\x7f", "\x01"};
	struct buf b;
	buf_init(&b, 100);
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		assert_false(ical_put_line(&b, "SUMMARY", BAD[i]));
		assert_false(ical_put_line(&b, BAD[i], "x"));
	}
	assert_int_equal(b.len, 0);
	buf_done(&b);
}

/* Not UTF-8 at all: still ends, still 75 octets. */
static void test_fold_of_garbage(void **state)
{
	(void)state;
	char value[1001];
	memset(value, 0x80, 1000);
	value[1000] = '\0';
	struct buf b;
	buf_init(&b, 5000);
	assert_true(ical_put_line(&b, "X", value));
	char *flat = unfold(b.data);
	assert_int_equal(strlen(flat), 2 + 1000 + 2);
	free(flat);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_clean_in_one_line),
		cmocka_unit_test(test_clean_cuts),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_uri),
		cmocka_unit_test(test_fold_of_every_length),
		cmocka_unit_test(test_fold_keeps_escapes_whole),
		cmocka_unit_test(test_line_refuses_controls),
		cmocka_unit_test(test_fold_of_garbage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
