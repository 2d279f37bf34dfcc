/*
 * feed_words - how feeds say things, in the two languages of messages
 *
 * Not gettext: a feed speaks the configuration's language, whatever the locale of the process.
 * Members with a conversion are printf formats for the arguments their comments name.
 */
#ifndef FEED_FEED_WORDS_H
#define FEED_FEED_WORDS_H

#include "buf.h"
#include "date.h"

struct feed_words {
	/* summaries */
	const char *due, *done, *cancelled, *waived, *provisional, *unconfirmed;
	const char *by_unit;                         /* %s: the unit, after the title */
	const char *duty;                            /* %s month, %s unit */
	const char *first_half, *second_half, *year; /* %d year */
	/* descriptions: lines */
	const char *due_at;     /* %s day and time */
	const char *paper_by;   /* %s day and time, %s office, %s place */
	const char *paper_late; /* as paper_by, when no workday is left before the due date */
	const char *internal;   /* %s day */
	const char *office, *unit, *activity, *indicators, *basis, *document; /* %s */
	const char *points;                                                   /* %d */
	const char *state_reported, *state_done, *state_cancelled, *state_waived;
	const char *missing;      /* heading of the list */
	const char *deliverable;  /* %s name, %s forms */
	const char *seal, *check; /* %s */
	const char *ask;          /* %s office */
	const char *link;         /* %s address of the page */
	const char *roster_unsure, *days_unsure, *backfill;
	/* small parts */
	const char *forms[3];                          /* by enum form; [0] unused */
	const char *gap;                               /* between two words */
	const char *list_sep, *newline, *place, *span; /* place: %s office %s place; span: %s %s */
	/* categories, calendars, placeholders */
	const char *category_task, *category_duty, *category_occasion, *category_note;
	const char *calendar;    /* %s campaign */
	const char *calendar_of; /* %s campaign, %s whose */
	const char *about;       /* %s organisation, %s notice */
	const char *nothing, *nothing_more, *revoked, *revoked_more;
	/* dates */
	void (*put_month)(struct buf *b, int year, int month);
	void (*put_day)(struct buf *b, struct date d);
};

/* format with its %s replaced by arg[0], arg[1], ...; far cheaper than printf. */
void feed_words_put(struct buf *b, const char *format, const char *const *arg);

/* "zh_CN" and everything else that is not "en": Chinese. */
const struct feed_words *feed_words_of(const char *language);

#endif
