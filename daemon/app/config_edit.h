/*
 * config_edit - one file of a configuration changed: loaded with the change, shown, installed
 *
 * The rest of the files are taken as they were read at the beginning.  A file that somebody else has
 * changed meanwhile is not replaced.
 *
 * Memory: config_edit_done releases everything, also after a failure.
 */
#ifndef APP_CONFIG_EDIT_H
#define APP_CONFIG_EDIT_H

#include <limits.h>
#include <stdbool.h>

#include "buf.h"
#include "conf.h"
#include "config.h"
#include "date.h"
#include "diag.h"

struct cli_daemon;

struct config_edit {
	const char *config; /* the main file */
	bool json;
	const struct cli_daemon *daemon; /* asked what it has told to whom; NULL: nobody is */
	struct config *before; /* NULL if it is faulty now */
	struct config *after;  /* once checked */
	struct conf_bundle bundle;
	size_t file;      /* of the bundle: which one changes */
	struct buf text;  /* its new text */
	const char *copy; /* where that stands beside it on disk, or NULL */
};

/* Reads the files; faulty ones too, if may_be_faulty.  False: everything was said. */
bool config_edit_begin(struct config_edit *e, bool may_be_faulty, int *ret_status);
void config_edit_done(struct config_edit *e);

/* Which file of that name ("rules.cfg"; NULL: the main one). */
enum rc config_edit_choose(struct config_edit *e, const char *name, struct diag *d) NODISCARD;
enum rc config_edit_path(
	const struct config_edit *e, char ret[static PATH_MAX], struct diag *d) NODISCARD;

/* Vets and loads the files with the new text.  A new main file is read from its copy, for it may include
 * others.  Faults in ds. */
enum rc config_edit_check(struct config_edit *e, struct diags *ds) NODISCARD;

/* What it does to the obligations due in these days; days DATE_NONE: two months back to the end of the
 * next year.  Against the daemon's own record if it answers, so that who was told already is known, else
 * against the files as they were. */
enum rc config_edit_show(
	struct config_edit *e, struct date from, struct date to, struct diag *d) NODISCARD;

enum rc config_edit_install(const struct config_edit *e, struct diag *d) NODISCARD;

#endif
