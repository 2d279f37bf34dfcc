/*
 * store_file - the lock and the directory of a database, for the files of store/ only
 */
#ifndef STORE_STORE_FILE_H
#define STORE_STORE_FILE_H

#include "diag.h"

/* DIR/deadlined.lock, held until *ret_fd is closed.  RC_EXISTS: somebody else holds it.  If whoever is named
 * in it is dead, a child of theirs holds it, which is waited for: 5 s. */
enum rc store_file_lock(const char *dir, int *ret_fd, struct diag *d) NODISCARD;

/* fsync of what `path` names, opened with these flags: a directory with O_RDONLY | O_DIRECTORY, so that
 * what was renamed into it is there after a loss of power. */
enum rc store_file_sync(const char *path, int flags, struct diag *d) NODISCARD;

#endif
