/* Before a month begins: what lacks, and when the admins are told by themselves. */
#include "engine_preflight.h"
#include "sim.h"

static bool finds(const struct diags *ds, enum severity severity, const char *part)
{
	char line[DIAG_TEXT_MAX + 300];
	for (size_t i = 0; i < ds->n; i++) {
		diag_line(&ds->item[i], NULL, line, sizeof line);
		if (ds->item[i].severity == severity && strstr(line, part))
			return true;
	}
	return false;
}

static void look(struct sim *s, int year, int month, struct diags *ds)
{
	struct diag d = DIAG_INIT;
	*ds = (struct diags){0};
	if (engine_preflight(s->e, year, month, s->now, ds, &d))
		sim_fail(&d);
	arena_reset(engine_arena(s->e));
}

static void test_people(void **state)
{
	(void)state;
	static const struct sim_edit EDIT[] = {
		{"organisation.cfg", "preparer = \"preparer-mobile\"; ", ""},
	};
	struct diags ds;
	struct sim s;
	sim_new(&s, "preflight", "2024-05-06T12:00+08:00", EDIT, 1);
	look(&s, 2024, 6, &ds);
	assert_true(finds(&ds, SEV_WARNING, "(mobile) has nobody who prepares the material"));
	assert_true(finds(&ds, SEV_ERROR, "(lead-mobile) has a placeholder for a contact"));
	assert_true(finds(&ds, SEV_ERROR, "(admin) has a placeholder"));
	assert_false(finds(&ds, SEV_ERROR, "lead-brigade-10"));
	assert_false(finds(&ds, SEV_ERROR, "nobody is on duty"));
	diags_done(&ds);
	look(&s, 2023, 6, &ds);
	assert_true(finds(&ds, SEV_ERROR, "nobody is on duty in 2023-06"));
	diags_done(&ds);
	look(&s, 2026, 12, &ds);
	assert_true(finds(&ds, SEV_WARNING, "working days are known through"));
	assert_true(finds(&ds, SEV_WARNING, "those of an earlier year"));
	diags_done(&ds);
	sim_done(&s);
}

/* Leave of those on duty, from the first reminders on; nobody else's. */
static void test_leave(void **state)
{
	(void)state;
	static const struct sim_edit EDIT[] = {
		{"people.cfg", "phone = \"+86 100 0000 0031\";",
			"phone = \"+86 100 0000 0031\"; leave = [ \"2024-05-27\", \"2024-06-18\" ];"},
		{"people.cfg", "phone = \"+86 100 0000 0033\";",
			"phone = \"+86 100 0000 0033\"; leave = [ \"2024-06-18\" ];"},
		{"organisation.cfg", " deputy = \"deputy-brigade-10\";", ""},
		{"people.cfg", "phone = \"+86 100 0000 0028\";",
			"phone = \"+86 100 0000 0028\"; leave = [ \"2024-06-18\" ];"},
	};
	struct diags ds;
	struct sim s;
	sim_new(&s, "preflight-leave", "2024-05-06T12:00+08:00", EDIT, 4);
	look(&s, 2024, 6, &ds);
	assert_true(finds(&ds, SEV_WARNING, "(lead-mobile) is on leave on 2024-06-18, and the deputy"));
	assert_false(finds(&ds, SEV_WARNING, "(lead-brigade-10) is on leave"));
	diags_done(&ds);
	look(&s, 2024, 5, &ds);
	assert_false(finds(&ds, SEV_WARNING, "is on leave"));
	diags_done(&ds);
	sim_done(&s);
}

/* What was delivered to a contact proves it, for ninety days. */
static void test_proven(void **state)
{
	(void)state;
	struct diags ds;
	struct sim s;
	sim_new(&s, "proven", "2024-05-06T08:00+08:00", NULL, 0);
	/* Spooled is sent, as far as the record goes; placeholders are not asked about. */
	for (size_t i = 0; i < engine_config(s.e)->n_persons; i++)
		((struct person *)(uintptr_t)engine_config(s.e)->person[i])->placeholder = false;
	look(&s, 2024, 5, &ds);
	assert_true(finds(&ds, SEV_WARNING, "no mail has reached these in the last 90 days"));
	assert_true(finds(&ds, SEV_WARNING, "lead-brigade-10, "));
	diags_done(&ds);
	sim_run_until(&s, "2024-05-06T18:00+08:00");
	look(&s, 2024, 5, &ds);
	assert_false(finds(&ds, SEV_WARNING, "lead-brigade-10, "));
	assert_true(finds(&ds, SEV_WARNING, "no mail has reached these in the last 90 days"));
	diags_done(&ds);
	sim_done(&s);
}

/* June begins on a Saturday: ten workdays before it is Mon 20 May, five Mon 27, the last Fri 31. */
static void test_told_by_itself(void **state)
{
	(void)state;
	static const char *const DAY[] = {"2024-05-20", "2024-05-27", "2024-05-31"};
	struct sim s;
	sim_new(&s, "preflight-digest", "2024-05-06T12:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-06-01T00:00+08:00");
	size_t told = 0;
	for (size_t i = 0; i < s.n_messages; i++)
		if (strcmp(s.message[i].person, "admin") == 0)
			told++;
	assert_true(told >= 3);
	struct date first;
	int days = 0;
	for (struct date day = date_clamped(2024, 5, 6); date_month(day) == 5; day = date_add(day, 1)) {
		char text[DATE_TEXT_SIZE];
		if (!engine_preflight_is_due(s.e, day, &first))
			continue;
		assert_true(days < 3);
		assert_string_equal(date_format(day, text), DAY[days++]);
		assert_int_equal(date_month(first), 6);
	}
	assert_int_equal(days, 3);
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_proven),
		cmocka_unit_test(test_told_by_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
