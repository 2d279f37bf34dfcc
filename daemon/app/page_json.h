/*
 * page_json - an obligation as the web program's pages show it
 *
 * Names, not ids, where a person reads; dates and instants as everywhere in JSON.  What can be done
 * about it is said by its state, not by this file: verbs_page.c knows who may.
 */
#ifndef APP_PAGE_JSON_H
#define APP_PAGE_JSON_H

#include <jansson.h>

#include "message_view.h"
#include "obligation.h"
#include "submission.h"

/* Where an obligation belongs on a page, the most urgent first. */
enum page_group {
	PAGE_OVERDUE, /* something is missing whose own date has passed */
	PAGE_NOW,     /* due within PAGE_SOON_DAYS, or reported and not received */
	PAGE_NEXT,    /* later */
	PAGE_DONE,    /* received, waived, cancelled */
};
enum { PAGE_SOON_DAYS = 31 };
enum page_group page_group_of(const struct obligation *o, struct instant now, struct date today);
const char *page_group_text(enum page_group g); /* "overdue", "now", "next", "done" */

/* Counts what was done and taken back: another text after each act, never an earlier one. */
enum { PAGE_VERSION_SIZE = 44 };
void page_version(const struct act *act, size_t n, char ret[static PAGE_VERSION_SIZE]);

/* Two programs of one version agree about the keys: an example is tests/web/golden/board.json.  Of a
 * quota "count" says how far it is and what was entered, the last first.  act:
 * those of the obligation. */
json_t *page_obligation(
	const struct viewing *x, const struct obligation *o, const struct act *act, size_t n_acts);

/* One line of it: "id", "title", "unit", "due", "state", "group". */
json_t *page_line(const struct viewing *x, const struct obligation *o);

json_t *page_date(struct date d); /* null if none */

#endif
