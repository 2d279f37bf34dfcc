/*
 * ical_event - one VEVENT or VCALENDAR head, printed by our own writer
 *
 * The only user of libical in feed/, and only of its _r functions.  It holds the head.  Events are put
 * straight from their values, a few microseconds each: ten thousand models would take a tenth of a second;
 * the unit test compares with libical's values.  libical 3.0.16 prints broken folds, so it never
 * prints a line here; icalrestriction_check writes into the tree it checks, so it is never called.
 *
 * Texts must have passed ical_clean.  A property whose value still has a control byte, or a URI
 * that is none, is left out.
 */
#ifndef FEED_ICAL_EVENT_H
#define FEED_ICAL_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "date.h"

enum { ICAL_CATEGORIES_MAX = 2 };

struct ical_event {
	const char *uid;
	struct date first, last;   /* all-day, inclusive; unused if start is set */
	struct instant start, end; /* timed; start = INSTANT_NONE: all-day */
	const char *summary;
	const char *description;                   /* "" or NULL: none, as for the next two */
	const char *location;                      /* one line */
	const char *category[ICAL_CATEGORIES_MAX]; /* no comma, semicolon or backslash */
	const char *url;                           /* absolute, valid */
	bool cancelled;
	int alarm_s; /* seconds before the start at which it reminds; 0 = no alarm */
};

struct ical_stamp {
	int sequence;
	struct instant modified; /* LAST-MODIFIED and DTSTAMP */
};

struct ical_head {
	const char *name;        /* NULL: no NAME, no X-WR-CALNAME (mail attachments) */
	const char *description; /* X-WR-CALDESC; NULL: none */
	const char *zone;        /* X-WR-TIMEZONE; NULL: none */
	int refresh_h;           /* REFRESH-INTERVAL and X-PUBLISHED-TTL; 0: none */
};

/* Scratch space for lines; one serves any number of events. */
struct ical_printer {
	struct buf name, value;
};
void ical_printer_init(struct ical_printer *pr);
void ical_printer_done(struct ical_printer *pr);

/* Everything of the event but BEGIN, UID, stamp and END. */
void ical_print_body(struct ical_printer *pr, const struct ical_event *e, struct buf *out);
/* The whole VEVENT around a body. */
void ical_print_event(struct ical_printer *pr, const char *uid, const struct ical_stamp *s,
	const struct buf *body, struct buf *out);

void ical_print_head(struct ical_printer *pr, const struct ical_head *h, struct buf *out);
void ical_print_tail(struct buf *out);

#endif
