/*
 * http_response - answers in the form of libmicrohttpd, for http_server.c only
 *
 * Every answer gets the security headers; blobs (http_server.h) are made here, too.
 */
#ifndef WEB_HTTP_RESPONSE_H
#define WEB_HTTP_RESPONSE_H

#include <microhttpd.h>

#include "http_server.h"

/* Not to be cached; body: copied.  more: NULL, or fields ended by one without name. */
struct MHD_Response *http_response_make(
	const char *type, const void *body, size_t len, const struct http_field *more);

#endif
