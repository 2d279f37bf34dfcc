/*
 * engine_digest - what is told regularly, whoever owes what.  Private to app/engine*.
 *
 *   weekly/<day>   the clerk's list of what is still open, on the first workday of a week
 *   leaders/<month>, year-end/<year>   core/regular.h; engine_leaders.c says what is in them
 *   counts/<month>                     core/regular.h, engine_counts.c
 *   digest/<day>   the admin's: what needs a hand; daily when there is something, and once a week to
 *                  say that the program is alive
 *   alarm/<what>   the admin's, at once: an outage, its end, a cap that is reached; says its note
 *
 * They are reminders without an obligation: planned, claimed and kept like the others, so that a
 * restart sends none twice.  One that has nothing to say is superseded.
 */
#ifndef APP_ENGINE_DIGEST_H
#define APP_ENGINE_DIGEST_H

#include "engine_state.h"

/* Appends what is wanted from now on to the ladders' reminders. */
void engine_digest_plan(struct engine *e, struct instant now, struct reminders *want);

bool engine_digest_is(const struct outbox_reminder *row);

/* ---- engine_leaders.c */
enum rc engine_leaders_part(struct engine *e, const struct outbox_reminder *row,
	const struct person *person, struct instant now, struct message_part *ret, size_t *ret_n,
	struct diag *d) NODISCARD;
/* ---- engine_counts.c: the quotas of that contact's offices that are behind; *ret_n = 0: none is */
void engine_counts_part(struct engine *e, const struct outbox_reminder *row,
	const struct person *person, struct instant now, struct message_part *ret, size_t *ret_n);
/* For parts of no obligation. */
struct reminder *engine_digest_reminder(struct engine *e, const struct outbox_reminder *row,
	const struct person *person);

/* The parts of its message; *ret_n = 0: nothing to say. */
enum rc engine_digest_parts(struct engine *e, const struct outbox_reminder *row,
	const struct person *person, struct instant now, const struct message_part **ret,
	size_t *ret_n, struct diag *d) NODISCARD;

#endif
