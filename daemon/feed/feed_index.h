/*
 * feed_index - which obligations concern whom, for many feeds of one set
 *
 * Without it each feed walks all obligations: ten thousand feeds of ten thousand units would take
 * minutes.
 *
 * Time:   making it sorts; a look-up is a bisection.
 * Memory: some rows an obligation, in its own arena.  Points into the obligations, which have to stay
 *         as they are.
 */
#ifndef FEED_FEED_INDEX_H
#define FEED_FEED_INDEX_H

#include <stddef.h>

#include "feed.h"
#include "obligation.h"

struct feed_index;

struct feed_index *feed_index_new(const struct obligations *os);
void feed_index_free(struct feed_index *x); /* NULL is fine */

/* Positions in the obligations, ascending, once each: at least all that concern the reader of a unit's,
 * person's or office's feed. */
struct feed_index_row {
	enum feed_kind kind;
	const char *id;
	size_t at;
};
const struct feed_index_row *feed_index_find(
	const struct feed_index *x, enum feed_kind kind, const char *id, size_t *ret_n);

#endif
