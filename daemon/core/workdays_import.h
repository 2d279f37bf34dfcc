/*
 * workdays_import - a holiday notice as somebody published it, as days off and make-up days.  Pure.
 *
 * Reads a table of date, kind and holiday in any order of columns, and the two ways in which calendars
 * (RFC 5545) mark such days: X-APPLE-SPECIAL-DAY:WORK-HOLIDAY or ALTERNATE-WORKDAY, and titles that
 * end in (休) or (班).  Events without a mark are festivals only, and passed over.
 *
 * Memory:  everything is in the arena.
 * Failure: RC_INVALID with at least one error in ds; outputs untouched.
 */
#ifndef CORE_WORKDAYS_IMPORT_H
#define CORE_WORKDAYS_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "date.h"
#include "diag.h"
#include "mem.h"
#include "table_read.h"
#include "workday.h"

enum { WORKDAYS_IMPORT_MAX = 2000 };

struct special_day {
	struct date date;
	bool work;
	const char *holiday; /* "" if not named */
	int line;
};

struct workdays_import {
	struct special_day *day; /* ascending, no date twice */
	size_t n;
	size_t n_passed_over;
	int last_year;
	struct date
		known_through; /* that year's end; its last day in the file if holidays are missing */
};

enum rc workdays_import_read(const char *data, size_t len, const char *file, struct arena *a,
	struct workdays_import *ret, struct diags *ds) NODISCARD;

/* The configuration file, one notice; comments in Chinese or English. */
void workdays_import_write(
	const struct workdays_import *w, const char *source, bool chinese, struct buf *out);

/* ---- private to it: the two shapes.  RC_INVALID is said in ds. */
struct special_days {
	VEC(struct special_day) day;
	size_t n_passed_over;
	const char *file;
	struct arena *a;
	struct diags *ds;
};
void special_days_from_table(struct special_days *x, const struct table *t);
void special_days_from_ics(struct special_days *x, const char *text, size_t len);
void special_days_say(struct special_days *x, enum severity severity, int line, struct diag *d);
void special_days_add(struct special_days *x, struct date first, struct date last, bool work,
	const char *holiday, int line);

#endif
