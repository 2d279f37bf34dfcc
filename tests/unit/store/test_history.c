/* The chain of history: it grows, shows every change of it, and lets itself be erased. */
#include "store_fixture.h"

static int64_t append(const char *kind, const char *person, const char *personal)
{
	int64_t id = 0;
	struct history_row r = {.at = T0,
		.actor = "deadlined",
		.kind = kind,
		.obligation_id = "monthly/2024-05/brigade-1",
		.message_id = 3,
		.reminder_key = "abc",
		.person = person,
		.detail = "{\"a\":1}",
		.personal = personal};
	assert_int_equal(history_append(store, &r, &id, &diag), RC_OK);
	return id;
}

static int64_t first_broken(void)
{
	int64_t broken = -1;
	assert_int_equal(history_verify(store, &broken, &diag), RC_OK);
	return broken;
}

static void fill(void)
{
	append("act", NULL, NULL);
	append("claimed", "zhao", "+861000000001");
	append("claimed", "qian", "qian@example.invalid");
	append("sent", "zhao", "+861000000001");
	append("notice", "zhao", NULL);
}

static void rows_come_back(void **state)
{
	(void)state;
	struct history_row r;
	assert_int_equal(first_broken(), 0); /* an empty one holds */
	int64_t id = append("claimed", "zhao", "+861000000001");
	assert_int_equal(id, 1);
	assert_int_equal(history_get(store, id, &arena, &r, &diag), RC_OK);
	assert_int_equal(r.id, 1);
	assert_int_equal(r.at.s, T0.s);
	assert_string_equal(r.actor, "deadlined");
	assert_string_equal(r.kind, "claimed");
	assert_string_equal(r.obligation_id, "monthly/2024-05/brigade-1");
	assert_int_equal(r.message_id, 3);
	assert_string_equal(r.reminder_key, "abc");
	assert_string_equal(r.person, "zhao");
	assert_string_equal(r.detail, "{\"a\":1}");
	assert_string_equal(r.personal, "+861000000001");
	assert_int_equal(history_get(store, 2, &arena, &r, &diag), RC_NOTFOUND);

	struct history_row bare = {.at = T0, .actor = "a", .kind = "k"};
	assert_int_equal(history_append(store, &bare, NULL, &diag), RC_OK);
	assert_int_equal(history_get(store, 2, &arena, &r, &diag), RC_OK);
	assert_string_equal(r.obligation_id, "");
	assert_string_equal(r.detail, "{}");
	assert_null(r.person);
	assert_null(r.personal);
	assert_null(r.reminder_key);
	assert_int_equal(first_broken(), 0);
}

static void a_list_is_the_last_rows_oldest_first(void **state)
{
	(void)state;
	const struct history_row *r;
	size_t n;
	fill();
	struct history_row other = {.at = T0, .actor = "a", .kind = "k", .obligation_id = "x/y/z"};
	assert_int_equal(history_append(store, &other, NULL, &diag), RC_OK);
	assert_int_equal(history_list(store, NULL, 3, &arena, &r, &n, &diag), RC_OK);
	assert_int_equal(n, 3);
	assert_int_equal(r[0].id, 4);
	assert_int_equal(r[2].id, 6);
	assert_int_equal(
		history_list(store, "monthly/2024-05/brigade-1", 2, &arena, &r, &n, &diag), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(r[0].id, 4);
	assert_int_equal(r[1].id, 5);
	assert_int_equal(history_list(store, "nothing", 9, &arena, &r, &n, &diag), RC_OK);
	assert_int_equal(n, 0);
}

/* By message, by person (whom it is about or who did it), by both. */
static void rows_are_found(void **state)
{
	(void)state;
	static const struct {
		struct history_filter f;
		size_t n;
	} CASES[] = {
		{{.message = 7}, 2},
		{{.message = 9}, 0},
		{{.person = "p-1"}, 3},
		{{.person = "clerk"}, 1},
		{{.person = "p-1", .message = 7}, 1},
		{{.obligation = "a/b/c"}, 3},
		{{.obligation = "a/b/c", .person = "p-1"}, 2},
		{{.obligation = "a/b/c", .message = 7}, 2},
		{{0}, 4},
	};
	static const struct history_row ROWS[] = {
		{.actor = "deadlined", .kind = "k", .obligation_id = "a/b/c", .message_id = 7,
			.person = "p-1"},
		{.actor = "deadlined", .kind = "k", .obligation_id = "a/b/c", .message_id = 7,
			.person = "p-2"},
		{.actor = "p-1", .kind = "k", .obligation_id = "a/b/c"},
		{.actor = "clerk", .kind = "k", .obligation_id = "d/e/f", .person = "p-1"},
	};
	const struct history_row *r;
	size_t n;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
		assert_int_equal(history_append(store, &ROWS[i], NULL, &diag), RC_OK);
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		assert_int_equal(
			history_find(store, &CASES[i].f, 10, &arena, &r, &n, &diag), RC_OK);
		assert_int_equal(n, CASES[i].n);
	}
	assert_int_equal(
		history_find(store, &(struct history_filter){.person = "p-1"}, 1, &arena, &r, &n,
			&diag),
		RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(r->actor, "clerk");
}

static void nothing_is_taken_back(void **state)
{
	(void)state;
	static const char *const COLUMN[] = {"id", "at", "actor", "kind", "obligation", "message",
		"reminder", "person", "detail", "personal_hash", "hash", "personal"};
	fill();
	for (size_t i = 0; i < sizeof COLUMN / sizeof *COLUMN; i++)
		if (raw("UPDATE history SET %s = 77 WHERE id = 2", COLUMN[i]) != SQLITE_CONSTRAINT)
			fail_msg("%s was changed", COLUMN[i]);
	assert_int_equal(raw("DELETE FROM history WHERE id = 5"), SQLITE_CONSTRAINT);
	assert_int_equal(raw("INSERT OR REPLACE INTO history SELECT * FROM history WHERE id = 2"),
		SQLITE_CONSTRAINT);
	assert_int_equal(first_broken(), 0);
}

/* Somebody with the file and time: each change is found, and where. */
static void tampering_shows(void **state)
{
	(void)state;
	static const struct {
		const char *sql;
		int64_t broken;
	} CASE[] = {
		{"UPDATE history SET at = at + 1 WHERE id = 1", 1},
		{"UPDATE history SET actor = 'zhao' WHERE id = 2", 2},
		{"UPDATE history SET kind = 'sent' WHERE id = 3", 3},
		{"UPDATE history SET obligation = 'x/y/z' WHERE id = 4", 4},
		{"UPDATE history SET message = 4 WHERE id = 5", 5},
		{"UPDATE history SET reminder = 'abd' WHERE id = 5", 5},
		{"UPDATE history SET person = 'qian' WHERE id = 4", 4},
		{"UPDATE history SET detail = '{}' WHERE id = 4", 4},
		{"UPDATE history SET personal = '+861000000002' WHERE id = 2", 2},
		{"UPDATE history SET salt = zeroblob(16) WHERE id = 2", 2},
		{"UPDATE history SET salt = x'' WHERE id = 2", 2},
		{"UPDATE history SET personal_hash = 'x' WHERE id = 2", 2},
		{"UPDATE history SET hash = 'x' WHERE id = 2", 2},
		{"DELETE FROM history WHERE id = 1", 2},
		{"DELETE FROM history WHERE id = 3", 4},
		{"DELETE FROM history WHERE id >= 4", 4},
		{"DELETE FROM history", 1},
		{"UPDATE history SET id = 99 WHERE id = 5", 99},
		{"UPDATE history SET actor = obligation, obligation = actor WHERE id = 1", 1},
	};
	fill();
	assert_int_equal(
		raw("DROP TRIGGER history_stays; DROP TRIGGER history_is_kept"), SQLITE_OK);
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		assert_int_equal(raw("BEGIN"), SQLITE_OK);
		assert_int_equal(raw("%s", CASE[i].sql), SQLITE_OK);
		int64_t broken = first_broken();
		if (broken != CASE[i].broken)
			fail_msg("%s: broken at %lld", CASE[i].sql, (long long)broken);
		assert_int_equal(raw("ROLLBACK"), SQLITE_OK);
	}
	assert_int_equal(first_broken(), 0);
}

static void erasing_keeps_the_chain(void **state)
{
	(void)state;
	int n = 0;
	struct history_row r;
	fill();
	assert_int_equal(history_erase(store, "zhao", &n, &diag), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(first_broken(), 0);
	assert_int_equal(history_get(store, 2, &arena, &r, &diag), RC_OK);
	assert_null(r.personal);
	assert_int_equal(history_get(store, 3, &arena, &r, &diag), RC_OK);
	assert_string_equal(r.personal, "qian@example.invalid");
	/* With its salt a telephone number would be found by trying all of them. */
	assert_int_equal(raw_int("SELECT count(*) FROM history WHERE person = 'zhao' AND"
				 " personal_hash <> '' AND length(salt) > 0 AND id IN (2, 4)"),
		0);
	assert_int_equal(raw_int("SELECT length(salt) FROM history WHERE id = 3"), 16);
	append("after", "zhao", "+861000000001");
	assert_int_equal(first_broken(), 0);
	assert_int_equal(history_erase(store, "nobody", &n, &diag), RC_OK);
	assert_int_equal(n, 0);
}

static void a_row_belongs_to_the_transaction(void **state)
{
	(void)state;
	fill();
	assert_int_equal(store_begin(store, &diag), RC_OK);
	assert_int_equal(append("lost", NULL, NULL), 6);
	store_rollback(store);
	assert_int_equal(append("kept", NULL, NULL), 6);
	assert_int_equal(first_broken(), 0);
	close_store();
	open_store();
	assert_int_equal(append("after a restart", NULL, NULL), 7);
	assert_int_equal(first_broken(), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_come_back),
		TEST(a_list_is_the_last_rows_oldest_first),
		TEST(rows_are_found),
		TEST(nothing_is_taken_back),
		TEST(tampering_shows),
		TEST(erasing_keeps_the_chain),
		TEST(a_row_belongs_to_the_transaction),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
