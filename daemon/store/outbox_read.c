/* Messages and counts as others see them. */
#include "outbox.h"

#include <string.h>

#include "outbox_arrow.h"
#include "store_sql.h"

#define MESSAGE_COLUMNS                                                                            \
	"id, channel, state, person, recipient, rfc_message_id, client_ref, reason, peer_id,"      \
	" generation, attempt, code, sample, first_at, claimed_at, next_at, give_up_at, deadline," \
	" settled_at, fault, ask_at, asked, recoveries"

static void read_message(
	struct sql *q, bool with_bytes, struct arena *a, struct outbox_message *ret)
{
	*ret = (struct outbox_message){
		.id = sql_get_int(q, 0),
		.channel = outbox_arrow_channel(sql_peek_text(q, 1)),
		.state = outbox_arrow_parse(sql_peek_text(q, 2)),
		.person_id = sql_get_text(q, 3, a),
		.recipient = sql_get_text(q, 4, a),
		.rfc_message_id = sql_get_text(q, 5, a),
		.client_ref = sql_get_text(q, 6, a),
		.reason = sql_get_text(q, 7, a),
		.peer_id = sql_get_text(q, 8, a),
		.generation = (int)sql_get_int(q, 9),
		.attempt = (int)sql_get_int(q, 10),
		.code = (int)sql_get_int(q, 11),
		.sample = sql_get_int(q, 12) != 0,
		.first_at = sql_get_instant(q, 13),
		.claimed_at = sql_get_instant(q, 14),
		.next_at = sql_get_instant(q, 15),
		.give_up_at = sql_get_instant(q, 16),
		.deadline = sql_get_instant(q, 17),
		.settled_at = sql_get_instant(q, 18),
		.fault = (enum outcome_fault)sql_get_int(q, 19),
		.ask_at = sql_get_instant(q, 20),
		.asked = (int)sql_get_int(q, 21),
		.recoveries = (int)sql_get_int(q, 22),
	};
	if (with_bytes)
		ret->bytes = sql_get_blob(q, 23, a, &ret->len);
}

static enum rc read_messages(struct sql *q, bool with_bytes, struct arena *a,
	const struct outbox_message **ret, size_t *ret_n, struct diag *d)
{
	VEC(struct outbox_message) rows = {0};
	enum rc rc = RC_OK;
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(q, &row, d);
		if (rc || !row)
			break;
		struct outbox_message m;
		read_message(q, with_bytes, a, &m);
		VEC_PUSH(a, &rows, m);
	}
	if (rc == RC_OK) {
		*ret = rows.item;
		*ret_n = rows.n;
	}
	return rc;
}

static enum rc read_one(struct sql *q, int64_t id, bool with_bytes, struct arena *a,
	struct outbox_message *ret, struct diag *d)
{
	const struct outbox_message *m;
	size_t n;
	sql_int(q, id);
	enum rc rc = read_messages(q, with_bytes, a, &m, &n, d);
	if (rc == RC_OK && n == 0)
		rc = diag_set(d, RC_NOTFOUND, N_("there is no message %lld"), (long long)id);
	if (rc == RC_OK)
		*ret = m[0];
	return rc;
}

enum rc outbox_get_message(
	struct store *s, int64_t id, struct arena *a, struct outbox_message *ret, struct diag *d)
{
	struct sql q;
	enum rc rc =
		sql_open(s, &q, "SELECT " MESSAGE_COLUMNS ", bytes FROM message WHERE id = ?", d);
	return rc ? rc : read_one(&q, id, true, a, ret, d);
}

enum rc outbox_get_state(
	struct store *s, int64_t id, struct arena *a, struct outbox_message *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, "SELECT " MESSAGE_COLUMNS " FROM message WHERE id = ?", d);
	return rc ? rc : read_one(&q, id, false, a, ret, d);
}

enum rc outbox_waiting(struct store *s, struct instant now, struct arena *a,
	const struct outbox_message **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT " MESSAGE_COLUMNS
		", bytes FROM message WHERE next_at IS NOT NULL AND next_at <= ?"
		" AND state IN ('retry', 'unknown') ORDER BY deadline IS NULL, deadline, id LIMIT "
		"1000",
		d);
	if (rc)
		return rc;
	sql_instant(&q, now);
	return read_messages(&q, true, a, ret, ret_n, d);
}

enum rc outbox_in_flight(struct store *s, struct arena *a, const struct outbox_message **ret,
	size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT " MESSAGE_COLUMNS " FROM message WHERE state = 'claimed' ORDER BY id", d);
	return rc ? rc : read_messages(&q, false, a, ret, ret_n, d);
}

enum rc outbox_lost(struct store *s, struct arena *a, const struct outbox_message **ret,
	size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT " MESSAGE_COLUMNS " FROM message WHERE state IN ('unknown', 'dead')"
		" ORDER BY id",
		d);
	return rc ? rc : read_messages(&q, false, a, ret, ret_n, d);
}

enum rc outbox_count_superseded(struct store *s, const char *why, struct instant since, size_t *ret,
	struct diag *d)
{
	struct sql q;
	bool row;
	enum rc rc = sql_open(s, &q,
		"SELECT count(*) FROM reminder WHERE state = 'superseded' AND why = ?"
		" AND at >= ifnull(?, at)",
		d);
	if (rc)
		return rc;
	sql_text(&q, why);
	sql_instant(&q, since);
	rc = sql_next(&q, &row, d);
	if (rc == RC_OK) {
		*ret = (size_t)sql_get_int(&q, 0);
		sql_reset(&q);
	}
	return rc;
}

enum rc outbox_trouble(struct store *s, size_t limit, struct arena *a,
	const struct outbox_message **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT " MESSAGE_COLUMNS " FROM message WHERE state IN"
		" ('retry', 'unknown', 'dead', 'undelivered') ORDER BY id DESC LIMIT ?",
		d);
	if (rc)
		return rc;
	sql_int(&q, (int64_t)limit);
	return read_messages(&q, false, a, ret, ret_n, d);
}

enum rc outbox_next_at(struct store *s, struct instant *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT min(at) FROM (SELECT min(at) AS at FROM reminder WHERE state = 'planned'"
		" UNION ALL SELECT min(next_at) FROM message WHERE next_at IS NOT NULL"
		" UNION ALL SELECT min(ask_at) FROM message WHERE ask_at IS NOT NULL)",
		d);
	if (rc)
		return rc;
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc == RC_OK) {
		*ret = row ? sql_get_instant(&q, 0) : INSTANT_NONE;
		sql_reset(&q);
	}
	return rc;
}

static void count_reminders(const char *state, const char *fate, size_t n, struct outbox_counts *c)
{
	if (strcmp(state, "planned") == 0)
		c->planned += n;
	else if (strcmp(state, "cancelled") == 0)
		c->cancelled += n;
	else if (strcmp(state, "superseded") == 0)
		c->superseded += n;
	else if (strcmp(fate, "sent") == 0 || strcmp(fate, "delivered") == 0)
		c->sent += n;
	else if (strcmp(fate, "claimed") == 0 || strcmp(fate, "retry") == 0)
		c->claimed += n;
	else
		c->failed += n;
}

enum rc outbox_count(struct store *s, struct outbox_counts *ret, struct diag *d)
{
	struct sql q;
	struct outbox_counts c = {0};
	enum rc rc = sql_open(s, &q,
		"SELECT r.state, m.state, count(*) FROM reminder r LEFT JOIN message m"
		" ON m.id = r.message GROUP BY 1, 2",
		d);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		count_reminders(
			sql_peek_text(&q, 0), sql_peek_text(&q, 1), (size_t)sql_get_int(&q, 2), &c);
	}
	if (rc == RC_OK)
		rc = sql_open(s, &q, "SELECT state, count(*) FROM message GROUP BY 1", d);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		c.message[outbox_arrow_parse(sql_peek_text(&q, 0))] = (size_t)sql_get_int(&q, 1);
	}
	if (rc == RC_OK)
		*ret = c;
	return rc;
}
