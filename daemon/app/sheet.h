/*
 * sheet - a table of the admin's as text: the file itself, or what xlsx2csv makes of a workbook
 *
 * xlsx2csv is run without a shell, with ceilings on its time, memory and output: a workbook is an
 * archive and may be made to burst.
 *
 * Failure: one sentence; RC_NOTFOUND if xlsx2csv is not installed.
 */
#ifndef APP_SHEET_H
#define APP_SHEET_H

#include "buf.h"
#include "diag.h"

/* out's ceiling is the file's. */
enum rc sheet_take(const char *path, struct buf *out, struct diag *d) NODISCARD;

#endif
