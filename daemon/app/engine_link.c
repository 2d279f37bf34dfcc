/*
 * Links: which are in force, new ones for old, and the index for the web program.
 *
 * A rotated or revoked feed goes on for 30 days with one event that says that it is over, for calendar
 * clients keep what they have when they are told 404.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine_state.h"
#include "feed_files.h"
#include "linkbook.h"
#include "links.h"
#include "text.h"

enum { INDEX_MAX = 32 << 20 };

struct book {
	const struct linkbook_row *row; /* by kind, id, generation */
	size_t n;
	const struct linkbook_fetch *fetch; /* by kind, id */
	size_t n_fetches;
};

/* ---- what there is ------------------------------------------------------------------------------- */

static bool is_leader(const struct config *c, const char *id)
{
	for (size_t i = 0; i < c->n_leaders; i++)
		if (strcmp(c->leader[i]->id, id) == 0)
			return true;
	return false;
}

static bool exists(const struct config *c, enum link_kind kind, const char *id)
{
	switch (kind) {
	case LINK_UNIT:
		return config_unit(c, id) != NULL;
	case LINK_PERSON:
	case LINK_PAGE:
		return config_person(c, id) && !config_person(c, id)->room;
	case LINK_OFFICE:
	case LINK_CLERK:
		return config_office(c, id) != NULL;
	case LINK_LEADER:
		return is_leader(c, id);
	default:
		return id[0] == '\0';
	}
}

static size_t count_of(const struct config *c, enum link_kind kind)
{
	switch (kind) {
	case LINK_UNIT:
		return c->n_units;
	case LINK_PERSON:
	case LINK_PAGE:
		return c->n_persons;
	case LINK_OFFICE:
	case LINK_CLERK:
		return c->n_offices;
	case LINK_LEADER:
		return c->n_leaders;
	default:
		return 1;
	}
}

static const char *id_of(const struct config *c, enum link_kind kind, size_t i)
{
	switch (kind) {
	case LINK_UNIT:
		return c->unit[i]->id;
	case LINK_PERSON:
	case LINK_PAGE:
		return c->person[i]->id;
	case LINK_OFFICE:
	case LINK_CLERK:
		return c->office[i]->id;
	case LINK_LEADER:
		return c->leader[i]->id;
	default:
		return "";
	}
}

static int compare_row(const void *a, const void *b)
{
	const struct linkbook_row *x = a, *y = b;
	int r = strcmp(x->kind, y->kind);
	return r ? r : strcmp(x->id, y->id);
}

static int compare_fetch(const void *a, const void *b)
{
	const struct linkbook_fetch *x = a, *y = b;
	int r = strcmp(x->kind, y->kind);
	return r ? r : strcmp(x->id, y->id);
}

static void add_fetch(const struct book *b, struct engine_link *l)
{
	struct linkbook_fetch want = {.kind = link_kind_text(l->kind), .id = l->id};
	const struct linkbook_fetch *f =
		b->n_fetches ? bsearch(&want, b->fetch, b->n_fetches, sizeof want, compare_fetch)
			     : NULL;
	bool known = f && f->generation == l->generation;
	l->fetched_at = known ? f->at : INSTANT_NONE;
	l->client = known ? f->client : "";
}

/* The present generation of a link, and whether it is in force. */
static struct engine_link find_link(
	const struct book *b, enum link_kind kind, const char *id, const struct link_key *key)
{
	struct engine_link l = {
		.kind = kind, .id = id, .generation = 1, .revoked_at = INSTANT_NONE};
	struct linkbook_row want = {.kind = link_kind_text(kind), .id = id};
	const struct linkbook_row *r =
		b->n ? bsearch(&want, b->row, b->n, sizeof want, compare_row) : NULL;
	if (r) {
		while (r + 1 < b->row + b->n && compare_row(r + 1, &want) == 0)
			r++;
		l.generation = r->generation;
		l.revoked_at = r->revoked_at;
	}
	link_token(key, kind, id, l.generation, l.token);
	add_fetch(b, &l);
	return l;
}

static enum rc read_book(struct engine *e, struct book *ret, struct diag *d)
{
	enum rc rc = linkbook_all(e->store, &e->tick, &ret->row, &ret->n, d);
	return rc ? rc : linkbook_fetches(e->store, &e->tick, &ret->fetch, &ret->n_fetches, d);
}

static enum rc open_key(struct engine *e, struct link_key *ret, struct diag *d)
{
	if (!e->opt.publish_links)
		return diag_set(d, RC_STATE, N_("this daemon publishes no links"));
	return link_key_open(e->opt.state_dir, ret, d);
}

enum rc engine_links(
	struct engine *e, const struct engine_link **ret, size_t *ret_n, struct diag *d)
{
	struct book b = {0};
	struct link_key key;
	VEC(struct engine_link) list = {0};
	enum rc rc = open_key(e, &key, d);
	if (rc == RC_OK)
		rc = read_book(e, &b, d);
	if (rc)
		return rc;
	for (enum link_kind k = 0; k < LINK_KINDS; k++)
		for (size_t i = 0; i < count_of(e->config, k); i++)
			VEC_PUSH(&e->tick, &list, find_link(&b, k, id_of(e->config, k, i), &key));
	explicit_bzero(&key, sizeof key);
	*ret = list.item;
	*ret_n = list.n;
	return RC_OK;
}

enum rc engine_link(struct engine *e, enum link_kind kind, const char *id, struct engine_link *ret,
	struct diag *d)
{
	struct book b = {0};
	struct link_key key;
	if (!exists(e->config, kind, id))
		return id[0] ? diag_set(d, RC_NOTFOUND, N_("there is no link \"%s %s\""),
				       link_kind_text(kind), id)
			     : diag_set(d, RC_NOTFOUND, N_("a link of the kind %s needs an id"),
				       link_kind_text(kind));
	enum rc rc = open_key(e, &key, d);
	if (rc == RC_OK)
		rc = read_book(e, &b, d);
	if (rc)
		return rc;
	*ret = find_link(&b, kind, id, &key);
	explicit_bzero(&key, sizeof key);
	return RC_OK;
}

/* ---- changing ------------------------------------------------------------------------------------ */

static enum rc put_row(
	struct engine *e, const struct engine_link *l, struct instant revoked_at, struct diag *d)
{
	return linkbook_put(e->store,
		&(struct linkbook_row){link_kind_text(l->kind), l->id, l->generation, revoked_at},
		d);
}

static enum rc record(struct engine *e, const struct engine_link *l, const char *kind,
	const char *who, struct instant now, struct diag *d)
{
	char detail[200];
	int64_t id;
	snprintf(detail, sizeof detail, "{\"link\":\"%s\",\"id\":\"%s\",\"generation\":%d}",
		link_kind_text(l->kind), l->id, l->generation);
	struct history_row row = {
		.at = now, .actor = who, .kind = kind, .obligation_id = "", .detail = detail};
	return history_append(e->store, &row, &id, d);
}

static enum rc change(struct engine *e, struct engine_link *l, bool renew, const char *who,
	struct instant now, struct diag *d)
{
	bool revoked = !instant_is_none(l->revoked_at);
	enum rc rc = revoked ? RC_OK : put_row(e, l, now, d);
	if (rc == RC_OK && renew) {
		l->generation++;
		rc = put_row(e, l, INSTANT_NONE, d);
	}
	if (rc == RC_OK)
		rc = record(e, l, renew ? "link-rotated" : "link-revoked", who, now, d);
	return rc;
}

enum rc engine_link_change(struct engine *e, enum link_kind kind, const char *id, bool renew,
	const char *who, struct instant now, struct engine_link *ret, struct diag *d)
{
	struct engine_link l;
	enum rc rc = engine_link(e, kind, id, &l, d);
	if (rc == RC_OK && !renew && !instant_is_none(l.revoked_at))
		rc = diag_set(
			d, RC_STATE, N_("this link is revoked already; rotate makes a new one"));
	if (rc == RC_OK)
		rc = store_begin(e->store, d);
	if (rc)
		return rc;
	rc = change(e, &l, renew, who, now, d);
	if (rc)
		store_rollback(e->store);
	else
		rc = store_commit(e->store, d);
	if (rc)
		return engine_fail(e, rc, d);
	engine_feeds_stale(e);
	return engine_link(e, kind, id, ret, d);
}

/* ---- who fetched ---------------------------------------------------------------------------------- */

static enum rc put_fetch(struct engine *e, const struct engine_link *l,
	const struct engine_fetch *f, size_t n, struct instant now, struct diag *d)
{
	char hash[LINK_SHA256_SIZE];
	link_hash(l->token, hash);
	for (size_t i = 0; i < n; i++)
		if (strcmp(hash, f[i].hash) == 0)
			return linkbook_put_fetch(e->store,
				&(struct linkbook_fetch){link_kind_text(l->kind), l->id,
					l->generation, now, f[i].client},
				d);
	return RC_OK;
}

enum rc engine_links_fetched(struct engine *e, const struct engine_fetch *f, size_t n,
	struct instant now, struct diag *d)
{
	const struct engine_link *l;
	size_t n_links;
	enum rc rc = engine_links(e, &l, &n_links, d);
	if (rc == RC_OK)
		rc = store_begin(e->store, d);
	if (rc)
		return rc;
	for (size_t i = 0; i < n_links && rc == RC_OK; i++)
		rc = put_fetch(e, &l[i], f, n, now, d);
	if (rc)
		store_rollback(e->store);
	else
		rc = store_commit(e->store, d);
	return rc ? engine_fail(e, rc, d) : RC_OK;
}

/* ---- publishing ---------------------------------------------------------------------------------- */

static void name_revoked(struct instant since, char ret[static FEED_FILE_NAME_SIZE])
{
	snprintf(ret, FEED_FILE_NAME_SIZE, "revoked-%lld.ics", (long long)since.s);
}

static enum rc put_revoked(struct engine *e, int dir, struct instant since, struct diag *d)
{
	char name[FEED_FILE_NAME_SIZE];
	struct buf b;
	name_revoked(since, name);
	buf_init(&b, FEED_MAX);
	enum rc rc = feed_render_revoked(e->config, since, &b, d);
	if (rc == RC_OK)
		rc = feed_files_put(dir, name, &b, false, d);
	buf_done(&b);
	return rc;
}

static enum rc add_revoked(struct engine *e, int dir, const struct linkbook_row *r,
	const struct link_key *key, struct instant now, struct buf *index, struct diag *d)
{
	char token[LINK_TOKEN_SIZE], name[FEED_FILE_NAME_SIZE];
	enum link_kind kind;
	if (instant_is_none(r->revoked_at) || !link_kind_parse(r->kind, &kind) ||
		!link_kind_is_feed(kind))
		return RC_OK;
	name_revoked(r->revoked_at, name);
	if (now.s - r->revoked_at.s > LINK_REVOKED_S) {
		unlinkat(dir, name, 0);
		return RC_OK;
	}
	link_token(key, kind, r->id, r->generation, token);
	link_index_add_revoked(index, token, name);
	return put_revoked(e, dir, r->revoked_at, d);
}

static void put_nets(struct buf *b, const char *word, const char *const *net, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s %s\n", word, net[i]);
}

static enum rc fill_index(
	struct engine *e, int dir, struct instant now, struct buf *index, struct diag *d)
{
	const struct engine_link *l;
	struct book b = {0};
	struct link_key key;
	size_t n;
	enum rc rc = engine_links(e, &l, &n, d);
	if (rc == RC_OK)
		rc = open_key(e, &key, d);
	if (rc == RC_OK)
		rc = read_book(e, &b, d);
	if (rc)
		return rc;
	const struct config *c = e->config;
	link_index_begin(index, c->base_url);
	put_nets(index, "proxy", c->trusted_proxy, c->n_trusted_proxies);
	put_nets(index, "watcher", c->metrics_for, c->n_metrics_for);
	for (size_t i = 0; i < n; i++)
		if (instant_is_none(l[i].revoked_at))
			link_index_add(index, l[i].kind, l[i].id, l[i].token);
	for (size_t i = 0; i < b.n && rc == RC_OK; i++)
		rc = add_revoked(e, dir, &b.row[i], &key, now, index, d);
	link_index_end(index);
	explicit_bzero(&key, sizeof key);
	if (rc == RC_OK && index->overflow)
		rc = diag_set(d, RC_LIMIT, N_("the index of links is too large"));
	return rc;
}

/* After the feeds: a link is published when there is something behind it. */
enum rc engine_publish_links(struct engine *e, struct instant now, struct diag *d)
{
	if (!e->opt.publish_links)
		return RC_OK;
	struct buf index;
	int dir = open(e->opt.feeds_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot open %s"), e->opt.feeds_dir);
	buf_init(&index, INDEX_MAX);
	enum rc rc = fill_index(e, dir, now, &index, d);
	if (rc == RC_OK)
		rc = feed_files_put(dir, "index", &index, false, d);
	buf_done(&index);
	close(dir);
	return rc;
}

/* ---- health -------------------------------------------------------------------------------------- */

struct engine_pulse engine_pulse(const struct engine *e)
{
	return (struct engine_pulse){.last_tick = e->last_tick, .promised = e->promised};
}
