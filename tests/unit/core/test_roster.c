#include "fixture.h"

static void speaks_its_words(void **state)
{
	(void)state;
	enum channel ch = CHANNEL_COUNT;
	enum form form = FORM_COUNT;
	assert_true(channel_parse("sms", &ch) && ch == CHANNEL_SMS);
	assert_false(channel_parse("SMS", &ch) || channel_parse("", &ch));
	assert_int_equal(ch, CHANNEL_SMS);
	assert_true(form_parse("paper", &form) && form == FORM_PAPER);
	assert_true(form_parse("-", &form) && form == FORM_NONE);
	assert_false(form_parse("fax", &form));
	assert_true(channel_parse("chat", &ch) && ch == CHANNEL_CHAT);
	assert_false(channel_is_at_most_once(CHANNEL_EMAIL));
	assert_true(channel_is_at_most_once(CHANNEL_SMS) && channel_is_at_most_once(CHANNEL_CHAT));
	assert_string_equal(channel_text(CHANNEL_EMAIL), "email");
	assert_string_equal(form_text(FORM_ELECTRONIC), "electronic");
	static const char *const ROLE[] = {
		"lead", "preparer", "deputy", "clerk", "leader", "admin", "group"};
	for (int r = 0; r < ROLE_COUNT; r++)
		assert_string_equal(role_text((enum role)r), ROLE[r]);
}

static void knows_the_seasons_hours(void **state)
{
	(void)state;
	const struct fixture *f = fixture_init();
	static const struct {
		int day, closes;
	} T[] = {{20240430, 1050}, {20240501, 1080}, {20240930, 1080}, {20241001, 1050},
		{20241231, 1050}, {20240101, 1050}, {20240229, 1050}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++)
		assert_int_equal(office_closes(&f->office, on(T[i].day)), T[i].closes);
	assert_int_equal(office_opens(&f->office, on(20240601)), 510);
	/* A day that no entry names takes the first. */
	struct hours gap = {5, 1, 9, 30, 500, 1000, 0, 0};
	struct office o = {.hours = &gap, .n_hours = 1};
	assert_int_equal(office_closes(&o, on(20240101)), 1000);
}

/* The units of a month, "a+b", or "" if nobody is on duty. */
static const char *units_of(const struct fixture *f, int year, int month, bool *ret_provisional)
{
	static char text[200];
	const struct duty *duty[13];
	const struct roster *r;
	size_t n = roster_duties(&f->c, year, month, duty, 13, &r, ret_provisional);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "+" : "",
			duty[i]->unit->id);
	return text;
}

static void finds_who_is_on_duty(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	bool provisional;
	assert_string_equal(units_of(f, 2024, 5, &provisional), "brigade-10");
	assert_false(provisional);
	assert_string_equal(units_of(f, 2024, 8, &provisional), "office+digital");
	assert_string_equal(units_of(f, 2023, 5, &provisional), "");
	assert_string_equal(units_of(f, 2025, 5, &provisional), "");
	assert_false(provisional);
}

static void repeats_until_replaced(void **state)
{
	(void)state;
	struct fixture *f = fixture_init();
	bool provisional;
	int confirmed[] = {2025 * 12 + 0, 2025 * 12 + 4};
	f->roster.repeats = true;
	assert_string_equal(units_of(f, 2023, 5, &provisional), "");
	assert_string_equal(units_of(f, 2025, 5, &provisional), "brigade-10");
	assert_true(provisional);
	assert_string_equal(units_of(f, 2030, 5, &provisional), "brigade-10");
	f->roster.confirmed = confirmed, f->roster.n_confirmed = 2;
	units_of(f, 2025, 5, &provisional);
	assert_false(provisional);
	units_of(f, 2025, 6, &provisional);
	assert_true(provisional);
	/* Replaced: the new one says all there is to say, and the old one does not come back. */
	f->c.n_rosters = 2;
	assert_string_equal(units_of(f, 2025, 5, &provisional), "mobile");
	assert_false(provisional);
	assert_string_equal(units_of(f, 2026, 5, &provisional), "");
	assert_string_equal(units_of(f, 2024, 5, &provisional), "brigade-10");
	f->next_roster.repeats = true;
	assert_string_equal(units_of(f, 2026, 5, &provisional), "mobile");
	assert_true(provisional);
}

static void finds_by_id(void **state)
{
	(void)state;
	const struct fixture *f = fixture_init();
	assert_ptr_equal(config_unit(&f->c, "mobile"), &f->unit[U_MOBILE]);
	assert_ptr_equal(config_person(&f->c, "clerk"), &f->person[CLERK]);
	assert_ptr_equal(config_rule(&f->c, "star"), &f->rule[R_STAR]);
	assert_ptr_equal(config_ladder(&f->c, "after-occasion"), &f->after);
	assert_ptr_equal(config_occasion(&f->c, "fire"), &f->occasion[O_FIRE]);
	assert_ptr_equal(config_office(&f->c, "civilization"), &f->office);
	assert_null(config_unit(&f->c, "brigade-11"));
	config_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speaks_its_words),
		cmocka_unit_test(knows_the_seasons_hours),
		cmocka_unit_test(finds_who_is_on_duty),
		cmocka_unit_test(repeats_until_replaced),
		cmocka_unit_test(finds_by_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
