/* Feeds from a state directory without touching it. */
#include <string.h>

#include "engine_state.h"
#include "feed.h"
#include "feed_files.h"
#include "reload.h"

struct reading {
	struct store *s;
	struct instant now;
};

/* As published last; what was never published is new now. */
static struct feed_version published(void *ctx, const char *uid, const char *digest)
{
	struct reading *r = ctx;
	struct ledger_event row;
	struct feed_version old;
	struct diag ignored;
	bool found = false;
	if (ledger_get_event(r->s, uid, &row, &found, &ignored) != RC_OK || !found)
		return feed_version_next(NULL, digest, r->now);
	old = (struct feed_version){.sequence = row.sequence, .modified = row.modified};
	memcpy(old.digest, row.digest, sizeof old.digest);
	return feed_version_next(&old, digest, r->now);
}

static enum rc write_from(struct engine *view, const char *dir, struct instant now, struct diag *d)
{
	struct reading r = {view->store, now};
	struct feed_versions versions = {.next = published, .ctx = &r, .fresh = now};
	struct obligations os;
	enum rc rc = engine_expand(view, now, &view->tick, &os, d);
	if (rc)
		return rc;
	struct feed_set set = {.config = view->config, .obligations = &os, .versions = &versions,
		.now = now};
	engine_window(view, now, &set.from, &set.to);
	return feed_files_write(&set, dir, d);
}

enum rc engine_export_feeds(const char *state_dir, const char *dir, struct instant now,
	struct diags *ds, struct diag *d)
{
	struct store_options so = {.read_only = true};
	struct engine view = {.start = DATE_NONE};
	struct conf_bundle bundle;
	struct buf texts;
	struct loaded l = {0};
	enum rc rc = store_open(state_dir, &so, &view.store, d);
	if (rc == RC_OK)
		rc = engine_stored_source(view.store, &bundle, &texts, d);
	if (rc == RC_OK && reload_from_kept(&bundle, &texts, &l, ds) != RC_OK)
		rc = diag_set(d, RC_INVALID, N_("the stored configuration is not accepted any more"));
	if (rc == RC_OK) {
		view.config = l.config;
		rc = engine_stored_start(&view, d);
	}
	if (rc == RC_OK)
		rc = write_from(&view, dir, now, d);
	arena_done(&view.tick);
	store_close(view.store);
	loaded_done(&l);
	return rc;
}
