/*
 * message_items - what of an obligation is missing, reported or in, in as few words as are clear
 *
 *   everything missing                      全部材料（电子版、纸质版）
 *   ... and it is one thing in one form     活动图片
 *   a form wholly missing                   纸质版
 *   a deliverable missing in every form     活动总结
 *   the rest                                活动总结（电子版）
 *
 * Memory: texts in the arena.
 */
#ifndef CORE_MESSAGE_ITEMS_H
#define CORE_MESSAGE_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "mem.h"
#include "message_words.h"
#include "obligation.h"

struct item_words {
	size_t n;          /* items in that state */
	bool all;          /* every item of the obligation */
	unsigned forms;    /* BIT(form) with such an item */
	const char *full;  /* all of them */
	const char *brief; /* for an SMS: 活动总结等3项 */
};

/* Of the items in state whose form is in forms (BIT). */
void message_items_in(const struct obligation *o, unsigned forms, enum item_state state,
	const struct words *w, struct arena *a, struct item_words *ret);

/* The forms of which every item is in: 电子版; "" if none. */
const char *message_items_received(
	const struct obligation *o, const struct words *w, struct arena *a);

/* 电子版已收、纸质版未收 */
const char *message_items_states(
	const struct obligation *o, const struct words *w, struct arena *a);

/* 电子版、纸质版 */
const char *message_items_forms(const struct words *w, unsigned forms, struct arena *a);

#endif
