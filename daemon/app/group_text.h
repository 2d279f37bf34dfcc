/*
 * group_text - the reminder to paste into a group that has no robot
 *
 * What is missing, of which unit, by when and where, in the configuration's language, as a robot would
 * say it.  Names units, never people.
 */
#ifndef APP_GROUP_TEXT_H
#define APP_GROUP_TEXT_H

#include "message.h"

enum { GROUP_TEXT_OBLIGATIONS_MAX = 40 };

/* One after the other, a blank line between.  RC_STATE: one of them waits for its date, or nothing of it
 * is missing.  In the arena. */
enum rc group_text_make(const struct config *c, const struct templates *t,
	const struct obligation *const *o, size_t n, struct instant now, struct arena *a,
	const char **ret, struct diag *d) NODISCARD;

#endif
