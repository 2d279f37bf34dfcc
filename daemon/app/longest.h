/*
 * longest - the readings of an obligation that make its texts long.  Pure.
 *
 * Whoever is told, by every template that a step or a notice uses; late; with everything missing, with
 * one form in, with one deliverable in; returned with a reason as long as an SMS gives it.
 */
#ifndef APP_LONGEST_H
#define APP_LONGEST_H

#include "config.h"
#include "mem.h"
#include "message.h"
#include "obligation.h"

/* Called with parts that live as long as the arena; the reminder's `at` is when to render it. */
typedef void longest_fn(void *ctx, const struct message_part *part);

/* Each reading of one obligation by one channel for which there is a text; none if it has no date.
 * os: where the month beside it is looked for. */
void longest_each(const struct config *c, const struct templates *t, const struct obligations *os,
	const struct obligation *o, enum channel ch, struct arena *a, longest_fn *each, void *ctx);

/* A guess at how long texts about it are, to choose whom to render. */
size_t longest_guess(const struct obligation *o);

#endif
