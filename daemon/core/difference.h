/*
 * difference - what a change of configuration or of facts does to the obligations.  Pure.
 *
 * The same comparison serves diff (what would change), reload (may it be applied?) and the notices
 * (who has to be told).
 *
 * Memory: the list is in the arena and points into both sets.
 */
#ifndef CORE_DIFFERENCE_H
#define CORE_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "mem.h"
#include "obligation.h"

enum difference_kind {
	DIFFERENCE_APPEARED,  /* only after */
	DIFFERENCE_VANISHED,  /* only before, and nobody else owes it now */
	DIFFERENCE_SUCCEEDED, /* same rule and period, another unit owes it */
	DIFFERENCE_CHANGED,   /* same id: due, hand-in day or leads differ */
};

struct difference {
	enum difference_kind kind;
	const struct obligation *before, *after; /* NULL where there is none */
	bool due_moved, hand_in_moved, leads_changed;
};

struct differences {
	struct difference *item; /* by id of before, else of after */
	size_t n;
};

void difference_find(const struct obligations *before, const struct obligations *after,
	struct arena *a, struct differences *ret);

/* Would too much vanish?  More than 20 % and at least 5 of the open obligations of `before`. */
enum { DIFFERENCE_VANISH_MIN = 5, DIFFERENCE_VANISH_PERCENT = 20 };
bool difference_is_alarming(const struct obligations *before, const struct differences *ds,
	size_t *ret_vanished, size_t *ret_open);

/* Is p a lead of o? */
bool difference_has_lead(const struct obligation *o, const struct person *p);

#endif
