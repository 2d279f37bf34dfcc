/* Receipts: when a gateway is asked, which message an answer means, what it may change. */
#include "store_fixture.h"

static struct outbox_message message(int64_t id)
{
	struct outbox_message m;
	assert_int_equal(outbox_get_state(store, id, &arena, &m, &diag), RC_OK);
	return m;
}

static struct instant next_at(void)
{
	struct instant t = {-1};
	assert_int_equal(outbox_next_at(store, &t, &diag), RC_OK);
	return t;
}

static size_t to_ask(int64_t at, size_t limit, int64_t *ret_first)
{
	const struct outbox_message *m;
	size_t n = 99;
	assert_int_equal(outbox_to_ask(store, later(at), limit, &arena, &m, &n, &diag), RC_OK);
	if (n)
		*ret_first = m[0].id;
	return n;
}

/* ---- questions ---------------------------------------------------------------------------------- */

static void only_sent_and_unknown_sms_are_asked_about(void **state)
{
	(void)state;
	unsigned n = 1;
	for (int st = 0; st < MESSAGE_STATES; st++)
		for (int ch = 0; ch < CHANNEL_COUNT; ch++, n++) {
			int64_t id = message_in((enum message_state)st, n, (enum channel)ch);
			bool may =
				ch == CHANNEL_SMS && (st == MESSAGE_SENT || st == MESSAGE_UNKNOWN);
			assert_int_equal(outbox_ask_at(store, id, later(600), true, &diag),
				may ? RC_OK : RC_STATE);
			/* ... whoever asks. */
			assert_int_equal(
				raw("UPDATE message SET ask_at = 7 WHERE id = %lld", (long long)id),
				may ? SQLITE_OK : SQLITE_CONSTRAINT);
			assert_int_equal(message(id).asked, may);
		}
	assert_int_equal(outbox_ask_at(store, 12345, later(1), false, &diag), RC_STATE);
	assert_sound();
}

static void the_longest_waiting_is_asked_first(void **state)
{
	(void)state;
	int64_t a = message_in(MESSAGE_SENT, 1, CHANNEL_SMS), first = 0;
	int64_t b = message_in(MESSAGE_UNKNOWN, 2, CHANNEL_SMS);
	message_in(MESSAGE_SENT, 3, CHANNEL_SMS);
	int64_t rows = history_rows();
	assert_int_equal(outbox_ask_at(store, a, later(600), false, &diag), RC_OK);
	assert_int_equal(outbox_ask_at(store, b, later(500), false, &diag), RC_OK);
	assert_int_equal(to_ask(499, 9, &first), 0);
	assert_int_equal(to_ask(500, 9, &first), 1);
	assert_int_equal(first, b);
	assert_int_equal(to_ask(9999, 9, &first), 2);
	assert_int_equal(first, b);
	assert_int_equal(to_ask(9999, 1, &first), 1);
	assert_int_equal(outbox_ask_at(store, b, later(700), true, &diag), RC_OK);
	assert_int_equal(to_ask(9999, 9, &first), 2);
	assert_int_equal(first, a);
	assert_int_equal(message(b).asked, 1);
	assert_int_equal(message(b).ask_at.s, later(700).s);
	assert_int_equal(outbox_ask_at(store, b, INSTANT_NONE, true, &diag), RC_OK);
	assert_int_equal(to_ask(9999, 9, &first), 1);
	assert_int_equal(outbox_ask_nobody(store, &diag), RC_OK);
	assert_int_equal(to_ask(9999, 9, &first), 0);
	assert_int_equal(history_rows(), rows); /* a question changes nothing */
}

static void a_question_wakes_and_none_does_not(void **state)
{
	(void)state;
	struct instant t;
	int64_t id = message_in(MESSAGE_SENT, 1, CHANNEL_SMS);
	assert_true(instant_is_none(next_at()));
	assert_int_equal(outbox_ask_at(store, id, later(600), false, &diag), RC_OK);
	assert_int_equal(next_at().s, later(600).s);
	assert_int_equal(outbox_next_after(store, later(599), &t, &diag), RC_OK);
	assert_int_equal(t.s, later(600).s);
	assert_int_equal(outbox_next_after(store, later(600), &t, &diag), RC_OK);
	assert_true(instant_is_none(t));
	assert_int_equal(outbox_ask_at(store, id, INSTANT_NONE, true, &diag), RC_OK);
	assert_true(instant_is_none(next_at()));
}

/* Every arrow takes the question back: nobody wakes for a message that is over. */
static void every_arrow_ends_the_question(void **state)
{
	(void)state;
	static const enum message_state TO[] = {
		MESSAGE_SENT, MESSAGE_DELIVERED, MESSAGE_UNDELIVERED, MESSAGE_DEAD};
	unsigned n = 1;
	for (size_t i = 0; i < sizeof TO / sizeof *TO; i++, n++) {
		int64_t id = message_in(MESSAGE_UNKNOWN, n, CHANNEL_SMS);
		assert_int_equal(outbox_ask_at(store, id, later(600), false, &diag), RC_OK);
		assert_int_equal(
			outbox_resolve(store, id, TO[i], "gateway", "", later(90), &diag), RC_OK);
		assert_true(instant_is_none(message(id).ask_at));
	}
	int64_t id = message_in(MESSAGE_UNKNOWN, n++, CHANNEL_SMS);
	assert_int_equal(outbox_ask_at(store, id, later(600), false, &diag), RC_OK);
	assert_int_equal(
		outbox_replace(store, id, "admin", "", later(90), later(90), &diag), RC_OK);
	assert_true(instant_is_none(message(id).ask_at));
	id = message_in(MESSAGE_UNKNOWN, n, CHANNEL_SMS);
	assert_int_equal(outbox_ask_at(store, id, later(600), false, &diag), RC_OK);
	assert_int_equal(outbox_not_taken(store, id, "gateway", "not taken: 42", later(95),
				 later(90), &diag),
		RC_OK);
	assert_true(instant_is_none(message(id).ask_at));
	assert_int_equal(message(id).next_at.s, later(95).s);
}

/* ---- not taken ---------------------------------------------------------------------------------- */

static void only_an_unknown_sms_was_not_taken(void **state)
{
	(void)state;
	unsigned n = 1;
	for (int st = 0; st < MESSAGE_STATES; st++)
		for (int ch = 0; ch < CHANNEL_COUNT; ch++, n++) {
			int64_t id = message_in((enum message_state)st, n, (enum channel)ch);
			int64_t rows = history_rows();
			bool may = ch == CHANNEL_SMS && st == MESSAGE_UNKNOWN;
			assert_int_equal(outbox_not_taken(store, id, "gateway", "not taken: 42",
						 later(90), later(90), &diag),
				may ? RC_OK : RC_STATE);
			assert_int_equal(history_rows(), rows + may);
			if (!may)
				continue;
			assert_string_equal(state_of(id), "retry");
			assert_string_equal(
				raw_text("SELECT actor FROM history ORDER BY id DESC"), "gateway");
			assert_non_null(
				strstr(raw_text("SELECT detail FROM history ORDER BY id DESC"),
					"not taken: 42"));
		}
	assert_sound();
}

/* ---- which message ------------------------------------------------------------------------------ */

static int64_t found(const char *ref, const char *peer)
{
	struct outbox_message m = {0};
	enum rc rc = outbox_find_ref(store, ref, peer, &arena, &m, &diag);
	assert_true(rc == RC_OK || rc == RC_NOTFOUND);
	return rc == RC_OK ? m.id : 0;
}

static void a_reference_means_one_sms(void **state)
{
	(void)state;
	int64_t a = message_in(MESSAGE_SENT, 1, CHANNEL_SMS);
	int64_t b = message_in(MESSAGE_UNKNOWN, 2, CHANNEL_SMS);
	message_in(MESSAGE_SENT, 3, CHANNEL_EMAIL);
	assert_int_equal(raw("UPDATE message SET peer_id = 'gw-' || id"), SQLITE_OK);
	char peer[32];
	snprintf(peer, sizeof peer, "gw-%lld", (long long)b);
	assert_int_equal(found("ref-1", ""), a);
	assert_int_equal(found("", peer), b);
	assert_int_equal(found("ref-1", peer), a); /* our own word first */
	assert_int_equal(found("ref-9", peer), b);
	assert_int_equal(found("ref-9", "gw-9"), 0);
	assert_int_equal(found("", ""), 0);
	assert_int_equal(found("ref-3", ""), 0); /* a mail */
	assert_int_equal(found("' OR 1 --", "%"), 0);
	/* Two with one id: it says nothing. */
	assert_int_equal(raw("UPDATE message SET peer_id = '0: Accepted'"), SQLITE_OK);
	assert_int_equal(found("", "0: Accepted"), 0);
	assert_int_equal(raw("UPDATE message SET peer_id = ''"), SQLITE_OK);
	assert_int_equal(found("", ""), 0);
}

/* ---- ways round --------------------------------------------------------------------------------- */

/* A notice about the obligation of message 1, whose cause names `message`. */
static void take_way(unsigned n, int64_t message, const char *kind)
{
	int64_t cause = 0;
	struct history_row row = {.at = T0,
		.actor = "deadlined",
		.kind = kind,
		.obligation_id = owed.id,
		.person = "zhao",
		.message_id = message,
		.detail = "{}"};
	assert_int_equal(history_append(store, &row, &cause, &diag), RC_OK);
	struct reminder r = wish(n, 0);
	r.step_id = "fallback";
	r.cause = cause;
	assert_int_equal(outbox_plan(store, &r, T0, &diag), RC_OK);
}

static bool has_ways(int64_t id)
{
	bool has = false;
	assert_int_equal(outbox_has_ways(store, id, &has, &diag), RC_OK);
	return has;
}

static int recall(int64_t id)
{
	int n = -1;
	assert_int_equal(outbox_recall_ways(store, id, "delivered", later(90), &n, &diag), RC_OK);
	return n;
}

static void a_way_round_is_recalled_until_it_left(void **state)
{
	(void)state;
	int64_t a = message_in(MESSAGE_UNKNOWN, 1, CHANNEL_SMS), mail;
	int64_t b = message_in(MESSAGE_UNKNOWN, 2, CHANNEL_SMS);
	plan(3, 0); /* an ordinary step */
	assert_false(has_ways(a));
	assert_int_equal(recall(a), 0);
	take_way(4, a, "notice");
	take_way(5, a, "other");
	assert_true(has_ways(a));
	assert_false(has_ways(b));
	assert_int_equal(recall(b), 0);
	assert_int_equal(recall(a), 1);
	assert_int_equal(recall(a), 0);
	assert_false(has_ways(a));
	assert_string_equal(reminder_state_of(3), "planned");
	assert_string_equal(reminder_state_of(4), "cancelled");
	assert_string_equal(reminder_state_of(5), "planned");
	take_way(6, a, "notice");
	assert_int_equal(claim_n(6, 1, CHANNEL_EMAIL, &mail), RC_OK);
	assert_int_equal(recall(a), 0);
	assert_true(has_ways(a));
	assert_sound();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			only_sent_and_unknown_sms_are_asked_about, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_longest_waiting_is_asked_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_question_wakes_and_none_does_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_arrow_ends_the_question, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			only_an_unknown_sms_was_not_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_reference_means_one_sms, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_way_round_is_recalled_until_it_left, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
