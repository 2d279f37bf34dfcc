#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store_file.h"
#include "store_handle.h"

enum { PATH_BYTES = 1200 };

static enum rc fail_copy(sqlite3 *db, int code, const char *path, struct diag *d)
{
	enum rc rc = (code & 0xff) == SQLITE_FULL ? RC_LIMIT : RC_IO;
	return diag_set(d, rc, N_("cannot write %s: %s"), path, sqlite3_errmsg(db));
}

/* Through a connection of its own: an I/O error of the copy says nothing about the original.  SQLite
 * makes files that everybody may read, and this one holds addresses and telephone numbers.  Without
 * NOFOLLOW, which the copy would inherit: its directory may be a link. */
static enum rc write_copy(const struct store *s, const char *path, struct diag *d)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	mode_t old = umask(077);
	int code = sqlite3_open_v2(s->path, &db, SQLITE_OPEN_READONLY, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_busy_timeout(db, 5000);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(db, "VACUUM INTO ?", -1, &q, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = sqlite3_step(q);
	umask(old);
	enum rc rc = code == SQLITE_DONE ? RC_OK : fail_copy(db, code, path, d);
	sqlite3_finalize(q);
	sqlite3_close(db);
	return rc;
}

/* store_file_sync has seen that the copy itself is no link; the directory it is in may be one. */
static enum rc check_copy(const char *path, struct diag *d)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &q, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(q);
	const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(q, 0) : NULL;
	enum rc rc = RC_OK;
	if (!text || strcmp(text, "ok") != 0)
		rc = diag_set(d, RC_CORRUPT, N_("the copy %s is damaged: %s"), path,
			text ? text : sqlite3_errmsg(db));
	sqlite3_finalize(q);
	sqlite3_close(db);
	return rc;
}

static enum rc sync_parent(const char *path, struct diag *d)
{
	char dir[PATH_BYTES];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	snprintf(dir, sizeof dir, "%.*s", (int)len, path);
	return store_file_sync(slash == path ? "/" : slash ? dir : ".", O_RDONLY | O_DIRECTORY, d);
}

enum rc store_backup(struct store *s, const char *path, struct diag *d)
{
	char temp[PATH_BYTES];
	int n = snprintf(temp, sizeof temp, "%s.new", path);
	if (n >= (int)sizeof temp)
		return diag_set(d, RC_RANGE, N_("the path %s is too long"), path);
	if (s->poisoned)
		return diag_set(d, RC_IO, N_("the database has to be opened anew"));
	if (store_in_transaction(s))
		return diag_set(d, RC_STATE, N_("no backup within a transaction"));
	if (unlink(temp) && errno != ENOENT)
		return diag_set_errno(d, RC_IO, errno, N_("cannot write %s"), temp);
	enum rc rc = write_copy(s, temp, d);
	if (rc == RC_OK)
		rc = store_file_sync(temp, O_RDONLY | O_NOFOLLOW, d);
	if (rc == RC_OK)
		rc = check_copy(temp, d);
	if (rc == RC_OK && rename(temp, path))
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot write %s"), path);
	if (rc == RC_OK)
		return sync_parent(path, d);
	unlink(temp);
	return rc;
}
