/* Reminders: planning, moving, cancelling.  outbox_view.c reads them; messages are in outbox.c. */
#include "outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "store_sql.h"

/* ---- arrows ------------------------------------------------------------------------------------- */

static struct date date_of_form(const struct reminder *r)
{
	return r->obligation ? obligation_form_date(r->obligation, r->form) : DATE_NONE;
}

static enum rc insert(struct store *s, const struct reminder *r, const char *state, bool late,
	const char *why, struct instant now, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"INSERT INTO reminder (key, obligation, due, form, form_date, step, template,"
		" channel, role, person, at, asked, deadline, cause, late, why, state, planned_at)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (key) DO NOTHING",
		d);
	if (rc)
		return rc;
	const struct obligation *o = r->obligation;
	sql_text(&q, r->key);
	sql_text(&q, r->obligation_id);
	sql_date(&q, o ? o->due : DATE_NONE);
	sql_text(&q, form_text(r->form));
	sql_date(&q, date_of_form(r));
	sql_text(&q, r->step_id);
	sql_text(&q, r->template);
	sql_text(&q, channel_text(r->channel));
	sql_int(&q, r->role);
	sql_text(&q, r->person->id);
	sql_instant(&q, r->at);
	sql_instant(&q, r->asked);
	sql_instant(&q, r->deadline);
	sql_int(&q, r->cause);
	sql_int(&q, late);
	sql_text(&q, why ? why : "");
	sql_text(&q, state);
	sql_instant(&q, now);
	return sql_run(&q, NULL, d);
}

enum rc outbox_plan(struct store *s, const struct reminder *r, struct instant now, struct diag *d)
{
	return insert(s, r, "planned", false, r->why, now, d);
}

/* planned, cancelled and superseded rows change by this one statement; the triggers know which
 * arrows exist. */
static enum rc change_state(struct store *s, const char *key, const char *from, const char *to,
	const char *why, int *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(
		s, &q, "UPDATE reminder SET state = ?, why = ? WHERE key = ? AND state = ?", d);
	if (rc)
		return rc;
	sql_text(&q, to);
	sql_text(&q, why ? why : "");
	sql_text(&q, key);
	sql_text(&q, from);
	return sql_run(&q, ret_n, d);
}

static enum rc append_history(struct store *s, const char *kind, const char *key, const char *why,
	struct instant now, struct diag *d)
{
	struct sql q;
	struct arena a = ARENA_INIT;
	char detail[400];
	struct history_row row = {.at = now,
		.actor = "deadlined",
		.kind = kind,
		.reminder_key = key,
		.detail = detail};
	enum rc rc =
		sql_open(s, &q, "SELECT obligation, person, step FROM reminder WHERE key = ?", d);
	bool found = false;
	if (rc == RC_OK) {
		sql_text(&q, key);
		rc = sql_next(&q, &found, d);
	}
	if (rc == RC_OK && found) {
		row.obligation_id = sql_get_text(&q, 0, &a);
		row.person = sql_get_text(&q, 1, &a);
		/* why is a literal of ours, a step id is [a-z0-9-]: nothing to escape. */
		snprintf(detail, sizeof detail, "{\"step\":\"%s\",\"why\":\"%s\"}",
			sql_get_text(&q, 2, &a), why ? why : "");
		sql_reset(&q);
		rc = history_append(s, &row, NULL, d);
	}
	arena_done(&a);
	return rc;
}

/* One arrow with its history row. */
static enum rc retire(struct store *s, const char *key, const char *to, const char *why,
	struct instant now, struct diag *d)
{
	bool own;
	int n = 0;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = change_state(s, key, "planned", to, why, &n, d);
	if (rc == RC_OK && n != 1)
		rc = diag_set(d, RC_STATE, N_("the reminder is no longer planned"));
	if (rc == RC_OK)
		rc = append_history(s, to, key, why, now, d);
	return sql_end_own(s, own, rc, d);
}

enum rc outbox_cancel(
	struct store *s, const char *key, const char *why, struct instant now, struct diag *d)
{
	return retire(s, key, "cancelled", why, now, d);
}

enum rc outbox_supersede(
	struct store *s, const char *key, const char *why, struct instant now, struct diag *d)
{
	return retire(s, key, "superseded", why, now, d);
}

static enum rc move(struct store *s, const struct change *c, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE reminder SET at = ?, deadline = ?, form_date = ?, late = ?, why = ?,"
		" template = ?"
		" WHERE key = ? AND state = 'planned'",
		d);
	if (rc)
		return rc;
	sql_instant(&q, c->want->at);
	sql_instant(&q, c->want->deadline);
	sql_date(&q, date_of_form(c->want));
	sql_int(&q, c->late);
	sql_text(&q, c->why ? c->why : "");
	sql_text(&q, c->want->template);
	sql_text(&q, c->key);
	return sql_run(&q, NULL, d);
}

static enum rc revive(struct store *s, const struct change *c, struct instant now, struct diag *d)
{
	int cancelled = 0, superseded = 0;
	enum rc rc = change_state(s, c->key, "cancelled", "planned", c->why, &cancelled, d);
	if (rc == RC_OK && !cancelled)
		rc = change_state(s, c->key, "superseded", "planned", c->why, &superseded, d);
	if (rc == RC_OK && cancelled + superseded != 1)
		return diag_set(d, RC_STATE, N_("the reminder cannot be planned again"));
	if (rc == RC_OK)
		rc = move(s, c, d);
	return rc ? rc : append_history(s, "planned-again", c->key, c->why, now, d);
}

static enum rc supersede_change(
	struct store *s, const struct change *c, struct instant now, struct diag *d)
{
	int n = 0;
	enum rc rc = change_state(s, c->key, "planned", "superseded", c->why, &n, d);
	if (rc == RC_OK && n == 0)
		return c->want ? insert(s, c->want, "superseded", c->late, c->why, now, d) : RC_OK;
	return rc ? rc : append_history(s, "superseded", c->key, c->why, now, d);
}

static enum rc apply(struct store *s, const struct change *c, struct instant now, struct diag *d)
{
	switch (c->kind) {
	case CHANGE_PLAN:
		return insert(s, c->want, "planned", c->late, c->why, now, d);
	case CHANGE_REVIVE:
		return revive(s, c, now, d);
	case CHANGE_MOVE:
		return move(s, c, d);
	case CHANGE_CANCEL:
		return outbox_cancel(s, c->key, c->why, now, d);
	case CHANGE_SUPERSEDE:
		return supersede_change(s, c, now, d);
	}
	return RC_OK;
}

static int compare_keys(const void *left, const void *right)
{
	const struct change *const *a = left, *const *b = right;
	return strcmp((*a)->key, (*b)->key);
}

/* Keys are hashes: in any other order each new row would land in a page of its own, and a hundred
 * thousand of them would write the table many times over. */
static enum rc plan_in_order(
	struct store *s, const struct changes *changes, struct instant now, struct diag *d)
{
	struct arena a = ARENA_INIT;
	VEC(const struct change *) plans = {0};
	enum rc rc = RC_OK;
	for (size_t i = 0; i < changes->n; i++)
		if (changes->item[i].kind == CHANGE_PLAN)
			VEC_PUSH(&a, &plans, &changes->item[i]);
	if (plans.n)
		qsort(plans.item, plans.n, sizeof *plans.item, compare_keys);
	for (size_t i = 0; i < plans.n && rc == RC_OK; i++)
		rc = apply(s, plans.item[i], now, d);
	arena_done(&a);
	return rc;
}

enum rc outbox_apply_changes(
	struct store *s, const struct changes *changes, struct instant now, struct diag *d)
{
	bool own;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	for (size_t i = 0; i < changes->n && rc == RC_OK; i++)
		if (changes->item[i].kind != CHANGE_PLAN)
			rc = apply(s, &changes->item[i], now, d);
	if (rc == RC_OK)
		rc = plan_in_order(s, changes, now, d);
	return sql_end_own(s, own, rc, d);
}
