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
