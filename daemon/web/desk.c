#include "desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#include "form.h"
#include "page.h"
#include "page_texts.h"

enum { BASE_SIZE = 300, PLACE_SIZE = 64, ACT_SIZE = 16, LOCATION_SIZE = 2048 };
static const char HTML[] = "text/html; charset=utf-8", COOKIE[] = "deadlined";

/* One request that waits for the engine. */
struct visit {
	const struct desk *desk;
	struct http_exchange *x;
	enum route route;
	enum link_use use;
	bool csv;
	char name[ROUTE_NAME_SIZE]; /* of what is printed */
	char self[PLACE_SIZE], secret[ROUTE_TOKEN_SIZE], base[BASE_SIZE];
	const char *said;             /* a literal */
	char anchor[FORM_VALUE_SIZE]; /* of the obligation that was acted on */
	char unit[FORM_VALUE_SIZE];   /* whose record the board shows instead, or "" */
};

/* ---- answers ---------------------------------------------------------------------------------------- */

static void put_notice(enum page_notice n, struct buf *b)
{
	buf_init(b, PAGE_MAX);
	if (page_notice(n, b))
		buf_clear(b);
}

/* At once, in the server's thread. */
static void say_html(struct http_exchange *x, unsigned status, const struct buf *b,
	const struct http_field *more)
{
	http_wait(x);
	http_wake(x, status, HTML, b->data ? b->data : "", b->len, more);
}

static void say_notice(
	struct http_exchange *x, unsigned status, enum page_notice n, const struct http_field *more)
{
	struct buf b;
	put_notice(n, &b);
	say_html(x, status, &b, more);
	buf_done(&b);
}

void desk_say_later(const struct desk *d, struct http_exchange *x)
{
	const struct http_field more[] = {{"Retry-After", d->retry_after}, {0}};
	say_notice(x, 503, PAGE_LATER, more);
}

static void go_to(struct http_exchange *x, const char *where, const char *cookie)
{
	const struct http_field more[] = {
		{"Location", where}, {cookie ? "Set-Cookie" : NULL, cookie}, {0}};
	http_say(x, 303, "", more);
}

void desk_serve_style(struct http_exchange *x, const struct http_request *r)
{
	const char *path = page_style_path();
	const struct http_field fields[] = {{"Content-Type", "text/css; charset=utf-8"},
		{"Cache-Control", "public, max-age=31536000, immutable"}};
	if (r->path_len != strlen(path) || memcmp(r->path, path, r->path_len) != 0) {
		http_say(x, 404, "not found\n", NULL);
		return;
	}
	struct http_blob *b = http_blob_new(&(struct http_blob_parts){.data = PAGE_TEXT_style,
		.len = strlen(PAGE_TEXT_style),
		.field = fields,
		.n_fields = 2});
	http_answer(x, 200, b);
	http_blob_free(b);
}

/* ---- waking ------------------------------------------------------------------------------------------- */

static void wake_notice(struct visit *v, unsigned status, enum page_notice n)
{
	const struct http_field more[] = {{"Retry-After", v->desk->retry_after}, {0}};
	struct buf b;
	put_notice(n, &b);
	http_wake(v->x, status, HTML, b.data ? b.data : "", b.len, status == 503 ? more : NULL);
	buf_done(&b);
}

static struct page_place place_of(const struct visit *v, const json_t *data)
{
	const char *base = json_string_value(json_object_get(data, "base_url"));
	return (struct page_place){v->self, v->secret, base ? base : v->base, v->said, v->anchor};
}

static enum rc render(
	const struct visit *v, const json_t *data, const struct page_place *at, struct buf *out)
{
	if (v->route == ROUTE_SLIP)
		return page_slip(data, at, out);
	if (v->route == ROUTE_TABLE)
		return page_table(data, at, out);
	if (v->route == ROUTE_BOARD)
		return v->unit[0] ? page_unit(data, at, out) : page_board(data, at, out);
	return v->use == LINK_USE_LEADER ? page_leaders(data, at, out) : page_person(data, at, out);
}

static void wake_csv(struct visit *v, const json_t *csv)
{
	char file[ROUTE_NAME_SIZE + 60];
	snprintf(file, sizeof file, "attachment; filename=\"report-%s.csv\"", v->name);
	const struct http_field more[] = {{"Content-Disposition", file}, {0}};
	http_wake(v->x, 200, "text/csv; charset=utf-8", json_string_value(csv),
		json_string_length(csv), more);
}

static void page_done(void *ctx, enum rc rc, const json_t *data)
{
	struct visit *v = ctx;
	struct page_place at = place_of(v, data);
	struct buf b;
	buf_init(&b, PAGE_MAX);
	const json_t *csv = json_object_get(data, "csv");
	if (rc == RC_OK && v->csv && !json_is_string(csv))
		rc = RC_LIMIT;
	if (rc == RC_OK && !v->csv)
		rc = render(v, data, &at, &b);
	if (rc == RC_OK && v->csv)
		wake_csv(v, csv);
	else if (rc == RC_OK)
		http_wake(v->x, 200, HTML, b.data, b.len, NULL);
	else if (rc == RC_NOTFOUND)
		wake_notice(v, 404, PAGE_NOT_FOUND);
	else
		wake_notice(v, 503, PAGE_LATER);
	buf_done(&b);
	free(v);
}

/* The page says it, the log knows it. */
static const char *refuse(const struct visit *v, const char *said)
{
	http_mark_refused(v->x, 403);
	return said;
}

/* Back to the page, which shows how things stand now. */
static void act_done(void *ctx, enum rc rc, const json_t *data)
{
	struct visit *v = ctx;
	char where[LOCATION_SIZE];
	const char *said = json_string_value(json_object_get(data, "said"));
	if (rc == RC_NOTFOUND) {
		wake_notice(v, 404, PAGE_NOT_FOUND);
		free(v);
		return;
	}
	if (rc == RC_STATE || rc == RC_INVALID || rc == RC_RANGE || rc == RC_LIMIT)
		said = refuse(v, "refused");
	else if (rc || !said)
		said = "later";
	else if (strcmp(said, "done") == 0)
		said = v->said;
	snprintf(where, sizeof where, "%s?m=%s&c=%s#%s", v->self, said, v->anchor, v->anchor);
	const struct http_field more[] = {{"Location", where}, {0}};
	http_wake(v->x, 303, HTML, "", 0, more);
	free(v);
}

/* ---- asking ------------------------------------------------------------------------------------------- */

static struct visit *visit_new(const struct desk *d, struct http_exchange *x,
	const struct http_request *r, const struct routed *to)
{
	struct visit *v = mem_new(1, sizeof *v);
	char said[FORM_VALUE_SIZE];
	v->desk = d;
	v->x = x;
	v->route = to->route;
	bool paper = to->route == ROUTE_SLIP || to->route == ROUTE_TABLE;
	size_t self = paper ? to->by_link ? strlen("/p/") + ROUTE_TOKEN_LEN : 1 : r->path_len;
	snprintf(v->self, sizeof v->self, "%.*s", (int)self, r->path);
	snprintf(v->name, sizeof v->name, "%s", to->name);
	v->csv = to->csv;
	snprintf(v->secret, sizeof v->secret, "%s", to->token);
	snprintf(v->base, sizeof v->base, "%s://%s", http_is_https(x) ? "https" : "http",
		r->host ? r->host : "localhost");
	form_get(r->query, strlen(r->query), "m", said);
	v->said = page_said(said);
	form_get(r->query, strlen(r->query), "c", v->anchor);
	form_get(r->query, strlen(r->query), "u", v->unit);
	return v;
}

/* Takes v and args. */
static void ask(struct visit *v, const char *verb, json_t *args, ask_done_fn *done)
{
	struct asker *asker = v->desk->asker;
	if (!args || !asker_has_room(asker)) {
		json_decref(args);
		desk_say_later(v->desk, v->x);
		free(v);
		return;
	}
	http_wait(v->x);
	if (!asker_ask(asker, verb, args, done, v)) {
		wake_notice(v, 503, PAGE_LATER);
		free(v);
	}
}

static const char *as_of(const struct link_entry *e)
{
	switch (e->use) {
	case LINK_USE_PAGE:
		return "page";
	case LINK_USE_LEADER:
		return "leader";
	case LINK_USE_CLERK:
		return "clerk";
	default:
		return "admin";
	}
}

static void show(struct visit *v, const struct link_entry *e)
{
	const char *verb = v->route == ROUTE_SLIP	  ? "slip"
			   : v->route == ROUTE_TABLE	  ? "table"
			   : v->route == ROUTE_BOARD	  ? (v->unit[0] ? "unit-page" : "board")
			   : e->use == LINK_USE_LEADER ? "leaders-page"
						       : "person-page";
	v->use = e->use;
	ask(v, verb,
		json_pack("{s:s,s:s,s:s,s:s,s:s,s:b}", "as", as_of(e), "id", e->name, "obligation",
			v->name, "unit", v->unit, "period", v->name, "csv", v->csv),
		page_done);
}

/* ---- forms -------------------------------------------------------------------------------------------- */

struct posted {
	char obligation[FORM_VALUE_SIZE], version[FORM_VALUE_SIZE], token[FORM_VALUE_SIZE];
	char act[FORM_VALUE_SIZE], item[FORM_VALUE_SIZE], reason[FORM_VALUE_SIZE];
	char date[FORM_VALUE_SIZE], kind[FORM_VALUE_SIZE], entry[FORM_VALUE_SIZE];
};

/* In a time that does not depend on where they differ. */
static bool is_same(const char *a, const char *b)
{
	size_t n = strlen(b);
	unsigned diff = 0;
	if (strlen(a) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		diff |= (unsigned)(a[i] ^ b[i]);
	return diff == 0;
}

static bool read_posted(const struct visit *v, const struct http_request *r, struct posted *ret)
{
	char want[PAGE_TOKEN_SIZE];
	bool whole = form_get(r->body, r->body_len, "o", ret->obligation) &&
		     form_get(r->body, r->body_len, "v", ret->version) &&
		     form_get(r->body, r->body_len, "t", ret->token) &&
		     form_get(r->body, r->body_len, "a", ret->act);
	if (!whole)
		return false;
	form_get(r->body, r->body_len, "w", ret->item);
	form_get(r->body, r->body_len, "r", ret->reason);
	form_get(r->body, r->body_len, "d", ret->date);
	form_get(r->body, r->body_len, "k", ret->kind);
	form_get(r->body, r->body_len, "e", ret->entry);
	page_form_token(v->secret, ret->obligation, ret->version, want);
	return is_same(ret->token, want);
}

/* An entry of a quota is named by its day and kind: "2024-03-05 教育". */
static void name_entry(const struct posted *p, const char **ret_kind, char ret_date[static 11])
{
	const char *gap = strchr(p->entry, ' ');
	snprintf(ret_date, 11, "%.10s", p->entry[0] ? p->entry : p->date);
	*ret_kind = !p->entry[0] ? p->kind : gap ? gap + 1 : "";
}

/* "report photos paper" or "report" with "photos paper" beside it; "-" is every one. */
static json_t *act_args(const struct posted *p, const struct link_entry *e, const char **ret_said)
{
	char act[ACT_SIZE] = "", item[100] = "-", form[20] = "-", date[11];
	const char *kind;
	sscanf(p->act, "%15s %99s %19s", act, item, form);
	if (!strchr(p->act, ' ') && p->item[0])
		sscanf(p->item, "%99s %19s", item, form);
	*ret_said = page_said(act);
	name_entry(p, &kind, date);
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "as", as_of(e), "id", e->name,
		"do", act, "obligation", p->obligation, "expect", p->version, "item",
		strcmp(item, "-") == 0 ? "" : item, "form", strcmp(form, "-") == 0 ? "" : form,
		"reason", p->reason, "date", date, "kind", kind);
}

/* As page_card names it; what is no id cannot get into a header. */
static void set_anchor(struct visit *v, const char *obligation)
{
	size_t n = strlen(obligation), max = sizeof v->anchor - 3;
	memcpy(v->anchor, "o-", 2);
	for (size_t i = 0; i < n && i < max; i++) {
		char c = obligation[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		v->anchor[2 + i] = plain ? c : '-';
	}
	v->anchor[2 + (n < max ? n : max)] = '\0';
}

static void act(struct visit *v, const struct http_request *r, const struct link_entry *e)
{
	struct posted p = {0};
	char where[LOCATION_SIZE];
	if (!read_posted(v, r, &p)) {
		snprintf(where, sizeof where, "%s?m=%s", v->self, refuse(v, "bad"));
		go_to(v->x, where, NULL);
		free(v);
		return;
	}
	set_anchor(v, p.obligation);
	json_t *args = act_args(&p, e, &v->said);
	ask(v, "page-act", args, act_done);
}

/* ---- requests ----------------------------------------------------------------------------------------- */

const struct link_entry *desk_find_board(const struct link_index *ix, struct http_exchange *x,
	char ret_token[static ROUTE_TOKEN_SIZE])
{
	if (!form_get_cookie(http_header(x, "Cookie"), COOKIE, ret_token, ROUTE_TOKEN_SIZE) ||
		strlen(ret_token) != ROUTE_TOKEN_LEN) {
		ret_token[0] = '\0';
		return NULL;
	}
	const struct link_entry *e = link_index_find(ix, ret_token);
	return e && (e->use == LINK_USE_CLERK || e->use == LINK_USE_ADMIN) ? e : NULL;
}

/* Only on the way in is the token in the address; a proxy that speaks TLS says so. */
static void enter(struct http_exchange *x, const char *token)
{
	char cookie[200];
	snprintf(cookie, sizeof cookie, "%s=%s; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax%s",
		COOKIE, token, http_is_https(x) ? "; Secure" : "");
	go_to(x, "/", cookie);
}

static void land(const struct desk *d, struct http_exchange *x, const struct http_request *r,
	const struct routed *to)
{
	struct visit *v = visit_new(d, x, r, to);
	struct page_place at = place_of(v, NULL);
	struct buf b;
	buf_init(&b, PAGE_MAX);
	if (page_subscribe(&at, &b))
		desk_say_later(d, x);
	else
		say_html(x, 200, &b, NULL);
	buf_done(&b);
	free(v);
}

/* Is the link one for that kind of page? */
static bool opens(const struct link_entry *e, const struct routed *to)
{
	bool page = e->use == LINK_USE_PAGE || e->use == LINK_USE_LEADER;
	bool board = e->use == LINK_USE_CLERK || e->use == LINK_USE_ADMIN;
	switch (to->route) {
	case ROUTE_PAGE:
		return page;
	case ROUTE_SLIP:
	case ROUTE_TABLE:
		return to->by_link ? page : board;
	case ROUTE_LANDING:
		return e->use == LINK_USE_FEED;
	default:
		return board;
	}
}

void desk_serve(const struct desk *d, struct http_exchange *x, const struct http_request *r,
	const struct routed *to, const struct link_entry *e)
{
	bool by_cookie = to->route == ROUTE_BOARD ||
			 ((to->route == ROUTE_SLIP || to->route == ROUTE_TABLE) && !to->by_link);
	if (by_cookie && !e)
		say_notice(x, 403, PAGE_NO_BOARD, NULL);
	else if (!e || !opens(e, to))
		say_notice(x, 404, PAGE_NOT_FOUND, NULL);
	else if (to->route == ROUTE_ENTRY)
		enter(x, to->token);
	else if (to->route == ROUTE_LANDING)
		land(d, x, r, to);
	else if (r->method == HTTP_POST)
		act(visit_new(d, x, r, to), r, e);
	else
		show(visit_new(d, x, r, to), e);
}
