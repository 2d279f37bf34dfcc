/*
 * count - how far a quota of activities is: so many a year, so many of each kind.  Pure.
 *
 * A quota's ledger holds entries: an activity with its day, its kind if the rule names kinds, and
 * what it was.  What exceeds a kind's target does not make up for another kind.  A return takes the
 * last entry of that day (and kind) out again, for good: undo does it only for 24 hours.
 *
 * The expected pace is linear in days, rounded down: 4 a year are behind if there is none by the
 * end of April 1.
 *
 * What is entered for one quota may count toward others (rule.toward): an activity of a kind is one of
 * ten a year, too.  Only its own quota takes it out again.
 */
#ifndef CORE_COUNT_H
#define CORE_COUNT_H

#include "diag.h"
#include "mem.h"
#include "rule.h"
#include "submission.h"

struct obligation;

enum { COUNT_ENTRIES_MAX = 2000 }; /* of one quota */

struct count_entry {
	const struct act *act;
	const char *struck; /* the reason for which it was taken out; NULL: it counts */
	bool own;           /* entered for this quota, not for one that counts toward it */
};

struct count {
	int done, quota;    /* done <= quota */
	const int *of_kind; /* entries of each of the rule's kinds, not capped; one without kinds */
	struct instant reached; /* when the entry that filled it was made; INSTANT_NONE: not yet */
	const struct count_entry
		*entry; /* in order of their making; what was undone is not among them */
	size_t n_entries;
};

int count_quota(const struct rule *r);

/* id: of the obligation.  act: its own and those that count toward it (core/count_gather.h), in order of
 * id; borrowed. */
void count_make(const struct rule *r, const char *id, const struct act *act, size_t n,
	struct arena *a, struct count *ret);

/* What the pace wants by the end of that day; nothing before the period, everything after it. */
int count_expected(const struct rule *r, struct date first, struct date last, struct date day);
/* Is less there than the pace wants? */
bool count_is_behind(const struct obligation *o, struct date today);

/* Can this be done about a quota?  RC_STATE, RC_INVALID, RC_RANGE, RC_LIMIT say why not. */
enum rc count_check(const struct obligation *o, enum act_kind kind, const char *of_kind,
	struct date day, const char *reason, struct date today, struct diag *d) NODISCARD;

#endif
