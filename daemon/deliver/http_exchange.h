/*
 * http_exchange - one request on a connection of its own, and its reply (F1)
 *
 * HTTP/1.1, never reused, no redirects, no compression, no Expect, replies over 64 KiB are cut,
 * headers over 64 KiB end the exchange.  Judges nothing.
 *
 * Completion: an exchange that began ends with exactly one call of its function, from the loop or
 *             from http_abandon; the exchange is gone when the function is called.
 */
#ifndef DELIVER_HTTP_EXCHANGE_H
#define DELIVER_HTTP_EXCHANGE_H

#include "buf.h"
#include "sms_classify.h"
#include "transport.h"

enum { HTTP_REPLY_MAX = 64 * 1024, HTTP_HEADERS_MAX = 64 * 1024 };

/* A POST of JSON. */
struct http_request {
	const char *url, *body; /* NUL-terminated; copied */
	const char *ca_file;    /* or NULL */
};

struct http_exchange;
typedef void http_reply_fn(void *ctx, const struct sms_reply *reply);

/* RC_IO: libcurl could not be set up; nothing began. */
enum rc http_begin(struct wire *wire, const struct limits *limits, const struct http_request *req,
	http_reply_fn *reply, void *ctx, struct http_exchange **ret, struct diag *d) NODISCARD;
void http_abandon(struct http_exchange *x);

#endif
