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
#include "paths.h"

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

static enum rc write_files(
	struct engine *e, const struct feed_set *set, struct instant now, struct diag *d)
{
	enum rc rc = feed_files_write(set, e->opt.feeds_dir, d);
	if (rc == RC_OK)
		rc = engine_publish_links(e, now, d);
	return soften(rc);
}

/* One transaction for the versions of all feeds; the files follow. */
enum rc engine_write_feeds(struct engine *e, struct instant now, struct diag *d)
{
	if (!e->opt.feeds_dir) {
		e->feeds_stale = false;
		return RC_OK;
	}
	struct versions v = {.e = e, .now = now};
	struct feed_versions fv = {.next = next_version, .ctx = &v, .fresh = now};
	struct feed_set set = {.config = e->config, .obligations = &e->obligations,
		.versions = &fv, .now = now, .gzip = e->opt.publish_links};
	engine_window(e, now, &set.from, &set.to);
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	rc = write_files(e, &set, now, d);
	if (v.rc) {
		rc = v.rc;
		*d = v.d;
	}
	if (rc) {
		store_rollback(e->store);
		return rc;
	}
	e->feeds_stale = false;
	return store_commit(e->store, d);
}
