/* user_agent: the program's name, whatever it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user_agent.h"

#define GECKO "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 "
#define WEBKIT "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) "

static const struct {
	const char *field, *want;
} CASES[] = {
	{NULL, ""},
	{"", ""},
	{GECKO "Thunderbird/153.7.0", "Thunderbird"},
	{GECKO "Firefox/140.0", "Firefox"},
	{WEBKIT "Chrome/120.0.0.0 Safari/537.36", "Chrome"},
	{WEBKIT "Chrome/120.0.0.0 Safari/537.36 Edg/120.0", "Edg"},
	{WEBKIT "Version/17.0 Mobile/15E148 Safari/604.1", "Safari"},
	{"Evolution/3.46.4", "Evolution"},
	{"iOS/17.4 (21E219) dataaccessd/1.0", "iOS"},
	{"macOS/14.4 (23E214) CalendarAgent/988", "macOS"},
	{"Google-Calendar-Importer", "Google-Calendar-Importer"},
	{"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.1)", "Microsoft"},
	{"vdirsyncer/0.19.1", "vdirsyncer"},
	{"Mozilla/5.0", "Mozilla"},
	{"(a (nested) comment) ICSx5/2.2", "ICSx5"},
	{"(never closed ICSx5/2.2", ""},
	{")ICSx5/2.2", ""},
	{"   curl/8.0", "curl"},
	{"\"quoted\"", ""},
	{"\x1b[31mred/1", ""},
	{"日历/1.0 good/1", "good"},
	{"a-name-that-is-much-longer-than-any-program-has/1", "a-name-that-is-much-longer-than"},
};

static void products(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		char got[USER_AGENT_SIZE];
		user_agent_product(CASES[i].field, got);
		if (strcmp(got, CASES[i].want) != 0)
			fail_msg("%s: %s, not %s", CASES[i].field, got, CASES[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(products)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
