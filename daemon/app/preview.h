/*
 * preview - what a span of days holds, and how it is shown as text
 *
 * Private to cmd_preview.c and preview_text.c.
 */
#ifndef APP_PREVIEW_H
#define APP_PREVIEW_H

#include "config.h"
#include "obligation.h"
#include "plan.h"

/* A reminder without what the list does not show: half the size of struct reminder. */
struct preview_reminder {
	struct instant at;
	const struct obligation *obligation; /* NULL: of none (core/regular.h) */
	const char *step_id;
	const struct person *person;
	const struct person *absent; /* whom they stand in for; NULL: nobody */
	char key[REMINDER_KEY_SIZE];
	enum form form : 8;
	enum channel channel : 8;
};

struct preview {
	const struct config *c;
	struct date from, to;
	struct arena arena;
	struct obligations obligations;    /* of a wider span */
	struct preview_reminder *reminder; /* heap; those in the span, by at, then key */
	size_t n_reminders, cap_reminders;
};

bool preview_shows(const struct preview *p, const struct obligation *o);

/* A table by month, at most 80 columns where names allow it. */
void preview_print(const struct preview *p);
/* Each reminder on a line, in order of time. */
void preview_print_reminders(const struct preview *p);

#endif
