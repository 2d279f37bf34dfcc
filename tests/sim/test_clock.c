/* Clocks that are wrong, set, slept through or moved to another zone: fault group B, with the engine. */
#include "sim.h"

/* The machine: its wall clock may be off, its boot clock never is. */
static struct {
	int64_t off;    /* what the wall clock shows more than the true time */
	int64_t booted; /* true time of the boot */
	bool synchronised;
} machine;

static struct clock_reading look(int64_t true_s)
{
	return (struct clock_reading){
		{true_s + machine.off}, true_s - machine.booted, machine.synchronised};
}

static void begin(struct sim *s, const char *name, const char *at)
{
	sim_clock = NULL;
	sim_new(s, name, at, NULL, 0);
	machine.off = 0;
	machine.booted = s->now.s - 10 * 86400;
	machine.synchronised = true;
}

static void observe(struct sim *s, int64_t true_s)
{
	struct clock_reading r = look(true_s);
	engine_observe_clock(s->e, &r);
}

/* As the daemon's loop does, with the alarm on the wall clock and a look at least each half minute of
 * true time while one is asked for. */
static void run(struct sim *s, const char *end)
{
	struct instant last = sim_time(s, end);
	struct diag d = DIAG_INIT;
	while (s->now.s <= last.s) {
		observe(s, s->now.s);
		struct instant wall = {s->now.s + machine.off};
		struct instant next = engine_tick(s->e, wall);
		if (engine_has_failed(s->e, &d))
			sim_fail(&d);
		int64_t wait = instant_is_none(next) ? 86400 : next.s - wall.s;
		s->now.s += wait > 0 ? wait : 1;
	}
	s->now = last;
}

static void set_clock(struct sim *s, int64_t off)
{
	machine.off = off;
	observe(s, s->now.s);
}

static struct outbox_counts counts(struct sim *s)
{
	struct outbox_counts n;
	struct diag d;
	assert_int_equal(outbox_count(engine_store(s->e), &n, &d), RC_OK);
	return n;
}

static size_t sms_to_lead(const struct sim *s, const char *since)
{
	return sim_count(s, "lead-brigade-10", CHANNEL_SMS, since, "");
}

/* No reminder twice, whatever the clock did: a key is claimed once. */
static void assert_each_once(const struct sim *s)
{
	for (size_t i = 0; i < s->n_messages; i++)
		for (size_t k = 0; k < i; k++) {
			const struct sim_message *a = &s->message[i], *b = &s->message[k];
			if (a->channel == b->channel && strcmp(a->step, b->step) == 0 &&
				strcmp(a->person, b->person) == 0 &&
				strcmp(a->obligation, b->obligation) == 0)
				fail_msg("%s %s to %s twice", a->obligation, a->step, a->person);
		}
}

/* ---- ahead ---------------------------------------------------------------------------------------- */

static void test_thirty_years_ahead(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "ahead", "2024-05-14T12:00+08:00");
	machine.synchronised = false;
	run(&s, "2024-05-14T13:00+08:00");
	struct outbox_counts before = counts(&s);
	size_t n = s.n_messages;
	set_clock(&s, 10957LL * 86400);
	assert_int_equal(engine_hold(s.e), HOLD_JUMPED);
	run(&s, "2024-05-16T18:00+08:00");
	/* Time stands still: nothing is sent, cancelled, superseded or planned. */
	struct outbox_counts held = counts(&s);
	assert_int_equal(s.n_messages, n);
	assert_memory_equal(&before, &held, sizeof before);
	/* Set right again: T-3 (15 May) goes out late, T-1 on its day. */
	set_clock(&s, 0);
	assert_int_equal(engine_hold(s.e), HOLD_NONE);
	run(&s, "2024-05-17T18:00+08:00");
	assert_int_equal(sim_count(&s, "lead-brigade-10", CHANNEL_EMAIL, "2024-05-16", ""), 2);
	assert_int_equal(sms_to_lead(&s, "2024-05-17"), 1);
	assert_each_once(&s);
	sim_done(&s);
}

static void test_a_person_says_it_is_right(void **state)
{
	(void)state;
	struct sim s;
	struct diag d = DIAG_INIT;
	begin(&s, "clock-ok", "2024-05-14T12:00+08:00");
	machine.synchronised = false;
	run(&s, "2024-05-14T13:00+08:00");
	assert_int_equal(engine_clock_ok(s.e, "admin", s.now, &d), RC_STATE);
	set_clock(&s, 2 * 86400); /* to 16 May 13:00: a day on which it was off by two */
	assert_int_equal(engine_hold(s.e), HOLD_JUMPED);
	assert_int_equal(engine_clock_ok(s.e, "admin", s.now, &d), RC_OK);
	run(&s, "2024-05-14T15:40+08:00");
	assert_int_equal(engine_hold(s.e), HOLD_NONE);
	/* Catch-up: the step that was missed, once. */
	assert_int_equal(
		sim_count(&s, "lead-brigade-10", CHANNEL_EMAIL, "2024-05-14T12:00+08:00", ""), 1);
	assert_each_once(&s);
	sim_done(&s);
}

/* A restart in the middle of a jump believes it no more than the process before did. */
static void test_restart_in_a_jump(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "jump-restart", "2024-05-14T12:00+08:00");
	machine.synchronised = false;
	struct clock_reading first = look(s.now.s);
	sim_clock = &first;
	sim_stop(&s);
	sim_start(&s, s.now, NULL, 0);
	run(&s, "2024-05-14T13:00+08:00");
	struct outbox_counts before = counts(&s);
	machine.off = 10957LL * 86400;
	struct clock_reading wrong = look(s.now.s);
	sim_clock = &wrong;
	sim_stop(&s);
	sim_start(&s, wrong.wall, NULL, 0);
	s.now.s -= machine.off;
	assert_int_equal(engine_hold(s.e), HOLD_JUMPED);
	struct outbox_counts held = counts(&s);
	assert_memory_equal(&before, &held, sizeof before);
	sim_clock = NULL;
	sim_done(&s);
}

static void test_hours_ahead_are_catch_up(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "hours", "2024-05-14T12:00+08:00");
	run(&s, "2024-05-15T08:00+08:00");
	set_clock(&s, 2 * 3600); /* 10:00: T-3 of 09:00 is due */
	assert_int_equal(engine_hold(s.e), HOLD_NONE);
	run(&s, "2024-05-15T08:01+08:00");
	assert_int_equal(sim_count(&s, "lead-brigade-10", CHANNEL_EMAIL, "2024-05-15", ""), 1);
	set_clock(&s, 0); /* back: 08:01, then 09:00 for the second time */
	run(&s, "2024-05-15T12:00+08:00");
	assert_int_equal(sim_count(&s, "lead-brigade-10", CHANNEL_EMAIL, "2024-05-15", ""), 1);
	assert_each_once(&s);
	sim_done(&s);
}

/* ---- behind --------------------------------------------------------------------------------------- */

static void test_behind_sms_wait_and_mails_go(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "behind", "2024-05-16T12:00+08:00");
	run(&s, "2024-05-17T07:30+08:00");
	/* Two hours ahead for a moment, then right: behind what is on record until 09:30. */
	set_clock(&s, 2 * 3600);
	run(&s, "2024-05-17T07:31+08:00");
	size_t early = sms_to_lead(&s, "2024-05-17");
	assert_int_equal(early, 1); /* T-1, at what the clock called 09:00 */
	set_clock(&s, 0);
	assert_int_equal(engine_hold(s.e), HOLD_BEHIND);
	run(&s, "2024-05-17T09:20+08:00");
	assert_int_equal(sms_to_lead(&s, "2024-05-17"), 1);
	run(&s, "2024-05-17T09:40+08:00");
	assert_int_equal(engine_hold(s.e), HOLD_NONE);
	run(&s, "2024-05-20T18:00+08:00");
	assert_each_once(&s);
	assert_int_equal(sms_to_lead(&s, "2024-05-18"), 1); /* the day itself */
	sim_done(&s);
}

static void test_a_year_back_sends_no_sms(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "year-back", "2024-05-14T12:00+08:00");
	run(&s, "2024-05-14T13:00+08:00");
	set_clock(&s, -366LL * 86400);
	run(&s, "2024-05-31T00:00+08:00");
	assert_int_equal(engine_hold(s.e), HOLD_BEHIND);
	size_t n = 0;
	for (size_t i = 0; i < s.n_messages; i++)
		n += s.message[i].channel == CHANNEL_SMS;
	assert_int_equal(n, 0);
	sim_done(&s);
}

/* ---- boot and sleep ------------------------------------------------------------------------------- */

static void test_boot_without_synchronisation(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "boot", "2024-05-06T08:55+08:00");
	machine.synchronised = false;
	machine.booted = s.now.s - 60;
	run(&s, "2024-05-06T09:05+08:00");
	assert_int_equal(engine_hold(s.e), HOLD_UNSYNCHRONISED);
	assert_int_equal(sms_to_lead(&s, "2024-05-06"), 0);
	assert_int_equal(sim_count(&s, "lead-brigade-10", CHANNEL_EMAIL, "2024-05-06", ""), 1);
	run(&s, "2024-05-06T09:12+08:00"); /* fifteen minutes after the boot */
	assert_int_equal(sms_to_lead(&s, "2024-05-06"), 1);
	sim_done(&s);
}

static void test_three_days_asleep(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "suspend", "2024-05-14T12:00+08:00");
	run(&s, "2024-05-14T13:00+08:00");
	s.now = sim_time(&s, "2024-05-17T13:00+08:00"); /* over T-3 and T-1 */
	run(&s, "2024-05-17T15:40+08:00");
	assert_int_equal(engine_hold(s.e), HOLD_NONE);
	assert_int_equal(sim_count(&s, "lead-brigade-10", CHANNEL_EMAIL, "2024-05-17", ""), 1);
	assert_int_equal(sms_to_lead(&s, "2024-05-17"), 1);
	assert_each_once(&s);
	sim_done(&s);
}

/* ---- zones ---------------------------------------------------------------------------------------- */

static void test_another_zone(void **state)
{
	(void)state;
	struct sim s;
	struct engine_reload r;
	struct diag d = DIAG_INIT;
	static const struct sim_edit urumqi = {"deadlined.cfg", "Asia/Shanghai", "Asia/Urumqi"};
	begin(&s, "zone", "2024-05-14T12:00+08:00");
	run(&s, "2024-05-15T10:00+08:00"); /* T-3 went out at 09:00 */
	assert_int_equal(
		sim_count(&s, "lead-brigade-10", CHANNEL_EMAIL, "2024-05-15T00:00+08:00", ""), 1);
	assert_int_equal(sim_reload(&s, &urumqi, 1, false, &r, &d), RC_OK);
	/* 09:00 in Urumqi is 11:00 in Beijing: the steps ahead move, those sent stay sent. */
	run(&s, "2024-05-17T10:30+08:00");
	assert_int_equal(sms_to_lead(&s, "2024-05-17T00:00+08:00"), 0);
	run(&s, "2024-05-17T11:30+08:00");
	assert_int_equal(sms_to_lead(&s, "2024-05-17T00:00+08:00"), 1);
	assert_int_equal(sim_reload(&s, NULL, 0, false, &r, &d), RC_OK);
	run(&s, "2024-05-18T10:30+08:00");
	assert_each_once(&s);
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thirty_years_ahead),
		cmocka_unit_test(test_a_person_says_it_is_right),
		cmocka_unit_test(test_restart_in_a_jump),
		cmocka_unit_test(test_hours_ahead_are_catch_up),
		cmocka_unit_test(test_behind_sms_wait_and_mails_go),
		cmocka_unit_test(test_a_year_back_sends_no_sms),
		cmocka_unit_test(test_boot_without_synchronisation),
		cmocka_unit_test(test_three_days_asleep),
		cmocka_unit_test(test_another_zone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
