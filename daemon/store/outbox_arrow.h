/*
 * outbox_arrow - one arrow between two states of a message, for the files of outbox only
 *
 * A guarded UPDATE and its history row, in the transaction that is open or one of its own.
 */
#ifndef STORE_OUTBOX_ARROW_H
#define STORE_OUTBOX_ARROW_H

#include "outbox.h"

struct arrow {
	int64_t id;
	enum message_state from, to;
	const char *actor, *reason;
	struct instant next_at, now;   /* next_at is kept for retry and unknown only */
	const struct outcome *outcome; /* code and peer id, or NULL */
	int attempt;                   /* 0: any */
};

/* RC_STATE if the message is not in `from` (or in another attempt): nothing was changed. */
enum rc outbox_arrow_follow(struct store *s, const struct arrow *w, struct diag *d) NODISCARD;

/* The history row alone; `kind` is the state reached. */
enum rc outbox_arrow_record(struct store *s, const char *kind, int64_t id, const char *actor,
	const char *reason, struct instant now, struct diag *d) NODISCARD;

enum message_state outbox_arrow_parse(const char *text);
enum channel outbox_arrow_channel(const char *text);

#endif
