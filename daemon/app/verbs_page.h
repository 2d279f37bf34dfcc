/*
 * verbs_page - what the pages of the web program ask, for the files verbs_page.c, verbs_board.c,
 * verbs_unit.c and verbs_report.c
 *
 * A page shows what the visitor's link opens and nothing else; page-act does what a form wants if the
 * obligation is still as the form knew it ("expect").
 */
#ifndef APP_VERBS_PAGE_H
#define APP_VERBS_PAGE_H

#include "links.h"
#include "message_titles.h"
#include "page_visitor.h"
#include "verbs_call.h"

struct viewing page_viewing(const struct call *c);
/* What every page has: the day, the organisation, the visitor. */
json_t *page_root(const struct call *c, const struct visitor *v);
enum rc page_acts(const struct call *c, const struct obligation *o, const struct act **ret,
	size_t *ret_n) NODISCARD;
/* Appends the obligation, with what the visitor may take back. */
enum rc page_put(const struct call *c, const struct visitor *v, const struct obligation *o,
	json_t *list) NODISCARD;
/* NULL: there is no such link in force. */
json_t *page_feed(const struct call *c, enum link_kind kind, const char *id, const char *name);

enum rc verb_person_page(struct call *c, json_t **ret);
enum rc verb_page_act(struct call *c, json_t **ret);
enum rc verb_board(struct call *c, json_t **ret);
enum rc verb_unit_page(struct call *c, json_t **ret);

/* ---- verbs_report.c: to read and to print */
enum rc verb_leaders_page(struct call *c, json_t **ret);
enum rc verb_slip(struct call *c, json_t **ret);
enum rc verb_table(struct call *c, json_t **ret);

#endif
