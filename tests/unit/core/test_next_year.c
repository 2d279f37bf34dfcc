#include "fixture.h"

#include "next_year.h"

/* "roster confirmed:11 workdays star:2", as they come. */
static const char *lacks(const struct fixture *f, int ymd)
{
	static const char *const KIND[] = {"roster", "confirmed", "workdays", "indicators"};
	static char text[400];
	struct lack l[LACKS_MAX];
	size_t n = next_year_lacks(&f->c, on(ymd), l);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		struct diag d = DIAG_INIT;
		size_t len = strlen(text);
		snprintf(text + len, sizeof text - len, "%s%s:%zu", i ? " " : "", KIND[l[i].kind],
			l[i].n);
		assert_int_equal(l[i].year, ymd / 10000 + 1);
		next_year_say(&l[i], &d);
		assert_true(d.msgid[0] && d.hint && d.severity == SEV_WARNING);
	}
	return text;
}

static struct fixture *begin(void)
{
	struct fixture *f = fixture_init();
	f->rule[R_STAR].by_indicator = false;
	f->c.src = f->roster.src = f->rule[R_STAR].src = (struct source){"a.cfg", 1};
	return f;
}

static void speaks_from_november(void **state)
{
	(void)state;
	struct fixture *f = begin();
	f->c.workdays.known_through = on(20241231);
	f->roster.repeats = false;
	assert_string_equal(lacks(f, 20241031), "");
	assert_string_equal(lacks(f, 20240101), "");
	assert_string_equal(lacks(f, 20241101), "roster:0 workdays:0");
	assert_string_equal(lacks(f, 20241231), "roster:0 workdays:0");
	f->c.allow_empty = true;
	assert_string_equal(lacks(f, 20241231), "");
}

static void counts_what_is_carried_over(void **state)
{
	(void)state;
	struct fixture *f = begin();
	static const int CONFIRMED[] = {2025 * 12, 2025 * 12 + 7};
	f->c.workdays.known_through = on(20251231);
	f->roster.repeats = true;
	assert_string_equal(lacks(f, 20241115), "confirmed:12");
	f->roster.confirmed = CONFIRMED;
	f->roster.n_confirmed = 2;
	assert_string_equal(lacks(f, 20241115), "confirmed:10");
	f->c.workdays.known_through = on(20251230);
	assert_string_equal(lacks(f, 20241115), "confirmed:10 workdays:0");
}

/* Of the only lack. */
static bool says(const struct fixture *f, const char *part)
{
	struct lack l[LACKS_MAX];
	struct diag d = DIAG_INIT;
	assert_int_equal(next_year_lacks(&f->c, on(20241115), l), 1);
	next_year_say(&l[0], &d);
	return strstr(d.msgid, part) != NULL;
}

static void looks_at_indicators(void **state)
{
	(void)state;
	struct fixture *f = begin();
	static struct indicator mark[] = {
		{.name = "a", .months = BIT(3)}, {.name = "b", .months = BIT(4)}};
	f->c.workdays.known_through = on(20251231);
	f->roster.year = 2025;
	struct rule *star = &f->rule[R_STAR];
	star->by_indicator = true;
	star->indicator = mark;
	star->n_indicators = 2;
	/* Without a year nobody knows, with the one to come it is settled, with an earlier one it lacks. */
	assert_string_equal(lacks(f, 20241115), "indicators:0");
	assert_true(says(f, "without a year"));
	mark[0].year = 2024;
	mark[1].year = 2024;
	assert_true(says(f, "for %d, the latest are of %d"));
	mark[1].year = 2025;
	assert_string_equal(lacks(f, 20241115), "");
	mark[0].sample = true;
	assert_string_equal(lacks(f, 20241115), "");
	mark[0].sample = false;
	mark[1].sample = true;
	assert_string_equal(lacks(f, 20241115), "indicators:1");
	assert_true(says(f, "has samples"));
	star->n_indicators = 0;
	assert_string_equal(lacks(f, 20241115), "indicators:0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speaks_from_november),
		cmocka_unit_test(counts_what_is_carried_over),
		cmocka_unit_test(looks_at_indicators),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
