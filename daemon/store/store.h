/*
 * store - one SQLite file, one writer
 *
 * The only user of sqlite3; its interface has no SQLite type.  WAL, synchronous FULL: what
 * store_commit said is on disk.  After an I/O error nobody knows what is on disk, not even after one
 * in a commit: the store is poisoned, every later call gives RC_IO, and the process has to be
 * restarted to believe the file.
 *
 * Memory:  store_open gives, store_close takes.
 * Failure: RC_BUSY (locked by another program for 5 s), RC_IO, RC_CORRUPT, RC_LIMIT (disk full);
 *          outputs untouched.
 * Thread:  one.  Never fork with an open store: exec'ed children are safe, the descriptors are
 *          CLOEXEC.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "date.h"
#include "diag.h"
#include "library.h"
#include "mem.h"

struct store;

struct store_options {
	bool read_only;   /* no lock, no recovery: for commands that only look */
	bool not_durable; /* simulation: synchronous OFF */
};

/* Opens or makes DIR/deadlined.db, takes DIR/deadlined.lock ("already running" with the pid: RC_EXISTS),
 * checks it, migrates it (with a backup before).  A file that is not ours or is damaged: RC_CORRUPT,
 * one of a newer version: RC_STATE; database and log are left as they are and the hint says what to
 * do. */
enum rc store_open(const char *dir, const struct store_options *opt, struct store **ret,
	struct diag *d) NODISCARD;
void store_close(struct store *s); /* NULL is fine */

/* BEGIN IMMEDIATE ... COMMIT.  Functions of store/ that write more than one row take a transaction
 * of their own; within an open one a savepoint, so that one that fails has changed nothing. */
enum rc store_begin(struct store *s, struct diag *d) NODISCARD;
enum rc store_commit(struct store *s, struct diag *d) NODISCARD;
void store_rollback(struct store *s);
bool store_in_transaction(const struct store *s);

/* A copy of the whole database at `path`, mode 0600: written beside it, checked, synced, renamed, so
 * that a copy which was there stays until the new one is complete.  Not within a transaction. */
enum rc store_backup(struct store *s, const char *path, struct diag *d) NODISCARD;

bool store_is_poisoned(const struct store *s);

/* Named values that are no rows of anything: start date, last tick, last good configuration. */
enum rc store_set_meta(
	struct store *s, const char *key, const void *value, size_t len, struct diag *d) NODISCARD;
/* RC_NOTFOUND; value in the arena, NUL-terminated. */
enum rc store_get_meta(struct store *s, const char *key, struct arena *a, const char **ret,
	size_t *ret_len, struct diag *d) NODISCARD;

struct library store_library(void);

#endif
