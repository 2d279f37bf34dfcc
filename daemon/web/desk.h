/*
 * desk - the pages that people read and act on, between HTTP and the engine
 *
 * A page is a question to the engine ("person-page", "board") and its answer as HTML.  A form is
 * checked against the link that it came by (page_form_token), handed to the engine ("page-act", which
 * decides about rights) and answered with 303 back to the page, which says what became of it.  GET
 * and HEAD ask, and never act.
 *
 * The board is entered by /b/TOKEN, which leaves the token in a cookie (HttpOnly, SameSite=Lax: a form
 * on somebody else's page comes without it) and goes to /.
 *
 * Thread: the server's; answers of the engine come in the asker's.
 */
#ifndef WEB_DESK_H
#define WEB_DESK_H

#include "asker.h"
#include "http_server.h"
#include "link_index.h"
#include "route.h"

struct desk {
	struct asker *asker;     /* borrowed */
	const char *retry_after; /* seconds, of a 503; borrowed */
};

/* The link that a request to / came by, from its cookie; NULL: none that is in force. */
const struct link_entry *desk_find_board(const struct link_index *ix, struct http_exchange *x,
	char ret_token[static ROUTE_TOKEN_SIZE]);

/* to: ROUTE_PAGE, ROUTE_BOARD (token: the cookie's), ROUTE_ENTRY, ROUTE_LANDING,
 * ROUTE_SLIP, ROUTE_TABLE (token: the link's or the cookie's).  e may be NULL: then it
 * says that there is no such page. */
void desk_serve(const struct desk *d, struct http_exchange *x, const struct http_request *r,
	const struct routed *to, const struct link_entry *e);
void desk_serve_style(struct http_exchange *x, const struct http_request *r);
void desk_say_later(const struct desk *d, struct http_exchange *x);

#endif
