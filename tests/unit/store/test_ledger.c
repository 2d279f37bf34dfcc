/* Acts of submissions and versions of feed events. */
#include "store_fixture.h"

#include "ledger.h"

static const char ONE[] = "monthly/2024-05/brigade-1", TWO[] = "monthly/2024-05/brigade-2";

static int64_t add(enum act_kind kind, const char *obligation, const char *deliverable)
{
	int64_t id = 0;
	struct act act = {.kind = kind,
		.obligation = obligation,
		.deliverable = deliverable,
		.form = FORM_PAPER,
		.at = T0,
		.who = "zhao",
		.reason = "",
		.date = DATE_NONE};
	assert_int_equal(ledger_add_act(store, &act, &id, &diag), RC_OK);
	return id;
}

static size_t acts_of(const char *obligation, const struct act **ret)
{
	size_t n = 99;
	assert_int_equal(ledger_acts_of(store, obligation, &arena, ret, &n, &diag), RC_OK);
	return n;
}

static void every_kind_comes_back(void **state)
{
	(void)state;
	const struct act *a;
	struct date day;
	assert_true(date_from_ymd(2024, 5, 9, &day));
	for (int k = ACT_REPORT; k <= ACT_DATE; k++) {
		struct act act = {.kind = (enum act_kind)k,
			.obligation = ONE,
			.deliverable = "plan",
			.form = (enum form)(k % 3),
			.at = later(k),
			.who = "zhao",
			.reason = k % 2 ? "退回：缺章" : "",
			.date = k % 2 ? day : DATE_NONE};
		int64_t id = 0;
		assert_int_equal(ledger_add_act(store, &act, &id, &diag), RC_OK);
		assert_int_equal(acts_of(ONE, &a), k + 1);
		assert_int_equal(a[k].id, id);
		assert_int_equal(a[k].kind, k);
		assert_int_equal(a[k].form, k % 3);
		assert_int_equal(a[k].at.s, later(k).s);
		assert_string_equal(a[k].reason, act.reason);
		assert_string_equal(a[k].deliverable, "plan");
		assert_string_equal(a[k].who, "zhao");
		assert_int_equal(a[k].date.days, act.date.days);
		assert_false(a[k].undone);
		/* Its id is that of its history row. */
		assert_string_equal(
			raw_text("SELECT kind FROM history WHERE id = %lld", (long long)id),
			act_text((enum act_kind)k));
	}
	assert_sound();
}

static void all_are_by_obligation_then_id(void **state)
{
	(void)state;
	const struct act *a;
	size_t n;
	int64_t b1 = add(ACT_REPORT, TWO, "b"), a1 = add(ACT_REPORT, ONE, "a");
	int64_t b2 = add(ACT_RECEIVE, TWO, "b"), a2 = add(ACT_RETURN, ONE, "a");
	assert_int_equal(ledger_acts_all(store, &arena, &a, &n, &diag), RC_OK);
	assert_int_equal(n, 4);
	assert_int_equal(a[0].id, a1);
	assert_int_equal(a[1].id, a2);
	assert_int_equal(a[2].id, b1);
	assert_int_equal(a[3].id, b2);
	assert_int_equal(acts_of("nothing", &a), 0);
}

static void an_undo_marks_once(void **state)
{
	(void)state;
	const struct act *a;
	int64_t id = add(ACT_REPORT, ONE, "a"), by = 0;
	assert_int_equal(ledger_undo(store, id, "clerk", later(5), &by, &diag), RC_OK);
	assert_true(by > id);
	assert_int_equal(acts_of(ONE, &a), 1);
	assert_true(a->undone);
	assert_string_equal(
		raw_text("SELECT actor || ' ' || kind || ' ' || obligation || ' ' || detail"
			 " FROM history WHERE id = %lld",
			(long long)by),
		"clerk undo monthly/2024-05/brigade-1 {\"act\":1}");
	int64_t rows = history_rows();
	by = -7;
	assert_int_equal(ledger_undo(store, id, "clerk", later(6), &by, &diag), RC_STATE);
	assert_int_equal(ledger_undo(store, 99, "clerk", later(6), &by, &diag), RC_NOTFOUND);
	assert_int_equal(by, -7);
	assert_int_equal(history_rows(), rows);
	assert_false(store_in_transaction(store));
	assert_sound();
}

static void a_move_takes_all(void **state)
{
	(void)state;
	const struct act *a;
	size_t n = 99;
	assert_int_equal(ledger_move(store, ONE, TWO, T0, &n, &diag), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(history_rows(), 0);
	int64_t by, one = add(ACT_REPORT, ONE, "a"), two = add(ACT_REPORT, TWO, "b");
	int64_t three = add(ACT_RECEIVE, ONE, "a");
	assert_int_equal(ledger_undo(store, three, "clerk", T0, &by, &diag), RC_OK);
	assert_int_equal(ledger_move(store, ONE, TWO, T0, &n, &diag), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(acts_of(ONE, &a), 0);
	assert_int_equal(acts_of(TWO, &a), 3);
	assert_int_equal(a[0].id, one);
	assert_int_equal(a[1].id, two);
	assert_int_equal(a[2].id, three);
	assert_true(a[2].undone);
	assert_string_equal(raw_text("SELECT detail FROM history ORDER BY id DESC"),
		"{\"from\":\"monthly/2024-05/brigade-1\",\"to\":\"monthly/2024-05/brigade-2\"}");
	assert_sound();
}

static void an_act_and_its_history_are_one(void **state)
{
	(void)state;
	int64_t id = -7;
	struct act act = {.kind = ACT_REPORT,
		.obligation = ONE,
		.deliverable = "",
		.at = T0,
		.who = "zhao",
		.reason = NULL,
		.date = DATE_NONE};
	assert_int_equal(ledger_add_act(store, &act, &id, &diag), RC_STATE); /* NOT NULL */
	assert_int_equal(id, -7);
	assert_int_equal(history_rows(), 0);
	assert_int_equal(store_begin(store, &diag), RC_OK);
	add(ACT_REPORT, ONE, "a");
	store_rollback(store);
	const struct act *a;
	assert_int_equal(acts_of(ONE, &a), 0);
	assert_int_equal(history_rows(), 0);
}

static void an_unknown_kind_is_told(void **state)
{
	(void)state;
	const struct act *a = NULL;
	size_t n = 99;
	add(ACT_REPORT, ONE, "a");
	add(ACT_REPORT, ONE, "b");
	assert_int_equal(raw("UPDATE act SET kind = 'burnt' WHERE deliverable = 'a'"), SQLITE_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(ledger_acts_all(store, &arena, &a, &n, &diag), RC_CORRUPT);
	assert_int_equal(n, 99);
	assert_null(a);
	/* The statement was given back: a checkpoint of all is possible. */
	assert_int_equal(raw_int("PRAGMA wal_checkpoint(TRUNCATE)"), 0);
}

static void events_are_kept_by_uid(void **state)
{
	(void)state;
	struct ledger_event ev = {.sequence = 3, .modified = T0}, got = {.sequence = 77};
	bool found = true;
	memset(ev.digest, 'a', LEDGER_DIGEST_SIZE - 1);
	assert_int_equal(ledger_get_event(store, "u@example", &got, &found, &diag), RC_OK);
	assert_false(found);
	assert_int_equal(got.sequence, 77);
	for (int i = 0; i < 2; i++, ev.sequence++, ev.modified = later(9), ev.digest[0] = 'b') {
		assert_int_equal(ledger_put_event(store, "u@example", &ev, &diag), RC_OK);
		assert_int_equal(ledger_get_event(store, "u@example", &got, &found, &diag), RC_OK);
		assert_true(found);
		assert_memory_equal(got.digest, ev.digest, LEDGER_DIGEST_SIZE);
		assert_int_equal(got.sequence, ev.sequence);
		assert_int_equal(got.modified.s, ev.modified.s);
	}
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_kind_comes_back),
		TEST(all_are_by_obligation_then_id),
		TEST(an_undo_marks_once),
		TEST(a_move_takes_all),
		TEST(an_act_and_its_history_are_one),
		TEST(an_unknown_kind_is_told),
		TEST(events_are_kept_by_uid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
