#include "store_sql.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "store_handle.h"

enum { CACHE_MAX = 96 };

/* One sentence per library code; the place that translates SQLite's errors. */
static enum rc fail(struct store *s, int code, struct diag *d)
{
	/* Outside a transaction a step is its own commit, so every I/O error may hide one (F9). */
	if ((code & 0xff) == SQLITE_IOERR)
		s->poisoned = true;
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return diag_set(d, RC_BUSY, N_("the database is in use by another program"));
	case SQLITE_FULL:
		return diag_set(d, RC_LIMIT, N_("the disk is full"));
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return diag_set(
			d, RC_CORRUPT, N_("%s is damaged: %s"), s->path, sqlite3_errmsg(s->db));
	case SQLITE_CONSTRAINT:
		return diag_set(d, RC_STATE, N_("the database refused a change: %s"),
			sqlite3_errmsg(s->db));
	default:
		return diag_set(
			d, RC_IO, N_("database failure %d: %s"), code, sqlite3_errmsg(s->db));
	}
}

enum rc store_sql_failure(struct store *s, int code, struct diag *d)
{
	return fail(s, code, d);
}

static enum rc prepare(struct store *s, const char *text, sqlite3_stmt **ret, struct diag *d)
{
	for (size_t i = 0; i < s->n_cached; i++)
		if (s->cache[i].text == text) {
			*ret = s->cache[i].stmt;
			return RC_OK;
		}
	if (s->n_cached == CACHE_MAX)
		return diag_set(d, RC_LIMIT, N_("more than %d kinds of statement"), CACHE_MAX);
	int code = sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL);
	if (code)
		return fail(s, code, d);
	s->cache[s->n_cached++] = (struct cached){text, *ret};
	return RC_OK;
}

enum rc sql_open(struct store *s, struct sql *q, const char *text, struct diag *d)
{
	if (s->poisoned)
		return diag_set(d, RC_IO, N_("the database has to be opened anew"));
	*q = (struct sql){.s = s};
	return prepare(s, text, &q->stmt, d);
}

static void note(struct sql *q, int code)
{
	if (code && !q->rc)
		q->rc = code;
}

void sql_int(struct sql *q, int64_t value)
{
	note(q, sqlite3_bind_int64(q->stmt, ++q->bound, value));
}

void sql_text(struct sql *q, const char *value)
{
	note(q, value ? sqlite3_bind_text(q->stmt, ++q->bound, value, -1, SQLITE_STATIC)
		      : sqlite3_bind_null(q->stmt, ++q->bound));
}

void sql_blob(struct sql *q, const void *value, size_t len)
{
	note(q, sqlite3_bind_blob64(q->stmt, ++q->bound, len ? value : "", len, SQLITE_STATIC));
}

void sql_instant(struct sql *q, struct instant t)
{
	if (instant_is_none(t))
		sql_text(q, NULL);
	else
		sql_int(q, t.s);
}

void sql_date(struct sql *q, struct date d)
{
	char text[DATE_TEXT_SIZE];
	if (date_is_none(d))
		sql_text(q, NULL);
	else
		note(q, sqlite3_bind_text(
				q->stmt, ++q->bound, date_format(d, text), -1, SQLITE_TRANSIENT));
}

void sql_reset(struct sql *q)
{
	sqlite3_reset(q->stmt);
	sqlite3_clear_bindings(q->stmt);
	q->bound = 0;
}

enum rc sql_next(struct sql *q, bool *ret_row, struct diag *d)
{
	int code = q->rc ? q->rc : sqlite3_step(q->stmt);
	if (code == SQLITE_ROW) {
		*ret_row = true;
		return RC_OK;
	}
	enum rc rc = code == SQLITE_DONE ? RC_OK : fail(q->s, code, d);
	sql_reset(q);
	*ret_row = false;
	return rc;
}

enum rc sql_run(struct sql *q, int *ret_changes, struct diag *d)
{
	bool row = true;
	enum rc rc = RC_OK;
	while (row && rc == RC_OK)
		rc = sql_next(q, &row, d);
	if (rc == RC_OK && ret_changes)
		*ret_changes = sqlite3_changes(q->s->db);
	return rc;
}

bool sql_is_null(struct sql *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

int64_t sql_get_int(struct sql *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

const char *sql_get_text(struct sql *q, int column, struct arena *a)
{
	const char *text = (const char *)sqlite3_column_text(q->stmt, column);
	return text ? arena_strndup(a, text, (size_t)sqlite3_column_bytes(q->stmt, column)) : "";
}

const char *sql_peek_text(struct sql *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q->stmt, column);
	return text ? text : "";
}

const void *sql_get_blob(struct sql *q, int column, struct arena *a, size_t *ret_len)
{
	const char *bytes = sqlite3_column_blob(q->stmt, column);
	*ret_len = (size_t)sqlite3_column_bytes(q->stmt, column);
	return arena_strndup(a, bytes ? bytes : "", *ret_len);
}

struct instant sql_get_instant(struct sql *q, int column)
{
	return sql_is_null(q, column) ? INSTANT_NONE : (struct instant){sql_get_int(q, column)};
}

struct date sql_get_date(struct sql *q, int column)
{
	struct date d = DATE_NONE;
	const char *text = (const char *)sqlite3_column_text(q->stmt, column);
	if (text)
		date_parse(text, strlen(text), &d);
	return d;
}

int64_t sql_last_id(struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

enum rc sql_script(struct store *s, const char *text, struct diag *d)
{
	if (s->poisoned)
		return diag_set(d, RC_IO, N_("the database has to be opened anew"));
	int code = sqlite3_exec(s->db, text, NULL, NULL, NULL);
	return code ? fail(s, code, d) : RC_OK;
}

static enum rc run_plain(struct store *s, const char *text, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, text, d);
	return rc ? rc : sql_run(&q, NULL, d);
}

enum rc sql_begin_own(struct store *s, bool *ret_own, struct diag *d)
{
	*ret_own = !store_in_transaction(s);
	return *ret_own ? store_begin(s, d) : run_plain(s, "SAVEPOINT own", d);
}

/* Some failures (disk full, I/O) have rolled back everything already: then there is no savepoint. */
static void roll_back_to_own(struct store *s)
{
	struct diag ignored;
	if (store_in_transaction(s) && run_plain(s, "ROLLBACK TO own", &ignored) == RC_OK)
		run_plain(s, "RELEASE own", &ignored);
}

enum rc sql_end_own(struct store *s, bool own, enum rc rc, struct diag *d)
{
	if (rc == RC_OK)
		return own ? store_commit(s, d) : run_plain(s, "RELEASE own", d);
	if (own)
		store_rollback(s);
	else
		roll_back_to_own(s);
	return rc;
}
