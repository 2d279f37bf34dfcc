/* How to subscribe to a feed: addresses, buttons, a code to scan. */
#include <stdio.h>
#include <string.h>

#include "page_texts.h"
#include "page_view.h"
#include "qr_svg.h"
#include "text.h"

enum { QR_MAX = 64 * 1024, QR_TEXT_MAX = 400 };

/* application/x-www-form-urlencoded, for a query. */
static const char *encode(const struct page_view *x, const char *s)
{
	struct buf b;
	buf_init(&b, 4000);
	for (; *s; s++) {
		bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			     (*s >= '0' && *s <= '9') || strchr("-._~", *s);
		if (plain)
			buf_putc(&b, *s);
		else
			buf_printf(&b, "%%%02X", (unsigned char)*s);
	}
	const char *ret = arena_strdup(x->a, b.data ? b.data : "");
	buf_done(&b);
	return ret;
}

/* Behind "://"; the whole of it if there is none. */
static const char *host_of(const char *base)
{
	const char *sep = strstr(base, "://");
	return sep ? sep + 3 : base;
}

/* Could a server out there ask this one?  An address in digits or a bare name is taken for inside. */
static bool is_outside(const char *base)
{
	const char *host = host_of(base);
	size_t len = strcspn(host, ":/"), letters = 0, dots = 0;
	for (size_t i = 0; i < len; i++) {
		letters += (host[i] >= 'a' && host[i] <= 'z') || (host[i] >= 'A' && host[i] <= 'Z');
		dots += host[i] == '.';
	}
	return letters && dots && host[0] != '[';
}

static const char *qr(const struct page_view *x, const char *url)
{
	struct buf b;
	buf_init(&b, QR_MAX);
	bool made = strlen(url) <= QR_TEXT_MAX && qr_svg(url, "订阅二维码", &b) == RC_OK;
	const char *s = made && !b.overflow ? arena_strdup(x->a, b.data) : "";
	buf_done(&b);
	return s;
}

/* What one feed is called and where it is; path: "/f/TOKEN.ics". */
static struct view *feed_view(const struct page_view *x, const char *name, const char *path)
{
	const char *base = x->at->base;
	struct view *v = view_new(x->a);
	const char *https = arena_printf(x->a, "%s%s", base, path);
	const char *webcal = arena_printf(x->a, "webcal://%s%s", host_of(base), path);
	view_set(v, "name", name);
	view_set(v, "https", https);
	view_set(v, "webcal", webcal);
	view_set_flag(v, "outside", is_outside(base));
	view_set(v, "outlook",
		arena_printf(x->a, "https://outlook.live.com/calendar/0/addfromweb?url=%s&name=%s",
			encode(x, https), encode(x, name)));
	view_set(v, "google",
		arena_printf(
			x->a, "https://calendar.google.com/calendar/r?cid=%s", encode(x, webcal)));
	return v;
}

/* The landing page has the feed's address without its end. */
static const char *feed_html(
	const struct page_view *x, const char *name, const char *path, bool alone)
{
	size_t len = strlen(path), end = strlen(".ics");
	struct view *v = feed_view(x, name, path);
	const char *landing = arena_printf(x->a, "%.*s", (int)(len > end ? len - end : len), path);
	view_set(v, "landing", landing);
	view_set_flag(v, "alone", alone);
	view_set(v, "qr", qr(x, arena_printf(x->a, "%s%s", x->at->base, landing)));
	return page_fill(x, PAGE_TEXT_feed, "feed", v);
}

void page_put_feeds(
	const struct page_view *x, struct view *v, const char *name, const json_t *feeds)
{
	struct buf b;
	size_t i;
	json_t *feed;
	struct view *help = feed_view(x, "", "");
	buf_init(&b, PAGE_MAX);
	json_array_foreach(feeds, i, feed)
		buf_puts(&b, feed_html(x, page_get(feed, "name"), page_get(feed, "path"), false));
	view_set(v, name, arena_strndup(x->a, b.data ? b.data : "", b.len));
	view_set(v, "help", page_fill(x, PAGE_TEXT_help, "help", help));
	buf_done(&b);
}

enum rc page_subscribe(const struct page_place *at, struct buf *out)
{
	struct arena a = ARENA_INIT;
	struct page_view x = page_begin(&a, NULL, at);
	struct view *v = view_new(&a);
	const char *path = arena_printf(&a, "%s.ics", at->self), *name = "报送日历";
	view_set(v, "feed", feed_html(&x, name, path, true));
	view_set(v, "help", page_fill(&x, PAGE_TEXT_help, "help", feed_view(&x, name, path)));
	enum rc rc = page_finish(
		&x, "订阅报送日历", page_fill(&x, PAGE_TEXT_subscribe, "subscribe", v), out);
	arena_done(&a);
	return rc;
}
