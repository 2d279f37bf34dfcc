/*
 * Feeds as files.  A feed is written beside its place and renamed into it, and only when its bytes
 * changed, so that readers see whole feeds and caches keep what did not change.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine_state.h"
#include "feed.h"
#include "feed_files.h"
#include "feed_index.h"
#include "paths.h"

/* How long the loop may wait for a slice, and all of them for a great many mails. */
enum { SLICE_MS = 100, SLICE_BESIDE_MAILS_MS = 10, MAILS_FIRST_S = 60 };

/* ---- versions ----------------------------------------------------------------------------------- */

struct versions {
	struct engine *e;
	struct instant now;
	enum rc rc;
	struct diag d;
};

static struct feed_version next_version(void *ctx, const char *uid, const char *digest)
{
	struct versions *v = ctx;
	struct ledger_event row;
	struct feed_version old, next;
	bool found = false;
	if (v->rc == RC_OK)
		v->rc = ledger_get_event(v->e->store, uid, &row, &found, &v->d);
	if (found) {
		old = (struct feed_version){.sequence = row.sequence, .modified = row.modified};
		memcpy(old.digest, row.digest, sizeof old.digest);
	}
	next = feed_version_next(found ? &old : NULL, digest, v->now);
	if (v->rc == RC_OK && (!found || memcmp(&next.digest, &old.digest, sizeof next.digest) != 0)) {
		row = (struct ledger_event){.sequence = next.sequence, .modified = next.modified};
		memcpy(row.digest, next.digest, sizeof row.digest);
		v->rc = ledger_put_event(v->e->store, uid, &row, &v->d);
	}
	return next;
}

/* A folder that cannot be written, a key that cannot be read: tried again soon.  The store is well, and
 * reminders must not end for it. */
static enum rc soften(enum rc rc)
{
	return rc == RC_IO || rc == RC_CORRUPT ? RC_LIMIT : rc;
}

/* ---- writing ------------------------------------------------------------------------------------ */

static void drop_index(struct feed_pass *p)
{
	feed_index_free(p->index);
	feed_prints_free(p->prints);
	p->index = NULL;
	p->prints = NULL;
}

void engine_feeds_stale(struct engine *e)
{
	struct feed_pass *p = &e->feeds;
	if (!p->slices.left)
		p->since = e->now;
	/* All of them again, from where it stands: frequent changes must not starve the last ones.  What the
	 * pass did not reach may have changed to and fro: the versions of its events have, too. */
	struct feed_slices *s = &p->slices;
	size_t count = feed_files_count(e->config);
	bool has_begun = s->left < s->count;
	if (has_begun)
		s->must = s->left;
	if (s->must && count != s->count)
		s->must = count; /* each has another place */
	s->left = s->count = count;
	drop_index(p);
}

void engine_feeds_done(struct engine *e)
{
	drop_index(&e->feeds);
	feed_marks_free(e->feeds.marks);
	e->feeds = (struct feed_pass){0};
}

size_t engine_feeds_made(const struct engine *e)
{
	return e->feeds.slices.n_made;
}

bool engine_has_chores(const struct engine *e)
{
	return !e->failed && e->feeds.slices.left > 0 && !engine_feeds_wait(e, e->now);
}

bool engine_feeds_wait(const struct engine *e, struct instant now)
{
	return e->queue.first < e->queue.n && deliver_in_flight(e->deliver) > 0 &&
	       now.s - e->feeds.since.s < MAILS_FIRST_S;
}

/* The links come last: each leads to a feed. */
static enum rc write_slice(
	struct engine *e, const struct feed_set *set, struct instant now, struct diag *d)
{
	struct feed_pass *p = &e->feeds;
	int ms = deliver_in_flight(e->deliver) ? SLICE_BESIDE_MAILS_MS : SLICE_MS;
	struct feed_slices slices = p->slices;
	enum rc rc = feed_files_write_some(set, e->opt.feeds_dir, ms, &slices, d);
	if (rc == RC_OK && slices.left == 0)
		rc = engine_publish_links(e, now, d);
	if (rc)
		return soften(rc);
	p->slices = slices;
	return RC_OK;
}

static void prepare(struct engine *e)
{
	struct feed_pass *p = &e->feeds;
	if (!p->marks)
		p->marks = feed_marks_new();
	if (p->index)
		return;
	p->index = feed_index_new(&e->obligations);
	p->prints = feed_prints_new(&e->obligations);
}

/* One transaction for the versions of a slice; its files are there first. */
enum rc engine_write_feeds(struct engine *e, struct instant now, struct diag *d)
{
	struct feed_pass *p = &e->feeds;
	if (!e->opt.feeds_dir) {
		engine_feeds_done(e);
		return RC_OK;
	}
	if (engine_feeds_wait(e, now))
		return RC_OK;
	prepare(e);
	struct versions v = {.e = e, .now = now};
	struct feed_versions fv = {.next = next_version, .ctx = &v, .fresh = now};
	struct feed_set set = {.config = e->config, .obligations = &e->obligations,
		.versions = &fv, .now = now, .gzip = e->opt.publish_links, .index = p->index,
		.marks = p->marks, .prints = p->prints};
	engine_window(e, now, &set.from, &set.to);
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	struct feed_slices before = p->slices;
	rc = write_slice(e, &set, now, d);
	if (v.rc) {
		rc = v.rc;
		*d = v.d;
	}
	if (rc == RC_OK)
		rc = store_commit(e->store, d);
	else
		store_rollback(e->store);
	if (rc) {
		/* What was made has versions that nobody knows any more. */
		feed_marks_clear(p->marks);
		p->slices = before;
		return rc;
	}
	if (!p->slices.left)
		drop_index(p);
	return RC_OK;
}
