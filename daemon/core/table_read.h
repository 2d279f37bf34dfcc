/*
 * table_read - a table that a person saved or pasted, as rows of cells.  Pure.
 *
 * Comma, semicolon or tab between the cells, quoted or not (RFC 4180); without any of them a line is
 * one cell.  UTF-8 with or without byte order mark, or GB18030; LF, CRLF or CR.  A line feed inside
 * quotes stays in its cell.  Refuses UTF-16, binary files, control characters and text that shows
 * something else than it says; each refusal names the row, and the column if it is one cell's fault.
 *
 * Rows are numbered as lines of the file are, so that an editor finds them.
 *
 * Memory:  rows and cells are in the arena.
 * Failure: RC_INVALID or RC_LIMIT with diag.line = the row; outputs untouched.
 */
#ifndef CORE_TABLE_READ_H
#define CORE_TABLE_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "mem.h"

enum {
	TABLE_BYTES_MAX = 1 << 20,
	TABLE_ROWS_MAX = 5000,
	TABLE_COLUMNS_MAX = 64,
	TABLE_CELL_MAX = 2000, /* bytes */
};

struct table_row {
	int line;          /* 1-based */
	const char **cell; /* as text_fold leaves them, never NULL */
	size_t n;
};

struct table {
	struct table_row *row; /* those with at least one cell that is not empty */
	size_t n;
};

enum rc table_read(
	const char *data, size_t len, struct arena *a, struct table *ret, struct diag *d) NODISCARD;

/* The bytes as UTF-8 without byte order mark, line ends as LF, NUL-terminated, in the arena. */
enum rc table_decode(const char *data, size_t len, struct arena *a, const char **ret,
	size_t *ret_len, struct diag *d) NODISCARD;

/* Full-width letters, digits and blanks as the narrow ones, blanks at the ends gone, several as one,
 * invisible characters gone.  The line feeds of a cell stay. */
const char *table_fold(const char *s, size_t len, struct arena *a);

/* ... and without any blank: what two spellings of a name have in common. */
const char *table_key(const char *s, struct arena *a);
/* Is key the table_key of s?  Without memory. */
bool table_key_is(const char *s, const char *key);

#endif
