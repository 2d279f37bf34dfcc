#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "mem.h"

#include "desk.h"
#include "feed_cache.h"
#include "form.h"
#include "guesses.h"
#include "monitor.h"
#include "precondition.h"
#include "published.h"
#include "readers.h"

struct site {
	struct published *published;
	struct feed_cache *feeds;
	struct asker *asker;
	struct readers *readers;
	struct host_list hosts;
	bool no_gzip;
	char retry_after[16];
	struct desk desk;
	struct monitor *monitor;
	struct tally *tally;
	struct guesses guesses;
};

/* ---- plain answers ----------------------------------------------------------------------------- */

static void say_not_found(struct http_exchange *x)
{
	http_say(x, 404, "not found\n", NULL);
}

/* Who asks for many links that are not in force. */
static void say_too_many(struct site *s, struct http_exchange *x)
{
	const struct http_field more[] = {
		{"Retry-After", s->retry_after}, {"Connection", "close"}, {0}};
	s->tally->shed++;
	http_say(x, 429, "too many\n", more);
}

static void say_later(const struct site *s, struct http_exchange *x)
{
	const struct http_field more[] = {{"Retry-After", s->retry_after}, {0}};
	http_say(x, 503, "not now\n", more);
}

/* ---- feeds --------------------------------------------------------------------------------------- */

static void free_blob(void *prepared)
{
	http_blob_free(prepared);
}

static void prepare(struct feed_file *f, enum feed_coding coding)
{
	struct feed_form *form = &f->form[coding];
	char modified[HTTP_DATE_SIZE];
	const struct http_field fields[] = {
		{"ETag", form->etag},
		{"Cache-Control", "private, no-cache"},
		{"Vary", "Accept-Encoding"},
		{"Last-Modified", modified},
		{"Content-Type", "text/calendar; charset=utf-8"},
		{"Content-Disposition", "inline; filename=\"deadlines.ics\""},
		{"Content-Encoding", "gzip"},
	};
	http_date_format(f->modified, modified);
	struct http_blob_parts whole = {.data = form->data,
		.len = form->len,
		.field = fields,
		.n_fields = coding == FEED_GZIP ? 7 : 6,
		.release = feed_file_release,
		.ctx = feed_file_hold(f)};
	/* libmicrohttpd adds a Content-Length to it, come what may.  With the length of the feed, which
	 * RFC 9110 section 8.6 asks for, some clients wait for a body; 0 is understood by all. */
	struct http_blob_parts unchanged = {
		.data = "", .field = fields, .n_fields = 4, .bare = true};
	f->free_prepared = free_blob;
	f->prepared[coding].whole = http_blob_new(&whole);
	f->prepared[coding].unchanged = http_blob_new(&unchanged);
}

/* A file that changed within this second may change again without another date. */
static bool is_unmodified_since(const struct feed_file *f, const char *field)
{
	int64_t since;
	return field && http_date_parse(field, &since) && f->modified <= since &&
	       f->modified < (int64_t)time(NULL) - 1;
}

/* The form that the client has already, or FEED_CODINGS.  A tag rules, then dates do not. */
static enum feed_coding find_known(
	const struct feed_file *f, const struct http_exchange *x, enum feed_coding wanted)
{
	const char *tags = http_header(x, "If-None-Match");
	if (!tags)
		return is_unmodified_since(f, http_header(x, "If-Modified-Since")) ? wanted
										   : FEED_CODINGS;
	if (precondition_has_tag(tags, f->form[wanted].etag))
		return wanted;
	for (enum feed_coding c = 0; c < FEED_CODINGS; c++)
		if (f->form[c].data && precondition_has_tag(tags, f->form[c].etag))
			return c;
	return FEED_CODINGS;
}

static void send_feed(const struct site *s, struct http_exchange *x, struct feed_file *f)
{
	bool gzip = !s->no_gzip && f->form[FEED_GZIP].data &&
		    accepts_gzip(http_header(x, "Accept-Encoding"));
	enum feed_coding coding = gzip ? FEED_GZIP : FEED_PLAIN;
	enum feed_coding known = find_known(f, x, coding);
	bool unchanged = known != FEED_CODINGS;
	if (unchanged)
		coding = known;
	if (!f->prepared[coding].whole)
		prepare(f, coding);
	http_answer(x, unchanged ? 304 : 200,
		unchanged ? f->prepared[coding].unchanged : f->prepared[coding].whole);
}

static void serve_feed(struct site *s, struct http_exchange *x, const struct link_entry *e)
{
	struct feed_file *f;
	struct diag d;
	if (e->use != LINK_USE_FEED && e->use != LINK_USE_REVOKED)
		say_not_found(x);
	else if (feed_cache_get(s->feeds, e->name, http_now_ms(), &f, &d))
		say_later(s, x);
	else {
		send_feed(s, x, f);
		readers_note(s->readers, e->hash, http_header(x, "User-Agent"));
	}
}

/* ---- questions ----------------------------------------------------------------------------------- */

struct waiting {
	struct site *site;
	struct http_exchange *x;
};

static void wake_text(struct waiting *w, unsigned status, const char *text)
{
	const struct http_field more[] = {{"Retry-After", w->site->retry_after}, {0}};
	http_wake(w->x, status, "text/plain; charset=utf-8", text, strlen(text),
		status == 503 ? more : NULL);
	free(w);
}

static void ask(struct site *s, struct http_exchange *x, const char *verb, json_t *given_args,
	ask_done_fn *done)
{
	if (!asker_has_room(s->asker)) {
		json_decref(given_args);
		say_later(s, x);
		return;
	}
	struct waiting *w = mem_new(1, sizeof *w);
	*w = (struct waiting){s, x};
	http_wait(x);
	if (!asker_ask(s->asker, verb, given_args, done, w))
		wake_text(w, 503, "not now\n");
}

/* ---- receipts ------------------------------------------------------------------------------------ */

static bool is_refusal(enum rc rc)
{
	return rc == RC_INVALID || rc == RC_LIMIT || rc == RC_RANGE || rc == RC_NOTFOUND;
}

static void receipts_done(void *ctx, enum rc rc, const json_t *data)
{
	const char *reply = json_string_value(json_object_get(data, "reply"));
	if (rc)
		wake_text(ctx, is_refusal(rc) ? 400 : 503,
			is_refusal(rc) ? "not understood\n" : "not now\n");
	else
		wake_text(ctx, 200, reply ? reply : "");
}

static void serve_receipts(struct site *s, struct http_exchange *x, const struct http_request *r,
	const struct link_entry *e)
{
	if (e->use != LINK_USE_RECEIPTS) {
		say_not_found(x);
		return;
	}
	char *coded = mem_new(r->body_len / 3 * 4 + 8, 1);
	EVP_EncodeBlock((unsigned char *)coded, (const unsigned char *)r->body, (int)r->body_len);
	json_t *args = json_pack("{s:s,s:s}", "query", r->query, "body_base64", coded);
	free(coded);
	if (args)
		ask(s, x, "receipts", args, receipts_done);
	else
		http_say(x, 400, "not understood\n", NULL);
}

/* ---- requests ------------------------------------------------------------------------------------ */

static bool is_addressed(const struct site *s, const struct link_index *ix, const char *host)
{
	return host_list_has(&s->hosts, host) || (ix && host_list_has(&ix->hosts, host));
}

static bool is_watcher(const struct link_index *ix, const struct http_request *r)
{
	return ix && net_list_has(&ix->watchers, &r->client);
}

/* To all but watchers /metrics is a page that is not there. */
static void serve_monitor(struct site *s, struct http_exchange *x, const struct http_request *r,
	const struct routed *to, const struct link_index *ix)
{
	if (!ix)
		http_say(x, 503, "{\"ok\":false,\"why\":\"index\"}\n", NULL);
	else if (to->route == ROUTE_HEALTH)
		monitor_serve_health(s->monitor, x, is_watcher(ix, r));
	else if (is_watcher(ix, r))
		monitor_serve_metrics(s->monitor, x);
	else
		say_not_found(x);
}

static bool is_page(enum route r)
{
	return r == ROUTE_PAGE || r == ROUTE_ENTRY || r == ROUTE_LANDING || r == ROUTE_SLIP ||
	       r == ROUTE_TABLE;
}

static bool is_by_cookie(const struct routed *to)
{
	return to->route == ROUTE_BOARD ||
	       ((to->route == ROUTE_SLIP || to->route == ROUTE_TABLE) && !to->by_link);
}

static void serve_board(struct site *s, struct http_exchange *x, const struct http_request *r,
	struct routed *to, const struct link_index *ix)
{
	const struct link_entry *e = ix ? desk_find_board(ix, x, to->token) : NULL;
	if (!ix)
		desk_say_later(&s->desk, x);
	else if (!e && to->token[0] && !guesses_note(&s->guesses, &r->client, http_now_ms()))
		say_too_many(s, x);
	else
		desk_serve(&s->desk, x, r, to, e);
}

static void serve_link(struct site *s, struct http_exchange *x, const struct http_request *r,
	const struct routed *to, const struct link_index *ix)
{
	const struct link_entry *e = ix ? link_index_find(ix, to->token) : NULL;
	if (!ix)
		say_later(s, x);
	else if (!e && !guesses_note(&s->guesses, &r->client, http_now_ms()))
		say_too_many(s, x);
	else if (is_page(to->route))
		desk_serve(&s->desk, x, r, to, e);
	else if (!e)
		say_not_found(x);
	else if (to->route == ROUTE_FEED)
		serve_feed(s, x, e);
	else
		serve_receipts(s, x, r, e);
}

static void handle(void *ctx, struct http_exchange *x, const struct http_request *r)
{
	struct site *s = ctx;
	struct routed to = route_find(r->method, r->path, r->path_len);
	const struct link_index *ix = NULL;
	const struct http_field allow[] = {{"Allow", to.allow}, {0}};
	http_classify(x, to.route);
	if (published_get(s->published, http_now_ms(), &ix, NULL))
		ix = NULL;
	if (!is_addressed(s, ix, r->host))
		http_say(x, 421, "not here\n", NULL);
	else if (to.refused)
		http_say(x, 405, "not so\n", allow);
	else if (to.route == ROUTE_NONE)
		say_not_found(x);
	else if (to.route == ROUTE_HEALTH || to.route == ROUTE_METRICS)
		serve_monitor(s, x, r, &to, ix);
	else if (to.route == ROUTE_STYLE)
		desk_serve_style(x, r);
	else if (is_by_cookie(&to))
		serve_board(s, x, r, &to, ix);
	else
		serve_link(s, x, r, &to, ix);
}

static const struct net_list *proxies(void *ctx)
{
	static const struct net_list NOBODY;
	struct site *s = ctx;
	const struct link_index *ix;
	return published_get(s->published, http_now_ms(), &ix, NULL) ? &NOBODY : &ix->proxies;
}

static size_t body_max(void *ctx, const struct http_request *r)
{
	(void)ctx;
	struct routed to = route_find(r->method, r->path, r->path_len);
	if (to.refused)
		return 0;
	if (to.route == ROUTE_PAGE || to.route == ROUTE_BOARD)
		return FORM_BODY_MAX;
	return to.route == ROUTE_RECEIPTS ? SITE_RECEIPTS_MAX : 0;
}

/* ---- life ---------------------------------------------------------------------------------------- */

struct site *site_new(const struct site_options *opt)
{
	struct site *s = mem_new(1, sizeof *s);
	*s = (struct site){.hosts = *opt->hosts,
		.no_gzip = opt->no_gzip,
		.published = published_new(opt->feeds_dir),
		.feeds = feed_cache_new(opt->feeds_dir),
		.asker = asker_new(opt->ask, opt->ask_ctx),
		.readers = readers_new(opt->ask, opt->ask_ctx),
		.tally = opt->tally};
	snprintf(s->retry_after, sizeof s->retry_after, "%d", SITE_RETRY_S);
	s->desk = (struct desk){s->asker, s->retry_after};
	s->monitor = monitor_new(s->asker, s->tally);
	return s;
}

struct http_site site_handlers(struct site *s)
{
	return (struct http_site){proxies, body_max, handle, s};
}

void site_stop(struct site *s)
{
	asker_stop(s->asker);
	readers_stop(s->readers);
}

void site_free(struct site *s)
{
	if (!s)
		return;
	asker_free(s->asker);
	readers_free(s->readers);
	monitor_free(s->monitor);
	feed_cache_free(s->feeds);
	published_free(s->published);
	free(s);
}
