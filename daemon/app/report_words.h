/*
 * report_words - the words of the tables, per language.  Private to report_text.c.
 */
#ifndef APP_REPORT_WORDS_H
#define APP_REPORT_WORDS_H

enum { REPORT_MONTH_COLUMNS = 10, REPORT_YEAR_COLUMNS = 10 };

struct report_words {
	const char *month_head[REPORT_MONTH_COLUMNS], *year_head[REPORT_YEAR_COLUMNS];
	const char *month, *year, *month_of_year; /* %d; %d; %d %d */
	const char *cancelled, *waived, *conditional, *received, *reported, *returned, *overdue,
		*open, *in_time;
	const char *came_late, *is_late; /* %d days */
	const char *sent_back;           /* %zu times */
	const char *counted;             /* %d of %d activities */
	const char *nil, *backfill, *provisional;
};

extern const struct report_words REPORT_WORDS[2]; /* Chinese, English */

#endif
