#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>
#include <sqlite3.h>

#include "schema.h"
#include "store_handle.h"
#include "store_sql.h"

enum { BUSY_MS = 5000 };

/* ---- the directory ------------------------------------------------------------------------------ */

/* WAL needs shared memory and locks that work: local disks only. */
static enum rc check_filesystem(const char *dir, struct diag *d)
{
	enum { CIFS = 0xff534d42, NINE_P = 0x01021997, FUSE = 0x65735546 };
	struct statfs fs;
	if (statfs(dir, &fs))
		return diag_set_errno(d, RC_IO, errno, N_("cannot open the state directory %s"), dir);
	unsigned type = (unsigned)fs.f_type;
	if (type == NFS_SUPER_MAGIC || type == SMB_SUPER_MAGIC || type == CIFS || type == NINE_P)
		return diag_set(d, RC_IO,
			N_("the state directory %s is on a network file system, which loses locks"), dir);
	return RC_OK;
}

static enum rc take_lock(struct store *s, const char *dir, struct diag *d)
{
	char path[1100], pid[32] = "";
	snprintf(path, sizeof path, "%s/deadlined.lock", dir);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot open %s"), path);
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB)) {
		ssize_t n = read(s->lock_fd, pid, sizeof pid - 1);
		pid[n > 0 ? n : 0] = '\0';
		pid[strcspn(pid, "\n")] = '\0';
		return diag_set(d, RC_EXISTS, N_("a daemon is already running on %s (pid %s)"), dir,
			pid[0] ? pid : "?");
	}
	int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	if (ftruncate(s->lock_fd, 0) || pwrite(s->lock_fd, pid, (size_t)n, 0) != n)
		return diag_set_errno(d, RC_IO, errno, N_("cannot write %s"), path);
	return RC_OK;
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

static enum rc set_up(struct store *s, const struct store_options *opt, struct diag *d)
{
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, 16 << 20);
	enum rc rc = sql_script(s,
		"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
		"PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON; PRAGMA cache_size = -2000",
		d);
	if (rc || opt->read_only)
		return rc;
	return sql_script(s,
		opt->not_durable ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF"
				 : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
				   "PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 16777216",
		d);
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
	if (!is_new && id != SCHEMA_APPLICATION_ID)
		return diag_set(d, RC_CORRUPT, N_("%s is not a database of deadlined"), s->path);
	if (*ret_version > (int64_t)SCHEMA_VERSION)
		return diag_set(d, RC_STATE,
			N_("%s was written by a newer version (schema %lld, this program knows %zu)"),
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

/* A copy beside the database before its shape changes; an older copy of that version goes. */
static enum rc back_up(struct store *s, int64_t version, struct diag *d)
{
	char path[1200];
	snprintf(path, sizeof path, "%s.before-%lld", s->path, (long long)version + 1);
	unlink(path);
	struct sql q;
	enum rc rc = sql_open(s, &q, "VACUUM INTO ?", d);
	if (rc)
		return rc;
	sql_text(&q, path);
	return sql_run(&q, NULL, d);
}

static enum rc migrate(struct store *s, int64_t version, struct diag *d)
{
	char pragma[120];
	enum rc rc = version > 0 && version < (int64_t)SCHEMA_VERSION ? back_up(s, version, d) : RC_OK;
	for (; rc == RC_OK && version < (int64_t)SCHEMA_VERSION; version++) {
		rc = store_begin(s, d);
		if (rc)
			return rc;
		snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d; PRAGMA user_version = %lld",
			(int)SCHEMA_APPLICATION_ID, (long long)version + 1);
		rc = sql_script(s, SCHEMA_MIGRATION[version], d);
		if (rc == RC_OK)
			rc = sql_script(s, pragma, d);
		rc = sql_end_own(s, true, rc, d);
	}
	return rc;
}

static enum rc open_database(struct store *s, const struct store_options *opt, struct diag *d)
{
	int flags = opt->read_only ? SQLITE_OPEN_READONLY
				   : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	mode_t old = umask(077);
	int code = sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOFOLLOW, NULL);
	umask(old);
	if (code)
		return diag_set(d, RC_IO, N_("cannot open %s: %s"), s->path,
			s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(code));
	int64_t version = 0;
	enum rc rc = set_up(s, opt, d);
	if (rc == RC_OK)
		rc = check_identity(s, &version, d);
	if (rc == RC_OK && !opt->read_only)
		rc = quick_check(s, d);
	if (rc == RC_OK && opt->read_only && version != (int64_t)SCHEMA_VERSION)
		rc = diag_set(d, RC_STATE, N_("%s has not been used by this version yet"), s->path);
	if (rc == RC_OK && !opt->read_only)
		rc = migrate(s, version, d);
	return rc;
}

enum rc store_open(const char *dir, const struct store_options *opt, struct store **ret,
	struct diag *d)
{
	struct store *s = mem_new(1, sizeof *s);
	s->lock_fd = -1;
	int n = snprintf(s->path, sizeof s->path, "%s/deadlined.db", dir);
	enum rc rc = n < (int)sizeof s->path
		? check_filesystem(dir, d)
		: diag_set(d, RC_RANGE, N_("the path of the state directory is too long"));
	if (rc == RC_OK && !opt->read_only)
		rc = take_lock(s, dir, d);
	if (rc == RC_OK)
		rc = open_database(s, opt, d);
	if (rc) {
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

enum rc store_set_meta(struct store *s, const char *key, const void *value, size_t len,
	struct diag *d)
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
