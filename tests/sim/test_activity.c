/*
 * What becomes of an activity, as whole stories: who is asked, what people are told, when the material
 * is due, and what the subscribed calendar shows.
 *
 * 中秋节 2024 is Tuesday September 17 (brigade-1), due on the 19th; 端午节 is Monday June 10 (mobile),
 * and asks first whether it will be held; 春节 is February 10.
 */
#include "sim_mail.h"

static const char MOON[] = "keydate/mid-autumn-2024/brigade-1", LEAD[] = "lead-brigade-1";
static const char DRAGON[] = "festival/dragon-boat-2024/mobile", DRAGON_LEAD[] = "lead-mobile";

/* ---- looking ----------------------------------------------------------------------------------------- */

static struct date on(int ymd)
{
	struct date d = DATE_NONE;
	if (ymd)
		assert_true(date_from_ymd(ymd / 10000, ymd / 100 % 100, ymd % 100, &d));
	return d;
}

static const struct obligation *find(const struct sim *s, const char *id)
{
	const struct obligation *o = obligation_find(engine_obligations(s->e), id);
	assert_non_null(o);
	return o;
}

static void is_due(const struct sim *s, const char *id, int want)
{
	char day[DATE_TEXT_SIZE], wanted[DATE_TEXT_SIZE];
	assert_string_equal(date_format(find(s, id)->due, day), date_format(on(want), wanted));
}

/* Messages of that step to that person about it since; by one channel. */
static size_t told(const struct sim *s, const char *person, const char *id, const char *step,
	enum channel ch, const char *since)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_messages; i++) {
		const struct sim_message *m = &s->message[i];
		n += strcmp(m->person, person) == 0 && strcmp(m->obligation, id) == 0 &&
		     (!step || strcmp(m->step, step) == 0) && m->channel == ch &&
		     m->at.s >= sim_time(s, since).s;
	}
	return n;
}

static size_t mails(const struct sim *s, const char *step, const char *since)
{
	return told(s, LEAD, MOON, step, CHANNEL_EMAIL, since);
}

/* The deputy hears of nothing but what is late. */
static size_t late(const struct sim *s, const char *deputy, const char *id)
{
	return told(s, deputy, id, "overdue-1", CHANNEL_EMAIL, "2024-01-01T00:00");
}

struct event {
	char start[64];
	int sequence;
	bool there, cancelled;
};

static void unfolded(const char *line, const char *end, const char *name, char ret[static 64])
{
	size_t n = strlen(name);
	ret[0] = '\0';
	for (; line && line < end; line = strstr(line, "\r\n"), line = line ? line + 2 : NULL)
		if (strncmp(line, name, n) == 0) {
			snprintf(ret, 64, "%.*s", (int)strcspn(line + n, "\r"), line + n);
			return;
		}
}

/* As a subscriber of everything would read it. */
static struct event in_feed(struct sim *s, const char *id)
{
	struct event ev = {.sequence = -1};
	char path[600], uid[300], value[64];
	static char all[4 << 20];
	/* Feeds follow in slices, after what is more urgent. */
	for (int i = 0; i < 100; i++)
		engine_tick(s->e, s->now);
	snprintf(path, sizeof path, "%s/all.ics", s->feeds);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	size_t len = fread(all, 1, sizeof all - 1, f);
	fclose(f);
	all[len] = '\0';
	snprintf(uid, sizeof uid, "UID:%s@", id);
	const char *at = strstr(all, uid);
	if (!at)
		return ev;
	const char *end = strstr(at, "END:VEVENT"), *begin = at;
	while (strncmp(begin, "BEGIN:VEVENT", 12) != 0)
		begin--;
	ev.there = true;
	unfolded(begin, end, "DTSTART;VALUE=DATE:", ev.start);
	unfolded(begin, end, "SEQUENCE:", value);
	ev.sequence = atoi(value);
	unfolded(begin, end, "STATUS:", value);
	ev.cancelled = strcmp(value, "CANCELLED") == 0;
	return ev;
}

static enum rc say(struct sim *s, enum act_kind kind, const char *id, int day)
{
	struct engine_act act = {.kind = kind,
		.obligation = id,
		.deliverable = "",
		.who = "test",
		.reason = "",
		.date = on(day)};
	struct diag d;
	int64_t row;
	return engine_act(s->e, &act, s->now, &row, &d);
}

static enum rc undo(struct sim *s, const char *id)
{
	struct diag d;
	int64_t row;
	return engine_undo(s->e, id, "test", s->now, &row, &d);
}

/* ---- stories ----------------------------------------------------------------------------------------- */

/* Nobody answers: asked once, and the planned day holds. */
static void nobody_answers(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "silent", "2024-09-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-09-17T15:59");
	assert_int_equal(told(&s, LEAD, MOON, NULL, CHANNEL_EMAIL, "2024-09-01T00:00"), 0);
	/* A holiday: the question waits for the next workday. */
	sim_run_until(&s, "2024-09-18T12:00");
	assert_int_equal(mails(&s, "ask", "2024-09-18T08:00"), 1);
	assert_int_equal(told(&s, LEAD, MOON, "ask", CHANNEL_SMS, "2024-09-18T08:00"), 1);
	is_due(&s, MOON, 20240919);
	sim_run_until(&s, "2024-09-30T12:00");
	assert_true(told(&s, LEAD, MOON, "t-afternoon", CHANNEL_EMAIL, "2024-09-19T00:00") == 1);
	assert_int_equal(mails(&s, "ask", "2024-09-01T00:00"), 1);
	assert_int_equal(late(&s, "deputy-brigade-1", MOON), 1);
	assert_int_equal(in_feed(&s, MOON).sequence, 0);
	sim_done(&s);
}

/* The day itself is no holiday: the question comes at 16:00 by mail and SMS, once. */
static void asked_on_the_last_day(void **state)
{
	(void)state;
	struct sim s;
	const char *id = "keydate/constitution-day-2024/brigade-4",
		   *lead = "lead-brigade-4"; /* a Wednesday */
	sim_new(&s, "asked", "2024-12-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-12-04T15:59");
	assert_int_equal(told(&s, lead, id, "ask", CHANNEL_EMAIL, "2024-12-01T00:00"), 0);
	sim_run_until(&s, "2024-12-04T16:00");
	assert_int_equal(told(&s, lead, id, "ask", CHANNEL_EMAIL, "2024-12-04T16:00"), 1);
	assert_int_equal(told(&s, lead, id, "ask", CHANNEL_SMS, "2024-12-04T16:00"), 1);
	sim_run_until(&s, "2024-12-31T23:00");
	assert_int_equal(told(&s, lead, id, "ask", CHANNEL_SMS, "2024-12-01T00:00"), 1);
	sim_done(&s);
}

/* Held before its day: the due date comes nearer, nobody had been told the old one. */
static void ended_early_before_anybody_was_told(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "early", "2024-09-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-09-12T10:00");
	struct event before = in_feed(&s, MOON);
	assert_string_equal(before.start, "20240919");
	assert_int_equal(say(&s, ACT_ENDED, MOON, 20240911), RC_OK);
	is_due(&s, MOON, 20240913);
	struct event after = in_feed(&s, MOON);
	assert_string_equal(after.start, "20240913");
	assert_true(after.sequence > before.sequence);
	sim_run_until(&s, "2024-09-30T12:00");
	assert_int_equal(mails(&s, "moved", "2024-09-01T00:00"), 0);
	assert_int_equal(mails(&s, "ask", "2024-09-01T00:00"), 0);
	assert_int_equal(mails(&s, "t-afternoon", "2024-09-13T00:00"), 1);
	assert_int_equal(late(&s, "deputy-brigade-1", MOON), 1);
	sim_done(&s);
}

/* Prolonged after the question: one notice of the move, and the question again on the new day. */
static void extended_then_ended(void **state)
{
	(void)state;
	struct sim s;
	const char *id = "keydate/constitution-day-2024/brigade-4", *lead = "lead-brigade-4";
	sim_new(&s, "extended", "2024-12-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-12-04T17:00");
	assert_int_equal(say(&s, ACT_EXTENDED, id, 20241211), RC_OK);
	is_due(&s, id, 20241213);
	struct event first = in_feed(&s, id);
	assert_string_equal(first.start, "20241213");
	sim_run_until(&s, "2024-12-10T17:00");
	assert_int_equal(told(&s, lead, id, "moved", CHANNEL_EMAIL, "2024-12-04T17:00"), 1);
	assert_int_equal(told(&s, lead, id, "moved", CHANNEL_SMS, "2024-12-04T17:00"), 1);
	assert_int_equal(told(&s, lead, id, "end-1", CHANNEL_EMAIL, "2024-12-01T00:00"), 0);
	assert_int_equal(late(&s, "deputy-brigade-4", id), 0);
	/* Once more, and then it ends a day before that. */
	assert_int_equal(say(&s, ACT_EXTENDED, id, 20241218), RC_OK);
	sim_run_until(&s, "2024-12-18T08:00");
	assert_int_equal(told(&s, lead, id, "ask", CHANNEL_EMAIL, "2024-12-05T00:00"), 0);
	assert_int_equal(told(&s, lead, id, "moved", CHANNEL_EMAIL, "2024-12-04T17:00"), 2);
	assert_int_equal(say(&s, ACT_ENDED, id, 20241217), RC_OK);
	is_due(&s, id, 20241219);
	struct event last = in_feed(&s, id);
	assert_string_equal(last.start, "20241219");
	assert_true(last.sequence >= first.sequence + 2);
	sim_run_until(&s, "2024-12-31T08:00");
	assert_int_equal(told(&s, lead, id, "ask", CHANNEL_EMAIL, "2024-12-05T00:00"), 0);
	assert_int_equal(told(&s, lead, id, "moved", CHANNEL_EMAIL, "2024-12-04T17:00"), 3);
	assert_int_equal(late(&s, "deputy-brigade-4", id), 1);
	sim_done(&s);
}

static void asked_again_on_the_new_day(void **state)
{
	(void)state;
	struct sim s;
	const char *id = "keydate/constitution-day-2024/brigade-4", *lead = "lead-brigade-4";
	sim_new(&s, "again", "2024-12-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-12-04T17:00");
	assert_int_equal(say(&s, ACT_EXTENDED, id, 20241211), RC_OK);
	sim_run_until(&s, "2024-12-11T17:00");
	assert_int_equal(told(&s, lead, id, "ask", CHANNEL_EMAIL, "2024-12-11T16:00"), 1);
	assert_int_equal(told(&s, lead, id, "ask", CHANNEL_EMAIL, "2024-12-01T00:00"), 2);
	sim_done(&s);
}

/* A conditional one: only the question goes out; a yes brings the rest, by its own days. */
static void conditional_yes(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "yes", "2024-06-01T00:00", NULL, 0);
	assert_true(find(&s, DRAGON)->conditional);
	sim_run_until(&s, "2024-06-07T10:00");
	assert_int_equal(
		told(&s, DRAGON_LEAD, DRAGON, "end-1", CHANNEL_EMAIL, "2024-06-01T00:00"), 0);
	assert_int_equal(say(&s, ACT_HELD, DRAGON, 0), RC_OK);
	assert_false(find(&s, DRAGON)->conditional);
	sim_run_until(&s, "2024-06-20T10:00");
	/* June 12: the due day of an activity on Monday the 10th, which is a holiday. */
	assert_true(told(&s, DRAGON_LEAD, DRAGON, "t-afternoon", CHANNEL_EMAIL,
			    "2024-06-12T00:00") == 1);
	assert_int_equal(late(&s, "deputy-mobile", DRAGON), 1);
	sim_done(&s);
}

/* No: it is cancelled, in the calendar too; the lead hears so once; nothing more is asked. */
static void conditional_no_and_back(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "no", "2024-06-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-06-11T10:00");
	size_t asked = told(&s, DRAGON_LEAD, DRAGON, NULL, CHANNEL_EMAIL, "2024-06-01T00:00");
	assert_int_equal(asked, 1);
	struct event before = in_feed(&s, DRAGON);
	assert_int_equal(say(&s, ACT_NOT_HELD, DRAGON, 0), RC_OK);
	assert_int_equal(find(&s, DRAGON)->state, STATE_CANCELLED);
	struct event gone = in_feed(&s, DRAGON);
	assert_true(gone.there && gone.cancelled && !before.cancelled);
	assert_true(gone.sequence > before.sequence);
	sim_run_until(&s, "2024-06-11T12:00");
	assert_int_equal(
		told(&s, DRAGON_LEAD, DRAGON, "nil", CHANNEL_EMAIL, "2024-06-11T10:00"), 1);
	/* It took place after all. */
	assert_int_equal(undo(&s, DRAGON), RC_OK);
	assert_int_equal(find(&s, DRAGON)->state, STATE_OPEN);
	assert_int_equal(say(&s, ACT_NOT_HELD, DRAGON, 0), RC_OK);
	assert_int_equal(say(&s, ACT_ENDED, DRAGON, 20240610), RC_OK);
	assert_int_equal(find(&s, DRAGON)->state, STATE_OPEN);
	assert_false(find(&s, DRAGON)->conditional);
	is_due(&s, DRAGON, 20240612);
	struct event back = in_feed(&s, DRAGON);
	assert_true(back.there && !back.cancelled && back.sequence > gone.sequence);
	sim_run_until(&s, "2024-06-12T16:00");
	assert_int_equal(
		told(&s, DRAGON_LEAD, DRAGON, "t-afternoon", CHANNEL_EMAIL, "2024-06-12T00:00"), 1);
	sim_done(&s);
}

static void conditional_no_stays_quiet(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "quiet", "2024-06-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-06-05T10:00");
	assert_int_equal(say(&s, ACT_NOT_HELD, DRAGON, 0), RC_OK);
	sim_run_until(&s, "2024-07-31T10:00");
	assert_int_equal(told(&s, DRAGON_LEAD, DRAGON, NULL, CHANNEL_EMAIL, "2024-06-01T00:00"),
		told(&s, DRAGON_LEAD, DRAGON, "nil", CHANNEL_EMAIL, "2024-06-01T00:00"));
	assert_int_equal(sim_count(&s, DRAGON_LEAD, CHANNEL_SMS, "2024-06-05T12:00", "端午"), 0);
	sim_done(&s);
}

/* One that is always owed: "not held" is a nil report that the clerk confirms. */
static void not_held_is_a_nil_report(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "nil", "2024-09-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-09-18T10:00");
	assert_int_equal(say(&s, ACT_NOT_HELD, MOON, 0), RC_OK);
	assert_int_equal(find(&s, MOON)->state, STATE_REPORTED);
	sim_run_until(&s, "2024-09-18T12:00");
	assert_int_equal(
		told(&s, "clerk-417", MOON, "confirm", CHANNEL_EMAIL, "2024-09-18T10:00"), 1);
	sim_act(&s, ACT_RECEIVE, MOON, FORM_NONE, "", DATE_NONE);
	assert_int_equal(find(&s, MOON)->state, STATE_DONE);
	sim_run_until(&s, "2024-09-30T10:00");
	assert_int_equal(mails(&s, "t-afternoon", "2024-09-18T12:00"), 0);
	assert_int_equal(late(&s, "deputy-brigade-1", MOON), 0);
	sim_done(&s);
}

/* Each answer is taken back: the date as before, the calendar's sequence only grows. */
static void undone_for_a_day(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "undone", "2024-09-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-09-12T10:00");
	int sequence = in_feed(&s, MOON).sequence;
	static const struct {
		enum act_kind kind;
		int day, due;
	} T[] = {
		{ACT_ENDED, 20240911, 20240913},
		{ACT_EXTENDED, 20240925, 20240927},
		{ACT_HELD, 0, 20240919},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		assert_int_equal(say(&s, T[i].kind, MOON, T[i].day), RC_OK);
		is_due(&s, MOON, T[i].due);
		assert_int_equal(undo(&s, MOON), RC_OK);
		is_due(&s, MOON, 20240919);
		struct event ev = in_feed(&s, MOON);
		assert_string_equal(ev.start, "20240919");
		assert_true(ev.sequence >= sequence);
		sequence = ev.sequence;
		s.now.s += 60;
	}
	assert_int_equal(say(&s, ACT_ENDED, MOON, 20240911), RC_OK);
	sim_run_until(&s, "2024-09-13T10:05");
	assert_int_equal(undo(&s, MOON), RC_STATE);
	is_due(&s, MOON, 20240913);
	sim_done(&s);
}

static void refused(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "refused", "2024-09-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-09-18T10:00");
	static const struct {
		enum act_kind kind;
		const char *id;
		int day;
		enum rc want;
	} T[] = {
		{ACT_ENDED, MOON, 0, RC_INVALID},
		{ACT_EXTENDED, MOON, 0, RC_INVALID},
		{ACT_ENDED, MOON, 20230901, RC_RANGE},
		{ACT_ENDED, MOON, 20251001, RC_RANGE},
		{ACT_EXTENDED, MOON, 20230901, RC_RANGE},
		{ACT_EXTENDED, MOON, 20251001, RC_RANGE},
		{ACT_ENDED, "monthly/2024-09/brigade-1", 20240917, RC_STATE},
		{ACT_NOT_HELD, "monthly/2024-09/brigade-1", 0, RC_STATE},
		{ACT_ENDED, "keydate/mid-autumn-2024/brigade-2", 20240917, RC_NOTFOUND},
		{ACT_ENDED, "keydate/mid-autumn-2031/brigade-1", 20240917, RC_NOTFOUND},
		{ACT_DATE, MOON, 20240917, RC_STATE},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++)
		assert_int_equal(say(&s, T[i].kind, T[i].id, T[i].day), T[i].want);
	is_due(&s, MOON, 20240919);
	sim_act(&s, ACT_REPORT, MOON, FORM_NONE, "", DATE_NONE);
	assert_int_equal(say(&s, ACT_NOT_HELD, MOON, 0), RC_STATE);
	assert_int_equal(say(&s, ACT_ENDED, MOON, 20240916), RC_OK);
	sim_act(&s, ACT_WAIVE, MOON, FORM_NONE, "not this year", DATE_NONE);
	assert_int_equal(say(&s, ACT_ENDED, MOON, 20240917), RC_STATE);
	sim_done(&s);
}

/* 春节 is on February 10 in 2024; the activity goes on into March, which is another unit's month. */
static void extended_into_anothers_month(void **state)
{
	(void)state;
	struct sim s;
	const char *id = "festival/spring-festival-2024/brigade-7";
	sim_new(&s, "spring", "2024-01-25T00:00", NULL, 0);
	sim_run_until(&s, "2024-02-18T10:00");
	assert_int_equal(say(&s, ACT_HELD, id, 0), RC_OK);
	assert_int_equal(say(&s, ACT_EXTENDED, id, 20240303), RC_OK);
	is_due(&s, id, 20240305);
	sim_run_until(&s, "2024-03-05T16:00");
	assert_int_equal(
		told(&s, "lead-brigade-7", id, "t-afternoon", CHANNEL_EMAIL, "2024-03-05T00:00"),
		1);
	assert_null(obligation_find(
		engine_obligations(s.e), "festival/spring-festival-2024/brigade-8"));
	sim_done(&s);
}

/* Ended on Saturday, September 14, 2024, a day to work (调休); due on Monday the 16th, a holiday. */
static void ends_on_a_working_saturday(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "saturday", "2024-09-01T00:00", NULL, 0);
	sim_run_until(&s, "2024-09-14T17:00");
	assert_int_equal(say(&s, ACT_ENDED, MOON, 20240914), RC_OK);
	is_due(&s, MOON, 20240916);
	sim_run_until(&s, "2024-09-20T17:00");
	/* No SMS to the lead on the holiday; a mail may come, for no workday is left before the deadline. */
	assert_int_equal(told(&s, LEAD, MOON, NULL, CHANNEL_SMS, "2024-09-15T00:00"),
		told(&s, LEAD, MOON, NULL, CHANNEL_SMS, "2024-09-18T00:00"));
	assert_int_equal(late(&s, "deputy-brigade-1", MOON), 1);
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_answers),
		cmocka_unit_test(asked_on_the_last_day),
		cmocka_unit_test(ended_early_before_anybody_was_told),
		cmocka_unit_test(extended_then_ended),
		cmocka_unit_test(asked_again_on_the_new_day),
		cmocka_unit_test(conditional_yes),
		cmocka_unit_test(conditional_no_and_back),
		cmocka_unit_test(conditional_no_stays_quiet),
		cmocka_unit_test(not_held_is_a_nil_report),
		cmocka_unit_test(undone_for_a_day),
		cmocka_unit_test(refused),
		cmocka_unit_test(extended_into_anothers_month),
		cmocka_unit_test(ends_on_a_working_saturday),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
