/*
 * message_words - the small words of messages that code has to put together, per language
 *
 * Sentences are in the templates; here are only dates, and lists of what is missing.  Not gettext:
 * a message speaks the configuration's language, whatever the locale of the process.
 */
#ifndef CORE_MESSAGE_WORDS_H
#define CORE_MESSAGE_WORDS_H

#include <stddef.h>

#include "buf.h"
#include "date.h"

enum date_style {
	STYLE_DAY,          /* 20日 */
	STYLE_DAY_WEEKDAY,  /* 20日（周六） */
	STYLE_DATE,         /* 7月20日 */
	STYLE_DATE_WEEKDAY, /* 7月20日（周六） */
	STYLE_PLAIN,        /* 7月20日周六 */
	STYLE_FULL,         /* 2024年7月20日（周六） */
};

struct words {
	const char *forms[3]; /* by enum form; [0] unused */
	const char *form_list_sep, *sep;
	const char *everything;                       /* %s forms */
	const char *of_form;                          /* %s deliverable, %s form */
	const char *and_more;                         /* %s first, %zu all */
	const char *only_count;                       /* %zu */
	const char *form_state;                       /* %s form, %s state */
	const char *got, *not_got, *waiting, *partly; /* a form, to the leaders */
	const char *your_unit;
	const char *material, *material_and_summary;
	const char *summary;     /* marks a deliverable as the summary, by its name */
	const char *month_title; /* %s month, %s rule */
	const char *month_short;
	const char *occasion_title, *occasion_short; /* %s occasion */
	const char *activity[2];  /* how the name of an activity ends: it needs no "activity" */
	const char *period_title; /* %s period, %s rule */
	const char *first_half, *second_half, *year; /* %d */
	const char *span;                            /* %s, %s */
	const char *changed;                         /* %s old date, %s new date */
	const char *holiday;                         /* a rest day that is no weekend */
	const char *office_prefix;                   /* left out when an SMS names the office */
	const char *nothing;                         /* a gateway's variable that says nothing */
	const char *not_listed;                      /* %zu obligations that a group is not told */
	const char *cut;                             /* stands at the end of a text that was cut */
	void (*put_date)(struct buf *b, struct date d, enum date_style style);
	void (*put_month)(struct buf *b, int month);
	void (*put_weekday)(struct buf *b, struct date d);
	void (*put_moment)(struct buf *b, struct date d, int minute); /* 7月24日9时 */
};

enum { LANGUAGES = 2 };
extern const char *const LANGUAGE[LANGUAGES]; /* "zh_CN", "en" */
int words_language(const char *language);     /* index; Chinese for everything that is not "en" */
const struct words *words_of(int language);

#endif
