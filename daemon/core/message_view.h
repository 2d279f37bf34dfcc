/*
 * message_view - an obligation and its reminders as the names that templates use
 *
 * The names are a closed list (message_names.c; config/templates/README.md explains them): a template that uses
 * another one is refused when it is loaded.  Every value is made inert on its way in: valid UTF-8,
 * one line, no control or bidirectional characters.
 *
 * Memory: everything is in the arena, but what is borrowed from config and obligation.
 */
#ifndef CORE_MESSAGE_VIEW_H
#define CORE_MESSAGE_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "mem.h"
#include "message.h"
#include "message_words.h"
#include "mustache.h"

/* What one message is made of. */
struct viewing {
	const struct config *c;
	const struct words *w;
	struct instant now;
	struct arena *a;
};

/* All parts of one obligation. */
struct part_group {
	const struct obligation *o;      /* NULL: of none */
	const struct message_part *part; /* the most urgent one */
	const char *template;            /* its */
	unsigned forms;                  /* BIT(form) of the parts that name one */
	bool late;
	const char *line;     /* as a digest says it; "" until rendered */
	const char *deadline; /* ... a sentence says until when */
};

/* What belongs to the whole message: greeting, contact, basis, flags. */
void message_view_root(
	const struct viewing *x, const struct part_group *g, size_t n, struct view *v);
/* What belongs to one obligation. */
void message_view_group(const struct viewing *x, const struct part_group *g, struct view *v);

/* Stand-ins for every name: long values, or nothing at all. */
void message_view_dummy(struct arena *a, bool full, struct view *v);
bool message_view_knows(const char *name);

/* view_set for names of the list and values from anywhere. */
void view_put(const struct viewing *x, struct view *v, const char *name, const char *value);
void view_put_flag(struct view *v, const char *name, bool value);
void view_put_number(const struct viewing *x, struct view *v, const char *name, int n); /* 0 = "" */

/* A value as it may stand in any text; s itself if it is inert already. */
const char *message_view_clean(const char *s, struct arena *a);

/* At most max_units UTF-16 units and MESSAGE_SMS_MAX bytes, ending in mark if it was cut. */
const char *message_sms_cut(const char *s, size_t max_units, const char *mark, struct arena *a);

#endif
