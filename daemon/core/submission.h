/*
 * submission - what was handed in, and the state of an obligation that follows from it.  Pure.
 *
 * An item is a deliverable in a form.  The ledger keeps acts; the state is the fold of the acts
 * that were not undone, so that nothing is stored twice.
 *
 *   item:        missing -> reported -> received;  missing -> received;  return: -> missing
 *                what is missing cannot be returned; "held" takes back an earlier "not held"
 *   obligation:  done = all received; reported = all reported or received; else open
 *                waived and cancelled override it and lift on undo
 */
#ifndef CORE_SUBMISSION_H
#define CORE_SUBMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "date.h"
#include "roster.h"
#include "rule.h"

enum act_kind {
	ACT_REPORT,  /* the lead says it is handed in */
	ACT_RECEIVE, /* the clerk has it */
	ACT_RETURN,  /* 退回补正, with a reason */
	ACT_NIL,     /* 零报告: every item reported at once */
	ACT_WAIVE,   /* 免报 */
	ACT_HELD,     /* a conditional occasion will be held (confirms) */
	ACT_NOT_HELD, /* it will not, or was not: nil report; cancels a conditional one */
	ACT_ENDED,    /* the activity ended on `date` (may be before, on or after the planned day) */
	ACT_EXTENDED, /* its last day is now planned for `date` */
	ACT_DATE,     /* an announced due `date` for an obligation that waited for one */
	ACT_ENTRY,    /* one activity of a quota, held on `date`: core/count.h */
};
const char *act_text(enum act_kind k); /* "report", "receive", ..., "entry" */
bool act_parse(const char *s, enum act_kind *ret);

/* One row of the ledger.  item "" = all items the act can apply to. */
struct act {
	int64_t id; /* of the history row that caused it; ascending in time */
	enum act_kind kind;
	const char *obligation; /* obligation id */
	const char *deliverable; /* "" = every one; of an entry: its kind */
	enum form form;          /* FORM_NONE = every form */
	struct instant at;
	const char *who;    /* person id, or the name of an account */
	const char *reason; /* "" if none; of an entry: what it was */
	struct date date;   /* ENDED, EXTENDED, DATE, ENTRY; else DATE_NONE */
	int64_t batch;      /* id of the first act of its command, undone with it; 0: its own */
	bool undone;
};

enum item_state { ITEM_MISSING, ITEM_REPORTED, ITEM_RECEIVED };
const char *item_state_text(enum item_state s); /* "missing", "reported", "received" */

struct item {
	const struct deliverable *deliverable;
	enum form form;
	enum item_state state;
	const char *returned; /* reason of the last return if it is still missing, else NULL */
	int64_t returned_by_act; /* its id, 0 if none */
};

enum obligation_state {
	STATE_WAITING,   /* for its date */
	STATE_OPEN,
	STATE_REPORTED,
	STATE_DONE,
	STATE_WAIVED,
	STATE_CANCELLED,
};
const char *obligation_state_text(enum obligation_state s);

/* What the acts of one obligation say about its activity and fate. */
struct standing {
	bool waived, cancelled;  /* cancelled: conditional and not held */
	bool confirmed;          /* held, ended or extended was said, or something was handed in */
	bool ended;              /* the end is reported, not planned */
	struct date last_day;    /* from ENDED or EXTENDED, else DATE_NONE */
	struct date announced;   /* from ACT_DATE, else DATE_NONE */
	bool nil;                /* a nil report (or "not held") is what was handed in */
};

/* Acts of one obligation in order of id. */
void submission_standing(const struct act *act, size_t n, struct standing *ret);

/* Apply the acts to items (all ITEM_MISSING on entry). */
void submission_apply(const struct act *act, size_t n, struct item *item, size_t n_items);

/* When one item was handed in, as its acts have it. */
struct handed_in {
	struct instant at; /* reported, or received without a report; INSTANT_NONE while it is missing */
	struct instant received; /* INSTANT_NONE: not (any more) */
	size_t returned;         /* how often it was sent back */
};
/* act: those of its obligation, in order of id. */
void submission_handed_in(
	const struct act *act, size_t n, const struct item *item, struct handed_in *ret);

/* The act that `undo` would take back: the last one not undone, if it is at most 24 h old. */
enum { UNDO_WINDOW_S = 24 * 3600 };
const struct act *submission_undoable(const struct act *act, size_t n, struct instant now);

#endif
