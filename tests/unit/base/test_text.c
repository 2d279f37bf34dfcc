#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

/* RFC 3629 section 4: every class of octet sequence that is not UTF-8, and its neighbours that are. */
static void checks_utf8(void **state)
{
	(void)state;
	static const struct {
		const char *name, *s;
		bool newline;
		enum text_fault want;
		size_t offset;
	} T[] = {
		{"empty", "", false, TEXT_OK, 0},
		{"ascii", "room 417", false, TEXT_OK, 0},
		{"chinese", "局精神文明办", false, TEXT_OK, 0},
		{"beyond the BMP", "\xf0\x9f\x98\x80", false, TEXT_OK, 0},
		{"lone continuation", "a\x80", false, TEXT_BAD_UTF8, 1},
		{"C0 is always overlong", "\xc0\x80", false, TEXT_BAD_UTF8, 0},
		{"C1 is always overlong", "\xc1\xbf", false, TEXT_BAD_UTF8, 0},
		{"first two-byte", "\xc2\xa0", false, TEXT_OK, 0},
		{"two-byte cut", "\xc3", false, TEXT_BAD_UTF8, 0},
		{"two-byte, no continuation", "\xc3(", false, TEXT_BAD_UTF8, 0},
		{"overlong three-byte", "\xe0\x9f\xbf", false, TEXT_BAD_UTF8, 0},
		{"first three-byte", "\xe0\xa0\x80", false, TEXT_OK, 0},
		{"three-byte cut", "ab\xe4\xb8", false, TEXT_BAD_UTF8, 2},
		{"three-byte, bad third", "\xe4\xb8(", false, TEXT_BAD_UTF8, 0},
		{"last before the surrogates", "\xed\x9f\xbf", false, TEXT_OK, 0},
		{"high surrogate", "\xed\xa0\x80", false, TEXT_BAD_UTF8, 0},
		{"low surrogate", "\xed\xbf\xbf", false, TEXT_BAD_UTF8, 0},
		{"first after the surrogates", "\xee\x80\x80", false, TEXT_OK, 0},
		{"overlong four-byte", "\xf0\x8f\xbf\xbf", false, TEXT_BAD_UTF8, 0},
		{"first four-byte", "\xf0\x90\x80\x80", false, TEXT_OK, 0},
		{"last code point", "\xf4\x8f\xbf\xbf", false, TEXT_OK, 0},
		{"beyond U+10FFFF", "\xf4\x90\x80\x80", false, TEXT_BAD_UTF8, 0},
		{"F5", "\xf5\x80\x80\x80", false, TEXT_BAD_UTF8, 0},
		{"FE", "\xfe", false, TEXT_BAD_UTF8, 0},
		{"four-byte cut", "\xf0\x9f\x98", false, TEXT_BAD_UTF8, 0},
		{"GB18030", "\xbe\xd6", false, TEXT_BAD_UTF8, 0},
		{"LF refused", "a\nb", false, TEXT_CONTROL, 1},
		{"LF allowed", "a\nb\tc", true, TEXT_OK, 0},
		{"CR never", "a\rb", true, TEXT_CONTROL, 1},
		{"ESC", "\x1b[2J", true, TEXT_CONTROL, 0},
		{"DEL", "a\x7f", true, TEXT_CONTROL, 1},
		{"C1", "a\xc2\x9b", true, TEXT_CONTROL, 1},
		{"override",
			"a\xe2\x80\xae"
			"b",
			false, TEXT_BIDI, 1},
		{"isolate", "\xe2\x81\xa6", false, TEXT_BIDI, 0},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		size_t offset = 99;
		enum text_fault got = text_check(T[i].s, strlen(T[i].s), T[i].newline, &offset);
		if (got != T[i].want || (got && offset != T[i].offset))
			fail_msg("%s: fault %d at %zu", T[i].name, got, offset);
	}
	assert_int_equal(text_check("a\0b", 3, true, NULL), TEXT_CONTROL);
}

static void encodes_what_it_decodes(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110000; cp++) {
		char s[4];
		size_t n, len = text_encode(cp, s);
		bool encodable = cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff);
		assert_int_equal(len > 0, encodable);
		if (len && (text_decode(s, len, &n) != cp || n != len))
			fail_msg("U+%04X", cp);
	}
	size_t n;
	assert_int_equal(text_decode("\xe4\xb8", 2, &n), 0xfffd);
	assert_int_equal(n, 1);
}

static void counts(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		size_t utf16, points, columns;
	} T[] = {
		{"", 0, 0, 0},
		{"abc", 3, 3, 3},
		{"局a", 2, 2, 3},
		{"\xf0\x9f\x98\x80", 2, 1, 2},
		{"，。", 2, 2, 4},
		{"\xff", 1, 1, 1},
		{"é", 1, 1, 1},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		assert_int_equal(text_count_utf16(T[i].s), T[i].utf16);
		assert_int_equal(text_count_points(T[i].s), T[i].points);
		assert_int_equal(text_columns(T[i].s), T[i].columns);
	}
}

static void cuts_between_characters(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		size_t n, want;
	} T[] = {
		{"abc", 2, 2},
		{"abc", 3, 3},
		{"abc", 9, 3},
		{"局办", 6, 6},
		{"局办", 5, 3},
		{"局办", 3, 3},
		{"局办", 2, 0},
		{"a局", 3, 1},
		{"", 0, 0},
		{"\xf0\x9f\x98\x80", 3, 0},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++)
		if (text_cut(T[i].s, T[i].n) != T[i].want)
			fail_msg("%s at %zu: %zu", T[i].s, T[i].n, text_cut(T[i].s, T[i].n));
}

static void knows_ids(void **state)
{
	(void)state;
	char longest[66];
	memset(longest, 'a', 65);
	longest[65] = '\0';
	assert_false(text_is_id(longest));
	longest[64] = '\0';
	assert_true(text_is_id(longest));
	static const char *const GOOD[] = {"a", "brigade-10", "2024", "a--b"};
	static const char *const BAD[] = {"", "-a", "a-", "A", "a_b", "a b", "局", "a/b", "a\n"};
	for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
		assert_true(text_is_id(GOOD[i]));
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		assert_false(text_is_id(BAD[i]));
}

static void parses_integers(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		bool ok;
		long want;
	} T[] = {
		{"0", true, 0},
		{"20", true, 20},
		{"-5", true, -5},
		{"007", true, 7},
		{"100", true, 100},
		{"101", false, 0},
		{"-11", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{"+1", false, 0},
		{" 1", false, 0},
		{"1 ", false, 0},
		{"--1", false, 0},
		{"1x", false, 0},
		{"0x1", false, 0},
		{"99999999999999999999", false, 0},
		{"１", false, 0},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		long got = 4711;
		bool ok = text_parse_int(T[i].s, -10, 100, &got);
		if (ok != T[i].ok || got != (ok ? T[i].want : 4711))
			fail_msg("\"%s\": %d %ld", T[i].s, ok, got);
	}
}

static void measures_distance(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		unsigned want;
	} T[] = {
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"brigade", "brigade", 0},
		{"brigade-1", "brigade-2", 1},
		{"lead", "laed", 1},
		{"kitten", "sitting", 3},
		{"ab", "ba", 1},
		{"office", "offices", 1},
		{"monthly", "mnothly", 1},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++)
		if (text_distance(T[i].a, T[i].b) != T[i].want)
			fail_msg("%s %s: %u", T[i].a, T[i].b, text_distance(T[i].a, T[i].b));
	char longer[65];
	memset(longer, 'a', 64);
	longer[64] = '\0';
	assert_int_equal(text_distance(longer, "a"), 64);
	assert_int_equal(text_distance(longer + 1, ""), 63);
}

static void compares(void **state)
{
	(void)state;
	assert_true(text_equal("a", "a"));
	assert_false(text_equal("a", "ab"));
	assert_true(text_has_prefix("abc", "ab"));
	assert_true(text_has_prefix("abc", ""));
	assert_false(text_has_prefix("a", "ab"));
}

static void shows_urls(void **state)
{
	(void)state;
	static const struct {
		const char *url, *want;
	} row[] = {
		{"https://gw.example/send", "https://gw.example/send"},
		{"https://u:p@gw.example/send?k=s", "gw.example/send"},
		{"https://gw.example/?k=a@b", "https://gw.example/"},
		{"u:p@q@host", "host"},
		{"?k", ""},
		{"", ""},
		{"https://gw.example/0123456789012345", "https://gw.example/0123456789012"},
		{"012345678901234567890123456789截止", "012345678901234567890123456789"},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		char got[33];
		text_show_url(row[i].url, got, sizeof got);
		assert_string_equal(got, row[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_utf8),
		cmocka_unit_test(encodes_what_it_decodes),
		cmocka_unit_test(counts),
		cmocka_unit_test(cuts_between_characters),
		cmocka_unit_test(knows_ids),
		cmocka_unit_test(parses_integers),
		cmocka_unit_test(measures_distance),
		cmocka_unit_test(compares),
		cmocka_unit_test(shows_urls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
