/*
 * conf_scan - what is wrong with the bytes of a file, before libconfig sees them
 *
 * Names what libconfig would call "syntax error", swallow silently or end the process over: byte
 * order mark, NUL, broken UTF-8, Chinese punctuation outside quotes, numbers that would wrap,
 * quotes and brackets left open, deep nesting, long texts, @include.
 *
 * Bounded: at most SCAN_FAULTS_MAX faults a file.
 */
#ifndef CONF_CONF_SCAN_H
#define CONF_CONF_SCAN_H

#include <stdbool.h>

#include "diag.h"
#include "conf.h"

/* libconfig's time is quadratic in the length of a text and in the settings of a group. */
enum {
	SCAN_FAULTS_MAX = 10,
	SCAN_DEPTH_MAX = 16,
	SCAN_NAMES_MAX = 2000,  /* settings of one group */
	SCAN_STRING_MAX = 4096, /* bytes of a text as written, joined pieces together */
};

/* True if nothing was found. */
bool conf_scan(const struct conf_file *file, struct diags *ds);

/* Calls each(ctx, name, len, line) for every text of the `include` list at the top level. */
void conf_scan_includes(const struct conf_file *file,
	void (*each)(void *ctx, const char *name, size_t len, int line), void *ctx);

#endif
