/*
 * tzif - the offset changes in a compiled tzdata file (TZif, RFC 9636)
 *
 * Bytes in, table out; opens nothing.  Refuses version 1 (32-bit) files and files that count leap
 * seconds ("right/..."), which POSIX time does not.
 *
 * Failure: false for anything malformed; nothing outside the bytes is read.
 */
#ifndef CALENDAR_TZIF_H
#define CALENDAR_TZIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "date.h"

/* New York has 2 changes a year; 300 years and some. */
enum { TZIF_CHANGES_MAX = 1024 };

struct tzif_change {
	int64_t at;     /* first instant of the new offset */
	int32_t offset; /* seconds east of UTC from then on */
};

/* Ascending; at least one; the first stands before every date (DATE_YEAR_MIN) and no two
 * neighbours have the same offset.  Reaches past DATE_YEAR_MAX. */
struct tzif_table {
	size_t n;
	struct tzif_change change[TZIF_CHANGES_MAX];
};

bool tzif_read(const unsigned char *data, size_t len, struct tzif_table *ret);

#endif
