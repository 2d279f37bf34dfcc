/*
 * store_sql - statements, for the files of store/ only
 *
 * A statement is prepared once and kept; bind and step check every result.  Usage:
 *     struct sql q;
 *     rc = sql_open(s, &q, "UPDATE ... SET at = ? WHERE key = ?", d);
 *     sql_int(&q, at); sql_text(&q, key);
 *     rc = sql_run(&q, d);                       or: while ((rc = sql_next(&q, &row, d)) == ... && row)
 * The SQL is a string literal: its address is the key of the cache.
 */
#ifndef STORE_STORE_SQL_H
#define STORE_STORE_SQL_H

#include "store.h"

struct sqlite3_stmt;

struct sql {
	struct store *s;
	struct sqlite3_stmt *stmt;
	int bound;
	int rc; /* first bind error */
};

enum rc sql_open(struct store *s, struct sql *q, const char *text, struct diag *d) NODISCARD;
void sql_int(struct sql *q, int64_t value);
void sql_text(struct sql *q, const char *value); /* borrowed until the step; NULL = NULL */
void sql_blob(struct sql *q, const void *value, size_t len);
void sql_instant(struct sql *q, struct instant t); /* NONE = NULL */
void sql_date(struct sql *q, struct date d);       /* NONE = NULL; else YYYY-MM-DD */

/* One row or done.  After done, a failure or sql_reset the statement is free again. */
enum rc sql_next(struct sql *q, bool *ret_row, struct diag *d) NODISCARD;
/* Step to the end; *ret_changes (may be NULL) = rows changed. */
enum rc sql_run(struct sql *q, int *ret_changes, struct diag *d) NODISCARD;
void sql_reset(struct sql *q);

int64_t sql_get_int(struct sql *q, int column);
const char *sql_get_text(struct sql *q, int column, struct arena *a); /* NULL = "" */
const char *sql_peek_text(struct sql *q, int column); /* NULL = ""; borrowed until the next step */
const void *sql_get_blob(struct sql *q, int column, struct arena *a, size_t *ret_len);
struct instant sql_get_instant(struct sql *q, int column);
struct date sql_get_date(struct sql *q, int column);
bool sql_is_null(struct sql *q, int column);
int64_t sql_last_id(struct store *s);

/* Run literal SQL without results (several statements allowed). */
enum rc sql_script(struct store *s, const char *text, struct diag *d) NODISCARD;

/* A transaction of its own, or a savepoint in the one that is open (*ret_own false): either way all of
 * it or nothing. */
enum rc sql_begin_own(struct store *s, bool *ret_own, struct diag *d) NODISCARD;
enum rc sql_end_own(struct store *s, bool own, enum rc rc, struct diag *d) NODISCARD;

#endif
