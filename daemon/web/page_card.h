/*
 * page_card - one obligation on a page, for the files page_card*.c
 */
#ifndef WEB_PAGE_CARD_H
#define WEB_PAGE_CARD_H

#include <string.h>

#include "roster.h"

#include "page_view.h"

/* What the functions that fill a card pass on. */
struct card {
	const struct page_view *x;
	const json_t *o;
	enum page_side side;
	bool over; /* done, waived, cancelled */
	struct view *v;
};

static inline bool card_is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

const char *page_card_form(const struct page_view *x, const char *form); /* 电子版 */

const char *page_card_date(const struct card *c, struct date d); /* 5月20日（周一） */

/* What state it is in, as chips. */
void page_card_chips(const struct card *c);

/* What was done, and what of it can be taken back. */
void page_card_acts(const struct card *c);

/* "quota": what stands in the place of deliverables where activities are counted. */
void page_card_quota(const struct card *c);

/* Deliverables, their buttons, and what can be returned. */
void page_card_items(const struct card *c);

#endif
