#include "fixture.h"

static struct arena arena;

enum { LINES_MAX = 200, LINE_SIZE = 120 };
struct lines {
	char line[LINES_MAX][LINE_SIZE];
	size_t n;
};

static int compare_lines(const void *a, const void *b)
{
	return strcmp(a, b);
}

static struct reminders plan(struct fixture *f, struct fixture_acts *acts, enum plan_view view)
{
	struct obligations os;
	struct reminders rs;
	struct diag d = DIAG_INIT;
	assert_int_equal(obligation_expand(&f->c, on(20240101), on(20251231), fixture_acts_of, acts,
				 &arena, &os, &d),
		RC_OK);
	assert_int_equal(plan_reminders(&f->c, &os, view, &arena, &rs, &d), RC_OK);
	return rs;
}

/* "2024-07-19 20:59 t-morning electronic sms enforcement-lead", of one obligation, sorted. */
static const struct lines *lines_of(
	struct fixture *f, struct fixture_acts *acts, enum plan_view view, const char *id)
{
	static struct lines l;
	struct fixture_acts none = {0};
	struct reminders rs = plan(f, acts ? acts : &none, view);
	l.n = 0;
	for (size_t i = 0; i < rs.n; i++) {
		const struct reminder *r = &rs.item[i];
		char when[32];
		if (strcmp(r->obligation_id, id) != 0)
			continue;
		assert_true(l.n < LINES_MAX);
		snprintf(l.line[l.n++], LINE_SIZE, "%s %s %s %s %s%s", civil_text(f, r->at, when),
			r->step_id, form_text(r->form), channel_text(r->channel), r->person->id,
			r->superseded ? " superseded" : "");
	}
	qsort(l.line, l.n, LINE_SIZE, compare_lines);
	return &l;
}

static void assert_lines(const char *name, const struct lines *got, const char *const *want)
{
	size_t n = 0;
	while (want[n])
		n++;
	for (size_t i = 0; i < n || i < got->n; i++) {
		const char *g = i < got->n ? got->line[i] : "(nothing)",
			   *w = i < n ? want[i] : "(nothing)";
		if (strcmp(g, w) != 0)
			fail_msg("%s, line %zu: \"%s\", wanted \"%s\"", name, i, g, w);
	}
}

static int done(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

/* By hand: due Sat 20 Jul 18:00 (electronic), paper on Fri 19 Jul; 22 and 24 Jul are Mon and Wed. */
static const char *const JULY[] = {
	"2024-06-25 09:00 ahead - email enforcement-lead",
	"2024-07-01 09:00 start - email enforcement-lead",
	"2024-07-01 09:00 start - sms enforcement-lead",
	"2024-07-08 09:00 eighth - email enforcement-lead",
	"2024-07-12 09:00 t-5 paper email enforcement-lead",
	"2024-07-15 09:00 t-5 electronic email enforcement-lead",
	"2024-07-16 09:00 t-3 paper email enforcement-lead",
	"2024-07-17 09:00 t-3 electronic email enforcement-lead",
	"2024-07-18 09:00 t-1 paper email enforcement-lead",
	"2024-07-18 09:00 t-1 paper sms enforcement-lead",
	"2024-07-19 09:00 t-1 electronic email enforcement-lead",
	"2024-07-19 09:00 t-1 electronic sms enforcement-lead",
	"2024-07-19 09:00 t-morning paper sms enforcement-lead",
	"2024-07-19 15:00 t-afternoon paper email clerk",
	"2024-07-19 15:00 t-afternoon paper email enforcement-lead",
	"2024-07-19 20:59 t-afternoon electronic email clerk",
	"2024-07-19 20:59 t-afternoon electronic email enforcement-lead",
	"2024-07-19 20:59 t-morning electronic sms enforcement-lead",
	"2024-07-22 09:00 overdue-1 electronic email clerk",
	"2024-07-22 09:00 overdue-1 electronic email enforcement-deputy",
	"2024-07-22 09:00 overdue-1 electronic email enforcement-lead",
	"2024-07-22 09:00 overdue-1 electronic email enforcement-preparer",
	"2024-07-22 09:00 overdue-1 electronic sms enforcement-lead",
	"2024-07-22 09:00 overdue-1 paper email clerk",
	"2024-07-22 09:00 overdue-1 paper email enforcement-deputy",
	"2024-07-22 09:00 overdue-1 paper email enforcement-lead",
	"2024-07-22 09:00 overdue-1 paper email enforcement-preparer",
	"2024-07-22 09:00 overdue-1 paper sms enforcement-lead",
	"2024-07-24 09:00 overdue-3 electronic email leader-1",
	"2024-07-24 09:00 overdue-3 electronic email leader-2",
	"2024-07-24 09:00 overdue-3 paper email leader-1",
	"2024-07-24 09:00 overdue-3 paper email leader-2",
	NULL,
};

static const char MONTHLY[] = "monthly/2024-07/enforcement";

static void climbs_the_ladder_of_july(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	assert_lines("as is", lines_of(f, NULL, PLAN_AS_IS, MONTHLY), JULY);
	assert_lines("as missing", lines_of(f, NULL, PLAN_AS_MISSING, MONTHLY), JULY);
}

static const char SPRING[] = "festival/spring-festival-2024/brigade-7";
static const char MID_AUTUMN[] = "keydate/mid-autumn-2024/brigade-1";

static void climbs_the_ladder_after_occasions(void **state)
{
	(void)state;
	static const char *const ASK[] = {
		"2024-02-10 16:00 ask - email brigade-7-lead",
		NULL,
	};
	/* Mails on rest days, because no workday lies between the end and the deadline; no SMS. */
	static const char *const SPRING_LINES[] = {
		"2024-02-10 16:00 ask - email brigade-7-lead",
		"2024-02-11 09:00 end-1 - email brigade-7-lead",
		"2024-02-11 09:00 end-1 - sms brigade-7-lead superseded",
		"2024-02-12 09:00 due-morning electronic email brigade-7-lead",
		"2024-02-12 09:00 due-morning electronic sms brigade-7-lead superseded",
		"2024-02-12 15:00 due-afternoon electronic email brigade-7-lead",
		"2024-02-12 15:00 due-afternoon electronic email clerk",
		"2024-02-18 09:00 overdue-1 electronic email brigade-7-deputy",
		"2024-02-18 09:00 overdue-1 electronic email brigade-7-lead",
		"2024-02-18 09:00 overdue-1 electronic email brigade-7-preparer",
		"2024-02-18 09:00 overdue-1 electronic email clerk",
		"2024-02-18 09:00 overdue-1 electronic sms brigade-7-lead",
		"2024-02-20 09:00 overdue-3 electronic email leader-1",
		"2024-02-20 09:00 overdue-3 electronic email leader-2",
		NULL,
	};
	/* The question about a holiday moves to the next workday, the 18th, still before the deadline. */
	static const char *const MID_AUTUMN_LINES[] = {
		"2024-09-18 07:30 ask - email brigade-1-lead",
		"2024-09-18 09:00 end-1 - email brigade-1-lead",
		"2024-09-18 09:00 end-1 - sms brigade-1-lead",
		"2024-09-19 09:00 due-morning electronic sms brigade-1-lead",
		"2024-09-19 15:00 due-afternoon electronic email brigade-1-lead",
		"2024-09-19 15:00 due-afternoon electronic email clerk",
		"2024-09-20 09:00 overdue-1 electronic email brigade-1-deputy",
		"2024-09-20 09:00 overdue-1 electronic email brigade-1-lead",
		"2024-09-20 09:00 overdue-1 electronic email brigade-1-preparer",
		"2024-09-20 09:00 overdue-1 electronic email clerk",
		"2024-09-20 09:00 overdue-1 electronic sms brigade-1-lead",
		"2024-09-24 09:00 overdue-3 electronic email leader-1",
		"2024-09-24 09:00 overdue-3 electronic email leader-2",
		NULL,
	};
	struct fixture *f = fixture_init();
	assert_lines("conditional", lines_of(f, NULL, PLAN_AS_IS, SPRING), ASK);
	assert_lines("conditional", lines_of(f, NULL, PLAN_AS_MISSING, SPRING), ASK);
	struct fixture_acts acts = {0};
	fixture_act(&acts, SPRING, ACT_HELD);
	assert_lines("held", lines_of(f, &acts, PLAN_AS_IS, SPRING), SPRING_LINES);
	assert_lines("mid-autumn", lines_of(f, NULL, PLAN_AS_IS, MID_AUTUMN), MID_AUTUMN_LINES);
	acts.n = 0;
	fixture_act(&acts, MID_AUTUMN, ACT_ENDED)->date = on(20240917);
	assert_lines("ended: no question", lines_of(f, &acts, PLAN_AS_IS, MID_AUTUMN),
		MID_AUTUMN_LINES + 1);
}

/* How many lines contain the text. */
static size_t count(const struct lines *l, const char *text)
{
	size_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		n += strstr(l->line[i], text) != NULL;
	return n;
}

static void tells_nobody_about_what_is_in(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct fixture_acts acts = {0};
	/* Paper received: only the other form has steps of its own. */
	fixture_act(&acts, MONTHLY, ACT_RECEIVE)->form = FORM_PAPER;
	const struct lines *l = lines_of(f, &acts, PLAN_AS_IS, MONTHLY);
	assert_int_equal(count(l, " paper "), 0);
	assert_int_equal(count(l, " electronic "), l->n - 4);
	acts.n = 0;
	fixture_act(&acts, MONTHLY, ACT_REPORT)->deliverable = "photos";
	assert_lines("half", lines_of(f, &acts, PLAN_AS_IS, MONTHLY), JULY);
	acts.n = 0;
	fixture_act(&acts, MONTHLY, ACT_RECEIVE);
	assert_int_equal(lines_of(f, &acts, PLAN_AS_IS, MONTHLY)->n, 0);
	assert_lines("preview", lines_of(f, &acts, PLAN_AS_MISSING, MONTHLY), JULY);
	fixture_act(&acts, MONTHLY, ACT_RETURN);
	assert_lines("returned", lines_of(f, &acts, PLAN_AS_IS, MONTHLY), JULY);
}

static void asks_only_the_clerk_about_what_is_reported(void **state)
{
	(void)state;
	static const char *const WANT[] = {
		"2024-07-19 15:00 t-afternoon paper email clerk",
		"2024-07-19 20:59 t-afternoon electronic email clerk",
		"2024-07-22 09:00 overdue-1 electronic email clerk",
		"2024-07-22 09:00 overdue-1 paper email clerk",
		NULL,
	};
	struct fixture *f = fixture_init();
	struct fixture_acts acts = {0};
	fixture_act(&acts, MONTHLY, ACT_REPORT);
	assert_lines("reported", lines_of(f, &acts, PLAN_AS_IS, MONTHLY), WANT);
	struct reminders rs = plan(f, &acts, PLAN_AS_IS);
	for (size_t i = 0; i < rs.n; i++)
		if (strcmp(rs.item[i].obligation_id, MONTHLY) == 0)
			assert_string_equal(rs.item[i].template, "confirm");
	unsigned *clerk = &FIXTURE_STANDARD[3].channels[ROLE_CLERK];
	*clerk = MAIL;
	assert_lines("reported", lines_of(f, &acts, PLAN_AS_IS, MONTHLY), WANT);
	*clerk = 0;
	/* A conditional occasion whose material is in is asked about no more. */
	acts.n = 0;
	fixture_act(&acts, SPRING, ACT_RECEIVE);
	assert_int_equal(lines_of(f, &acts, PLAN_AS_IS, SPRING)->n, 0);
}

static void keeps_silent(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct fixture_acts acts = {0};
	fixture_act(&acts, MONTHLY, ACT_WAIVE);
	assert_int_equal(lines_of(f, &acts, PLAN_AS_IS, MONTHLY)->n, 0);
	assert_int_equal(lines_of(f, &acts, PLAN_AS_MISSING, MONTHLY)->n, 0);
	acts.n = 0;
	fixture_act(&acts, SPRING, ACT_NOT_HELD);
	assert_int_equal(lines_of(f, &acts, PLAN_AS_IS, SPRING)->n, 0);
	assert_int_equal(lines_of(f, NULL, PLAN_AS_IS, "assessment/2024-12/brigade-4")->n, 0);
	f->roster.effective_from = on(20240801);
	assert_int_equal(lines_of(f, NULL, PLAN_AS_MISSING, MONTHLY)->n, 0);
	f->roster.effective_from = DATE_NONE;
	f->rule[R_MONTHLY].ladder = NULL;
	assert_int_equal(lines_of(f, NULL, PLAN_AS_MISSING, MONTHLY)->n, 0);
}

static void tells_the_office_alone_about_a_repeated_duty(void **state)
{
	(void)state;
	static const char ID[] = "monthly/2025-05/brigade-10";
	struct fixture *f = fixture_init();
	f->roster.repeats = true;
	const struct lines *l = lines_of(f, NULL, PLAN_AS_IS, ID);
	assert_true(l->n > 0);
	assert_int_equal(count(l, " clerk"), l->n);
	static const int CONFIRMED[] = {2025 * 12 + 4};
	f->roster.confirmed = CONFIRMED, f->roster.n_confirmed = 1;
	assert_true(count(lines_of(f, NULL, PLAN_AS_IS, ID), "brigade-10-lead") > 0);
}

static void escalates_to_others_only(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	/* A leader who is the lead is not told about himself; the other one is. */
	f->unit[U_ENFORCEMENT].lead = &f->person[LEADER_1];
	const struct lines *l = lines_of(f, NULL, PLAN_AS_IS, MONTHLY);
	assert_int_equal(count(l, "overdue-3 paper email leader-1"), 0);
	assert_int_equal(count(l, "overdue-3 paper email leader-2"), 1);
	assert_int_equal(count(l, "t-1 paper sms leader-1"), 1);
}

static void tells_one_person_in_two_roles_once(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	f->unit[U_ENFORCEMENT].preparer = f->unit[U_ENFORCEMENT].deputy =
		f->unit[U_ENFORCEMENT].lead;
	const struct lines *l = lines_of(f, NULL, PLAN_AS_IS, MONTHLY);
	assert_int_equal(count(l, "overdue-1 paper email enforcement-lead"), 1);
	l = lines_of(f, NULL, PLAN_AS_IS, "service/2024-H1/bureau");
	assert_int_equal(count(l, "t-afternoon electronic email clerk"), 1);
	assert_int_equal(count(l, "overdue-1 electronic email clerk"), 1);
}

static void reaches_people_where_they_can_be_reached(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	f->person[3 * U_ENFORCEMENT].phone = "";
	assert_int_equal(count(lines_of(f, NULL, PLAN_AS_IS, MONTHLY), " sms "), 0);
	f->person[3 * U_ENFORCEMENT].email = "";
	assert_int_equal(count(lines_of(f, NULL, PLAN_AS_IS, MONTHLY), "enforcement-lead"), 0);
}

/* The day after the end is the day after the deadline: such a step would remind of what is past. */
static void drops_steps_after_their_deadline(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	f->rule[R_KEYDATE].last_day_counts = true;
	f->rule[R_KEYDATE].days = 1;
	const struct lines *l =
		lines_of(f, NULL, PLAN_AS_IS, "keydate/constitution-2024/brigade-4");
	assert_int_equal(count(l, "end-1"), 0);
	assert_int_equal(count(l, "2024-12-04 16:00 ask"), 1);
	assert_int_equal(count(l, "2024-12-04 09:00 due-morning"), 1);
}

/* With paper alone the hand-in day is the deadline of the whole: nobody is woken on a holiday. */
static void waits_for_a_late_hand_in_day(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct fixture_acts acts = {0};
	fixture_act(&acts, SPRING, ACT_HELD);
	fixture_forms(&f->rule[R_FESTIVAL], BIT(FORM_PAPER));
	const struct lines *l = lines_of(f, &acts, PLAN_AS_IS, SPRING);
	assert_int_equal(count(l, "2024-02-18 07:30 ask - email"), 1);
	assert_int_equal(count(l, "2024-02-18 07:30 end-1 - sms brigade-7-lead"), 1);
	assert_int_equal(count(l, "2024-02-18 09:00 due-morning paper sms"), 1);
	assert_int_equal(count(l, "superseded"), 0);
	fixture_forms(&f->rule[R_FESTIVAL], BOTH);
	l = lines_of(f, &acts, PLAN_AS_IS, SPRING);
	assert_int_equal(count(l, "2024-02-11 09:00 end-1 - email brigade-7-lead"), 1);
}

/* A text about both forms comes before the first of their deadlines: paper on Friday, 18:00. */
static void reminds_before_the_first_deadline(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct step late = f->standard.step[2];
	late.day = 19, late.minute = 20 * 60;
	f->standard.step = &late, f->standard.n_steps = 1;
	const struct lines *l = lines_of(f, NULL, PLAN_AS_IS, MONTHLY);
	assert_string_equal(l->line[0], "2024-07-19 17:59 eighth - email enforcement-lead");
}

/* ---- keys ---------------------------------------------------------------------------------------- */

/* Made with: printf 'monthly/2024-05/brigade-10\n2024-05-20\npaper\nt-1\nsms\nbrigade-10-lead' | sha256sum */
static void makes_the_golden_keys(void **state)
{
	(void)state;
	char key[REMINDER_KEY_SIZE];
	plan_key("monthly/2024-05/brigade-10", on(20240520), FORM_PAPER, "t-1", CHANNEL_SMS,
		"brigade-10-lead", 0, key);
	assert_string_equal(
		key, "5e18b92d058ab56994d5b1b9aa64d939c301284c74450baf4e50e3b7b69f34fb");
	plan_key("digest/2024-05-06", DATE_NONE, FORM_NONE, "digest", CHANNEL_EMAIL, "admin", 0,
		key);
	assert_string_equal(
		key, "fdf2fd234054e6c2157421c25edc035cd3c494b46e6a06d91d36c8bba18eb9c4");
	plan_key("monthly/2024-05/brigade-10", on(20240520), FORM_PAPER, "returned", CHANNEL_SMS,
		"brigade-10-lead", 42, key);
	assert_string_equal(
		key, "19dae6a4f52b5e8ecc8e453be5721a5d12e062d37e1b732ba31b79ca3828b4b8");
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void gives_every_reminder_its_own_key(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct fixture_acts none = {0};
	f->roster.repeats = true;
	struct reminders rs = plan(f, &none, PLAN_AS_IS), again = plan(f, &none, PLAN_AS_IS);
	char(*key)[REMINDER_KEY_SIZE] = arena_alloc(&arena, rs.n, REMINDER_KEY_SIZE);
	assert_true(rs.n > 500 && rs.n == again.n);
	for (size_t i = 0; i < rs.n; i++) {
		const struct reminder *r = &rs.item[i];
		memcpy(key[i], r->key, REMINDER_KEY_SIZE);
		assert_string_equal(r->key, again.item[i].key);
		char want[REMINDER_KEY_SIZE];
		plan_key(r->obligation_id, r->obligation->due, r->form, r->step_id, r->channel,
			r->person->id, 0, want);
		assert_string_equal(r->key, want);
		assert_true(
			i == 0 || rs.item[i - 1].at.s < r->at.s ||
			(rs.item[i - 1].at.s == r->at.s && strcmp(rs.item[i - 1].key, r->key) < 0));
	}
	qsort(key, rs.n, REMINDER_KEY_SIZE, compare_keys);
	for (size_t i = 1; i < rs.n; i++)
		assert_true(strcmp(key[i - 1], key[i]) < 0);
}

static bool has_key(const struct reminders *rs, const char *key)
{
	for (size_t i = 0; i < rs->n; i++)
		if (strcmp(rs->item[i].key, key) == 0)
			return true;
	return false;
}

/* Quiet hours and rest days move a time, never a key; a due date that moves makes new keys. */
static void changes_keys_with_the_due_date_only(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct fixture_acts acts = {0};
	fixture_only(f, R_KEYDATE);
	struct reminders before = plan(f, &acts, PLAN_AS_IS);
	f->c.n_quiet = 0;
	f->c.workdays.n_off = 0;
	struct reminders moved = plan(f, &acts, PLAN_AS_IS);
	assert_int_equal(before.n, moved.n);
	for (size_t i = 0; i < before.n; i++)
		assert_true(has_key(&moved, before.item[i].key));
	fixture_act(&acts, MID_AUTUMN, ACT_EXTENDED)->date = on(20240919);
	struct reminders extended = plan(f, &acts, PLAN_AS_IS);
	for (size_t i = 0; i < before.n; i++)
		assert_int_equal(has_key(&extended, before.item[i].key),
			strcmp(before.item[i].obligation_id, MID_AUTUMN) != 0);
}

/* A slice plans what the whole does. */
static void plans_in_slices(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct obligations os;
	struct reminders whole, part;
	assert_int_equal(
		obligation_expand(&f->c, on(20240101), on(20241231), NULL, NULL, &arena, &os, NULL),
		RC_OK);
	assert_int_equal(plan_reminders(&f->c, &os, PLAN_AS_IS, &arena, &whole, NULL), RC_OK);
	size_t n = 0;
	for (size_t i = 0; i < os.n; i += 7) {
		struct obligations slice = {.item = os.item + i, .n = os.n - i < 7 ? os.n - i : 7};
		assert_int_equal(
			plan_reminders(&f->c, &slice, PLAN_AS_IS, &arena, &part, NULL), RC_OK);
		for (size_t k = 0; k < part.n; k++)
			assert_true(has_key(&whole, part.item[k].key));
		n += part.n;
	}
	assert_int_equal(n, whole.n);
}

/* Any workdays and quiet hours: at night and on rest days nothing but mails that say why. */
static void disturbs_nobody(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct fixture_acts none = {0};
	uint64_t seed = fixture_seed();
	for (int i = 0; i < 60; i++) {
		size_t n = 0;
		for (struct date d = on(20240101);
			n < FIXTURE_SETS_MAX && d.days < on(20251201).days;) {
			d = date_add(d, 1 + pick(&seed, pick(&seed, 3) ? 2 : 40));
			f->off[n++] = d;
		}
		f->c.workdays.n_off = n, f->c.workdays.n_work = 0;
		struct reminders rs = plan(f, &none, PLAN_AS_IS);
		for (size_t k = 0; k < rs.n; k++) {
			const struct reminder *r = &rs.item[k];
			bool allowed = plan_is_allowed(&f->c, r->at, false);
			assert_true(allowed || r->channel == CHANNEL_EMAIL || r->superseded);
			assert_true(allowed || !date_is_none(r->obligation->last_day));
			assert_true(plan_is_allowed(&f->c, r->at, true));
			assert_true(instant_is_none(r->deadline) || r->at.s < r->deadline.s);
			assert_int_equal(r->moved, r->at.s != r->asked.s);
		}
		arena_reset(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(climbs_the_ladder_of_july),
		cmocka_unit_test(climbs_the_ladder_after_occasions),
		cmocka_unit_test(tells_nobody_about_what_is_in),
		cmocka_unit_test(asks_only_the_clerk_about_what_is_reported),
		cmocka_unit_test(keeps_silent),
		cmocka_unit_test(tells_the_office_alone_about_a_repeated_duty),
		cmocka_unit_test(escalates_to_others_only),
		cmocka_unit_test(tells_one_person_in_two_roles_once),
		cmocka_unit_test(reaches_people_where_they_can_be_reached),
		cmocka_unit_test(drops_steps_after_their_deadline),
		cmocka_unit_test(waits_for_a_late_hand_in_day),
		cmocka_unit_test(reminds_before_the_first_deadline),
		cmocka_unit_test(makes_the_golden_keys),
		cmocka_unit_test(gives_every_reminder_its_own_key),
		cmocka_unit_test(changes_keys_with_the_due_date_only),
		cmocka_unit_test(plans_in_slices),
		cmocka_unit_test(disturbs_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, done);
}
