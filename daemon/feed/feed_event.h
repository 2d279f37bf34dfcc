/*
 * feed_event - what an obligation, a duty month, an occasion looks like as an event
 *
 * The same thing gives the same event in every feed, so that one UID has one content and one
 * version.  Texts name units and offices, never people, telephone numbers or reasons of a return:
 * feeds end up on other people's servers.
 *
 * Time:   no clock.  Nothing in a text changes by the mere passing of time.
 * Memory: everything returned is in the arena or points to literals.
 */
#ifndef FEED_FEED_EVENT_H
#define FEED_FEED_EVENT_H

#include <stdbool.h>

#include "config.h"
#include "mem.h"
#include "obligation.h"

#include "ical_event.h"

enum { FEED_ALARM_S = 15 * 3600 /* 09:00 of the day before an all-day event */ };

/* All-day on the earlier of hand-in day and due; o->due must be a date.  An alarm only while
 * something is still to be handed in. */
struct ical_event feed_event_of_obligation(
	const struct config *c, const struct obligation *o, bool alarms, struct arena *a);

/* Timed for a mail: 30 minutes that end at the form's closing instant, alarm two hours before.  url
 * is the page where it is reported; NULL, or one that is not valid: none. */
struct ical_event feed_event_of_deadline(const struct config *c, const struct obligation *o,
	enum form form, const char *url, struct arena *a);

/* The left parts of UIDs: "duty/2024-07/enforcement", "occasion/mid-autumn-2024". */
const char *feed_id_of_duty(const struct unit *u, int year, int month, struct arena *a);
const char *feed_id_of_occasion(const struct occasion *o, struct span s, struct arena *a);

/* The whole month. */
struct ical_event feed_event_of_duty(const struct config *c, const struct unit *u, int year,
	int month, bool provisional, struct arena *a);

/* The planned days. */
struct ical_event feed_event_of_occasion(
	const struct config *c, const struct occasion *o, struct span s, struct arena *a);

/* What an otherwise empty feed says, so that no client sees an empty calendar.  tag is part of the
 * UID. */
struct ical_event feed_event_of_nothing(
	const struct config *c, const char *tag, struct date day, bool revoked, struct arena *a);

#endif
