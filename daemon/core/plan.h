/*
 * plan - which reminders should exist, and when.  Pure.
 *
 * plan_reminders says what the ladders want, moved to allowed moments.  plan_reconcile compares that
 * with what the outbox holds and says what to change.  Neither decides what was sent.
 *
 * A key is lowercase hex SHA-256 of obligation id, due date, form, step, channel, person and, for
 * notices, the id of the history row that caused them, joined by LF.  So replanning, reload,
 * restored backups and clock steps make no second reminder; a deadline that really moves makes new
 * ones.
 *
 * Memory: results in the arena; they point into obligations and config.
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "mem.h"
#include "obligation.h"

enum { REMINDER_KEY_SIZE = 65 };

/* There may be a million of them, so the small members stand together. */
struct reminder {
	const struct obligation *obligation; /* NULL: digest, leaders' page */
	const char *obligation_id;           /* or the pseudo-id: "digest/2024-05-06" */
	const struct step *step;             /* NULL for notices */
	const char *step_id;
	const char *template;
	const struct person *person;
	struct instant at;    /* when it goes out */
	struct instant asked; /* when the ladder wanted it, before quiet hours and rest days */
	struct instant deadline; /* of the form; INSTANT_NONE if none */
	const char *why;      /* a literal message id for superseded/moved, or NULL */
	/* Somebody is on leave then: whom this one stands in for, or who stands in for this one. */
	const struct person *instead;
	const struct span *leave;
	int64_t cause;        /* history row of a notice, 0 for steps */
	char key[REMINDER_KEY_SIZE];
	bool moved;           /* at != asked */
	bool stands_in;       /* for `instead`, who is on `leave` */
	bool superseded;      /* no allowed moment (an SMS) or merged into another; not to be sent */
	enum form form : 8;
	enum channel channel : 8;
	enum role role : 8;
};

struct reminders {
	struct reminder *item; /* by at, then key */
	size_t n;
};

enum plan_view {
	PLAN_AS_IS,    /* by the obligations' present states: done ones have none */
	PLAN_AS_MISSING, /* as if everything were still to be handed in (preview) */
};

/* Every step of every obligation (backfill, waived, cancelled, dateless: none).  os may be a slice of
 * a longer list: nothing depends on the others, and who only prints needs no memory for them all. */
enum rc plan_reminders(const struct config *c, const struct obligations *os, enum plan_view view,
	struct arena *a, struct reminders *ret, struct diag *d) NODISCARD;

/* The key of a reminder from its parts; due may be DATE_NONE ("-"), cause 0. */
void plan_key(const char *obligation_id, struct date due, enum form form, const char *step_id,
	enum channel channel, const char *person_id, int64_t cause, char ret[static REMINDER_KEY_SIZE]);

/* ---- quiet hours and rest days ------------------------------------------------------------ */
enum moment_fate {
	MOMENT_KEPT,
	MOMENT_LATER,
	MOMENT_EARLIER,
	MOMENT_ON_REST_DAY, /* at its own time (out of quiet hours), mail only */
};
struct moment_wish {
	struct instant at;
	struct instant deadline;    /* INSTANT_NONE: none (overdue) */
	struct instant not_before;  /* the activity's end; INSTANT_NONE: none */
	bool on_rest_days;
};
/* Move a wish to an allowed moment: the next one if before the deadline, else the last one before
 * (never before not_before), else the rest day itself.  The result is before the deadline unless
 * no waking moment lies between not_before and the deadline: then it is the wish as it was. */
enum moment_fate plan_moment(const struct config *c, const struct moment_wish *w,
	struct instant *ret_at);
bool plan_is_allowed(const struct config *c, struct instant t, bool on_rest_days);
struct instant plan_next_allowed(const struct config *c, struct instant t, bool on_rest_days);

/* ---- what is there and what should be ------------------------------------------------------ */
enum reminder_state {
	REMINDER_PLANNED,
	REMINDER_CLAIMED,    /* belongs to a message that is not settled */
	REMINDER_SENT,       /* its message was sent, delivered */
	REMINDER_FAILED,     /* its message is dead, undelivered or unknown */
	REMINDER_CANCELLED,
	REMINDER_SUPERSEDED,
};

/* A row of the outbox as plan_reconcile needs it; ascending by key. */
struct outbox_view {
	char key[REMINDER_KEY_SIZE];
	enum reminder_state state;
	const char *obligation_id, *step_id, *person_id;
	enum channel channel;
	enum form form;
	struct instant at;
	struct date due;      /* of the key */
	struct date form_date; /* the day its text named; DATE_NONE if none */
	int64_t cause;        /* 0 for steps; notices and catch-ups stay until sent */
};

enum change_kind {
	CHANGE_PLAN,      /* insert reminder `want` as planned */
	CHANGE_REVIVE,    /* cancelled or superseded -> planned, at want->at */
	CHANGE_MOVE,      /* planned stays planned, `at` moves */
	CHANGE_CANCEL,    /* planned -> cancelled */
	CHANGE_SUPERSEDE, /* planned -> superseded, or insert as superseded if not there */
};
struct change {
	enum change_kind kind;
	const struct reminder *want; /* NULL for CANCEL */
	const char *key;
	bool late;       /* PLAN, MOVE: marked late in the text */
	const char *why; /* literal message id */
};
struct changes {
	struct change *item;
	size_t n;
};

/*
 * have: every row of the obligations in scope (and only of them).  now decides what is past: of the
 * steps of one obligation, person and channel that are past and were never planned, or that downtime
 * left planned, only the most urgent goes out (late, at the next allowed moment; in both forms if
 * it is the same step of both), the others are superseded.  A planned row whose time has just
 * passed stays: the next tick sends it.
 * Failure: none; deterministic.
 */
void plan_reconcile(const struct config *c, const struct reminders *want,
	const struct outbox_view *have, size_t n_have, struct instant now, struct arena *a,
	struct changes *ret);

#endif
