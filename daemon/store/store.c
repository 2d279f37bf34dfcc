#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>
#include <sqlite3.h>

#include "schema.h"
#include "store_file.h"
#include "store_handle.h"
#include "store_sql.h"

enum { BUSY_MS = 5000 };

/* A transaction of some hundred mails is larger than the cache, which would spill: what is changed again
 * is then written to the log twice.  After the commit the cache shrinks back. */
#define PAGES_KEPT "PRAGMA cache_spill = 2000;"

/* A mail with its row fits a page of 8 KiB, so that its claim and its result write one page each.  Of a
 * new database only.  A page that many transactions touch is copied from the log, 16 MB, once. */
#define PAGES_WRITTEN "PRAGMA page_size = 8192; PRAGMA wal_autocheckpoint = 2000;"

/* ---- the directory ------------------------------------------------------------------------------ */

/* WAL needs shared memory and locks that work: local disks only. */
static enum rc check_filesystem(const char *dir, struct diag *d)
{
	enum { SMB1 = 0xff534d42, SMB2 = 0xfe534d42, NINE_P = 0x01021997 };
	struct statfs fs;
	if (statfs(dir, &fs))
		return diag_set_errno(
			d, RC_IO, errno, N_("cannot open the state directory %s"), dir);
	unsigned type = (unsigned)fs.f_type;
	if (type == NFS_SUPER_MAGIC || type == SMB_SUPER_MAGIC || type == SMB1 || type == SMB2 ||
		type == NINE_P)
		return diag_set(d, RC_IO,
			N_("the state directory %s is on a network file system, which loses locks"),
			dir);
	return RC_OK;
}

/* SQLITE_OPEN_NOFOLLOW minds a link anywhere in the path.  One above the file is how a directory is
 * put on another disk; only the file itself may be none. */
static enum rc resolve_path(struct store *s, const char *dir, struct diag *d)
{
	char *real = strlen(dir) < sizeof s->path ? realpath(dir, NULL) : NULL;
	if (!real && strlen(dir) < sizeof s->path)
		return diag_set_errno(
			d, RC_IO, errno, N_("cannot open the state directory %s"), dir);
	int n = snprintf(s->path, sizeof s->path, "%s/deadlined.db", real ? real : dir);
	free(real);
	if (n >= (int)sizeof s->path)
		return diag_set(d, RC_RANGE, N_("the path of the state directory is too long"));
	return RC_OK;
}

/* The last connection to close copies the log into the database and deletes it.  What is damaged, not
 * ours or not to be believed stays as it is. */
static void keep_wal_at_close(struct store *s, bool keep)
{
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep, NULL);
}

/* ---- opening ------------------------------------------------------------------------------------ */

static enum rc pragma_int(struct store *s, const char *text, int64_t *ret, struct diag *d)
{
	sqlite3_stmt *q;
	int code = sqlite3_prepare_v2(s->db, text, -1, &q, NULL);
	if (code)
		return store_sql_failure(s, code, d);
	code = sqlite3_step(q);
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return code == SQLITE_ROW ? RC_OK : store_sql_failure(s, code, d);
}

/* Nothing here touches the file. */
static enum rc set_up_connection(struct store *s, struct diag *d)
{
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, 16 << 20);
	keep_wal_at_close(s, true);
	return sql_script(s,
		"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = "
		"MEMORY;"
		"PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON;" PAGES_KEPT
		/* Without it INSERT OR REPLACE deletes behind the backs of the triggers. */
		"PRAGMA recursive_triggers = ON",
		d);
}

/* The first statement that may write, so it comes after every check. */
static enum rc set_up_writer(struct store *s, const struct store_options *opt, struct diag *d)
{
	int64_t is_wal = 0, level = 0, wanted = opt->not_durable ? 0 : 2;
	enum rc rc = sql_script(s, PAGES_WRITTEN "PRAGMA journal_mode = WAL; PRAGMA cache_size = -2000", d);
	if (rc == RC_OK)
		rc = sql_script(s,
			opt->not_durable ? "PRAGMA synchronous = OFF"
					 : "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
					   "PRAGMA journal_size_limit = 16777216",
			d);
	/* A pragma that could not be followed is no error to SQLite; to us it is the promise. */
	if (rc == RC_OK)
		rc = pragma_int(
			s, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &is_wal, d);
	if (rc == RC_OK)
		rc = pragma_int(s, "PRAGMA synchronous", &level, d);
	if (rc == RC_OK && (!is_wal || level != wanted))
		return diag_set(d, RC_IO, N_("%s cannot be kept in WAL mode here"), s->path);
	return rc;
}

/* Ours, new, or somebody else's? */
static enum rc check_identity(struct store *s, int64_t *ret_version, struct diag *d)
{
	int64_t id = 0, tables = 0;
	enum rc rc = pragma_int(s, "PRAGMA application_id", &id, d);
	if (rc == RC_OK)
		rc = pragma_int(s, "PRAGMA user_version", ret_version, d);
	if (rc == RC_OK)
		rc = pragma_int(s, "SELECT count(*) FROM sqlite_schema", &tables, d);
	if (rc)
		return rc;
	bool is_new = id == 0 && tables == 0 && *ret_version == 0;
	if (!is_new && id != SCHEMA_APPLICATION_ID) {
		diag_set(d, RC_CORRUPT, N_("%s is not a database of deadlined"), s->path);
		diag_hint(d, N_("move it aside, or choose another state directory"));
		return RC_CORRUPT;
	}
	if (*ret_version > (int64_t)SCHEMA_VERSION)
		return diag_set(d, RC_STATE,
			N_("%s was written by a newer version (schema %lld, this program knows "
			   "%zu)"),
			s->path, (long long)*ret_version, SCHEMA_VERSION);
	return RC_OK;
}

static enum rc quick_check(struct store *s, struct diag *d)
{
	sqlite3_stmt *q;
	int code = sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &q, NULL);
	if (code)
		return store_sql_failure(s, code, d);
	code = sqlite3_step(q);
	const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(q, 0) : NULL;
	enum rc rc = RC_OK;
	if (!text || strcmp(text, "ok") != 0)
		rc = diag_set(d, RC_CORRUPT, N_("%s is damaged: %s"), s->path,
			text ? text : sqlite3_errmsg(s->db));
	sqlite3_finalize(q);
	return rc;
}

/* A copy beside the database before its shape changes. */
static enum rc back_up_before(struct store *s, int64_t version, struct diag *d)
{
	char path[sizeof s->path + 40];
	snprintf(path, sizeof path, "%s.before-%lld", s->path, (long long)version + 1);
	return store_backup(s, path, d);
}

static enum rc migrate(struct store *s, int64_t version, struct diag *d)
{
	char pragma[120];
	enum rc rc = version > 0 && version < (int64_t)SCHEMA_VERSION
			     ? back_up_before(s, version, d)
			     : RC_OK;
	for (; rc == RC_OK && version < (int64_t)SCHEMA_VERSION; version++) {
		rc = store_begin(s, d);
		if (rc)
			return rc;
		snprintf(pragma, sizeof pragma,
			"PRAGMA application_id = %d; PRAGMA user_version = %lld",
			(int)SCHEMA_APPLICATION_ID, (long long)version + 1);
		rc = sql_script(s, SCHEMA_MIGRATION[version], d);
		if (rc == RC_OK)
			rc = sql_script(s, pragma, d);
		rc = sql_end_own(s, true, rc, d);
	}
	return rc;
}

/* SQLite takes an empty file for a new database and deletes the log beside it, which may hold all
 * there is. */
static enum rc check_log(const struct store *s, struct diag *d)
{
	char wal[sizeof s->path + 8];
	struct stat db, log;
	snprintf(wal, sizeof wal, "%s-wal", s->path);
	bool is_empty = lstat(s->path, &db) ? errno == ENOENT : db.st_size == 0;
	if (!is_empty || lstat(wal, &log) || log.st_size == 0)
		return RC_OK;
	return diag_set(d, RC_CORRUPT, N_("%s is empty, but %s is not"), s->path, wal);
}

static enum rc open_file(struct store *s, const struct store_options *opt, struct diag *d)
{
	int flags =
		opt->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	/* One thread, one connection: no locks, no count of memory.  Refused, harmlessly, once in use. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	flags |= SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX;
	mode_t old = umask(077);
	int code = sqlite3_open_v2(s->path, &s->db, flags, NULL);
	umask(old);
	if (code)
		return diag_set(d, RC_IO, N_("cannot open %s: %s"), s->path,
			s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(code));
	return set_up_connection(s, d);
}

static enum rc open_database(struct store *s, const struct store_options *opt, struct diag *d)
{
	int64_t version = 0;
	enum rc rc = check_log(s, d);
	if (rc == RC_OK)
		rc = open_file(s, opt, d);
	if (rc == RC_OK)
		rc = check_identity(s, &version, d);
	if (rc == RC_OK && opt->read_only)
		return version == (int64_t)SCHEMA_VERSION
			       ? RC_OK
			       : diag_set(d, RC_STATE,
					 N_("%s has not been used by this version yet"), s->path);
	if (rc == RC_OK)
		rc = quick_check(s, d);
	if (rc == RC_OK)
		rc = set_up_writer(s, opt, d);
	if (rc == RC_OK)
		rc = migrate(s, version, d);
	if (rc == RC_OK)
		keep_wal_at_close(s, false);
	return rc;
}

enum rc store_open(
	const char *dir, const struct store_options *opt, struct store **ret, struct diag *d)
{
	struct store *s = mem_new(1, sizeof *s);
	s->lock_fd = -1;
	enum rc rc = resolve_path(s, dir, d);
	if (rc == RC_OK)
		rc = check_filesystem(dir, d);
	if (rc == RC_OK && !opt->read_only)
		rc = store_file_lock(dir, &s->lock_fd, d);
	if (rc == RC_OK)
		rc = open_database(s, opt, d);
	if (rc) {
		if (rc == RC_CORRUPT && d && !d->hint)
			diag_hint(d,
				N_("nothing was changed: move it and its -wal file aside, put the "
				   "newest backup in its place, and start again"));
		store_close(s);
		return rc;
	}
	*ret = s;
	return RC_OK;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_cached; i++)
		sqlite3_finalize(s->cache[i].stmt);
	if (s->poisoned)
		keep_wal_at_close(s, true);
	sqlite3_close(s->db);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s);
}

/* ---- transactions -------------------------------------------------------------------------------- */

bool store_in_transaction(const struct store *s)
{
	return !sqlite3_get_autocommit(s->db);
}

bool store_is_poisoned(const struct store *s)
{
	return s->poisoned;
}

enum rc store_begin(struct store *s, struct diag *d)
{
	return sql_script(s, "BEGIN IMMEDIATE", d);
}

enum rc store_commit(struct store *s, struct diag *d)
{
	enum rc rc = sql_script(s, "COMMIT", d);
	/* A failed commit may have reached the disk all the same (F9): nobody may go on from here.
	 * A lock or a full disk left nothing behind. */
	if (rc && rc != RC_BUSY && rc != RC_LIMIT)
		s->poisoned = true;
	if (rc && !s->poisoned)
		store_rollback(s);
	return rc;
}

void store_rollback(struct store *s)
{
	if (store_in_transaction(s))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* ---- meta ---------------------------------------------------------------------------------------- */

enum rc store_set_meta(
	struct store *s, const char *key, const void *value, size_t len, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"INSERT INTO meta (key, value) VALUES (?, ?)"
		" ON CONFLICT (key) DO UPDATE SET value = excluded.value",
		d);
	if (rc)
		return rc;
	sql_text(&q, key);
	sql_blob(&q, value, len);
	return sql_run(&q, NULL, d);
}

enum rc store_get_meta(struct store *s, const char *key, struct arena *a, const char **ret,
	size_t *ret_len, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, "SELECT value FROM meta WHERE key = ?", d);
	if (rc)
		return rc;
	sql_text(&q, key);
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	if (!row)
		return diag_set(d, RC_NOTFOUND, N_("nothing is stored as \"%s\""), key);
	*ret = sql_get_blob(&q, 0, a, ret_len);
	sql_reset(&q);
	return RC_OK;
}

struct library store_library(void)
{
	return (struct library){"SQLite", sqlite3_libversion()};
}
