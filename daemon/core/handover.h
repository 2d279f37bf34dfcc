/*
 * handover - when something was handed in, and how late that was.  Pure.
 *
 * An item is late against the date of its own form, in calendar days: on the day itself after closing
 * time is one day.  What is still missing is late up to now.  A quota that is filled is in time: its
 * activities were held within the period, whenever somebody entered them.
 */
#ifndef CORE_HANDOVER_H
#define CORE_HANDOVER_H

#include "obligation.h"

struct handover {
	struct instant at; /* INSTANT_NONE: something is missing */
	int days_late;     /* 0: in time, or not due yet */
	size_t returned;
};

/* act: those of the obligation, in order of id. */
void handover_of_item(const struct config *c, const struct obligation *o, const struct item *item,
	const struct act *act, size_t n, struct instant now, struct handover *ret);

/* All items together: in when the last one was, as late as the latest; sent back as often as the one
 * that was sent back most.  Who was excused is never late. */
void handover_of_all(const struct config *c, const struct obligation *o, const struct act *act,
	size_t n, struct instant now, struct handover *ret);

#endif
