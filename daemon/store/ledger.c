#include "ledger.h"

#include <stdio.h>
#include <string.h>

#include "store_sql.h"

enum { OBLIGATION_BYTES = 200 };

/* ---- writing ------------------------------------------------------------------------------------ */

static enum rc insert_act(struct store *s, const struct act *act, int64_t id, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"INSERT INTO act (id, kind, obligation, deliverable, form, at, who, reason, date,"
		" batch) VALUES (?,?,?,?,?,?,?,?,?,?)",
		d);
	if (rc)
		return rc;
	sql_int(&q, id);
	sql_text(&q, act_text(act->kind));
	sql_text(&q, act->obligation);
	sql_text(&q, act->deliverable);
	sql_text(&q, form_text(act->form));
	sql_instant(&q, act->at);
	sql_text(&q, act->who);
	sql_text(&q, act->reason);
	sql_date(&q, act->date);
	sql_int(&q, act->batch ? act->batch : id);
	return sql_run(&q, NULL, d);
}

enum rc ledger_add_act(struct store *s, const struct act *act, int64_t *ret_id, struct diag *d)
{
	char reason[1200], item[400], detail[2000], day[DATE_TEXT_SIZE];
	history_escape(act->reason, reason, sizeof reason);
	history_escape(act->deliverable ? act->deliverable : "", item, sizeof item);
	snprintf(detail, sizeof detail,
		"{\"form\":\"%s\",\"item\":\"%s\",\"date\":\"%s\",\"reason\":\"%s\"}",
		form_text(act->form), item, date_format(act->date, day), reason);
	struct history_row row = {.at = act->at,
		.actor = act->who,
		.kind = act_text(act->kind),
		.obligation_id = act->obligation,
		.detail = detail};
	bool own;
	int64_t id;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = history_append(s, &row, &id, d);
	if (rc == RC_OK)
		rc = insert_act(s, act, id, d);
	rc = sql_end_own(s, own, rc, d);
	if (rc == RC_OK)
		*ret_id = id;
	return rc;
}

static enum rc obligation_of(
	struct store *s, int64_t act_id, struct arena *a, const char **ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, "SELECT obligation, undone FROM act WHERE id = ?", d);
	if (rc)
		return rc;
	sql_int(&q, act_id);
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	if (!row)
		return diag_set(d, RC_NOTFOUND, N_("there is no act %lld"), (long long)act_id);
	bool undone = !sql_is_null(&q, 1);
	*ret = sql_get_text(&q, 0, a);
	sql_reset(&q);
	return undone ? diag_set(d, RC_STATE, N_("it has been taken back already")) : RC_OK;
}

static enum rc mark_undone(struct store *s, int64_t act_id, int64_t by, struct diag *d)
{
	struct sql q;
	enum rc rc =
		sql_open(s, &q, "UPDATE act SET undone = ? WHERE id = ? AND undone IS NULL", d);
	if (rc)
		return rc;
	sql_int(&q, by);
	sql_int(&q, act_id);
	return sql_run(&q, NULL, d);
}

enum rc ledger_undo(struct store *s, int64_t act_id, const char *who, struct instant now,
	int64_t *ret_id, struct diag *d)
{
	struct arena a = ARENA_INIT;
	char detail[48];
	struct history_row row = {.at = now, .actor = who, .kind = "undo", .detail = detail};
	bool own;
	int64_t id;
	snprintf(detail, sizeof detail, "{\"act\":%lld}", (long long)act_id);
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = obligation_of(s, act_id, &a, &row.obligation_id, d);
	if (rc == RC_OK)
		rc = history_append(s, &row, &id, d);
	if (rc == RC_OK)
		rc = mark_undone(s, act_id, id, d);
	rc = sql_end_own(s, own, rc, d);
	arena_done(&a);
	if (rc == RC_OK)
		*ret_id = id;
	return rc;
}

static enum rc count_acts(struct store *s, const char *obligation, size_t *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, "SELECT count(*) FROM act WHERE obligation = ?", d);
	if (rc)
		return rc;
	sql_text(&q, obligation);
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc == RC_OK) {
		*ret = (size_t)sql_get_int(&q, 0);
		sql_reset(&q);
	}
	return rc;
}

enum rc ledger_move(struct store *s, const char *from, const char *to, struct instant now,
	size_t *ret_n, struct diag *d)
{
	char detail[OBLIGATION_BYTES * 2 + 40];
	size_t n = 0;
	enum rc rc = count_acts(s, from, &n, d);
	if (rc == RC_OK && n == 0)
		*ret_n = 0;
	if (rc || n == 0)
		return rc;
	/* Ids are [a-z0-9/-] only, so they need no escaping. */
	snprintf(detail, sizeof detail, "{\"from\":\"%.*s\",\"to\":\"%.*s\"}", OBLIGATION_BYTES,
		from, OBLIGATION_BYTES, to);
	struct history_row row = {.at = now,
		.actor = "deadlined",
		.kind = "moved-acts",
		.obligation_id = to,
		.detail = detail};
	bool own;
	rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = history_append(s, &row, NULL, d);
	struct sql q;
	if (rc == RC_OK)
		rc = sql_open(s, &q, "UPDATE act SET obligation = ? WHERE obligation = ?", d);
	if (rc == RC_OK) {
		sql_text(&q, to);
		sql_text(&q, from);
		rc = sql_run(&q, NULL, d);
	}
	rc = sql_end_own(s, own, rc, d);
	if (rc == RC_OK)
		*ret_n = n;
	return rc;
}

/* ---- reading ------------------------------------------------------------------------------------ */

static enum rc read_act(struct sql *q, struct arena *a, struct act *ret, struct diag *d)
{
	const char *kind = sql_get_text(q, 1, a), *form = sql_get_text(q, 4, a);
	*ret = (struct act){
		.id = sql_get_int(q, 0),
		.obligation = sql_get_text(q, 2, a),
		.deliverable = sql_get_text(q, 3, a),
		.at = sql_get_instant(q, 5),
		.who = sql_get_text(q, 6, a),
		.reason = sql_get_text(q, 7, a),
		.date = sql_get_date(q, 8),
		.undone = !sql_is_null(q, 9),
		.batch = sql_get_int(q, 10),
	};
	if (!act_parse(kind, &ret->kind) || !form_parse(form, &ret->form))
		return diag_set(d, RC_CORRUPT, N_("act %lld has the unknown kind \"%s\""),
			(long long)ret->id, kind);
	return RC_OK;
}

static enum rc read_acts(
	struct sql *q, struct arena *a, const struct act **ret, size_t *ret_n, struct diag *d)
{
	VEC(struct act) acts = {0};
	enum rc rc = RC_OK;
	for (bool row = true; rc == RC_OK;) {
		struct act act;
		rc = sql_next(q, &row, d);
		if (rc || !row)
			break;
		rc = read_act(q, a, &act, d);
		if (rc)
			sql_reset(q);
		else
			VEC_PUSH(a, &acts, act);
	}
	if (rc == RC_OK) {
		*ret = acts.item;
		*ret_n = acts.n;
	}
	return rc;
}

#define ACT_COLUMNS "id, kind, obligation, deliverable, form, at, who, reason, date, undone, batch"

enum rc ledger_acts_all(
	struct store *s, struct arena *a, const struct act **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, "SELECT " ACT_COLUMNS " FROM act ORDER BY obligation, id", d);
	return rc ? rc : read_acts(&q, a, ret, ret_n, d);
}

enum rc ledger_acts_of(struct store *s, const char *obligation, struct arena *a,
	const struct act **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(
		s, &q, "SELECT " ACT_COLUMNS " FROM act WHERE obligation = ? ORDER BY id", d);
	if (rc)
		return rc;
	sql_text(&q, obligation);
	return read_acts(&q, a, ret, ret_n, d);
}

/* ---- events ------------------------------------------------------------------------------------- */

enum rc ledger_get_event(
	struct store *s, const char *uid, struct ledger_event *ret, bool *ret_found, struct diag *d)
{
	struct sql q;
	enum rc rc =
		sql_open(s, &q, "SELECT digest, sequence, modified FROM event WHERE uid = ?", d);
	if (rc)
		return rc;
	bool row;
	sql_text(&q, uid);
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	*ret_found = row;
	if (!row)
		return RC_OK;
	struct arena a = ARENA_INIT;
	snprintf(ret->digest, sizeof ret->digest, "%s", sql_get_text(&q, 0, &a));
	ret->sequence = (int)sql_get_int(&q, 1);
	ret->modified = sql_get_instant(&q, 2);
	arena_done(&a);
	sql_reset(&q);
	return RC_OK;
}

enum rc ledger_put_event(
	struct store *s, const char *uid, const struct ledger_event *ev, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"INSERT INTO event (uid, digest, sequence, modified) VALUES (?,?,?,?) ON CONFLICT "
		"(uid)"
		" DO UPDATE SET digest = excluded.digest, sequence = excluded.sequence,"
		" modified = excluded.modified",
		d);
	if (rc)
		return rc;
	sql_text(&q, uid);
	sql_text(&q, ev->digest);
	sql_int(&q, ev->sequence);
	sql_instant(&q, ev->modified);
	return sql_run(&q, NULL, d);
}
