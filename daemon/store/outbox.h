/*
 * outbox - which reminders exist, which messages carry them, and what became of each
 *
 * Decides nothing: core/plan says what should exist, core/retry when to try again, deliver/ what the
 * next hop said.
 *
 * A reminder (row of `reminder`):
 *
 *   planned --claim--> claimed (with a message; its fate is the message's)
 *      |  ^                |
 *      |  '--replace-------'
 *      |--cancel-----> cancelled  --revive--> planned
 *      '--supersede--> superseded --revive--> planned
 *
 * A message (row of `message`):
 *
 *   (new) --outbox_claim--> claimed
 *   claimed --outbox_settle--> sent | retry | unknown | dead
 *   retry   --outbox_reclaim--> claimed;  --outbox_drop--> cancelled | dead
 *   unknown --outbox_retry_unknown--> retry (email; RC_STATE for SMS);  --outbox_not_taken--> retry (SMS)
 *   unknown --outbox_resolve--> sent | delivered |
 *           undelivered | dead;  --outbox_replace--> replaced
 *   sent    --outbox_resolve--> delivered | undelivered
 *   dead    --outbox_replace--> replaced
 *
 * Invariants, each tested in tests/unit/store/test_outbox*.c:
 *   1 A key is one row for ever: planning it again changes nothing.
 *   2 claimed is on disk before outbox_claim and outbox_reclaim return.
 *   3 Every arrow is one transaction: a guarded UPDATE and one history row.
 *   4 No other arrow exists: triggers abort it, whoever asks.
 *   5 A claimed message belongs to exactly one running attempt; after a crash outbox_recover ends
 *     them: all are unknown, an email to be looked at again at once (the same bytes), an SMS never.
 *   6 attempt only grows; a settle for an older attempt changes nothing (RC_STATE).
 *   7 A message that was claimed in RECOVERIES_MAX crashes in a row, without a verdict between them,
 *     is dead: one poisoned row must not keep the rest from going out.  Which row it was shows only
 *     if what came through a crash (recoveries > 0) is sent alone: app/engine_settle.c.
 *
 * Time:   instants are UTC seconds.   Memory: rows returned are in the arena.
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "outcome.h"
#include "plan.h"
#include "store.h"

enum { OUTBOX_RECOVERIES_MAX = 3, OUTBOX_DUE_MAX = 20000 };

enum message_state {
	MESSAGE_CLAIMED,
	MESSAGE_SENT,
	MESSAGE_RETRY,
	MESSAGE_UNKNOWN,
	MESSAGE_DELIVERED,
	MESSAGE_UNDELIVERED,
	MESSAGE_DEAD,
	MESSAGE_REPLACED,
	MESSAGE_CANCELLED,
	MESSAGE_STATES,
};
const char *message_state_text(enum message_state s);

/* ---- reminders -------------------------------------------------------------------------------- */

struct outbox_reminder {
	char key[REMINDER_KEY_SIZE];
	const char *obligation_id, *step_id, *template, *person_id;
	enum form form;
	enum channel channel;
	enum role role;
	struct instant at, asked, deadline;
	int64_t cause;
	bool late;
	int generation; /* for a new message: above that of every message that held it */
};

/* Insert as planned; a key that is there already is left as it is. */
enum rc outbox_plan(struct store *s, const struct reminder *r, struct instant now, struct diag *d)
	NODISCARD;
/* planned -> cancelled, planned -> superseded.  RC_STATE if it is not planned. */
enum rc outbox_cancel(struct store *s, const char *key, const char *why, struct instant now,
	struct diag *d) NODISCARD;
enum rc outbox_supersede(struct store *s, const char *key, const char *why, struct instant now,
	struct diag *d) NODISCARD;
/* Everything plan_reconcile asked for, in one transaction. */
enum rc outbox_apply_changes(struct store *s, const struct changes *changes, struct instant now,
	struct diag *d) NODISCARD;

/* Every reminder, ascending by key, as plan_reconcile wants them. */
enum rc outbox_view_all(struct store *s, struct arena *a, const struct outbox_view **ret,
	size_t *ret_n, struct diag *d) NODISCARD;

/* Planned and at <= now, by deadline (none last), then at; at most OUTBOX_DUE_MAX. */
enum rc outbox_due(struct store *s, struct instant now, struct arena *a,
	const struct outbox_reminder **ret, size_t *ret_n, struct diag *d) NODISCARD;
/* Planned ones in order of time, for `next`. */
enum rc outbox_next(struct store *s, size_t limit, struct arena *a,
	const struct outbox_reminder **ret, size_t *ret_n, struct diag *d) NODISCARD;
/* Every reminder of an obligation, by time, with the message that carries it (0: none). */
struct outbox_fate {
	const char *step_id, *person_id, *state, *why;
	enum form form;
	enum channel channel;
	struct instant at;
	int64_t message_id;
};
enum rc outbox_fates(struct store *s, const char *obligation, struct arena *a,
	const struct outbox_fate **ret, size_t *ret_n, struct diag *d) NODISCARD;
/* The reminders of a message. */
enum rc outbox_parts(struct store *s, int64_t message_id, struct arena *a,
	const struct outbox_reminder **ret, size_t *ret_n, struct diag *d) NODISCARD;

/* ---- messages --------------------------------------------------------------------------------- */

struct outbox_claim {
	enum channel channel;
	const char *person_id, *recipient;
	const char *rfc_message_id; /* "" for SMS */
	const char *client_ref;     /* unique */
	const void *bytes;
	size_t len;
	int generation; /* at least that of each of its reminders */
	bool sample;
	struct instant deadline, give_up_at;
	const char *const *key; /* all planned */
	size_t n_keys;
};
/* Message and reminders claimed, durably.  RC_STATE if one of the keys is no longer planned: nothing
 * was changed. */
enum rc outbox_claim(struct store *s, const struct outbox_claim *c, struct instant now,
	int64_t *ret_id, struct diag *d) NODISCARD;

struct outbox_message {
	int64_t id;
	enum channel channel;
	enum message_state state;
	const char *person_id, *recipient, *rfc_message_id, *client_ref, *reason, *peer_id;
	const void *bytes; /* only from outbox_get_message and outbox_waiting */
	size_t len;
	int generation, attempt, code;
	int recoveries; /* crashes that it was claimed in since its last verdict */
	enum outcome_fault fault; /* of its last failure */
	bool sample;
	struct instant first_at, claimed_at, next_at, give_up_at, deadline, settled_at;
	struct instant ask_at; /* the next question to the gateway; NONE: never */
	int asked;             /* questions so far */
};
enum rc outbox_get_message(struct store *s, int64_t id, struct arena *a,
	struct outbox_message *ret, struct diag *d) NODISCARD;
/* The same without bytes. */
enum rc outbox_get_state(struct store *s, int64_t id, struct arena *a, struct outbox_message *ret,
	struct diag *d) NODISCARD;

/* claimed -> the outcome's class.  next_at: when to look again (RETRY: NONE means at once; UNKNOWN:
 * NONE means never); not kept for the others.  RC_STATE if that attempt is not the running one. */
enum rc outbox_settle(struct store *s, int64_t id, int attempt, const struct outcome *o,
	struct instant next_at, struct instant now, struct diag *d) NODISCARD;

/* Messages in retry or unknown whose next_at <= now, by deadline (none last); at most 1000. */
enum rc outbox_waiting(struct store *s, struct instant now, struct arena *a,
	const struct outbox_message **ret, size_t *ret_n, struct diag *d) NODISCARD;
enum rc outbox_retry_unknown(struct store *s, int64_t id, struct instant now, struct diag *d)
	NODISCARD;
/* retry -> claimed, attempt + 1.  bytes NULL: the same again; else a rendering of what is still open
 * with its own Message-ID and client_ref, generation + 1. */
struct outbox_bytes {
	const void *bytes;
	size_t len;
	const char *rfc_message_id, *client_ref;
};
enum rc outbox_reclaim(struct store *s, int64_t id, const struct outbox_bytes *bytes,
	struct instant now, int *ret_attempt, struct diag *d) NODISCARD;
/* retry -> cancelled (nothing in it is open) or dead (give-up time). */
enum rc outbox_drop(struct store *s, int64_t id, enum message_state to, const char *reason,
	struct instant now, struct diag *d) NODISCARD;
/* unknown or sent -> sent, delivered, undelivered, dead, by a receipt or a person.  RC_STATE for any
 * other arrow. */
enum rc outbox_resolve(struct store *s, int64_t id, enum message_state to, const char *actor,
	const char *reason, struct instant now, struct diag *d) NODISCARD;
/* Everything in retry may go now, or one message; *ret_n = how many.  No arrow: they stay in retry. */
enum rc outbox_hurry(struct store *s, int64_t id, const char *actor, struct instant now, int *ret_n,
	struct diag *d) NODISCARD;
/* dead or unknown -> replaced; its reminders are planned again: steps for the time they had, so that the
 * planner says what is late and what is stale; notices, which it leaves alone, for `notice_at`. */
enum rc outbox_replace(struct store *s, int64_t id, const char *actor, const char *reason,
	struct instant notice_at, struct instant now, struct diag *d) NODISCARD;

/* Messages that are claimed.  At start, before outbox_recover: those that a crash left, which somebody
 * has to be told about if they are SMS. */
enum rc outbox_in_flight(struct store *s, struct arena *a, const struct outbox_message **ret,
	size_t *ret_n, struct diag *d) NODISCARD;
/* At start: nothing is in flight, so every claimed message was left by a crash. *ret_n = how many. */
enum rc outbox_recover(struct store *s, struct instant now, size_t *ret_n, struct diag *d)
	NODISCARD;

/* Empty recipient, bytes, reason and peer id of a person's messages that are over; *ret_n = how many. */
enum rc outbox_erase(struct store *s, const char *person, int *ret_n, struct diag *d) NODISCARD;

/* The same of everybody's that were settled before t, lost ones included. */
enum rc outbox_erase_before(struct store *s, struct instant t, int *ret_n, struct diag *d) NODISCARD;
/* The database is an older copy, and until `until` things went out that it does not know: planned
 * reminders asked for until then become superseded, messages first claimed until then that would be tried
 * again sent (unknown mails) or cancelled (those in retry). */
enum rc outbox_assume_sent(struct store *s, struct instant until, const char *actor,
	struct instant now, size_t *ret_reminders, size_t *ret_messages, struct diag *d) NODISCARD;

/* The earliest planned `at`, `next_at` or `ask_at`; NONE if nothing waits. */
enum rc outbox_next_at(struct store *s, struct instant *ret, struct diag *d) NODISCARD;
/* The earliest of them that is after t. */
enum rc outbox_next_after(struct store *s, struct instant t, struct instant *ret, struct diag *d)
	NODISCARD;

/* ---- receipts: what became of an SMS later ------------------------------------------------------- */

/* Sent or unknown SMS whose ask_at <= now, longest waiting first; at most `limit`. */
enum rc outbox_to_ask(struct store *s, struct instant now, size_t limit, struct arena *a,
	const struct outbox_message **ret, size_t *ret_n, struct diag *d) NODISCARD;
/* When the gateway is asked about a sent or unknown SMS (NONE: never); `asked`: one question more is on
 * its way.  Every arrow takes the question back.  RC_STATE for any other message. */
enum rc outbox_ask_at(struct store *s, int64_t id, struct instant at, bool asked, struct diag *d)
	NODISCARD;
/* The gateway is another one: no question is left. */
enum rc outbox_ask_nobody(struct store *s, struct diag *d) NODISCARD;
/* The one SMS with this client_ref; else, if there is exactly one, with the gateway's id.  Either may
 * be "".  RC_NOTFOUND. */
enum rc outbox_find_ref(struct store *s, const char *client_ref, const char *peer_id,
	struct arena *a, struct outbox_message *ret, struct diag *d) NODISCARD;
/* unknown -> retry of an SMS: only on the word of the gateway that it never took it.  RC_STATE for any
 * other message. */
enum rc outbox_not_taken(struct store *s, int64_t id, const char *actor, const char *reason,
	struct instant next_at, struct instant now, struct diag *d) NODISCARD;
/* Notices that took the other way because of this message (their cause names it).  recall: cancel those
 * that are still planned, *ret_n = how many.  has: is one of them planned or gone out? */
enum rc outbox_recall_ways(struct store *s, int64_t id, const char *why, struct instant now,
	int *ret_n, struct diag *d) NODISCARD;
enum rc outbox_has_ways(struct store *s, int64_t id, bool *ret, struct diag *d) NODISCARD;

/* Has this step been told, or will it be, to another person on another channel as well?  A message that
 * failed told nobody. */
enum rc outbox_was_told(struct store *s, const struct outbox_reminder *step, const char *person_id,
	enum channel channel, bool *ret, struct diag *d) NODISCARD;

/* ---- pace: what guards ask ---------------------------------------------------------------------- */

/* When the n-th last message (1 = the last) was claimed for this channel and person (NULL: everybody);
 * NONE if there were fewer, or it was before `since`.  until: leave out later ones; NONE: none. */
enum rc outbox_nth_last_claim(struct store *s, enum channel channel, const char *person_id, int n,
	struct instant since, struct instant until, struct instant *ret, struct diag *d) NODISCARD;
/* What waits for its next attempt on this channel (and person, if not NULL) is looked at now. */
enum rc outbox_hasten(struct store *s, enum channel channel, const char *person_id,
	struct instant now, int *ret_n, struct diag *d) NODISCARD;
/* What waits beyond `horizon` for its next attempt, and notices asked for later than now, were set by a
 * clock that has gone back: messages are looked at now, notices go out at notice_at. */
enum rc outbox_pull_back(struct store *s, struct instant horizon, struct instant notice_at,
	struct instant now, struct diag *d) NODISCARD;
/* Has a later step about the same obligation, for the same person and channel, become due or gone out?
 * Then this step of a message that still waits is stale. */
enum rc outbox_is_overtaken(struct store *s, const struct outbox_reminder *r, struct instant now,
	bool *ret, struct diag *d) NODISCARD;

struct outbox_counts {
	size_t planned, claimed, cancelled, superseded; /* reminders by their row's state */
	size_t sent, failed;                            /* claimed ones by their message's fate */
	size_t message[MESSAGE_STATES];
};
enum rc outbox_count(struct store *s, struct outbox_counts *ret, struct diag *d) NODISCARD;

/* For those who watch from outside: messages by channel and state, and since when the longest waiting
 * one has been due or on its way (NONE: nothing is behind). */
struct outbox_tally {
	size_t message[CHANNEL_COUNT][MESSAGE_STATES];
	struct instant oldest_unsent;
};
enum rc outbox_tally(struct store *s, struct instant now, struct outbox_tally *ret, struct diag *d)
	NODISCARD;

/* When the last message to this contact of a person was sent or delivered (NONE: not since `since`). */
enum rc outbox_last_success(struct store *s, enum channel channel, const char *person,
	const char *recipient, struct instant since, struct instant *ret, struct diag *d) NODISCARD;
/* Planned reminders with from <= at < to. */
enum rc outbox_count_planned(struct store *s, enum channel channel, struct instant from,
	struct instant to, size_t *ret, struct diag *d) NODISCARD;
/* Messages that are dead or unknown, oldest first. */
enum rc outbox_lost(struct store *s, struct arena *a, const struct outbox_message **ret,
	size_t *ret_n, struct diag *d) NODISCARD;
/* Reminders that were superseded for this reason, whose time was at or after `since` (NONE: ever). */
enum rc outbox_count_superseded(struct store *s, const char *why, struct instant since, size_t *ret,
	struct diag *d) NODISCARD;
/* Messages in retry, unknown, dead or undelivered, newest first. */
enum rc outbox_trouble(struct store *s, size_t limit, struct arena *a,
	const struct outbox_message **ret, size_t *ret_n, struct diag *d) NODISCARD;

#endif
