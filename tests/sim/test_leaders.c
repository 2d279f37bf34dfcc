/* The leaders' month and the table of a year: when, to whom, once, and what is in them. */
#include "sim.h"
#include "sim_mail.h"

#include <dirent.h>
#include <fcntl.h>

static size_t count(const struct sim *s, const char *person, const char *id)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_messages; i++)
		n += strcmp(s->message[i].obligation, id) == 0 &&
		     strcmp(s->message[i].person, person) == 0;
	return n;
}

static void check_time(const struct sim *s, const char *id, const char *at)
{
	for (size_t i = 0; i < s->n_messages; i++) {
		const struct sim_message *m = &s->message[i];
		if (strcmp(m->obligation, id) != 0)
			continue;
		assert_int_equal(m->at.s, sim_time(s, at).s);
		assert_int_equal(m->channel, CHANNEL_EMAIL);
	}
}

static char *mail_of(struct sim *s, const char *person, const char *id)
{
	for (size_t i = 0; i < s->n_messages; i++)
		if (strcmp(s->message[i].obligation, id) == 0 &&
			strcmp(s->message[i].person, person) == 0)
			return sim_mail(s, i);
	fail_msg("%s did not get %s", person, id);
	return NULL;
}

static void holds(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%.3000s", part, text);
}

static void test_first_workday_of_each_month(void **state)
{
	(void)state;
	static const char *const DAY[] = {"01-02", "02-01", "03-01", "04-01", "05-06", "06-03",
		"07-01", "08-01", "09-02", "10-08", "11-01", "12-02"};
	struct sim s;
	sim_new(&s, "months", "2024-01-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-12-31T23:00");
	for (int m = 1; m <= 12; m++) {
		char id[40], at[40];
		snprintf(id, sizeof id, "leaders/2024-%02d", m);
		snprintf(at, sizeof at, "2024-%sT09:00", DAY[m - 1]);
		assert_int_equal(count(&s, "leader", id), 1);
		assert_int_equal(count(&s, "deputy-leader", id), 1);
		assert_int_equal(count(&s, "clerk-417", id), 0);
		check_time(&s, id, at);
	}
	assert_int_equal(sim_count(&s, "leader", CHANNEL_SMS, "2024-01-01T00:00", ""), 0);
	sim_done(&s);
}

static void test_says_who_and_what_is_late(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "late", "2024-03-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-03-19T12:00");
	sim_act(&s, ACT_RECEIVE, "monthly/2024-03/brigade-8", FORM_NONE, "", DATE_NONE);
	sim_run_until(&s, "2024-05-06T12:00");
	const char *t = mail_of(&s, "leader", "leaders/2024-04");
	holds(t, "本月责任单位：九大队（九大队责任人）");
	holds(t, "· 4月20日前｜九大队｜4月联点共建材料｜待报送");
	holds(t, "逾期未报1项，涉及测评分值共2分");
	holds(t, "3月20日到期｜八大队｜3月★指标材料");
	assert_null(strstr(t, "3月联点共建材料"));
	t = mail_of(&s, "leader", "leaders/2024-05");
	holds(t, "本月责任单位：十大队");
	holds(t, "4月20日到期｜九大队｜4月联点共建材料｜逾期未报");
	sim_done(&s);
}

/* A mail comes though nothing is late. */
static void test_comes_without_anything_late(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "quiet", "2024-05-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-05-06T09:30");
	holds(mail_of(&s, "leader", "leaders/2024-05"), "没有逾期未报的材料");
	sim_done(&s);
}

static void test_not_twice_after_restart(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "again", "2024-05-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-05-06T09:05");
	for (int i = 0; i < 4; i++) {
		struct instant now = s.now;
		sim_stop(&s);
		sim_start(&s, now, NULL, 0);
		now.s += DAY_S;
		char until[40];
		snprintf(until, sizeof until, "2024-05-%02dT09:05", 7 + i);
		sim_run_until(&s, until);
	}
	assert_int_equal(count(&s, "leader", "leaders/2024-05"), 1);
	sim_done(&s);
}

/* The machine was off on the day: the mail comes when it is on again, once, at a decent hour. */
static void test_late_after_downtime(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "down", "2024-05-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-05-05T12:00");
	struct instant later = sim_time(&s, "2024-05-08T05:00");
	sim_stop(&s);
	sim_start(&s, later, NULL, 0);
	sim_run_until(&s, "2024-05-09T12:00");
	assert_int_equal(count(&s, "leader", "leaders/2024-05"), 1);
	check_time(&s, "leaders/2024-05", "2024-05-08T08:00");
	sim_done(&s);
}

/* After New Year: the table of the year to leaders and contacts, each with what concerns them. */
static void test_table_of_the_year(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "year", "2024-11-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-11-18T12:00");
	sim_act(&s, ACT_REPORT, "monthly/2024-11/brigade-3", FORM_NONE, "", DATE_NONE);
	sim_run_until(&s, "2024-11-19T12:00");
	sim_act(&s, ACT_RETURN, "monthly/2024-11/brigade-3", FORM_PAPER, "no seal", DATE_NONE);
	sim_run_until(&s, "2024-11-25T12:00");
	sim_act(&s, ACT_RECEIVE, "monthly/2024-11/brigade-3", FORM_NONE, "", DATE_NONE);
	sim_run_until(&s, "2025-01-03T12:00");
	check_time(&s, "year-end/2024", "2025-01-02T09:00");
	assert_int_equal(count(&s, "leader", "year-end/2024"), 1);
	assert_int_equal(count(&s, "deputy-leader", "year-end/2024"), 1);
	assert_int_equal(count(&s, "clerk-417", "year-end/2024"), 1);
	const char *t = mail_of(&s, "leader", "year-end/2024");
	holds(t, "· 11月20日到期｜三大队｜11月联点共建材料｜逾期5天报送｜退回1次");
	holds(t, "11月,三大队,三大队责任人,11月联点共建材料,2024-11-20,2024-11-25 "
		 "12:00,5,1,,逾期5天报送\r\n");
	holds(t, "指标材料");
	t = mail_of(&s, "clerk-417", "year-end/2024");
	holds(t, "11月联点共建材料");
	assert_null(strstr(t, "★指标材料")); /* owed to another office */
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_workday_of_each_month),
		cmocka_unit_test(test_says_who_and_what_is_late),
		cmocka_unit_test(test_comes_without_anything_late),
		cmocka_unit_test(test_not_twice_after_restart),
		cmocka_unit_test(test_late_after_downtime),
		cmocka_unit_test(test_table_of_the_year),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
