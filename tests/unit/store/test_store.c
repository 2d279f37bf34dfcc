/* Opening, refusing, the promises of the file. */
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "schema.h"

/* ---- opening ------------------------------------------------------------------------------------ */

static void a_new_store_is_private_and_ours(void **state)
{
	(void)state;
	umask(022);
	assert_int_equal(open_as(&DURABLE), RC_OK);
	put_meta("a", "1");
	assert_int_equal(mode_of("deadlined.db"), 0600);
	assert_int_equal(mode_of("deadlined.db-wal"), 0600);
	assert_int_equal(mode_of("deadlined.db-shm"), 0600);
	assert_int_equal(mode_of("deadlined.lock"), 0600);
	assert_int_equal(umask(022), 022);
	assert_int_equal(raw_int("PRAGMA application_id"), SCHEMA_APPLICATION_ID);
	assert_int_equal(raw_int("PRAGMA user_version"), SCHEMA_VERSION);
	assert_int_equal(raw_int("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND"
				 " name NOT LIKE 'sqlite%%' AND sql NOT LIKE '%%STRICT%%'"),
		0);
	close_store();
	assert_int_equal(open_as(&DURABLE), RC_OK);
	assert_string_equal(meta("a"), "1");
	assert_null(meta("b"));
}

static void the_pragmas_hold(void **state)
{
	(void)state;
	static const struct {
		const char *name, *durable, *fast;
	} CASE[] = {
		{"journal_mode", "wal", "wal"},
		{"page_size", "8192", "8192"},
		{"synchronous", "2", "0"},
		{"foreign_keys", "1", "1"},
		{"recursive_triggers", "1", "1"},
		{"trusted_schema", "0", "0"},
		{"cell_size_check", "1", "1"},
		{"temp_store", "2", "2"},
		{"mmap_size", "0", "0"},
		{"secure_delete", "1", NULL},
		{"journal_size_limit", "16777216", NULL},
		{"wal_autocheckpoint", "2000", "2000"},
		{"busy_timeout", "5000", "5000"},
		{"locking_mode", "normal", "normal"},
	};
	for (int fast = 0; fast < 2; fast++) {
		assert_int_equal(open_as(&(struct store_options){.not_durable = fast}), RC_OK);
		for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
			const char *want = fast ? CASE[i].fast : CASE[i].durable;
			const char *got = raw_text("PRAGMA %s", CASE[i].name);
			if (want && strcmp(got, want) != 0)
				fail_msg("%s is %s", CASE[i].name, got);
		}
		int defensive = 0, keeps_log = 1;
		sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive);
		sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1, &keeps_log);
		assert_int_equal(defensive, 1);
		assert_int_equal(keeps_log, 0);
		close_store();
	}
}

static void a_second_writer_is_refused(void **state)
{
	(void)state;
	struct store *first;
	char pid[40];
	assert_int_equal(open_as(&DURABLE), RC_OK);
	first = store;
	store = NULL;
	assert_int_equal(open_as(&DURABLE), RC_EXISTS);
	assert_null(store);
	snprintf(pid, sizeof pid, "pid %ld)", (long)getpid());
	assert_said(pid);
	/* Who only looks is let in. */
	assert_int_equal(open_as(&(struct store_options){.read_only = true}), RC_OK);
	close_store();
	store = first;
}

static void a_reader_looks_and_does_not_touch(void **state)
{
	(void)state;
	const struct store_options reader = {.read_only = true};
	assert_int_equal(open_as(&reader), RC_IO);
	assert_said("deadlined.db");
	assert_int_equal(access(in_dir("deadlined.db"), F_OK), -1);
	assert_int_equal(open_as(&DURABLE), RC_OK);
	put_meta("a", "1");
	struct store *writer = store;
	store = NULL;
	assert_int_equal(open_as(&reader), RC_OK);
	assert_string_equal(meta("a"), "1");
	assert_int_not_equal(store_set_meta(store, "a", "2", 1, &diag), RC_OK);
	close_store();
	store = writer;
	put_meta("a", "3");
	close_store();
	assert_int_equal(access(in_dir("deadlined.db-wal"), F_OK), -1);
	assert_int_equal(open_as(&reader), RC_OK);
	assert_string_equal(meta("a"), "3");
}

/* ---- what is not believed ------------------------------------------------------------------------- */

static struct file before, log_before;

/* Refused with this rc, saying this; the file and its log are as they were. */
static void assert_refused(enum rc want, const char *part)
{
	get_file("deadlined.db", &before);
	get_file("deadlined.db-wal", &log_before);
	enum rc rc = open_as(&DURABLE);
	if (rc != want)
		fail_msg("rc %d: %s", (int)rc, said());
	assert_null(store);
	assert_said(part);
	if (want == RC_CORRUPT)
		assert_non_null(diag.hint);
	assert_same_file(&before, "deadlined.db");
	if (log_before.len)
		assert_same_file(&log_before, "deadlined.db-wal");
	/* The lock is free again: the next try says the same, not "already running". */
	assert_int_equal(open_as(&DURABLE), want);
	assert_same_file(&before, "deadlined.db");
}

static void make_foreign(const char *sql)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(in_dir("deadlined.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void what_is_not_ours_is_left_alone(void **state)
{
	(void)state;
	put_file("deadlined.db",
		"a letter to the bureau, long enough to be read as a header of a file;"
		" it is not a database, and nobody may write over it: 0123456789",
		130);
	assert_refused(RC_CORRUPT, "deadlined.db");
	empty_dir();
	make_foreign("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
	assert_refused(RC_CORRUPT, "is not a database of deadlined");
	empty_dir();
	make_foreign("PRAGMA application_id = 1; CREATE TABLE t (a)");
	assert_refused(RC_CORRUPT, "is not a database of deadlined");
	empty_dir();
	make_foreign("PRAGMA user_version = 1");
	assert_refused(RC_CORRUPT, "is not a database of deadlined");
}

static void a_newer_version_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(open_as(&DURABLE), RC_OK);
	close_store();
	make_foreign("PRAGMA user_version = 99");
	assert_refused(RC_STATE, "newer version (schema 99");
	assert_int_equal(open_as(&(struct store_options){.read_only = true}), RC_STATE);
}

/* A store with rows in the file and in the log, as a crash leaves it. */
static void make_crashed(void)
{
	static struct file db, log;
	assert_int_equal(open_as(&FAST), RC_OK);
	for (unsigned n = 0; n < 200; n++)
		plan(n, n);
	assert_int_equal(raw("PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
	put_meta("a", "1");
	get_file("deadlined.db", &db);
	get_file("deadlined.db-wal", &log);
	assert_true(db.len > 8192);
	assert_true(log.len > 0);
	close_store();
	put_file("deadlined.db", db.bytes, db.len);
	put_file("deadlined.db-wal", log.bytes, log.len);
}

static void what_is_damaged_is_left_as_it_is(void **state)
{
	(void)state;
	static struct file db, log;
	make_crashed();
	get_file("deadlined.db", &db);
	get_file("deadlined.db-wal", &log);
	assert_int_equal(open_as(&DURABLE), RC_OK);
	assert_string_equal(meta("a"), "1");
	close_store();

	empty_dir();
	put_file("deadlined.db", db.bytes, db.len / 2);
	assert_refused(RC_CORRUPT, "damaged");
	assert_said("newest backup");

	empty_dir(); /* the same with its log beside it */
	put_file("deadlined.db", db.bytes, 4096 * 3);
	put_file("deadlined.db-wal", log.bytes, log.len);
	assert_refused(RC_CORRUPT, "damaged");

	empty_dir();
	memset(db.bytes + 4096 * 3, 0x5a, 4096 * 3); /* none of them is in the log */
	put_file("deadlined.db", db.bytes, db.len);
	put_file("deadlined.db-wal", log.bytes, log.len);
	assert_refused(RC_CORRUPT, "damaged");
}

/* SQLite would take it for new and delete the log. */
static void a_log_without_its_database_is_kept(void **state)
{
	(void)state;
	static struct file log;
	make_crashed();
	get_file("deadlined.db-wal", &log);
	empty_dir();
	put_file("deadlined.db", "", 0);
	put_file("deadlined.db-wal", log.bytes, log.len);
	assert_refused(RC_CORRUPT, "is empty, but");
	unlink(in_dir("deadlined.db"));
	assert_refused(RC_CORRUPT, "is empty, but");
	assert_int_equal(access(in_dir("deadlined.db"), F_OK), -1);
	/* An empty file alone is what a crash in the very first second leaves. */
	empty_dir();
	put_file("deadlined.db", "", 0);
	assert_int_equal(open_as(&DURABLE), RC_OK);
	assert_null(meta("a"));
}

/* Flipped bytes anywhere: an honest error or an honest store, never a crash. */
static void any_byte_may_be_wrong(void **state)
{
	(void)state;
	static struct file db;
	const char *text = getenv("SEED");
	unsigned seed = text ? (unsigned)strtoul(text, NULL, 10) : 20240505, refused = 0;
	printf("SEED=%u\n", seed);
	make_crashed();
	get_file("deadlined.db", &db);
	for (int round = 0; round < 300; round++) {
		static struct file bad;
		memcpy(&bad, &db, sizeof bad);
		for (int k = 0; k < 4; k++)
			bad.bytes[(unsigned)rand_r(&seed) % (round % 2 ? db.len : 4096 * 4)] ^=
				(char)(1 + rand_r(&seed) % 255);
		empty_dir();
		put_file("deadlined.db", bad.bytes, bad.len);
		if (open_as(&FAST) != RC_OK) {
			assert_same_file(&bad, "deadlined.db");
			refused++;
			continue;
		}
		const struct outbox_view *v;
		size_t n = 0;
		int64_t broken, got;
		(void)!outbox_view_all(store, &arena, &v, &n, &diag);
		(void)!claim_n(1, 2, CHANNEL_SMS, &got);
		(void)!history_verify(store, &broken, &diag);
		(void)!outbox_recover(store, T0, &n, &diag);
		close_store();
		arena_reset(&arena);
	}
	assert_true(refused > 20);
}

static void a_link_is_not_followed(void **state)
{
	(void)state;
	put_file("elsewhere", "", 0);
	assert_int_equal(symlink(in_dir("elsewhere"), in_dir("deadlined.db")), 0);
	assert_int_equal(open_as(&DURABLE), RC_IO);
	assert_said("deadlined.db");
	unlink(in_dir("deadlined.db"));
	unlink(in_dir("deadlined.lock"));
	assert_int_equal(symlink(in_dir("elsewhere"), in_dir("deadlined.lock")), 0);
	assert_int_equal(open_as(&DURABLE), RC_IO);
	assert_said("deadlined.lock");
	struct stat st;
	assert_int_equal(stat(in_dir("elsewhere"), &st), 0);
	assert_int_equal(st.st_size, 0);
}

/* Killed between fork and exec: the daemon is gone, its child still holds the lock, not for long. */
static void a_lock_that_a_dead_daemon_left_to_its_child_is_waited_for(void **state)
{
	(void)state;
	int fd = open(in_dir("deadlined.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	pid_t daemon = fork();
	if (daemon == 0)
		_exit(0);
	assert_int_equal(waitpid(daemon, NULL, 0), daemon);
	assert_true(dprintf(fd, "%ld\n", (long)daemon) > 0);
	pid_t child = fork();
	if (child == 0) {
		usleep(200000);
		_exit(0);
	}
	close(fd);
	enum rc rc = open_as(&DURABLE);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(rc, RC_OK);
}

/* /var/lib/deadlined may be a link to another disk. */
static void a_directory_may_be_a_link(void **state)
{
	(void)state;
	char link[sizeof state_dir + 8], copy[sizeof link + 8];
	snprintf(link, sizeof link, "%s.link", state_dir);
	snprintf(copy, sizeof copy, "%s/copy.db", link);
	assert_int_equal(symlink(state_dir, link), 0);
	enum rc rc = store_open(link, &DURABLE, &store, &diag);
	enum rc copied = rc ? rc : store_backup(store, copy, &diag);
	struct store *second = NULL;
	enum rc again = store_open(state_dir, &DURABLE, &second, &diag);
	unlink(link);
	assert_int_equal(rc, RC_OK);
	assert_int_equal(copied, RC_OK);
	assert_int_equal(again, RC_EXISTS); /* one lock, whatever the path */
	assert_int_equal(access(in_dir("copy.db"), F_OK), 0);
}

static void a_missing_directory_is_named(void **state)
{
	(void)state;
	char dir[3000];
	memset(dir, 'a', sizeof dir);
	dir[sizeof dir - 1] = '\0';
	diag = (struct diag)DIAG_INIT;
	assert_int_equal(store_open("/nonexistent/x", &DURABLE, &store, &diag), RC_IO);
	assert_said("/nonexistent/x");
	assert_int_equal(store_open(dir, &DURABLE, &store, &diag), RC_RANGE);
	assert_null(store);
}

/* ---- full and busy -------------------------------------------------------------------------------- */

static void a_full_disk_is_waited_out(void **state)
{
	(void)state;
	unsigned n = 0;
	assert_int_equal(open_as(&FAST), RC_OK);
	assert_int_equal(
		raw("PRAGMA max_page_count = %lld", (long long)raw_int("PRAGMA page_count") + 6),
		SQLITE_OK);
	enum rc rc = RC_OK;
	for (; rc == RC_OK && n < 5000; n++) {
		struct reminder r = wish(n, 0);
		rc = outbox_plan(store, &r, T0, &diag);
	}
	assert_int_equal(rc, RC_LIMIT);
	assert_said("the disk is full");
	n--; /* that one is not there */
	assert_false(store_is_poisoned(store));
	assert_false(store_in_transaction(store));
	int64_t id = -7;
	rc = RC_OK;
	for (unsigned k = 0; rc == RC_OK && k < n; k++)
		rc = claim_n(k, 1, CHANNEL_SMS, &id);
	assert_int_equal(rc, RC_LIMIT);
	int64_t claims = raw_int("SELECT count(*) FROM message");
	assert_int_equal(raw_int("SELECT count(*) FROM reminder WHERE state = 'claimed'"), claims);
	/* In the caller's transaction: all of it is gone, and the caller can say so again. */
	assert_int_equal(store_begin(store, &diag), RC_OK);
	for (unsigned k = (unsigned)claims; (rc = claim_n(k, 1, CHANNEL_SMS, &id)) == RC_OK; k++)
		assert_true(k < n);
	store_rollback(store);
	assert_int_equal(rc, RC_LIMIT);
	assert_int_equal(raw_int("SELECT count(*) FROM message"), claims);
	/* Room again: the same connection goes on. */
	assert_int_equal(raw("PRAGMA max_page_count = 1000000"), SQLITE_OK);
	assert_int_equal(claim_n((unsigned)claims, 1, CHANNEL_SMS, &id), RC_OK);
	assert_sound();
	assert_int_equal(raw_int("SELECT count(*) FROM reminder"), n);
}

static void another_program_is_waited_for(void **state)
{
	(void)state;
	sqlite3 *other;
	assert_int_equal(open_as(&DURABLE), RC_OK);
	sqlite3_busy_timeout(store->db, 20);
	assert_int_equal(sqlite3_open(in_dir("deadlined.db"), &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_begin(store, &diag), RC_BUSY);
	assert_int_equal(store_set_meta(store, "a", "1", 1, &diag), RC_BUSY);
	assert_false(store_is_poisoned(store));
	assert_false(store_in_transaction(store));
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	put_meta("a", "1");
}

static void the_log_does_not_grow_for_ever(void **state)
{
	(void)state;
	struct stat st;
	assert_int_equal(open_as(&(struct store_options){.not_durable = true}), RC_OK);
	for (unsigned n = 0; n < 6000; n++)
		plan(n, n);
	assert_int_equal(stat(in_dir("deadlined.db-wal"), &st), 0);
	assert_true(st.st_size < 20 << 20);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_empty, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_store_is_private_and_ours),
		TEST(the_pragmas_hold),
		TEST(a_second_writer_is_refused),
		TEST(a_lock_that_a_dead_daemon_left_to_its_child_is_waited_for),
		TEST(a_reader_looks_and_does_not_touch),
		TEST(what_is_not_ours_is_left_alone),
		TEST(a_newer_version_is_left_alone),
		TEST(what_is_damaged_is_left_as_it_is),
		TEST(a_log_without_its_database_is_kept),
		TEST(any_byte_may_be_wrong),
		TEST(a_link_is_not_followed),
		TEST(a_directory_may_be_a_link),
		TEST(a_missing_directory_is_named),
		TEST(a_full_disk_is_waited_out),
		TEST(another_program_is_waited_for),
		TEST(the_log_does_not_grow_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
