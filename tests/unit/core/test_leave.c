/* Who is told when somebody is away, and when a month is passed on in its middle. */
#include "fixture.h"
#include "leave.h"
#include "occasion.h"

static struct arena arena;
static const char JULY[] = "monthly/2024-07/enforcement";

static struct person *person(struct fixture *f, const char *unit, int role)
{
	return &f->person[3 * fixture_unit(unit) + role];
}

static void away(struct fixture *f, int role, int first, int last)
{
	static struct span span[3];
	struct person *p = person(f, "enforcement", role);
	span[role] = (struct span){on(first), on(last)};
	p->leave = &span[role];
	p->n_leave = 1;
}

static struct obligations expand(struct fixture *f)
{
	struct obligations os;
	struct diag d = DIAG_INIT;
	assert_int_equal(
		obligation_expand(&f->c, on(20240101), on(20251231), NULL, NULL, &arena, &os, &d),
		RC_OK);
	return os;
}

/* "step:person" of those on that day by that channel; '-' before what is not sent. */
static const char *told(struct fixture *f, int ymd, enum channel ch)
{
	static char text[600];
	struct obligations os = expand(f);
	struct reminders rs;
	struct diag d = DIAG_INIT;
	assert_int_equal(plan_reminders(&f->c, &os, PLAN_AS_IS, &arena, &rs, &d), RC_OK);
	text[0] = '\0';
	for (int role = 0; role < ROLE_COUNT; role++)
		for (size_t i = 0; i < rs.n; i++) {
			const struct reminder *r = &rs.item[i];
			size_t n = strlen(text);
			if (strcmp(r->obligation_id, JULY) != 0 || r->channel != ch ||
				(int)r->role != role ||
				zone_to_civil(f->c.zone, r->at).date.days != on(ymd).days)
				continue;
			snprintf(text + n, sizeof text - n, "%s%s%s:%s", n ? " " : "",
				r->superseded ? "-" : "", r->step_id, r->person->id);
		}
	return text;
}

static bool has(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

static void deputy_stands_in(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	assert_string_equal(told(f, 20240701, CHANNEL_SMS), "start:enforcement-lead");
	away(f, 0, 20240701, 20240701);
	assert_true(has(told(f, 20240701, CHANNEL_SMS), "-start:enforcement-lead"));
	assert_true(has(told(f, 20240701, CHANNEL_SMS), " start:enforcement-deputy") ||
		    has(told(f, 20240701, CHANNEL_SMS), "start:enforcement-deputy "));
	const char *mail = told(f, 20240701, CHANNEL_EMAIL);
	assert_true(has(mail, "start:enforcement-lead") && has(mail, "start:enforcement-deputy"));
	assert_false(has(mail, "-start"));
	assert_string_equal(told(f, 20240708, CHANNEL_EMAIL), "eighth:enforcement-lead");
}

static void next_in_line(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	away(f, 0, 20240625, 20240705);
	away(f, 2, 20240701, 20240701);
	assert_true(has(told(f, 20240701, CHANNEL_SMS), "start:enforcement-preparer"));
	assert_true(has(told(f, 20240625, CHANNEL_EMAIL), "ahead:enforcement-deputy"));
	away(f, 1, 20240701, 20240702);
	/* Nobody is left: as ever. */
	assert_string_equal(told(f, 20240701, CHANNEL_SMS), "start:enforcement-lead");
}

static void says_for_whom(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	away(f, 0, 20240701, 20240712);
	struct obligations os = expand(f);
	const struct obligation *o = obligation_find(&os, JULY);
	const struct person *deputy = person(f, "enforcement", 2);
	assert_ptr_equal(leave_stand_in(o, &o->who[0], on(20240712)), deputy);
	assert_null(leave_stand_in(o, &o->who[0], on(20240713)));
	assert_null(leave_stand_in(o, &o->who[0], on(20240630)));
	assert_ptr_equal(leave_absent(o, deputy, on(20240701)), &o->who[0]);
	assert_null(leave_absent(o, deputy, on(20240713)));
	assert_null(leave_absent(o, person(f, "enforcement", 0), on(20240701)));
}

/* "name msgid-start" of the warnings. */
static size_t warnings(struct fixture *f, int from, int to, const char *part)
{
	struct diags ds = {0};
	size_t n = 0;
	char line[DIAG_TEXT_MAX + 300];
	leave_check(&f->c, NULL, on(from), on(to), &ds);
	for (size_t i = 0; i < ds.n; i++) {
		diag_line(&ds.item[i], NULL, line, sizeof line);
		n += strstr(line, part) != NULL;
	}
	diags_done(&ds);
	return n;
}

static void warns(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	for (int i = 0; i < FIXTURE_UNITS * 3; i++)
		f->person[i].src = (struct source){"people.cfg", i};
	away(f, 0, 20240701, 20240712);
	assert_int_equal(warnings(f, 20240601, 20240731, ""), 0);
	away(f, 2, 20240705, 20240705);
	assert_int_equal(
		warnings(f, 20240601, 20240731, "2024-07-05, and the deputy of enforcement"), 1);
	assert_int_equal(warnings(f, 20240601, 20240704, ""), 0);
	away(f, 1, 20240705, 20240706);
	assert_int_equal(warnings(f, 20240601, 20240731, "nobody of enforcement stands in"), 2);
	f->unit[U_ENFORCEMENT].deputy = NULL;
	f->unit[U_ENFORCEMENT].preparer = NULL;
	assert_int_equal(warnings(f, 20240601, 20240731, "2024-07-01, and nobody"), 1);
}

/* ---- handovers ------------------------------------------------------------------------------------- */

static void lead_changes(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	static struct succession h;
	h = (struct succession){.from = on(20240708), .lead = person(f, "mobile", 1)};
	f->unit[U_ENFORCEMENT].handover = &h;
	assert_string_equal(told(f, 20240701, CHANNEL_SMS), "start:enforcement-lead");
	const char *mail = told(f, 20240708, CHANNEL_EMAIL);
	assert_true(has(mail, "handover:mobile-preparer") && has(mail, "eighth:mobile-preparer") &&
		    has(mail, "handed-over:enforcement-lead"));
	assert_false(has(mail, "eighth:enforcement-lead"));
	assert_true(has(told(f, 20240708, CHANNEL_SMS), "handover:mobile-preparer"));
	/* The ladder has not begun then: nothing to hand over. */
	h.from = on(20240601);
	assert_string_equal(told(f, 20240603, CHANNEL_EMAIL), "");
	assert_string_equal(told(f, 20240701, CHANNEL_SMS), "start:mobile-preparer");
}

static struct duty *july(struct fixture *f)
{
	for (size_t i = 0; i < f->roster.n_duties; i++)
		if (f->duty[i].month == 7)
			return &f->duty[i];
	return NULL;
}

static void unit_changes(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	static struct succession h;
	h = (struct succession){.from = on(20240708), .unit = &f->unit[U_MOBILE]};
	july(f)->handover = &h;
	struct obligations os = expand(f);
	const struct obligation *o = obligation_find(&os, JULY);
	assert_non_null(o);
	assert_ptr_equal(obligation_unit_on(o, false, on(20240707)), &f->unit[U_ENFORCEMENT]);
	assert_ptr_equal(obligation_unit_on(o, false, on(20240708)), &f->unit[U_MOBILE]);
	const char *mail = told(f, 20240708, CHANNEL_EMAIL);
	assert_true(has(mail, "handover:mobile-lead") && has(mail, "eighth:mobile-lead") &&
		    has(mail, "handed-over:enforcement-lead"));
	/* Once: a roster that repeats does not repeat it. */
	f->roster.repeats = true;
	os = expand(f);
	o = obligation_find(&os, "monthly/2025-07/enforcement");
	assert_true(o && !o->handover && !o->who[0].leaves);
}

static void who_is_on_duty(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	static struct succession h, own;
	const struct unit *u;
	const struct person *lead;
	struct duty *d = july(f);
	h = (struct succession){.from = on(20240708), .unit = &f->unit[U_MOBILE]};
	own = (struct succession){.from = on(20240710), .lead = person(f, "mobile", 1)};
	static const struct {
		int year, today;
		bool passed;
	} T[] = {{2024, 20240101, false}, {2024, 20240707, false}, {2024, 20240708, true},
		{2024, 20241231, true}, {2025, 20250720, false}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		d->handover = &h;
		leave_duty_in(d, T[i].year, on(T[i].today), &u, &lead);
		assert_ptr_equal(u, &f->unit[T[i].passed ? U_MOBILE : U_ENFORCEMENT]);
		assert_ptr_equal(lead, u->lead);
	}
	/* A lead for good is that of later years, too; the row's own comes before both. */
	d->handover = NULL;
	f->unit[U_ENFORCEMENT].handover = &own;
	leave_duty_in(d, 2025, on(20250101), &u, &lead);
	assert_true(lead == own.lead && u == d->unit);
	leave_duty_in(d, 2024, on(20240709), &u, &lead);
	assert_ptr_equal(lead, u->lead);
	d->lead = person(f, "mobile", 2);
	leave_duty_in(d, 2025, on(20250101), &u, &lead);
	assert_ptr_equal(lead, d->lead);
}

/* A deadline that moves makes no second notice. */
static void one_notice(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	static struct succession h;
	char key[2][REMINDER_KEY_SIZE] = {{0}};
	h = (struct succession){.from = on(20240708), .lead = person(f, "mobile", 1)};
	f->unit[U_ENFORCEMENT].handover = &h;
	for (int k = 0; k < 2; k++) {
		struct obligations os = expand(f);
		struct reminders rs;
		struct diag d = DIAG_INIT;
		assert_int_equal(plan_reminders(&f->c, &os, PLAN_AS_IS, &arena, &rs, &d), RC_OK);
		for (size_t i = 0; i < rs.n; i++)
			if (strcmp(rs.item[i].obligation_id, JULY) == 0 &&
				strcmp(rs.item[i].step_id, "handover") == 0 &&
				rs.item[i].channel == CHANNEL_SMS)
				memcpy(key[k], rs.item[i].key, sizeof key[k]);
		f->rule[R_MONTHLY].day = 22;
	}
	assert_true(key[0][0]);
	assert_string_equal(key[0], key[1]);
}

static int done(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deputy_stands_in),
		cmocka_unit_test(next_in_line),
		cmocka_unit_test(says_for_whom),
		cmocka_unit_test(warns),
		cmocka_unit_test(lead_changes),
		cmocka_unit_test(unit_changes),
		cmocka_unit_test(who_is_on_duty),
		cmocka_unit_test(one_notice),
	};
	return cmocka_run_group_tests(tests, NULL, done);
}
