/* route: exact forms, nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "route.h"

#define T43 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_"

static const struct {
	const char *name;
	enum http_method method;
	const char *path;
	enum route route;
	bool refused;
} CASES[] = {
	{"feed", HTTP_GET, "/f/" T43 ".ics", ROUTE_FEED, false},
	{"feed, head", HTTP_HEAD, "/f/" T43 ".ics", ROUTE_FEED, false},
	{"feed, post", HTTP_POST, "/f/" T43 ".ics", ROUTE_FEED, true},
	{"feed, other", HTTP_OTHER, "/f/" T43 ".ics", ROUTE_FEED, true},
	{"receipts", HTTP_POST, "/r/" T43, ROUTE_RECEIPTS, false},
	{"receipts, get", HTTP_GET, "/r/" T43, ROUTE_RECEIPTS, false},
	{"receipts, head", HTTP_HEAD, "/r/" T43, ROUTE_RECEIPTS, true},
	{"health", HTTP_GET, "/healthz", ROUTE_HEALTH, false},
	{"health, post", HTTP_POST, "/healthz", ROUTE_HEALTH, true},
	{"empty", HTTP_GET, "", ROUTE_NONE, false},
	{"landing", HTTP_GET, "/f/" T43, ROUTE_LANDING, false},
	{"landing, post", HTTP_POST, "/f/" T43, ROUTE_LANDING, true},
	{"page", HTTP_GET, "/p/" T43, ROUTE_PAGE, false},
	{"page, form", HTTP_POST, "/p/" T43, ROUTE_PAGE, false},
	{"page, slash behind", HTTP_GET, "/p/" T43 "/", ROUTE_NONE, false},
	{"entry", HTTP_GET, "/b/" T43, ROUTE_ENTRY, false},
	{"entry, post", HTTP_POST, "/b/" T43, ROUTE_ENTRY, true},
	{"board", HTTP_GET, "/", ROUTE_BOARD, false},
	{"board, form", HTTP_POST, "/", ROUTE_BOARD, false},
	{"board, other", HTTP_OTHER, "/", ROUTE_BOARD, true},
	{"style", HTTP_GET, "/style-0123456789ab.css", ROUTE_STYLE, false},
	{"style, no hash", HTTP_GET, "/style-.css", ROUTE_NONE, false},
	{"style, dots", HTTP_GET, "/style-../../../etc.css", ROUTE_NONE, false},
	{"star", HTTP_OTHER, "*", ROUTE_NONE, true},
	{"whole address", HTTP_GET, "http://x/healthz", ROUTE_NONE, false},
	{"case", HTTP_GET, "/Healthz", ROUTE_NONE, false},
	{"slash behind", HTTP_GET, "/healthz/", ROUTE_NONE, false},
	{"two slashes", HTTP_GET, "//healthz", ROUTE_NONE, false},
	{"dots", HTTP_GET, "/f/../healthz", ROUTE_NONE, false},
	{"dots to the root", HTTP_GET, "/../../etc/passwd", ROUTE_NONE, false},
	{"escaped NUL", HTTP_GET, "/healthz%00", ROUTE_NONE, false},
	{"escaped letter", HTTP_GET, "/%68ealthz", ROUTE_NONE, false},
	{"no token", HTTP_GET, "/f/.ics", ROUTE_NONE, false},
	{"token short", HTTP_GET, "/f/abc.ics", ROUTE_NONE, false},
	{"token long", HTTP_GET, "/f/" T43 "A.ics", ROUTE_NONE, false},
	{"other ending", HTTP_GET, "/f/" T43 ".ICS", ROUTE_NONE, false},
	{"ending of another", HTTP_GET, "/r/" T43 ".ics", ROUTE_NONE, false},
	{"slash in the token", HTTP_GET, "/r/abcdefghijklmnopqrstuvwxyz/ABCDEFGHIJKLMNO_",
		ROUTE_NONE, false},
	{"standard base64", HTTP_GET, "/r/abcdefghijklmnopqrstuvwxyz+ABCDEFGHIJKLMNO_", ROUTE_NONE,
		false},
	{"blank behind", HTTP_GET, "/healthz ", ROUTE_NONE, false},
};

static void forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct routed r = route_find(CASES[i].method, CASES[i].path, strlen(CASES[i].path));
		if (r.route != CASES[i].route || r.refused != CASES[i].refused)
			fail_msg("%s: %d %d", CASES[i].name, r.route, r.refused);
		bool bare =
			r.route == ROUTE_NONE || r.route == ROUTE_HEALTH || r.route == ROUTE_BOARD;
		assert_string_equal(r.token, r.route == ROUTE_STYLE ? "0123456789ab"
					     : bare                 ? ""
								    : T43);
		assert_true(r.allow[0] == 'G');
	}
}

/* Only the bytes before the question mark count. */
static void length(void **state)
{
	(void)state;
	assert_int_equal(route_find(HTTP_GET, "/healthz?x", 8).route, ROUTE_HEALTH);
	assert_int_equal(route_find(HTTP_GET, "/healthz", 7).route, ROUTE_NONE);
}

/* What is printed: the end of the path says which, its beginning by which link. */
static void papers(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		enum route route;
		const char *name;
		bool by_link, csv;
	} T[] = {
		{"/print/monthly/2024-05/brigade-10", ROUTE_SLIP, "monthly/2024-05/brigade-10",
			false, false},
		{"/p/" T43 "/print/a/b/c", ROUTE_SLIP, "a/b/c", true, false},
		{"/report-2024-05", ROUTE_TABLE, "2024-05", false, false},
		{"/report-2024", ROUTE_TABLE, "2024", false, false},
		{"/report-2024-05.csv", ROUTE_TABLE, "2024-05", false, true},
		{"/p/" T43 "/report-2024.csv", ROUTE_TABLE, "2024", true, true},
		{"/print/", ROUTE_NONE, "", false, false},
		{"/print/a/b/c/", ROUTE_NONE, "", false, false},
		{"/print//a", ROUTE_NONE, "", false, false},
		{"/print/../x", ROUTE_NONE, "", false, false},
		{"/print/A", ROUTE_NONE, "", false, false},
		{"/print/a%2fb", ROUTE_NONE, "", false, false},
		{"/report-2024-5", ROUTE_NONE, "", false, false},
		{"/report-2024-05-01", ROUTE_NONE, "", false, false},
		{"/report-2024x05", ROUTE_NONE, "", false, false},
		{"/report-.csv", ROUTE_NONE, "", false, false},
		{"/report-2024-05.csv.csv", ROUTE_NONE, "", false, false},
		{"/b/" T43 "/report-2024", ROUTE_NONE, "", false, false},
		{"/p/short/report-2024", ROUTE_NONE, "", false, false},
		{"/p/" T43 "report-2024", ROUTE_NONE, "", false, false},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct routed r = route_find(HTTP_GET, T[i].path, strlen(T[i].path));
		if (r.route != T[i].route ||
			(r.route && (strcmp(r.name, T[i].name) != 0 || r.by_link != T[i].by_link ||
					    r.csv != T[i].csv)))
			fail_msg("%s: %d \"%s\" %d %d", T[i].path, r.route, r.name, r.by_link,
				r.csv);
		assert_string_equal(r.token, r.by_link ? T43 : "");
	}
	assert_true(route_find(HTTP_POST, "/report-2024", 12).refused);
	char longest[300] = "/print/";
	memset(longest + 7, 'a', 200);
	assert_int_equal(route_find(HTTP_GET, longest, 207).route, ROUTE_SLIP);
	longest[207] = 'a';
	assert_int_equal(route_find(HTTP_GET, longest, 208).route, ROUTE_NONE);
}

static void methods(void **state)
{
	(void)state;
	assert_int_equal(http_method_parse("GET"), HTTP_GET);
	assert_int_equal(http_method_parse("HEAD"), HTTP_HEAD);
	assert_int_equal(http_method_parse("POST"), HTTP_POST);
	assert_int_equal(http_method_parse("get"), HTTP_OTHER);
	assert_int_equal(http_method_parse("GETS"), HTTP_OTHER);
	assert_int_equal(http_method_parse(""), HTTP_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(forms), cmocka_unit_test(length),
		cmocka_unit_test(methods), cmocka_unit_test(papers)};
	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
