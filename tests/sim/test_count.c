/* Quotas: entered one by one, a mail while they are behind, done when they are filled. */
#include "sim_mail.h"

static const char FESTIVAL[] = "festival-year/2024/bureau",
		  PROJECTS[] = "projects-year/2024/bureau";

static size_t count_mails(const struct sim *s, const char *id)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_messages; i++)
		n += strcmp(s->message[i].obligation, id) == 0;
	return n;
}

/* Is that in a mail to a contact since? */
static bool was_told(struct sim *s, const char *since, const char *text)
{
	for (size_t i = 0; i < s->n_messages; i++)
		if (s->message[i].at.s >= sim_time(s, since).s &&
			s->message[i].channel == CHANNEL_EMAIL &&
			strncmp(s->message[i].person, "clerk", 5) == 0 &&
			strstr(sim_mail(s, i), text))
			return true;
	return false;
}

static enum obligation_state state_of(const struct sim *s, const char *id)
{
	const struct obligation *o = obligation_find(engine_obligations(s->e), id);
	assert_non_null(o);
	return o->state;
}

static int find_count(const struct sim *s, const char *id)
{
	return obligation_find(engine_obligations(s->e), id)->count->done;
}

static void enter(struct sim *s, const char *id, int day)
{
	struct date d;
	assert_true(date_from_ymd(day / 10000, day / 100 % 100, day % 100, &d));
	sim_act(s, ACT_ENTRY, id, FORM_NONE, "", d);
}

static enum rc try(struct sim *s, enum act_kind kind, const char *id, struct date day)
{
	struct engine_act act = {.kind = kind,
		.obligation = id,
		.deliverable = "",
		.who = "test",
		.reason = "",
		.date = day};
	struct diag d;
	int64_t row;
	return engine_act(s->e, &act, s->now, &row, &d);
}

static void test_mail_while_behind(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "behind", "2024-01-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-03-31T12:00");
	assert_int_equal(count_mails(&s, "counts/2024-02"), 0);
	assert_int_equal(count_mails(&s, "counts/2024-03"), 1);
	const char *left =
		"· 2024年“传统节日活动全年4次”｜已登记0次，按进度应有1次，还差4次｜12月31日截止";
	sim_run_until(&s, "2024-04-01T12:00");
	assert_true(was_told(&s, "2024-04-01T00:00", left));
	for (int m = 1; m <= 4; m++)
		enter(&s, FESTIVAL, 20240100 + m);
	assert_int_equal(state_of(&s, FESTIVAL), STATE_DONE);
	sim_run_until(&s, "2024-05-06T12:00");
	assert_int_equal(count_mails(&s, "counts/2024-05"), 1);
	assert_false(was_told(&s, "2024-05-01T00:00", "传统节日活动"));
	for (int d = 1; d <= 10; d++)
		enter(&s, "service-year/2024/bureau", 20240400 + d);
	for (int d = 1; d <= 5; d++)
		enter(&s, "service-kinds/2024-H1/bureau", 20240400 + d);
	enter(&s, PROJECTS, 20240401);
	sim_run_until(&s, "2024-06-30T12:00");
	assert_int_equal(count_mails(&s, "counts/2024-06"), 0);
	sim_done(&s);
}

static void test_filled_is_done(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "filled", "2024-10-20T00:00", NULL, 0);
	sim_run_until(&s, "2024-11-04T12:00");
	enter(&s, PROJECTS, 20240601);
	assert_int_equal(state_of(&s, PROJECTS), STATE_OPEN);
	enter(&s, PROJECTS, 20241101);
	assert_int_equal(state_of(&s, PROJECTS), STATE_DONE);
	/* The others are asked for, this one is not. */
	sim_run_until(&s, "2024-12-31T23:00");
	assert_true(was_told(&s, "2024-12-01T00:00", "已登记0次，还差4次"));
	assert_false(was_told(&s, "2024-11-05T00:00", "发布志愿服务项目"));
	sim_done(&s);
}

static void test_taking_back(void **state)
{
	(void)state;
	struct sim s;
	struct diag d;
	int64_t row;
	struct date day = date_clamped(2024, 10, 1);
	sim_new(&s, "back", "2024-11-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-11-04T12:00");
	enter(&s, PROJECTS, 20241001);
	enter(&s, PROJECTS, 20241001);
	assert_int_equal(state_of(&s, PROJECTS), STATE_DONE);
	assert_int_equal(engine_undo(s.e, PROJECTS, "test", s.now, &row, &d), RC_OK);
	assert_int_equal(state_of(&s, PROJECTS), STATE_OPEN);
	sim_run_until(&s, "2024-11-06T12:00");
	assert_int_equal(engine_undo(s.e, PROJECTS, "test", s.now, &row, &d), RC_STATE);
	sim_act(&s, ACT_RETURN, PROJECTS, FORM_NONE, "entered twice", day);
	assert_int_equal(try(&s, ACT_RETURN, PROJECTS, day), RC_INVALID);
	assert_int_equal(try(&s, ACT_REPORT, PROJECTS, DATE_NONE), RC_STATE);
	assert_int_equal(try(&s, ACT_ENTRY, "monthly/2024-11/brigade-3", day), RC_STATE);
	assert_int_equal(try(&s, ACT_ENTRY, PROJECTS, date_clamped(2024, 11, 7)), RC_RANGE);
	assert_int_equal(obligation_find(engine_obligations(s.e), PROJECTS)->count->done, 0);
	sim_done(&s);
}

/* As shipped: what is one of the five kinds is one of the year's ten, too, undone together. */
static void test_counts_toward_the_year(void **state)
{
	(void)state;
	static const char KINDS[] = "service-kinds/2024-H1/bureau", YEAR[] = "service-year/2024/bureau";
	struct sim s;
	struct diag d;
	int64_t row;
	sim_new(&s, "toward", "2024-05-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-05-06T12:00");
	enter(&s, KINDS, 20240501);
	enter(&s, YEAR, 20240502);
	assert_int_equal(find_count(&s, KINDS), 1);
	assert_int_equal(find_count(&s, YEAR), 2);
	assert_int_equal(engine_undo(s.e, KINDS, "test", s.now, &row, &d), RC_OK);
	assert_int_equal(find_count(&s, KINDS), 0);
	assert_int_equal(find_count(&s, YEAR), 1);
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail_while_behind),
		cmocka_unit_test(test_filled_is_done),
		cmocka_unit_test(test_taking_back),
		cmocka_unit_test(test_counts_toward_the_year),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
