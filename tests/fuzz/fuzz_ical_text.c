/*
 * fuzz_ical_text - any bytes as a text of an event: one calendar with one event whose lines are
 * whole, and libical reads back the text that was cleaned
 *
 * The first byte chooses the ceiling.  Linked plainly it replays the files of a folder.  To search:
 * clang -DFUZZ_SEARCH -fsanitize=fuzzer,address,undefined with the sources of feed and base.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

#include "ical_event.h"
#include "ical_text.h"
#include "text.h"
#include "replay.h"

enum { INPUT_MAX = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_ical_text: %s\n", what);
	abort();
}

static void check_lines(const char *s)
{
	while (*s) {
		const char *end = strstr(s, "\r\n");
		size_t at;
		check(end != NULL, "line without CRLF");
		size_t n = (size_t)(end - s);
		check(n > 0 && n <= ICAL_LINE_OCTETS && (n > 1 || *s != ' '), "length of a line");
		check(text_check(s, n, false, &at) == TEXT_OK, "bytes of a line");
		s = end + 2;
	}
}

static void print(const struct ical_event *e, struct buf *out)
{
	struct ical_printer pr;
	struct buf body;
	ical_printer_init(&pr);
	buf_init(&body, 1 << 18);
	ical_print_body(&pr, e, &body);
	ical_print_head(&pr, &(struct ical_head){.name = e->summary}, out);
	ical_print_event(&pr, e->uid, &(struct ical_stamp){0}, &body, out);
	ical_print_tail(out);
	check(!body.overflow && !out->overflow, "overflow");
	buf_done(&body);
	ical_printer_done(&pr);
}

static void check_read(const char *s, const char *text)
{
	icalcomponent *c = icalparser_parse_string(s);
	check(c != NULL, "not readable");
	check(icalcomponent_count_components(c, ICAL_ANY_COMPONENT) == 1, "one event");
	check(icalcomponent_count_errors(c) == 0, "faults by libical");
	const char *back = icalcomponent_get_description(c);
	check(strcmp(back ? back : "", text) == 0, "another text came back");
	icalcomponent_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	size_t max = 3 + (size_t)data[0] * data[0] / 8, at;
	const char *raw = (const char *)data + 1;
	struct arena a = ARENA_INIT;
	const char *text = ical_clean(&a, raw, size - 1, max, "\n");
	const char *line = ical_clean(&a, raw, size - 1, max, "，");
	check(strlen(text) <= max && strlen(line) <= max, "longer than allowed");
	check(text_check(text, strlen(text), true, &at) == TEXT_OK, "text is not clean");
	check(text_check(line, strlen(line), false, &at) == TEXT_OK, "line is not clean");
	struct ical_event e = {.uid = "a@b",
		.first = {19000},
		.last = {19000},
		.start = INSTANT_NONE,
		.end = INSTANT_NONE,
		.summary = *line ? line : "x",
		.description = text,
		.location = line,
		.url = arena_strndup(&a, raw, size - 1)};
	struct buf out;
	buf_init(&out, 1 << 19);
	print(&e, &out);
	check_lines(out.data);
	check_read(out.data, text);
	buf_done(&out);
	arena_done(&a);
	return 0;
}
