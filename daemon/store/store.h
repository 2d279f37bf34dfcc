/*
 * store - one SQLite file, one writer
 *
 * The only user of sqlite3; its interface has no SQLite type.  WAL, synchronous FULL: what
 * store_commit said is on disk.  After an I/O error in a commit nobody knows what is on disk (F9):
 * the store is poisoned, every later call gives RC_IO, and the process has to be restarted to
 * believe the file.
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
#include "mem.h"

struct store;

struct store_options {
	bool read_only;   /* no lock, no recovery: for commands that only look */
	bool not_durable; /* simulation: synchronous OFF */
};

/* Opens or makes DIR/deadlined.db, takes DIR/deadlined.lock ("already running" with the pid), checks
 * it, migrates it (with a backup before).  A file that is not ours or is damaged: RC_CORRUPT, and
 * nothing is touched. */
enum rc store_open(const char *dir, const struct store_options *opt, struct store **ret,
	struct diag *d) NODISCARD;
void store_close(struct store *s); /* NULL is fine */

/* BEGIN IMMEDIATE ... COMMIT.  Functions of store/ that write more than one row take a transaction
 * of their own unless one is open. */
enum rc store_begin(struct store *s, struct diag *d) NODISCARD;
enum rc store_commit(struct store *s, struct diag *d) NODISCARD;
void store_rollback(struct store *s);
bool store_in_transaction(const struct store *s);

bool store_is_poisoned(const struct store *s);

/* Named values that are no rows of anything: start date, last tick, last good configuration. */
enum rc store_set_meta(struct store *s, const char *key, const void *value, size_t len,
	struct diag *d) NODISCARD;
/* RC_NOTFOUND; value in the arena, NUL-terminated. */
enum rc store_get_meta(struct store *s, const char *key, struct arena *a, const char **ret,
	size_t *ret_len, struct diag *d) NODISCARD;

#endif
