/*
 * feed_select - which events are in a feed, in their order; the rules are at the head of feed.h
 *
 * Memory: the list is in the arena and points into the configuration and the obligations.
 */
#ifndef FEED_FEED_SELECT_H
#define FEED_FEED_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "feed.h"

/* An event to be: exactly one of o, duty and occasion is set. */
struct feed_entry {
	const char *id; /* its UID without the domain */
	const struct obligation *o;
	const struct unit *duty;
	int year, month;
	bool provisional;
	const struct occasion *occasion;
	struct span span;
};

/* By id, no id twice. */
const struct feed_entry *const *feed_select(const struct config *c, const struct obligations *os,
	const struct feed_spec *spec, struct arena *a, size_t *ret_n);

#endif
