/*
 * csv - one table as RFC 4180, for the programs that people open such files with
 *
 * UTF-8 with a byte order mark, for without it Excel takes the text for the machine's own character set;
 * CRLF after each row.  A cell that a spreadsheet would take for a formula gets an apostrophe before it,
 * so that what somebody typed is never computed.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stddef.h>

#include "buf.h"

void csv_begin(struct buf *b);
/* Cells of one row. */
void csv_row(struct buf *b, const char *const *cell, size_t n);

#endif
