/*
 * activity - what can be said about the activity of an occasion.  Pure.
 *
 *   held       a conditional one will be held; takes back an earlier "not held"
 *   not-held   it will not, or was not: nothing of it may have come in
 *   ended      its last day is known
 *   extended   its last day is planned anew; on it the question is asked again
 *
 * Both take any day up to a year from the plan: an activity may be held before its occasion.
 */
#ifndef CORE_ACTIVITY_H
#define CORE_ACTIVITY_H

#include "obligation.h"

enum { ACTIVITY_DAYS_MAX = 366 }; /* from the plan */

bool activity_is(enum act_kind k);

/* RC_STATE, RC_INVALID (no date) or RC_RANGE say why not. */
enum rc activity_check(
	const struct obligation *o, enum act_kind kind, struct date day, struct diag *d) NODISCARD;

#endif
