/*
 * conf_field - settings of a group into members of a struct, by tables
 *
 * A table row says everything about one setting: its name, kind, place, default and bounds.  Unknown
 * settings are errors that name the nearest known one.
 */
#ifndef CONF_CONF_FIELD_H
#define CONF_CONF_FIELD_H

#include <stddef.h>

#include "conf_state.h"

enum field_kind {
	FIELD_TEXT,      /* const char *: one line */
	FIELD_LONG_TEXT, /* const char *: line feeds allowed (an SMS body template) */
	FIELD_ID,        /* const char *: [a-z0-9-] */
	FIELD_BOOL,      /* bool */
	FIELD_INT,       /* int, min..max */
	FIELD_CHOICE,    /* int or enum: index of the word in `choice` */
	FIELD_DATE,      /* struct date */
	FIELD_MINUTE,    /* int */
	FIELD_EMAIL,     /* const char * */
	FIELD_PHONE,     /* const char *: E.164 */
	FIELD_FORMS,     /* unsigned: ["paper", "electronic"] */
	FIELD_CHANNELS,  /* unsigned: ["email", "sms"] */
	FIELD_CHAT,      /* unsigned: ["chat"] */
	FIELD_MONTHS,    /* unsigned: [1, 2, 12] */
	FIELD_TEXTS,     /* const char *const *, and size_t at `count` */
	FIELD_PERSON,    /* const struct person * ...: references by id */
	FIELD_UNIT,
	FIELD_OFFICE,
	FIELD_LADDER,
	FIELD_GROUP,   /* known here, read by the section itself */
	FIELD_LIST,    /* the same: a list of groups */
	FIELD_ARRAY,   /* the same: a list of texts */
	FIELD_REFUSED, /* must not be given; `hint` says what instead */
};

struct field {
	const char *name;
	enum field_kind kind;
	size_t offset;
	bool required;
	int fallback;              /* BOOL, INT, CHOICE */
	const char *fallback_text; /* TEXT, DATE, MINUTE, EMAIL: as in the file */
	int min, max;              /* INT: bounds; TEXT: max bytes, 0 = CONFIG_TEXT_MAX */
	const char *const *choice; /* CHOICE: NULL-terminated */
	size_t count;              /* TEXTS: offset of the size_t */
	unsigned only;             /* bits of the kinds it belongs to; 0 = all */
	const char *hint;          /* REFUSED */
};

/* A row for a member; a row for a setting that the section reads by itself. */
#define FIELD(name_, kind_, type_, member_, ...)                                                   \
	{                                                                                          \
		.name = (name_), .kind = FIELD_##kind_, .offset = offsetof(type_, member_),        \
		__VA_ARGS__                                                                        \
	}
#define FIELD_ELSEWHERE(name_, kind_, ...)                                                         \
	{                                                                                          \
		.name = (name_), .kind = FIELD_##kind_, __VA_ARGS__                                \
	}

/* Defaults; then the settings of a group, complaining about those the table does not know. */
void field_default(const struct field *field, size_t n, void *obj);
void field_apply(struct conf_state *st, config_setting_t *group, const struct field *field,
	size_t n, void *obj);
/* Both, and complaints about required settings that are missing. */
void field_read(struct conf_state *st, config_setting_t *group, const struct field *field, size_t n,
	void *obj);
/* Complains about settings that do not belong to the kind (a bit number). */
void field_check_only(struct conf_state *st, config_setting_t *group, const struct field *field,
	size_t n, int kind, const char *msgid, const char *kind_text);
#define FIELDS(table) (table), sizeof(table) / sizeof *(table)

/* A setting's text after all checks of its kind, or NULL after complaining. */
const char *field_text(struct conf_state *st, const config_setting_t *s, bool newline, size_t max);
/* Number of texts of a list, *ret in the arena; 0 after complaining. */
size_t field_texts(struct conf_state *st, config_setting_t *s, const char *const **ret);
/* The thing an id refers to, or NULL after complaining (not if a file is missing). */
const void *field_refer(
	struct conf_state *st, struct source at, enum conf_section section, const char *id);

/* Adds the thing under its id; complains about a double. */
void field_register(struct conf_state *st, enum conf_section section, const char *id,
	const void *thing, struct source src);

#endif
