/*
 * The night's work, once a day at half past three or as soon after as the daemon runs: a copy of the
 * database, and what is older than `retention_days` loses what it says about people.
 *
 * And the morning after a restore: what had been sent when the database was lost is not in the copy.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backup.h"
#include "engine_preflight.h"
#include "engine_state.h"
#include "store_restore.h"

#define META_BACKUP "backup"

enum { AGAIN_S = 3600 };

/* ---- at night ------------------------------------------------------------------------------------- */

static enum rc remember(struct engine *e, struct instant now, struct diag *d)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%lld", (long long)now.s);
	enum rc rc = store_set_meta(e->store, META_BACKUP, text, (size_t)n, d);
	if (rc == RC_OK)
		e->night.last = now;
	return rc;
}

enum rc engine_night_load(struct engine *e, struct instant now, struct diag *d)
{
	const char *text;
	size_t len;
	enum rc rc = store_restored_at(e->store, &e->restored_at, d);
	if (rc || !e->opt.nightly)
		return rc;
	rc = store_get_meta(e->store, META_BACKUP, &e->tick, &text, &len, d);
	if (rc == RC_NOTFOUND)
		return remember(e, now, d); /* there is nothing yet that one could lose */
	if (rc == RC_OK)
		e->night.last.s = strtoll(text, NULL, 10);
	return rc;
}

static struct instant night_of(const struct engine *e, struct date day)
{
	return zone_to_instant(e->config->zone, day, BACKUP_MINUTE * 60);
}

struct instant engine_night_at(const struct engine *e, struct instant now)
{
	if (!e->opt.nightly)
		return INSTANT_NONE;
	struct date today = zone_to_civil(e->config->zone, now).date;
	struct instant night = night_of(e, today);
	if (e->night.last.s < night.s)
		return e->night.again.s > night.s ? e->night.again : night;
	return night_of(e, date_add(today, 1));
}

static enum rc forget_old(struct engine *e, struct instant now, struct diag *d)
{
	int rows = 0, messages = 0;
	struct instant before = {now.s - (int64_t)e->config->retention_days * DAY_S};
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	rc = history_erase_before(e->store, before, &rows, d);
	if (rc == RC_OK)
		rc = outbox_erase_before(e->store, before, &messages, d);
	if (rc == RC_OK)
		return store_commit(e->store, d);
	store_rollback(e->store);
	return rc;
}

static enum rc copy(struct engine *e, struct instant now, struct diag *d)
{
	char path[PATH_BYTES];
	struct date today = zone_to_civil(e->config->zone, now).date;
	enum rc rc = backup_path_night(e->opt.state_dir, today, path, d);
	if (rc == RC_OK)
		rc = backup_make(e->store, e->opt.state_dir, path, d);
	return rc ? rc : backup_prune(e->opt.state_dir, d);
}

enum rc engine_night(struct engine *e, struct instant now, struct diag *d)
{
	struct instant at = engine_night_at(e, now);
	/* What is due goes first, and nobody copies under the eyes of a clock that is wrong. */
	if (instant_is_none(at) || at.s > now.s || deliver_in_flight(e->deliver) ||
		e->watch.hold == HOLD_JUMPED)
		return RC_OK;
	struct diag fault = DIAG_INIT;
	struct date ignored;
	enum rc rc = copy(e, now, &fault);
	if (store_is_poisoned(e->store)) {
		*d = fault;
		return rc;
	}
	if (rc) {
		/* A full disk is no reason to stop reminding. */
		char text[DIAG_TEXT_MAX];
		diag_text(&fault, NULL, text, sizeof text);
		engine_tell(e, &(struct engine_event){.kind = EVENT_NO_BACKUP,
				       .at = now,
				       .text = text,
				       .obligation = ""});
		e->night.again.s = now.s + AGAIN_S;
		return RC_OK;
	}
	/* So that the morning's digest has the answers. */
	if (engine_preflight_is_due(e, zone_to_civil(e->config->zone, now).date, &ignored))
		engine_preflight_ask(e, now);
	rc = forget_old(e, now, d);
	return rc ? rc : remember(e, now, d);
}

struct instant engine_last_backup(const struct engine *e)
{
	return e->opt.nightly ? e->night.last : INSTANT_NONE;
}

/* ---- after a restore -------------------------------------------------------------------------------- */

struct instant engine_restored_at(const struct engine *e)
{
	return e->restored_at;
}

static enum rc assume(struct engine *e, struct instant until, const char *who, struct instant now,
	struct engine_assumed *ret, struct diag *d)
{
	char detail[80], text[ZONE_TEXT_SIZE];
	zone_format(e->config->zone, until, text);
	snprintf(detail, sizeof detail, "{\"until\":\"%s\"}", text);
	struct history_row row = {
		.at = now, .actor = who, .kind = "after-restore", .detail = detail};
	enum rc rc = history_append(e->store, &row, NULL, d);
	if (rc == RC_OK)
		rc = outbox_assume_sent(
			e->store, until, who, now, &ret->reminders, &ret->messages, d);
	return rc ? rc : store_restored_done(e->store, d);
}

enum rc engine_after_restore(struct engine *e, struct instant until, const char *who,
	struct instant now, struct engine_assumed *ret, struct diag *d)
{
	struct engine_assumed r = {0};
	if (instant_is_none(e->restored_at))
		return diag_set(
			d, RC_STATE, N_("the database has not been restored, or that is over"));
	if (until.s > now.s)
		return diag_set(d, RC_INVALID, N_("what is still to come cannot have been sent"));
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return engine_fail(e, rc, d);
	rc = assume(e, until, who, now, &r, d);
	if (rc)
		store_rollback(e->store);
	else
		rc = store_commit(e->store, d);
	if (rc)
		return engine_fail(e, rc, d);
	e->restored_at = INSTANT_NONE;
	engine_queue_drop(e);
	engine_want_plan(e);
	*ret = r;
	return RC_OK;
}
