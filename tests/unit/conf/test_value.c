#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conf_value.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void test_email(void **state)
{
	(void)state;
	char long_local[80], long_domain[400], long_both[400];
	memset(long_local, 'a', 65);
	strcpy(long_local + 65, "@b.org");
	strcpy(long_domain, "a@");
	for (int i = 0; i < 60; i++)
		strcat(long_domain, "abcd.");
	strcat(long_domain, "org");
	snprintf(long_both, sizeof long_both, "%.60s@%.194s", long_local, long_domain + 2);
	const struct {
		const char *s;
		bool want;
	} mail[] = {
		{"a@b.org", true},
		{"first.last+tag@mail.example.org", true},
		{"o'neil@b.org", true},
		{"root@localhost", true},
		{"a@b", false},
		{"", false},
		{"@b.org", false},
		{"a@", false},
		{"a@.org", false},
		{"a@b..org", false},
		{"a@b.org.", false},
		{"a@-b.org", false},
		{"a@b-.org", false},
		{".a@b.org", false},
		{"a.@b.org", false},
		{"a..b@c.org", false},
		{"a b@c.org", false},
		{"a@b c.org", false},
		{"a@b@c.org", false},
		{"<a@b.org>", false},
		{"a@b.org>\r\nRCPT TO:<evil@example.net", false},
		{"a@b.org\n", false},
		{"a\tb@c.org", false},
		{"a,b@c.org", false},
		{"a;b@c.org", false},
		{"\"a b\"@c.org", false},
		{"a@[127.0.0.1]", false},
		{"a(b)@c.org", false},
		{"王@b.org", false},
		{"a@例.org", false},
		{long_local, false},
		{long_local + 1, true},
		{long_domain, false},
		{long_both, false},
		{long_both + 10, true},
	};
	for (size_t i = 0; i < COUNT(mail); i++)
		if (value_is_email(mail[i].s) != mail[i].want)
			fail_msg("\"%s\" is %sa mail address?", mail[i].s,
				mail[i].want ? "not " : "");
}

static void test_placeholders(void **state)
{
	(void)state;
	assert_true(value_is_placeholder_email("a@example.invalid"));
	assert_true(value_is_placeholder_email("a@X.INVALID"));
	assert_true(value_is_placeholder_email("a@example.com"));
	assert_false(value_is_placeholder_email("a@notexample.com"));
	assert_false(value_is_placeholder_email(""));
	assert_true(value_is_placeholder_phone("+8610000000047"));
	assert_false(value_is_placeholder_phone("+8613800138000"));
}

static void test_phone(void **state)
{
	(void)state;
	static const struct {
		const char *s, *want; /* NULL: refused */
	} phone[] = {
		{"+86 100 0000 0012", "+8610000000012"},
		{"+86-138-0013-8000", "+8613800138000"},
		{"+12025550", "+12025550"},
		{"+123456789012345", "+123456789012345"},
		{"+1234567890123456", NULL},
		{"+1234567", NULL},
		{"+0123456789", NULL},
		{"13800138000", NULL},
		{"0086 138 0013 8000", NULL},
		{"+86 138 0013 800a", NULL},
		{"+86+13800138000", NULL},
		{"+86１３８００１３８０００", NULL},
		{"+", NULL},
		{"", NULL},
		{"+8613800138000\r\n", NULL},
	};
	for (size_t i = 0; i < COUNT(phone); i++) {
		char got[VALUE_PHONE_SIZE] = "untouched";
		assert_int_equal(value_parse_phone(phone[i].s, got), phone[i].want != NULL);
		assert_string_equal(got, phone[i].want ? phone[i].want : "untouched");
	}
}

static void test_window(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "21:00", "21:00-7:30", "21:00 07:30", "21:00-21:00",
		"25:00-07:30", "21:00-07:60", "21:00-07:300", "2１:00-07:30"};
	struct quiet_window w;
	assert_true(value_parse_window("21:00-07:30", &w));
	assert_int_equal(w.from, 21 * 60);
	assert_int_equal(w.to, 7 * 60 + 30);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(value_parse_window(bad[i], &w));
}

static void test_days(void **state)
{
	(void)state;
	static const char *const bad_span[] = {"", "2024-02-30", "2024-5-1", "2024-05-01/",
		"2024-05-02/2024-05-01", "2024-05-01/2024-05-32", "2024-05-01-2024-05-03"};
	static const char *const bad_day[] = {
		"", "02-30", "13-01", "00-01", "1-1", "05/01", "05-00"};
	static const char *const bad_month[] = {
		"", "2024", "2024-13", "2024-00", "24-05", "2024/05"};
	struct span s;
	int y, m, d;
	assert_true(value_parse_span("2024-05-01/2024-06-30", &s));
	assert_int_equal(s.last.days - s.first.days, 60);
	assert_true(value_parse_span("2024-02-29", &s));
	assert_int_equal(s.last.days, s.first.days);
	for (size_t i = 0; i < COUNT(bad_span); i++)
		assert_false(value_parse_span(bad_span[i], &s));
	assert_true(value_parse_month_day("02-29", &m, &d));
	for (size_t i = 0; i < COUNT(bad_day); i++)
		assert_false(value_parse_month_day(bad_day[i], &m, &d));
	assert_true(value_parse_month("2024-12", &y, &m));
	assert_int_equal(y * 100 + m, 202412);
	for (size_t i = 0; i < COUNT(bad_month); i++)
		assert_false(value_parse_month(bad_month[i], &y, &m));
}

static void test_loopback(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		bool want;
	} host[] = {{"localhost", true}, {"LOCALHOST", true}, {"127.0.0.1", true},
		{"127.1.2.3", true}, {"[::1]", true}, {"localhost.example.org", false},
		{"127.example.org", false}, {"10.0.0.1", false}, {"", false}};
	for (size_t i = 0; i < COUNT(host); i++)
		assert_int_equal(
			value_is_loopback_host(host[i].s, strlen(host[i].s)), host[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_email),
		cmocka_unit_test(test_placeholders),
		cmocka_unit_test(test_phone),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_loopback),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
