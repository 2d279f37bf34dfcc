/*
 * site - what this server has: feeds, pages (desk.h), receipts of gateways, its health (monitor.h)
 *
 * Every answer about a link that is not in force is the same 404.  What the engine has not published
 * (yet) is 503 with Retry-After, for a calendar client keeps its entries then.
 *
 *   feed      200, 304, HEAD; ETag and Last-Modified; gzip if asked for and there.  The engine is told
 *             when and by which program (readers.h)
 *   receipts  what the gateway sent goes to the engine as it came: verb "receipts" {"query",
 *             "body_base64"}; its answer {"reply"} goes back.  A refusal is 400, no answer 503: a
 *             gateway then comes again.
 *   health    and metrics: monitor.h
 *
 * Who asks for too many links that are not in force gets 429 for those (guesses.h).
 *
 * Thread: the server's; answers of the engine come in the asker's.
 */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "asker.h"
#include "host_list.h"
#include "http_server.h"

enum { SITE_RECEIPTS_MAX = 64 * 1024, SITE_RETRY_S = 120 };

struct site_options {
	const char *feeds_dir;         /* copied */
	const struct host_list *hosts; /* copied: beside those that the index names */
	bool no_gzip;
	struct tally *tally; /* borrowed */
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
