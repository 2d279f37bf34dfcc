/* One arrow between the states of a message, and its history row. */
#include "outbox_arrow.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

#include "history.h"
#include "store_sql.h"

static const char *const STATE_TEXT[MESSAGE_STATES] = {N_("claimed"), N_("sent"), N_("retry"), N_("unknown"),
	N_("delivered"), N_("undelivered"), N_("dead"), N_("replaced"), N_("cancelled")};

const char *message_state_text(enum message_state s)
{
	return STATE_TEXT[s];
}

enum message_state outbox_arrow_parse(const char *text)
{
	for (int i = 0; i < MESSAGE_STATES; i++)
		if (strcmp(text, STATE_TEXT[i]) == 0)
			return (enum message_state)i;
	return MESSAGE_CANCELLED; /* the CHECK constraint leaves no other value */
}

enum channel outbox_arrow_channel(const char *text)
{
	enum channel c = CHANNEL_EMAIL; /* the same */
	(void)channel_parse(text, &c);
	return c;
}

/* One row per obligation that the message is about would repeat it; the message's first one names it
 * and the reminders lead to the rest. */
enum rc outbox_arrow_record(struct store *s, const char *kind, int64_t id, const char *actor,
	const char *reason, struct instant now, struct diag *d)
{
	struct sql q;
	struct arena a = ARENA_INIT;
	char text[OUTCOME_REASON_MAX * 2], detail[OUTCOME_REASON_MAX * 2 + 120];
	struct history_row row = {
		.at = now, .actor = actor, .kind = kind, .message_id = id, .detail = detail};
	enum rc rc = sql_open(s, &q,
		"SELECT m.person, m.channel, m.attempt, m.recipient, (SELECT obligation FROM "
		"reminder"
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
		history_escape(reason ? reason : "", text, sizeof text);
		snprintf(detail, sizeof detail,
			"{\"channel\":\"%s\",\"attempt\":%lld,\"reason\":\"%s\"}",
			sql_get_text(&q, 1, &a), (long long)sql_get_int(&q, 2), text);
		sql_reset(&q);
		rc = history_append(s, &row, NULL, d);
	}
	arena_done(&a);
	return rc;
}

/* ---- following ---------------------------------------------------------------------------------- */

/* A retry that nobody set a time for would wait for ever, a settled message would wake for ever. */
static struct instant next_look(const struct arrow *w)
{
	if (w->to == MESSAGE_RETRY)
		return instant_is_none(w->next_at) ? w->now : w->next_at;
	return w->to == MESSAGE_UNKNOWN ? w->next_at : INSTANT_NONE;
}

static enum rc guarded_update(struct store *s, const struct arrow *w, int *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE message SET state = ?, next_at = ?, ask_at = NULL, settled_at = ?, reason = ?,"
		" code = ifnull(?, code), peer_id = ifnull(?, peer_id), fault = ifnull(?, fault),"
		" recoveries = iif(?, 0, recoveries)"
		" WHERE id = ? AND state = ? AND (? = 0 OR attempt = ?)",
		d);
	if (rc)
		return rc;
	sql_text(&q, STATE_TEXT[w->to]);
	sql_instant(&q, next_look(w));
	sql_instant(&q, w->now);
	sql_text(&q, w->reason ? w->reason : "");
	if (w->outcome)
		sql_int(&q, w->outcome->code);
	else
		sql_text(&q, NULL);
	sql_text(&q, w->outcome && w->outcome->peer_id[0] ? w->outcome->peer_id : NULL);
	if (w->outcome)
		sql_int(&q, w->outcome->fault);
	else
		sql_text(&q, NULL);
	sql_int(&q, w->outcome != NULL);
	sql_int(&q, w->id);
	sql_text(&q, STATE_TEXT[w->from]);
	sql_int(&q, w->attempt);
	sql_int(&q, w->attempt);
	return sql_run(&q, ret_n, d);
}

enum rc outbox_arrow_follow(struct store *s, const struct arrow *w, struct diag *d)
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
		rc = outbox_arrow_record(
			s, STATE_TEXT[w->to], w->id, w->actor, w->reason, w->now, d);
	return sql_end_own(s, own, rc, d);
}
