#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libical/ical.h>

#include "ical_event.h"
#include "ical_text.h"

#include "feed_lines.h"

static struct date day(int year, int month, int d)
{
	struct date ret = DATE_NONE;
	assert_true(date_from_ymd(year, month, d, &ret));
	return ret;
}

static struct ical_event plain_event(void)
{
	return (struct ical_event){
		.uid = "a/b/c@example.invalid",
		.first = day(2024, 7, 19),
		.last = day(2024, 7, 19),
		.start = INSTANT_NONE,
		.end = INSTANT_NONE,
		.summary = "截止",
	};
}

static void print_calendar(const struct ical_event *e, struct buf *out)
{
	struct ical_head head = {.name = "n"};
	struct ical_stamp stamp = {.sequence = 3, .modified = {1721381400}};
	struct ical_printer pr;
	struct buf body;
	ical_printer_init(&pr);
	buf_init(&body, 1 << 20);
	buf_clear(out);
	ical_print_head(&pr, &head, out);
	ical_print_body(&pr, e, &body);
	ical_print_event(&pr, e->uid, &stamp, &body, out);
	ical_print_tail(out);
	buf_done(&body);
	ical_printer_done(&pr);
}

/* libical 3.0.16 breaks the line end itself at lengths 73+74k and 74+74k; ours must not, and what
 * libical reads back must be what went in. */
static void test_description_of_every_length(void **state)
{
	(void)state;
	static const char *const UNIT[] = {"x", "期", "\n", ","};
	char text[600 * 3 + 1];
	struct buf out;
	buf_init(&out, 1 << 20);
	for (size_t u = 0; u < sizeof UNIT / sizeof *UNIT; u++)
		for (size_t n = 1; n <= 600; n++) {
			for (size_t i = 0; i < n; i++)
				strcpy(text + i * strlen(UNIT[u]), UNIT[u]);
			struct ical_event e = plain_event();
			e.description = text;
			print_calendar(&e, &out);
			check_lines(out.data, out.len);
			icalcomponent *c = icalparser_parse_string(out.data);
			assert_non_null(c);
			assert_string_equal(icalcomponent_get_description(c), text);
			icalcomponent_free(c);
		}
	buf_done(&out);
}

/* Texts that try to be syntax come back as the texts they are. */
static void test_texts_are_only_texts(void **state)
{
	(void)state;
	static const char *const TEXT[] = {
		"x\nEND:VEVENT\nBEGIN:VEVENT",
		"END:VCALENDAR",
		"a\\nb",
		"a\\",
		"a;b,c:d\"e^f^'g",
		";VALUE=DATE:20240101",
		"\\\\\\;\\,",
		"😀👨\u200d👩",
	};
	struct buf out;
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < sizeof TEXT / sizeof *TEXT; i++) {
		struct ical_event e = plain_event();
		e.summary = e.description = e.location = TEXT[i];
		print_calendar(&e, &out);
		check_lines(out.data, out.len);
		icalcomponent *c = icalparser_parse_string(out.data);
		assert_int_equal(icalcomponent_count_components(c, ICAL_VEVENT_COMPONENT), 1);
		assert_string_equal(icalcomponent_get_summary(c), TEXT[i]);
		assert_string_equal(icalcomponent_get_description(c), TEXT[i]);
		assert_string_equal(icalcomponent_get_location(c), TEXT[i]);
		assert_int_equal(icalcomponent_count_errors(c), 0);
		icalcomponent_free(c);
	}
	buf_done(&out);
}

/* Bodies are put straight for speed; libical says what a value looks like. */
static void test_escapes_as_libical_does(void **state)
{
	(void)state;
	char text[16];
	struct buf out;
	buf_init(&out, 100);
	for (int c = ' ' - 1; c < 0x7f; c++) {
		snprintf(text, sizeof text, "期%c%cx", c < ' ' ? '\n' : c, c < ' ' ? '\n' : c);
		icalvalue *v = icalvalue_new_text(text);
		char *want = icalvalue_as_ical_string_r(v);
		buf_clear(&out);
		ical_escape(text, &out);
		assert_string_equal(out.data, want);
		free(want);
		icalvalue_free(v);
	}
	buf_done(&out);
}

static void test_alarms_as_libical_does(void **state)
{
	(void)state;
	static const int SECONDS[] = {1, 60, 3600, 54000, 86400, 90061, 604800, 694861};
	struct buf out;
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < sizeof SECONDS / sizeof *SECONDS; i++) {
		struct ical_event e = plain_event();
		e.alarm_s = SECONDS[i];
		print_calendar(&e, &out);
		icalcomponent *c = icalparser_parse_string(out.data);
		icalcomponent *event = icalcomponent_get_first_component(c, ICAL_VEVENT_COMPONENT);
		icalcomponent *alarm =
			icalcomponent_get_first_component(event, ICAL_VALARM_COMPONENT);
		icalproperty *p = icalcomponent_get_first_property(alarm, ICAL_TRIGGER_PROPERTY);
		struct icaltriggertype t = icalproperty_get_trigger(p);
		assert_int_equal(icaldurationtype_as_int(t.duration), -SECONDS[i]);
		icalcomponent_free(c);
	}
	buf_done(&out);
}

/* icalproperty_new_url writes a raw line break; such a property is left out. */
static void test_bad_uri_is_left_out(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		bool want;
	} CASE[] = {
		{"https://example.invalid/p/1", true},
		{"http://x/\r\nX-URL:1", false},
		{"http://x/\nX-URL:1", false},
		{"data:text/html,x", false},
		{"http://x/ y", false},
	};
	struct buf out;
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		struct ical_event e = plain_event();
		e.url = CASE[i].url;
		print_calendar(&e, &out);
		check_lines(out.data, out.len);
		assert_int_equal(strstr(out.data, "\r\nURL:") != NULL, CASE[i].want);
		assert_null(strstr(out.data, "\r\nX-URL"));
	}
	buf_done(&out);
}

static void test_uncleaned_text_is_left_out(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 1 << 20);
	struct ical_event e = plain_event();
	e.location = "a\x07"
		     "b";
	print_calendar(&e, &out);
	check_lines(out.data, out.len);
	assert_null(strstr(out.data, "LOCATION"));
	buf_done(&out);
}

static void expect_lines(const struct buf *out, const char *const *want, size_t n)
{
	const char *at = out->data;
	for (size_t i = 0; i < n; i++) {
		const char *found = strstr(at, want[i]);
		if (!found)
			fail_msg("no \"%s\" (in this order) in:\n%s", want[i], out->data);
		at = found;
	}
}

static void test_golden_timed(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 1 << 20);
	struct ical_event e = plain_event();
	e.start = (struct instant){1721466000};
	e.end = (struct instant){1721467800};
	e.alarm_s = 7200;
	e.category[0] = "a";
	e.category[1] = "b";
	e.cancelled = true;
	print_calendar(&e, &out);
	static const char *const WANT[] = {
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//",
		"\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nNAME:n\r\nX-WR-CALNAME:n\r\n"
		"BEGIN:VEVENT\r\nUID:a/b/c@example.invalid\r\n"
		"DTSTAMP:20240719T093000Z\r\nLAST-MODIFIED:20240719T093000Z\r\nSEQUENCE:3\r\n"
		"DTSTART:20240720T090000Z\r\nDTEND:20240720T093000Z\r\nSUMMARY:截止\r\n"
		"CATEGORIES:a\r\nCATEGORIES:b\r\nSTATUS:CANCELLED\r\nTRANSP:TRANSPARENT\r\n"
		"X-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"
		"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:截止\r\nTRIGGER:-PT2H\r\nEND:"
		"VALARM\r\n"
		"END:VEVENT\r\nEND:VCALENDAR\r\n",
	};
	expect_lines(&out, WANT, 2);
	buf_done(&out);
}

static void test_all_day_end_is_exclusive(void **state)
{
	(void)state;
	static const struct {
		int y1, m1, d1, y2, m2, d2;
		const char *want;
	} CASE[] = {
		{2024, 2, 28, 2024, 2, 28,
			"DTSTART;VALUE=DATE:20240228\r\nDTEND;VALUE=DATE:20240229\r\n"},
		{2024, 2, 1, 2024, 2, 29,
			"DTSTART;VALUE=DATE:20240201\r\nDTEND;VALUE=DATE:20240301\r\n"},
		{2024, 12, 31, 2024, 12, 31,
			"DTSTART;VALUE=DATE:20241231\r\nDTEND;VALUE=DATE:20250101\r\n"},
	};
	struct buf out;
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		struct ical_event e = plain_event();
		e.first = day(CASE[i].y1, CASE[i].m1, CASE[i].d1);
		e.last = day(CASE[i].y2, CASE[i].m2, CASE[i].d2);
		print_calendar(&e, &out);
		assert_non_null(strstr(out.data, CASE[i].want));
	}
	buf_done(&out);
}

/* libical leaves commas and semicolons of X- properties alone. */
static void test_x_names_are_escaped(void **state)
{
	(void)state;
	struct ical_printer pr;
	struct buf out;
	ical_printer_init(&pr);
	buf_init(&out, 1 << 16);
	struct ical_head head = {.name = "a,b;c\\d", .description = "x\ny", .refresh_h = 4};
	ical_print_head(&pr, &head, &out);
	check_lines(out.data, out.len);
	static const char *const WANT[] = {
		"\r\nNAME:a\\,b\\;c\\\\d\r\nX-WR-CALNAME:a\\,b\\;c\\\\d\r\nX-WR-CALDESC:x\\ny\r\n"
		"REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\nX-PUBLISHED-TTL:PT4H\r\n"};
	expect_lines(&out, WANT, 1);
	buf_done(&out);
	ical_printer_done(&pr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_description_of_every_length),
		cmocka_unit_test(test_texts_are_only_texts),
		cmocka_unit_test(test_escapes_as_libical_does),
		cmocka_unit_test(test_alarms_as_libical_does),
		cmocka_unit_test(test_bad_uri_is_left_out),
		cmocka_unit_test(test_uncleaned_text_is_left_out),
		cmocka_unit_test(test_golden_timed),
		cmocka_unit_test(test_all_day_end_is_exclusive),
		cmocka_unit_test(test_x_names_are_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
