/* Groups: what is lost in one goes to people, and nothing is said twice. */
#include "fake_deliver.h"
#include "sim.h"

#define LEAD "lead-brigade-10"
#define CLERK "clerk-417"
#define BEGIN "2024-05-06T12:00+08:00"
#define END "2024-06-30T12:00+08:00"

/* 20 May 2024 is the date of 十大队, in both forms: "group" tells only the groups, on 10 May; T-1, on
 * the 17th, the leads as well. */
static const struct sim_edit EDIT[] = {
	{"deadlined.cfg", "feed_alarms = false;",
		"feed_alarms = false;\n"
		"chat = ( { id = \"leads\"; name = \"责任人群\"; },"
		" { id = \"ten\"; name = \"十大队群\"; units = [ \"brigade-10\" ]; },"
		" { id = \"six\"; name = \"六大队群\"; units = [ \"brigade-6\" ]; } );"},
	{"ladders.cfg", "{ id = \"t-5\"; anchor",
		"{ id = \"group\"; anchor = \"due\"; workdays = -7; group = [ \"chat\" ]; template = "
		"\"due\"; },\n{ id = \"t-5\"; anchor"},
	{"ladders.cfg", "{ id = \"t-1\"; anchor", "{ id = \"t-1\"; group = [ \"chat\" ]; anchor"},
};
enum { EDITS = sizeof EDIT / sizeof *EDIT };

static struct diag diag;
static struct outcome verdict; /* of the room "ten" */

static struct outcome answer(const struct delivery *job)
{
	if (job->channel == CHANNEL_CHAT && strcmp(job->recipient, "ten") == 0)
		return verdict;
	return fake_outcome(OUTCOME_SENT, FAULT_NONE, "taken");
}

static void begin(struct sim *s, const char *name, struct outcome o)
{
	fake.answer = answer;
	fake.n = 0;
	fake.room = 4;
	verdict = o;
	sim_new(s, name, BEGIN, EDIT, EDITS);
}

static size_t to_room(const char *room)
{
	size_t n = 0;
	for (size_t i = 0; i < fake.n; i++)
		n += fake.sent[i].channel == CHANNEL_CHAT &&
		     strcmp(fake.sent[i].recipient, room) == 0;
	return n;
}

static size_t by_step(const struct sim *s, const char *person, const char *step, enum channel ch)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_messages; i++)
		n += strcmp(s->message[i].person, person) == 0 &&
		     strcmp(s->message[i].step, step) == 0 && s->message[i].channel == ch;
	return n;
}

static void test_rooms_that_hold_the_unit(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "chat", fake_outcome(OUTCOME_SENT, FAULT_NONE, "taken"));
	sim_run_until(&s, "2024-05-18T12:00+08:00");
	assert_int_equal(to_room("ten"), 2);
	assert_int_equal(to_room("leads"), 2);
	assert_int_equal(to_room("six"), 0);
	for (size_t i = 0; i < fake.n; i++) {
		if (fake.sent[i].channel != CHANNEL_CHAT)
			continue;
		assert_non_null(strstr(fake.sent[i].text, "十大队"));
		assert_null(strstr(fake.sent[i].text, "责任人"));
		assert_null(strstr(fake.sent[i].text, "您单位"));
	}
	assert_int_equal(s.n_kind[EVENT_FAILED], 0);
	sim_done(&s);
}

/* Each attempt has a reference of its own, and none of it comes a second time. */
static void check_never_again(void)
{
	for (size_t i = 0; i < fake.n; i++)
		for (size_t k = 0; k < i; k++)
			if (fake.sent[i].channel == CHANNEL_CHAT &&
				strcmp(fake.sent[i].ref, fake.sent[k].ref) == 0)
				fail_msg("%s was sent twice", fake.sent[i].ref);
}

static void check_lost(const char *name, struct outcome o, bool restart)
{
	struct sim s;
	begin(&s, name, o);
	sim_run_until(&s, "2024-05-10T12:00+08:00");
	assert_int_equal(to_room("ten"), 1);
	/* Only the group had been told: the lead reads it as a mail, and no one else does. */
	assert_int_equal(by_step(&s, LEAD, "fallback", CHANNEL_EMAIL), 1);
	assert_int_equal(by_step(&s, LEAD, "fallback", CHANNEL_SMS), 0);
	assert_int_equal(by_step(&s, CLERK, "fallback-clerk", CHANNEL_EMAIL), 0);
	if (restart) {
		sim_stop(&s);
		sim_start(&s, s.now, EDIT, EDITS);
	}
	sim_run_until(&s, "2024-05-17T12:00+08:00");
	/* T-1 had told the lead by mail: the clerk is told. */
	assert_int_equal(to_room("ten"), 2);
	assert_int_equal(by_step(&s, LEAD, "fallback", CHANNEL_EMAIL), 1);
	assert_int_equal(by_step(&s, CLERK, "fallback-clerk", CHANNEL_EMAIL), 1);
	sim_run_until(&s, END);
	assert_int_equal(to_room("ten"), 2);
	check_never_again();
	int64_t broken = -1;
	assert_int_equal(history_verify(engine_store(s.e), &broken, &diag), RC_OK);
	assert_int_equal(broken, 0);
	sim_done(&s);
}

static void test_unknown_is_never_sent_again(void **state)
{
	(void)state;
	check_lost("chat-unknown", fake_outcome(OUTCOME_UNKNOWN, FAULT_PEER, "no verdict"), false);
	check_lost("chat-unknown-2", fake_outcome(OUTCOME_UNKNOWN, FAULT_PEER, "no verdict"), true);
}

static void test_dead(void **state)
{
	(void)state;
	check_lost("chat-dead", fake_outcome(OUTCOME_DEAD, FAULT_MESSAGE, "too long"), true);
}

/* A wrong token waits and harms no other group; once it is right, what is still of use goes out, once. */
static void test_fault_of_the_settings(void **state)
{
	(void)state;
	struct sim s;
	struct engine_retried r;
	begin(&s, "chat-config", fake_outcome(OUTCOME_RETRY, FAULT_CONFIG, "no such token"));
	sim_run_until(&s, "2024-05-10T12:00+08:00");
	assert_true(to_room("ten") > 0);
	assert_int_equal(to_room("leads"), 1);
	assert_int_equal(by_step(&s, LEAD, "fallback", CHANNEL_EMAIL), 0);
	verdict = fake_outcome(OUTCOME_SENT, FAULT_NONE, "taken");
	assert_int_equal(engine_retry_now(s.e, 0, "test", s.now, &r, &diag), RC_OK);
	sim_run_until(&s, "2024-05-10T13:00+08:00");
	size_t sent = 0;
	for (size_t i = 0; i < fake.n; i++)
		sent += strcmp(fake.sent[i].recipient, "ten") == 0 &&
			fake.sent[i].class == OUTCOME_SENT;
	assert_int_equal(sent, 1);
	sim_done(&s);
}

/* A group that is taken out of the configuration is told nothing any more. */
static void test_group_is_gone(void **state)
{
	(void)state;
	struct sim s;
	struct engine_reload r;
	const struct sim_edit without[] = {EDIT[1], EDIT[2]};
	begin(&s, "chat-gone", fake_outcome(OUTCOME_SENT, FAULT_NONE, "taken"));
	sim_run_until(&s, "2024-05-09T12:00+08:00");
	assert_int_equal(sim_reload(&s, without, 2, false, &r, &diag), RC_OK);
	sim_run_until(&s, "2024-05-20T12:00+08:00");
	assert_int_equal(to_room("ten") + to_room("leads"), 0);
	assert_int_equal(sim_count(&s, LEAD, CHANNEL_EMAIL, "2024-05-10T00:00+08:00", "不再"), 0);
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rooms_that_hold_the_unit),
		cmocka_unit_test(test_unknown_is_never_sent_again),
		cmocka_unit_test(test_dead),
		cmocka_unit_test(test_fault_of_the_settings),
		cmocka_unit_test(test_group_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
