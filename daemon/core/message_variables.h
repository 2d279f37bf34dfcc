/*
 * message_variables - the values that a gateway's approved template is filled with
 */
#ifndef CORE_MESSAGE_VARIABLES_H
#define CORE_MESSAGE_VARIABLES_H

#include "message_view.h"

/* Sets variable and variable_points of *ret from the view of the message's SMS. */
enum rc message_variables_make(const struct viewing *x, const struct view *v,
	struct message_text *ret, struct diag *d) NODISCARD;

/* At most max characters (max >= 1), ending in ".." if it was cut; a combining character stays with
 * its base. */
const char *message_variable_cut(const char *s, size_t max, struct arena *a);

#endif
