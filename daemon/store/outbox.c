/* Messages: claiming, settling, claiming again.  Reminders are in outbox_reminder.c. */
#include "outbox.h"

#include <stdio.h>

#include "history.h"
#include "outbox_arrow.h"
#include "store_sql.h"

/* ---- claiming ----------------------------------------------------------------------------------- */

static enum rc insert_message(struct store *s, const struct outbox_claim *c, struct instant now,
	int64_t *ret_id, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"INSERT INTO message (person, channel, recipient, rfc_message_id, client_ref, "
		"bytes,"
		" generation, state, attempt, sample, first_at, claimed_at, give_up_at, deadline)"
		" VALUES (?,?,?,?,?,?,?,'claimed',1,?,?,?,?,?)",
		d);
	if (rc)
		return rc;
	sql_text(&q, c->person_id);
	sql_text(&q, channel_text(c->channel));
	sql_text(&q, c->recipient);
	sql_text(&q, c->rfc_message_id);
	sql_text(&q, c->client_ref);
	sql_blob(&q, c->bytes, c->len);
	sql_int(&q, c->generation);
	sql_int(&q, c->sample);
	sql_instant(&q, now);
	sql_instant(&q, now);
	sql_instant(&q, c->give_up_at);
	sql_instant(&q, c->deadline);
	rc = sql_run(&q, NULL, d);
	if (rc == RC_OK)
		*ret_id = sql_last_id(s);
	return rc;
}

/* A reference or Message-ID made of a key and a generation is never used twice. */
static enum rc claim_reminder(
	struct store *s, const char *key, int64_t id, int generation, struct diag *d)
{
	struct sql q;
	int n = 0;
	enum rc rc = sql_open(s, &q,
		"UPDATE reminder SET state = 'claimed', message = ?,"
		" generation = max(generation, ?) WHERE key = ? AND state = 'planned'",
		d);
	if (rc)
		return rc;
	sql_int(&q, id);
	sql_int(&q, generation + 1);
	sql_text(&q, key);
	rc = sql_run(&q, &n, d);
	if (rc == RC_OK && n != 1)
		return diag_set(d, RC_STATE, N_("the reminder is no longer planned"));
	return rc;
}

enum rc outbox_claim(struct store *s, const struct outbox_claim *c, struct instant now,
	int64_t *ret_id, struct diag *d)
{
	bool own;
	int64_t id = 0;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = insert_message(s, c, now, &id, d);
	for (size_t i = 0; i < c->n_keys && rc == RC_OK; i++)
		rc = claim_reminder(s, c->key[i], id, c->generation, d);
	if (rc == RC_OK)
		rc = outbox_arrow_record(s, "claimed", id, "deadlined", "", now, d);
	rc = sql_end_own(s, own, rc, d);
	if (rc == RC_OK)
		*ret_id = id;
	return rc;
}

/* ---- arrows ------------------------------------------------------------------------------------- */

enum rc outbox_settle(struct store *s, int64_t id, int attempt, const struct outcome *o,
	struct instant next_at, struct instant now, struct diag *d)
{
	static const enum message_state TO[] = {
		[OUTCOME_SENT] = MESSAGE_SENT,
		[OUTCOME_RETRY] = MESSAGE_RETRY,
		[OUTCOME_UNKNOWN] = MESSAGE_UNKNOWN,
		[OUTCOME_DEAD] = MESSAGE_DEAD,
	};
	/* 0 would be any attempt. */
	if (attempt < 1)
		return diag_set(
			d, RC_STATE, N_("message %lld has no attempt %d"), (long long)id, attempt);
	struct arrow w = {.id = id,
		.from = MESSAGE_CLAIMED,
		.to = TO[o->class],
		.actor = "deadlined",
		.reason = o->reason,
		.next_at = next_at,
		.now = now,
		.outcome = o,
		.attempt = attempt};
	return outbox_arrow_follow(s, &w, d);
}

struct standing_now {
	enum message_state state;
	enum channel channel;
};

static enum rc look_up(struct store *s, int64_t id, struct standing_now *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, "SELECT state, channel FROM message WHERE id = ?", d);
	if (rc)
		return rc;
	sql_int(&q, id);
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	if (!row)
		return diag_set(d, RC_NOTFOUND, N_("there is no message %lld"), (long long)id);
	ret->state = outbox_arrow_parse(sql_peek_text(&q, 0));
	ret->channel = outbox_arrow_channel(sql_peek_text(&q, 1));
	sql_reset(&q);
	return RC_OK;
}

static enum rc refuse(int64_t id, enum message_state from, enum message_state to, struct diag *d)
{
	return diag_set(d, RC_STATE, N_("message %lld is %s and cannot become %s"), (long long)id,
		message_state_text(from), message_state_text(to));
}

enum rc outbox_retry_unknown(struct store *s, int64_t id, struct instant now, struct diag *d)
{
	struct standing_now m;
	struct arrow w = {.id = id,
		.from = MESSAGE_UNKNOWN,
		.to = MESSAGE_RETRY,
		.actor = "deadlined",
		.reason = N_("no verdict: the same bytes again"),
		.next_at = now,
		.now = now};
	enum rc rc = look_up(s, id, &m, d);
	if (rc)
		return rc;
	if (channel_is_at_most_once(m.channel))
		return refuse(id, m.state, w.to, d);
	return outbox_arrow_follow(s, &w, d);
}

enum rc outbox_drop(struct store *s, int64_t id, enum message_state to, const char *reason,
	struct instant now, struct diag *d)
{
	struct arrow w = {.id = id,
		.from = MESSAGE_RETRY,
		.to = to,
		.actor = "deadlined",
		.reason = reason,
		.next_at = INSTANT_NONE,
		.now = now};
	if (to != MESSAGE_CANCELLED && to != MESSAGE_DEAD)
		return refuse(id, w.from, to, d);
	return outbox_arrow_follow(s, &w, d);
}

enum rc outbox_resolve(struct store *s, int64_t id, enum message_state to, const char *actor,
	const char *reason, struct instant now, struct diag *d)
{
	struct standing_now m;
	struct arrow w = {.id = id,
		.to = to,
		.actor = actor,
		.reason = reason,
		.next_at = INSTANT_NONE,
		.now = now};
	enum rc rc = look_up(s, id, &m, d);
	if (rc)
		return rc;
	/* The triggers know more arrows than a receipt or a person may follow. */
	bool is_verdict = to == MESSAGE_SENT || to == MESSAGE_DELIVERED ||
			  to == MESSAGE_UNDELIVERED || to == MESSAGE_DEAD;
	if (!is_verdict || (m.state != MESSAGE_UNKNOWN && m.state != MESSAGE_SENT))
		return refuse(id, m.state, to, d);
	w.from = m.state;
	return outbox_arrow_follow(s, &w, d);
}

static enum rc record_hurry(
	struct store *s, int64_t id, const char *actor, int n, struct instant now, struct diag *d)
{
	char detail[40];
	struct history_row row = {.at = now, .actor = actor, .kind = "hurried", .obligation_id = "",
		.detail = detail};
	if (id)
		return outbox_arrow_record(s, row.kind, id, actor, "", now, d);
	snprintf(detail, sizeof detail, "{\"messages\":%d}", n);
	return history_append(s, &row, NULL, d);
}

enum rc outbox_hurry(struct store *s, int64_t id, const char *actor, struct instant now, int *ret_n,
	struct diag *d)
{
	struct sql q;
	bool own;
	int n = 0;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = sql_open(s, &q,
		"UPDATE message SET next_at = min(next_at, ?)"
		" WHERE state = 'retry' AND (? = 0 OR id = ?)",
		d);
	if (rc == RC_OK) {
		sql_instant(&q, now);
		sql_int(&q, id);
		sql_int(&q, id);
		rc = sql_run(&q, &n, d);
	}
	if (rc == RC_OK && id && n != 1)
		rc = diag_set(d, RC_STATE, N_("message %lld is not retry"), (long long)id);
	if (rc == RC_OK && n)
		rc = record_hurry(s, id, actor, n, now, d);
	rc = sql_end_own(s, own, rc, d);
	if (rc == RC_OK)
		*ret_n = n;
	return rc;
}

static enum rc give_back(struct store *s, int64_t id, struct instant notice_at, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE reminder SET state = 'planned', message = NULL, late = 1,"
		" at = CASE WHEN cause = 0 THEN at ELSE ? END"
		" WHERE message = ? AND state = 'claimed'",
		d);
	if (rc)
		return rc;
	sql_instant(&q, notice_at);
	sql_int(&q, id);
	return sql_run(&q, NULL, d);
}

enum rc outbox_replace(struct store *s, int64_t id, const char *actor, const char *reason,
	struct instant notice_at, struct instant now, struct diag *d)
{
	bool own;
	struct standing_now m = {0};
	struct arrow w = {.id = id,
		.to = MESSAGE_REPLACED,
		.actor = actor,
		.reason = reason,
		.next_at = INSTANT_NONE,
		.now = now};
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = look_up(s, id, &m, d);
	w.from = m.state;
	if (rc == RC_OK && m.state != MESSAGE_DEAD && m.state != MESSAGE_UNKNOWN)
		rc = refuse(id, m.state, w.to, d);
	if (rc == RC_OK)
		rc = outbox_arrow_follow(s, &w, d);
	if (rc == RC_OK)
		rc = give_back(s, id, notice_at, d);
	return sql_end_own(s, own, rc, d);
}

/* ---- again -------------------------------------------------------------------------------------- */

static enum rc set_bytes(struct store *s, int64_t id, const struct outbox_bytes *b, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE message SET bytes = ?, rfc_message_id = ?, client_ref = ?,"
		" generation = generation + 1 WHERE id = ?",
		d);
	if (rc)
		return rc;
	sql_blob(&q, b->bytes, b->len);
	sql_text(&q, b->rfc_message_id);
	sql_text(&q, b->client_ref);
	sql_int(&q, id);
	rc = sql_run(&q, NULL, d);
	if (rc == RC_OK)
		rc = sql_open(s, &q,
			"UPDATE reminder SET generation = 1 + (SELECT generation FROM message"
			" WHERE id = ?) WHERE message = ?",
			d);
	if (rc)
		return rc;
	sql_int(&q, id);
	sql_int(&q, id);
	return sql_run(&q, NULL, d);
}

static enum rc start_attempt(struct store *s, int64_t id, struct instant now, struct diag *d)
{
	struct sql q;
	int n = 0;
	enum rc rc = sql_open(s, &q,
		"UPDATE message SET state = 'claimed', attempt = attempt + 1, claimed_at = ?,"
		" next_at = NULL WHERE id = ? AND state = 'retry'",
		d);
	if (rc)
		return rc;
	sql_instant(&q, now);
	sql_int(&q, id);
	rc = sql_run(&q, &n, d);
	if (rc == RC_OK && n != 1)
		return diag_set(d, RC_STATE, N_("message %lld is not retry"), (long long)id);
	return rc;
}

static enum rc attempt_of(struct store *s, int64_t id, int *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, "SELECT attempt FROM message WHERE id = ?", d);
	if (rc)
		return rc;
	sql_int(&q, id);
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc == RC_OK && row) {
		*ret = (int)sql_get_int(&q, 0);
		sql_reset(&q);
	}
	return rc;
}

enum rc outbox_reclaim(struct store *s, int64_t id, const struct outbox_bytes *bytes,
	struct instant now, int *ret_attempt, struct diag *d)
{
	bool own;
	int attempt = 0;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = start_attempt(s, id, now, d);
	if (rc == RC_OK && bytes)
		rc = set_bytes(s, id, bytes, d);
	if (rc == RC_OK)
		rc = outbox_arrow_record(s, "claimed", id, "deadlined", "", now, d);
	if (rc == RC_OK)
		rc = attempt_of(s, id, &attempt, d);
	rc = sql_end_own(s, own, rc, d);
	if (rc == RC_OK)
		*ret_attempt = attempt;
	return rc;
}
