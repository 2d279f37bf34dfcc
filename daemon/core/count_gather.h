/*
 * count_gather - the acts that count for a quota: its own, and those of quotas that count toward it
 *
 * Of the others only entries and what takes them out, held on the quota's days.
 * Memory: the arena; the same array as the ledger's where nothing counts toward it.
 */
#ifndef CORE_COUNT_GATHER_H
#define CORE_COUNT_GATHER_H

#include "config.h"
#include "obligation.h"

/* acts: NULL for none.  In order of id. */
const struct act *count_gather(const struct config *c, const struct obligation *o, acts_of_fn *acts,
	void *ctx, struct arena *a, size_t *ret_n);

#endif
