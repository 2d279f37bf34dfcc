/*
 * Somebody is away, or passes a month on in its middle: who is told what, as whole stories.
 *
 * May 2024 is brigade-10's and due on Monday the 20th; the 15th (three workdays before) is a mail, the
 * 17th (one before) a mail and an SMS.
 */
#include "sim_mail.h"

static const char MAY[] = "monthly/2024-05/brigade-10", LEAD[] = "lead-brigade-10",
		  DEPUTY[] = "deputy-brigade-10", NEXT[] = "lead-brigade-9";

#define LEAVE_OF(phone, days)                                                                      \
	{                                                                                          \
		"people.cfg", "phone = \"" phone "\";",                                            \
			"phone = \"" phone "\"; leave = [ \"" days "\" ];"                         \
	}
static const struct sim_edit AWAY[] = {
	LEAVE_OF("+86 100 0000 0028", "2024-05-13/2024-05-17"),
};
static const struct sim_edit BOTH_AWAY[] = {
	LEAVE_OF("+86 100 0000 0028", "2024-05-13/2024-05-17"),
	LEAVE_OF("+86 100 0000 0030", "2024-05-17"),
};
static const struct sim_edit PASSED_ON[] = {
	{"roster-2024.cfg", "{ month = 5; unit = \"brigade-10\"; }",
		"{ month = 5; unit = \"brigade-10\"; handover = { from = \"2024-05-14\"; "
		"unit = \"brigade-9\"; }; }"},
};
static const struct sim_edit NEW_LEAD[] = {
	{"organisation.cfg", "lead = \"lead-brigade-10\";",
		"lead = \"lead-brigade-10\"; handover = { from = \"2024-05-14\"; "
		"lead = \"preparer-brigade-2\"; };"},
};

static bool about_may(const struct sim_message *m)
{
	return strstr(m->obligation, "/2024-05/brigade-10") != NULL;
}

/* Messages of May (the month's and the marked material in one) to that person by that channel in [since, until). */
static size_t told(const struct sim *s, const char *person, enum channel ch, const char *since,
	const char *until)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_messages; i++) {
		const struct sim_message *m = &s->message[i];
		n += strcmp(m->person, person) == 0 && about_may(m) && m->channel == ch &&
		     m->at.s >= sim_time(s, since).s && m->at.s < sim_time(s, until).s;
	}
	return n;
}

static size_t of_step(const struct sim *s, const char *person, const char *step, enum channel ch)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_messages; i++) {
		const struct sim_message *m = &s->message[i];
		n += strcmp(m->person, person) == 0 && strcmp(m->step, step) == 0 &&
		     m->channel == ch && about_may(m);
	}
	return n;
}

static void test_leave(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "leave", "2024-05-06T12:00+08:00", AWAY, 1);
	sim_run_until(&s, "2024-05-20T12:00+08:00");
	const char *from = "2024-05-13T00:00+08:00", *to = "2024-05-18T00:00+08:00";
	assert_int_equal(told(&s, LEAD, CHANNEL_SMS, from, to), 0);
	size_t mails = told(&s, LEAD, CHANNEL_EMAIL, from, to);
	assert_true(mails >= 2);
	assert_int_equal(told(&s, DEPUTY, CHANNEL_EMAIL, from, to), mails);
	assert_int_equal(told(&s, DEPUTY, CHANNEL_SMS, from, to), 1);
	/* Back on the day itself. */
	assert_int_equal(
		told(&s, LEAD, CHANNEL_SMS, "2024-05-20T00:00+08:00", "2024-05-20T12:00+08:00"), 1);
	assert_int_equal(
		told(&s, DEPUTY, CHANNEL_SMS, "2024-05-18T00:00+08:00", "2024-05-20T12:00+08:00"),
		0);
	sim_done(&s);
}

/* Entered while it has begun: what was planned for the lead goes to the deputy, and comes back. */
static void test_entered_late(void **state)
{
	(void)state;
	struct engine_reload r;
	struct diag d;
	struct sim s;
	sim_new(&s, "leave-late", "2024-05-06T12:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-05-16T12:00+08:00");
	assert_int_equal(sim_reload(&s, AWAY, 1, false, &r, &d), RC_OK);
	sim_run_until(&s, "2024-05-16T13:00+08:00");
	assert_int_equal(
		told(&s, DEPUTY, CHANNEL_SMS, "2024-05-01T00:00+08:00", "2024-05-17T00:00+08:00"),
		0);
	sim_run_until(&s, "2024-05-17T12:00+08:00");
	assert_int_equal(of_step(&s, DEPUTY, "t-1", CHANNEL_SMS), 1);
	assert_int_equal(of_step(&s, LEAD, "t-1", CHANNEL_SMS), 0);
	assert_int_equal(of_step(&s, LEAD, "t-1", CHANNEL_EMAIL), 1);
	sim_done(&s);

	sim_new(&s, "leave-back", "2024-05-06T12:00+08:00", AWAY, 1);
	sim_run_until(&s, "2024-05-16T12:00+08:00");
	assert_int_equal(sim_reload(&s, NULL, 0, false, &r, &d), RC_OK);
	sim_run_until(&s, "2024-05-17T12:00+08:00");
	assert_int_equal(of_step(&s, LEAD, "t-1", CHANNEL_SMS), 1);
	assert_int_equal(of_step(&s, DEPUTY, "t-1", CHANNEL_SMS), 0);
	sim_done(&s);
}

static void test_deputy_away(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "leave-both", "2024-05-06T12:00+08:00", BOTH_AWAY, 2);
	sim_run_until(&s, "2024-05-18T00:00+08:00");
	assert_int_equal(of_step(&s, LEAD, "t-1", CHANNEL_SMS), 0);
	assert_int_equal(of_step(&s, DEPUTY, "t-1", CHANNEL_SMS), 0);
	assert_int_equal(of_step(&s, "preparer-brigade-10", "t-1", CHANNEL_SMS), 1);
	sim_done(&s);
}

/* A return reaches who is there. */
static void test_returned(void **state)
{
	(void)state;
	struct sim s;
	struct diag d;
	int64_t row;
	sim_new(&s, "leave-returned", "2024-05-13T12:00+08:00", AWAY, 1);
	sim_run_until(&s, "2024-05-14T08:00+08:00");
	struct engine_act act = {.kind = ACT_RETURN,
		.obligation = MAY,
		.deliverable = "",
		.form = FORM_NONE,
		.who = "clerk-417",
		.reason = "缺公章",
		.date = DATE_NONE};
	act.kind = ACT_REPORT;
	act.who = DEPUTY;
	if (engine_act(s.e, &act, s.now, &row, &d))
		sim_fail(&d);
	act.kind = ACT_RETURN;
	act.who = "clerk-417";
	if (engine_act(s.e, &act, s.now, &row, &d))
		sim_fail(&d);
	sim_run_until(&s, "2024-05-14T18:00+08:00");
	assert_int_equal(of_step(&s, DEPUTY, "returned", CHANNEL_SMS), 1);
	assert_int_equal(of_step(&s, DEPUTY, "returned", CHANNEL_EMAIL), 1);
	assert_int_equal(of_step(&s, LEAD, "returned", CHANNEL_EMAIL), 1);
	assert_int_equal(of_step(&s, LEAD, "returned", CHANNEL_SMS), 0);
	sim_done(&s);
}

/* Of every message there was to that person since. */
static bool mentions(struct sim *s, const char *person, const char *step, const char *text)
{
	for (size_t i = 0; i < s->n_messages; i++) {
		const struct sim_message *m = &s->message[i];
		if (strcmp(m->person, person) != 0 || strcmp(m->step, step) != 0 ||
			m->channel != CHANNEL_EMAIL)
			continue;
		const char *mail = sim_mail(s, i);
		if (mail && strstr(mail, text))
			return true;
	}
	return false;
}

static void test_unit_passes_on(void **state)
{
	(void)state;
	struct sim s;
	struct diag d;
	int64_t row;
	sim_new(&s, "handover", "2024-05-06T12:00+08:00", PASSED_ON, 1);
	sim_run_until(&s, "2024-05-13T10:00+08:00");
	struct engine_act act = {.kind = ACT_REPORT,
		.obligation = MAY,
		.deliverable = "",
		.form = FORM_ELECTRONIC,
		.who = LEAD,
		.reason = "",
		.date = DATE_NONE};
	if (engine_act(s.e, &act, s.now, &row, &d))
		sim_fail(&d);
	/* The daemon is down while the day comes. */
	sim_run_until(&s, "2024-05-13T20:00+08:00");
	sim_stop(&s);
	struct zone *z;
	struct instant t;
	assert_int_equal(zone_open("Asia/Shanghai", &z, &d), RC_OK);
	assert_true(zone_parse(z, "2024-05-14T10:30+08:00", &t));
	zone_free(z);
	sim_start(&s, t, PASSED_ON, 1);
	sim_run_until(&s, "2024-05-21T12:00+08:00");
	const char *day = "2024-05-14T00:00+08:00", *end = "2024-05-22T00:00+08:00";
	assert_int_equal(of_step(&s, NEXT, "handover", CHANNEL_EMAIL), 1);
	assert_int_equal(of_step(&s, NEXT, "handover", CHANNEL_SMS), 1);
	assert_int_equal(of_step(&s, LEAD, "handed-over", CHANNEL_EMAIL), 1);
	assert_int_equal(told(&s, LEAD, CHANNEL_EMAIL, day, end), 1);
	assert_int_equal(told(&s, NEXT, CHANNEL_EMAIL, "2024-05-01T00:00+08:00", day), 0);
	assert_true(told(&s, NEXT, CHANNEL_EMAIL, day, end) > 3);
	assert_int_equal(of_step(&s, NEXT, "t-1", CHANNEL_SMS), 1);
	assert_true(mentions(&s, NEXT, "handover", "十大队责任人 → 九大队责任人"));
	assert_true(mentions(&s, NEXT, "handover", "待核收：电子版"));
	assert_true(mentions(&s, LEAD, "handed-over", "十大队责任人 → 九大队责任人"));
	sim_done(&s);
}

/* Entered by a reload after the day: one notice each, no catch-up beside it. */
static void test_lead_passes_on(void **state)
{
	(void)state;
	struct engine_reload r;
	struct diag d;
	struct sim s;
	static const char WHO[] = "preparer-brigade-2";
	sim_new(&s, "handover-lead", "2024-05-06T12:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-05-16T12:00+08:00");
	assert_int_equal(sim_reload(&s, NEW_LEAD, 1, false, &r, &d), RC_OK);
	sim_run_until(&s, "2024-05-17T00:00+08:00");
	assert_int_equal(of_step(&s, WHO, "handover", CHANNEL_EMAIL), 1);
	assert_int_equal(of_step(&s, WHO, "catch-up", CHANNEL_EMAIL), 0);
	assert_int_equal(
		told(&s, WHO, CHANNEL_EMAIL, "2024-05-01T00:00+08:00", "2024-05-17T00:00+08:00"),
		1);
	assert_int_equal(of_step(&s, LEAD, "handed-over", CHANNEL_EMAIL), 1);
	sim_run_until(&s, "2024-05-21T12:00+08:00");
	assert_int_equal(of_step(&s, WHO, "t-1", CHANNEL_SMS), 1);
	assert_int_equal(of_step(&s, LEAD, "t-1", CHANNEL_SMS), 0);
	assert_int_equal(of_step(&s, WHO, "handover", CHANNEL_EMAIL), 1);
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_entered_late),
		cmocka_unit_test(test_deputy_away),
		cmocka_unit_test(test_returned),
		cmocka_unit_test(test_unit_passes_on),
		cmocka_unit_test(test_lead_passes_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
