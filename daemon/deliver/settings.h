/*
 * settings - one generation of transport settings, copied out of a configuration and counted
 *
 * A reload frees the configuration while attempts are still in flight: each attempt and each mail
 * session holds the generation that it began with.
 */
#ifndef DELIVER_SETTINGS_H
#define DELIVER_SETTINGS_H

#include "config.h"
#include "mem.h"

struct settings {
	unsigned refs;
	struct arena arena;
	struct email_settings email;
	struct sms_settings sms;
	const struct chat_room *const *room;
	size_t n_rooms;
};

/* With one reference, the caller's. */
struct settings *settings_new(const struct email_settings *email, const struct sms_settings *sms,
	const struct chat_room *const *room, size_t n_rooms);
/* NULL if there is none. */
const struct chat_room *settings_room(const struct settings *s, const char *id);
struct settings *settings_ref(struct settings *s);
void settings_unref(struct settings *s); /* NULL is fine */

#endif
