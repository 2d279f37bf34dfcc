#include "simulate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "paths.h"
#include "zone.h"

/* A tick that asks to come back at once, again and again, is a bug of ours: end it. */
enum { TICKS_MAX = 2000000 };

struct simulation {
	struct engine *e;
	const struct simulate_options *opt;
	struct instant end;
	size_t next_receipt;
};

static enum rc receive(struct simulation *s, const struct simulate_receipt *r, struct diag *d)
{
	struct engine_act act = {.kind = ACT_RECEIVE, .obligation = r->obligation,
		.deliverable = "", .form = FORM_NONE, .who = "simulate", .reason = "",
		.date = DATE_NONE};
	int64_t id;
	return engine_act(s->e, &act, r->at, &id, d);
}

/* Receipts before the next tick's instant happen first. */
static enum rc receive_until(struct simulation *s, struct instant t, struct diag *d)
{
	enum rc rc = RC_OK;
	while (rc == RC_OK && s->next_receipt < s->opt->n_receipts &&
		s->opt->receipt[s->next_receipt].at.s <= t.s)
		rc = receive(s, &s->opt->receipt[s->next_receipt++], d);
	return rc;
}

static struct instant earlier(struct simulation *s, struct instant t)
{
	if (s->next_receipt < s->opt->n_receipts) {
		struct instant at = s->opt->receipt[s->next_receipt].at;
		if (at.s < t.s)
			return at;
	}
	return t;
}

static enum rc run(struct simulation *s, struct instant now, struct diag *d)
{
	struct date day = DATE_NONE;
	for (int i = 0; i < TICKS_MAX && now.s <= s->end.s; i++) {
		struct date today = zone_to_civil(engine_config(s->e)->zone, now).date;
		if (s->opt->on_day && date_compare(today, day) != 0)
			s->opt->on_day(s->opt->ctx, today);
		day = today;
		enum rc rc = receive_until(s, now, d);
		if (rc)
			return rc;
		struct instant next = engine_tick(s->e, now);
		if (engine_has_failed(s->e, d))
			return d->rc;
		if (instant_is_none(next))
			return RC_OK;
		next = earlier(s, next);
		now = next.s > now.s ? next : (struct instant){now.s + 1};
	}
	return receive_until(s, s->end, d);
}

enum rc simulate_run(struct loaded *given, const struct simulate_options *opt, struct diag *d)
{
	char state[PATH_BYTES], feeds[PATH_BYTES];
	snprintf(state, sizeof state, "%s/state", opt->dir);
	snprintf(feeds, sizeof feeds, "%s/feeds", opt->dir);
	struct loaded l = *given;
	*given = (struct loaded){0};
	enum rc rc = paths_make(opt->dir, d);
	if (rc == RC_OK && rmdir(opt->dir))
		rc = diag_set_errno(d, RC_EXISTS, errno, N_("%s must be empty"), opt->dir);
	if (rc == RC_OK)
		rc = paths_make(opt->dir, d);
	if (rc) {
		loaded_done(&l);
		return rc;
	}
	struct engine_options eo = {.state_dir = state, .spool_dir = opt->dir, .feeds_dir = feeds,
		.spool_only = true, .ignore_start = true, .first_day = opt->from, .fast_disk = true,
		.on_event = opt->on_event, .ctx = opt->ctx};
	struct instant from = zone_to_instant(l.config->zone, opt->from, 0);
	struct simulation s = {.opt = opt,
		.end = zone_to_instant(l.config->zone, opt->to, DAY_S - 1)};
	struct engine_source source = {&l.bundle, &l.texts};
	rc = engine_new(&eo, l.config, l.templates, &source, from, &s.e, d);
	if (rc) {
		loaded_done(&l);
		return rc;
	}
	rc = run(&s, from, d);
	engine_free(s.e);
	conf_bundle_done(&l.bundle);
	buf_done(&l.texts);
	return rc;
}
