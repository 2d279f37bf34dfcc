/*
 * template_files - the templates folder into memory
 */
#ifndef APP_TEMPLATE_FILES_H
#define APP_TEMPLATE_FILES_H

#include "diag.h"
#include "message.h"

/* dir: config->templates_dir.  Faults of the texts themselves are in ds. */
enum rc template_files_load(const char *dir, struct templates **ret, struct diags *ds) NODISCARD;

#endif
