/*
 * roster_columns - where a table keeps the month, the unit and the person.  Private to roster_import.
 *
 * A text without delimiters (pasted from a page or a scan) is cut into the three columns here: one
 * line a month, or one line a cell.
 */
#ifndef CORE_ROSTER_COLUMNS_H
#define CORE_ROSTER_COLUMNS_H

#include "config.h"
#include "mem.h"
#include "table_read.h"

enum { COLUMN_NONE = -1 };

struct roster_columns {
	int month, unit, lead; /* from 0; COLUMN_NONE */
	int phone, email;      /* only where a header says so */
	size_t first;          /* the row after the header, or 0 */
};

/* False if there is no month or no unit anywhere.  The table may be made anew. */
bool roster_columns_find(
	struct table *t, const struct config *c, struct arena *a, struct roster_columns *ret);

/* Is it the header's word over one of the columns? */
bool roster_columns_is_header(const char *key);

/* By name or id, blanks aside; NULL if there is none. */
const struct unit *roster_unit_named(const struct config *c, const char *key);

/* Cuts a cell where it lists several: 、 , ; / and line feeds.  At most max parts, keys as written. */
size_t roster_cell_split(const char *cell, struct arena *a, const char **ret, size_t max);

#endif
