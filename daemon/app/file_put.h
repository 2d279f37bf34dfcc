/*
 * file_put - a file of the admin's, read whole, or put in its place in one step
 *
 * Either the old file or the whole new one is there, whenever the machine stops: a temporary file in
 * the same directory, synced, takes the place.  A symbolic link is followed to the file it names; the
 * mode is kept, and the owner as far as that is allowed.
 */
#ifndef APP_FILE_PUT_H
#define APP_FILE_PUT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "diag.h"

/* Regular files and standard input ("-"); RC_LIMIT beyond out's ceiling. */
enum rc file_take(const char *path, struct buf *out, struct diag *d) NODISCARD;

/* RC_EXISTS, nothing changed, if the file is there and replace is not wanted. */
enum rc file_put(
	const char *path, const char *data, size_t len, bool replace, struct diag *d) NODISCARD;

/* "a/b/c.cfg" -> "c.cfg"; points into path. */
const char *file_base_name(const char *path);

#endif
