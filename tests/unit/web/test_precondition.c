/* precondition: what a client has, from header fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "precondition.h"

static const struct {
	const char *field;
	bool has;
} TAGS[] = {
	{"\"abc\"", true},
	{"W/\"abc\"", true},
	{"*", true},
	{" * ", true},
	{"\"x\", \"abc\"", true},
	{"\"x\",W/\"y\" , W/\"abc\", \"z\"", true},
	{"\"with,comma\", \"abc\"", true},
	{"\"x\",,\"abc\"", true},
	{"", false},
	{"abc", false},
	{"\"abc", false},
	{"\"abcd\"", false},
	{"\"ab\"", false},
	{"w/\"abc\"", false},
	{"\"x\" \"abc\"", false},
	{"*, \"abc\"", false},
	{"\"\\\"abc\\\"\"", false},
	{"\"x\", abc, \"abc\"", false},
};

static void tags(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++)
		if (precondition_has_tag(TAGS[i].field, "\"abc\"") != TAGS[i].has)
			fail_msg("%s", TAGS[i].field);
}

static const struct {
	const char *text;
	int64_t at;
} DATES[] = {
	{"Thu, 01 Jan 1970 00:00:00 GMT", 0},
	{"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
	{"Thu, 29 Feb 2024 23:59:59 GMT", 1709251199},
	{"Tue, 31 Dec 2199 23:59:59 GMT", 7258118399},
};
static const char *const NO_DATES[] = {"", "now", "0", "Sunday, 06-Nov-94 08:49:37 GMT",
	"Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
	"Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Xyz 1994 08:49:37 GMT",
	"Sun, 30 Feb 2024 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
	"Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 -8:49:37 GMT"};

static void dates(void **state)
{
	(void)state;
	char text[HTTP_DATE_SIZE];
	int64_t at;
	for (size_t i = 0; i < sizeof DATES / sizeof *DATES; i++) {
		http_date_format(DATES[i].at, text);
		assert_string_equal(text, DATES[i].text);
		assert_true(http_date_parse(text, &at));
		assert_true(at == DATES[i].at);
	}
	for (size_t i = 0; i < sizeof NO_DATES / sizeof *NO_DATES; i++)
		if (http_date_parse(NO_DATES[i], &at))
			fail_msg("%s", NO_DATES[i]);
}

static const struct {
	const char *field;
	bool gzip;
} CODINGS[] = {
	{NULL, false},
	{"", false},
	{"gzip", true},
	{"GZIP", true},
	{"gzip, deflate, br, zstd", true},
	{"br;q=1.0, gzip;q=0.8", true},
	{"deflate,gzip ; q=0.5", true},
	{"*", true},
	{"*;q=0", false},
	{"gzip;q=0", false},
	{"gzip;q=0.000", false},
	{"gzip; q=0 , *", false},
	{"gzip;q=0.001", true},
	{"xgzip", false},
	{"gzipx", false},
	{"identity", false},
	{";;;,,,", false},
};

static void codings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof CODINGS / sizeof *CODINGS; i++)
		if (accepts_gzip(CODINGS[i].field) != CODINGS[i].gzip)
			fail_msg("%s", CODINGS[i].field);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags), cmocka_unit_test(dates), cmocka_unit_test(codings)};
	return cmocka_run_group_tests_name("precondition", tests, NULL, NULL);
}
