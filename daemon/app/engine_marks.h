/*
 * engine_marks - which text is being made right now, so that one that ends the process is found.  Private
 * to app/engine*.
 *
 * A reminder becomes a message inside the transaction that claims it: a text that crashes the process
 * takes that transaction with it, and the next start would make the same text again, for ever.  So the file
 * `rendering` in the state directory names what is in hand.  What a start finds there is a suspect: it is
 * made last, by itself, and after MARKS_MAX ends is set aside: superseded, or dead if it was a
 * message already, and an admin is told.  A text that was made acquits.
 *
 * The file is written, not synced: the kernel keeps it when the process ends.  After a loss of power it may
 * be old or torn; then a suspect is missed, or one too many is made by itself.
 *
 * Failure: without the file nothing is marked, and nothing else changes.
 * Time:    two small writes a message.
 */
#ifndef APP_ENGINE_MARKS_H
#define APP_ENGINE_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "outbox.h"

struct engine;

enum { MARKS_MAX = OUTBOX_RECOVERIES_MAX, MARKS_NAME_SIZE = REMINDER_KEY_SIZE };

struct suspect {
	char name[MARKS_NAME_SIZE]; /* a reminder's key, or message/ID */
	int ends;                   /* of the process while it was in hand, in a row */
};

struct render_marks {
	int fd;                  /* -1: no file */
	struct suspect *suspect; /* heap */
	size_t n;
	const char *const *in_hand;
	size_t n_in_hand;
};

/* At start: what the last run had in hand becomes suspect. */
void engine_marks_load(struct engine *e);
void engine_marks_done(struct engine *e);
/* At start, after the plan: what ended too many runs is set aside. */
enum rc engine_marks_set_aside(struct engine *e, struct instant now, struct diag *d) NODISCARD;

bool engine_marks_suspects(const struct engine *e, const char *key);
/* Around the making of a text. */
void engine_marks_begin(struct engine *e, const char *const *name, size_t n);
void engine_marks_end(struct engine *e);
/* The name of a message that is made anew; in the arena of the tick. */
const char *engine_marks_message(struct engine *e, int64_t id);

#endif
