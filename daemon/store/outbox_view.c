/* Reminders as others see them. */
#include "outbox.h"

#include <stdio.h>
#include <string.h>

#include "outbox_arrow.h"
#include "store_sql.h"

/* A claimed reminder is what its message is. */
static enum reminder_state fate(const char *row_state, const char *message_state)
{
	if (strcmp(row_state, "planned") == 0)
		return REMINDER_PLANNED;
	if (strcmp(row_state, "cancelled") == 0)
		return REMINDER_CANCELLED;
	if (strcmp(row_state, "superseded") == 0)
		return REMINDER_SUPERSEDED;
	if (strcmp(message_state, "sent") == 0 || strcmp(message_state, "delivered") == 0)
		return REMINDER_SENT;
	if (strcmp(message_state, "claimed") == 0 || strcmp(message_state, "retry") == 0)
		return REMINDER_CLAIMED;
	/* Dropped, dead, undelivered, unknown: its time is over, whoever wants it again. */
	return REMINDER_FAILED;
}

static void read_view(struct sql *q, struct arena *a, struct outbox_view *ret)
{
	*ret = (struct outbox_view){
		.obligation_id = sql_get_text(q, 1, a),
		.step_id = sql_get_text(q, 2, a),
		.person_id = sql_get_text(q, 3, a),
		.at = sql_get_instant(q, 6),
		.due = sql_get_date(q, 7),
		.form_date = sql_get_date(q, 8),
		.cause = sql_get_int(q, 9),
	};
	snprintf(ret->key, sizeof ret->key, "%s", sql_peek_text(q, 0));
	if (!channel_parse(sql_peek_text(q, 4), &ret->channel) ||
		!form_parse(sql_peek_text(q, 5), &ret->form))
		return; /* the CHECK constraints of the schema leave no other value */
	ret->state = fate(sql_peek_text(q, 10), sql_peek_text(q, 11));
}

enum rc outbox_view_all(struct store *s, struct arena *a, const struct outbox_view **ret,
	size_t *ret_n, struct diag *d)
{
	struct sql q;
	VEC(struct outbox_view) rows = {0};
	enum rc rc = sql_open(s, &q,
		"SELECT r.key, r.obligation, r.step, r.person, r.channel, r.form, r.at, r.due,"
		" r.form_date, r.cause, r.state, m.state FROM reminder r"
		" LEFT JOIN message m ON m.id = r.message ORDER BY r.key",
		d);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		struct outbox_view v;
		read_view(&q, a, &v);
		VEC_PUSH(a, &rows, v);
	}
	if (rc == RC_OK) {
		*ret = rows.item;
		*ret_n = rows.n;
	}
	return rc;
}

static void read_reminder(struct sql *q, struct arena *a, struct outbox_reminder *ret)
{
	*ret = (struct outbox_reminder){
		.obligation_id = sql_get_text(q, 1, a),
		.step_id = sql_get_text(q, 2, a),
		.template = sql_get_text(q, 3, a),
		.person_id = sql_get_text(q, 4, a),
		.role = (enum role)sql_get_int(q, 7),
		.at = sql_get_instant(q, 8),
		.asked = sql_get_instant(q, 9),
		.deadline = sql_get_instant(q, 10),
		.cause = sql_get_int(q, 11),
		.late = sql_get_int(q, 12) != 0,
		.generation = (int)sql_get_int(q, 13),
	};
	snprintf(ret->key, sizeof ret->key, "%s", sql_peek_text(q, 0));
	if (!channel_parse(sql_peek_text(q, 5), &ret->channel) ||
		!form_parse(sql_peek_text(q, 6), &ret->form))
		ret->form = FORM_NONE;
}

static enum rc read_reminders(struct sql *q, struct arena *a, const struct outbox_reminder **ret,
	size_t *ret_n, struct diag *d)
{
	VEC(struct outbox_reminder) rows = {0};
	enum rc rc = RC_OK;
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(q, &row, d);
		if (rc || !row)
			break;
		struct outbox_reminder r;
		read_reminder(q, a, &r);
		VEC_PUSH(a, &rows, r);
	}
	if (rc == RC_OK) {
		*ret = rows.item;
		*ret_n = rows.n;
	}
	return rc;
}

#define REMINDER_COLUMNS                                                                           \
	"key, obligation, step, template, person, channel, form, role, at, asked, deadline, "      \
	"cause, late, generation"

enum rc outbox_due(struct store *s, struct instant now, struct arena *a,
	const struct outbox_reminder **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT " REMINDER_COLUMNS " FROM reminder WHERE state = 'planned' AND at <= ?"
		" ORDER BY deadline IS NULL, deadline, at, key LIMIT ?",
		d);
	if (rc)
		return rc;
	sql_instant(&q, now);
	sql_int(&q, OUTBOX_DUE_MAX);
	return read_reminders(&q, a, ret, ret_n, d);
}

enum rc outbox_next(struct store *s, size_t limit, struct arena *a,
	const struct outbox_reminder **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT " REMINDER_COLUMNS " FROM reminder WHERE state = 'planned'"
		" ORDER BY at, key LIMIT ?",
		d);
	if (rc)
		return rc;
	sql_int(&q, (int64_t)limit);
	return read_reminders(&q, a, ret, ret_n, d);
}

enum rc outbox_parts(struct store *s, int64_t message_id, struct arena *a,
	const struct outbox_reminder **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"SELECT " REMINDER_COLUMNS " FROM reminder WHERE message = ? ORDER BY key", d);
	if (rc)
		return rc;
	sql_int(&q, message_id);
	return read_reminders(&q, a, ret, ret_n, d);
}

enum rc outbox_fates(struct store *s, const char *obligation, struct arena *a,
	const struct outbox_fate **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	VEC(struct outbox_fate) rows = {0};
	enum rc rc = sql_open(s, &q,
		"SELECT step, person, state, why, form, channel, at, ifnull(message, 0) FROM "
		"reminder"
		" WHERE obligation = ? ORDER BY at, key",
		d);
	if (rc == RC_OK)
		sql_text(&q, obligation);
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		struct outbox_fate f = {.step_id = sql_get_text(&q, 0, a),
			.person_id = sql_get_text(&q, 1, a),
			.state = sql_get_text(&q, 2, a),
			.why = sql_get_text(&q, 3, a),
			.channel = outbox_arrow_channel(sql_peek_text(&q, 5)),
			.at = sql_get_instant(&q, 6),
			.message_id = sql_get_int(&q, 7)};
		form_parse(sql_peek_text(&q, 4), &f.form);
		VEC_PUSH(a, &rows, f);
	}
	*ret = rows.item;
	*ret_n = rows.n;
	return rc;
}
