/*
 * store_restore - an older copy in the place of the database
 *
 * The copy is made ready beside the old one first (checked, migrated, marked as restored), so that no
 * daemon ever opens one that does not know what it is; the old database is moved aside, never
 * deleted.  A daemon that finds the mark holds SMS: what went out after the copy was made is not on
 * its record.
 */
#ifndef STORE_STORE_RESTORE_H
#define STORE_STORE_RESTORE_H

#include "store.h"

enum { STORE_PATH_SIZE = 1100 };

/* `aside`: where the old database is now, "" if there was none.
 * RC_EXISTS: a daemon is running; RC_NOTFOUND: there is no such copy; RC_CORRUPT: it is none of ours, or
 * damaged; RC_STATE: it has a log beside it or is of a newer version.  Then nothing was changed. */
enum rc store_restore(const char *dir, const char *copy, const char *who, struct instant now,
	char ret_aside[static STORE_PATH_SIZE], struct diag *d) NODISCARD;

/* When it was restored; NONE: it was not, or somebody has said since what had been sent. */
enum rc store_restored_at(struct store *s, struct instant *ret, struct diag *d) NODISCARD;
enum rc store_restored_done(struct store *s, struct diag *d) NODISCARD;

#endif
