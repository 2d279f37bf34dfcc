/*
 * message_template - the template texts by language, name and kind
 */
#ifndef CORE_MESSAGE_TEMPLATE_H
#define CORE_MESSAGE_TEMPLATE_H

#include "message.h"
#include "mustache.h"

enum template_kind {
	KIND_SUBJECT,
	KIND_TXT,
	KIND_HTML,
	KIND_SMS,
	KIND_LINE,
	KIND_CHAT,
	KIND_COUNT
};

/* NULL if there is none. */
const struct mustache *template_find(
	const struct templates *t, int language, const char *name, enum template_kind kind);

/* How a group is told: its own text, else that of the SMS; NULL if it is not told so at all. */
const struct mustache *template_find_chat(
	const struct templates *t, int language, const char *name);
/* What a message on this channel needs first. */
const struct mustache *template_find_for(
	const struct templates *t, int language, const char *name, enum channel ch);

/* A list itself: shows several obligations without becoming a digest. */
bool template_is_list(const char *name);

/* Of several reminders about one obligation the text with the highest rank is sent. */
int template_rank(const char *name);

#endif
