#include "serve_start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "rehearse.h"
#include "serve_log.h"
#include "zone.h"

/* ---- configuration -------------------------------------------------------------------------------- */

void server_keep_faults(struct server *s, struct diags *ds)
{
	diags_done(&s->faults);
	s->faults = *ds;
	*ds = (struct diags){0};
}

static bool is_absolute(const char *path)
{
	return path[0] == '/';
}

/* SIGHUP reads the same file again, wherever the process was started. */
static enum rc fix_config_path(struct server *s, struct diag *d)
{
	char cwd[PATH_BYTES / 2] = "";
	bool absolute = is_absolute(s->opt->config);
	if (!absolute && !getcwd(cwd, sizeof cwd))
		return diag_set_errno(d, RC_IO, errno, N_("the working directory is gone"));
	int n = snprintf(s->config_path, sizeof s->config_path, "%s%s%s", cwd, absolute ? "" : "/",
		s->opt->config);
	return n < (int)sizeof s->config_path
		       ? RC_OK
		       : diag_set(d, RC_RANGE, N_("the path of the configuration is too long"));
}

/* "build/deadlined" -> "build/deadlinectl": what a person types in a second terminal. */
static void find_control_program(struct server *s)
{
	const char *slash = strrchr(s->opt->program, '/');
	int len = slash ? (int)(slash - s->opt->program + 1) : 0;
	snprintf(s->ctl, sizeof s->ctl, "%.*sdeadlinectl", len, s->opt->program);
}

/* The files, or the last good set that the database keeps. */
static enum rc load(struct server *s, struct loaded *ret, struct diag *d)
{
	struct diags ds = {0}, again = {0};
	enum rc rc = reload_read(s->config_path, 0, ret, &ds);
	if (s->opt->rehearse == NULL || rc)
		serve_log_diags(&ds);
	if (rc == RC_OK) {
		diags_done(&ds);
		return paths_find(s->opt->state, ret->config->state_dir, &s->paths, d);
	}
	struct conf_bundle bundle;
	struct buf texts;
	rc = paths_find(s->opt->state, NULL, &s->paths, d);
	if (rc == RC_OK)
		rc = engine_last_good(s->paths.state, &bundle, &texts, d);
	if (rc == RC_OK)
		rc = reload_from_kept(&bundle, &texts, ret, &again);
	diags_done(&again);
	if (rc) {
		diags_done(&ds);
		return diag_set(d, RC_INVALID,
			N_("the configuration has faults and no earlier good one is kept"));
	}
	server_keep_faults(s, &ds);
	log_err(_("the configuration has faults; running on the last good one"));
	return RC_OK;
}

static enum rc start_rehearsal(struct server *s, const struct config *c, struct diag *d)
{
	struct instant at;
	if (!zone_parse(c->zone, s->opt->rehearse, &at))
		return diag_set(d, RC_INVALID,
			N_("\"%s\" is not an instant such as 2024-05-05T20:00+08:00"),
			s->opt->rehearse);
	if (c->email.kind != TRANSPORT_SPOOL || c->sms.kind != TRANSPORT_SPOOL)
		return diag_set(d, RC_STATE,
			N_("a rehearsal refuses real transports: set transport = \"spool\""));
	enum rc rc = rehearse_prepare(s->paths.state, d);
	if (rc == RC_OK)
		clock_rehearse(&s->clock, at, s->opt->speed);
	return rc;
}

enum rc server_read(struct server *s, struct loaded *ret, struct diag *d)
{
	find_control_program(s);
	enum rc rc = fix_config_path(s, d);
	if (rc == RC_OK)
		rc = load(s, ret, d);
	if (rc == RC_OK && s->opt->rehearse)
		rc = start_rehearsal(s, ret->config, d);
	return rc ? rc : paths_make(s->paths.state, d);
}

/* ---- the engine ----------------------------------------------------------------------------------- */

/* What the engine took over is no longer ours to free. */
static void give_away(struct loaded *l)
{
	l->config = NULL;
	l->templates = NULL;
}

/* The set that was in force before, if it is another one than l. */
static bool load_before(struct server *s, const struct loaded *l, struct loaded *ret)
{
	struct conf_bundle bundle;
	struct buf texts;
	struct diags ds = {0};
	struct diag ignored;
	if (engine_last_good(s->paths.state, &bundle, &texts, &ignored) != RC_OK)
		return false;
	if (conf_bundle_equal(&bundle, &l->bundle)) {
		conf_bundle_done(&bundle);
		buf_done(&texts);
		return false;
	}
	bool loaded = reload_from_kept(&bundle, &texts, ret, &ds) == RC_OK;
	diags_done(&ds);
	return loaded;
}

/* A start with other files than last time is a reload from what the database knows: the guard
 * against vanishing obligations holds, and whoever was told of a change is told of the next. */
enum rc server_engine(struct server *s, struct loaded *l, engine_event_fn *on_event,
	void (*on_wake)(void *ctx, bool at_once), struct instant now, struct diag *d)
{
	bool rehearsal = s->opt->rehearse != NULL;
	struct clock_reading shown = clock_look();
	char boot_id[ENGINE_BOOT_ID_SIZE];
	clock_boot_id(boot_id);
	struct engine_options eo = {
		.clock = rehearsal ? NULL : &shown,
		.boot_id = boot_id,
		.state_dir = s->paths.state,
		.spool_dir = rehearsal ? s->paths.state : NULL,
		.feeds_dir = s->paths.feeds,
		.publish_links = true,
		.nightly = !rehearsal,
		.credentials_dir = s->paths.credentials,
		.loop = rehearsal ? NULL : s->loop,
		.spool_only = rehearsal,
		.fast_disk = rehearsal,
		.on_event = on_event,
		.on_wake = on_wake,
		.ctx = s,
	};
	struct loaded before = {0};
	bool changed = load_before(s, l, &before);
	struct loaded *first = changed ? &before : l;
	struct engine_source source = {&first->bundle, &first->texts};
	enum rc rc = engine_new(&eo, first->config, first->templates, &source, now, &s->engine, d);
	if (rc == RC_OK)
		give_away(first);
	if (rc == RC_OK && changed) {
		struct engine_reload r;
		source = (struct engine_source){&l->bundle, &l->texts};
		rc = engine_reload(s->engine, l->config, l->templates, &source, false, now, &r, d);
		if (rc == RC_OK)
			give_away(l);
	}
	loaded_done(&before);
	if (!changed || rc != RC_STATE)
		return rc;
	/* Too much would vanish: the old set goes on, loudly. */
	serve_log_diag(LOG_LEVEL_ERR, d);
	diags_add(&s->faults, d);
	return RC_OK;
}
