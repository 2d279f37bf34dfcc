/* Messages: claiming, settling, retrying.  Reminders are in outbox_reminder.c. */
#include "outbox.h"

#include <stdio.h>
#include <string.h>

#include "history.h"
#include "store_sql.h"

static const char *const STATE_TEXT[MESSAGE_STATES] = {"claimed", "sent", "retry", "unknown",
	"delivered", "undelivered", "dead", "replaced", "cancelled"};

const char *message_state_text(enum message_state s)
{
	return STATE_TEXT[s];
}

static enum message_state parse_state(const char *text)
{
	for (int i = 0; i < MESSAGE_STATES; i++)
		if (strcmp(text, STATE_TEXT[i]) == 0)
			return (enum message_state)i;
	return MESSAGE_CANCELLED; /* the CHECK constraint leaves no other value */
}

/* ---- history ------------------------------------------------------------------------------------ */

/* JSON string body: reasons come from peers. */
static void escape(const char *s, char *ret, size_t size)
{
	size_t n = 0;
	for (; *s && n + 7 < size; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\') {
			ret[n++] = '\\';
			ret[n++] = *s;
		} else if (c < 0x20) {
			n += (size_t)snprintf(ret + n, size - n, "\\u%04x", c);
		} else {
			ret[n++] = *s;
		}
	}
	ret[n] = '\0';
}

/* One row per obligation that the message is about would repeat it; the message's first one names it
 * and the reminders lead to the rest. */
static enum rc append_history(struct store *s, const char *kind, int64_t id, const char *actor,
	const char *reason, struct instant now, struct diag *d)
{
	struct sql q;
	struct arena a = ARENA_INIT;
	char text[OUTCOME_REASON_MAX * 2], detail[OUTCOME_REASON_MAX * 2 + 120];
	struct history_row row = {.at = now, .actor = actor, .kind = kind, .message_id = id,
		.detail = detail};
	enum rc rc = sql_open(s, &q,
		"SELECT m.person, m.channel, m.attempt, m.recipient, (SELECT obligation FROM reminder"
		" WHERE message = m.id ORDER BY key LIMIT 1) FROM message m WHERE m.id = ?",
		d);
	bool found = false;
	if (rc == RC_OK) {
		sql_int(&q, id);
		rc = sql_next(&q, &found, d);
	}
	if (rc == RC_OK && found) {
		row.person = sql_get_text(&q, 0, &a);
		row.personal = sql_get_text(&q, 3, &a);
		row.obligation_id = sql_get_text(&q, 4, &a);
		escape(reason ? reason : "", text, sizeof text);
		snprintf(detail, sizeof detail,
			"{\"channel\":\"%s\",\"attempt\":%lld,\"reason\":\"%s\"}",
			sql_get_text(&q, 1, &a), (long long)sql_get_int(&q, 2), text);
		sql_reset(&q);
		rc = history_append(s, &row, NULL, d);
	}
	arena_done(&a);
	return rc;
}

/* ---- claiming ----------------------------------------------------------------------------------- */

static enum rc insert_message(struct store *s, const struct outbox_claim *c, struct instant now,
	int64_t *ret_id, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"INSERT INTO message (person, channel, recipient, rfc_message_id, client_ref, bytes,"
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

static enum rc claim_reminder(struct store *s, const char *key, int64_t id, struct diag *d)
{
	struct sql q;
	int n = 0;
	enum rc rc = sql_open(s, &q,
		"UPDATE reminder SET state = 'claimed', message = ? WHERE key = ? AND state = 'planned'",
		d);
	if (rc)
		return rc;
	sql_int(&q, id);
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
		rc = claim_reminder(s, c->key[i], id, d);
	if (rc == RC_OK)
		rc = append_history(s, "claimed", id, "deadlined", "", now, d);
	rc = sql_end_own(s, own, rc, d);
	if (rc == RC_OK)
		*ret_id = id;
	return rc;
}

/* ---- arrows ------------------------------------------------------------------------------------- */

/* One guarded arrow and its history row.  `set` is the statement: state first, id and the state left
 * last. */
struct arrow {
	int64_t id;
	enum message_state from, to;
	const char *actor, *reason;
	struct instant next_at, now;
	const struct outcome *outcome; /* code and peer id, or NULL */
	int attempt;                   /* 0: any */
};

static enum rc guarded_update(struct store *s, const struct arrow *w, int *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE message SET state = ?, next_at = ?, settled_at = ?, reason = ?,"
		" code = ifnull(?, code), peer_id = ifnull(?, peer_id)"
		" WHERE id = ? AND state = ? AND (? = 0 OR attempt = ?)",
		d);
	if (rc)
		return rc;
	sql_text(&q, STATE_TEXT[w->to]);
	sql_instant(&q, w->next_at);
	sql_instant(&q, w->now);
	sql_text(&q, w->reason ? w->reason : "");
	if (w->outcome)
		sql_int(&q, w->outcome->code);
	else
		sql_text(&q, NULL);
	sql_text(&q, w->outcome && w->outcome->peer_id[0] ? w->outcome->peer_id : NULL);
	sql_int(&q, w->id);
	sql_text(&q, STATE_TEXT[w->from]);
	sql_int(&q, w->attempt);
	sql_int(&q, w->attempt);
	return sql_run(&q, ret_n, d);
}

static enum rc follow(struct store *s, const struct arrow *w, struct diag *d)
{
	bool own;
	int n = 0;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = guarded_update(s, w, &n, d);
	if (rc == RC_OK && n != 1)
		rc = diag_set(d, RC_STATE, N_("message %lld is not %s"), (long long)w->id,
			STATE_TEXT[w->from]);
	if (rc == RC_OK)
		rc = append_history(s, STATE_TEXT[w->to], w->id, w->actor, w->reason, w->now, d);
	return sql_end_own(s, own, rc, d);
}

enum rc outbox_settle(struct store *s, int64_t id, int attempt, const struct outcome *o,
	struct instant next_at, struct instant now, struct diag *d)
{
	static const enum message_state TO[] = {
		[OUTCOME_SENT] = MESSAGE_SENT,
		[OUTCOME_RETRY] = MESSAGE_RETRY,
		[OUTCOME_UNKNOWN] = MESSAGE_UNKNOWN,
		[OUTCOME_DEAD] = MESSAGE_DEAD,
	};
	struct arrow w = {.id = id, .from = MESSAGE_CLAIMED, .to = TO[o->class],
		.actor = "deadlined", .reason = o->reason, .next_at = next_at, .now = now,
		.outcome = o, .attempt = attempt};
	return follow(s, &w, d);
}

enum rc outbox_retry_unknown(struct store *s, int64_t id, struct instant now, struct diag *d)
{
	struct arrow w = {.id = id, .from = MESSAGE_UNKNOWN, .to = MESSAGE_RETRY,
		.actor = "deadlined", .reason = "no verdict: the same bytes again", .next_at = now,
		.now = now};
	return follow(s, &w, d);
}

enum rc outbox_drop(struct store *s, int64_t id, enum message_state to, const char *reason,
	struct instant now, struct diag *d)
{
	struct arrow w = {.id = id, .from = MESSAGE_RETRY, .to = to, .actor = "deadlined",
		.reason = reason, .next_at = INSTANT_NONE, .now = now};
	return follow(s, &w, d);
}

static enum rc state_of(struct store *s, int64_t id, enum message_state *ret, struct diag *d)
{
	struct sql q;
	struct arena a = ARENA_INIT;
	enum rc rc = sql_open(s, &q, "SELECT state FROM message WHERE id = ?", d);
	if (rc)
		return rc;
	sql_int(&q, id);
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc == RC_OK && !row)
		rc = diag_set(d, RC_NOTFOUND, N_("there is no message %lld"), (long long)id);
	if (rc == RC_OK) {
		*ret = parse_state(sql_get_text(&q, 0, &a));
		sql_reset(&q);
	}
	arena_done(&a);
	return rc;
}

enum rc outbox_resolve(struct store *s, int64_t id, enum message_state to, const char *actor,
	const char *reason, struct instant now, struct diag *d)
{
	struct arrow w = {.id = id, .to = to, .actor = actor, .reason = reason,
		.next_at = INSTANT_NONE, .now = now};
	enum rc rc = state_of(s, id, &w.from, d);
	return rc ? rc : follow(s, &w, d);
}

static enum rc give_back(struct store *s, int64_t id, struct instant now, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE reminder SET state = 'planned', message = NULL, at = ?, late = 1"
		" WHERE message = ? AND state = 'claimed'",
		d);
	if (rc)
		return rc;
	sql_instant(&q, now);
	sql_int(&q, id);
	return sql_run(&q, NULL, d);
}

enum rc outbox_replace(struct store *s, int64_t id, const char *actor, struct instant now,
	struct diag *d)
{
	bool own;
	struct arrow w = {.id = id, .to = MESSAGE_REPLACED, .actor = actor,
		.next_at = INSTANT_NONE, .now = now};
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = state_of(s, id, &w.from, d);
	if (rc == RC_OK)
		rc = follow(s, &w, d);
	if (rc == RC_OK)
		rc = give_back(s, id, now, d);
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
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = start_attempt(s, id, now, d);
	if (rc == RC_OK && bytes)
		rc = set_bytes(s, id, bytes, d);
	if (rc == RC_OK)
		rc = append_history(s, "claimed", id, "deadlined", "", now, d);
	if (rc == RC_OK)
		rc = attempt_of(s, id, ret_attempt, d);
	return sql_end_own(s, own, rc, d);
}

/* ---- recovery ------------------------------------------------------------------------------------ */

static enum rc count_crash(struct store *s, struct diag *d)
{
	return sql_script(s, "UPDATE message SET recoveries = recoveries + 1 WHERE state = 'claimed'",
		d);
}

struct left {
	int64_t id;
	enum channel channel;
	int recoveries;
};

static enum rc list_left(struct store *s, struct arena *a, struct left **ret, size_t *ret_n,
	struct diag *d)
{
	struct sql q;
	VEC(struct left) rows = {0};
	enum rc rc = sql_open(s, &q,
		"SELECT id, channel, recoveries FROM message WHERE state = 'claimed' ORDER BY id", d);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		struct left l = {.id = sql_get_int(&q, 0), .recoveries = (int)sql_get_int(&q, 2)};
		l.channel = strcmp(sql_get_text(&q, 1, a), "sms") == 0 ? CHANNEL_SMS : CHANNEL_EMAIL;
		VEC_PUSH(a, &rows, l);
	}
	*ret = rows.item;
	*ret_n = rows.n;
	return rc;
}

static enum rc recover_one(struct store *s, const struct left *l, struct instant now,
	struct diag *d)
{
	struct arrow w = {.id = l->id, .from = MESSAGE_CLAIMED, .to = MESSAGE_UNKNOWN,
		.actor = "deadlined", .reason = "the daemon ended while it was being sent",
		.next_at = l->channel == CHANNEL_EMAIL ? now : INSTANT_NONE, .now = now};
	if (l->recoveries >= OUTBOX_RECOVERIES_MAX) {
		w.to = MESSAGE_DEAD;
		w.reason = "the daemon ended three times while it was being sent";
		w.next_at = INSTANT_NONE;
	}
	return follow(s, &w, d);
}

enum rc outbox_recover(struct store *s, struct instant now, size_t *ret_n, struct diag *d)
{
	struct arena a = ARENA_INIT;
	struct left *left = NULL;
	size_t n = 0;
	bool own;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = count_crash(s, d);
	if (rc == RC_OK)
		rc = list_left(s, &a, &left, &n, d);
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = recover_one(s, &left[i], now, d);
	rc = sql_end_own(s, own, rc, d);
	arena_done(&a);
	if (rc == RC_OK)
		*ret_n = n;
	return rc;
}
