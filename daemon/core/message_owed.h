/*
 * message_owed - the names that say what is missing, returned, reported, and the checklists
 */
#ifndef CORE_MESSAGE_OWED_H
#define CORE_MESSAGE_OWED_H

#include "message_items.h"
#include "message_view.h"

void message_view_owed(const struct viewing *x, const struct obligation *o,
	const struct item_words *missing, struct view *v);

#endif
