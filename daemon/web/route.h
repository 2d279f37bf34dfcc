/*
 * route - which page a request means, and what stands in its path
 *
 * Pure.  A path is one of the forms below, byte for byte, or it is nothing: no percent sign is
 * decoded, no dot or double slash is resolved, no case is folded, no slash at the end forgiven.
 *
 *   /healthz         GET HEAD
 *   /metrics         GET HEAD         for those whom the settings name
 *   /f/TOKEN.ics     GET HEAD         a feed
 *   /f/TOKEN         GET HEAD         how to subscribe to it
 *   /r/TOKEN         GET POST         receipts of an SMS gateway
 *   /p/TOKEN         GET HEAD POST    a person's page
 *   /b/TOKEN         GET HEAD         the way to the board: gives the cookie
 *   /                GET HEAD POST    the board, by cookie
 *   /print/ID        GET HEAD         a receipt slip to print, by cookie
 *   /report-PERIOD   GET HEAD         a month's or a year's table, by cookie
 *   /report-PERIOD.csv
 *   /p/TOKEN/print/ID, /p/TOKEN/report-PERIOD, /p/TOKEN/report-PERIOD.csv     the same by a link
 *   /style-HASH.css  GET HEAD         the stylesheet
 *
 * TOKEN is ROUTE_TOKEN_LEN characters of base64url (RFC 4648 section 5), without padding; HASH is
 * ROUTE_HASH_LEN of them; ID an obligation's, [a-z0-9/-], at most ROUTE_NAME_SIZE - 1; PERIOD 2024-05 or
 * 2024.
 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OTHER };
enum http_method http_method_parse(const char *s); /* as sent; methods are case-sensitive */

enum route {
	ROUTE_NONE,
	ROUTE_HEALTH,
	ROUTE_METRICS,
	ROUTE_FEED,
	ROUTE_RECEIPTS,
	ROUTE_LANDING,
	ROUTE_PAGE,
	ROUTE_ENTRY,
	ROUTE_BOARD,
	ROUTE_STYLE,
	ROUTE_SLIP,
	ROUTE_TABLE,
	ROUTES_N
};
enum { ROUTE_TOKEN_LEN = 43, ROUTE_TOKEN_SIZE = ROUTE_TOKEN_LEN + 1, ROUTE_HASH_LEN = 12,
	ROUTE_NAME_SIZE = 201 };

struct routed {
	enum route route;
	bool refused;                 /* the page is there, but not for this method */
	const char *allow;            /* methods it takes, as in a header field; a literal */
	char token[ROUTE_TOKEN_SIZE]; /* TOKEN or HASH; "" if the form has none */
	char name[ROUTE_NAME_SIZE];   /* ID or PERIOD */
	bool by_link;                 /* a paper below /p/TOKEN */
	bool csv;
};

/* path: what stands before the question mark, len bytes. */
struct routed route_find(enum http_method method, const char *path, size_t len);

#endif
