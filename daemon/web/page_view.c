#include "page_view.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "page_texts.h"

enum { TEXT_BYTES = 400, STYLE_HEX = 12, HASH_BYTES = 32 };

/* ---- reading --------------------------------------------------------------------------------------- */

const char *page_get(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));
	return s ? s : "";
}

int page_get_int(const json_t *o, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(o, name));
	return n > 1000000 ? 1000000 : n < -1000000 ? -1000000 : (int)n;
}

bool page_get_flag(const json_t *o, const char *name)
{
	return json_is_true(json_object_get(o, name));
}

struct date page_get_date(const json_t *o, const char *name)
{
	struct date d = DATE_NONE;
	const char *s = page_get(o, name);
	(void)date_parse(s, strlen(s), &d);
	return d;
}

/* ---- putting --------------------------------------------------------------------------------------- */

void page_copy(struct view *v, const json_t *o, const char *name)
{
	view_set(v, name, page_get(o, name));
}

void page_put_number(const struct page_view *x, struct view *v, const char *name, int n)
{
	view_set(v, name, n ? arena_printf(x->a, "%d", n) : "");
}

void page_put_date(const struct page_view *x, struct view *v, const char *name, struct date d,
	enum date_style style)
{
	struct buf b;
	if (date_is_none(d)) {
		view_set(v, name, "");
		return;
	}
	buf_init(&b, TEXT_BYTES);
	x->w->put_date(&b, d, style);
	view_set(v, name, arena_strdup(x->a, b.data));
	buf_done(&b);
}

static bool parse_moment(const char *at, struct date *ret_date, int *ret_minute)
{
	char clock[6] = "";
	if (strlen(at) < 16 || !date_parse(at, 10, ret_date))
		return false;
	memcpy(clock, at + 11, 5);
	return date_parse_minute(clock, ret_minute);
}

const char *page_clock(const struct page_view *x, const char *at)
{
	struct date d;
	int minute;
	if (!parse_moment(at, &d, &minute))
		return "";
	return arena_printf(x->a, "%d:%02d", minute / 60, minute % 60);
}

const char *page_moment(const struct page_view *x, const char *at)
{
	struct date d;
	int minute;
	struct buf b;
	if (!parse_moment(at, &d, &minute))
		return "";
	buf_init(&b, TEXT_BYTES);
	x->w->put_date(&b, d, STYLE_DATE_WEEKDAY);
	buf_printf(&b, "%d:%02d", minute / 60, minute % 60);
	const char *s = arena_strdup(x->a, b.data);
	buf_done(&b);
	return s;
}

const char *page_path(const struct page_view *x, const char *rest)
{
	bool top = strcmp(x->at->self, "/") == 0;
	return arena_printf(x->a, "%s/%s", top ? "" : x->at->self, rest);
}

/* ---- rendering -------------------------------------------------------------------------------------- */

static void fill(const struct page_view *x, const char *text, const char *name,
	const struct view *v, struct buf *out)
{
	const struct mustache *m = NULL;
	struct diag d = DIAG_INIT;
	enum rc rc = mustache_parse(text, name, x->a, &m, &d);
	assert(rc == RC_OK); /* it was compiled in, and the tests render each */
	if (rc == RC_OK)
		mustache_render(m, v, ESCAPE_HTML, out);
}

const char *page_fill(
	const struct page_view *x, const char *text, const char *name, const struct view *v)
{
	struct buf b;
	buf_init(&b, PAGE_MAX);
	fill(x, text, name, v, &b);
	const char *s = arena_strndup(x->a, b.data ? b.data : "", b.len);
	buf_done(&b);
	return s;
}

static void put_hex(const unsigned char *bytes, size_t n, char *ret)
{
	static const char HEX[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		ret[2 * i] = HEX[bytes[i] >> 4];
		ret[2 * i + 1] = HEX[bytes[i] & 15];
	}
	ret[2 * n] = '\0';
}

const char *page_style_path(void)
{
	static char path[32];
	unsigned char hash[EVP_MAX_MD_SIZE] = {0};
	char hex[STYLE_HEX + 1];
	if (path[0])
		return path;
	EVP_Digest(PAGE_TEXT_style, strlen(PAGE_TEXT_style), hash, NULL, EVP_sha256(), NULL);
	put_hex(hash, STYLE_HEX / 2, hex);
	snprintf(path, sizeof path, "/style-%s.css", hex);
	return path;
}

void page_form_token(const char *secret, const char *obligation, const char *version,
	char ret[static PAGE_TOKEN_SIZE])
{
	unsigned char hash[EVP_MAX_MD_SIZE] = {0};
	struct buf b;
	buf_init(&b, 2000);
	buf_printf(&b, "form\n%s\n%s\n%s", secret, obligation, version);
	EVP_Digest(b.data, b.len, hash, NULL, EVP_sha256(), NULL);
	buf_done(&b);
	put_hex(hash, (PAGE_TOKEN_SIZE - 1) / 2, ret);
}

enum rc page_finish(const struct page_view *x, const char *title, const char *body, struct buf *out)
{
	struct view *v = view_new(x->a);
	view_set(v, "title", title);
	view_set(v, "style", page_style_path());
	view_set(v, "body", body);
	fill(x, PAGE_TEXT_layout, "layout", v, out);
	return out->overflow ? RC_LIMIT : RC_OK;
}

struct page_view page_begin(struct arena *a, const json_t *data, const struct page_place *at)
{
	return (struct page_view){
		a, words_of(words_language("zh_CN")), at, page_get_date(data, "today")};
}
