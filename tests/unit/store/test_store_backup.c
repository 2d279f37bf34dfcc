/* The copy of a store. */
#include "store_fixture.h"

static void a_backup_is_a_whole_private_copy(void **state)
{
	(void)state;
	umask(022);
	assert_int_equal(open_as(&DURABLE), RC_OK);
	int64_t id = message_in(MESSAGE_SENT, 1, CHANNEL_SMS);
	put_meta("a", "1");
	put_file("copy.new", "left by a crash", 15);
	assert_int_equal(store_backup(store, in_dir("copy"), &diag), RC_OK);
	assert_int_equal(mode_of("copy"), 0600);
	assert_int_equal(umask(022), 022);
	assert_int_equal(access(in_dir("copy.new"), F_OK), -1);
	put_meta("a", "2");
	assert_int_equal(store_backup(store, in_dir("copy"), &diag), RC_OK); /* over the old one */
	put_meta("a", "3");
	close_store();
	/* Put in its place it is a store like any other. */
	unlink(in_dir("deadlined.db-wal"));
	assert_int_equal(rename(in_dir("copy"), in_dir("deadlined.db")), 0);
	assert_int_equal(open_as(&DURABLE), RC_OK);
	assert_string_equal(meta("a"), "2");
	assert_string_equal(state_of(id), "sent");
	assert_sound();
	assert_int_equal(history_rows(), 2);
}

static void a_backup_that_fails_leaves_the_old_one(void **state)
{
	(void)state;
	char path[3000];
	assert_int_equal(open_as(&DURABLE), RC_OK);
	assert_int_equal(store_backup(store, "/nonexistent/copy", &diag), RC_IO);
	assert_said("/nonexistent/copy");
	assert_int_equal(mkdir(in_dir("copy"), 0700), 0);
	assert_int_equal(store_backup(store, in_dir("copy"), &diag), RC_IO);
	assert_int_equal(rmdir(in_dir("copy")), 0);
	assert_int_equal(access(in_dir("copy.new"), F_OK), -1);
	memset(path, 'a', sizeof path);
	path[sizeof path - 1] = '\0';
	assert_int_equal(store_backup(store, path, &diag), RC_RANGE);
	assert_int_equal(store_begin(store, &diag), RC_OK);
	assert_int_equal(store_backup(store, in_dir("copy"), &diag), RC_STATE);
	store_rollback(store);
	assert_false(store_is_poisoned(store));
	put_meta("a", "1");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_empty, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_backup_is_a_whole_private_copy),
		TEST(a_backup_that_fails_leaves_the_old_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
