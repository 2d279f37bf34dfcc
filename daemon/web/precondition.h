/*
 * precondition - what a client has already, and in which coding it takes the rest
 *
 * Pure readers of header fields (RFC 9110 sections 8.8, 12.5.3, 13.1).  A field that is not
 * understood counts as absent: the client then gets the whole thing, which is always right.
 */
#ifndef WEB_PRECONDITION_H
#define WEB_PRECONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_DATE_SIZE = 30 };

/* If-None-Match: a list of tags, strong or weak (W/), or "*"; compared weakly.  etag with its
 * quotes. */
bool precondition_has_tag(const char *field, const char *etag);

/* An IMF-fixdate ("Sun, 06 Nov 1994 08:49:37 GMT") in UTC seconds; the obsolete forms are not read. */
bool http_date_parse(const char *field, int64_t *ret);
void http_date_format(int64_t at, char ret[static HTTP_DATE_SIZE]);

/* Does Accept-Encoding name gzip (or *), and not with q=0?  NULL: no. */
bool accepts_gzip(const char *field);

#endif
