/*
 * engine - the whole program as one function: engine_tick(now) -> when to come back
 *
 * The event loop, the rehearsal and the simulation drive the same engine.  A tick plans what is
 * due to be planned, claims and sends what is due, and retries what may be tried again.  The engine
 * reads no clock: `now` comes in, once a tick, and is passed down by value.
 *
 * Memory:  three lifetimes: the snapshot (config, templates), the plan (obligations; until the next
 *          replan) and the tick (arena reset at its end).
 * Failure: a tick that meets RC_IO or RC_CORRUPT in the store reports it through `fatal`: the
 *          process must end and be restarted (F9: after a failed commit only the file is believed).
 * Thread:  one.  engine_tick is not re-entered: a delivery that ends inside it only marks its row.
 */
#ifndef APP_ENGINE_H
#define APP_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"
#include "config.h"
#include "date.h"
#include "diag.h"
#include "hold.h"
#include "mem.h"
#include "message.h"
#include "obligation.h"
#include "plan.h"

#include "links.h"

struct engine;
struct sd_event;

enum { ENGINE_BOOT_ID_SIZE = 33 };

/* What happened, for those who watch: the log, the rehearsal's screen, the simulation's summary. */
enum event_kind {
	EVENT_CLAIMED,    /* a message is on its way: who is told what */
	EVENT_SENT,       /* ... and was accepted by its next hop */
	EVENT_DELIVERED,  /* ... and, says the gateway, by the phone */
	EVENT_FAILED,     /* dead, unknown or put off: reason says which */
	EVENT_PLANNED,    /* a replan that changed something */
	EVENT_ACT,        /* a submission was recorded */
	EVENT_SUPERSEDED, /* one reminder was merged, moved out of the way or is too late */
	EVENT_MOVED,      /* one reminder was moved to an allowed moment */
	EVENT_REFUSED,    /* a real transport refused a placeholder or sample */
	EVENT_CLOCK,      /* the clock is (not) believed: text the hold now, obligation the one before */
	EVENT_NO_BACKUP,  /* the nightly copy could not be made: text says why; again in an hour */
	EVENT_TROUBLE,    /* the store was busy or the disk full: nothing was sent, it goes on soon */
};

struct engine_event {
	enum event_kind kind;
	struct instant at;
	const char *obligation, *step, *person, *person_name;
	enum channel channel;
	const char *text;   /* subject or SMS text; reason of a failure */
	size_t n;           /* reminders in the message; rows planned */
	int64_t message_id; /* 0 if none */
};
typedef void engine_event_fn(void *ctx, const struct engine_event *ev);

/* Strings are kept: they must outlive the engine. */
struct engine_options {
	const char *state_dir;     /* holds deadlined.db, spool, feeds */
	const char *spool_dir;     /* mail/ and sms/ below; NULL: state_dir/spool */
	const char *credentials_dir; /* $CREDENTIALS_DIRECTORY or NULL */
	const char *feeds_dir;     /* NULL: no feeds are written */
	bool publish_links;        /* for the web program: an index beside the feeds, compressed feeds */
	/* What the clocks show at the start, and which boot it is ("": unknown).  NULL: the clock that is
	 * passed in is always believed (simulation, rehearsal). */
	const struct clock_reading *clock;
	const char *boot_id;
	struct sd_event *loop;     /* NULL: spool transports only */
	bool spool_only;           /* rehearsal, simulation: refuse every other transport */
	bool ignore_start;         /* simulation: plan from `first_day` whatever the configuration says */
	struct date first_day;     /* with ignore_start */
	bool nightly;              /* copies of the database, and forgetting, at night (app/backup.h) */
	bool fast_disk;            /* simulation: durability is not needed */
	engine_event_fn *on_event; /* may be NULL */
	/* A delivery ended outside a tick: tick, at once or within WAKE_MS; NULL without loop. */
	void (*on_wake)(void *ctx, bool at_once);
	void *ctx;
};

/* The bytes behind a configuration, kept in the database as the last good set. */
struct engine_source {
	const struct conf_bundle *bundle;
	const struct buf *texts; /* packed templates */
};

/* Takes over config and templates. */
enum rc engine_new(const struct engine_options *opt, struct config *config,
	struct templates *templates, const struct engine_source *source, struct instant now,
	struct engine **ret, struct diag *d) NODISCARD;
void engine_free(struct engine *e);

/* The last good set kept in a state directory; RC_NOTFOUND if there is none.  No daemon may run. */
enum rc engine_last_good(const char *state_dir, struct conf_bundle *ret, struct buf *ret_texts,
	struct diag *d) NODISCARD;

/* Every feed into dir, from a state directory that is only read; a daemon may run.  Faults of the
 * stored configuration are in ds. */
enum rc engine_export_feeds(const char *state_dir, const char *dir, struct instant now,
	struct diags *ds, struct diag *d) NODISCARD;

/* Before a tick: what the clocks show (core/hold). */
void engine_observe_clock(struct engine *e, const struct clock_reading *reading);
enum hold engine_hold(const struct engine *e);
/* A person says that the clock is right.  RC_STATE if it is believed already. */
enum rc engine_clock_ok(struct engine *e, const char *who, struct instant now, struct diag *d)
	NODISCARD;

/* The last copy of the database; INSTANT_NONE without `nightly`. */
struct instant engine_last_backup(const struct engine *e);
/* When the database was restored from a copy: SMS wait from there on (INSTANT_NONE: they do not), until
 * somebody says up to when things had been sent.  What was to go out until then counts as sent.  RC_STATE:
 * it was not restored; RC_INVALID: `until` is to come. */
struct instant engine_restored_at(const struct engine *e);
struct engine_assumed {
	size_t reminders, messages;
};
enum rc engine_after_restore(struct engine *e, struct instant until, const char *who,
	struct instant now, struct engine_assumed *ret, struct diag *d) NODISCARD;
/* A person's addresses and numbers leave the database.  RC_STATE: the configuration still has them;
 * RC_NOTFOUND: nothing is known of such a person. */
struct engine_erased {
	int rows, messages;
};
enum rc engine_erase(struct engine *e, const char *person, const char *who, struct instant now,
	struct engine_erased *ret, struct diag *d) NODISCARD;

/* Where messages go, and whether that works. */
struct engine_destination {
	const char *name;           /* "email", "sms", "chat/ROOM" */
	struct instant down_since;  /* INSTANT_NONE: it works, as far as is known */
	struct instant next_probe;
	const char *reason;
};
size_t engine_destinations(const struct engine *e, struct engine_destination *ret, size_t max);
/* Somebody mended something: probe at once what does not work. */
enum rc engine_guard_reset(struct engine *e, struct instant now, struct diag *d) NODISCARD;

/* Do what is due; returns when to tick again at the latest (INSTANT_NONE: nothing is planned). */
struct instant engine_tick(struct engine *e, struct instant now);

/* Is there a slice of something left that nobody waits for (feeds)?  Then tick again as soon as whoever
 * asks has had a turn. */
bool engine_has_chores(const struct engine *e);

/* Feeds that were made since the start: not those that were left alone, for nothing in them changed. */
size_t engine_feeds_made(const struct engine *e);

/* While stopping: record what deliveries reported, claim nothing. */
void engine_tick_last(struct engine *e, struct instant now);

/* True once the store failed in a way that only a restart mends; diag says why. */
bool engine_has_failed(const struct engine *e, struct diag *ret);

/* Replan at the next tick (an act, a new configuration, a clock step). */
void engine_want_plan(struct engine *e);

/* Swap in a new configuration.  RC_STATE without `confirm` when more than 20 % and at least 5 open
 * obligations would vanish without a successor: then nothing was changed and the caller still owns
 * config and templates. */
struct engine_reload {
	size_t obligations, appeared, vanished, moved;
	size_t planned, cancelled;
	size_t revived; /* lost messages whose contact was corrected: they go out anew */
};
enum rc engine_reload(struct engine *e, struct config *config, struct templates *templates,
	const struct engine_source *source, bool confirm, struct instant now,
	struct engine_reload *ret, struct diag *d) NODISCARD;

/* One act on an obligation: recorded, reminders that it makes pointless cancelled, notices planned.
 * deliverable "" = all, form FORM_NONE = all; items, if any, stand in deliverable's place: one act for
 * each, all or none, taken back together. */
struct engine_act {
	enum act_kind kind;
	const char *obligation, *deliverable;
	const char *const *item;
	size_t n_items;
	enum form form;
	const char *who, *reason;
	struct date date;
};
enum rc engine_act(struct engine *e, const struct engine_act *act, struct instant now,
	int64_t *ret_act, struct diag *d) NODISCARD;
enum rc engine_undo(struct engine *e, const char *obligation, const char *who, struct instant now,
	int64_t *ret_act, struct diag *d) NODISCARD;

/* What a message speaks of, each once; valid until the next tick.  0: nobody knows. */
size_t engine_message_obligations(
	struct engine *e, int64_t message, const char **ret, size_t max);

/* ---- receipts: the gateway's word about SMS ---------------------------------------------------- */

/* Reports that a gateway pushed, in one transaction.  What changes nothing (a message that is over, one
 * heard before, one that is not ours) is no fault: a gateway repeats what fails. */
struct receipt;
struct engine_heard {
	size_t changed;
	size_t early;   /* their message is still on its way: they wait for its outcome, in memory */
	size_t strange; /* no message of ours */
};
enum rc engine_receipts(struct engine *e, const struct receipt *r, size_t n, struct instant now,
	struct engine_heard *ret, struct diag *d) NODISCARD;

/* ---- the operator's word about messages ------------------------------------------------------ */

/* unknown -> sent: somebody knows that it arrived.  RC_STATE in any other state, with a sentence that
 * says what can be done instead. */
enum rc engine_settle_sent(struct engine *e, int64_t message, const char *who, const char *reason,
	struct instant now, struct diag *d) NODISCARD;
/* dead or unknown -> replaced; what is open in it is planned anew, *ret_planned reminders of it: 0 if
 * later ones say the same.  RC_STATE if nothing in it is open, or it is in another state. */
enum rc engine_settle_resend(struct engine *e, int64_t message, const char *who,
	const char *reason, struct instant now, size_t *ret_planned, struct diag *d) NODISCARD;

/* message 0: everything that waits for its next attempt goes now, and what was given up on because of
 * a destination or the settings is replaced.  Else that one message, waiting or dead. */
struct engine_retried {
	size_t hurried, replaced; /* messages */
	size_t planned;           /* reminders that will go out anew */
};
enum rc engine_retry_now(struct engine *e, int64_t message, const char *who, struct instant now,
	struct engine_retried *ret, struct diag *d) NODISCARD;

/* One message to a person by the real path: the longest text that the person can get, marked as a
 * test.  RC_STATE: no contact on that channel, or a placeholder; RC_NOTFOUND: no such person. */
struct engine_test {
	const char *person, *who;
	enum channel channel;
};
enum rc engine_test_message(struct engine *e, const struct engine_test *t, struct instant now,
	int64_t *ret_message, struct diag *d) NODISCARD;

/* Messages that need somebody's hand, newest first: waiting for another attempt, or lost while
 * something in them is open.  In the arena of the tick. */
struct outbox_message;
enum rc engine_trouble(struct engine *e, size_t limit, struct instant now,
	const struct outbox_message **ret, size_t *ret_n, struct diag *d) NODISCARD;

/* ---- links: capabilities for feeds and pages (app/links.h) ------------------------------------- */

struct engine_link {
	enum link_kind kind;
	const char *id; /* "" where the kind has only one */
	int generation;
	struct instant revoked_at; /* INSTANT_NONE: in force */
	char token[LINK_TOKEN_SIZE];
	struct instant fetched_at; /* INSTANT_NONE: never, as far as known */
	const char *client;        /* by which program; "" if unknown */
};
/* Of everything that the configuration has, by kind; in the arena of the tick. */
enum rc engine_links(struct engine *e, const struct engine_link **ret, size_t *ret_n,
	struct diag *d) NODISCARD;
/* RC_NOTFOUND: there is nobody and nothing of that id. */
enum rc engine_link(struct engine *e, enum link_kind kind, const char *id, struct engine_link *ret,
	struct diag *d) NODISCARD;
/* renew: the present one ends and another takes its place; else it only ends (RC_STATE if it has). */
enum rc engine_link_change(struct engine *e, enum link_kind kind, const char *id, bool renew,
	const char *who, struct instant now, struct engine_link *ret, struct diag *d) NODISCARD;

/* The web program says that links were fetched; those that are none are skipped. */
struct engine_fetch {
	const char *hash, *client;
};
enum rc engine_links_fetched(struct engine *e, const struct engine_fetch *f, size_t n,
	struct instant now, struct diag *d) NODISCARD;

/* When it last ticked, and by when it wanted to again (INSTANT_NONE: never yet, or no need). */
struct engine_pulse {
	struct instant last_tick, promised;
};
struct engine_pulse engine_pulse(const struct engine *e);

/* Read access for verbs and tests. */
const struct config *engine_config(const struct engine *e);
const struct obligations *engine_obligations(const struct engine *e);
const struct templates *engine_templates(const struct engine *e);
struct store *engine_store(struct engine *e);
struct deliver *engine_deliver(struct engine *e);
struct arena *engine_arena(struct engine *e); /* of the tick: reset at the end of each */

/* The dates between which obligations are looked after at `now`: from `start` (not before 1 January
 * of last year) to 31 December; from 1 November also next year. */
void engine_window(const struct engine *e, struct instant now, struct date *ret_from,
	struct date *ret_to);

#endif
