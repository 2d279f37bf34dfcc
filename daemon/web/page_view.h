/*
 * page_view - from the engine's JSON to the values of a template, for the files page_*.c
 *
 * Memory: texts are in the arena, or borrowed from the JSON.
 */
#ifndef WEB_PAGE_VIEW_H
#define WEB_PAGE_VIEW_H

#include <jansson.h>

#include "message_words.h"
#include "mustache.h"
#include "page.h"

struct page_view {
	struct arena *a;
	const struct words *w;
	const struct page_place *at;
	struct date today;
};

/* ---- reading; what is absent is "", 0, false, DATE_NONE */
const char *page_get(const json_t *o, const char *name);
int page_get_int(const json_t *o, const char *name);
bool page_get_flag(const json_t *o, const char *name);
struct date page_get_date(const json_t *o, const char *name);

/* ---- putting */
void page_copy(struct view *v, const json_t *o, const char *name); /* a text under the same name */
void page_put_number(
	const struct page_view *x, struct view *v, const char *name, int n); /* 0: "" */
void page_put_date(const struct page_view *x, struct view *v, const char *name, struct date d,
	enum date_style style);
/* "2024-05-16T09:00:02+08:00": 5月16日（周四）9:00 */
const char *page_moment(const struct page_view *x, const char *at);
const char *page_clock(const struct page_view *x, const char *at); /* 9:00 */

/* The path of another page of the same visitor: "print/ID" -> "/p/TOKEN/print/ID". */
const char *page_path(const struct page_view *x, const char *rest);

/* ---- rendering our own templates */
const char *page_fill(
	const struct page_view *x, const char *text, const char *name, const struct view *v);
/* The whole document around a body. */
enum rc page_finish(
	const struct page_view *x, const char *title, const char *body, struct buf *out) NODISCARD;
struct page_view page_begin(struct arena *a, const json_t *data, const struct page_place *at);

/* ---- parts of pages */
enum page_side { PAGE_SIDE_PERSON, PAGE_SIDE_OFFICE };
/* One obligation with its forms, as HTML.  fold: only its head is shown until it is opened. */
const char *page_card(const struct page_view *x, const json_t *o, enum page_side side, bool fold);
/* What the last form did, and nothing if there was none. */
void page_put_said(const struct page_view *x, struct view *v);
/* "urge": a text to copy, and how many "urge_rows" show it. */
void page_put_urge(const struct page_view *x, struct view *v, const json_t *o);
/* How to subscribe to each, as HTML under `name`, and under "help" for all of them. */
void page_put_feeds(
	const struct page_view *x, struct view *v, const char *name, const json_t *feeds);
/* The picture of a year, under `name`. */
void page_put_year(const struct page_view *x, struct view *v, const char *name, const json_t *year);

#endif
