/* Outages, refusals and limits, in simulated time, through a way out that does as it is told. */
#include "fake_deliver.h"
#include "sim.h"

/* What the relay and the gateway do at a moment; set by each test. */
static struct instant down_from, down_to, grey_to;
static struct outcome wrong; /* how they fail while down */
static bool sms_works, sms_is_down;

/* Greylisting: a recipient and sender seen for the first time is put off, and taken after 5 minutes. */
static struct {
	char recipient[80], ref[80];
	struct instant first;
} seen[2000];
static size_t n_seen;

static bool is_greylisted(const struct delivery *job)
{
	for (size_t i = 0; i < n_seen; i++)
		if (strcmp(seen[i].recipient, job->recipient) == 0)
			return job->at.s - seen[i].first.s < 300;
	assert_true(n_seen < 2000);
	snprintf(seen[n_seen].recipient, sizeof seen[n_seen].recipient, "%s", job->recipient);
	seen[n_seen++].first = job->at;
	return true;
}

static struct outcome answer(const struct delivery *job)
{
	bool is_down = job->at.s >= down_from.s && job->at.s < down_to.s;
	if (job->channel == CHANNEL_SMS ? sms_is_down && is_down : is_down)
		return wrong;
	if (job->channel == CHANNEL_SMS)
		return sms_works ? fake_outcome(OUTCOME_SENT, FAULT_NONE, "taken")
				 : fake_outcome(OUTCOME_DEAD, FAULT_RECIPIENT, "no such number");
	if (job->at.s < grey_to.s && is_greylisted(job)) {
		struct outcome o = fake_outcome(OUTCOME_RETRY, FAULT_NONE, "450 greylisted");
		o.code = 450;
		return o;
	}
	return fake_outcome(OUTCOME_SENT, FAULT_NONE, "250 ok");
}

static void begin(
	struct sim *s, const char *name, const char *at, const struct sim_edit *edit, size_t n)
{
	fake.answer = answer;
	fake.n = 0;
	fake.room = 4;
	fake.holds = false;
	n_seen = 0;
	down_from = down_to = grey_to = (struct instant){0};
	wrong = fake_outcome(OUTCOME_RETRY, FAULT_PEER, "connection refused");
	sms_works = true;
	sms_is_down = false;
	sim_new(s, name, at, edit, n);
}

static size_t attempts(const struct sim *s, enum channel ch, const char *person, const char *from,
	const char *to, int class)
{
	return fake_count(ch, person, sim_time(s, from), sim_time(s, to), class);
}

static struct outbox_counts counts(struct sim *s)
{
	struct outbox_counts n;
	struct diag d;
	assert_int_equal(outbox_count(engine_store(s->e), &n, &d), RC_OK);
	return n;
}

/* ---- a day without the relay -------------------------------------------------------------------- */

/* 13 May is T-5 of 十大队 (20 May, Monday), 15 May T-3, 17 May T-1.  The relay is down from Wednesday
 * 08:00 to Thursday 08:00 and greylists for the rest of that day. */
static void test_relay_is_down_for_a_day(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "outage", "2024-05-14T12:00+08:00", NULL, 0);
	down_from = sim_time(&s, "2024-05-15T08:00+08:00");
	down_to = sim_time(&s, "2024-05-16T08:00+08:00");
	grey_to = sim_time(&s, "2024-05-16T23:00+08:00");
	sim_run_until(&s, "2024-05-20T08:00+08:00");

	/* Asked again and again, but by one message at a time. */
	size_t n_failed = attempts(
		&s, CHANNEL_EMAIL, NULL, "2024-05-15T08:00+08:00", "2024-05-16T08:00+08:00", -1);
	assert_in_range(n_failed, 24, 24 * 30 + 5);

	/* The admin was told by the channel that works, half an hour after the first failure, once. */
	assert_int_equal(attempts(&s, CHANNEL_SMS, "admin", "2024-05-15T00:00+08:00",
				 "2024-05-15T09:30+08:00", -1),
		0);
	assert_int_equal(attempts(&s, CHANNEL_SMS, "admin", "2024-05-15T00:00+08:00",
				 "2024-05-15T09:35+08:00", OUTCOME_SENT),
		1);
	assert_int_equal(attempts(&s, CHANNEL_SMS, "admin", "2024-05-15T00:00+08:00",
				 "2024-05-20T08:00+08:00", -1),
		1);
	/* ... and by mail of its end. */
	assert_int_equal(
		sim_count(&s, "admin", CHANNEL_EMAIL, "2024-05-16T08:00+08:00", "告警"), 1);

	/* T-3 goes out late, once; nothing is left behind, nothing died. */
	assert_int_equal(attempts(&s, CHANNEL_EMAIL, "lead-brigade-10", "2024-05-16T08:00+08:00",
				 "2024-05-17T08:00+08:00", OUTCOME_SENT),
		1);
	assert_int_equal(attempts(&s, CHANNEL_EMAIL, "lead-brigade-10", "2024-05-17T08:00+08:00",
				 "2024-05-18T08:00+08:00", OUTCOME_SENT),
		1);
	struct outbox_counts n = counts(&s);
	assert_int_equal(n.message[MESSAGE_DEAD], 0);
	assert_int_equal(n.message[MESSAGE_RETRY], 0);
	assert_int_equal(n.message[MESSAGE_UNKNOWN], 0);
	sim_done(&s);
}

/* Down over two steps of one obligation: only the later one goes out when it works again. */
static void test_stale_steps_make_way(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "stale", "2024-05-10T12:00+08:00", NULL, 0);
	down_from = sim_time(&s, "2024-05-13T08:00+08:00");
	down_to = sim_time(&s, "2024-05-15T14:00+08:00");
	sim_run_until(&s, "2024-05-16T18:00+08:00");
	assert_int_equal(attempts(&s, CHANNEL_EMAIL, "lead-brigade-10", "2024-05-13T00:00+08:00",
				 "2024-05-16T18:00+08:00", OUTCOME_SENT),
		1);
	struct outbox_counts n = counts(&s);
	assert_int_equal(n.message[MESSAGE_RETRY], 0);
	sim_done(&s);
}

/* What was handed in while nothing went out is not asked for. */
static void test_handed_in_during_the_outage(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "handed-in", "2024-05-14T12:00+08:00", NULL, 0);
	down_from = sim_time(&s, "2024-05-15T08:00+08:00");
	down_to = sim_time(&s, "2024-05-15T14:00+08:00");
	sim_run_until(&s, "2024-05-15T12:00+08:00");
	sim_act(&s, ACT_RECEIVE, "monthly/2024-05/brigade-10", FORM_NONE, "", DATE_NONE);
	sim_act(&s, ACT_RECEIVE, "star/2024-05/brigade-10", FORM_NONE, "", DATE_NONE);
	sim_run_until(&s, "2024-05-17T18:00+08:00");
	assert_int_equal(attempts(&s, CHANNEL_EMAIL, "lead-brigade-10", "2024-05-15T00:00+08:00",
				 "2024-05-17T18:00+08:00", OUTCOME_SENT),
		0);
	sim_done(&s);
}

/* ---- wrong credentials -------------------------------------------------------------------------- */

static void test_wrong_password_holds(void **state)
{
	(void)state;
	struct sim s;
	struct engine_reload r;
	struct diag d = DIAG_INIT;
	begin(&s, "password", "2024-05-14T12:00+08:00", NULL, 0);
	wrong = fake_outcome(OUTCOME_RETRY, FAULT_CONFIG, "535 5.7.8 wrong password");
	down_from = sim_time(&s, "2024-05-15T08:00+08:00");
	down_to = sim_time(&s, "2024-05-30T08:00+08:00");
	sim_run_until(&s, "2024-05-15T18:00+08:00");
	/* One attempt in ten minutes: no account is locked. */
	assert_in_range(attempts(&s, CHANNEL_EMAIL, NULL, "2024-05-15T09:05+08:00",
				"2024-05-15T18:00+08:00", -1),
		30, 56);
	assert_int_equal(attempts(&s, CHANNEL_SMS, "admin", "2024-05-15T09:00+08:00",
				 "2024-05-15T09:05+08:00", OUTCOME_SENT),
		1);
	assert_int_equal(counts(&s).message[MESSAGE_DEAD], 0);
	/* The admin mends it and reloads: everything goes at once. */
	down_to = s.now;
	assert_int_equal(sim_reload(&s, NULL, 0, false, &r, &d), RC_OK);
	sim_run_until(&s, "2024-05-15T18:01+08:00");
	assert_int_equal(attempts(&s, CHANNEL_EMAIL, "lead-brigade-10", "2024-05-15T18:00+08:00",
				 "2024-05-15T18:02+08:00", OUTCOME_SENT),
		1);
	sim_done(&s);
}

/* An outage lasts over a restart: the alarm comes once, and the probes go on at their pace. */
static void test_outage_survives_restart(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "restart", "2024-05-14T12:00+08:00", NULL, 0);
	down_from = sim_time(&s, "2024-05-15T08:00+08:00");
	down_to = sim_time(&s, "2024-05-15T16:00+08:00");
	for (int i = 0; i < 40; i++) {
		char at[40];
		snprintf(at, sizeof at, "2024-05-15T%02d:%02d+08:00", 9 + i / 10, i % 10 * 6 + 1);
		sim_run_until(&s, at);
		sim_stop(&s);
		sim_start(&s, s.now, NULL, 0);
	}
	assert_int_equal(attempts(&s, CHANNEL_SMS, "admin", "2024-05-15T00:00+08:00",
				 "2024-05-16T00:00+08:00", -1),
		1);
	assert_true(attempts(&s, CHANNEL_EMAIL, NULL, "2024-05-15T09:00+08:00",
			    "2024-05-15T13:00+08:00", -1) <= 4 * 30 + 6);
	sim_done(&s);
}

/* ---- limits ------------------------------------------------------------------------------------- */

static void test_sms_pace(void **state)
{
	(void)state;
	struct sim s;
	/* In August both units' leads get an SMS at 09:00 of the first workday. */
	static const struct sim_edit slow = {"deadlined.cfg", "sms = {",
		"sms = { limits = { per_second = 1; person_hour = 1; per_day = 3; };"};
	begin(&s, "pace", "2024-07-31T12:00+08:00", &slow, 1);
	sim_run_until(&s, "2024-08-01T23:00+08:00");
	size_t day = attempts(
		&s, CHANNEL_SMS, NULL, "2024-08-01T00:00+08:00", "2024-08-02T00:00+08:00", -1);
	assert_true(day > 0 && day <= 3);
	for (size_t i = 0; i < fake.n; i++)
		for (size_t k = 0; k < i; k++)
			if (fake.sent[i].channel == CHANNEL_SMS &&
				fake.sent[k].channel == CHANNEL_SMS &&
				strcmp(fake.sent[i].person, fake.sent[k].person) == 0)
				assert_true(fake.sent[i].at.s - fake.sent[k].at.s >= 3600);
	sim_done(&s);
}

static void test_numbers_outside_the_list(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "prefix", "2024-05-05T12:00+08:00", NULL, 0);
	static const char *const only[] = {"+8613", "+8615"};
	struct config *c = (struct config *)(uintptr_t)engine_config(s.e);
	c->sms.allow_prefix = only;
	c->sms.n_allow_prefix = 2;
	sim_run_until(&s, "2024-05-06T12:00+08:00");
	assert_int_equal(attempts(&s, CHANNEL_SMS, NULL, "2024-05-06T00:00+08:00",
				 "2024-05-06T12:00+08:00", -1),
		0);
	assert_true(counts(&s).message[MESSAGE_DEAD] > 0);
	/* By mail instead. */
	assert_true(attempts(&s, CHANNEL_EMAIL, "lead-brigade-10", "2024-05-06T09:00+08:00",
			    "2024-05-06T12:00+08:00", OUTCOME_SENT) >= 2);
	sim_done(&s);
}

/* ---- a relay that hangs ------------------------------------------------------------------------- */

/* Started after a night that it slept through, with a mail in flight: the copy waits for that, asleep. */
static void test_a_copy_waits_for_what_is_in_flight(void **state)
{
	(void)state;
	struct sim s;
	sim_nightly = true;
	begin(&s, "copy", "2024-05-14T12:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-05-14T20:00+08:00");
	struct instant last = engine_last_backup(s.e);
	struct instant morning = sim_time(&s, "2024-05-15T10:00+08:00");
	sim_stop(&s);
	fake.holds = true;
	sim_start(&s, morning, NULL, 0);
	for (int i = 0; i < 10 && fake.n_held == 0; i++)
		engine_tick(s.e, s.now);
	assert_int_not_equal(fake.n_held, 0);
	for (int i = 0; i < 100; i++) /* feeds and whatever else wants to be done at once */
		engine_tick(s.e, s.now);
	assert_true(engine_tick(s.e, s.now).s > s.now.s);
	assert_int_equal(engine_last_backup(s.e).s, last.s);
	fake.holds = false;
	fake_let_go(SIZE_MAX);
	engine_tick(s.e, s.now);
	assert_int_equal(engine_last_backup(s.e).s, morning.s);
	sim_nightly = false;
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_relay_is_down_for_a_day),
		cmocka_unit_test(test_stale_steps_make_way),
		cmocka_unit_test(test_handed_in_during_the_outage),
		cmocka_unit_test(test_wrong_password_holds),
		cmocka_unit_test(test_outage_survives_restart),
		cmocka_unit_test(test_sms_pace),
		cmocka_unit_test(test_numbers_outside_the_list),
		cmocka_unit_test(test_a_copy_waits_for_what_is_in_flight),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
