/*
 * site - what this server has: feeds, pages (desk.h), receipts of gateways, its health
 *
 * Every answer about a link that is not in force is the same 404.  What the engine has not published
 * (yet) is 503 with Retry-After, for a calendar client keeps its entries then.
 *
 *   feed      200, 304, HEAD; ETag and Last-Modified; gzip if asked for and there
 *   receipts  what the gateway sent goes to the engine as it came: verb "receipts" {"query",
 *             "body_base64"}; its answer {"reply"} goes back.  A refusal is 400, no answer 503: a
 *             gateway then comes again.
 *   health    verb "health"; {"ok":true,...} is 200, anything else 503.  At most once a second.
 *
 * Thread: the server's; answers of the engine come in the asker's.
 */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "asker.h"
#include "host_list.h"
#include "http_server.h"

enum { SITE_RECEIPTS_MAX = 64 * 1024, SITE_RETRY_S = 120, SITE_HEALTH_MS = 1000 };

struct site_options {
	const char *feeds_dir;         /* copied */
	const struct host_list *hosts; /* copied: beside those that the index names */
	bool no_gzip;
	ask_fn *ask;
	void *ask_ctx;
};

struct site;
struct site *site_new(const struct site_options *opt);
struct http_site site_handlers(struct site *s);
/* Whoever waits is answered with 503; before the server is freed.  Then site_free after it. */
void site_stop(struct site *s);
void site_free(struct site *s);

#endif
