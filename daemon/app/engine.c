#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_preflight.h"
#include "engine_state.h"
#include "paths.h"

enum { AWAY_S = 15 * 60, HORIZON_MONTH = 11, BUSY_AGAIN_S = 5 };

#define META_START "start"
#define META_BUNDLE "bundle"
#define META_TEXTS "templates"

/* ---- small ------------------------------------------------------------------------------------- */

void engine_tell(struct engine *e, const struct engine_event *ev)
{
	if (e->opt.on_event)
		e->opt.on_event(e->opt.ctx, ev);
}

enum rc engine_fail(struct engine *e, enum rc rc, const struct diag *d)
{
	if ((rc == RC_IO || rc == RC_CORRUPT) && !e->failed) {
		e->failed = true;
		e->failure = *d;
	}
	return rc;
}

bool engine_has_failed(const struct engine *e, struct diag *ret)
{
	if (e->failed && ret)
		*ret = e->failure;
	return e->failed;
}

void engine_want_plan(struct engine *e)
{
	e->plan_wanted = true;
}

const struct config *engine_config(const struct engine *e)
{
	return e->config;
}

const struct obligations *engine_obligations(const struct engine *e)
{
	return &e->obligations;
}

const struct templates *engine_templates(const struct engine *e)
{
	return e->templates;
}

struct store *engine_store(struct engine *e)
{
	return e->store;
}

struct deliver *engine_deliver(struct engine *e)
{
	return e->deliver;
}

struct arena *engine_arena(struct engine *e)
{
	return &e->tick;
}

void engine_window(const struct engine *e, struct instant now, struct date *ret_from,
	struct date *ret_to)
{
	struct date today = zone_to_civil(e->config->zone, now).date;
	int year = date_year(today);
	bool looks_ahead = date_month(today) >= HORIZON_MONTH;
	*ret_from = date_max(e->start, date_clamped(year - 1, 1, 1));
	*ret_to = date_clamped(looks_ahead ? year + 1 : year, 12, 31);
}

/* ---- start -------------------------------------------------------------------------------------- */

/* The configuration's start; else what this database saw as its first day. */
enum rc engine_stored_start(struct engine *e, struct diag *d)
{
	const char *text;
	size_t len;
	enum rc rc = store_get_meta(e->store, META_START, &e->tick, &text, &len, d);
	if (rc)
		return rc;
	if (!date_is_none(e->config->start))
		e->start = e->config->start;
	else if (!date_parse(text, len, &e->start))
		return diag_set(d, RC_CORRUPT, N_("the stored start date is not a date"));
	return RC_OK;
}

static enum rc find_start(struct engine *e, struct instant now, struct diag *d)
{
	char day[DATE_TEXT_SIZE];
	if (e->opt.ignore_start) {
		e->start = e->opt.first_day;
		return RC_OK;
	}
	enum rc rc = engine_stored_start(e, d);
	if (rc != RC_NOTFOUND)
		return rc;
	date_format(zone_to_civil(e->config->zone, now).date, day);
	rc = store_set_meta(e->store, META_START, day, strlen(day), d);
	return rc ? rc : engine_stored_start(e, d);
}

static enum rc keep_source(struct engine *e, const struct engine_source *source, struct diag *d)
{
	char *bytes;
	size_t len;
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	conf_bundle_pack(source->bundle, &bytes, &len);
	rc = store_set_meta(e->store, META_BUNDLE, bytes, len, d);
	free(bytes);
	if (rc == RC_OK)
		rc = store_set_meta(e->store, META_TEXTS, source->texts->data, source->texts->len, d);
	if (rc == RC_OK)
		return store_commit(e->store, d);
	store_rollback(e->store);
	return rc;
}

static enum rc open_parts(struct engine *e, struct instant now, struct diag *d)
{
	struct store_options so = {.not_durable = e->opt.fast_disk};
	enum rc rc = paths_make(e->opt.state_dir, d);
	if (rc == RC_OK)
		rc = store_open(e->opt.state_dir, &so, &e->store, d);
	if (rc == RC_OK)
		rc = find_start(e, now, d);
	char spool[PATH_BYTES];
	snprintf(spool, sizeof spool, "%s/spool", e->opt.state_dir);
	struct deliver_options dopt = {
		.spool_dir = e->opt.spool_dir ? e->opt.spool_dir : spool,
		.credentials_dir = e->opt.credentials_dir,
		.spool_only = e->opt.spool_only,
	};
	if (rc == RC_OK)
		rc = paths_make(dopt.spool_dir, d);
	if (rc == RC_OK)
		engine_marks_load(e);
	if (rc == RC_OK)
		rc = engine_guard_load(e, d);
	if (rc == RC_OK)
		rc = engine_clock_load(e, d);
	if (rc == RC_OK)
		rc = engine_night_load(e, now, d);
	if (rc == RC_OK)
		rc = deliver_new(e->opt.loop, &e->config->email, &e->config->sms,
			e->config->chat_room, e->config->n_chat_rooms, &dopt,
			engine_delivery_done, e, &e->deliver, d);
	return rc;
}

enum rc engine_new(const struct engine_options *opt, struct config *config,
	struct templates *templates, const struct engine_source *source, struct instant now,
	struct engine **ret, struct diag *d)
{
	struct engine *e = mem_new(1, sizeof *e);
	*e = (struct engine){.opt = *opt, .config = config, .templates = templates, .now = now,
		.promised = INSTANT_NONE, .plan_day = DATE_NONE, .plan_wanted = true,
		.last_tick = INSTANT_NONE, .restored_at = INSTANT_NONE, .marks.fd = -1};
	size_t revived;
	enum rc rc = open_parts(e, now, d);
	if (rc == RC_OK)
		rc = engine_plan(e, engine_believed(e, now), d);
	if (rc == RC_OK)
		rc = engine_recover(e, now, d);
	if (rc == RC_OK)
		rc = engine_marks_set_aside(e, engine_believed(e, now), d);
	if (rc == RC_OK)
		rc = engine_revive(e, engine_believed(e, now), &revived, d);
	if (rc == RC_OK)
		rc = keep_source(e, source, d);
	arena_reset(&e->tick);
	if (rc) {
		/* The caller keeps what it gave. */
		e->config = NULL;
		e->templates = NULL;
		engine_free(e);
		return rc;
	}
	*ret = e;
	return RC_OK;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	deliver_free(e->deliver);
	engine_preflight_done(e);
	store_close(e->store);
	config_free(e->config);
	templates_free(e->templates);
	engine_guard_done(e);
	engine_feeds_done(e);
	engine_marks_done(e);
	for (int i = 0; i < 2; i++)
		arena_done(&e->plan[i]);
	arena_done(&e->queue.arena);
	arena_done(&e->tick);
	free(e->done);
	free(e->noted);
	free(e);
}

enum rc engine_stored_source(struct store *s, struct conf_bundle *ret, struct buf *ret_texts,
	struct diag *d)
{
	struct arena a = ARENA_INIT;
	const char *bytes, *texts;
	size_t len, texts_len;
	enum rc rc = store_get_meta(s, META_BUNDLE, &a, &bytes, &len, d);
	if (rc == RC_OK)
		rc = store_get_meta(s, META_TEXTS, &a, &texts, &texts_len, d);
	if (rc == RC_OK)
		rc = conf_bundle_unpack(bytes, len, ret, d);
	if (rc == RC_OK) {
		buf_init(ret_texts, texts_len);
		buf_add(ret_texts, texts, texts_len);
	}
	arena_done(&a);
	return rc;
}

enum rc engine_last_good(const char *state_dir, struct conf_bundle *ret, struct buf *ret_texts,
	struct diag *d)
{
	struct store_options so = {.read_only = true};
	struct store *s;
	enum rc rc = store_open(state_dir, &so, &s, d);
	if (rc)
		return rc;
	rc = engine_stored_source(s, ret, ret_texts, d);
	store_close(s);
	return rc;
}

/* ---- tick --------------------------------------------------------------------------------------- */

/* Anything that moves the picture: a wish, a new day, a clock that stepped or a machine that slept. */
static bool needs_plan(const struct engine *e, struct instant now)
{
	bool away = !instant_is_none(e->promised) && now.s - e->promised.s > AWAY_S;
	bool back = !instant_is_none(e->last_tick) && now.s < e->last_tick.s;
	/* Steps that grow stale behind an outage make way before the next probe. */
	bool behind = now.s - e->planned_at.s >= AWAY_S && engine_guard_is_down_for(e, AWAY_S, now);
	struct date today = zone_to_civil(e->config->zone, now).date;
	return e->plan_wanted || away || back || behind || date_compare(today, e->plan_day) != 0;
}

static enum rc work(struct engine *e, struct instant now, struct diag *d)
{
	e->guard.again = INSTANT_NONE;
	enum rc rc = engine_settle(e, now, d);
	if (rc == RC_OK && needs_plan(e, now))
		rc = engine_plan(e, now, d);
	if (rc == RC_OK)
		rc = engine_guard_alarm(e, now, d);
	if (rc == RC_OK)
		rc = engine_retry(e, now, d);
	if (rc == RC_OK)
		rc = engine_send(e, now, d);
	/* Spool transports have answered already. */
	if (rc == RC_OK)
		rc = engine_settle(e, now, d);
	if (rc == RC_OK)
		rc = engine_retry_alone(e, now, d);
	if (rc == RC_OK)
		rc = engine_ask(e, now, d);
	if (rc == RC_OK && e->feeds.slices.left)
		rc = engine_write_feeds(e, now, d);
	if (rc == RC_OK)
		rc = engine_night(e, now, d);
	return rc == RC_OK ? engine_clock_record(e, d) : rc;
}

static struct instant next_midnight(const struct engine *e, struct instant now)
{
	struct date today = zone_to_civil(e->config->zone, now).date;
	return zone_to_instant(e->config->zone, date_add(today, 1), 0);
}

static struct instant sooner(struct instant a, struct instant b)
{
	return instant_is_none(b) || (!instant_is_none(a) && a.s <= b.s) ? a : b;
}

/* What is due and still here is held by a guard, which says when to look again, or waits for room: its
 * completion brings the tick. */
static struct instant next_wake(struct engine *e, struct instant now, struct diag *d)
{
	struct instant first, ahead, next = next_midnight(e, now);
	bool waits = e->watch.hold != HOLD_NONE || !instant_is_none(e->restored_at);
	if (outbox_next_at(e->store, &first, d) != RC_OK ||
		outbox_next_after(e->store, now, &ahead, d) != RC_OK)
		return (struct instant){now.s + BUSY_AGAIN_S};
	bool is_left = !instant_is_none(first) && first.s <= now.s;
	bool is_held = waits || !instant_is_none(e->guard.again) || deliver_in_flight(e->deliver) ||
		       e->asking;
	next = sooner(sooner(next, ahead), engine_guard_next(e));
	/* A night's work that waits for mails in flight begins with their completion. */
	struct instant night = engine_night_at(e, now);
	if (!instant_is_none(night) && night.s > now.s)
		next = sooner(next, night);
	if (is_left && !is_held)
		next = sooner(next, (struct instant){now.s + BUSY_AGAIN_S});
	/* Planned by what this tick brought, or held back during it. */
	if ((is_left && (e->queue.stale || e->alone.gave_way)) || e->guard.over_cap)
		next = sooner(next, (struct instant){now.s + 1});
	/* At the latest: the loop comes back earlier for its chores. */
	if (e->feeds.slices.left)
		next = sooner(next, (struct instant){now.s + 1});
	/* Nothing tells when a clock gets synchronised. */
	return waits ? sooner(next, (struct instant){now.s + HOLD_LOOK_S}) : next;
}

static void tell_trouble(struct engine *e, const struct diag *d, struct instant now)
{
	char text[DIAG_TEXT_MAX];
	diag_text(d, NULL, text, sizeof text);
	engine_tell(e, &(struct engine_event){.kind = EVENT_TROUBLE, .at = now, .text = text,
		.obligation = "", .n = 1});
	e->trouble = *d;
}

struct instant engine_tick(struct engine *e, struct instant now)
{
	struct diag d = DIAG_INIT;
	struct instant wall = now;
	now = engine_believed(e, wall);
	e->now = now;
	e->in_tick = true;
	enum rc rc = e->failed ? RC_IO : work(e, now, &d);
	e->in_tick = false;
	struct instant next = INSTANT_NONE;
	if (rc == RC_OK) {
		next = next_wake(e, now, &d);
	} else if (engine_fail(e, rc, &d) && !e->failed) {
		/* Busy or full: nothing was claimed that was not sent; soon again. */
		tell_trouble(e, &d, now);
		next = (struct instant){now.s + BUSY_AGAIN_S};
	}
	e->last_tick = now;
	e->promised = next;
	arena_reset(&e->tick);
	/* A clock that is not believed is still the one that the alarm runs on. */
	return wall.s == now.s || instant_is_none(next)
		? next
		: (struct instant){wall.s + (next.s > now.s ? HOLD_LOOK_S : BUSY_AGAIN_S)};
}

void engine_tick_last(struct engine *e, struct instant now)
{
	struct diag d = DIAG_INIT;
	e->in_tick = true;
	enum rc rc = e->failed ? RC_OK : engine_settle(e, now, &d);
	e->in_tick = false;
	engine_fail(e, rc, &d);
	arena_reset(&e->tick);
}

/* ---- reload ------------------------------------------------------------------------------------- */

static void count_differences(const struct differences *ds, struct engine_reload *ret)
{
	for (size_t i = 0; i < ds->n; i++) {
		const struct difference *x = &ds->item[i];
		ret->appeared += x->kind == DIFFERENCE_APPEARED || x->kind == DIFFERENCE_SUCCEEDED;
		ret->vanished += x->kind == DIFFERENCE_VANISHED || x->kind == DIFFERENCE_SUCCEEDED;
		ret->moved += x->kind == DIFFERENCE_CHANGED && (x->due_moved || x->hand_in_moved);
	}
}

/* What would change, and is it too much to believe? */
static enum rc weigh(struct engine *e, bool confirm, struct instant now, struct engine_reload *ret,
	struct diag *d)
{
	struct obligations next;
	struct differences ds;
	size_t vanished, open;
	struct arena *a = &e->plan[!e->now_plan];
	arena_reset(a);
	enum rc rc = engine_expand(e, now, a, &next, d);
	if (rc)
		return rc;
	difference_find(&e->obligations, &next, &e->tick, &ds);
	ret->obligations = next.n;
	count_differences(&ds, ret);
	if (!confirm && difference_is_alarming(&e->obligations, &ds, &vanished, &open))
		return diag_set(d, RC_STATE,
			N_("%zu of %zu open obligations would vanish; the old configuration stays"),
			vanished, open);
	return RC_OK;
}

/* What follows from the new plan. */
static enum rc finish_reload(struct engine *e, const struct engine_source *source,
	struct instant now, struct engine_reload *r, struct diag *d)
{
	enum rc rc = keep_source(e, source, d);
	if (rc == RC_OK)
		rc = engine_revive(e, engine_believed(e, now), &r->revived, d);
	/* It may have mended what was wrong. */
	return rc ? rc : engine_guard_reset(e, now, d);
}

enum rc engine_reload(struct engine *e, struct config *config, struct templates *templates,
	const struct engine_source *source, bool confirm, struct instant now,
	struct engine_reload *ret, struct diag *d)
{
	struct engine_reload r = {0};
	struct config *old_config = e->config;
	struct templates *old_templates = e->templates;
	struct date old_start = e->start;
	e->config = config;
	e->templates = templates;
	enum rc rc = find_start(e, now, d);
	if (rc == RC_OK)
		rc = weigh(e, confirm, now, &r, d);
	if (rc == RC_OK)
		rc = deliver_configure(e->deliver, &config->email, &config->sms, config->chat_room,
			config->n_chat_rooms, d);
	if (rc == RC_OK)
		rc = engine_plan(e, engine_believed(e, now), d);
	if (rc) {
		e->config = old_config;
		e->templates = old_templates;
		e->start = old_start;
		return engine_fail(e, rc, d);
	}
	r.planned = e->n_planned;
	r.cancelled = e->n_cancelled;
	rc = finish_reload(e, source, now, &r, d);
	/* The plan before pointed into the old snapshot; nobody looks at it any more. */
	arena_reset(&e->plan[!e->now_plan]);
	config_free(old_config);
	templates_free(old_templates);
	e->promised = now;
	/* The new set is in force and ours: what failed after that is told, not returned. */
	if (engine_fail(e, rc, d))
		tell_trouble(e, d, now);
	*ret = r;
	return RC_OK;
}
