/* Receipts: what a gateway says later about an SMS, asked or pushed. */
#include "engine_digest.h"
#include "fake_deliver.h"
#include "sim.h"

#define LEAD "lead-enforcement"
#define MORNING "2024-07-01T00:00+08:00"
#define SENT_BY "2024-07-01T10:30+08:00"

enum { MINUTE = 60, HOUR = 3600, ASKED_MAX = 64 };

static struct diag diag;
static struct sim world;

/* What the gateway says to a request, to a question, and when it was asked. */
static enum outcome_class taken;
static enum receipt_class says;
static bool overtakes; /* it reports before it replies */
static size_t n_early;
static struct instant asked[ASKED_MAX];
static int64_t watched; /* the message whose questions are noted; 0: the first */
static size_t n_asked;

static struct receipt receipt(const char *ref, enum receipt_class class)
{
	struct receipt r = {.class = class, .reason = "code 42"};
	snprintf(r.client_ref, sizeof r.client_ref, "%s", ref);
	return r;
}

static struct engine_heard push(const struct receipt *r, size_t n)
{
	struct engine_heard heard = {0};
	if (engine_receipts(world.e, r, n, world.now, &heard, &diag))
		sim_fail(&diag);
	return heard;
}

static bool is_lead_sms(const struct delivery *job)
{
	return job->channel == CHANNEL_SMS && strcmp(job->person_id, LEAD) == 0;
}

static struct outcome answer(const struct delivery *job)
{
	if (!is_lead_sms(job))
		return fake_outcome(OUTCOME_SENT, FAULT_NONE, "taken");
	if (overtakes) {
		struct receipt r = receipt(job->client_ref, RECEIPT_DELIVERED);
		n_early += push(&r, 1).early;
	}
	return fake_outcome(taken, FAULT_NONE, "as it says");
}

static struct outbox_message message(int64_t id)
{
	struct outbox_message m;
	if (outbox_get_message(engine_store(world.e), id, engine_arena(world.e), &m, &diag))
		sim_fail(&diag);
	return m;
}

static struct receipt answer_question(const struct question *q)
{
	if (!watched && strcmp(message(q->message_id).person_id, LEAD) == 0)
		watched = q->message_id;
	if (q->message_id != watched)
		return receipt("", RECEIPT_NONE);
	assert_true(n_asked < ASKED_MAX);
	asked[n_asked++] = q->now;
	return receipt("", says);
}

/* ---- looking ---------------------------------------------------------------------------------------- */

static int64_t first_sms(void)
{
	for (size_t i = 0; i < world.n_messages; i++)
		if (world.message[i].channel == CHANNEL_SMS &&
			strcmp(world.message[i].person, LEAD) == 0)
			return world.message[i].id;
	fail_msg("no SMS went to %s", LEAD);
	return 0;
}

static size_t count_fallbacks(void)
{
	size_t n = 0;
	for (size_t i = 0; i < world.n_messages; i++)
		n += strcmp(world.message[i].person, LEAD) == 0 &&
		     strcmp(world.message[i].step, "fallback") == 0;
	return n;
}

static size_t count_sms(void)
{
	size_t n = 0;
	for (size_t i = 0; i < fake.n; i++)
		n += fake.sent[i].channel == CHANNEL_SMS && strcmp(fake.sent[i].person, LEAD) == 0;
	return n;
}

static struct engine_heard push_for(int64_t id, enum receipt_class class)
{
	struct receipt r = receipt(message(id).client_ref, class);
	return push(&r, 1);
}

static bool is_in_trouble(int64_t id)
{
	const struct outbox_message *m;
	size_t n = 0;
	if (engine_trouble(world.e, 50, world.now, &m, &n, &diag))
		sim_fail(&diag);
	for (size_t i = 0; i < n; i++)
		if (m[i].id == id)
			return true;
	return false;
}

/* What the admin's digest would say now. */
static const char *digest(void)
{
	const struct outbox_reminder row = {
		.step_id = "digest", .template = "admin", .obligation_id = "digest/2024-07-02"};
	const struct message_part *part;
	size_t n = 0;
	if (engine_digest_parts(world.e, &row, engine_config(world.e)->admin[0], world.now, &part,
		    &n, &diag))
		sim_fail(&diag);
	return n ? part[0].note : "";
}

/* A July, until the first SMS to the lead met its fate. */
static void set_world(const char *name, enum outcome_class class)
{
	fake.answer = answer;
	fake.ask = NULL;
	fake.n = n_asked = n_early = 0;
	watched = 0;
	taken = class;
	overtakes = false;
	sim_new(&world, name, MORNING, NULL, 0);
}

static int64_t begin(const char *name, enum outcome_class class)
{
	set_world(name, class);
	sim_run_until(&world, SENT_BY);
	return first_sms();
}

/* ... stopping right after the tick that settled it. */
static int64_t begin_tick(const char *name, enum outcome_class class)
{
	set_world(name, class);
	while (count_sms() == 0) {
		struct instant next = engine_tick(world.e, world.now);
		assert_false(instant_is_none(next));
		if (count_sms() == 0)
			world.now = next.s > world.now.s ? next : (struct instant){world.now.s + 1};
	}
	return first_sms();
}

/* ---- pushed ------------------------------------------------------------------------------------- */

static void test_delivered(void **state)
{
	(void)state;
	int64_t id = begin("delivered", OUTCOME_SENT);
	assert_int_equal(message(id).state, MESSAGE_SENT);
	assert_int_equal(push_for(id, RECEIPT_WAITING).changed, 0);
	assert_int_equal(push_for(id, RECEIPT_NOT_TAKEN).changed, 0);
	assert_int_equal(message(id).state, MESSAGE_SENT);
	assert_int_equal(push_for(id, RECEIPT_DELIVERED).changed, 1);
	assert_int_equal(world.n_kind[EVENT_DELIVERED], 1);
	static const enum receipt_class LATER[] = {
		RECEIPT_DELIVERED, RECEIPT_UNDELIVERED, RECEIPT_WAITING, RECEIPT_NOT_TAKEN};
	for (size_t i = 0; i < sizeof LATER / sizeof *LATER; i++)
		assert_int_equal(push_for(id, LATER[i]).changed, 0);
	assert_int_equal(message(id).state, MESSAGE_DELIVERED);
	sim_run_until(&world, "2024-07-01T12:00+08:00");
	assert_int_equal(count_fallbacks(), 0);
	assert_false(is_in_trouble(id));
	sim_done(&world);
}

static void test_undelivered_goes_round_once(void **state)
{
	(void)state;
	int64_t id = begin("undelivered", OUTCOME_SENT);
	struct receipt twice[2];
	twice[0] = twice[1] = receipt(message(id).client_ref, RECEIPT_UNDELIVERED);
	assert_int_equal(push(twice, 2).changed, 1);
	assert_int_equal(push(twice, 2).changed, 0);
	assert_int_equal(push_for(id, RECEIPT_DELIVERED).changed, 0);
	assert_int_equal(message(id).state, MESSAGE_UNDELIVERED);
	assert_non_null(strstr(message(id).reason, "not delivered: code 42"));
	sim_run_until(&world, "2024-07-01T12:00+08:00");
	assert_int_equal(count_fallbacks(), 1);
	assert_true(is_in_trouble(id));
	assert_non_null(strstr(digest(), "未送达"));
	assert_int_equal(count_sms(), 1);
	sim_done(&world);
}

static void test_strangers_are_counted(void **state)
{
	(void)state;
	int64_t id = begin("strangers", OUTCOME_SENT);
	struct receipt r[3] = {receipt("not-ours", RECEIPT_UNDELIVERED),
		receipt(message(id).client_ref, RECEIPT_DELIVERED), receipt("", RECEIPT_DELIVERED)};
	struct engine_heard heard = push(r, 3);
	assert_int_equal(heard.strange, 2);
	assert_int_equal(heard.changed, 1);
	sim_done(&world);
}

static void test_late_receipt_changes_nothing(void **state)
{
	(void)state;
	static const enum receipt_class LATE[] = {
		RECEIPT_DELIVERED, RECEIPT_UNDELIVERED, RECEIPT_WAITING, RECEIPT_NOT_TAKEN};
	int64_t id = begin("late-dead", OUTCOME_DEAD);
	for (size_t i = 0; i < sizeof LATE / sizeof *LATE; i++)
		assert_int_equal(push_for(id, LATE[i]).changed, 0);
	assert_int_equal(message(id).state, MESSAGE_DEAD);
	size_t n = 0;
	taken = OUTCOME_SENT;
	if (engine_settle_resend(world.e, id, "admin", "", world.now, &n, &diag))
		sim_fail(&diag);
	for (size_t i = 0; i < sizeof LATE / sizeof *LATE; i++)
		assert_int_equal(push_for(id, LATE[i]).changed, 0);
	assert_int_equal(message(id).state, MESSAGE_REPLACED);
	sim_run_until(&world, "2024-07-01T12:00+08:00");
	assert_int_equal(count_fallbacks(), 1); /* that of the dead one */
	sim_done(&world);
}

/* The mail that was planned because nobody knew is called back, if it has not left. */
static void test_unknown_was_delivered(void **state)
{
	(void)state;
	int64_t id = begin_tick("unknown-delivered", OUTCOME_UNKNOWN);
	assert_int_equal(message(id).state, MESSAGE_UNKNOWN);
	assert_int_equal(push_for(id, RECEIPT_DELIVERED).changed, 1);
	sim_run_until(&world, "2024-07-01T12:00+08:00");
	assert_int_equal(message(id).state, MESSAGE_DELIVERED);
	assert_int_equal(count_fallbacks(), 0);
	sim_done(&world);

	id = begin("unknown-too-late", OUTCOME_UNKNOWN);
	assert_int_equal(count_fallbacks(), 1);
	assert_int_equal(push_for(id, RECEIPT_DELIVERED).changed, 1);
	assert_int_equal(count_fallbacks(), 1);
	sim_done(&world);
}

/* Unknown, then taken, then not delivered: the person hears of it once. */
static void test_unknown_was_not_delivered(void **state)
{
	(void)state;
	int64_t id = begin("unknown-undelivered", OUTCOME_UNKNOWN);
	assert_int_equal(push_for(id, RECEIPT_WAITING).changed, 1);
	assert_int_equal(message(id).state, MESSAGE_SENT);
	assert_int_equal(push_for(id, RECEIPT_UNDELIVERED).changed, 1);
	sim_run_until(&world, "2024-07-01T12:00+08:00");
	assert_int_equal(count_fallbacks(), 1);
	sim_done(&world);

	/* ... also if what was planned for the unknown one had been called back. */
	id = begin_tick("unknown-recalled", OUTCOME_UNKNOWN);
	assert_int_equal(push_for(id, RECEIPT_WAITING).changed, 1);
	assert_int_equal(push_for(id, RECEIPT_UNDELIVERED).changed, 1);
	sim_run_until(&world, "2024-07-01T12:00+08:00");
	assert_int_equal(count_fallbacks(), 1);
	sim_done(&world);
}

static void test_report_before_the_reply(void **state)
{
	(void)state;
	set_world("early", OUTCOME_SENT);
	overtakes = true;
	sim_run_until(&world, SENT_BY);
	assert_int_equal(n_early, 1);
	assert_int_equal(message(first_sms()).state, MESSAGE_DELIVERED);
	sim_done(&world);
}

/* ---- asked -------------------------------------------------------------------------------------- */

/* One question at a time: those about others at the same moment go first. */
static void assert_asked(struct instant since, const int64_t *want, size_t n)
{
	assert_int_equal(n_asked, n);
	for (size_t i = 0; i < n; i++)
		assert_in_range(asked[i].s - since.s, want[i], want[i] + MINUTE / 2);
}

static int64_t begin_asking(const char *name, enum outcome_class class, enum receipt_class r)
{
	set_world(name, class);
	fake.ask = answer_question;
	says = r;
	sim_run_until(&world, "2024-07-03T12:00+08:00");
	return watched;
}

static void test_asked_about_sent(void **state)
{
	(void)state;
	static const int64_t want[] = {MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 24 * HOUR};
	int64_t id = begin_asking("asked-sent", OUTCOME_SENT, RECEIPT_WAITING);
	assert_int_equal(message(id).state, MESSAGE_SENT);
	assert_asked(message(id).settled_at, want, 5);
	assert_int_equal(message(id).asked, 5);
	assert_true(instant_is_none(message(id).ask_at));
	sim_done(&world);

	id = begin_asking("asked-delivered", OUTCOME_SENT, RECEIPT_DELIVERED);
	assert_int_equal(message(id).state, MESSAGE_DELIVERED);
	assert_int_equal(n_asked, 1);
	sim_done(&world);
}

static void test_asked_about_unknown(void **state)
{
	(void)state;
	static const int64_t want[] = {MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR};
	int64_t id = begin_asking("asked-unknown", OUTCOME_UNKNOWN, RECEIPT_NONE);
	assert_int_equal(message(id).state, MESSAGE_UNKNOWN);
	assert_asked(message(id).settled_at, want, 4);
	sim_done(&world);
}

/* Sent again on the gateway's word, not for ever; the person has one mail. */
static void test_not_taken(void **state)
{
	(void)state;
	int64_t id = begin_asking("not-taken", OUTCOME_UNKNOWN, RECEIPT_NOT_TAKEN);
	assert_int_equal(message(id).state, MESSAGE_DEAD);
	assert_int_equal(message(id).attempt, 3);
	size_t n = 0;
	for (size_t i = 0; i < fake.n; i++)
		n += strcmp(fake.sent[i].ref, message(id).client_ref) == 0;
	assert_int_equal(n, 3);
	assert_int_equal(n_asked, 3);
	assert_int_equal(count_fallbacks(), count_sms() / 3);
	sim_done(&world);
}

/* A restart keeps the question; a gateway that cannot be asked has none, and nobody wakes for it. */
static void test_questions_survive_a_restart(void **state)
{
	(void)state;
	set_world("restart", OUTCOME_SENT);
	fake.ask = answer_question;
	says = RECEIPT_NONE;
	sim_run_until(&world, SENT_BY);
	int64_t id = first_sms();
	assert_false(instant_is_none(message(id).ask_at));
	struct instant at = message(id).ask_at;
	sim_stop(&world);
	sim_start(&world, world.now, NULL, 0);
	assert_int_equal(message(id).ask_at.s, at.s);
	size_t before = n_asked;
	watched = id;
	sim_run_until(&world, "2024-07-01T14:00+08:00");
	assert_true(n_asked > before);
	fake.ask = NULL;
	before = n_asked;
	sim_run_until(&world, "2024-07-02T14:00+08:00");
	assert_true(instant_is_none(message(id).ask_at));
	assert_int_equal(n_asked, before);
	sim_done(&world);
}

/* Another gateway knows nothing of these messages: it is not asked whether it took them. */
static void test_another_gateway_is_not_asked(void **state)
{
	(void)state;
	static const struct sim_edit other = {"deadlined.cfg", "transport = \"spool\";\n\tsign =",
		"transport = \"spool\";\n\turl = \"https://other.example.invalid/sms\";\n\tsign ="};
	struct engine_reload r;
	set_world("other-gateway", OUTCOME_UNKNOWN);
	fake.ask = answer_question;
	says = RECEIPT_NONE;
	sim_run_until(&world, "2024-07-01T09:00+08:00");
	int64_t id = first_sms();
	assert_false(instant_is_none(message(id).ask_at));
	says = RECEIPT_NOT_TAKEN;
	if (sim_reload(&world, &other, 1, true, &r, &diag))
		sim_fail(&diag);
	size_t before = n_asked;
	sim_run_until(&world, "2024-07-01T12:00+08:00");
	assert_int_equal(n_asked, before);
	assert_int_equal(message(id).state, MESSAGE_UNKNOWN);
	sim_done(&world);
}

/* ---- any order ---------------------------------------------------------------------------------- */

static bool is_over(enum message_state s)
{
	return s == MESSAGE_DELIVERED || s == MESSAGE_UNDELIVERED || s == MESSAGE_DEAD ||
	       s == MESSAGE_REPLACED || s == MESSAGE_CANCELLED;
}

static void push_at_random(unsigned *seed)
{
	enum { BATCH = 8 };
	struct receipt r[BATCH];
	enum message_state before[BATCH];
	int64_t id[BATCH];
	size_t n = 0;
	for (; n < BATCH; n++) {
		id[n] = world.message[(size_t)rand_r(seed) % world.n_messages].id;
		before[n] = message(id[n]).state;
		r[n] = receipt(message(id[n]).client_ref, (enum receipt_class)(rand_r(seed) % 5));
	}
	push(r, n);
	for (size_t i = 0; i < n; i++) {
		struct outbox_message m = message(id[i]);
		if (is_over(before[i]) || m.channel == CHANNEL_EMAIL)
			assert_int_equal(m.state, before[i]);
		if (is_over(m.state))
			assert_true(instant_is_none(m.ask_at));
	}
}

static void test_any_order(void **state)
{
	(void)state;
	const char *env = getenv("SEED");
	unsigned seed = env ? (unsigned)strtoul(env, NULL, 10) : (unsigned)getpid();
	static const enum outcome_class CLASS[] = {
		OUTCOME_SENT, OUTCOME_UNKNOWN, OUTCOME_RETRY, OUTCOME_DEAD};
	print_message("SEED=%u\n", seed);
	set_world("any-order", OUTCOME_SENT);
	fake.ask = answer_question;
	const struct instant end = sim_time(&world, "2024-08-01T00:00+08:00");
	while (world.now.s < end.s) {
		struct instant next = engine_tick(world.e, world.now);
		if (engine_has_failed(world.e, &diag))
			sim_fail(&diag);
		taken = CLASS[rand_r(&seed) % 4];
		says = (enum receipt_class)(rand_r(&seed) % 5);
		overtakes = rand_r(&seed) % 4 == 0;
		n_asked = 0;
		watched = 0;
		if (world.n_messages && rand_r(&seed) % 3 == 0)
			push_at_random(&seed);
		world.now = next.s > world.now.s ? next : (struct instant){world.now.s + 1};
	}
	int64_t broken = -1;
	assert_int_equal(history_verify(engine_store(world.e), &broken, &diag), RC_OK);
	assert_int_equal(broken, 0);
	assert_true(world.n_kind[EVENT_DELIVERED] > 0);
	sim_done(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delivered),
		cmocka_unit_test(test_undelivered_goes_round_once),
		cmocka_unit_test(test_strangers_are_counted),
		cmocka_unit_test(test_late_receipt_changes_nothing),
		cmocka_unit_test(test_unknown_was_delivered),
		cmocka_unit_test(test_unknown_was_not_delivered),
		cmocka_unit_test(test_report_before_the_reply),
		cmocka_unit_test(test_asked_about_sent),
		cmocka_unit_test(test_asked_about_unknown),
		cmocka_unit_test(test_not_taken),
		cmocka_unit_test(test_questions_survive_a_restart),
		cmocka_unit_test(test_another_gateway_is_not_asked),
		cmocka_unit_test(test_any_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
