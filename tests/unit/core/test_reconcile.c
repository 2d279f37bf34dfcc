#include "fixture_outbox.h"

/* "2024-07-18 10:00 t-1 paper email enforcement-lead; ..." of the late ones, sorted. */
static int compare_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static const char *late_text(const struct fixture *f, const struct changes *ch)
{
	static char text[2000], line[20][100];
	size_t n = 0;
	for (size_t i = 0; i < ch->n; i++) {
		const struct reminder *w = ch->item[i].want;
		char when[32];
		if (!ch->item[i].late)
			continue;
		assert_true(n < 20);
		snprintf(line[n++], 100, "%s %s %s %s %s; ", civil_text(f, w->at, when), w->step_id,
			form_text(w->form), channel_text(w->channel), w->person->id);
	}
	qsort(line, n, 100, compare_text);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s", line[i]);
	return text;
}

/* Only July's monthly obligation: 32 reminders (test_plan.c lists them). */
static struct fixture *start(void)
{
	struct fixture *f = fixture_init();
	box.n = 0;
	arena_reset(&arena);
	fixture_only(f, R_MONTHLY)->months = BIT(7);
	return f;
}

enum { ALL = 32 };

static int done(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void plans_what_is_ahead(void **state)
{
	(void)state;
	struct fixture *f = start();
	struct changes ch = settle(f, NULL, at(f, 20240601, 1000));
	assert_int_equal(ch.n, ALL);
	assert_int_equal(count_kind(&ch, CHANGE_PLAN), ALL);
	assert_string_equal(late_text(f, &ch), "");
}

static void shrinks_the_past_to_the_most_urgent(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int day, hhmm;
		const char *late;
		size_t superseded, planned; /* planned: the late ones too */
	} T[] = {
		{"one is past", 20240626, 1000, "2024-06-26 10:00 ahead - email enforcement-lead; ",
			0, 32},
		{"mail and SMS", 20240702, 1000,
			"2024-07-02 10:00 start - email enforcement-lead; "
			"2024-07-02 10:00 start - sms enforcement-lead; ",
			1, 31},
		{"many", 20240718, 1000,
			"2024-07-18 10:00 t-1 paper email enforcement-lead; "
			"2024-07-18 10:00 t-1 paper sms enforcement-lead; ",
			8, 24},
		{"quiet: after noon", 20240718, 1230,
			"2024-07-18 14:00 t-1 paper email enforcement-lead; "
			"2024-07-18 14:00 t-1 paper sms enforcement-lead; ",
			8, 24},
		/* 07:30 on the next day would be followed at 09:00 */
		{"night: merged into the morning's", 20240718, 2200, "", 10, 22},
		/* Saturday, electronic due at 18:00: mail now, no SMS; paper is too late for a reminder */
		{"rest day", 20240720, 1000,
			"2024-07-20 10:00 t-afternoon electronic email clerk; "
			"2024-07-20 10:00 t-afternoon electronic email enforcement-lead; ",
			16, 16},
		{"stale", 20240720, 1800, "", 18, 14},
		/* overdue: there is no deadline any more */
		{"overdue", 20240723, 1000,
			"2024-07-23 10:00 overdue-1 electronic email clerk; "
			"2024-07-23 10:00 overdue-1 electronic email enforcement-deputy; "
			"2024-07-23 10:00 overdue-1 electronic email enforcement-lead; "
			"2024-07-23 10:00 overdue-1 electronic email enforcement-preparer; "
			"2024-07-23 10:00 overdue-1 electronic sms enforcement-lead; "
			"2024-07-23 10:00 overdue-1 paper email clerk; "
			"2024-07-23 10:00 overdue-1 paper email enforcement-deputy; "
			"2024-07-23 10:00 overdue-1 paper email enforcement-lead; "
			"2024-07-23 10:00 overdue-1 paper email enforcement-preparer; "
			"2024-07-23 10:00 overdue-1 paper sms enforcement-lead; ",
			18, 14},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct fixture *f = start();
		struct changes ch = settle(f, NULL, at(f, T[i].day, T[i].hhmm));
		assert_int_equal(ch.n, ALL);
		if (strcmp(late_text(f, &ch), T[i].late) != 0 ||
			count_state(REMINDER_SUPERSEDED) != T[i].superseded ||
			count_state(REMINDER_PLANNED) != T[i].planned)
			fail_msg("%s: %zu superseded, %zu planned, late: %s", T[i].name,
				count_state(REMINDER_SUPERSEDED), count_state(REMINDER_PLANNED),
				late_text(f, &ch));
	}
}

/* The same step of paper and electronic is one message: superseding one form would hide it. */
static void sends_both_forms_of_one_step(void **state)
{
	(void)state;
	struct fixture *f = start();
	f->rule[R_MONTHLY].months = BIT(2);
	struct changes ch = settle(f, NULL, at(f, 20240219, 1000));
	assert_string_equal(late_text(f, &ch),
		"2024-02-19 10:00 t-1 electronic email brigade-7-lead; "
		"2024-02-19 10:00 t-1 electronic sms brigade-7-lead; "
		"2024-02-19 10:00 t-1 paper email brigade-7-lead; "
		"2024-02-19 10:00 t-1 paper sms brigade-7-lead; ");
}

static void does_not_repeat_a_catch_up(void **state)
{
	(void)state;
	struct fixture *f = start();
	settle(f, NULL, at(f, 20240718, 1230));
	/* Not sent yet (it waits for 14:00); sent; and the next day. */
	assert_int_equal(settle(f, NULL, at(f, 20240718, 1300)).n, 0);
	send_due(at(f, 20240718, 1400));
	assert_int_equal(settle(f, NULL, at(f, 20240718, 1500)).n, 0);
	send_due(at(f, 20240719, 900));
	assert_int_equal(settle(f, NULL, at(f, 20240719, 910)).n, 0);
}

static void shrinks_what_downtime_left(void **state)
{
	(void)state;
	struct fixture *f = start();
	settle(f, NULL, at(f, 20240601, 1000));
	send_due(at(f, 20240626, 1000));
	/* Just due: the next tick sends it. */
	assert_int_equal(settle(f, NULL, at(f, 20240701, 910)).n, 0);
	send_due(at(f, 20240701, 910));
	struct changes ch = settle(f, NULL, at(f, 20240718, 1000));
	assert_string_equal(late_text(f, &ch), "2024-07-18 10:00 t-1 paper email enforcement-lead; "
					       "2024-07-18 10:00 t-1 paper sms enforcement-lead; ");
	assert_int_equal(count_kind(&ch, CHANGE_MOVE), 2);
	assert_int_equal(count_kind(&ch, CHANGE_SUPERSEDE), 5);
	assert_int_equal(ch.n, 7);
	assert_int_equal(count_state(REMINDER_SENT), 3);
}

/* Back just after a newer step has come due: that one goes, what it overtook does not. */
static void lets_a_due_step_take_the_place(void **state)
{
	(void)state;
	struct fixture *f = start();
	settle(f, NULL, at(f, 20240601, 1000));
	struct changes ch = settle(f, NULL, at(f, 20240701, 910));
	assert_int_equal(ch.n, 1);
	assert_int_equal(ch.item[0].kind, CHANGE_SUPERSEDE);
	assert_string_equal(ch.item[0].want->step_id, "ahead");
}

static void cancels_and_revives(void **state)
{
	(void)state;
	static const char ID[] = "monthly/2024-07/enforcement";
	struct fixture *f = start();
	struct fixture_acts acts = {0};
	settle(f, &acts, at(f, 20240705, 1000));
	send_due(at(f, 20240716, 1000));
	size_t sent = count_state(REMINDER_SENT), planned = count_state(REMINDER_PLANNED);
	fixture_act(&acts, ID, ACT_REPORT);
	struct changes ch = settle(f, &acts, at(f, 20240716, 1100));
	/* The clerk's four stay. */
	assert_int_equal(count_kind(&ch, CHANGE_CANCEL), planned - 4);
	assert_int_equal(ch.n, planned - 4);
	assert_int_equal(count_state(REMINDER_SENT), sent);
	/* Returned on the 18th: what is still ahead comes back; what has passed meanwhile does not. */
	fixture_act(&acts, ID, ACT_RETURN);
	ch = settle(f, &acts, at(f, 20240718, 1000));
	assert_string_equal(late_text(f, &ch), "");
	assert_int_equal(count_kind(&ch, CHANGE_REVIVE), ch.n);
	assert_int_equal(ch.n, planned - 4 - 3);
	acts.act[1].undone = true;
	ch = settle(f, &acts, at(f, 20240718, 1001));
	assert_int_equal(count_kind(&ch, CHANGE_CANCEL), planned - 4 - 3);
}

static void moves_what_is_planned(void **state)
{
	(void)state;
	struct fixture *f = start();
	settle(f, NULL, at(f, 20240601, 1000));
	static const struct quiet_window LONGER[] = {{21 * 60, 9 * 60 + 15}, {12 * 60, 14 * 60}};
	f->c.quiet = LONGER;
	struct changes ch = settle(f, NULL, at(f, 20240601, 1001));
	assert_int_equal(count_kind(&ch, CHANGE_MOVE), ch.n);
	assert_int_equal(ch.n, ALL - 5);
	for (size_t i = 0; i < ch.n; i++)
		assert_int_equal(
			zone_to_civil(f->c.zone, ch.item[i].want->at).second, 9 * 3600 + 15 * 60);
}

/* An activity that ends on another day: new due date, new keys; what was sent stays sent. */
static void follows_a_due_date(void **state)
{
	(void)state;
	static const char ID[] = "keydate/mid-autumn-2024/brigade-1";
	struct fixture *f = start();
	struct fixture_acts acts = {0};
	fixture_only(f, R_KEYDATE)->n_occasions = 1;
	settle(f, &acts, at(f, 20240901, 1000));
	size_t n = box.n;
	fixture_act(&acts, ID, ACT_EXTENDED)->date = on(20240926);
	struct changes ch = settle(f, &acts, at(f, 20240902, 1000));
	assert_int_equal(count_kind(&ch, CHANGE_CANCEL), n);
	assert_int_equal(count_kind(&ch, CHANGE_PLAN), n);
	acts.act[0].undone = true;
	ch = settle(f, &acts, at(f, 20240903, 1000));
	assert_int_equal(count_kind(&ch, CHANGE_CANCEL), n);
	assert_int_equal(count_kind(&ch, CHANGE_REVIVE), n);
}

/* Another unit takes over: the old people's rows go, the new ones get one catch-up each. */
static void follows_the_roster(void **state)
{
	(void)state;
	struct fixture *f = start();
	settle(f, NULL, at(f, 20240601, 1000));
	send_due(at(f, 20240712, 1000));
	size_t planned = count_state(REMINDER_PLANNED);
	f->duty[6].unit = &f->unit[0];
	struct changes ch = settle(f, NULL, at(f, 20240712, 1000));
	assert_int_equal(count_kind(&ch, CHANGE_CANCEL), planned);
	assert_string_equal(late_text(f, &ch), "2024-07-12 10:00 start - sms brigade-1-lead; "
					       "2024-07-12 10:00 t-5 paper email brigade-1-lead; ");
}

/* An edit that gives the steps other names, or adds one in the past, tells nobody twice. */
static void sends_nothing_again_for_a_new_name(void **state)
{
	(void)state;
	struct fixture *f = start();
	struct step renamed[16];
	settle(f, NULL, at(f, 20240601, 1000));
	for (int day = 20240625; day <= 20240630; day++)
		send_due(at(f, day, 1000));
	for (int day = 20240701; day <= 20240718; day++)
		send_due(at(f, day, 1000));
	size_t n = f->standard.n_steps;
	static char name[16][32];
	for (size_t i = 0; i < n; i++) {
		renamed[i] = f->standard.step[i];
		snprintf(name[i], sizeof name[i], "new-%s", renamed[i].id);
		renamed[i].id = name[i];
	}
	/* One that is new and past, and one that is past and came after everything that was sent. */
	renamed[n] = renamed[4];
	renamed[n].id = "t-4";
	renamed[n].workdays = -4;
	f->standard.step = renamed, f->standard.n_steps = n + 1;
	struct changes ch = settle(f, NULL, at(f, 20240718, 1005));
	assert_string_equal(late_text(f, &ch), "");
	renamed[n].workdays = -1;
	renamed[n].minute = 9 * 60 + 30;
	ch = settle(f, NULL, at(f, 20240718, 1006));
	assert_string_equal(late_text(f, &ch), "");
	renamed[n].id = "t-1-late";
	ch = settle(f, NULL, at(f, 20240718, 1007));
	assert_string_equal(
		late_text(f, &ch), "2024-07-18 10:07 t-1-late paper email enforcement-lead; ");
}

static void leaves_the_others_alone(void **state)
{
	(void)state;
	struct fixture *f = start();
	struct fixture_acts acts = {0};
	settle(f, &acts, at(f, 20240601, 1000));
	static const struct {
		char digit;
		enum reminder_state state;
		int64_t cause;
	} OTHER[] = {{'1', REMINDER_PLANNED, 42}, {'2', REMINDER_CLAIMED, 0},
		{'3', REMINDER_SENT, 0}, {'4', REMINDER_FAILED, 0}, {'5', REMINDER_CANCELLED, 0},
		{'6', REMINDER_SUPERSEDED, 0}, {'7', REMINDER_PLANNED, 0}};
	for (size_t i = 0; i < sizeof OTHER / sizeof *OTHER; i++) {
		char key[REMINDER_KEY_SIZE];
		memset(key, OTHER[i].digit, 64);
		key[64] = '\0';
		struct outbox_view *r = add_row(key);
		r->state = OTHER[i].state, r->cause = OTHER[i].cause, r->at = at(f, 20240701, 900);
		r->obligation_id = "gone/2024/bureau", r->person_id = "clerk";
	}
	/* Only the planned step that nobody wants goes. */
	struct changes ch = settle(f, &acts, at(f, 20240601, 1000));
	assert_int_equal(ch.n, 1);
	assert_int_equal(ch.item[0].kind, CHANGE_CANCEL);
	assert_int_equal(ch.item[0].key[0], '7');
	/* What is claimed, sent or failed is nobody's to plan again. */
	for (size_t i = 0; i < box.n; i++)
		if (box.row[i].state == REMINDER_PLANNED && box.row[i].cause == 0)
			box.row[i].state = (enum reminder_state)(REMINDER_CLAIMED + i % 3);
	assert_int_equal(settle(f, &acts, at(f, 20240601, 1000)).n, 0);
	assert_int_equal(settle(f, &acts, at(f, 20240730, 1000)).n, 0);
}

/* An SMS that may not go out on a rest day is on the books, once. */
static void books_what_may_not_go_out(void **state)
{
	(void)state;
	struct fixture *f = start();
	struct fixture_acts acts = {0};
	fixture_only(f, R_FESTIVAL)->n_occasions = 1;
	fixture_act(&acts, "festival/spring-festival-2024/brigade-7", ACT_HELD);
	struct changes ch = settle(f, &acts, at(f, 20240201, 1000));
	assert_int_equal(count_kind(&ch, CHANGE_SUPERSEDE), 2);
	/* The workdays change: now it can. */
	f->c.workdays.n_off = 0;
	ch = settle(f, &acts, at(f, 20240201, 1001));
	assert_true(count_kind(&ch, CHANGE_REVIVE) >= 1);
}

/* Random times, acts, outages and quiet hours: settled at once, nothing planned into the past, at most
 * one late step for an addressee, and never more than was wanted. */
static void settles_whatever_happens(void **state)
{
	(void)state;
	uint64_t seed = fixture_seed();
	static const enum fixture_rule RULE[] = {R_MONTHLY, R_KEYDATE, R_FESTIVAL, R_CAMPAIGN};
	static const char *const ID[] = {"monthly/2024-07/enforcement",
		"keydate/mid-autumn-2024/brigade-1", "festival/qingming-2024/brigade-9",
		"campaign/greening-2024/mobile"};
	for (int round = 0; round < 150; round++) {
		struct fixture *f = start();
		struct fixture_acts acts = {0};
		int which = pick(&seed, 4);
		fixture_only(f, RULE[which]);
		struct quiet_window q[2];
		f->c.quiet = q, f->c.n_quiet = 2;
		struct instant now = at(f, 20240301, pick(&seed, 24) * 100);
		for (int step = 0; step < 25; step++) {
			if (step % 5 == 0)
				for (int k = 0; k < 2; k++)
					q[k] = (struct quiet_window){
						pick(&seed, 1440), pick(&seed, 1440)};
			if (acts.n < 16 && pick(&seed, 4) == 0) {
				enum act_kind kind = (enum act_kind)pick(&seed, ACT_DATE);
				fixture_act(&acts, ID[which], kind)->date = date_add(
					zone_to_civil(f->c.zone, now).date, pick(&seed, 9) - 4);
				acts.act[acts.n - 1].undone = pick(&seed, 4) == 0;
			}
			struct changes ch = settle(f, &acts, now);
			for (size_t i = 0; i < ch.n; i++) {
				const struct change *a = &ch.item[i];
				if (a->kind == CHANGE_PLAN || a->kind == CHANGE_REVIVE ||
					a->kind == CHANGE_MOVE)
					assert_true(a->want->at.s >= now.s);
				for (size_t k = 0; a->late && k < i; k++) {
					const struct change *b = &ch.item[k];
					bool same = b->late && b->want->person == a->want->person &&
						    b->want->channel == a->want->channel &&
						    b->want->obligation == a->want->obligation;
					if (same)
						assert_string_equal(
							a->want->step_id, b->want->step_id);
				}
			}
			now.s += pick(&seed, 2) ? pick(&seed, 7200) : pick(&seed, 20 * 86400);
			if (pick(&seed, 2))
				send_due(now);
			arena_reset(&arena);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_what_is_ahead),
		cmocka_unit_test(shrinks_the_past_to_the_most_urgent),
		cmocka_unit_test(sends_both_forms_of_one_step),
		cmocka_unit_test(does_not_repeat_a_catch_up),
		cmocka_unit_test(shrinks_what_downtime_left),
		cmocka_unit_test(lets_a_due_step_take_the_place),
		cmocka_unit_test(cancels_and_revives),
		cmocka_unit_test(moves_what_is_planned),
		cmocka_unit_test(follows_a_due_date),
		cmocka_unit_test(follows_the_roster),
		cmocka_unit_test(sends_nothing_again_for_a_new_name),
		cmocka_unit_test(leaves_the_others_alone),
		cmocka_unit_test(books_what_may_not_go_out),
		cmocka_unit_test(settles_whatever_happens),
	};
	return cmocka_run_group_tests(tests, NULL, done);
}
