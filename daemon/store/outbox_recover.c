/* After a crash: what was in flight. */
#include "outbox.h"

#include <string.h>

#include "outbox_arrow.h"
#include "store_sql.h"

static enum rc count_crash(struct store *s, struct diag *d)
{
	return sql_script(
		s, "UPDATE message SET recoveries = recoveries + 1 WHERE state = 'claimed'", d);
}

struct left {
	int64_t id;
	enum channel channel;
	int recoveries;
};

static enum rc list_left(
	struct store *s, struct arena *a, struct left **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	VEC(struct left) rows = {0};
	enum rc rc = sql_open(s, &q,
		"SELECT id, channel, recoveries FROM message WHERE state = 'claimed' ORDER BY id",
		d);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		struct left l = {.id = sql_get_int(&q, 0), .recoveries = (int)sql_get_int(&q, 2)};
		l.channel = outbox_arrow_channel(sql_peek_text(&q, 1));
		VEC_PUSH(a, &rows, l);
	}
	*ret = rows.item;
	*ret_n = rows.n;
	return rc;
}

static enum rc recover_one(
	struct store *s, const struct left *l, struct instant now, struct diag *d)
{
	struct arrow w = {.id = l->id,
		.from = MESSAGE_CLAIMED,
		.to = MESSAGE_UNKNOWN,
		.actor = "deadlined",
		.reason = N_("the daemon ended while it was being sent"),
		.next_at = channel_is_at_most_once(l->channel) ? INSTANT_NONE : now,
		.now = now};
	if (l->recoveries >= OUTBOX_RECOVERIES_MAX) {
		w.to = MESSAGE_DEAD;
		w.reason = N_("the daemon ended three times while it was being sent");
		w.next_at = INSTANT_NONE;
	}
	return outbox_arrow_follow(s, &w, d);
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
