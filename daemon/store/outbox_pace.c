/* How fast things leave: what the guards of app/ ask, and what they set going again. */
#include "outbox.h"

#include "store_sql.h"

static enum rc read_instant(struct sql *q, struct instant *ret, struct diag *d)
{
	bool row;
	enum rc rc = sql_next(q, &row, d);
	if (rc)
		return rc;
	*ret = row ? sql_get_instant(q, 0) : INSTANT_NONE;
	if (row)
		sql_reset(q);
	return RC_OK;
}

enum rc outbox_next_after(struct store *s, struct instant t, struct instant *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT min(at) FROM (SELECT min(at) AS at FROM reminder"
		" WHERE state = 'planned' AND at > ?1"
		" UNION ALL SELECT min(next_at) FROM message"
		" WHERE next_at IS NOT NULL AND next_at > ?1"
		" UNION ALL SELECT min(ask_at) FROM message"
		" WHERE ask_at IS NOT NULL AND ask_at > ?1)",
		d);
	if (rc)
		return rc;
	sql_instant(&q, t);
	return read_instant(&q, ret, d);
}

enum rc outbox_nth_last_claim(struct store *s, enum channel channel, const char *person_id, int n,
	struct instant since, struct instant until, struct instant *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT claimed_at FROM message WHERE channel = ?1 AND claimed_at >= ?3"
		" AND (?2 IS NULL OR person = ?2) AND (?5 IS NULL OR claimed_at <= ?5)"
		" ORDER BY claimed_at DESC LIMIT 1 OFFSET ?4",
		d);
	if (rc)
		return rc;
	sql_text(&q, channel_text(channel));
	sql_text(&q, person_id);
	sql_instant(&q, since);
	sql_int(&q, n - 1);
	sql_instant(&q, until);
	return read_instant(&q, ret, d);
}

enum rc outbox_hasten(struct store *s, enum channel channel, const char *person_id,
	struct instant now, int *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE message SET next_at = ?1 WHERE state = 'retry' AND next_at > ?1"
		" AND channel = ?2 AND (?3 IS NULL OR person = ?3)",
		d);
	if (rc)
		return rc;
	sql_instant(&q, now);
	sql_text(&q, channel_text(channel));
	sql_text(&q, person_id);
	return sql_run(&q, ret_n, d);
}

enum rc outbox_pull_back(struct store *s, struct instant horizon, struct instant notice_at,
	struct instant now, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(
		s, &q, "UPDATE message SET next_at = ?1 WHERE next_at > ?2", d);
	if (rc)
		return rc;
	sql_instant(&q, now);
	sql_instant(&q, horizon);
	rc = sql_run(&q, NULL, d);
	if (rc == RC_OK)
		rc = sql_open(s, &q,
			"UPDATE reminder SET at = ?1, asked = ?2"
			" WHERE state = 'planned' AND cause <> 0 AND asked > ?2",
			d);
	if (rc)
		return rc;
	sql_instant(&q, notice_at);
	sql_instant(&q, now);
	return sql_run(&q, NULL, d);
}

enum rc outbox_was_told(struct store *s, const struct outbox_reminder *step, const char *person_id,
	enum channel channel, bool *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT 1 FROM reminder r LEFT JOIN message m ON m.id = r.message"
		" WHERE r.obligation = ?1 AND r.step = ?2 AND r.person = ?3 AND r.channel = ?4"
		" AND (r.state = 'planned' OR (r.state = 'claimed' AND m.state IN"
		"  ('claimed', 'retry', 'unknown', 'sent', 'delivered')))"
		" LIMIT 1",
		d);
	if (rc)
		return rc;
	sql_text(&q, step->obligation_id);
	sql_text(&q, step->step_id);
	sql_text(&q, person_id);
	sql_text(&q, channel_text(channel));
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	if (row)
		sql_reset(&q);
	*ret = row;
	return RC_OK;
}

enum rc outbox_is_overtaken(struct store *s, const struct outbox_reminder *r, struct instant now,
	bool *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT 1 FROM reminder WHERE obligation = ?1 AND person = ?2 AND channel = ?3"
		" AND cause = 0 AND asked > ?4 AND at <= ?5 AND state IN ('planned', 'claimed')"
		" LIMIT 1",
		d);
	if (rc)
		return rc;
	sql_text(&q, r->obligation_id);
	sql_text(&q, r->person_id);
	sql_text(&q, channel_text(r->channel));
	sql_instant(&q, r->asked);
	sql_instant(&q, now);
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	if (row)
		sql_reset(&q);
	*ret = row;
	return RC_OK;
}
