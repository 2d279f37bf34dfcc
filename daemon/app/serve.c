#include "serve.h"

#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "alarm.h"
#include "clock.h"
#include "control.h"
#include "deliver.h"
#include "engine.h"
#include "heartbeat.h"
#include "i18n.h"
#include "log.h"
#include "paths.h"
#include "rehearse.h"
#include "reload.h"
#include "serve_log.h"
#include "serve_start.h"
#include "verbs.h"
#include "web_child.h"
#include "zone.h"

enum { EXIT_CONFIG = 78, SETTLE_MS = 200, STOP_PATIENCE_S = 20, WAKE_MS = 20 };

/* ---- saying --------------------------------------------------------------------------------------- */

static int die(const struct diag *d)
{
	serve_log_diag(LOG_LEVEL_ERR, d);
	return EXIT_FAILURE;
}

/* What a message speaks of is looked up for the journal only. */
static void log_outcome(const struct server *s, const struct engine_event *ev)
{
	const char *obligation[SERVE_LOG_OBLIGATIONS_MAX];
	size_t n = 0;
	if (ev->message_id && log_has_fields())
		n = engine_message_obligations(
			s->engine, ev->message_id, obligation, SERVE_LOG_OBLIGATIONS_MAX);
	serve_log_event(ev, obligation, n);
}

static void on_event(void *ctx, const struct engine_event *ev)
{
	struct server *s = ctx;
	if (!s->engine)
		return; /* its first plan */
	if (s->opt->rehearse)
		rehearse_show(engine_config(s->engine), ev);
	else
		log_outcome(s, ev);
}

static void tell_systemd(struct server *s, struct instant next)
{
	char at[ZONE_TEXT_SIZE];
	sd_notifyf(0, "STATUS=next %s%s", zone_format(engine_config(s->engine)->zone, next, at),
		s->faults.n_errors ? " | configuration has faults, the last good one is in force" : "");
}

/* ---- ticks ---------------------------------------------------------------------------------------- */

static void tick(struct server *s)
{
	struct diag d;
	struct instant now = clock_read(&s->clock);
	if (!s->opt->rehearse) {
		struct clock_reading shown = clock_look();
		now = shown.wall;
		engine_observe_clock(s->engine, &shown);
	}
	struct instant next = engine_tick(s->engine, now);
	if (engine_has_failed(s->engine, &d)) {
		serve_log_diag(LOG_LEVEL_ERR, &d);
		sd_event_exit(s->loop, EXIT_FAILURE);
		return;
	}
	alarm_set(s->alarm, next);
	tell_systemd(s, next);
	sd_event_source_set_enabled(
		s->chores, engine_has_chores(s->engine) ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static void on_alarm(void *ctx, bool stepped)
{
	struct server *s = ctx;
	if (stepped) {
		log_notice(_("the clock was set; planning anew"));
		engine_want_plan(s->engine);
	}
	tick(s);
}

static int on_wake(sd_event_source *source, void *ctx)
{
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	tick(ctx);
	return 0;
}

static int on_chores(sd_event_source *source, void *ctx)
{
	(void)source;
	tick(ctx);
	return 0;
}

static void wake(void *ctx)
{
	struct server *s = ctx;
	if (s->wake)
		sd_event_source_set_enabled(s->wake, SD_EVENT_ONESHOT);
}

static int on_wake_soon(sd_event_source *source, uint64_t usec, void *ctx)
{
	(void)source;
	(void)usec;
	tick(ctx);
	return 0;
}

/* Outcomes of mails gather for a moment: one transaction records them all. */
static void on_delivery(void *ctx, bool at_once)
{
	struct server *s = ctx;
	int on = SD_EVENT_OFF;
	if (at_once || !s->wake_soon) {
		wake(s);
		return;
	}
	if (sd_event_source_get_enabled(s->wake_soon, &on) >= 0 && on != SD_EVENT_OFF)
		return;
	sd_event_source_set_time_relative(s->wake_soon, WAKE_MS * 1000);
	sd_event_source_set_enabled(s->wake_soon, SD_EVENT_ONESHOT);
}

/* ---- reload --------------------------------------------------------------------------------------- */

/* Errors, not the warnings that stand before them. */
static const struct diag *first_error(const struct diags *ds)
{
	for (size_t i = 0; i < ds->n; i++)
		if (ds->item[i].severity == SEV_ERROR)
			return &ds->item[i];
	return &ds->item[0];
}

static enum rc reload(void *ctx, bool confirm, struct engine_reload *ret, struct diag *d)
{
	struct server *s = ctx;
	struct diags ds = {0};
	struct loaded l;
	enum rc rc = reload_read(s->config_path, SETTLE_MS, &l, &ds);
	serve_log_diags(&ds);
	if (rc) {
		*d = *first_error(&ds);
		server_keep_faults(s, &ds);
		log_err(_("reload: the configuration has faults; the old one stays in force"));
		return rc;
	}
	struct instant now = clock_read(&s->clock);
	struct engine_source source = {&l.bundle, &l.texts};
	rc = engine_reload(s->engine, l.config, l.templates, &source, confirm, now, ret, d);
	if (rc) {
		serve_log_diag(LOG_LEVEL_ERR, d);
		diags_add(&ds, d);
		server_keep_faults(s, &ds);
		loaded_done(&l);
		return rc;
	}
	diags_done(&ds);
	diags_done(&s->faults);
	conf_bundle_done(&l.bundle);
	buf_done(&l.texts);
	s->verbs.loaded_at = now;
	log_notice(_("reloaded: %zu obligations, %zu appeared, %zu vanished, %zu moved"), ret->obligations,
		ret->appeared, ret->vanished, ret->moved);
	if (s->heartbeat)
		heartbeat_reload(s->heartbeat);
	wake(s);
	return RC_OK;
}

/* ---- signals -------------------------------------------------------------------------------------- */

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *si, void *ctx)
{
	(void)source;
	(void)si;
	struct engine_reload ignored;
	struct diag d;
	sd_notify(0, "RELOADING=1");
	enum rc rc = reload(ctx, false, &ignored, &d);
	sd_notifyf(0, "READY=1\nSTATUS=%s", rc ? "configuration has faults" : "reloaded");
	return 0;
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *si, void *ctx)
{
	(void)source;
	(void)si;
	struct server *s = ctx;
	sd_notify(0, "STOPPING=1");
	s->stopping = true;
	return 0;
}

/* First of all: a SIGHUP while the files are still being read must not be the end. */
static void block_signals(void)
{
	static const int SIGNALS[] = {SIGHUP, SIGTERM, SIGINT};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
		sigaddset(&set, SIGNALS[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* Until there is somebody to take it: a hang-up during the start would end the process. */
static void keep_hangups(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static enum rc watch_signals(struct server *s, struct diag *d)
{
	int r = sd_event_add_signal(s->loop, NULL, SIGHUP, on_hangup, s);
	if (r >= 0)
		r = sd_event_add_signal(s->loop, NULL, SIGTERM, on_stop, s);
	if (r >= 0)
		r = sd_event_add_signal(s->loop, NULL, SIGINT, on_stop, s);
	return r < 0 ? diag_set_errno(d, RC_IO, -r, N_("cannot watch signals")) : RC_OK;
}

/* ---- start ---------------------------------------------------------------------------------------- */

/* The directory of the socket, with others kept out. */
static enum rc make_runtime_dir(const char *socket, struct diag *d)
{
	char dir[PATH_BYTES];
	snprintf(dir, sizeof dir, "%s", socket);
	return paths_make(dirname(dir), d);
}

static enum rc start_loop(struct server *s, struct diag *d)
{
	int r = sd_event_default(&s->loop);
	if (r >= 0)
		r = sd_event_add_defer(s->loop, &s->wake, on_wake, s);
	if (r >= 0)
		r = sd_event_source_set_enabled(s->wake, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_time_relative(
			s->loop, &s->wake_soon, CLOCK_MONOTONIC, 0, 1000, on_wake_soon, s);
	if (r >= 0)
		r = sd_event_source_set_enabled(s->wake_soon, SD_EVENT_OFF);
	/* Behind those who come, too (control_listen): a source like this one is always the one that waits
	 * longest.  The alarm sees to it that nobody keeps it waiting for ever. */
	if (r >= 0)
		r = sd_event_add_defer(s->loop, &s->chores, on_chores, s);
	if (r >= 0)
		r = sd_event_source_set_priority(s->chores, SD_EVENT_PRIORITY_NORMAL + 2);
	if (r >= 0)
		r = sd_event_source_set_enabled(s->chores, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_set_watchdog(s->loop, true);
	return r < 0 ? diag_set_errno(d, RC_IO, -r, N_("no event loop")) : RC_OK;
}

static enum rc start_web(struct server *s, struct diag *d)
{
	char listen[32];
	snprintf(listen, sizeof listen, "127.0.0.1:%d", engine_config(s->engine)->feed_port);
	struct web_child_options wo = {.loop = s->loop, .listen = listen, .feeds = s->paths.feeds,
		.socket = s->paths.web_socket};
	return web_child_start(&wo, &s->web, d);
}

static enum rc start(struct server *s, struct diag *d)
{
	struct loaded l = {0};
	enum rc rc = server_read(s, &l, d);
	if (rc == RC_OK)
		rc = start_loop(s, d);
	if (rc == RC_OK)
		rc = watch_signals(s, d);
	struct instant now = clock_read(&s->clock);
	if (rc == RC_OK && s->opt->rehearse)
		rehearse_greet(l.config, s->paths.state, s->ctl, now, s->opt->speed);
	if (rc == RC_OK)
		rc = server_engine(s, &l, on_event, on_delivery, now, d);
	loaded_done(&l);
	if (rc == RC_OK && engine_hold(s->engine) != HOLD_NONE)
		serve_log_clock(&(struct engine_event){.text = hold_text(engine_hold(s->engine))});
	if (rc == RC_OK)
		rc = make_runtime_dir(s->paths.socket, d);
	if (rc)
		return rc;
	s->verbs = (struct verbs){.engine = s->engine, .clock = &s->clock,
		.config_path = s->config_path, .started = now, .loaded_at = now, .faults = &s->faults,
		.reload = reload, .acted = wake, .ctx = s};
	rc = control_listen(s->loop, s->paths.socket, 0600, verbs_handle, &s->verbs, &s->control, d);
	if (rc == RC_OK)
		rc = control_listen(s->loop, s->paths.web_socket, 0660, verbs_handle_web, &s->verbs,
			&s->web_control, d);
	if (rc == RC_OK && s->opt->with_web)
		rc = start_web(s, d);
	if (rc == RC_OK && !s->opt->rehearse)
		rc = heartbeat_new(s->loop, s->engine, &s->heartbeat, d);
	if (rc == RC_OK)
		rc = alarm_new(s->loop, &s->clock, on_alarm, s, &s->alarm, d);
	return rc;
}

/* ---- stop ----------------------------------------------------------------------------------------- */

/* Until a signal or a failure.  sd_event_exit would end the loop for good, and what is in flight
 * needs it to get its answer. */
static int run(struct server *s)
{
	int status = EXIT_SUCCESS;
	while (!s->stopping && sd_event_get_state(s->loop) != SD_EVENT_FINISHED)
		if (sd_event_run(s->loop, UINT64_MAX) < 0)
			return EXIT_FAILURE;
	if (!s->stopping && sd_event_get_exit_code(s->loop, &status) < 0)
		return EXIT_FAILURE;
	return status;
}

/* Give what is in flight its answer; what has none by then is recorded as such. */
static void wind_down(struct server *s)
{
	struct deliver *dv = engine_deliver(s->engine);
	int64_t end = clock_boot_ms() + STOP_PATIENCE_S * 1000;
	deliver_stop(dv);
	while (deliver_in_flight(dv) && clock_boot_ms() < end)
		if (sd_event_run(s->loop, 200000) < 0)
			break;
	deliver_abandon(dv);
	engine_tick_last(s->engine, clock_read(&s->clock));
}

static void finish(struct server *s)
{
	web_child_stop(s->web);
	control_free(s->control);
	control_free(s->web_control);
	alarm_free(s->alarm);
	heartbeat_free(s->heartbeat);
	engine_free(s->engine);
	diags_done(&s->faults);
	sd_event_source_unref(s->wake);
	sd_event_source_unref(s->wake_soon);
	sd_event_source_unref(s->chores);
	sd_event_unref(s->loop);
}

/* False: nobody has that link. */
static bool find_path(struct server *s, enum link_kind kind, const char *id, char ret[static LINK_URL_SIZE])
{
	struct engine_link l;
	struct diag ignored;
	if (engine_link(s->engine, kind, id, &l, &ignored) || !instant_is_none(l.revoked_at))
		return false;
	link_path(kind, l.token, ret);
	return true;
}

/* So that a visitor can open the board of the first office, a lead's page, and subscribe. */
static void show_links(struct server *s)
{
	const struct config *c = engine_config(s->engine);
	const struct office *office = c->n_offices ? c->office[0] : NULL;
	const struct person *lead = rehearse_lead(s->engine, clock_read(&s->clock));
	char path[LINK_URL_SIZE];
	if (!s->web)
		return;
	if (office && find_path(s, LINK_CLERK, office->id, path))
		printf(_("Board of %s: http://127.0.0.1:%d%s\n"), office->name, c->feed_port, path);
	if (lead && find_path(s, LINK_PAGE, lead->id, path))
		printf(_("Page of %s: http://127.0.0.1:%d%s\n"), lead->name, c->feed_port, path);
	if (find_path(s, LINK_ALL, "", path))
		printf(_("Calendar of everything: http://127.0.0.1:%d%s\n\n"), c->feed_port, path);
	fflush(stdout);
}

int serve_run(const struct serve_options *opt)
{
	struct server s = {.opt = opt};
	struct diag d = DIAG_INIT;
	block_signals();
	keep_hangups();
	enum rc rc = start(&s, &d);
	if (rc) {
		die(&d);
		finish(&s);
		return rc == RC_INVALID ? EXIT_CONFIG : EXIT_FAILURE;
	}
	if (opt->rehearse) {
		rehearse_hint(s.engine, s.paths.state, s.ctl, clock_read(&s.clock));
		show_links(&s);
	}
	tick(&s);
	sd_notify(0, "READY=1");
	int status = run(&s);
	if (!engine_has_failed(s.engine, NULL))
		wind_down(&s);
	finish(&s);
	return status;
}
