/*
 * file_read - a whole file that somebody else replaces by rename, and whether it is still the same
 */
#ifndef WEB_FILE_READ_H
#define WEB_FILE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"

/* All zero: no file.  Two stamps with the same bytes are the same version of it. */
struct file_stamp {
	uint64_t device, inode;
	int64_t size, modified_s, modified_ns, changed_s, changed_ns;
};
bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b);

struct file_stamp file_look(const char *path);

/* The file and the stamp of what was read; *ret_data is given (free), with a NUL behind it.
 * RC_NOTFOUND, RC_IO, RC_LIMIT (more than max bytes). */
enum rc file_read(const char *path, size_t max, char **ret_data, size_t *ret_len,
	struct file_stamp *ret_stamp, struct diag *d) NODISCARD;

#endif
