/* Receipts: whom to ask about, which message a receipt means, and what follows from it. */
#include "outbox.h"

#include <string.h>

#include "outbox_arrow.h"
#include "store_sql.h"

/* ---- questions ---------------------------------------------------------------------------------- */

struct ids {
	int64_t *item;
	size_t n;
};

static enum rc read_ids(struct sql *q, struct arena *a, struct ids *ret, struct diag *d)
{
	VEC(int64_t) ids = {0};
	enum rc rc = RC_OK;
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(q, &row, d);
		if (rc || !row)
			break;
		VEC_PUSH(a, &ids, sql_get_int(q, 0));
	}
	*ret = (struct ids){ids.item, ids.n};
	return rc;
}

enum rc outbox_to_ask(struct store *s, struct instant now, size_t limit, struct arena *a,
	const struct outbox_message **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	struct ids ids;
	enum rc rc = sql_open(s, &q,
		"SELECT id FROM message WHERE ask_at IS NOT NULL AND ask_at <= ?"
		" ORDER BY ask_at, id LIMIT ?",
		d);
	if (rc)
		return rc;
	sql_instant(&q, now);
	sql_int(&q, (int64_t)limit);
	rc = read_ids(&q, a, &ids, d);
	if (rc)
		return rc;
	struct outbox_message *m = ARENA_ARRAY(a, ids.n, struct outbox_message);
	for (size_t i = 0; i < ids.n && rc == RC_OK; i++)
		rc = outbox_get_state(s, ids.item[i], a, &m[i], d);
	if (rc == RC_OK) {
		*ret = m;
		*ret_n = ids.n;
	}
	return rc;
}

enum rc outbox_ask_at(struct store *s, int64_t id, struct instant at, bool asked, struct diag *d)
{
	struct sql q;
	int n = 0;
	enum rc rc = sql_open(s, &q,
		"UPDATE message SET ask_at = ?, asked = asked + ? WHERE id = ?"
		" AND channel = 'sms' AND state IN ('sent', 'unknown')",
		d);
	if (rc)
		return rc;
	sql_instant(&q, at);
	sql_int(&q, asked);
	sql_int(&q, id);
	rc = sql_run(&q, &n, d);
	if (rc == RC_OK && n != 1)
		rc = diag_set(
			d, RC_STATE, N_("no receipt is expected for message %lld"), (long long)id);
	return rc;
}

enum rc outbox_ask_nobody(struct store *s, struct diag *d)
{
	return sql_script(s, "UPDATE message SET ask_at = NULL WHERE ask_at IS NOT NULL", d);
}

/* ---- which message ------------------------------------------------------------------------------ */

/* *ret = 0 unless exactly one matches. */
static enum rc find_one(struct sql *q, const char *value, int64_t *ret, struct diag *d)
{
	struct arena a = ARENA_INIT;
	struct ids ids = {0};
	sql_text(q, value);
	enum rc rc = read_ids(q, &a, &ids, d);
	*ret = rc == RC_OK && ids.n == 1 ? ids.item[0] : 0;
	arena_done(&a);
	return rc;
}

enum rc outbox_find_ref(struct store *s, const char *client_ref, const char *peer_id,
	struct arena *a, struct outbox_message *ret, struct diag *d)
{
	struct sql q;
	int64_t id = 0;
	enum rc rc = RC_OK;
	if (client_ref[0]) {
		rc = sql_open(s, &q,
			"SELECT id FROM message WHERE client_ref = ? AND channel = 'sms'", d);
		rc = rc ? rc : find_one(&q, client_ref, &id, d);
	}
	if (rc == RC_OK && !id && peer_id[0]) {
		rc = sql_open(s, &q,
			"SELECT id FROM message WHERE peer_id = ? AND peer_id <> ''"
			" AND channel = 'sms' LIMIT 2",
			d);
		rc = rc ? rc : find_one(&q, peer_id, &id, d);
	}
	if (rc == RC_OK && !id)
		return diag_set(d, RC_NOTFOUND, N_("the receipt is for no message of ours"));
	return rc ? rc : outbox_get_state(s, id, a, ret, d);
}

/* ---- what follows ------------------------------------------------------------------------------- */

static enum rc is_sms(struct store *s, int64_t id, bool *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, "SELECT channel = 'sms' FROM message WHERE id = ?", d);
	if (rc)
		return rc;
	sql_int(&q, id);
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	*ret = row && sql_get_int(&q, 0);
	if (row)
		sql_reset(&q);
	return RC_OK;
}

enum rc outbox_not_taken(struct store *s, int64_t id, const char *actor, const char *reason,
	struct instant next_at, struct instant now, struct diag *d)
{
	struct arrow w = {.id = id,
		.from = MESSAGE_UNKNOWN,
		.to = MESSAGE_RETRY,
		.actor = actor,
		.reason = reason,
		.next_at = next_at,
		.now = now};
	bool sms = false;
	enum rc rc = is_sms(s, id, &sms, d);
	if (rc == RC_OK && !sms)
		return diag_set(
			d, RC_STATE, N_("no receipt is expected for message %lld"), (long long)id);
	return rc ? rc : outbox_arrow_follow(s, &w, d);
}

/* A way round starts from a reminder of the message, about the same obligation; its cause names the
 * message. */
#define WAYS_OF_MESSAGE                                                                            \
	" FROM reminder p CROSS JOIN reminder r ON r.obligation = p.obligation"                    \
	" CROSS JOIN history h ON h.id = r.cause"                                                  \
	" WHERE p.message = ?1 AND r.cause <> 0 AND h.message = ?1 AND h.kind = 'notice'"

struct keys {
	const char **item;
	size_t n;
};

static enum rc planned_ways(
	struct store *s, int64_t id, struct arena *a, struct keys *ret, struct diag *d)
{
	struct sql q;
	VEC(const char *) keys = {0};
	enum rc rc = sql_open(s, &q,
		"SELECT DISTINCT r.key" WAYS_OF_MESSAGE " AND r.state = 'planned' ORDER BY r.key",
		d);
	if (rc)
		return rc;
	sql_int(&q, id);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		const char *key = sql_get_text(&q, 0, a);
		VEC_PUSH(a, &keys, key);
	}
	*ret = (struct keys){keys.item, keys.n};
	return rc;
}

enum rc outbox_recall_ways(struct store *s, int64_t id, const char *why, struct instant now,
	int *ret_n, struct diag *d)
{
	struct arena a = ARENA_INIT;
	struct keys keys = {0};
	bool own;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = planned_ways(s, id, &a, &keys, d);
	for (size_t i = 0; i < keys.n && rc == RC_OK; i++)
		rc = outbox_cancel(s, keys.item[i], why, now, d);
	rc = sql_end_own(s, own, rc, d);
	if (rc == RC_OK)
		*ret_n = (int)keys.n;
	arena_done(&a);
	return rc;
}

enum rc outbox_has_ways(struct store *s, int64_t id, bool *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT 1" WAYS_OF_MESSAGE " AND r.state IN ('planned', 'claimed') LIMIT 1", d);
	if (rc)
		return rc;
	sql_int(&q, id);
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	if (row)
		sql_reset(&q);
	*ret = row;
	return RC_OK;
}
