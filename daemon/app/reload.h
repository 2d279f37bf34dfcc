/*
 * reload - a configuration from disk to values that an engine can take over
 *
 * Read, vet in the child, parse, load the templates.  Nothing is swapped here.
 */
#ifndef APP_RELOAD_H
#define APP_RELOAD_H

#include "conf.h"
#include "config.h"
#include "diag.h"
#include "message.h"

struct loaded {
	struct config *config;
	struct templates *templates;
	struct conf_bundle bundle;
	struct buf texts; /* the templates', packed */
};
void loaded_done(struct loaded *l);

/* Warnings and faults in ds; RC_INVALID or RC_IO with at least one error there.
 * settle_ms > 0: the files are read twice that far apart and must not have changed in between, so
 * that an editor that truncates and writes is not caught half-way. */
enum rc reload_read(const char *path, int settle_ms, struct loaded *ret, struct diags *ds)
	NODISCARD;

/* The same from bytes that were good once: the set kept in the database.  Both are taken over. */
enum rc reload_from_kept(struct conf_bundle *given, struct buf *given_texts, struct loaded *ret,
	struct diags *ds) NODISCARD;

#endif
