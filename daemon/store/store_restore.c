#include "store_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"
#include "store_file.h"

#define META_RESTORED "restored"
#define FILE_NAME "deadlined.db"

enum { COPY_BYTES = 1 << 16, NUMBER_BYTES = 32 };

/* ---- the mark ------------------------------------------------------------------------------------- */

static enum rc set_mark(struct store *s, const char *text, struct diag *d)
{
	return store_set_meta(s, META_RESTORED, text, strlen(text), d);
}

enum rc store_restored_done(struct store *s, struct diag *d)
{
	return set_mark(s, "", d);
}

enum rc store_restored_at(struct store *s, struct instant *ret, struct diag *d)
{
	struct arena a = ARENA_INIT;
	const char *text;
	size_t len;
	enum rc rc = store_get_meta(s, META_RESTORED, &a, &text, &len, d);
	struct instant at = INSTANT_NONE;
	if (rc == RC_OK && len)
		at.s = strtoll(text, NULL, 10);
	arena_done(&a);
	if (rc && rc != RC_NOTFOUND)
		return rc;
	*ret = at;
	return RC_OK;
}

/* ---- the copy, made ready --------------------------------------------------------------------------- */

struct places {
	char temp[STORE_PATH_SIZE]; /* a directory beside the database, with the copy in it */
	char fresh[STORE_PATH_SIZE], db[STORE_PATH_SIZE];
};

static enum rc find_places(const char *dir, struct places *ret, struct diag *d)
{
	if (strlen(dir) + sizeof "/restore.tmp/" FILE_NAME "-wal" + NUMBER_BYTES > STORE_PATH_SIZE)
		return diag_set(d, RC_RANGE, N_("the path %s is too long"), dir);
	snprintf(ret->temp, sizeof ret->temp, "%.1000s/restore.tmp", dir);
	snprintf(ret->fresh, sizeof ret->fresh, "%.1000s/restore.tmp/" FILE_NAME, dir);
	snprintf(ret->db, sizeof ret->db, "%.1000s/" FILE_NAME, dir);
	return RC_OK;
}

static enum rc copy_bytes(int from, int to, const char *copy, const char *target, struct diag *d)
{
	static char bytes[COPY_BYTES];
	for (;;) {
		ssize_t n = read(from, bytes, sizeof bytes);
		if (n == 0)
			return RC_OK;
		if (n < 0)
			return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), copy);
		for (ssize_t done = 0, k; done < n; done += k) {
			k = write(to, bytes + done, (size_t)(n - done));
			if (k < 0)
				return diag_set_errno(
					d, RC_IO, errno, N_("cannot write %s"), target);
		}
	}
}

/* A copy that was taken as a file from under a running daemon is half of a database. */
static enum rc check_no_log(const char *copy, struct diag *d)
{
	char wal[STORE_PATH_SIZE + 8];
	struct stat st;
	snprintf(wal, sizeof wal, "%.1090s-wal", copy);
	if (lstat(wal, &st) || st.st_size == 0)
		return RC_OK;
	diag_set(d, RC_STATE, N_("%s is no copy made by a backup: %s lies beside it"), copy, wal);
	diag_hint(d, N_("start a daemon on it once, and make a backup of that"));
	return RC_STATE;
}

/* SQLite makes a new database of an empty file. */
static enum rc check_size(int fd, const char *copy, struct diag *d)
{
	struct stat st;
	if (fstat(fd, &st))
		return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), copy);
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return diag_set(d, RC_CORRUPT, N_("%s is not a database of deadlined"), copy);
	return RC_OK;
}

static enum rc copy_file(const char *copy, const char *target, struct diag *d)
{
	int from = open(copy, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return diag_set_errno(d, errno == ENOENT ? RC_NOTFOUND : RC_IO, errno,
			N_("cannot read %s"), copy);
	enum rc rc = check_size(from, copy, d);
	int to = rc ? -1 : open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (rc == RC_OK && to < 0)
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot write %s"), target);
	if (rc == RC_OK)
		rc = copy_bytes(from, to, copy, target, d);
	if (to >= 0)
		close(to);
	close(from);
	return rc;
}

/* Opening it checks it, migrates it, and says what is wrong. */
static enum rc make_ready(
	const struct places *p, const char *who, struct instant now, struct diag *d)
{
	struct store_options so = {0};
	struct store *s;
	char text[NUMBER_BYTES];
	struct history_row row = {.at = now, .actor = who, .kind = "restored"};
	snprintf(text, sizeof text, "%lld", (long long)now.s);
	enum rc rc = store_open(p->temp, &so, &s, d);
	if (rc)
		return rc;
	rc = store_begin(s, d);
	if (rc == RC_OK)
		rc = set_mark(s, text, d);
	if (rc == RC_OK)
		rc = history_append(s, &row, NULL, d);
	if (rc == RC_OK)
		rc = store_commit(s, d);
	store_close(s);
	return rc;
}

static void clean_up(const struct places *p)
{
	static const char *const NAME[] = {
		FILE_NAME, FILE_NAME "-wal", FILE_NAME "-shm", "deadlined.lock"};
	char path[STORE_PATH_SIZE + 32];
	for (size_t i = 0; i < sizeof NAME / sizeof *NAME; i++) {
		snprintf(path, sizeof path, "%s/%s", p->temp, NAME[i]);
		unlink(path);
	}
	rmdir(p->temp);
}

/* ---- the exchange ----------------------------------------------------------------------------------- */

/* The database first: should the machine stop between the two, a log without its database is noticed,
 * the other way round would lose what is in the log. */
static enum rc move_aside(
	const struct places *p, struct instant now, char *ret_aside, struct diag *d)
{
	static const char *const TAIL[] = {"", "-wal", "-shm"};
	char from[STORE_PATH_SIZE + 8], to[STORE_PATH_SIZE + 64];
	ret_aside[0] = '\0';
	for (size_t i = 0; i < sizeof TAIL / sizeof *TAIL; i++) {
		snprintf(from, sizeof from, "%s%s", p->db, TAIL[i]);
		int n = snprintf(to, sizeof to, "%s.before-restore-%lld%s", p->db, (long long)now.s,
			TAIL[i]);
		if (n >= STORE_PATH_SIZE)
			return diag_set(d, RC_RANGE, N_("the path %s is too long"), p->db);
		if (rename(from, to) && errno != ENOENT)
			return diag_set_errno(d, RC_IO, errno, N_("cannot move %s aside"), from);
		if (i == 0 && access(to, F_OK) == 0)
			memcpy(ret_aside, to, (size_t)n + 1);
	}
	return RC_OK;
}

/* Who restores is often root; who runs is not. */
static void give_to_owner(const char *dir, const char *path)
{
	struct stat st;
	if (geteuid() == 0 && stat(dir, &st) == 0 && lchown(path, st.st_uid, st.st_gid))
		return; /* the daemon will say that it cannot open it */
}

static enum rc exchange(const char *dir, const struct places *p, struct instant now,
	char *ret_aside, struct diag *d)
{
	enum rc rc = move_aside(p, now, ret_aside, d);
	if (rc == RC_OK && rename(p->fresh, p->db))
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot write %s"), p->db);
	return rc ? rc : store_file_sync(dir, O_RDONLY | O_DIRECTORY, d);
}

enum rc store_restore(const char *dir, const char *copy, const char *who, struct instant now,
	char ret_aside[static STORE_PATH_SIZE], struct diag *d)
{
	struct places p;
	int lock = -1;
	char lock_path[STORE_PATH_SIZE + 32];
	enum rc rc = find_places(dir, &p, d);
	if (rc == RC_OK)
		rc = store_file_lock(dir, &lock, d);
	if (rc)
		goto out;
	rc = check_no_log(copy, d);
	clean_up(&p);
	if (rc == RC_OK && mkdir(p.temp, 0700))
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot write %s"), p.temp);
	if (rc == RC_OK)
		rc = copy_file(copy, p.fresh, d);
	if (rc == RC_OK)
		rc = make_ready(&p, who, now, d);
	if (rc == RC_OK) {
		give_to_owner(dir, p.fresh);
		rc = exchange(dir, &p, now, ret_aside, d);
	}
	clean_up(&p);
	snprintf(lock_path, sizeof lock_path, "%s/deadlined.lock", dir);
	give_to_owner(dir, lock_path);
out:
	if (lock >= 0)
		close(lock);
	return rc;
}
