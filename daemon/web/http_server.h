/*
 * http_server - HTTP/1.1 on a listening socket: the only user of libmicrohttpd
 *
 * Knows limits and framing, and nothing of what is asked: a struct http_site answers.
 *
 * Limits:  HTTP_CONNECTIONS_MAX connections (those beyond wait in the backlog; who has to go while they
 *          wait: connections.h), per_address of them from one site (0: any; net_address_site).  A
 *          trusted proxy may have any number, and each of its clients as many requests at a time.
 *          HTTP_MEMORY bytes for a request's head, deadline_s from its first to its last byte (F7:
 *          libmicrohttpd's own limit begins anew with each byte), plus a second for each 64 KiB of an
 *          answer beyond the first MiB.  Only GET, HEAD and POST; a body only with POST, and no
 *          longer than the site wants.
 * Thread:  one of its own serves; the site's functions run in it and must not block.  Who has to wait
 *          calls http_wait, and any thread may answer later with http_wake.
 * Failure: what is not HTTP, too long or of another version is refused here and never seen by the
 *          site.
 */
#ifndef WEB_HTTP_SERVER_H
#define WEB_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "library.h"
#include "net.h"

#include "route.h"
#include "tally.h"

enum {
	HTTP_CONNECTIONS_MAX = 64,
	HTTP_MEMORY = 16 * 1024,
	HTTP_IDLE_S = 10,
	HTTP_DEADLINE_S = 15,
};

/* ---- answers ----------------------------------------------------------------------------------- */

struct http_field {
	const char *name, *value;
};

/* Head and body of an answer, made once and sent any number of times; counted. */
struct http_blob;
/* data stays where it is until release(ctx) is called, after the last byte of the last answer.  Every
 * blob gets the security headers unless `bare` (304, which must not repeat them). */
struct http_blob_parts {
	const void *data;
	size_t len;
	const struct http_field *field;
	size_t n_fields;
	bool bare;
	void (*release)(void *ctx);
	void *ctx;
};
struct http_blob *http_blob_new(const struct http_blob_parts *p);
void http_blob_free(struct http_blob *b); /* NULL is fine */

/* ---- a request ----------------------------------------------------------------------------------- */

struct http_exchange; /* one request and its answer */

struct http_request {
	enum http_method method;
	const char *path; /* raw, path_len bytes */
	size_t path_len;
	const char *query; /* raw, behind the question mark; "" if none */
	const char *host;  /* NULL: HTTP/1.0 without one */
	const char *body;
	size_t body_len;
	struct net_address peer,
		client; /* other than the peer: a trusted proxy says so (client.h) */
};

struct http_site {
	/* Who is believed whom it asks for; borrowed until the site is asked again. */
	const struct net_list *(*proxies)(void *ctx);
	/* Before the body: how much of it is wanted.  0: the request is answered without. */
	size_t (*body_max)(void *ctx, const struct http_request *r);
	/* Calls exactly one of the three below. */
	void (*handle)(void *ctx, struct http_exchange *x, const struct http_request *r);
	void *ctx;
};

const char *http_header(const struct http_exchange *x, const char *name); /* NULL: none */
/* The client reached the proxy by TLS. */
bool http_is_https(const struct http_exchange *x);
/* It will be answered politely, and is a refusal all the same: what it is logged as. */
void http_mark_refused(struct http_exchange *x, unsigned status);
/* What it is counted as; ROUTE_NONE until then. */
void http_classify(struct http_exchange *x, enum route r);
int64_t http_now_ms(void); /* monotonic, coarse */

/* The blob is borrowed and may be freed at once. */
void http_answer(struct http_exchange *x, unsigned status, struct http_blob *b);
/* A plain line of text, not to be cached; more: NULL or further fields, ended by one without name. */
void http_say(
	struct http_exchange *x, unsigned status, const char *line, const struct http_field *more);
/* Puts it aside until http_wake.  From then on nobody but its waker may touch x. */
void http_wait(struct http_exchange *x);
/* body: copied. */
void http_wake(struct http_exchange *x, unsigned status, const char *type, const void *body,
	size_t len, const struct http_field *more);

/* ---- the server ---------------------------------------------------------------------------------- */

struct http_options {
	int listen_fd; /* taken over */
	struct http_site site;
	struct tally *tally; /* borrowed */
	/* A request was refused: status 400 or more; by whom (in digits), as what.  May be NULL. */
	void (*refused)(void *ctx, unsigned status, enum route r, const char *client);
	void *refused_ctx;
	unsigned per_address;
	unsigned deadline_s;
};
struct http_server;
enum rc http_server_new(
	const struct http_options *opt, struct http_server **ret, struct diag *d) NODISCARD;
/* Cuts those who are too slow, until stop_fd becomes readable. */
void http_server_watch(struct http_server *s, int stop_fd);
/* Everything that waits must have been woken. */
void http_server_free(struct http_server *s);

struct library http_library(void);

#endif
