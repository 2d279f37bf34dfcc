/*
 * Torture: the Nth operation on the disk fails (N = 1, 2, ... until none does), once or for good, or
 * the power goes there.  What the store said is done is there after a new start; what it could not
 * say is there or not; nothing is ever damaged.
 */
#include "store_fixture.h"

#include "fault_vfs.h"

enum { ROUNDS = 5, LEVELS = 4 };

/* How far each message came: 1 planned, 2 claimed, 3 sent, 4 noted without a transaction around it.  promised <= what is there <= tried. */
static int promised[ROUNDS], tried[ROUNDS];
static unsigned seed;

static enum rc plan_two(unsigned n)
{
	struct reminder r[2] = {wish(n, 0), wish(n + 100, 0)};
	struct change ch[2] = {{CHANGE_PLAN, &r[0], r[0].key, false, NULL},
		{CHANGE_PLAN, &r[1], r[1].key, false, NULL}};
	struct changes all = {ch, 2};
	return outbox_apply_changes(store, &all, T0, &diag);
}

static enum rc step(int round, int level)
{
	int64_t id;
	if (level == 1)
		return plan_two((unsigned)round);
	if (level == 2)
		return claim_n((unsigned)round, 1, CHANNEL_SMS, &id);
	if (level == 4)
		return store_set_meta(store, key_of((unsigned)round), "sent", 4, &diag);
	id = raw_int("SELECT id FROM message WHERE client_ref = 'ref-%d'", round);
	return settle(id, 1, OUTCOME_SENT, INSTANT_NONE);
}

/* Stops at the first failure; a full disk is tried again, as the engine would at its next tick. */
static void work(void)
{
	memset(promised, 0, sizeof promised);
	memset(tried, 0, sizeof tried);
	if (open_as(&(struct store_options){0}) != RC_OK)
		return;
	for (int round = 0; round < ROUNDS; round++)
		for (int level = 1; level <= LEVELS; level++) {
			tried[round] = level;
			enum rc rc = step(round, level);
			if (rc == RC_LIMIT) {
				assert_false(store_is_poisoned(store));
				assert_false(store_in_transaction(store));
				rc = step(round, level);
			}
			if (rc != RC_OK) {
				assert_int_equal(rc, RC_IO);
				assert_true(store_is_poisoned(store));
				/* Nothing goes on from here. */
				assert_int_equal(store_begin(store, &diag), RC_IO);
				assert_int_equal(store_set_meta(store, "a", "b", 1, &diag), RC_IO);
				return;
			}
			promised[round] = level;
		}
}

static int level_of(int round)
{
	int planned = (int)raw_int("SELECT count(*) FROM reminder WHERE key IN ('%s', '%s')",
		key_of((unsigned)round), key_of((unsigned)round + 100));
	assert_true(planned == 0 || planned == 2); /* one transaction */
	const char *state =
		raw_text("SELECT state FROM message WHERE client_ref = 'ref-%d'", round);
	if (!state[0])
		return planned ? 1 : 0;
	assert_string_equal(reminder_state_of((unsigned)round), "claimed");
	if (strcmp(state, "sent") != 0)
		return 2;
	return 3 +
	       (int)raw_int("SELECT count(*) FROM meta WHERE key = '%s'", key_of((unsigned)round));
}

/* Which round broke its word, -1 if none. */
static int broken_word(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		int level = level_of(round);
		if (level < promised[round] || level > tried[round])
			return round;
	}
	return -1;
}

static void start_again(long n)
{
	fault.mode = FAULT_OFF;
	open_store();
	assert_sound();
	int round = broken_word();
	if (round >= 0)
		fail_msg("operation %ld: message %d was said to be at %d, is at %d", n, round,
			promised[round], level_of(round));
	int64_t rows = history_rows(), want = 0;
	for (int i = 0; i < ROUNDS; i++)
		want += level_of(i) < 2 ? 0 : level_of(i) == 2 ? 1 : 2;
	assert_int_equal(rows, want); /* each arrow with its row */
	close_store();
	arena_reset(&arena);
}

/* Returns how many operations a run without fault takes. */
static long torture(enum fault_mode mode)
{
	for (long n = 1;; n++) {
		fault_reset();
		fault.mode = mode;
		fault.at = n;
		work();
		bool hit = fault.hit;
		close_store();
		start_again(n);
		empty_dir();
		if (!hit)
			return n - 1;
	}
}

static void an_error_comes_once(void **state)
{
	(void)state;
	long n = torture(FAULT_IO_ONCE);
	printf("%ld operations\n", n);
	assert_true(n > 50);
}

static void the_disk_is_full_once(void **state)
{
	(void)state;
	assert_true(torture(FAULT_FULL_ONCE) > 50);
}

static void errors_stay(void **state)
{
	(void)state;
	assert_true(torture(FAULT_IO_FROM) > 50);
}

/* Everything fails from there on, and what was not synced is on the disk or not. */
static void the_power_goes(void **state)
{
	(void)state;
	bool hit = true, lost = false;
	for (long n = 1; hit; n++)
		for (int keep = 0; keep < 4; keep++) {
			fault_reset();
			fault.mode = FAULT_IO_FROM;
			fault.at = n;
			work();
			hit = fault.hit;
			/* A power loss comes before the last words of a process, too. */
			fault.mode = FAULT_IO_FROM;
			fault.at = 0;
			close_store();
			lost |= fault_lose_power(keep < 2 ? keep : 2, &seed);
			unlink(in_dir("deadlined.db-shm"));
			start_again(n);
			empty_dir();
		}
	assert_true(lost);
}

/* A test that never failed proves nothing: without syncs the same loop must find a broken word. */
static void without_syncs_words_are_broken(void **state)
{
	(void)state;
	int found = 0;
	for (int level = 0; level <= 1; level++) {
		fault_reset();
		assert_int_equal(open_as(&(struct store_options){0}), RC_OK);
		assert_int_equal(raw("PRAGMA synchronous = %d", level), SQLITE_OK);
		struct store *s = store;
		memset(promised, 0, sizeof promised);
		for (int round = 0; round < ROUNDS; round++)
			for (int k = 1; k <= LEVELS; k++) {
				assert_int_equal(step(round, k), RC_OK);
				promised[round] = tried[round] = k;
			}
		assert_ptr_equal(s, store);
		fault.mode = FAULT_IO_FROM;
		close_store();
		fault_lose_power(0, &seed);
		unlink(in_dir("deadlined.db-shm"));
		fault.mode = FAULT_OFF;
		open_store();
		found += broken_word() >= 0;
		close_store();
		empty_dir();
	}
	assert_int_equal(found, 2);
}

static int start(void **state)
{
	(void)state;
	make_dir();
	const char *text = getenv("SEED");
	seed = text ? (unsigned)strtoul(text, NULL, 10) : 20240505;
	printf("SEED=%u\n", seed);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_error_comes_once),
		TEST(the_disk_is_full_once),
		TEST(errors_stay),
		TEST(the_power_goes),
		TEST(without_syncs_words_are_broken),
	};
	fault_install();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	fault_reset();
	return failed;
}
