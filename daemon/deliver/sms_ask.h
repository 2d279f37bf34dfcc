/*
 * sms_ask - one question at a time to a cloud: what became of an SMS?
 *
 * Made and guarded like a request to send, and harmless: the answer is extra knowledge, its absence
 * none.
 */
#ifndef DELIVER_SMS_ASK_H
#define DELIVER_SMS_ASK_H

#include "transport.h"

struct sms_ask;

bool sms_can_ask(const struct sms_settings *s);

/* *slot is NULL but while a question is on its way; the answer comes from the loop, or at once if the
 * gateway cannot be asked.  See deliver_ask. */
void sms_ask(struct sms_ask **slot, struct wire *wire, const struct limits *limits,
	struct settings *settings, const struct question *q, deliver_answer_fn *answer, void *ctx);
void sms_ask_abandon(struct sms_ask *ask); /* answers RECEIPT_NONE; NULL is fine */

#endif
