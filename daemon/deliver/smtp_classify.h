/*
 * smtp_classify - what became of a mail, from where its dialogue ended.  Pure.
 *
 * The rule that no code can overrule: once the last byte of the body was written and no reply came,
 * the outcome is UNKNOWN; before that, it is RETRY.  A fault of the relay or of our configuration
 * (greeting, AUTH, MAIL, policy) never makes one message DEAD: it would make all of them dead.
 */
#ifndef DELIVER_SMTP_CLASSIFY_H
#define DELIVER_SMTP_CLASSIFY_H

#include <stdbool.h>

#include "outcome.h"
#include "smtp_reply.h"

enum smtp_stage {
	SMTP_CONNECT, /* name, TCP */
	SMTP_TLS,     /* certificate, handshake, STARTTLS not offered */
	SMTP_HELLO,   /* greeting, EHLO */
	SMTP_AUTH,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_BODY, /* bytes are being written */
	SMTP_DOT,  /* the last byte was written */
};

enum smtp_cause {
	SMTP_REPLIED, /* reply says it */
	SMTP_DROPPED,
	SMTP_TIMED_OUT,
	SMTP_GARBLED,   /* something that is no SMTP reply, or not one for this stage */
	SMTP_ABANDONED, /* we stopped */
	SMTP_LOCAL,     /* a fault of our own: credential, memory of libcurl */
};

struct smtp_end {
	enum smtp_stage stage;
	enum smtp_cause cause;
	const struct smtp_reply *reply; /* REPLIED */
	const char *detail;             /* libcurl's or our words, or NULL */
};

void smtp_classify(const struct smtp_end *end, struct outcome *ret);

#endif
