/*
 * conf_template - the {{placeholders}} of an SMS gateway's request, checked on load
 *
 * Not the Mustache of the messages: here only the names of deliver/sms_template.h exist, and none of
 * them may choose where the request goes.
 */
#ifndef CONF_CONF_TEMPLATE_H
#define CONF_CONF_TEMPLATE_H

#include "conf_state.h"

/* Adds the placeholders of text to *used (bits of an internal list) and complains about unknown ones
 * and about those whose setting is missing. */
void template_check(struct conf_state *st, struct source at, const struct sms_settings *s,
	const char *text, unsigned *used);
/* The URL itself: scheme, host, and placeholders only after the "?". */
void template_check_url(struct conf_state *st, const struct sms_settings *s, unsigned *used);
/* Number and text have to be somewhere. */
void template_check_used(struct conf_state *st, const struct sms_settings *s, unsigned used);

#endif
