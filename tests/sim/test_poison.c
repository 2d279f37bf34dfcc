/* A message that ends the process: after a few starts it alone is dead, and the rest has gone out. */
#include "fake_deliver.h"
#include "sim.h"

enum { MAILS = 200, TEXTS = 5, ROOM = 50, POISON = 57, IDS_MAX = 1000 };

/* What was handed to the next hop, by message. */
static struct {
	int attempts;
	size_t len;
	uint64_t hash;
	enum channel channel;
} seen[IDS_MAX];
static int64_t poison;             /* 0: none */
static int64_t order[IDS_MAX * 4]; /* as they left; negative: not for the first time */
static size_t n_order;
static bool is_alone, poison_is_in_flight;

static uint64_t hash_of(const char *bytes, size_t len)
{
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)bytes[i]) * 1099511628211u;
	return h;
}

static struct outcome answer(const struct delivery *job)
{
	uint64_t hash = hash_of(job->bytes, job->len);
	assert_in_range(job->message_id, 1, IDS_MAX - 1);
	bool again = seen[job->message_id].attempts++ > 0;
	if (again) {
		assert_int_not_equal(job->channel, CHANNEL_SMS);
		assert_int_equal(seen[job->message_id].len, job->len);
		assert_true(seen[job->message_id].hash == hash);
		assert_int_equal(fake.n_held, 0);
	}
	assert_true(fake.n_held == 0 || !is_alone);
	is_alone = again;
	seen[job->message_id].len = job->len;
	seen[job->message_id].hash = hash;
	seen[job->message_id].channel = job->channel;
	order[n_order++] = again ? -job->message_id : job->message_id;
	poison_is_in_flight = poison_is_in_flight || job->message_id == poison;
	return fake_outcome(OUTCOME_SENT, FAULT_NONE, "250 ok");
}

/* Each a message of its own. */
static void plan_alarms(struct sim *s, enum channel ch, size_t n)
{
	struct diag d;
	static int nr;
	for (size_t i = 0; i < n; i++) {
		char id[40];
		snprintf(id, sizeof id, "alarm/%d", ++nr);
		struct notice x = {.obligation_id = id,
			.step = "alarm",
			.note = id,
			.person = config_person(engine_config(s->e), "admin"),
			.role = ROLE_ADMIN,
			.channels = BIT(ch),
			.on_rest_days = true};
		assert_non_null(x.person);
		assert_int_equal(engine_notify(s->e, &x, s->now, &d), RC_OK);
	}
}

static void begin(struct sim *s, const char *name, size_t room)
{
	fake.answer = answer;
	fake.n = 0;
	fake.room = room;
	fake.holds = true;
	memset(seen, 0, sizeof seen);
	n_order = 0;
	poison = 0;
	is_alone = poison_is_in_flight = false;
	sim_new(s, name, "2024-05-14T10:00+08:00", NULL, 0);
}

static void crash(struct sim *s)
{
	sim_stop(s);
	poison_is_in_flight = false;
	sim_start(s, (struct instant){s->now.s + 5}, NULL, 0);
}

/* Until nothing is in flight any more; returns the crashes. */
static int run(struct sim *s)
{
	int crashes = 0;
	for (int turn = 0; turn < 2000; turn++) {
		engine_tick(s->e, s->now);
		if (poison_is_in_flight) {
			crash(s);
			crashes++;
		} else if (fake.n_held == 0) {
			return crashes;
		}
		fake_let_go(turn % 2 ? fake.n_held / 2 : fake.n_held);
		s->now.s += turn % 3 == 0;
	}
	fail_msg("it does not come to rest");
	return 0;
}

static size_t count(struct sim *s, enum message_state state)
{
	struct outbox_counts n;
	struct diag d;
	assert_int_equal(outbox_count(engine_store(s->e), &n, &d), RC_OK);
	return n.message[state];
}

static void test_only_the_poison_dies(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "poison", ROOM);
	run(&s);
	plan_alarms(&s, CHANNEL_EMAIL, MAILS);
	plan_alarms(&s, CHANNEL_SMS, TEXTS);
	poison = (int64_t)n_order + POISON;
	int crashes = run(&s);

	struct outbox_message m;
	struct diag d;
	struct arena a = ARENA_INIT;
	assert_int_equal(crashes, OUTBOX_RECOVERIES_MAX);
	assert_int_equal(outbox_get_state(engine_store(s.e), poison, &a, &m, &d), RC_OK);
	assert_int_equal(m.state, MESSAGE_DEAD);
	assert_int_equal(count(&s, MESSAGE_DEAD), 1);
	assert_int_equal(count(&s, MESSAGE_CLAIMED), 0);
	assert_int_equal(count(&s, MESSAGE_RETRY), 0);
	assert_in_range(count(&s, MESSAGE_SENT), MAILS - 1, IDS_MAX);
	/* SMS that were in flight beside it: once. */
	assert_in_range(count(&s, MESSAGE_UNKNOWN), 0, TEXTS);
	for (int64_t id = 1; id < IDS_MAX; id++) {
		assert_in_range(seen[id].attempts, 0, id == poison ? OUTBOX_RECOVERIES_MAX : 2);
		if (seen[id].channel == CHANNEL_SMS)
			assert_in_range(seen[id].attempts, 0, 1);
	}
	arena_done(&a);
	sim_done(&s);
}

/* A crash left many; what is new goes between them, and they between what is new. */
static void test_both_take_turns(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "turns", 10);
	run(&s);
	plan_alarms(&s, CHANNEL_EMAIL, 10);
	engine_tick(s.e, s.now);
	assert_int_equal(fake.n_held, 10);
	crash(&s);
	plan_alarms(&s, CHANNEL_EMAIL, 60);
	size_t first = n_order;
	assert_int_equal(run(&s), 0);
	assert_int_equal(n_order - first, 70);
	size_t fresh = 0, crashed = 0;
	for (size_t i = first; i < n_order; i++) {
		fresh += order[i] > 0;
		crashed += order[i] < 0;
		/* No more than a batch ahead of the other. */
		if (fresh < 60)
			assert_in_range(fresh, crashed * 10, crashed * 10 + 10);
	}
	assert_int_equal(crashed, 10);
	assert_int_equal(count(&s, MESSAGE_SENT), n_order - 10);
	sim_done(&s);
}

/* A verdict, whichever, acquits: it may wait and go with the others again. */
static struct outcome put_off(const struct delivery *job)
{
	(void)answer(job);
	is_alone = false;
	return fake_outcome(OUTCOME_RETRY, FAULT_NONE, "450 greylisted");
}

static void test_a_verdict_acquits(void **state)
{
	(void)state;
	struct sim s;
	struct arena a = ARENA_INIT;
	struct diag d;
	const struct outbox_message *m;
	size_t n;
	begin(&s, "verdict", 10);
	run(&s);
	plan_alarms(&s, CHANNEL_EMAIL, 5);
	engine_tick(s.e, s.now);
	crash(&s);
	fake.answer = put_off;
	run(&s);
	assert_int_equal(outbox_waiting(engine_store(s.e), (struct instant){s.now.s + 86400}, &a,
				 &m, &n, &d),
		RC_OK);
	assert_int_equal(n, 5);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(m[i].recoveries, 0);
	arena_done(&a);
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_the_poison_dies),
		cmocka_unit_test(test_both_take_turns),
		cmocka_unit_test(test_a_verdict_acquits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
