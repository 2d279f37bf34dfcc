#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "workdays_import.h"

#define EVENT(lines) "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" lines "END:VEVENT\r\nEND:VCALENDAR\r\n"

/* "2027-01-01 off 元旦; ..." */
static const char *shown(const struct workdays_import *w)
{
	static char text[4000];
	char day[DATE_TEXT_SIZE];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < w->n; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %s %s", i ? "; " : "",
			date_format(w->day[i].date, day), w->day[i].work ? "work" : "off",
			w->day[i].holiday);
	return text;
}

static const struct {
	const char *name, *input, *want, *fault; /* fault: what one of the lines begins with */
} T[] = {
	{"table", "date\tkind\tholiday\n2027-01-01\toff\t元旦\n", "2027-01-01 off 元旦", NULL},
	{"columns in any order", "元旦,休,2027年1月1日\n", "2027-01-01 off 元旦", NULL},
	{"spellings of a day", "20270101,off\n2027/1/2,off\n2027.01.03,off\n２０２７年1 月4号,班\n",
		"2027-01-01 off ; 2027-01-02 off ; 2027-01-03 off ; 2027-01-04 work ", NULL},
	{"the same day again", "2027-01-01,off\n2027-01-01,off\n", "2027-01-01 off ", NULL},
	{"both", "2027-01-01,off\n2027-01-01,work\n", NULL,
		"t:2: error: 2027-01-01 is a day off and a make-up day at once; see row 1"},
	{"no such day", "2027-01-01,off\n2027-02-29,off\n", NULL,
		"t:2: error: column 1: \"2027-02-29\" is not a day"},
	{"no kind", "2027-01-01,元旦\n", NULL, "t:1: error: column 2: neither off nor work"},
	{"a weekday made up", "2027-01-04,work,元旦\n", "2027-01-04 work 元旦",
		"t:1: warning: the make-up day 2027-01-04 is not a weekend day"},
	{"a gap", "2027-05-03,off,劳动节\n2027-05-05,off,劳动节\n",
		"2027-05-03 off 劳动节; 2027-05-05 off 劳动节",
		"t:2: warning: \"劳动节\" has a gap: 2027-05-04 is not off"},
	{"a weekend is no gap", "2027-04-30,off,劳动节\n2027-05-03,off,劳动节\n",
		"2027-04-30 off 劳动节; 2027-05-03 off 劳动节", NULL},
	{"a holiday missing", "2027-01-01,off,元旦\n2027-02-05,off,春节\n",
		"2027-01-01 off 元旦; 2027-02-05 off 春节",
		"t: warning: 2027 has no day off for 清明、劳动、端午、中秋、国庆"},
	{"nothing", "a,b\n", NULL, "t: error: no day off and no make-up day"},
	{"Apple",
		EVENT("DTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:20270103\r\n"
		      "SUMMARY:元旦\r\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY\r\n"),
		"2027-01-01 off 元旦; 2027-01-02 off 元旦", NULL},
	{"Apple, make-up",
		EVENT("SUMMARY:元旦\r\nDTSTART;VALUE=DATE:20270103\r\n"
		      "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\r\n"),
		"2027-01-03 work 元旦", NULL},
	{"title", EVENT("SUMMARY:元旦（休）\r\nDTSTART:20270101T000000\r\n"), "2027-01-01 off 元旦",
		NULL},
	{"title, make-up", EVENT("SUMMARY:元旦 (班)\r\nDTSTART:20270103\r\n"),
		"2027-01-03 work 元旦", NULL},
	{"the mark wins over the title",
		EVENT("SUMMARY:元旦(休)\r\nDTSTART:20270103\r\n"
		      "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\r\n"),
		"2027-01-03 work 元旦", NULL},
	{"a folded line", EVENT("SUMMA\r\n RY:元旦(\r\n 休)\r\nDTSTART:2027\r\n\t0101\r\n"),
		"2027-01-01 off 元旦", NULL},
	{"a festival without a mark", EVENT("SUMMARY:元宵\r\nDTSTART:20270219T160000Z\r\n"), NULL,
		"t: error: no day off"},
	{"cancelled", EVENT("SUMMARY:元旦(休)\r\nDTSTART:20270101\r\nSTATUS:CANCELLED\r\n"), NULL,
		"t: error: no day off"},
	{"repeats", EVENT("SUMMARY:元旦(休)\r\nDTSTART:20270101\r\nRRULE:FREQ=YEARLY\r\n"), NULL,
		"t:2: error: \"元旦\" repeats"},
	{"in UTC", EVENT("SUMMARY:元旦(休)\r\nDTSTART:20261231T160000Z\r\n"), NULL,
		"t:2: error: \"20261231T160000Z\" is not a whole day"},
	{"no day at all", EVENT("SUMMARY:元旦(休)\r\n"), NULL,
		"t:2: error: \"元旦\" has no first day"},
	{"backwards", EVENT("SUMMARY:元旦(休)\r\nDTSTART:20270103\r\nDTEND:20270103\r\n"), NULL,
		"t:2: error: \"元旦\" ends before"},
	{"cut off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:元旦(休)\n", NULL,
		"t:2: error: an event has no end"},
};

static bool says(const struct diags *ds, const char *want)
{
	char text[DIAG_TEXT_MAX];
	if (!want)
		return ds->n_errors == 0;
	for (size_t i = 0; i < ds->n; i++) {
		diag_line(&ds->item[i], NULL, text, sizeof text);
		if (strncmp(text, want, strlen(want)) == 0)
			return true;
	}
	return false;
}

static void reads_every_shape(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct arena a = ARENA_INIT;
		struct workdays_import w = {0};
		struct diags ds = {0};
		enum rc rc = workdays_import_read(T[i].input, strlen(T[i].input), "t", &a, &w, &ds);
		if (rc != (T[i].want ? RC_OK : RC_INVALID) || !says(&ds, T[i].fault) ||
			strcmp(shown(&w), T[i].want ? T[i].want : "") != 0)
			fail_msg("%s: got %s", T[i].name, shown(&w));
		diags_done(&ds);
		arena_done(&a);
	}
}

/* Beyond what is listed a year with holes is not known. */
static void knows_how_far_it_reaches(void **state)
{
	(void)state;
	static const char WHOLE[] = "2026-12-31,off,元旦\n2027-01-01,off,元旦\n2027-02-05,off,"
				    "春节\n2027-04-05,off,清明节\n"
				    "2027-05-03,off,劳动节\n2027-06-09,off,端午节\n2027-09-15,off,"
				    "中秋节\n2027-10-01,off,国庆节\n";
	for (int cut = 0; cut < 2; cut++) {
		struct arena a = ARENA_INIT;
		struct workdays_import w = {0};
		struct diags ds = {0};
		char day[DATE_TEXT_SIZE];
		size_t len = cut ? (size_t)(strstr(WHOLE, "2027-10") - WHOLE) : strlen(WHOLE);
		assert_int_equal(workdays_import_read(WHOLE, len, "t", &a, &w, &ds), RC_OK);
		assert_int_equal(w.last_year, 2027);
		assert_int_equal(ds.n_warnings, cut);
		assert_string_equal(
			date_format(w.known_through, day), cut ? "2027-09-15" : "2027-12-31");
		diags_done(&ds);
		arena_done(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_shape),
		cmocka_unit_test(knows_how_far_it_reaches),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
