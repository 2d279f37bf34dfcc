/*
 * transport - what deliver and its real transports share: an attempt in flight
 *
 * deliver makes the attempt and hands it to email_start or sms_start; the transport ends it with
 * attempt_end exactly once, possibly before its start function returns.
 */
#ifndef DELIVER_TRANSPORT_H
#define DELIVER_TRANSPORT_H

#include "deliver.h"
#include "mem.h"
#include "redact.h"
#include "settings.h"

struct wire;

/* deliver_options with the defaults filled in. */
struct limits {
	int connect_ms, reply_ms, dot_ms, idle_ms;
	const char *credentials_dir; /* or NULL */
};

struct attempt {
	struct attempt *prev, *next; /* deliver's list */
	struct deliver *owner;
	struct settings *settings; /* a reference */
	struct arena arena;        /* holds job's strings and bytes */
	struct delivery job;
	/* Set by the transport: stop work and end the attempt with what is known. */
	void (*abandon)(struct attempt *a);
	void *transport;
	struct redact *redact; /* what the outcome must not tell, or NULL */
	bool restarted;        /* email: tried again on a new session after a stale one */
	bool waiting;          /* email: for a session; nothing has been said about it */
	struct attempt *next_waiting;
};

/* The attempt uses this secret; takes a reference of its own. */
void attempt_redact(struct attempt *a, struct redact *r);

/* Reports the outcome, without secrets, and frees the attempt. */
void attempt_end(struct attempt *a, const struct outcome *o);

/* One printable line: control bytes and broken UTF-8 become '?', cut to fit.  Ends never empty. */
void outcome_set_reason(struct outcome *o, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
