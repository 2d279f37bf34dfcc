/*
 * page - the engine's JSON as HTML: pure, the same bytes for the same input
 *
 * Whole documents for a phone first: one stylesheet of our own, no script, nothing from elsewhere.
 * Every value is escaped by the template; what a page lacks in the JSON it leaves out.
 *
 * Forms:   POST to the page's own path, application/x-www-form-urlencoded:
 *            o  obligation      v  its version when the page was made
 *            t  page_form_token of link, o and v
 *            a  "ACT", "ACT ITEM FORM" ("-" for every one); w  "ITEM FORM" beside a bare ACT
 *            r  reason          d  date
 *          A version that is no longer the obligation's does nothing: two clerks never overwrite
 *          each other.
 * Memory:  data is borrowed; out is the caller's.
 * Failure: RC_LIMIT if the page would be longer than PAGE_MAX.
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include <stdbool.h>

#include <jansson.h>

#include "buf.h"
#include "diag.h"

enum { PAGE_MAX = 4 << 20, PAGE_TOKEN_SIZE = 33 };

/* Where a page stands and how it was come by. */
struct page_place {
	const char *self;   /* its path: "/p/TOKEN", "/" */
	const char *secret; /* the token of the link that opened it */
	const char *base; /* "https://name" as the outside knows this server, no slash at the end */
	const char *said; /* what the last form did (page_said), or "" */
	const char *opened; /* the anchor of the card that it was about, or "" */
};

enum rc page_person(const json_t *data, const struct page_place *at, struct buf *out) NODISCARD;
enum rc page_board(const json_t *data, const struct page_place *at, struct buf *out) NODISCARD;
/* The months at a glance, for a leader: nothing to press. */
enum rc page_leaders(const json_t *data, const struct page_place *at, struct buf *out) NODISCARD;
/* On A4: the receipt slip of one obligation; the table of a month or a year.  self: the page that it was
 * come from. */
enum rc page_slip(const json_t *data, const struct page_place *at, struct buf *out) NODISCARD;
enum rc page_table(const json_t *data, const struct page_place *at, struct buf *out) NODISCARD;
/* What one unit owed, by whom each step was taken.  self: the board's path. */
enum rc page_unit(const json_t *data, const struct page_place *at, struct buf *out) NODISCARD;
/* The landing page of a feed: how to subscribe.  self: "/f/TOKEN". */
enum rc page_subscribe(const struct page_place *at, struct buf *out) NODISCARD;

/* A page that says one thing. */
enum page_notice { PAGE_NOT_FOUND, PAGE_LATER, PAGE_NO_BOARD, PAGE_BAD_FORM };
enum rc page_notice(enum page_notice n, struct buf *out) NODISCARD;

/* The same word if "said" may be it, else "": what comes from outside shows nothing else. */
const char *page_said(const char *word);

/* Lower-case hex; nobody without the link can make it. */
void page_form_token(const char *secret, const char *obligation, const char *version,
	char ret[static PAGE_TOKEN_SIZE]);

/* "/style-HASH.css": another name when the file changes, so that it may be kept for ever. */
const char *page_style_path(void);

#endif
