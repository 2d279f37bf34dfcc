/*
 * template_files - the templates folder into memory, and the texts kept for a restart
 *
 * A restart with broken files runs on the last good set, and the templates belong to it: their texts
 * are packed into one byte string that the database keeps.
 */
#ifndef APP_TEMPLATE_FILES_H
#define APP_TEMPLATE_FILES_H

#include <stddef.h>

#include "buf.h"
#include "diag.h"
#include "message.h"

enum { TEMPLATE_TEXTS_MAX = 4 << 20 };

/* dir: config->templates_dir.  Faults of the texts themselves are in ds.
 * texts (NULL: not wanted): initialised by the caller; what was read is appended, packed. */
enum rc template_files_load(const char *dir, struct templates **ret, struct buf *texts,
	struct diags *ds) NODISCARD;

/* From packed texts. */
enum rc template_files_unpack(const void *bytes, size_t len, struct templates **ret,
	struct diags *ds) NODISCARD;

#endif
