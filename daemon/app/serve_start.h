/*
 * serve_start - what has to be in place before the daemon's loop turns
 *
 * server_read     the configuration, or the last good set that the database keeps, loudly; the places
 *                 of files.  A rehearsal with a real transport is refused.
 * server_engine   the engine on that configuration.  Files that changed while the daemon was stopped
 *                 are a reload from what the database knows, with the same guard against vanishing
 *                 obligations.
 *
 * Whoever calls makes the loop before the engine and everything else after it (serve.c).
 */
#ifndef APP_SERVE_START_H
#define APP_SERVE_START_H

#include "clock.h"
#include "engine.h"
#include "paths.h"
#include "reload.h"
#include "serve.h"
#include "verbs.h"

struct sd_event;
struct sd_event_source;

struct server {
	const struct serve_options *opt;
	struct clock clock;
	struct paths paths;
	char config_path[PATH_BYTES];
	struct sd_event *loop;
	struct sd_event_source *wake, *wake_soon, *chores;
	struct engine *engine;
	struct alarm *alarm;
	struct control_server *control, *web_control;
	struct web_child *web;
	struct heartbeat *heartbeat; /* NULL in a rehearsal */
	struct verbs verbs;
	struct diags faults;
	char ctl[PATH_BYTES]; /* deadlinectl as a person types it */
	bool stopping;
};

/* Fills paths, config_path, ctl, faults and, for a rehearsal, clock. */
enum rc server_read(struct server *s, struct loaded *ret, struct diag *d);

/* Takes over what the engine keeps of l; loaded_done frees the rest.  on_event and on_wake get s. */
enum rc server_engine(struct server *s, struct loaded *l, engine_event_fn *on_event,
	void (*on_wake)(void *ctx, bool at_once), struct instant now, struct diag *d);

/* What is wrong with the newest files; ds is emptied. */
void server_keep_faults(struct server *s, struct diags *ds);

#endif
