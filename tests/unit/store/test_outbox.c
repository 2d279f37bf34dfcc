/* Messages: the invariants at the head of outbox.h, by number, and their matrix of states. */
#include "store_fixture.h"

/* ---- 2: claims ---------------------------------------------------------------------------------- */

/* A second connection sees what is committed, and only that. */
static void a_claim_is_committed_when_it_returns(void **state)
{
	(void)state;
	sqlite3 *other;
	sqlite3_stmt *q;
	assert_int_equal(
		sqlite3_open_v2(in_dir("deadlined.db"), &other, SQLITE_OPEN_READONLY, NULL), 0);
	assert_int_equal(
		sqlite3_prepare_v2(
			other, "SELECT state, attempt FROM message ORDER BY id DESC", -1, &q, NULL),
		0);
	int64_t id = claimed(1, CHANNEL_EMAIL);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(q, 0), "claimed");
	sqlite3_reset(q);
	assert_int_equal(settle(id, 1, OUTCOME_RETRY, T0), RC_OK);
	int attempt = 0;
	assert_int_equal(outbox_reclaim(store, id, NULL, later(5), &attempt, &diag), RC_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(q, 0), "claimed");
	assert_int_equal(sqlite3_column_int(q, 1), 2);
	sqlite3_finalize(q);
	sqlite3_close(other);
}

/* All keys or nothing: no message, no history, no reminder moved. */
static void a_claim_is_all_or_nothing(void **state)
{
	(void)state;
	int64_t id = -7;
	for (unsigned n = 1; n <= 3; n++)
		plan(n, 0);
	assert_int_equal(outbox_cancel(store, key_of(3), "in", T0, &diag), RC_OK);
	int64_t rows = history_rows();
	assert_int_equal(claim_n(1, 3, CHANNEL_EMAIL, &id), RC_STATE);
	assert_int_equal(claim_n(2, 3, CHANNEL_EMAIL, &id), RC_STATE); /* 4 is not there */
	assert_int_equal(id, -7);
	assert_int_equal(history_rows(), rows);
	assert_int_equal(raw_int("SELECT count(*) FROM message"), 0);
	assert_string_equal(reminder_state_of(1), "planned");
	assert_string_equal(reminder_state_of(2), "planned");

	assert_int_equal(claim_n(1, 2, CHANNEL_EMAIL, &id), RC_OK);
	assert_int_equal(claim_n(2, 1, CHANNEL_EMAIL, &id), RC_STATE); /* claimed already */
	plan(5, 0);
	assert_int_equal(raw("UPDATE message SET client_ref = 'ref-5', generation = 1"), SQLITE_OK);
	assert_int_equal(claim_n(5, 1, CHANNEL_EMAIL, &id), RC_STATE); /* client_ref is unique */
	assert_string_equal(reminder_state_of(5), "planned");
	assert_false(store_in_transaction(store));
	assert_sound();
}

static void a_claim_nests_in_the_callers_transaction(void **state)
{
	(void)state;
	int64_t id;
	plan(1, 0);
	assert_int_equal(store_begin(store, &diag), RC_OK);
	assert_int_equal(claim_n(1, 1, CHANNEL_EMAIL, &id), RC_OK);
	assert_true(store_in_transaction(store));
	store_rollback(store);
	assert_string_equal(reminder_state_of(1), "planned");
	assert_int_equal(history_rows(), 0);
	assert_int_equal(claim_n(1, 1, CHANNEL_EMAIL, &id), RC_OK);
	assert_sound();
}

static void a_message_keeps_what_it_was_given(void **state)
{
	(void)state;
	int64_t id = claimed(1, CHANNEL_EMAIL);
	struct outbox_message m;
	assert_int_equal(outbox_get_message(store, id, &arena, &m, &diag), RC_OK);
	assert_int_equal(m.len, 5);
	assert_memory_equal(m.bytes, "bytes", 5);
	assert_string_equal(m.recipient, "zhao@example.invalid");
	assert_string_equal(m.rfc_message_id, "<a@example.invalid>");
	assert_string_equal(m.client_ref, "ref-1");
	assert_int_equal(m.attempt, 1);
	assert_int_equal(m.first_at.s, T0.s);
	assert_int_equal(m.give_up_at.s, later(5 * DAY_S).s);
	assert_true(instant_is_none(m.next_at));
	assert_int_equal(outbox_get_message(store, 99, &arena, &m, &diag), RC_NOTFOUND);
	/* Frozen: nobody exchanges what may have left. */
	assert_int_equal(raw("UPDATE message SET bytes = x'00'"), SQLITE_CONSTRAINT);
	assert_int_equal(
		raw("UPDATE message SET recipient = 'b@example.invalid'"), SQLITE_CONSTRAINT);
	assert_int_equal(raw("UPDATE message SET client_ref = 'x'"), SQLITE_CONSTRAINT);
	assert_int_equal(raw("UPDATE message SET rfc_message_id = 'x'"), SQLITE_CONSTRAINT);
	assert_int_equal(raw("DELETE FROM message"), SQLITE_CONSTRAINT);
	assert_int_equal(
		raw("INSERT OR REPLACE INTO message SELECT * FROM message"), SQLITE_CONSTRAINT);
}

/* ---- 3 and 4: the arrows of messages ----------------------------------------------------------- */

/* Contract section 5.1, and nothing else. */
static const char *const MESSAGE_ARROW[] = {"claimed sent", "claimed retry", "claimed unknown",
	"claimed dead", "retry claimed", "retry cancelled", "retry dead", "unknown retry",
	"unknown sent", "unknown delivered", "unknown undelivered", "unknown dead",
	"unknown replaced", "sent delivered", "sent undelivered", "dead replaced"};

static void no_other_arrow_between_messages_in_sql(void **state)
{
	(void)state;
	unsigned n = 1;
	for (int from = 0; from < MESSAGE_STATES; from++)
		for (int to = 0; to < MESSAGE_STATES; to++, n++) {
			const char *f = message_state_text((enum message_state)from);
			const char *t = message_state_text((enum message_state)to);
			int64_t id = message_in((enum message_state)from, n, CHANNEL_EMAIL);
			bool allowed = is_listed(
				MESSAGE_ARROW, sizeof MESSAGE_ARROW / sizeof *MESSAGE_ARROW, f, t);
			int code = raw("UPDATE message SET state = '%s', attempt = attempt + %d,"
				       " next_at = %s WHERE id = %lld",
				t, from != MESSAGE_CLAIMED && to == MESSAGE_CLAIMED,
				to == MESSAGE_RETRY ? "1" : "NULL", (long long)id);
			if (code != (allowed ? SQLITE_OK : SQLITE_CONSTRAINT))
				fail_msg("%s -> %s: %d %s", f, t, code, sqlite3_errmsg(store->db));
			assert_string_equal(state_of(id), allowed ? t : f);
		}
	assert_int_equal(raw("INSERT INTO message (person, channel, recipient, rfc_message_id,"
			     " client_ref, bytes, generation, state, attempt, first_at, claimed_at,"
			     " give_up_at) VALUES ('a','sms','b','','c',x'',0,'sent',1,0,0,0)"),
		SQLITE_CONSTRAINT);
}

/* Every function, from every state, for both channels: the states it gives, or RC_STATE and nothing
 * changed.  One history row for each arrow followed. */
enum verb {
	SETTLE_SENT,
	SETTLE_RETRY,
	SETTLE_UNKNOWN,
	SETTLE_DEAD,
	RECLAIM,
	DROP_CANCELLED,
	DROP_DEAD,
	DROP_CLAIMED,
	RETRY_UNKNOWN,
	RESOLVE_SENT,
	RESOLVE_DELIVERED,
	RESOLVE_UNDELIVERED,
	RESOLVE_DEAD,
	RESOLVE_RETRY,
	RESOLVE_REPLACED,
	REPLACE,
	VERBS,
};

static enum rc follow_verb(enum verb v, int64_t id)
{
	int attempt;
	switch (v) {
	case SETTLE_SENT:
		return settle(id, 1, OUTCOME_SENT, INSTANT_NONE);
	case SETTLE_RETRY:
		return settle(id, 1, OUTCOME_RETRY, later(90));
	case SETTLE_UNKNOWN:
		return settle(id, 1, OUTCOME_UNKNOWN, INSTANT_NONE);
	case SETTLE_DEAD:
		return settle(id, 1, OUTCOME_DEAD, INSTANT_NONE);
	case RECLAIM:
		return outbox_reclaim(store, id, NULL, later(90), &attempt, &diag);
	case DROP_CANCELLED:
		return outbox_drop(store, id, MESSAGE_CANCELLED, "in", later(90), &diag);
	case DROP_DEAD:
		return outbox_drop(store, id, MESSAGE_DEAD, "over", later(90), &diag);
	case DROP_CLAIMED:
		return outbox_drop(store, id, MESSAGE_CLAIMED, "", later(90), &diag);
	case RETRY_UNKNOWN:
		return outbox_retry_unknown(store, id, later(90), &diag);
	case RESOLVE_SENT:
		return outbox_resolve(store, id, MESSAGE_SENT, "admin", "", later(90), &diag);
	case RESOLVE_DELIVERED:
		return outbox_resolve(store, id, MESSAGE_DELIVERED, "peer", "", later(90), &diag);
	case RESOLVE_UNDELIVERED:
		return outbox_resolve(store, id, MESSAGE_UNDELIVERED, "peer", "", later(90), &diag);
	case RESOLVE_DEAD:
		return outbox_resolve(store, id, MESSAGE_DEAD, "admin", "", later(90), &diag);
	case RESOLVE_RETRY:
		return outbox_resolve(store, id, MESSAGE_RETRY, "admin", "", later(90), &diag);
	case RESOLVE_REPLACED:
		return outbox_resolve(store, id, MESSAGE_REPLACED, "admin", "", later(90), &diag);
	case REPLACE:
		return outbox_replace(store, id, "admin", "", later(90), later(90), &diag);
	case VERBS:
		break;
	}
	return RC_INVALID;
}

struct verb_case {
	const char *name, *from; /* the states it may leave, spaced; SMS may differ */
	const char *from_sms, *to;
};
static const struct verb_case VERB[VERBS] = {
	[SETTLE_SENT] = {"settle sent", "claimed", "claimed", "sent"},
	[SETTLE_RETRY] = {"settle retry", "claimed", "claimed", "retry"},
	[SETTLE_UNKNOWN] = {"settle unknown", "claimed", "claimed", "unknown"},
	[SETTLE_DEAD] = {"settle dead", "claimed", "claimed", "dead"},
	[RECLAIM] = {"reclaim", "retry", "retry", "claimed"},
	[DROP_CANCELLED] = {"drop cancelled", "retry", "retry", "cancelled"},
	[DROP_DEAD] = {"drop dead", "retry", "retry", "dead"},
	[DROP_CLAIMED] = {"drop claimed", "", "", ""},
	[RETRY_UNKNOWN] = {"retry unknown", "unknown", "", "retry"},
	[RESOLVE_SENT] = {"resolve sent", "unknown", "unknown", "sent"},
	[RESOLVE_DELIVERED] = {"resolve delivered", "unknown sent", "unknown sent", "delivered"},
	[RESOLVE_UNDELIVERED] = {"resolve undelivered", "unknown sent", "unknown sent",
		"undelivered"},
	[RESOLVE_DEAD] = {"resolve dead", "unknown", "unknown", "dead"},
	[RESOLVE_RETRY] = {"resolve retry", "", "", ""},
	[RESOLVE_REPLACED] = {"resolve replaced", "", "", ""},
	[REPLACE] = {"replace", "unknown dead", "unknown dead", "replaced"},
};

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	for (const char *p = list; (p = strstr(p, word)); p++)
		if ((p == list || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
			return true;
	return false;
}

static void check_verb(enum verb v, enum message_state from, enum channel ch, unsigned n)
{
	const struct verb_case *c = &VERB[v];
	const char *f = message_state_text(from);
	int64_t id = message_in(from, n, ch), rows = history_rows();
	bool allowed = has_word(ch == CHANNEL_EMAIL ? c->from : c->from_sms, f);
	enum rc rc = follow_verb(v, id);
	if (rc != (allowed ? RC_OK : RC_STATE))
		fail_msg("%s of %s %s: rc %d", c->name, f, channel_text(ch), (int)rc);
	if (strcmp(state_of(id), allowed ? c->to : f) != 0)
		fail_msg("%s of %s %s: is %s", c->name, f, channel_text(ch), state_of(id));
	assert_int_equal(history_rows(), rows + allowed);
	if (allowed)
		assert_string_equal(raw_text("SELECT kind FROM history ORDER BY id DESC"), c->to);
	assert_false(store_in_transaction(store));
}

static void every_function_from_every_state(void **state)
{
	(void)state;
	unsigned n = 1;
	for (int v = 0; v < VERBS; v++)
		for (int from = 0; from < MESSAGE_STATES; from++)
			for (int ch = 0; ch < CHANNEL_COUNT; ch++)
				check_verb((enum verb)v, (enum message_state)from, (enum channel)ch,
					n++);
	for (int v = 0; v < VERBS; v++)
		assert_int_not_equal(follow_verb((enum verb)v, 123456), RC_OK);
	assert_sound();
}

/* The clock of a message: a retry always has a time, what is over never has one. */
static void a_message_waits_exactly_while_it_can_go_on(void **state)
{
	(void)state;
	struct instant at;
	assert_int_equal(outbox_next_at(store, &at, &diag), RC_OK);
	assert_true(instant_is_none(at));
	for (int class = OUTCOME_SENT; class <= OUTCOME_DEAD; class ++) {
		int64_t id = claimed(10 + (unsigned)class, CHANNEL_EMAIL);
		assert_int_equal(settle(id, 1, (enum outcome_class) class, later(500)), RC_OK);
		bool waits = class == OUTCOME_RETRY || class == OUTCOME_UNKNOWN;
		assert_int_equal(raw_int("SELECT next_at IS NOT NULL FROM message WHERE id = %lld",
					 (long long)id),
			waits);
	}
	int64_t id = claimed(20, CHANNEL_EMAIL);
	assert_int_equal(settle(id, 1, OUTCOME_RETRY, INSTANT_NONE), RC_OK);
	assert_int_equal(outbox_next_at(store, &at, &diag), RC_OK);
	assert_int_equal(at.s, later(60).s); /* at once: when it was settled */
	assert_int_equal(
		raw("UPDATE message SET next_at = 1 WHERE state = 'sent'"), SQLITE_CONSTRAINT);
	assert_int_equal(
		raw("UPDATE message SET next_at = NULL WHERE state = 'retry'"), SQLITE_CONSTRAINT);
}

static void the_earliest_of_reminders_and_messages_is_next(void **state)
{
	(void)state;
	struct instant at;
	plan(1, 3000);
	assert_int_equal(outbox_next_at(store, &at, &diag), RC_OK);
	assert_int_equal(at.s, later(3000).s);
	int64_t id = claimed(2, CHANNEL_EMAIL);
	assert_int_equal(settle(id, 1, OUTCOME_RETRY, later(2000)), RC_OK);
	assert_int_equal(outbox_next_at(store, &at, &diag), RC_OK);
	assert_int_equal(at.s, later(2000).s);
	plan(3, 1000);
	assert_int_equal(outbox_next_at(store, &at, &diag), RC_OK);
	assert_int_equal(at.s, later(1000).s);
}

/* ---- 5 and 7: after a crash ------------------------------------------------------------------------- */

static void a_crash_leaves_mail_to_be_repeated_and_sms_to_be_asked_about(void **state)
{
	(void)state;
	int64_t mail = claimed(1, CHANNEL_EMAIL), sms = claimed(2, CHANNEL_SMS);
	int64_t sent = message_in(MESSAGE_SENT, 3, CHANNEL_SMS);
	close_store();
	open_store();
	const struct outbox_message *m;
	size_t n = 0;
	assert_int_equal(outbox_in_flight(store, &arena, &m, &n, &diag), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(m[1].id, sms);
	assert_int_equal(outbox_recover(store, later(50), &n, &diag), RC_OK);
	assert_int_equal(n, 2);
	assert_string_equal(state_of(mail), "unknown");
	assert_string_equal(state_of(sms), "unknown");
	assert_string_equal(state_of(sent), "sent");
	assert_int_equal(outbox_waiting(store, later(50), &arena, &m, &n, &diag), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(m->id, mail);
	assert_memory_equal(m->bytes, "bytes", 5);
	assert_int_equal(outbox_waiting(store, later(999999999), &arena, &m, &n, &diag), RC_OK);
	assert_int_equal(n, 1); /* an SMS never waits by itself */
	assert_int_equal(outbox_recover(store, later(51), &n, &diag), RC_OK);
	assert_int_equal(n, 0);
	assert_sound();
}

static void the_third_crash_makes_a_message_dead(void **state)
{
	(void)state;
	int attempt;
	size_t n;
	int64_t id = claimed(1, CHANNEL_EMAIL);
	for (int crash = 1; crash <= OUTBOX_RECOVERIES_MAX; crash++) {
		assert_int_equal(outbox_recover(store, later(crash), &n, &diag), RC_OK);
		assert_int_equal(n, 1);
		if (crash == OUTBOX_RECOVERIES_MAX)
			break;
		assert_string_equal(state_of(id), "unknown");
		assert_int_equal(outbox_retry_unknown(store, id, later(crash), &diag), RC_OK);
		assert_int_equal(
			outbox_reclaim(store, id, NULL, later(crash), &attempt, &diag), RC_OK);
		assert_int_equal(attempt, crash + 1);
	}
	assert_string_equal(state_of(id), "dead");
	const struct outbox_message *m;
	assert_int_equal(outbox_waiting(store, later(999999), &arena, &m, &n, &diag), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(outbox_trouble(store, 10, &arena, &m, &n, &diag), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(outbox_replace(store, id, "admin", "", later(9), later(9), &diag), RC_OK);
}

/* Crashes count in a row: whatever the verdict was, the process came through that attempt. */
static void a_verdict_forgets_crashes(void **state)
{
	(void)state;
	int attempt;
	size_t n;
	struct outbox_message m;
	int64_t id = claimed(1, CHANNEL_EMAIL);
	for (int crash = 1; crash <= 2 * OUTBOX_RECOVERIES_MAX; crash++) {
		assert_int_equal(outbox_recover(store, later(crash), &n, &diag), RC_OK);
		assert_int_equal(outbox_get_state(store, id, &arena, &m, &diag), RC_OK);
		assert_int_equal(m.state, MESSAGE_UNKNOWN);
		assert_int_equal(m.recoveries, crash % 2 ? 1 : 2);
		assert_int_equal(outbox_retry_unknown(store, id, later(crash), &diag), RC_OK);
		assert_int_equal(
			outbox_reclaim(store, id, NULL, later(crash), &attempt, &diag), RC_OK);
		assert_int_equal(outbox_get_state(store, id, &arena, &m, &diag), RC_OK);
		assert_int_equal(m.recoveries, crash % 2 ? 1 : 2);
		if (crash % 2)
			continue;
		assert_int_equal(settle(id, attempt, OUTCOME_RETRY, later(crash)), RC_OK);
		assert_int_equal(outbox_get_state(store, id, &arena, &m, &diag), RC_OK);
		assert_int_equal(m.recoveries, 0);
		assert_int_equal(
			outbox_reclaim(store, id, NULL, later(crash), &attempt, &diag), RC_OK);
	}
	assert_sound();
}

/* ---- by hand ---------------------------------------------------------------------------------------- */

/* Only what waits, and never later than it would have gone. */
static void what_waits_can_be_hurried(void **state)
{
	(void)state;
	int n = 0;
	int64_t id[MESSAGE_STATES];
	for (int m = 0; m < MESSAGE_STATES; m++)
		id[m] = message_in((enum message_state)m, 1 + (unsigned)m, CHANNEL_EMAIL);
	int64_t rows = history_rows();
	assert_int_equal(outbox_hurry(store, 0, "admin", later(5), &n, &diag), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(history_rows(), rows + 1);
	struct outbox_message m;
	assert_int_equal(
		outbox_get_message(store, id[MESSAGE_RETRY], &arena, &m, &diag), RC_OK);
	assert_int_equal(m.next_at.s, later(5).s);
	assert_int_equal(
		outbox_hurry(store, id[MESSAGE_RETRY], "admin", later(50), &n, &diag), RC_OK);
	assert_int_equal(outbox_get_message(store, m.id, &arena, &m, &diag), RC_OK);
	assert_int_equal(m.next_at.s, later(5).s);
	for (int k = 0; k < MESSAGE_STATES; k++)
		if (k != MESSAGE_RETRY)
			assert_int_equal(
				outbox_hurry(store, id[k], "admin", later(9), &n, &diag), RC_STATE);
	assert_int_equal(outbox_hurry(store, 999, "admin", later(9), &n, &diag), RC_STATE);
}

/* ---- 6: attempts ------------------------------------------------------------------------------------ */

static void a_settle_for_another_attempt_changes_nothing(void **state)
{
	(void)state;
	int attempt = 0;
	int64_t id = message_in(MESSAGE_RETRY, 1, CHANNEL_EMAIL);
	assert_int_equal(outbox_reclaim(store, id, NULL, later(90), &attempt, &diag), RC_OK);
	assert_int_equal(attempt, 2);
	int64_t rows = history_rows();
	for (int wrong = -1; wrong <= 3; wrong++)
		if (wrong != 2)
			assert_int_equal(settle(id, wrong, OUTCOME_SENT, INSTANT_NONE), RC_STATE);
	assert_string_equal(state_of(id), "claimed");
	assert_int_equal(history_rows(), rows);
	assert_int_equal(settle(id, 2, OUTCOME_SENT, INSTANT_NONE), RC_OK);
	assert_int_equal(settle(id, 2, OUTCOME_SENT, INSTANT_NONE), RC_STATE); /* twice */
	assert_int_equal(raw("UPDATE message SET attempt = 1"), SQLITE_CONSTRAINT);
	assert_int_equal(raw("UPDATE message SET attempt = 3"), SQLITE_CONSTRAINT);
	id = message_in(MESSAGE_RETRY, 2, CHANNEL_EMAIL);
	assert_int_equal(raw("UPDATE message SET state = 'claimed', next_at = NULL WHERE id = %lld",
				 (long long)id),
		SQLITE_CONSTRAINT);
}

static void a_settle_keeps_what_the_peer_said(void **state)
{
	(void)state;
	struct outbox_message m;
	int64_t id = message_in(MESSAGE_SENT, 1, CHANNEL_EMAIL);
	assert_int_equal(outbox_get_message(store, id, &arena, &m, &diag), RC_OK);
	assert_int_equal(m.code, 250);
	assert_string_equal(m.peer_id, "queued-1");
	assert_string_equal(m.reason, "as the \"peer\" said");
	assert_int_equal(m.settled_at.s, later(60).s);
	assert_string_equal(raw_text("SELECT detail ->> 'reason' FROM history ORDER BY id DESC"),
		"as the \"peer\" said");
	/* A receipt comes without code or id: what is known of it stays. */
	assert_int_equal(
		outbox_resolve(store, id, MESSAGE_DELIVERED, "peer", "", later(70), &diag), RC_OK);
	assert_int_equal(outbox_get_message(store, id, &arena, &m, &diag), RC_OK);
	assert_int_equal(m.code, 250);
	assert_string_equal(m.peer_id, "queued-1");
}

/* A reason of any length and content is JSON and UTF-8 in the history. */
static void a_reason_is_always_json(void **state)
{
	(void)state;
	static const char *const PIECE[] = {"\"", "\\", "\n", "\x01", "市", "a"};
	for (size_t i = 0; i < sizeof PIECE / sizeof *PIECE; i++) {
		struct outcome o = {.class = OUTCOME_DEAD};
		while (strlen(o.reason) + strlen(PIECE[i]) < sizeof o.reason)
			strcat(o.reason, PIECE[i]);
		int64_t id = claimed((unsigned)i + 1, CHANNEL_EMAIL);
		assert_int_equal(outbox_settle(store, id, 1, &o, INSTANT_NONE, T0, &diag), RC_OK);
		assert_int_equal(
			raw_int("SELECT json_valid(detail) FROM history ORDER BY id DESC"), 1);
	}
}

static void a_new_rendering_is_a_new_generation(void **state)
{
	(void)state;
	int attempt;
	struct outbox_message m;
	int64_t id = message_in(MESSAGE_RETRY, 1, CHANNEL_EMAIL);
	struct outbox_bytes bytes = {"other", 5, "<b@example.invalid>", "ref-1-1"};
	assert_int_equal(outbox_reclaim(store, id, &bytes, later(90), &attempt, &diag), RC_OK);
	assert_int_equal(outbox_get_message(store, id, &arena, &m, &diag), RC_OK);
	assert_memory_equal(m.bytes, "other", 5);
	assert_string_equal(m.rfc_message_id, "<b@example.invalid>");
	assert_string_equal(m.client_ref, "ref-1-1");
	assert_int_equal(m.generation, 1);
	assert_int_equal(m.attempt, 2);
	assert_true(instant_is_none(m.next_at));
	/* Its client_ref belongs to another message: nothing was changed. */
	int64_t two = message_in(MESSAGE_RETRY, 2, CHANNEL_EMAIL);
	attempt = -7;
	assert_int_equal(outbox_reclaim(store, two, &bytes, later(90), &attempt, &diag), RC_STATE);
	assert_int_equal(attempt, -7);
	assert_string_equal(state_of(two), "retry");
}

/* What is over is emptied; what is still to be sent is not. */
static void erasing_empties_what_is_over(void **state)
{
	(void)state;
	static const bool OVER[MESSAGE_STATES] = {[MESSAGE_SENT] = true,
		[MESSAGE_DELIVERED] = true,
		[MESSAGE_UNDELIVERED] = true,
		[MESSAGE_DEAD] = true,
		[MESSAGE_REPLACED] = true,
		[MESSAGE_CANCELLED] = true};
	int64_t id[MESSAGE_STATES];
	int n;
	for (int m = 0; m < MESSAGE_STATES; m++)
		id[m] = message_in((enum message_state)m, 1 + (unsigned)m, CHANNEL_EMAIL);
	assert_int_equal(outbox_erase(store, "qian", &n, &diag), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(outbox_erase(store, "zhao", &n, &diag), RC_OK);
	assert_int_equal(n, 6);
	for (int m = 0; m < MESSAGE_STATES; m++) {
		const char *text = raw_text("SELECT recipient || bytes || reason FROM message"
					    " WHERE id = %lld",
			(long long)id[m]);
		assert_int_equal(text[0] == '\0', OVER[m]);
	}
	assert_int_equal(outbox_erase(store, "zhao", &n, &diag), RC_OK);
	assert_int_equal(n, 0);
}

/* ---- a clock that was ahead --------------------------------------------------------------------- */

static void what_a_clock_ahead_put_off_is_looked_at_now(void **state)
{
	(void)state;
	struct instant ret;
	int64_t id = claimed(1, CHANNEL_EMAIL);
	assert_int_equal(settle(id, 1, OUTCOME_RETRY, later(3600)), RC_OK);
	assert_int_equal(
		outbox_nth_last_claim(store, CHANNEL_EMAIL, NULL, 1, later(-99), T0, &ret, &diag),
		RC_OK);
	assert_int_equal(ret.s, T0.s);
	assert_int_equal(outbox_nth_last_claim(store, CHANNEL_EMAIL, NULL, 1, later(-99),
				 later(-9), &ret, &diag),
		RC_OK);
	assert_true(instant_is_none(ret)); /* claimed later than now: it holds nothing */
	assert_int_equal(
		outbox_pull_back(store, later(3600), later(5), later(2), &diag), RC_OK);
	assert_int_equal(raw_int("SELECT next_at FROM message"), later(3600).s);
	assert_int_equal(
		outbox_pull_back(store, later(3599), later(5), later(2), &diag), RC_OK);
	assert_int_equal(raw_int("SELECT next_at FROM message"), later(2).s);

	/* A notice of that clock, too; a step keeps its time. */
	plan(2, 0);
	plan(3, 0);
	assert_int_equal(raw("UPDATE reminder SET asked = %lld, at = asked WHERE state = 'planned'",
				 (long long)later(9).s),
		SQLITE_OK);
	assert_int_equal(raw("UPDATE reminder SET cause = 7 WHERE key = '%s'", key_of(3)), SQLITE_OK);
	assert_int_equal(
		outbox_pull_back(store, later(9999), later(5), later(2), &diag), RC_OK);
	assert_int_equal(raw_int("SELECT sum(at = %lld) FROM reminder", (long long)later(5).s), 1);
	assert_int_equal(raw_int("SELECT sum(asked = %lld) FROM reminder", (long long)later(9).s), 1);
	assert_sound();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_a_clock_ahead_put_off_is_looked_at_now),
		TEST(a_claim_is_committed_when_it_returns),
		TEST(a_claim_is_all_or_nothing),
		TEST(a_claim_nests_in_the_callers_transaction),
		TEST(a_message_keeps_what_it_was_given),
		TEST(no_other_arrow_between_messages_in_sql),
		TEST(every_function_from_every_state),
		TEST(a_message_waits_exactly_while_it_can_go_on),
		TEST(the_earliest_of_reminders_and_messages_is_next),
		TEST(a_crash_leaves_mail_to_be_repeated_and_sms_to_be_asked_about),
		TEST(the_third_crash_makes_a_message_dead),
		TEST(a_verdict_forgets_crashes),
		TEST(what_waits_can_be_hurried),
		TEST(a_settle_for_another_attempt_changes_nothing),
		TEST(a_settle_keeps_what_the_peer_said),
		TEST(a_reason_is_always_json),
		TEST(a_new_rendering_is_a_new_generation),
		TEST(erasing_empties_what_is_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
