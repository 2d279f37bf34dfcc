/* What is shown of messages to those who watch from outside: numbers. */
#include "outbox.h"

#include "outbox_arrow.h"
#include "store_sql.h"

static enum rc count_messages(struct store *s, struct outbox_tally *t, struct diag *d)
{
	struct sql q;
	enum channel channel;
	enum rc rc =
		sql_open(s, &q, "SELECT channel, state, count(*) FROM message GROUP BY 1, 2", d);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		if (channel_parse(sql_peek_text(&q, 0), &channel))
			t->message[channel][outbox_arrow_parse(sql_peek_text(&q, 1))] =
				(size_t)sql_get_int(&q, 2);
	}
	return rc;
}

enum rc outbox_tally(struct store *s, struct instant now, struct outbox_tally *ret, struct diag *d)
{
	struct sql q;
	struct outbox_tally t = {0};
	bool row;
	enum rc rc = count_messages(s, &t, d);
	if (rc == RC_OK)
		rc = sql_open(s, &q,
			"SELECT min(at) FROM (SELECT min(at) AS at FROM reminder"
			" WHERE state = 'planned' AND at <= ? UNION ALL"
			" SELECT min(first_at) FROM message WHERE state IN ('claimed', 'retry'))",
			d);
	if (rc)
		return rc;
	sql_instant(&q, now);
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	t.oldest_unsent = row ? sql_get_instant(&q, 0) : INSTANT_NONE;
	sql_reset(&q);
	*ret = t;
	return RC_OK;
}

enum rc outbox_last_success(struct store *s, enum channel channel, const char *person,
	const char *recipient, struct instant since, struct instant *ret, struct diag *d)
{
	struct sql q;
	bool row;
	enum rc rc = sql_open(s, &q,
		"SELECT max(settled_at) FROM message WHERE channel = ? AND claimed_at >= ?"
		" AND person = ? AND recipient = ? AND state IN ('sent', 'delivered')",
		d);
	if (rc)
		return rc;
	sql_text(&q, channel_text(channel));
	sql_instant(&q, since);
	sql_text(&q, person);
	sql_text(&q, recipient);
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	*ret = sql_get_instant(&q, 0);
	sql_reset(&q);
	return RC_OK;
}

enum rc outbox_count_planned(struct store *s, enum channel channel, struct instant from,
	struct instant to, size_t *ret, struct diag *d)
{
	struct sql q;
	bool row;
	enum rc rc = sql_open(s, &q,
		"SELECT count(*) FROM reminder WHERE state = 'planned' AND at >= ? AND at < ?"
		" AND channel = ?",
		d);
	if (rc)
		return rc;
	sql_instant(&q, from);
	sql_instant(&q, to);
	sql_text(&q, channel_text(channel));
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	*ret = (size_t)sql_get_int(&q, 0);
	sql_reset(&q);
	return RC_OK;
}
