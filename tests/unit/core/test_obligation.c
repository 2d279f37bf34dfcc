#include "fixture.h"

static struct arena arena;

static struct obligations expand(struct fixture *f, int from, int to, struct fixture_acts *acts)
{
	struct obligations os;
	struct diag d = DIAG_INIT;
	enum rc rc = obligation_expand(
		&f->c, on(from), on(to), acts ? fixture_acts_of : NULL, acts, &arena, &os, &d);
	assert_int_equal(rc, RC_OK);
	return os;
}

/* The one of that id in a window wide enough for everything. */
static const struct obligation *find(struct fixture *f, struct fixture_acts *acts, const char *id)
{
	struct obligations os = expand(f, 20220101, 20271231, acts);
	return obligation_find(&os, id);
}

static int done(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

/* ---- dates: the table of the design, 3.4 -------------------------------------------------------- */

static const struct {
	const char *id;
	int due, hand_in, hhmm;
} WORKED[] = {
	{"monthly/2024-01/brigade-6", 20240120, 20240119, 1730},
	{"monthly/2024-02/brigade-7", 20240220, 20240220, 1730},
	{"monthly/2024-04/brigade-9", 20240420, 20240419, 1730},
	{"monthly/2024-07/enforcement", 20240720, 20240719, 1800},
	{"monthly/2024-08/office", 20240820, 20240820, 1800},
	{"monthly/2024-08/digital", 20240820, 20240820, 1800},
	{"monthly/2024-10/brigade-2", 20241020, 20241018, 1730},
	{"festival/spring-festival-2024/brigade-7", 20240212, 20240218, 1730},
	{"festival/qingming-2024/brigade-9", 20240406, 20240407, 1730},
	{"keydate/mid-autumn-2024/brigade-1", 20240919, 20240919, 1800},
	{"keydate/fire-2024/brigade-3", 20241111, 20241111, 1730},
	{"keydate/constitution-2024/brigade-4", 20241206, 20241206, 1730},
	{"campaign/greening-2024/mobile", 20240702, 20240702, 1800},
	/* beyond the table */
	{"monthly/2024-05/brigade-10", 20240520, 20240520, 1800},
	{"monthly/2024-06/mobile", 20240620, 20240620, 1800},
	{"monthly/2024-09/brigade-1", 20240920, 20240920, 1800},
	{"monthly/2024-12/brigade-4", 20241220, 20241220, 1730},
};

static void dates_the_worked_examples(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	for (int i = 0; i < R_COUNT_OF; i++)
		fixture_forms(&f->rule[i], BOTH);
	struct obligations os = expand(f, 20240101, 20241231, NULL);
	for (size_t i = 0; i < sizeof WORKED / sizeof *WORKED; i++) {
		const struct obligation *o = obligation_find(&os, WORKED[i].id);
		if (!o)
			fail_msg("no %s", WORKED[i].id);
		if (ymd_of(o->due) != WORKED[i].due || ymd_of(o->hand_in) != WORKED[i].hand_in)
			fail_msg("%s: due %d, hand-in %d", o->id, ymd_of(o->due),
				ymd_of(o->hand_in));
		assert_int_equal(o->due_at.s, at(f, WORKED[i].due, WORKED[i].hhmm).s);
		assert_int_equal(o->hand_in_at.s, at(f, WORKED[i].hand_in, WORKED[i].hhmm).s);
		assert_int_equal(o->hand_in_late, WORKED[i].hand_in > WORKED[i].due);
		assert_false(o->provisional);
		assert_int_equal(o->forms, BOTH);
	}
}

static void hands_in_when_due_without_paper(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	const struct obligation *o = find(f, NULL, "festival/spring-festival-2024/brigade-7");
	assert_int_equal(ymd_of(o->due), 20240212);
	assert_int_equal(ymd_of(o->hand_in), 20240212);
	assert_false(o->hand_in_late);
	assert_int_equal(o->hand_in_at.s, o->due_at.s);
}

/* Due on the activity's own day: paper of it can only come after that. */
static void asks_no_paper_before_the_end(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct rule *r = &f->rule[R_KEYDATE];
	r->last_day_counts = true, r->days = 1;
	fixture_forms(r, BOTH);
	const struct obligation *o = find(f, NULL, "keydate/constitution-2024/brigade-4");
	assert_int_equal(ymd_of(o->due), 20241204);
	assert_int_equal(ymd_of(o->hand_in), 20241205);
	assert_true(o->hand_in_late);
}

static void obeys_the_rules_settings(void **state)
{
	(void)state;
	static const struct {
		const char *name, *id;
		enum fixture_rule rule;
		enum roll roll;
		int day, not_included, last_day_counts, internal;
		int due, rule_due, internal_day;
	} T[] = {
		{"stays", "monthly/2024-07/enforcement", R_MONTHLY, ROLL_NONE, 20, 0, 0, 0,
			20240720, 20240720, 0},
		{"before", "monthly/2024-07/enforcement", R_MONTHLY, ROLL_BEFORE, 20, 0, 0, 0,
			20240719, 20240720, 0},
		{"after", "monthly/2024-07/enforcement", R_MONTHLY, ROLL_AFTER, 20, 0, 0, 0,
			20240722, 20240720, 0},
		{"after a long holiday", "monthly/2024-10/brigade-2", R_MONTHLY, ROLL_AFTER, 1, 0,
			0, 0, 20241008, 20241001, 0},
		{"before a long holiday", "monthly/2024-10/brigade-2", R_MONTHLY, ROLL_BEFORE, 1, 0,
			0, 0, 20240930, 20241001, 0},
		{"20th not included", "monthly/2024-05/brigade-10", R_MONTHLY, ROLL_NONE, 20, 1, 0,
			0, 20240519, 20240519, 0},
		{"clamped", "monthly/2024-02/brigade-7", R_MONTHLY, ROLL_NONE, 31, 0, 0, 0,
			20240229, 20240229, 0},
		{"first, not included", "monthly/2024-03/brigade-8", R_MONTHLY, ROLL_NONE, 1, 1, 0,
			0, 20240229, 20240229, 0},
		{"last day counts", "keydate/mid-autumn-2024/brigade-1", R_KEYDATE, ROLL_NONE, 0, 0,
			1, 0, 20240918, 20240918, 0},
		{"internal", "monthly/2024-10/brigade-2", R_MONTHLY, ROLL_NONE, 20, 0, 0, 2,
			20241020, 20241020, 20241017},
		{"internal over make-up days", "keydate/mid-autumn-2024/brigade-1", R_KEYDATE,
			ROLL_NONE, 0, 0, 0, 2, 20240919, 20240919, 20240914},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct fixture *f = fixture_init();
		struct rule *r = fixture_only(f, T[i].rule);
		r->roll = T[i].roll;
		r->day = T[i].day;
		r->day_included = !T[i].not_included;
		r->last_day_counts = T[i].last_day_counts;
		r->internal = T[i].internal;
		const struct obligation *o = find(f, NULL, T[i].id);
		if (!o || ymd_of(o->due) != T[i].due || ymd_of(o->rule_due) != T[i].rule_due ||
			ymd_of(o->internal) != T[i].internal_day)
			fail_msg("%s: %d %d %d", T[i].name, o ? ymd_of(o->due) : 0,
				o ? ymd_of(o->rule_due) : 0, o ? ymd_of(o->internal) : 0);
	}
}

/* An obligation whose day rolls out of its month still falls into the right window, once. */
static void rolls_across_the_window(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct rule *r = fixture_only(f, R_MONTHLY);
	r->day = 1;
	r->roll = ROLL_BEFORE;
	assert_int_equal(expand(f, 20240930, 20240930, NULL).n, 1);
	assert_int_equal(expand(f, 20241001, 20241031, NULL).n, 0);
	r->roll = ROLL_AFTER;
	assert_int_equal(expand(f, 20241001, 20241007, NULL).n, 0);
	assert_int_equal(expand(f, 20241008, 20241008, NULL).n, 1);
}

/* ---- who ---------------------------------------------------------------------------------------- */

/* "lead:brigade-1-lead preparer:..." */
static const char *who_text(const struct obligation *o)
{
	static char text[600];
	text[0] = '\0';
	for (size_t i = 0; i < o->n_who; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s:%s", i ? " " : "",
			role_text(o->who[i].role), o->who[i].person->id);
	return text;
}

static void tells_the_right_people(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	assert_string_equal(who_text(find(f, NULL, "monthly/2024-05/brigade-10")),
		"lead:brigade-10-lead preparer:brigade-10-preparer deputy:brigade-10-deputy "
		"clerk:clerk "
		"leader:leader-1 leader:leader-2");
	/* What the bureau owes, its office is reminded of. */
	assert_string_equal(who_text(find(f, NULL, "service/2024-H1/bureau")),
		"lead:clerk clerk:clerk leader:leader-1 leader:leader-2");
	/* The row's own lead, and a unit without a deputy. */
	f->duty[4].lead = &f->person[ADMIN];
	f->unit[9].deputy = NULL;
	assert_string_equal(who_text(find(f, NULL, "monthly/2024-05/brigade-10")),
		"lead:admin preparer:brigade-10-preparer clerk:clerk leader:leader-1 "
		"leader:leader-2");
	f->rule[R_MONTHLY].joint = true;
	const struct obligation *o = find(f, NULL, "monthly/2024-08/office");
	assert_string_equal(who_text(o),
		"lead:office-lead lead:digital-lead preparer:office-preparer "
		"preparer:digital-preparer deputy:office-deputy deputy:digital-deputy clerk:clerk "
		"leader:leader-1 leader:leader-2");
	assert_ptr_equal(o->joint_unit, &f->unit[U_DIGITAL]);
	assert_null(find(f, NULL, "monthly/2024-08/digital"));
	assert_null(find(f, NULL, "monthly/2024-05/brigade-10")->joint_unit);
}

static void gives_each_owner_its_own(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct obligations os = expand(f, 20240101, 20241231, NULL);
	size_t each = 0;
	for (size_t i = 0; i < os.n; i++)
		each += os.item[i].rule == &f->rule[R_EACH];
	assert_int_equal(each, FIXTURE_UNITS);
	assert_non_null(obligation_find(&os, "each/2024-03/digital"));
	assert_non_null(obligation_find(&os, "letter-7/letter-7/brigade-5"));
	assert_non_null(obligation_find(&os, "service/2024-H1/bureau"));
	const struct obligation *o = obligation_find(&os, "service/2024-H2/bureau");
	assert_int_equal(ymd_of(o->due), 20241231);
	assert_null(o->unit);
	assert_string_equal(o->unit_id, "bureau");
	f->rule[R_SERVICE].per_half_year = false;
	o = find(f, NULL, "service/2024/bureau");
	assert_int_equal(ymd_of(o->due), 20241231);
	assert_int_equal(ymd_of(o->period_first), 20240101);
}

/* ---- which -------------------------------------------------------------------------------------- */

static void follows_the_indicators(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	fixture_only(f, R_STAR);
	struct obligations os = expand(f, 20240101, 20241231, NULL);
	assert_int_equal(os.n, 2);
	assert_string_equal(os.item[0].id, "star/2024-03/brigade-8");
	assert_int_equal(os.item[0].n_indicators, 2);
	assert_true(os.item[0].sample);
	assert_string_equal(os.item[1].id, "star/2024-09/brigade-1");
	assert_int_equal(os.item[1].n_indicators, 1);
	assert_string_equal(os.item[1].indicator[0], "A");
	assert_false(os.item[1].sample);
	/* Those of another year's list are not this year's. */
	static const struct indicator LIST[] = {
		{.name = "A", .months = BIT(3), .year = 2024}, {.name = "B", .months = BIT(4), .year = 2025}};
	f->rule[R_STAR].indicator = LIST;
	os = expand(f, 20240101, 20241231, NULL);
	assert_int_equal(os.n, 1);
	assert_string_equal(os.item[0].id, "star/2024-03/brigade-8");
	f->rule[R_STAR].n_indicators = 0;
	assert_int_equal(expand(f, 20240101, 20241231, NULL).n, 0);
}

static void keeps_to_the_rules_months(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	fixture_only(f, R_MONTHLY)->months = BIT(2) | BIT(11);
	struct obligations os = expand(f, 20240101, 20241231, NULL);
	assert_int_equal(os.n, 2);
	assert_string_equal(os.item[1].id, "monthly/2024-11/brigade-3");
}

static void marks_samples_and_placeholders(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	assert_false(find(f, NULL, "monthly/2024-05/brigade-10")->sample);
	f->person[3 * 9].placeholder = true;
	assert_true(find(f, NULL, "monthly/2024-05/brigade-10")->sample);
	f->occasion[O_FIRE].sample = true;
	assert_true(find(f, NULL, "keydate/fire-2024/brigade-3")->sample);
}

static void knows_backfill_and_repeated_rosters(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	f->roster.effective_from = on(20240508);
	assert_true(find(f, NULL, "monthly/2024-04/brigade-9")->backfill);
	assert_true(find(f, NULL, "festival/qingming-2024/brigade-9")->backfill);
	/* 补录 are the earlier months; the one in which the notice came is not. */
	assert_false(find(f, NULL, "monthly/2024-05/brigade-10")->backfill);
	assert_null(find(f, NULL, "monthly/2025-05/brigade-10"));
	f->roster.repeats = true;
	const struct obligation *o = find(f, NULL, "monthly/2025-05/brigade-10");
	assert_true(
		o->provisional && o->provisional_roster && !o->provisional_days && !o->backfill);
	static const int CONFIRMED[] = {2025 * 12 + 4};
	f->roster.confirmed = CONFIRMED, f->roster.n_confirmed = 1;
	assert_false(find(f, NULL, "monthly/2025-05/brigade-10")->provisional);
	assert_true(find(f, NULL, "monthly/2025-06/mobile")->provisional_roster);
	f->c.n_rosters = 2;
	assert_null(find(f, NULL, "monthly/2025-05/brigade-10"));
	assert_false(find(f, NULL, "monthly/2025-05/mobile")->provisional);
}

static void knows_what_the_calendar_does_not(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	f->c.workdays.known_through = on(20240719);
	assert_true(find(f, NULL, "monthly/2024-07/enforcement")->provisional_days);
	assert_false(find(f, NULL, "monthly/2024-06/mobile")->provisional);
	f->rule[R_MONTHLY].roll = ROLL_BEFORE;
	assert_true(find(f, NULL, "monthly/2024-07/enforcement")->provisional_days);
	f->c.workdays.known_through = on(20240720);
	assert_false(find(f, NULL, "monthly/2024-07/enforcement")->provisional);
	f->c.workdays.known_through = DATE_NONE;
	assert_true(find(f, NULL, "monthly/2024-01/brigade-6")->provisional);
}

/* Two spans that end in one year must not share an id (Laba falls twice into 2022). */
static void tells_two_spans_of_a_year_apart(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct span twice[] = {{on(20240501), on(20240630)}, {on(20240603), on(20240605)}};
	f->occasion[O_CAMPAIGN].kind = OCCASION_DATES;
	f->occasion[O_CAMPAIGN].dates = twice, f->occasion[O_CAMPAIGN].n_dates = 2;
	fixture_only(f, R_CAMPAIGN);
	struct obligations os = expand(f, 20240101, 20241231, NULL);
	assert_int_equal(os.n, 2);
	assert_string_equal(os.item[0].id, "campaign/greening-2024/mobile");
	assert_string_equal(os.item[1].id, "campaign/greening-2024-2/mobile");
	os = expand(f, 20240701, 20241231, NULL);
	assert_int_equal(os.n, 1);
	assert_string_equal(os.item[0].id, "campaign/greening-2024-2/mobile");
}

static void carries_the_year_of_the_last_day(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct span winter = {on(20231220), on(20240105)};
	f->occasion[O_CAMPAIGN].kind = OCCASION_DATES;
	f->occasion[O_CAMPAIGN].dates = &winter, f->occasion[O_CAMPAIGN].n_dates = 1;
	const struct obligation *o = find(f, NULL, "campaign/greening-2024/brigade-6");
	assert_non_null(o);
	assert_int_equal(ymd_of(o->due), 20240107);
}

/* ---- ids and order ---------------------------------------------------------------------------------- */

static void splits_ids(void **state)
{
	(void)state;
	struct obligation_name n = {.rule = "x"};
	assert_true(obligation_name_parse("keydate/mid-autumn-2024/brigade-1", &n));
	assert_string_equal(n.rule, "keydate");
	assert_string_equal(n.period, "mid-autumn-2024");
	assert_string_equal(n.unit, "brigade-1");
	static const char *const BAD[] = {"", "a", "a/b", "a/b/", "/b/c", "a//c", "a/b/c/d", "//",
		"a/b/c/", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b/c"};
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		if (obligation_name_parse(BAD[i], &n))
			fail_msg("%s", BAD[i]);
	assert_string_equal(n.rule, "keydate");
}

static void orders_by_due_and_id(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	f->roster.repeats = true;
	struct obligations os = expand(f, 20240101, 20251231, NULL);
	assert_true(os.n > 50);
	for (size_t i = 0; i < os.n; i++) {
		const struct obligation *a = &os.item[i], *b = &os.item[i + 1];
		assert_ptr_equal(obligation_find(&os, a->id), a);
		if (i + 1 == os.n)
			break;
		if (date_is_none(b->due))
			continue;
		int order = date_compare(a->due, b->due);
		assert_true(order < 0 || (order == 0 && strcmp(a->id, b->id) < 0));
	}
	assert_null(obligation_find(&os, "monthly/2024-13/brigade-1"));
}

/* The whole range of dates, and windows that are empty or upside down. */
static void takes_any_window(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	fixture_only(f, R_KEYDATE);
	f->roster.repeats = true;
	assert_true(expand(f, 19000101, 21991231, NULL).n > 300);
	assert_int_equal(expand(f, 19000101, 19000101, NULL).n, 0);
	assert_true(expand(f, 21991231, 21991231, NULL).n == 0);
	assert_int_equal(expand(f, 20241231, 20240101, NULL).n, 0);
	for (int i = 0; i < R_COUNT_OF; i++) {
		fixture_only(f, (enum fixture_rule)i);
		expand(f, 19000101, 19000102, NULL);
		expand(f, 21991230, 21991231, NULL);
	}
}

static void refuses_too_many(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	struct obligations os = {.n = 4711};
	struct diag d = DIAG_INIT;
	static const struct unit *many[CONFIG_UNITS_MAX];
	for (int i = 0; i < CONFIG_UNITS_MAX; i++)
		many[i] = &f->unit[0];
	f->c.unit = many, f->c.n_units = CONFIG_UNITS_MAX;
	struct rule *r = fixture_only(f, R_MONTHLY);
	r->owed_by = OWED_EVERY_UNIT;
	assert_int_equal(
		obligation_expand(&f->c, on(20240101), on(20271231), NULL, NULL, &arena, &os, &d),
		RC_LIMIT);
	assert_int_equal(os.n, 4711);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_the_worked_examples),
		cmocka_unit_test(hands_in_when_due_without_paper),
		cmocka_unit_test(asks_no_paper_before_the_end),
		cmocka_unit_test(obeys_the_rules_settings),
		cmocka_unit_test(rolls_across_the_window),
		cmocka_unit_test(tells_the_right_people),
		cmocka_unit_test(gives_each_owner_its_own),
		cmocka_unit_test(follows_the_indicators),
		cmocka_unit_test(keeps_to_the_rules_months),
		cmocka_unit_test(marks_samples_and_placeholders),
		cmocka_unit_test(knows_backfill_and_repeated_rosters),
		cmocka_unit_test(knows_what_the_calendar_does_not),
		cmocka_unit_test(tells_two_spans_of_a_year_apart),
		cmocka_unit_test(carries_the_year_of_the_last_day),
		cmocka_unit_test(splits_ids),
		cmocka_unit_test(orders_by_due_and_id),
		cmocka_unit_test(takes_any_window),
		cmocka_unit_test(refuses_too_many),
	};
	return cmocka_run_group_tests(tests, NULL, done);
}
