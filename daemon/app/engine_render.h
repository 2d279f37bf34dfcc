/*
 * engine_render - due reminders of one person to the frozen bytes of one message.  Private to
 * app/engine*.
 */
#ifndef APP_ENGINE_RENDER_H
#define APP_ENGINE_RENDER_H

#include "engine_state.h"

/* A due row with what its text is about. */
struct due_item {
	const struct outbox_reminder *row;
	const struct obligation *obligation; /* never NULL */
	const struct person *person;
};

struct rendered {
	const char *subject, *sms; /* arena; for the event */
	const char *rfc_message_id;
	const void *bytes; /* arena: RFC 5322, or the SMS text */
	size_t len;
	struct instant deadline; /* the earliest still ahead; INSTANT_NONE */
	bool sample;
};

/* RC_NOTFOUND: there is no text for this channel.  generation: grows with every rendering anew. */
enum rc engine_render(struct engine *e, const struct due_item *item, size_t n, enum channel channel,
	int generation, struct instant now, struct rendered *ret, struct diag *d) NODISCARD;

/* The same for parts that are at hand: digests. */
enum rc engine_render_parts(struct engine *e, const struct message_part *part, size_t n,
	enum channel channel, int generation, struct instant now, struct rendered *ret,
	struct diag *d) NODISCARD;

/* ... with a mark before the subject and the text, "" for none; an SMS keeps its ceiling. */
enum rc engine_render_marked(struct engine *e, const struct message_part *part, size_t n,
	enum channel channel, int generation, const char *mark, struct instant now,
	struct rendered *ret, struct diag *d) NODISCARD;

/* The note of a notice, from the history row that caused it; "" if none. */
const char *engine_note_of(struct engine *e, int64_t cause);

/* What the row is about; for a released duty a copy that names the unit which no longer owes it.
 * NULL if nothing is known of it any more. */
const struct obligation *engine_subject(struct engine *e, const char *obligation_id);

#endif
