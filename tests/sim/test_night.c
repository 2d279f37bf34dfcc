/* The night's work: copies of the database, forgetting; and the morning after a restore. */
#include <sys/stat.h>

#include "backup.h"
#include "history.h"
#include "sim.h"
#include "store_restore.h"

static int count_files(const struct sim *s, const char *tail)
{
	char command[400];
	int n = 0;
	snprintf(command, sizeof command, "ls '%s/backup' 2>/dev/null | grep -c -- '%s'", s->dir, tail);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &n), 1);
	pclose(f);
	return n;
}

static bool has_file(const struct sim *s, const char *name)
{
	char path[400];
	snprintf(path, sizeof path, "%s/backup/%s", s->dir, name);
	return access(path, F_OK) == 0;
}

static size_t sms_to_lead(const struct sim *s, const char *since)
{
	return sim_count(s, "lead-brigade-10", CHANNEL_SMS, since, "");
}

static void begin(struct sim *s, const char *name, const char *at, const struct sim_edit *edit, size_t n)
{
	sim_clock = NULL;
	sim_nightly = true;
	sim_new(s, name, at, edit, n);
}

static void done(struct sim *s)
{
	sim_nightly = false;
	sim_done(s);
}

/* ---- copies --------------------------------------------------------------------------------------- */

static void test_seven_nights(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "nights", "2024-05-06T12:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-05-07T03:29+08:00");
	assert_int_equal(count_files(&s, "\\.db$"), 0);
	sim_run_until(&s, "2024-05-07T03:31+08:00");
	assert_true(has_file(&s, "deadlined-2024-05-07.db"));
	assert_true(engine_last_backup(s.e).s == sim_time(&s, "2024-05-07T03:30").s);
	sim_run_until(&s, "2024-05-16T12:00+08:00");
	assert_int_equal(count_files(&s, "\\.db$"), BACKUP_NIGHTS);
	assert_false(has_file(&s, "deadlined-2024-05-09.db"));
	assert_true(has_file(&s, "deadlined-2024-05-10.db"));
	assert_true(has_file(&s, "deadlined-2024-05-16.db"));
	done(&s);
}

/* Down at half past three: the copy is made as soon as it runs; twice a day never. */
static void test_missed_night(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "missed", "2024-05-06T12:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-05-07T12:00+08:00");
	struct instant later = {s.now.s + 2 * 86400};
	sim_stop(&s);
	sim_start(&s, later, NULL, 0);
	sim_run_until(&s, "2024-05-09T12:01+08:00");
	assert_true(has_file(&s, "deadlined-2024-05-09.db"));
	assert_int_equal(count_files(&s, "\\.db$"), 2);
	struct instant at = engine_last_backup(s.e);
	sim_stop(&s);
	sim_start(&s, (struct instant){later.s + 3600}, NULL, 0);
	sim_run_until(&s, "2024-05-09T20:00+08:00");
	assert_true(engine_last_backup(s.e).s == at.s);
	done(&s);
}

/* A disk that takes no copy stops no reminder, and is tried again. */
static void test_no_room(void **state)
{
	(void)state;
	struct sim s;
	char path[400];
	begin(&s, "room", "2024-05-16T12:00+08:00", NULL, 0);
	snprintf(path, sizeof path, "%s/backup", s.dir);
	FILE *f = fopen(path, "w"); /* where the folder should be */
	fclose(f);
	sim_run_until(&s, "2024-05-17T06:00+08:00");
	assert_int_equal(s.n_kind[EVENT_NO_BACKUP], 3); /* 3:30, 4:30, 5:30 */
	unlink(path);
	sim_run_until(&s, "2024-05-17T12:00+08:00");
	assert_int_equal(s.n_kind[EVENT_NO_BACKUP], 3);
	assert_true(has_file(&s, "deadlined-2024-05-17.db"));
	assert_int_equal(sms_to_lead(&s, "2024-05-17"), 1);
	done(&s);
}

/* ---- forgetting ------------------------------------------------------------------------------------- */

static int64_t number(struct sim *s, const char *sql)
{
	char command[600];
	long long n = -1;
	snprintf(command, sizeof command,
		"/usr/bin/python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1])"
		".execute(sys.argv[2]).fetchone()[0])' '%s/deadlined.db' \"%s\"",
		s->dir, sql);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lld", &n), 1);
	pclose(f);
	return n;
}

static const char ADDRESSED[] = "SELECT count(*) FROM message WHERE recipient <> ''";
static const char PERSONAL[] = "SELECT count(*) FROM history WHERE personal IS NOT NULL";

static const char OF_LEAD[] = "SELECT (SELECT count(*) FROM message WHERE person = 'lead-brigade-10' AND"
			      " recipient || reason || bytes <> '') + (SELECT count(*) FROM history WHERE"
			      " person = 'lead-brigade-10' AND personal IS NOT NULL)";

static void assert_chain_holds(struct sim *s)
{
	int64_t broken = -1;
	struct diag d;
	assert_int_equal(history_verify(engine_store(s->e), &broken, &d), RC_OK);
	assert_int_equal(broken, 0);
}

static void test_retention(void **state)
{
	(void)state;
	static const struct sim_edit SHORT = {
		"deadlined.cfg", "retention_days = 730", "retention_days = 30"};
	struct sim s;
	begin(&s, "retention", "2024-05-06T08:00+08:00", &SHORT, 1);
	sim_run_until(&s, "2024-05-06T18:00+08:00");
	int64_t sent = number(&s, ADDRESSED);
	assert_true(sent > 0);
	assert_true(number(&s, PERSONAL) >= sent);
	sim_run_until(&s, "2024-06-04T12:00+08:00");
	assert_true(number(&s, ADDRESSED) > sent);
	sim_run_until(&s, "2024-07-31T12:00+08:00");
	assert_int_equal(number(&s, "SELECT count(*) FROM message WHERE recipient <> '' AND settled_at < "
				    "strftime('%s', '2024-06-30')"), 0);
	assert_int_equal(number(&s, "SELECT count(*) FROM history WHERE personal IS NOT NULL AND at < "
				    "strftime('%s', '2024-06-30')"), 0);
	assert_true(number(&s, ADDRESSED) > 0);
	assert_chain_holds(&s);
	done(&s);
}

static void test_erase(void **state)
{
	(void)state;
	static const struct sim_edit GONE[] = {
		{"people.cfg", "\"lead-brigade-10\"", "\"lead-brigade-10b\""},
		{"organisation.cfg", "\"lead-brigade-10\"", "\"lead-brigade-10b\""}};
	struct engine_erased r;
	struct engine_reload reload;
	struct diag d = DIAG_INIT;
	struct sim s;
	begin(&s, "erase", "2024-05-06T08:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-05-06T18:00+08:00");
	assert_int_equal(engine_erase(s.e, "lead-brigade-10", "admin", s.now, &r, &d), RC_STATE);
	assert_int_equal(engine_erase(s.e, "nobody", "admin", s.now, &r, &d), RC_NOTFOUND);
	assert_true(number(&s, OF_LEAD) > 0);
	assert_int_equal(sim_reload(&s, GONE, 2, false, &reload, &d), RC_OK);
	assert_int_equal(engine_erase(s.e, "lead-brigade-10", "admin", s.now, &r, &d), RC_OK);
	assert_true(r.messages > 0 && r.rows >= r.messages);
	assert_int_equal(number(&s, OF_LEAD), 0);
	assert_true(number(&s, ADDRESSED) > 0); /* other people's */
	assert_chain_holds(&s);
	done(&s);
}

/* ---- after a restore -------------------------------------------------------------------------------- */

static void restore(struct sim *s, const char *copy)
{
	char path[400], aside[STORE_PATH_SIZE];
	struct diag d = DIAG_INIT;
	sim_stop(s);
	snprintf(path, sizeof path, "%s/backup/%s", s->dir, copy);
	if (store_restore(s->dir, path, "admin", s->now, aside, &d))
		sim_fail(&d);
	assert_int_equal(access(aside, F_OK), 0);
	sim_start(s, s->now, NULL, 0);
}

/* T-1 (17 May) was told after the copy of the night; the copy does not know. */
static void begin_restored(struct sim *s, const char *name)
{
	begin(s, name, "2024-05-16T12:00+08:00", NULL, 0);
	sim_run_until(s, "2024-05-17T12:00+08:00");
	assert_int_equal(sms_to_lead(s, "2024-05-17"), 1);
	restore(s, "deadlined-2024-05-17.db");
	assert_true(engine_restored_at(s->e).s == s->now.s);
}

static void test_sms_wait_after_restore(void **state)
{
	(void)state;
	struct engine_assumed r;
	struct diag d = DIAG_INIT;
	struct sim s;
	begin_restored(&s, "restored");
	sim_run_until(&s, "2024-05-17T18:00+08:00");
	assert_int_equal(sms_to_lead(&s, "2024-05-17"), 1); /* the second one waits */
	/* It waits over a restart, too. */
	struct instant now = s.now;
	sim_stop(&s);
	sim_start(&s, now, NULL, 0);
	sim_run_until(&s, "2024-05-17T19:00+08:00");
	assert_int_equal(sms_to_lead(&s, "2024-05-17"), 1);
	struct instant until = sim_time(&s, "2024-05-17T12:00"), ahead = {s.now.s + 60};
	assert_int_equal(engine_after_restore(s.e, ahead, "admin", s.now, &r, &d), RC_INVALID);
	assert_int_equal(engine_after_restore(s.e, until, "admin", s.now, &r, &d), RC_OK);
	assert_true(r.reminders >= 1);
	assert_true(instant_is_none(engine_restored_at(s.e)));
	assert_int_equal(engine_after_restore(s.e, until, "admin", s.now, &r, &d), RC_STATE);
	sim_run_until(&s, "2024-05-20T08:00+08:00");
	assert_int_equal(sms_to_lead(&s, "2024-05-17"), 1);
	sim_run_until(&s, "2024-05-20T10:00+08:00"); /* T 09:00 */
	assert_int_equal(sms_to_lead(&s, "2024-05-20"), 1);
	assert_chain_holds(&s);
	done(&s);
}

/* Said at once, no mail is doubled either. */
static void test_nothing_twice(void **state)
{
	(void)state;
	struct engine_assumed r;
	struct diag d = DIAG_INIT;
	struct sim s;
	begin_restored(&s, "nothing-twice");
	size_t n = s.n_messages;
	assert_int_equal(engine_after_restore(s.e, s.now, "admin", s.now, &r, &d), RC_OK);
	sim_run_until(&s, "2024-05-17T14:00+08:00");
	assert_int_equal(s.n_messages, n);
	done(&s);
}

static void test_bad_copies(void **state)
{
	(void)state;
	struct diag d = DIAG_INIT;
	struct sim s;
	char aside[STORE_PATH_SIZE], path[400], db[400];
	begin(&s, "bad-copies", "2024-05-16T12:00+08:00", NULL, 0);
	snprintf(db, sizeof db, "%s/deadlined.db", s.dir);
	snprintf(path, sizeof path, "%s/copy.db", s.dir);
	assert_int_equal(store_restore(s.dir, path, "admin", s.now, aside, &d), RC_EXISTS);
	sim_stop(&s);
	assert_int_equal(store_restore(s.dir, path, "admin", s.now, aside, &d), RC_NOTFOUND);
	FILE *f = fopen(path, "w");
	fputs("this is no database, and it is long enough to be looked at as one", f);
	fclose(f);
	enum rc rc = store_restore(s.dir, path, "admin", s.now, aside, &d);
	assert_true(rc == RC_CORRUPT || rc == RC_IO);
	f = fopen(path, "w"); /* empty: SQLite would make a new one of it */
	fclose(f);
	assert_int_equal(store_restore(s.dir, path, "admin", s.now, aside, &d), RC_CORRUPT);
	/* The database is where it was, and nothing is left lying about. */
	assert_int_equal(access(db, F_OK), 0);
	snprintf(path, sizeof path, "%s/restore.tmp", s.dir);
	assert_int_equal(access(path, F_OK), -1);
	sim_start(&s, s.now, NULL, 0);
	assert_true(instant_is_none(engine_restored_at(s.e)));
	done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seven_nights),
		cmocka_unit_test(test_missed_night),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_retention),
		cmocka_unit_test(test_erase),
		cmocka_unit_test(test_sms_wait_after_restore),
		cmocka_unit_test(test_nothing_twice),
		cmocka_unit_test(test_bad_copies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
