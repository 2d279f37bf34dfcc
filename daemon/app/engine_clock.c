/*
 * Is the clock believed (core/hold)?  What was believed last is put on record now and then, so that the
 * next process can tell a clock that went back, or jumped within one boot.
 *
 * While it has jumped, time stands still for the engine: it plans and sends as of the last moment that
 * was believed, so that a clock set to 2099 cancels nothing and reminds nobody of 2099.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "engine_state.h"

#define META_CLOCK "clock"

enum { RECORD_S = 600 };

static enum rc read_record(struct engine *e, struct clock_reading *ret, char *ret_boot, struct diag *d)
{
	const char *text;
	size_t len;
	*ret = (struct clock_reading){.wall = INSTANT_NONE};
	ret_boot[0] = '\0';
	enum rc rc = store_get_meta(e->store, META_CLOCK, &e->tick, &text, &len, d);
	if (rc)
		return rc == RC_NOTFOUND ? RC_OK : rc;
	json_t *o = json_loadb(text, len, 0, NULL);
	const char *boot = json_string_value(json_object_get(o, "boot"));
	if (json_is_integer(json_object_get(o, "wall")))
		ret->wall.s = json_integer_value(json_object_get(o, "wall"));
	ret->boot_s = json_integer_value(json_object_get(o, "up"));
	snprintf(ret_boot, ENGINE_BOOT_ID_SIZE, "%s", boot ? boot : "");
	json_decref(o);
	return RC_OK;
}

enum rc engine_clock_load(struct engine *e, struct diag *d)
{
	struct clock_reading recorded;
	char boot[ENGINE_BOOT_ID_SIZE];
	hold_init(&e->watch, &(struct clock_reading){.wall = INSTANT_NONE}, false);
	e->kept_at = INSTANT_NONE;
	if (!e->opt.clock)
		return RC_OK;
	enum rc rc = read_record(e, &recorded, boot, d);
	if (rc)
		return rc;
	snprintf(e->boot_id, sizeof e->boot_id, "%s", e->opt.boot_id ? e->opt.boot_id : "");
	hold_init(&e->watch, &recorded, boot[0] && strcmp(boot, e->boot_id) == 0);
	engine_observe_clock(e, e->opt.clock);
	return RC_OK;
}

enum rc engine_clock_record(struct engine *e, struct diag *d)
{
	const struct hold_watch *w = &e->watch;
	bool due = instant_is_none(e->kept_at) || llabs(w->last.wall.s - e->kept_at.s) >= RECORD_S;
	if (instant_is_none(w->last.wall) || w->hold != HOLD_NONE || !due)
		return RC_OK;
	char text[160];
	snprintf(text, sizeof text, "{\"wall\":%lld,\"up\":%lld,\"boot\":\"%s\"}",
		(long long)w->last.wall.s, (long long)w->last.boot_s, e->boot_id);
	enum rc rc = store_set_meta(e->store, META_CLOCK, text, strlen(text), d);
	if (rc == RC_OK)
		e->kept_at = w->last.wall;
	return rc;
}

void engine_observe_clock(struct engine *e, const struct clock_reading *reading)
{
	enum hold before = e->watch.hold;
	if (!hold_observe(&e->watch, reading))
		return;
	engine_want_plan(e);
	engine_tell(e, &(struct engine_event){.kind = EVENT_CLOCK, .at = reading->wall,
		.text = hold_text(e->watch.hold), .obligation = hold_text(before), .n = 1});
}

enum hold engine_hold(const struct engine *e)
{
	return e->watch.hold;
}

struct instant engine_believed(const struct engine *e, struct instant now)
{
	bool frozen = e->watch.hold == HOLD_JUMPED && !instant_is_none(e->watch.recorded);
	return frozen ? e->watch.recorded : now;
}

enum rc engine_clock_ok(struct engine *e, const char *who, struct instant now, struct diag *d)
{
	enum hold before = e->watch.hold;
	char detail[80];
	if (before == HOLD_NONE)
		return diag_set(d, RC_STATE, N_("the clock is believed already"));
	snprintf(detail, sizeof detail, "{\"hold\":\"%s\"}", hold_text(before));
	struct history_row row = {.at = now, .actor = who, .kind = "clock-ok", .detail = detail};
	enum rc rc = history_append(e->store, &row, NULL, d);
	if (rc)
		return engine_fail(e, rc, d);
	hold_trust(&e->watch);
	e->kept_at = INSTANT_NONE;
	engine_want_plan(e);
	return RC_OK;
}
