/* What is to be forgotten about people, and what an older copy of the database cannot know. */
#include "outbox.h"

#include <string.h>

#include "outbox_arrow.h"
#include "store_sql.h"

/* ---- forgetting ----------------------------------------------------------------------------------- */

enum rc outbox_erase(struct store *s, const char *person, int *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE message SET recipient = '', bytes = x'', reason = '', peer_id = ''"
		" WHERE person = ? AND recipient <> ''"
		" AND state IN ('sent', 'delivered', 'undelivered', 'dead', 'replaced', "
		"'cancelled')",
		d);
	if (rc)
		return rc;
	sql_text(&q, person);
	return sql_run(&q, ret_n, d);
}

enum rc outbox_erase_before(struct store *s, struct instant t, int *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE message SET recipient = '', bytes = x'', reason = '', peer_id = ''"
		" WHERE settled_at < ? AND recipient <> '' AND next_at IS NULL AND ask_at IS NULL"
		" AND state <> 'claimed'",
		d);
	if (rc)
		return rc;
	sql_instant(&q, t);
	return sql_run(&q, ret_n, d);
}

/* ---- after a restore ------------------------------------------------------------------------------- */

static const char ASSUMED[] = N_("assumed sent before the database was restored");

static enum rc list_keys(struct store *s, struct instant until, struct arena *a, const char ***ret,
	size_t *ret_n, struct diag *d)
{
	struct sql q;
	VEC(const char *) keys = {0};
	enum rc rc = sql_open(s, &q,
		"SELECT key FROM reminder WHERE state = 'planned' AND asked <= ? ORDER BY key", d);
	if (rc == RC_OK)
		sql_instant(&q, until);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		VEC_PUSH(a, &keys, sql_get_text(&q, 0, a));
	}
	*ret = keys.item;
	*ret_n = keys.n;
	return rc;
}

struct waiting {
	int64_t id;
	enum message_state state;
};

static enum rc list_waiting(struct store *s, struct instant until, struct arena *a,
	struct waiting **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	VEC(struct waiting) found = {0};
	enum rc rc = sql_open(s, &q,
		"SELECT id, state FROM message WHERE first_at <= ? AND (state = 'retry'"
		" OR (state = 'unknown' AND channel = 'email')) ORDER BY id",
		d);
	if (rc == RC_OK)
		sql_instant(&q, until);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		struct waiting w = {sql_get_int(&q, 0), outbox_arrow_parse(sql_peek_text(&q, 1))};
		VEC_PUSH(a, &found, w);
	}
	*ret = found.item;
	*ret_n = found.n;
	return rc;
}

static enum rc end_one(struct store *s, const struct waiting *w, const char *actor,
	struct instant now, struct diag *d)
{
	struct arrow arrow = {.id = w->id,
		.from = w->state,
		.to = w->state == MESSAGE_RETRY ? MESSAGE_CANCELLED : MESSAGE_SENT,
		.actor = actor,
		.reason = ASSUMED,
		.next_at = INSTANT_NONE,
		.now = now};
	return outbox_arrow_follow(s, &arrow, d);
}

enum rc outbox_assume_sent(struct store *s, struct instant until, const char *actor,
	struct instant now, size_t *ret_reminders, size_t *ret_messages, struct diag *d)
{
	struct arena a = ARENA_INIT;
	const char **key = NULL;
	struct waiting *w = NULL;
	size_t n_keys = 0, n = 0;
	bool own;
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = list_keys(s, until, &a, &key, &n_keys, d);
	for (size_t i = 0; i < n_keys && rc == RC_OK; i++)
		rc = outbox_supersede(s, key[i], ASSUMED, now, d);
	if (rc == RC_OK)
		rc = list_waiting(s, until, &a, &w, &n, d);
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = end_one(s, &w[i], actor, now, d);
	rc = sql_end_own(s, own, rc, d);
	arena_done(&a);
	if (rc == RC_OK) {
		*ret_reminders = n_keys;
		*ret_messages = n;
	}
	return rc;
}
