/*
 * fuzz_table - any bytes as the table of a notice and as a holiday notice
 *
 * What no bytes may do: a row without a unit of the configuration, a month outside the year, a date
 * that is listed twice, a file in which a name ends its string or its comment.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"
#include "roster_import.h"
#include "text.h"
#include "workdays_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct person lead = {.id = "lead", .name = "一大队责任人", .email = "", .phone = ""};
static struct unit one = {.id = "brigade-1", .name = "一大队", .lead = &lead};
static struct unit two = {.id = "office", .name = "机关", .lead = &lead};
static const struct person *const PERSONS[] = {&lead};
static const struct unit *const UNITS[] = {&one, &two};
static const struct config CONFIG = {
	.person = PERSONS, .n_persons = 1, .unit = UNITS, .n_units = 2, .language = "zh_CN"};

/* Every line of the files begins as we begin lines. */
static void see_lines(const char *text)
{
	for (const char *s = text; s && *s;) {
		if (!strchr("#\t r w ) } \n", *s))
			abort();
		s = strchr(s, '\n');
		s = s ? s + 1 : NULL;
	}
	if (text_check(text, strlen(text), true, NULL) != TEXT_OK)
		abort();
}

static void see_roster(const struct roster_import *r)
{
	struct roster_head h = {"1", "2", DATE_NONE};
	struct buf out;
	for (size_t i = 0; i < r->n_rows; i++) {
		const struct roster_row *row = &r->row[i];
		if (row->month < 1 || row->month > 12 || (row->unit != &one && row->unit != &two) ||
			(i && r->row[i - 1].month > row->month) || strchr(row->lead_name, '\n'))
			abort();
	}
	buf_init(&out, 1 << 22);
	roster_import_write(r, &h, &out);
	see_lines(out.data);
	buf_done(&out);
}

static void see_days(const struct workdays_import *w)
{
	struct buf out;
	for (size_t i = 1; i < w->n; i++)
		if (date_compare(w->day[i - 1].date, w->day[i].date) >= 0)
			abort();
	buf_init(&out, 1 << 22);
	workdays_import_write(w, "1", true, &out);
	see_lines(out.data);
	buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct diags ds = {0};
	struct diag d = DIAG_INIT;
	struct table t;
	struct roster_import r;
	struct workdays_import w;
	char *text = malloc(size + 1);
	if (!text)
		return 0;
	memcpy(text, data, size);
	if (table_read(text, size, &a, &t, &d) == RC_OK &&
		roster_import_read(&t, &CONFIG, 2027, "t", &a, &r, &ds) == RC_OK)
		see_roster(&r);
	if (workdays_import_read(text, size, "t", &a, &w, &ds) == RC_OK)
		see_days(&w);
	diags_done(&ds);
	arena_done(&a);
	free(text);
	return 0;
}
