/* Reminders: planning, moving, cancelling.  Messages are in outbox.c. */
#include "outbox.h"

#include <stdio.h>
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

enum rc outbox_apply_changes(
	struct store *s, const struct changes *changes, struct instant now, struct diag *d)
{
	bool own;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	for (size_t i = 0; i < changes->n && rc == RC_OK; i++)
		rc = apply(s, &changes->item[i], now, d);
	return sql_end_own(s, own, rc, d);
}

/* ---- reading ------------------------------------------------------------------------------------ */

/* A claimed reminder is what its message is. */
static enum reminder_state fate(const char *row_state, const char *message_state)
{
	if (strcmp(row_state, "planned") == 0)
		return REMINDER_PLANNED;
	if (strcmp(row_state, "cancelled") == 0)
		return REMINDER_CANCELLED;
	if (strcmp(row_state, "superseded") == 0)
		return REMINDER_SUPERSEDED;
	if (strcmp(message_state, "sent") == 0 || strcmp(message_state, "delivered") == 0)
		return REMINDER_SENT;
	if (strcmp(message_state, "claimed") == 0 || strcmp(message_state, "retry") == 0)
		return REMINDER_CLAIMED;
	/* Dropped, dead, undelivered, unknown: its time is over, whoever wants it again. */
	return REMINDER_FAILED;
}

static void read_view(struct sql *q, struct arena *a, struct outbox_view *ret)
{
	*ret = (struct outbox_view){
		.obligation_id = sql_get_text(q, 1, a),
		.step_id = sql_get_text(q, 2, a),
		.person_id = sql_get_text(q, 3, a),
		.at = sql_get_instant(q, 6),
		.due = sql_get_date(q, 7),
		.form_date = sql_get_date(q, 8),
		.cause = sql_get_int(q, 9),
	};
	snprintf(ret->key, sizeof ret->key, "%s", sql_peek_text(q, 0));
	if (!channel_parse(sql_peek_text(q, 4), &ret->channel) ||
		!form_parse(sql_peek_text(q, 5), &ret->form))
		return; /* the CHECK constraints of the schema leave no other value */
	ret->state = fate(sql_peek_text(q, 10), sql_peek_text(q, 11));
}

enum rc outbox_view_all(struct store *s, struct arena *a, const struct outbox_view **ret,
	size_t *ret_n, struct diag *d)
{
	struct sql q;
	VEC(struct outbox_view) rows = {0};
	enum rc rc = sql_open(s, &q,
		"SELECT r.key, r.obligation, r.step, r.person, r.channel, r.form, r.at, r.due,"
		" r.form_date, r.cause, r.state, m.state FROM reminder r"
		" LEFT JOIN message m ON m.id = r.message ORDER BY r.key",
		d);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		struct outbox_view v;
		read_view(&q, a, &v);
		VEC_PUSH(a, &rows, v);
	}
	if (rc == RC_OK) {
		*ret = rows.item;
		*ret_n = rows.n;
	}
	return rc;
}

static void read_reminder(struct sql *q, struct arena *a, struct outbox_reminder *ret)
{
	*ret = (struct outbox_reminder){
		.obligation_id = sql_get_text(q, 1, a),
		.step_id = sql_get_text(q, 2, a),
		.template = sql_get_text(q, 3, a),
		.person_id = sql_get_text(q, 4, a),
		.role = (enum role)sql_get_int(q, 7),
		.at = sql_get_instant(q, 8),
		.asked = sql_get_instant(q, 9),
		.deadline = sql_get_instant(q, 10),
		.cause = sql_get_int(q, 11),
		.late = sql_get_int(q, 12) != 0,
	};
	snprintf(ret->key, sizeof ret->key, "%s", sql_peek_text(q, 0));
	if (!channel_parse(sql_peek_text(q, 5), &ret->channel) ||
		!form_parse(sql_peek_text(q, 6), &ret->form))
		ret->form = FORM_NONE;
}

static enum rc read_reminders(struct sql *q, struct arena *a, const struct outbox_reminder **ret,
	size_t *ret_n, struct diag *d)
{
	VEC(struct outbox_reminder) rows = {0};
	enum rc rc = RC_OK;
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(q, &row, d);
		if (rc || !row)
			break;
		struct outbox_reminder r;
		read_reminder(q, a, &r);
		VEC_PUSH(a, &rows, r);
	}
	if (rc == RC_OK) {
		*ret = rows.item;
		*ret_n = rows.n;
	}
	return rc;
}

#define REMINDER_COLUMNS                                                                           \
	"key, obligation, step, template, person, channel, form, role, at, asked, deadline, "      \
	"cause, late"

enum rc outbox_due(struct store *s, struct instant now, struct arena *a,
	const struct outbox_reminder **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT " REMINDER_COLUMNS " FROM reminder WHERE state = 'planned' AND at <= ?"
		" ORDER BY deadline IS NULL, deadline, at, key LIMIT ?",
		d);
	if (rc)
		return rc;
	sql_instant(&q, now);
	sql_int(&q, OUTBOX_DUE_MAX);
	return read_reminders(&q, a, ret, ret_n, d);
}

enum rc outbox_next(struct store *s, size_t limit, struct arena *a,
	const struct outbox_reminder **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT " REMINDER_COLUMNS " FROM reminder WHERE state = 'planned'"
		" ORDER BY at, key LIMIT ?",
		d);
	if (rc)
		return rc;
	sql_int(&q, (int64_t)limit);
	return read_reminders(&q, a, ret, ret_n, d);
}

enum rc outbox_parts(struct store *s, int64_t message_id, struct arena *a,
	const struct outbox_reminder **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT " REMINDER_COLUMNS " FROM reminder WHERE message = ? ORDER BY key", d);
	if (rc)
		return rc;
	sql_int(&q, message_id);
	return read_reminders(&q, a, ret, ret_n, d);
}
