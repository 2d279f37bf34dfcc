/* The notice's year and what can happen to it, in seconds. */
#include "sim.h"


static size_t planned(struct sim *s)
{
	struct outbox_counts n;
	struct diag d;
	assert_int_equal(outbox_count(engine_store(s->e), &n, &d), RC_OK);
	return n.planned;
}

/* ---- the year ------------------------------------------------------------------------------------ */

static bool is_lead(const char *person)
{
	return strncmp(person, "lead-", 5) == 0;
}

/* No lead at night or on a rest day, but for mails about an activity whose deadline leaves no
 * workday; nobody twice at one time on one channel. */
static void check_manners(const struct sim *s)
{
	const struct config *c = engine_config(s->e);
	for (size_t i = 0; i < s->n_messages; i++) {
		const struct sim_message *m = &s->message[i];
		struct date day = zone_to_civil(c->zone, m->at).date;
		bool rest = !workday_is(&c->workdays, day);
		if (is_lead(m->person) && rest)
			assert_int_equal(m->channel, CHANNEL_EMAIL);
		if (is_lead(m->person) && rest && strncmp(m->obligation, "keydate/", 8) != 0 &&
			strncmp(m->obligation, "festival/", 9) != 0 &&
			strncmp(m->obligation, "campaign/", 9) != 0)
			fail_msg("%s is told of %s on a rest day", m->person, m->obligation);
		assert_true(plan_is_allowed(c, m->at, rest));
		for (size_t k = 0; k < i; k++)
			assert_false(s->message[k].at.s == m->at.s &&
				s->message[k].channel == m->channel &&
				strcmp(s->message[k].person, m->person) == 0);
	}
}

static void test_year(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "year", "2024-01-01T00:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-12-31T23:59+08:00");
	check_manners(&s);
	/* Both units of August are told on the first workday. */
	assert_int_equal(sim_count(&s, "lead-office", CHANNEL_SMS, "2024-08-01", ""),
		sim_count(&s, "lead-digital", CHANNEL_SMS, "2024-08-01", ""));
	assert_true(sim_count(&s, "lead-office", CHANNEL_EMAIL, "2024-08-01", "") > 3);
	/* Everything whose time lay in the year has been sent, merged or dropped: nothing is left. */
	const struct outbox_reminder *row;
	size_t n;
	struct diag d;
	assert_int_equal(outbox_due(engine_store(s.e), s.now, engine_arena(s.e), &row, &n, &d), RC_OK);
	assert_int_equal(n, 0);
	sim_done(&s);
}

/* ---- submissions ----------------------------------------------------------------------------------- */

static void test_receipt_stops(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "receipt", "2024-07-01T00:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-07-10T12:00+08:00");
	assert_true(sim_count(&s, "lead-enforcement", CHANNEL_SMS, "2024-07-01", "7月联点共建") > 0);
	sim_act(&s, ACT_RECEIVE, "monthly/2024-07/enforcement", FORM_NONE, "", DATE_NONE);
	sim_run_until(&s, "2024-08-31T00:00+08:00");
	assert_int_equal(
		sim_count(&s, "lead-enforcement", CHANNEL_COUNT, "2024-07-10T12:01", "联点共建材料"), 0);
	sim_done(&s);
}

static void test_return_reopens(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "return", "2024-07-01T00:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-07-10T12:00+08:00");
	sim_act(&s, ACT_RECEIVE, "monthly/2024-07/enforcement", FORM_NONE, "", DATE_NONE);
	sim_run_until(&s, "2024-07-16T14:40+08:00");
	size_t before = planned(&s);
	sim_act(&s, ACT_RETURN, "monthly/2024-07/enforcement", FORM_PAPER, "总结缺盖章", DATE_NONE);
	assert_true(planned(&s) > before);
	sim_run_until(&s, "2024-07-16T18:00+08:00");
	assert_int_equal(sim_count(&s, "lead-enforcement", CHANNEL_SMS, "2024-07-16T14:40", "总结缺盖章"), 1);
	assert_int_equal(sim_count(&s, "lead-enforcement", CHANNEL_EMAIL, "2024-07-16T14:40", ""), 1);
	sim_run_until(&s, "2024-07-19T10:00+08:00");
	assert_true(sim_count(&s, "lead-enforcement", CHANNEL_SMS, "2024-07-17", "纸质版") > 0);
	sim_done(&s);
}

/* Reported: the lead is left alone, the clerk is asked. */
static void test_report_asks_clerk(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "report", "2024-07-01T00:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-07-10T10:00+08:00");
	sim_act(&s, ACT_REPORT, "monthly/2024-07/enforcement", FORM_NONE, "", DATE_NONE);
	sim_run_until(&s, "2024-07-10T11:00+08:00");
	assert_int_equal(sim_count(&s, "clerk-417", CHANNEL_EMAIL, "2024-07-10T10:00", ""), 1);
	sim_run_until(&s, "2024-07-31T00:00+08:00");
	assert_int_equal(
		sim_count(&s, "lead-enforcement", CHANNEL_COUNT, "2024-07-10T10:01", "联点共建材料"), 0);
	assert_true(sim_count(&s, "clerk-417", CHANNEL_EMAIL, "2024-07-19", "") > 0);
	sim_done(&s);
}

/* ---- occasions --------------------------------------------------------------------------------------- */

static void test_conditional_asks_first(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "conditional", "2024-10-01T00:00+08:00", NULL, 0);
	const char *id = "festival/double-ninth-2024/brigade-2"; /* 11 October */
	assert_non_null(obligation_find(engine_obligations(s.e), id));
	sim_run_until(&s, "2024-10-16T00:00+08:00");
	size_t about = 0;
	for (size_t i = 0; i < s.n_messages; i++)
		if (strcmp(s.message[i].obligation, id) == 0)
			assert_string_equal(s.message[i].step, "ask"), about++;
	assert_true(about > 0);
	sim_act(&s, ACT_NOT_HELD, id, FORM_NONE, "", DATE_NONE);
	assert_int_equal(obligation_find(engine_obligations(s.e), id)->state, STATE_CANCELLED);
	sim_done(&s);
}

static void test_earlier_end_moves_due(void **state)
{
	(void)state;
	struct sim s;
	struct date end;
	sim_new(&s, "earlier", "2024-09-01T00:00+08:00", NULL, 0);
	const char *id = "keydate/mid-autumn-2024/brigade-1";
	sim_run_until(&s, "2024-09-13T10:00+08:00");
	assert_true(date_from_ymd(2024, 9, 12, &end));
	sim_act(&s, ACT_ENDED, id, FORM_NONE, "", end);
	const struct obligation *o = obligation_find(engine_obligations(s.e), id);
	char day[DATE_TEXT_SIZE];
	assert_string_equal(date_format(o->due, day), "2024-09-14");
	sim_run_until(&s, "2024-09-14T10:00+08:00");
	assert_true(sim_count(&s, "lead-brigade-1", CHANNEL_SMS, "2024-09-13T10:00", "14日") > 0);
	sim_done(&s);
}

/* ---- restarts and clocks ------------------------------------------------------------------------------ */

static int compare_messages(const void *left, const void *right)
{
	const struct sim_message *a = left, *b = right;
	if (a->at.s != b->at.s)
		return a->at.s < b->at.s ? -1 : 1;
	int order = strcmp(a->person, b->person);
	return order ? order : (int)a->channel - (int)b->channel;
}

/* A restart every few hours changes nothing. */
static void test_restarts(void **state)
{
	(void)state;
	struct sim whole, torn;
	sim_new(&whole, "whole", "2024-05-01T00:00+08:00", NULL, 0);
	sim_run_until(&whole, "2024-06-05T00:00+08:00");
	sim_new(&torn, "torn", "2024-05-01T00:00+08:00", NULL, 0);
	for (int day = 1; day <= 31; day++) {
		char until[40];
		snprintf(until, sizeof until, "2024-05-%02dT%02d:07+08:00", day, 5 + day % 15);
		sim_run_until(&torn, until);
		struct instant now = torn.now;
		sim_stop(&torn);
		sim_start(&torn, now, NULL, 0);
	}
	sim_run_until(&torn, "2024-06-05T00:00+08:00");
	assert_int_equal(torn.n_messages, whole.n_messages);
	qsort(whole.message, whole.n_messages, sizeof *whole.message, compare_messages);
	qsort(torn.message, torn.n_messages, sizeof *torn.message, compare_messages);
	for (size_t i = 0; i < whole.n_messages; i++) {
		assert_int_equal(whole.message[i].at.s, torn.message[i].at.s);
		assert_string_equal(whole.message[i].person, torn.message[i].person);
		assert_string_equal(whole.message[i].text, torn.message[i].text);
	}
	sim_done(&whole);
	sim_done(&torn);
}

/* Away from the 13th to the 17th: one late message on each channel, then the ladder goes on. */
static void test_downtime(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "downtime", "2024-05-01T00:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-05-10T00:00+08:00");
	struct instant back = sim_time(&s, "2024-05-16T22:00+08:00");
	sim_stop(&s);
	sim_start(&s, back, NULL, 0);
	sim_run_until(&s, "2024-05-17T08:30+08:00");
	/* Nothing at night; and since T-1 comes at 09:00 of the same day, the late one is merged. */
	assert_int_equal(sim_count(&s, "lead-brigade-10", CHANNEL_COUNT, "2024-05-10", ""), 0);
	sim_run_until(&s, "2024-05-17T12:00+08:00");
	assert_int_equal(sim_count(&s, "lead-brigade-10", CHANNEL_EMAIL, "2024-05-10", ""), 1);
	assert_int_equal(sim_count(&s, "lead-brigade-10", CHANNEL_SMS, "2024-05-10", ""), 1);
	sim_done(&s);
}

static void test_clock_steps_back(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "back", "2024-05-01T00:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-05-20T20:00+08:00");
	size_t n = s.n_messages;
	s.now = sim_time(&s, "2024-05-02T00:00+08:00");
	sim_run_until(&s, "2024-05-20T20:00+08:00");
	assert_int_equal(s.n_messages, n);
	sim_done(&s);
}

/* ---- reload ---------------------------------------------------------------------------------------------- */

static const struct sim_edit SWAP[] = {
	{"roster-2024.cfg", "{ month = 5; unit = \"brigade-10\"; }", "{ month = 5; unit = \"mobile\"; }"},
	{"roster-2024.cfg", "{ month = 6; unit = \"mobile\"; }", "{ month = 6; unit = \"brigade-10\"; }"},
};

static size_t count_step(const struct sim *s, const char *person, const char *step, const char *since)
{
	struct instant from = sim_time(s, since);
	size_t n = 0;
	for (size_t i = 0; i < s->n_messages; i++)
		n += strcmp(s->message[i].person, person) == 0 &&
			strcmp(s->message[i].step, step) == 0 && s->message[i].at.s >= from.s;
	return n;
}

static void test_swap_months(void **state)
{
	(void)state;
	struct sim s;
	struct engine_reload r;
	struct diag d = DIAG_INIT;
	/* The ★ samples would merge into the same messages. */
	sim_new(&s, "swap", "2024-04-22T00:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-05-14T10:00+08:00");
	assert_true(sim_count(&s, "lead-brigade-10", CHANNEL_SMS, "2024-05-01", "") > 0);
	sim_act(&s, ACT_RECEIVE, "monthly/2024-05/brigade-10", FORM_ELECTRONIC, "", DATE_NONE);
	assert_int_equal(sim_reload(&s, SWAP, 2, false, &r, &d), RC_OK);
	sim_run_until(&s, "2024-05-14T18:00+08:00");
	/* The old lead is told once on each channel, and the new one gets one catch-up. */
	assert_int_equal(count_step(&s, "lead-brigade-10", "released", "2024-05-14T10:00"), 2);
	assert_int_equal(count_step(&s, "lead-mobile", "catch-up", "2024-05-14T10:00"), 2);
	assert_int_equal(sim_count(&s, "lead-mobile", CHANNEL_EMAIL, "2024-05-14T10:00", ""), 1);
	assert_int_equal(sim_count(&s, "lead-mobile", CHANNEL_SMS, "2024-05-14T10:00", ""), 1);
	/* What was handed in went with the period. */
	const struct obligation *o =
		obligation_find(engine_obligations(s.e), "monthly/2024-05/mobile");
	assert_false(obligation_is_missing(o, FORM_ELECTRONIC));
	assert_true(obligation_is_missing(o, FORM_PAPER));
	/* Back again: nothing is lost, nobody gets anything twice. */
	sim_run_until(&s, "2024-05-15T10:00+08:00");
	assert_int_equal(sim_reload(&s, NULL, 0, false, &r, &d), RC_OK);
	sim_run_until(&s, "2024-05-15T18:00+08:00");
	assert_int_equal(count_step(&s, "lead-mobile", "released", "2024-05-15T10:00"), 2);
	assert_int_equal(count_step(&s, "lead-brigade-10", "catch-up", "2024-05-15T10:00"), 2);
	o = obligation_find(engine_obligations(s.e), "monthly/2024-05/brigade-10");
	assert_false(obligation_is_missing(o, FORM_ELECTRONIC));
	sim_run_until(&s, "2024-05-17T10:00+08:00");
	assert_int_equal(sim_count(&s, "lead-brigade-10", CHANNEL_SMS, "2024-05-17", ""), 1);
	assert_int_equal(sim_count(&s, "lead-mobile", CHANNEL_SMS, "2024-05-17", ""), 0);
	check_manners(&s);
	sim_done(&s);
}

/* A new notice closes the office on the hand-in day: whoever was told hears of it once. */
static void test_hand_in_moves(void **state)
{
	(void)state;
	static const struct sim_edit CLOSED[] = {
		{"workdays.cfg", "\"2024-06-10\"", "\"2024-06-10\", \"2024-07-19\""}};
	struct sim s;
	struct engine_reload r;
	struct diag d = DIAG_INIT;
	char day[DATE_TEXT_SIZE];
	sim_new(&s, "moved", "2024-06-20T00:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-07-09T10:00+08:00");
	assert_int_equal(sim_reload(&s, CLOSED, 1, false, &r, &d), RC_OK);
	assert_int_equal(r.moved, 1);
	const struct obligation *o =
		obligation_find(engine_obligations(s.e), "monthly/2024-07/enforcement");
	assert_string_equal(date_format(o->due, day), "2024-07-20");
	assert_string_equal(date_format(o->hand_in, day), "2024-07-18");
	sim_run_until(&s, "2024-07-09T18:00+08:00");
	assert_int_equal(count_step(&s, "lead-enforcement", "moved", "2024-07-09T10:00"), 2);
	assert_int_equal(sim_count(&s, "lead-enforcement", CHANNEL_SMS, "2024-07-09T10:00", "18日"), 1);
	/* Its steps follow: T-1 of the paper copy is the 17th now. */
	sim_run_until(&s, "2024-07-17T10:00+08:00");
	assert_int_equal(sim_count(&s, "lead-enforcement", CHANNEL_SMS, "2024-07-17", ""), 1);
	assert_int_equal(count_step(&s, "lead-enforcement", "moved", "2024-07-10"), 0);
	sim_done(&s);
}

static void test_same_config_changes_nothing(void **state)
{
	(void)state;
	struct sim s;
	struct engine_reload r;
	struct diag d = DIAG_INIT;
	sim_new(&s, "same", "2024-05-01T00:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-05-13T12:00+08:00");
	size_t n = s.n_messages;
	assert_int_equal(sim_reload(&s, NULL, 0, false, &r, &d), RC_OK);
	assert_int_equal(r.appeared + r.vanished + r.moved + r.planned + r.cancelled, 0);
	sim_run_until(&s, "2024-05-14T00:00+08:00");
	assert_int_equal(s.n_messages, n);
	sim_done(&s);
}

static void test_guard(void **state)
{
	(void)state;
	static const struct sim_edit LOSS[] = {
		{"rules.cfg", "id = \"monthly\";", "id = \"monatlich\";"}};
	struct sim s;
	struct engine_reload r;
	struct diag d = DIAG_INIT;
	sim_new(&s, "guard", "2024-01-01T00:00+08:00", NULL, 0);
	size_t before = planned(&s);
	assert_int_equal(sim_reload(&s, LOSS, 1, false, &r, &d), RC_STATE);
	assert_int_equal(planned(&s), before);
	assert_non_null(obligation_find(engine_obligations(s.e), "monthly/2024-05/brigade-10"));
	assert_int_equal(sim_reload(&s, LOSS, 1, true, &r, &d), RC_OK);
	assert_null(obligation_find(engine_obligations(s.e), "monthly/2024-05/brigade-10"));
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_year),
		cmocka_unit_test(test_receipt_stops),
		cmocka_unit_test(test_return_reopens),
		cmocka_unit_test(test_report_asks_clerk),
		cmocka_unit_test(test_conditional_asks_first),
		cmocka_unit_test(test_earlier_end_moves_due),
		cmocka_unit_test(test_restarts),
		cmocka_unit_test(test_downtime),
		cmocka_unit_test(test_clock_steps_back),
		cmocka_unit_test(test_swap_months),
		cmocka_unit_test(test_hand_in_moves),
		cmocka_unit_test(test_same_config_changes_nothing),
		cmocka_unit_test(test_guard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
