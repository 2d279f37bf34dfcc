/* Reminders: invariants 1, 3 and 4 of outbox.h, their matrix of states, changes, and what others see. */
#include "store_fixture.h"

/* ---- 1: a key is one row for ever --------------------------------------------------------------- */

static void a_key_is_one_row_for_ever(void **state)
{
	(void)state;
	struct reminder r = wish(1, 0);
	assert_int_equal(outbox_plan(store, &r, T0, &diag), RC_OK);
	r.at = later(999);
	assert_int_equal(outbox_plan(store, &r, T0, &diag), RC_OK);
	assert_int_equal(raw_int("SELECT count(*) FROM reminder"), 1);
	assert_int_equal(raw_int("SELECT at FROM reminder"), T0.s);

	assert_int_equal(outbox_cancel(store, r.key, "done", T0, &diag), RC_OK);
	assert_int_equal(outbox_plan(store, &r, T0, &diag), RC_OK);
	assert_string_equal(reminder_state_of(1), "cancelled");
	assert_int_equal(raw("DELETE FROM reminder"), SQLITE_CONSTRAINT);
	assert_int_equal(
		raw("INSERT OR REPLACE INTO reminder SELECT * FROM reminder"), SQLITE_CONSTRAINT);

	int64_t id = message_in(MESSAGE_SENT, 2, CHANNEL_SMS);
	r = wish(2, 0);
	assert_int_equal(outbox_plan(store, &r, T0, &diag), RC_OK);
	assert_string_equal(reminder_state_of(2), "claimed");
	assert_string_equal(state_of(id), "sent");
}

/* ---- 4: the arrows of reminders --------------------------------------------------------------- */

static const char *const REMINDER_STATE[] = {"planned", "claimed", "cancelled", "superseded"};
/* claimed planned: only if its message was replaced. */
static const char *const REMINDER_ARROW[] = {"planned planned", "planned claimed",
	"planned cancelled", "planned superseded", "cancelled planned", "superseded planned"};

static void put_reminder(unsigned n, const char *in, enum message_state message)
{
	struct reminder r = wish(n, 0);
	if (strcmp(in, "claimed") == 0) {
		message_in(message, n, CHANNEL_EMAIL);
		return;
	}
	assert_int_equal(outbox_plan(store, &r, T0, &diag), RC_OK);
	if (strcmp(in, "cancelled") == 0)
		assert_int_equal(outbox_cancel(store, r.key, "x", T0, &diag), RC_OK);
	if (strcmp(in, "superseded") == 0)
		assert_int_equal(outbox_supersede(store, r.key, "x", T0, &diag), RC_OK);
}

static void no_other_arrow_between_reminders_in_sql(void **state)
{
	(void)state;
	unsigned n = 100;
	int64_t id = message_in(MESSAGE_SENT, 1, CHANNEL_EMAIL);
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 4; k++, n++) {
			const char *f = REMINDER_STATE[i], *t = REMINDER_STATE[k];
			bool allowed = is_listed(REMINDER_ARROW,
				sizeof REMINDER_ARROW / sizeof *REMINDER_ARROW, f, t);
			put_reminder(n, f, MESSAGE_DEAD);
			int code = raw("UPDATE reminder SET state = '%s', message = "
				       "iif('%s' = 'claimed', %lld, NULL) WHERE key = '%s'",
				t, t, (long long)id, key_of(n));
			if (code != (allowed ? SQLITE_OK : SQLITE_CONSTRAINT))
				fail_msg("%s -> %s: %d %s", f, t, code, sqlite3_errmsg(store->db));
			assert_string_equal(reminder_state_of(n), allowed ? t : f);
		}
	assert_int_equal(raw("UPDATE reminder SET message = NULL WHERE state = 'claimed'"),
		SQLITE_CONSTRAINT);
	assert_int_equal(raw("UPDATE reminder SET message = 99999 WHERE state = 'claimed'"),
		SQLITE_CONSTRAINT);
}

/* A reminder leaves its message only if that was replaced, whoever asks. */
static void only_a_replaced_message_gives_reminders_back(void **state)
{
	(void)state;
	for (int m = 0; m < MESSAGE_STATES; m++) {
		unsigned n = 200 + (unsigned)m;
		if (m == MESSAGE_REPLACED)
			continue; /* has given them back already */
		put_reminder(n, "claimed", (enum message_state)m);
		assert_int_equal(raw("UPDATE reminder SET state = 'planned', message = NULL"
				     " WHERE key = '%s'",
					 key_of(n)),
			SQLITE_CONSTRAINT);
	}
	int64_t id = 0;
	plan(1, -5000);
	plan(2, -4000);
	assert_int_equal(claim_n(1, 2, CHANNEL_SMS, &id), RC_OK);
	assert_int_equal(settle(id, 1, OUTCOME_DEAD, INSTANT_NONE), RC_OK);
	assert_int_equal(outbox_replace(store, id, "admin", "", later(700), later(700), &diag), RC_OK);
	assert_string_equal(reminder_state_of(1), "planned");
	assert_string_equal(reminder_state_of(2), "planned");
	const struct outbox_reminder *r;
	size_t n;
	/* Steps keep the time they had: the planner says what is late. */
	assert_int_equal(outbox_due(store, later(-4001), &arena, &r, &n, &diag), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(outbox_due(store, later(700), &arena, &r, &n, &diag), RC_OK);
	assert_int_equal(n, 2);
	assert_true(r[0].late);
	assert_int_equal(r[0].generation, 1);
	assert_string_equal(raw_text("SELECT actor FROM history ORDER BY id DESC"), "admin");
	assert_sound();
}

static void cancel_and_supersede_want_planned(void **state)
{
	(void)state;
	unsigned n = 1;
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 2; k++, n++) {
			put_reminder(n, REMINDER_STATE[i], MESSAGE_SENT);
			int64_t rows = history_rows();
			enum rc rc = (k ? outbox_cancel : outbox_supersede)(
				store, key_of(n), "why", T0, &diag);
			assert_int_equal(rc, i == 0 ? RC_OK : RC_STATE);
			assert_int_equal(history_rows(), rows + (i == 0));
			const char *want = i ? REMINDER_STATE[i] : k ? "cancelled" : "superseded";
			assert_string_equal(reminder_state_of(n), want);
		}
	assert_int_equal(outbox_cancel(store, key_of(999), "why", T0, &diag), RC_STATE);
}

/* ---- apply_changes ---------------------------------------------------------------------------------- */

static void apply(struct change *ch, size_t n, enum rc want)
{
	struct changes all = {ch, n};
	assert_int_equal(outbox_apply_changes(store, &all, later(1), &diag), want);
}

static void every_kind_of_change(void **state)
{
	(void)state;
	struct reminder r[8];
	for (unsigned n = 0; n < 8; n++)
		r[n] = wish(n, 100);
	struct change first[] = {
		{CHANGE_PLAN, &r[0], r[0].key, false, NULL},
		{CHANGE_PLAN, &r[1], r[1].key, true, "late"},
		{CHANGE_PLAN, &r[2], r[2].key, false, NULL},
		{CHANGE_PLAN, &r[3], r[3].key, false, NULL},
		{CHANGE_SUPERSEDE, &r[4], r[4].key, false,
			"a later step"}, /* not there: inserted */
		{CHANGE_PLAN, &r[5], r[5].key, false, NULL},
	};
	apply(first, 6, RC_OK);
	assert_int_equal(raw_int("SELECT count(*) FROM reminder WHERE state = 'planned'"), 5);
	assert_int_equal(raw_int("SELECT late FROM reminder WHERE key = '%s'", key_of(1)), 1);
	assert_int_equal(raw_int("SELECT late FROM reminder WHERE key = '%s'", key_of(0)), 0);
	assert_string_equal(reminder_state_of(4), "superseded");

	struct reminder moved = r[0];
	moved.at = later(777), moved.deadline = later(888), moved.template = "other";
	assert_true(date_from_ymd(2024, 5, 16, &owed.hand_in));
	struct change second[] = {
		{CHANGE_MOVE, &moved, moved.key, true, "downtime"},
		{CHANGE_CANCEL, NULL, r[2].key, false, "no longer wanted"},
		{CHANGE_SUPERSEDE, &r[3], r[3].key, false, "a later step"},
		{CHANGE_REVIVE, &r[4], r[4].key, false, NULL},
		{CHANGE_SUPERSEDE, NULL, key_of(6), false,
			"is not there"}, /* nothing, no history */
	};
	int64_t rows = history_rows();
	apply(second, 5, RC_OK);
	assert_int_equal(history_rows(), rows + 3);
	assert_string_equal(
		raw_text("SELECT at || ' ' || deadline || ' ' || late || ' ' || template ||"
			 " ' ' || form_date || ' ' || why FROM reminder WHERE key = '%s'",
			key_of(0)),
		"1714900777 1714900888 1 other 2024-05-16 downtime");
	assert_string_equal(reminder_state_of(0), "planned");
	assert_string_equal(reminder_state_of(2), "cancelled");
	assert_string_equal(reminder_state_of(3), "superseded");
	assert_string_equal(reminder_state_of(4), "planned");
	struct change third[] = {{CHANGE_REVIVE, &r[2], r[2].key, false, NULL},
		{CHANGE_REVIVE, &r[3], r[3].key, false, NULL}};
	apply(third, 2, RC_OK);
	assert_string_equal(reminder_state_of(2), "planned");
	assert_string_equal(reminder_state_of(3), "planned");
	assert_sound();
}

/* One change that does not fit: none of them happens. */
static void changes_are_all_or_nothing(void **state)
{
	(void)state;
	int64_t id = message_in(MESSAGE_SENT, 1, CHANNEL_EMAIL), rows = history_rows();
	struct reminder two = wish(2, 0), one = wish(1, 0);
	struct change revive[] = {{CHANGE_PLAN, &two, two.key, false, NULL},
		{CHANGE_REVIVE, &one, one.key, false, NULL}};
	apply(revive, 2, RC_STATE);
	struct change cancel[] = {{CHANGE_PLAN, &two, two.key, false, NULL},
		{CHANGE_CANCEL, NULL, one.key, false, "x"}};
	apply(cancel, 2, RC_STATE);
	assert_string_equal(reminder_state_of(2), "");
	assert_int_equal(history_rows(), rows);
	/* A claimed one is not moved, planned or superseded by anybody. */
	struct change quiet[] = {{CHANGE_MOVE, &one, one.key, true, "x"},
		{CHANGE_PLAN, &one, one.key, true, "x"},
		{CHANGE_SUPERSEDE, &one, one.key, false, "x"}};
	apply(quiet, 3, RC_OK);
	assert_string_equal(reminder_state_of(1), "claimed");
	assert_int_equal(raw_int("SELECT late FROM reminder WHERE key = '%s'", key_of(1)), 0);
	assert_string_equal(state_of(id), "sent");
}

/* ---- what others see ------------------------------------------------------------------------------- */

static void a_view_shows_the_fate_of_the_message(void **state)
{
	(void)state;
	static const enum reminder_state WANT[MESSAGE_STATES] = {
		[MESSAGE_CLAIMED] = REMINDER_CLAIMED,
		[MESSAGE_SENT] = REMINDER_SENT,
		[MESSAGE_RETRY] = REMINDER_CLAIMED,
		[MESSAGE_UNKNOWN] = REMINDER_FAILED,
		[MESSAGE_DELIVERED] = REMINDER_SENT,
		[MESSAGE_UNDELIVERED] = REMINDER_FAILED,
		[MESSAGE_DEAD] = REMINDER_FAILED,
		[MESSAGE_REPLACED] = REMINDER_PLANNED, /* given back */
		[MESSAGE_CANCELLED] = REMINDER_FAILED,
	};
	for (int m = MESSAGE_STATES - 1; m >= 0; m--)
		message_in((enum message_state)m, 10 + (unsigned)m, CHANNEL_SMS);
	put_reminder(1, "planned", 0);
	put_reminder(2, "cancelled", 0);
	put_reminder(3, "superseded", 0);
	const struct outbox_view *v;
	size_t n;
	assert_int_equal(outbox_view_all(store, &arena, &v, &n, &diag), RC_OK);
	assert_int_equal(n, MESSAGE_STATES + 3);
	for (size_t i = 1; i < n; i++)
		assert_true(strcmp(v[i - 1].key, v[i].key) < 0);
	assert_int_equal(v[0].state, REMINDER_PLANNED);
	assert_int_equal(v[1].state, REMINDER_CANCELLED);
	assert_int_equal(v[2].state, REMINDER_SUPERSEDED);
	for (int m = 0; m < MESSAGE_STATES; m++)
		assert_int_equal(v[3 + m].state, WANT[m]);
	assert_string_equal(v[0].obligation_id, owed.id);
	assert_string_equal(v[0].step_id, "t-1");
	assert_string_equal(v[0].person_id, "zhao");
	assert_int_equal(v[0].form, FORM_PAPER);
	assert_int_equal(v[0].channel, CHANNEL_EMAIL);
	assert_int_equal(v[0].due.days, owed.due.days);
	assert_int_equal(v[0].form_date.days, owed.hand_in.days);

	struct outbox_counts c;
	assert_int_equal(outbox_count(store, &c, &diag), RC_OK);
	assert_int_equal(c.planned, 2);
	assert_int_equal(c.cancelled, 1);
	assert_int_equal(c.superseded, 1);
	assert_int_equal(c.claimed, 2);
	assert_int_equal(c.sent, 2);
	assert_int_equal(c.failed, 4);
	for (int m = 0; m < MESSAGE_STATES; m++)
		assert_int_equal(c.message[m], 1);
	const struct outbox_message *t;
	assert_int_equal(outbox_trouble(store, 3, &arena, &t, &n, &diag), RC_OK);
	assert_int_equal(n, 3);
	assert_true(t[0].id > t[1].id);
}

/* A reminder without an obligation (digest), by two people, for a notice: every field comes back. */
static void a_reminder_comes_back_as_it_was(void **state)
{
	(void)state;
	struct reminder r = wish(1, 0);
	r.obligation = NULL, r.obligation_id = "digest/2024-05-06", r.step_id = "digest";
	r.person = &QIAN, r.form = FORM_NONE, r.channel = CHANNEL_SMS, r.role = ROLE_CLERK;
	r.deadline = INSTANT_NONE, r.asked = later(-60), r.cause = 42;
	assert_int_equal(outbox_plan(store, &r, T0, &diag), RC_OK);
	const struct outbox_reminder *got;
	size_t n;
	assert_int_equal(outbox_next(store, 5, &arena, &got, &n, &diag), RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(got->key, r.key);
	assert_string_equal(got->obligation_id, r.obligation_id);
	assert_string_equal(got->person_id, "qian");
	assert_string_equal(got->template, "before");
	assert_int_equal(got->form, FORM_NONE);
	assert_int_equal(got->channel, CHANNEL_SMS);
	assert_int_equal(got->role, ROLE_CLERK);
	assert_int_equal(got->asked.s, later(-60).s);
	assert_true(instant_is_none(got->deadline));
	assert_int_equal(got->cause, 42);
	const struct outbox_view *v;
	assert_int_equal(outbox_view_all(store, &arena, &v, &n, &diag), RC_OK);
	assert_true(date_is_none(v->due));
	assert_true(date_is_none(v->form_date));
}

static void due_is_ordered_by_deadline(void **state)
{
	(void)state;
	static const struct {
		int64_t at, deadline; /* 0: none */
	} ROW[] = {{-10, 0}, {-5, 900}, {-50, 500}, {0, 500}, {-1, 100}, {-99, 0}, {1, 1}};
	static const unsigned WANT[] = {4, 2, 3, 1, 5, 0};
	for (unsigned i = 0; i < 7; i++) {
		struct reminder r = wish(i, ROW[i].at);
		r.deadline = ROW[i].deadline ? later(ROW[i].deadline) : INSTANT_NONE;
		assert_int_equal(outbox_plan(store, &r, T0, &diag), RC_OK);
	}
	const struct outbox_reminder *r;
	size_t n;
	assert_int_equal(outbox_due(store, T0, &arena, &r, &n, &diag), RC_OK);
	assert_int_equal(n, 6);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(r[i].key, key_of(WANT[i]));
	assert_int_equal(outbox_next(store, 2, &arena, &r, &n, &diag), RC_OK);
	assert_int_equal(n, 2);
	assert_string_equal(r[0].key, key_of(5));
}

static void parts_are_those_of_the_message(void **state)
{
	(void)state;
	int64_t id = 0, other = claimed(9, CHANNEL_EMAIL);
	for (unsigned n = 1; n <= 3; n++)
		plan(n, 0);
	assert_int_equal(claim_n(1, 3, CHANNEL_EMAIL, &id), RC_OK);
	const struct outbox_reminder *r;
	size_t n;
	assert_int_equal(outbox_parts(store, id, &arena, &r, &n, &diag), RC_OK);
	assert_int_equal(n, 3);
	assert_string_equal(r[2].key, key_of(3));
	assert_int_equal(outbox_parts(store, other, &arena, &r, &n, &diag), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(outbox_parts(store, 999, &arena, &r, &n, &diag), RC_OK);
	assert_int_equal(n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_is_one_row_for_ever),
		TEST(no_other_arrow_between_reminders_in_sql),
		TEST(only_a_replaced_message_gives_reminders_back),
		TEST(cancel_and_supersede_want_planned),
		TEST(every_kind_of_change),
		TEST(changes_are_all_or_nothing),
		TEST(a_view_shows_the_fate_of_the_message),
		TEST(a_reminder_comes_back_as_it_was),
		TEST(due_is_ordered_by_deadline),
		TEST(parts_are_those_of_the_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
