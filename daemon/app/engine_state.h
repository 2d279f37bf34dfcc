/*
 * engine_state - what the files app/engine*.c share.  Private to them.
 *
 * Lifetimes: plan[now_plan] holds the obligations in force and the acts they were made from; a replan
 * builds in the other arena and swaps, so that before and after can be compared.
 */
#ifndef APP_ENGINE_STATE_H
#define APP_ENGINE_STATE_H

#include "deliver.h"
#include "difference.h"
#include "engine.h"
#include "engine_guard.h"
#include "engine_marks.h"
#include "engine_queue.h"
#include "feed_files.h"
#include "history.h"
#include "ledger.h"
#include "outbox.h"
#include "store.h"

struct finished {
	int64_t message_id;
	struct outcome outcome;
};

/* A receipt that waits: an answer for the next tick, or a report that came before the outcome. */
struct noted {
	int64_t message_id;
	struct receipt receipt;
};

/* Feeds are written in slices, in turn. */
struct feed_pass {
	struct feed_slices slices; /* left: 0: all are as they should be */
	struct instant since;      /* when they ceased to be */
	struct feed_index *index;  /* of the obligations in force; heap, while left, as is the next */
	struct feed_prints *prints;
	struct feed_marks *marks; /* heap; NULL: nothing was made yet */
};

struct engine {
	struct engine_options opt;
	struct config *config;
	struct templates *templates;
	struct store *store;
	struct deliver *deliver;

	struct arena plan[2];
	int now_plan;
	struct obligations obligations; /* in plan[now_plan] */
	bool has_plan, plan_wanted;
	struct date plan_day;    /* civil day of the last replan: the window moves with it */
	struct instant planned_at; /* ... and its moment */
	struct instant promised; /* when the last tick asked to be called again */
	struct instant last_tick;
	struct date start;       /* from the configuration, else the daemon's first start */

	struct hold_watch watch; /* is the clock believed? */
	char boot_id[ENGINE_BOOT_ID_SIZE];
	struct instant kept_at;  /* the last tick that was put on record */
	struct guard guard;
	struct {
		struct instant last, again; /* the last copy; after a failure, the next try */
	} night;
	struct preflight *preflight; /* engine_preflight.c's; NULL: never asked */
	struct instant restored_at; /* INSTANT_NONE: not, or not any more */
	struct send_queue queue;
	struct render_marks marks;
	struct {
		int64_t id;    /* in flight, with nothing beside it; 0: none */
		bool is_next;  /* one waits until what is in flight has ended */
		bool gave_way; /* ... and then might not go: the others are looked at again */
		const struct outbox_message **waiting; /* for this tick, in its arena */
		size_t n;
	} alone; /* mails that came through a crash */

	struct arena tick;
	struct instant now; /* of the running tick: for completions inside it */
	bool in_tick;
	struct finished *done; /* outcomes that wait for the next tick; heap */
	size_t n_done, cap_done;
	size_t n_once; /* messages in flight that must not be sent twice: their outcome is recorded at once */

	int64_t asking; /* the message that the gateway is being asked about; 0: none */
	struct noted *noted; /* heap */
	size_t n_noted;

	size_t n_planned, n_cancelled; /* of the last replan */
	struct feed_pass feeds;
	bool failed;
	struct diag failure;
	struct diag trouble; /* the last passing one: busy, disk full */
};

/* ---- engine.c */
void engine_tell(struct engine *e, const struct engine_event *ev);
/* Remember a store failure that only a restart mends; returns rc. */
enum rc engine_fail(struct engine *e, enum rc rc, const struct diag *d);

/* From the configuration or the database; RC_NOTFOUND before the first start. */
enum rc engine_stored_start(struct engine *e, struct diag *d) NODISCARD;
enum rc engine_stored_source(struct store *s, struct conf_bundle *ret, struct buf *ret_texts,
	struct diag *d) NODISCARD;

/* ---- engine_clock.c: which time it is for us */
enum rc engine_clock_load(struct engine *e, struct diag *d) NODISCARD;
enum rc engine_clock_record(struct engine *e, struct diag *d) NODISCARD;
/* The clock, or the last moment that was believed. */
struct instant engine_believed(const struct engine *e, struct instant now);

/* ---- engine_backup.c: the night's work */
enum rc engine_night_load(struct engine *e, struct instant now, struct diag *d) NODISCARD;
enum rc engine_night(struct engine *e, struct instant now, struct diag *d) NODISCARD;
struct instant engine_night_at(const struct engine *e, struct instant now); /* the next one */

/* ---- engine_plan.c: obligations, reminders and notices anew */
enum rc engine_expand(struct engine *e, struct instant now, struct arena *a,
	struct obligations *ret, struct diag *d) NODISCARD;
enum rc engine_plan(struct engine *e, struct instant now, struct diag *d) NODISCARD;

/* ---- engine_notice.c: reminders that a change causes, not the ladder */
struct notice {
	const struct obligation *obligation; /* what the text is about */
	const char *obligation_id;           /* may be an id that nobody owes any more */
	const char *step;                    /* "returned", "moved", "released", "catch-up", ... */
	const struct person *person;
	enum role role;
	unsigned channels; /* BIT(channel) */
	int64_t message_id;   /* the message that this is the other way for; 0 */
	const char *note;     /* a reason, "old → new"; "" if none */
	const char *template; /* NULL: named as the step */
	bool on_rest_days;    /* goes out on them, too; never in quiet hours */
};
/* Appends the history row that is its cause and plans it for the next allowed moment.  Inside the
 * caller's transaction. */
enum rc engine_notify(struct engine *e, const struct notice *n, struct instant now,
	struct diag *d) NODISCARD;

/* Why a reminder did not become a message, though it was due and wanted. */
#define ENGINE_WHY_NO_TEXT N_("its text cannot be made")
#define ENGINE_WHY_ENDED N_("the daemon ended three times while its text was being made")
#define ENGINE_WHY_PLACEHOLDER N_("placeholder or sample: not sent by a real transport")

/* ---- engine_send.c: due reminders to messages, messages to their next hop */
enum rc engine_send(struct engine *e, struct instant now, struct diag *d) NODISCARD;

/* ---- engine_settle.c: outcomes to states; what waits is tried again */
enum rc engine_settle(struct engine *e, struct instant now, struct diag *d) NODISCARD;
enum rc engine_retry(struct engine *e, struct instant now, struct diag *d) NODISCARD;
/* After engine_retry and engine_send: the next message that came through a crash, once nothing else is
 * in flight; until its verdict nothing follows it, so that another crash is its own. */
enum rc engine_retry_alone(struct engine *e, struct instant now, struct diag *d) NODISCARD;
bool engine_is_alone(const struct engine *e); /* one is in flight, or next: nothing else may leave */
/* At start, after the first plan: what a crash left in flight, and the other way to its people. */
enum rc engine_recover(struct engine *e, struct instant now, struct diag *d) NODISCARD;
/* A claimed message that deliver did not take: no byte left, so it waits for its next attempt. */
void engine_not_taken(struct engine *e, int64_t message_id, const struct diag *d);
void engine_delivery_done(void *ctx, int64_t message_id, const struct outcome *outcome);
/* Hands a claimed message to its next hop. */
void engine_depart(struct engine *e, const struct delivery *job);
/* Is this reminder still of use?  A notice always is; a step while something of its form is open. */
bool engine_is_open(const struct outbox_reminder *r, const struct obligation *o);

/* ---- engine_round.c: nothing that failed stays silent */
/* For each open reminder of a lost message: another channel of the same person, else the office's
 * clerk, else an admin; of a group: its leads by mail unless that step told them, else the clerk, else an
 * admin; from a way round that failed itself, the next of these.  Inside the caller's
 * transaction. */
enum rc engine_go_round(struct engine *e, const struct outbox_message *m, struct instant now,
	struct diag *d) NODISCARD;
/* Would a message to this person on this channel leave at all? */
bool engine_can_reach(const struct engine *e, const struct person *p, enum channel ch);
const char *engine_contact(const struct person *p, enum channel ch);

/* ---- engine_receipt.c: what gateways say later */
/* Answers to states, and the next question.  Idle costs one look at an index. */
enum rc engine_ask(struct engine *e, struct instant now, struct diag *d) NODISCARD;
/* A message has become `as`: when will the gateway be asked about it, if it is an SMS and can be?
 * Inside the caller's transaction. */
enum rc engine_ask_later(struct engine *e, const struct outbox_message *m, enum message_state as,
	struct instant now, struct diag *d) NODISCARD;

/* ---- engine_trouble.c: what needs a hand, as lines; what was told before `since` only counted */
enum rc engine_trouble_lines(struct engine *e, struct instant since, struct instant now,
	struct buf *out, struct diag *d) NODISCARD;

/* ---- engine_operator.c: what a person says about messages */
bool engine_is_test(const struct outbox_reminder *r);
/* Contacts were corrected: what was lost on the way to the old ones is planned again. */
enum rc engine_revive(struct engine *e, struct instant now, size_t *ret_n, struct diag *d) NODISCARD;

/* ---- engine_feed.c: feeds as files, written only when their bytes changed */
void engine_feeds_stale(struct engine *e); /* obligations or links are other ones */
void engine_feeds_done(struct engine *e);  /* forgets what is left of the pass */
bool engine_feeds_wait(const struct engine *e, struct instant now); /* for mails that are due */
/* A slice of what is left. */
enum rc engine_write_feeds(struct engine *e, struct instant now, struct diag *d) NODISCARD;

/* ---- engine_link.c: the index of links, beside the feeds */
enum rc engine_publish_links(struct engine *e, struct instant now, struct diag *d) NODISCARD;

#endif
