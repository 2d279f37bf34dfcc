/*
 * conf_state - what the parts of the loader share while one configuration is being read
 *
 * Not for other folders.
 */
#ifndef CONF_CONF_STATE_H
#define CONF_CONF_STATE_H

#include <stdbool.h>

#include <libconfig.h>

#include "diag.h"
#include "mem.h"
#include "config.h"
#include "conf.h"

/* Names to things; entries with faults are in it too, so that a fault does not breed others. */
struct conf_entry {
	const char *id;
	const void *value;
};
struct conf_index {
	struct conf_entry *slot; /* open addressing, size a power of two */
	size_t n, size;
};
/* False if the id was there already; then *ret_old is the older value. */
bool conf_index_add(struct conf_index *ix, const char *id, const void *value, const void **ret_old);
const void *conf_index_find(const struct conf_index *ix, const char *id);
/* The known id nearest to a mistyped one, or NULL. */
const char *conf_index_nearest(const struct conf_index *ix, const char *id);
void conf_index_done(struct conf_index *ix);

/* The nearer of two guesses. */
const char *conf_nearer(const char *wrong, const char *a, const char *b);

struct conf_parsed {
	const char *name; /* in the config's arena */
	config_t tree;
	bool ok;
};

enum conf_section {
	SECTION_PERSON,
	SECTION_UNIT,
	SECTION_OFFICE,
	SECTION_LADDER,
	SECTION_OCCASION,
	SECTION_RULE,
	SECTION_COUNT
};

struct conf_state {
	struct config *c;
	struct arena *a; /* &c->arena */
	struct diags *ds;
	struct conf_parsed file[CONFIG_FILES_MAX];
	size_t n_files;
	size_t at;    /* index of the file being read */
	bool partial; /* a file is missing: what refers to nothing is no fault */
	struct conf_index index[SECTION_COUNT];
};

struct source conf_here(const struct conf_state *st, const config_setting_t *s);

/* Add a fault or a warning; hint may be NULL. */
void conf_error(struct conf_state *st, struct source at, const char *hint, const char *msgid, ...)
	PRINTF_LIKE(4, 5);
void conf_warn(struct conf_state *st, struct source at, const char *hint, const char *msgid, ...)
	PRINTF_LIKE(4, 5);
/* A fault that another module already put into words. */
void conf_error_diag(struct conf_state *st, struct source at, struct diag *d);

/* Calls read(st, element, obj) for each group of the lists called `name` in all files. */
void conf_each(struct conf_state *st, const char *name, size_t max,
	void (*read)(struct conf_state *st, config_setting_t *group, void *obj), void *obj);
/* ... of one list, which may be NULL. */
size_t conf_each_in(struct conf_state *st, config_setting_t *list, size_t max,
	void (*read)(struct conf_state *st, config_setting_t *group, void *obj), void *obj);

/* The setting at the top level of any file (st->at is moved to that file), or NULL. */
config_setting_t *conf_top(struct conf_state *st, const char *name);

/* Sections, in the order in which they have to be read. */
void conf_read_settings(struct conf_state *st);
void conf_read_workdays(struct conf_state *st);
void conf_read_people(struct conf_state *st);
void conf_read_chat(struct conf_state *st);
void conf_read_ladders(struct conf_state *st);
void conf_read_occasions(struct conf_state *st);
void conf_read_rosters(struct conf_state *st);
/* The group `handover` of a unit or of a month's row, from `lead` and, in a row, `unit` (else NULL) to
 * somebody else; NULL if there is none, or after complaining. */
const struct succession *conf_read_handover(struct conf_state *st, config_setting_t *group,
	const struct person *lead, const struct unit *unit);
void conf_read_rules(struct conf_state *st);
void conf_read_email(struct conf_state *st);
void conf_read_sms(struct conf_state *st);
/* What only the whole can tell. */
void conf_check(struct conf_state *st);

#endif
