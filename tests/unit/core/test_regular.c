#include "fixture.h"

#include "regular.h"

static struct arena arena;

/* "2024-01-02 leaders/2024-01 ID", in the order they are planned. */
static const char *planned(struct fixture *f, int from, int to)
{
	static char all[4000];
	struct reminders rs;
	size_t n = 0;
	regular_plan(&f->c, on(from), on(to), &arena, &rs);
	all[0] = '\0';
	for (size_t i = 0; i < rs.n; i++) {
		const struct reminder *r = &rs.item[i];
		struct civil c = zone_to_civil(f->c.zone, r->at);
		char day[DATE_TEXT_SIZE];
		bool counts = strncmp(r->obligation_id, "counts/", 7) == 0;
		assert_int_equal(c.second, counts ? 9 * 3600 + 20 * 60 : 9 * 3600);
		assert_int_equal(r->channel, CHANNEL_EMAIL);
		assert_null(r->obligation);
		n += (size_t)snprintf(all + n, sizeof all - n, "%s %s %s\n",
			date_format(c.date, day), r->obligation_id, role_text(r->role));
	}
	return all;
}

static void first_workdays(void **state)
{
	struct fixture *f = *state;
	assert_string_equal(planned(f, 20240501, 20240531),
		"2024-05-06 leaders/2024-05 leader\n2024-05-06 leaders/2024-05 leader\n");
	assert_string_equal(planned(f, 20240507, 20240531), "");
	assert_string_equal(planned(f, 20241008, 20241008),
		"2024-10-08 leaders/2024-10 leader\n2024-10-08 leaders/2024-10 leader\n");
	/* No roster, no table of that year. */
	assert_string_equal(planned(f, 20240101, 20240131),
		"2024-01-02 leaders/2024-01 leader\n2024-01-02 leaders/2024-01 leader\n");
	assert_string_equal(planned(f, 20250101, 20250131),
		"2025-01-02 leaders/2025-01 leader\n2025-01-02 leaders/2025-01 leader\n"
		"2025-01-02 year-end/2024 leader\n2025-01-02 year-end/2024 leader\n"
		"2025-01-02 year-end/2024 clerk\n");
}

/* Who is both gets it once; who has no address, none. */
static void once_for_each(void **state)
{
	struct fixture *f = *state;
	f->leaders[1] = f->office.clerk;
	f->person[LEADER_1].email = "";
	assert_string_equal(planned(f, 20250101, 20250131),
		"2025-01-02 leaders/2025-01 leader\n2025-01-02 year-end/2024 leader\n");
}

/* From the first month on in which the pace wants something. */
static void counts_in_time(void **state)
{
	struct fixture *f = *state;
	f->rule[R_SERVICE].target = 3;
	assert_string_equal(planned(f, 20240201, 20240229),
		"2024-02-01 leaders/2024-02 leader\n2024-02-01 leaders/2024-02 leader\n");
	assert_string_equal(planned(f, 20240301, 20240331),
		"2024-03-01 leaders/2024-03 leader\n2024-03-01 leaders/2024-03 leader\n"
		"2024-03-01 counts/2024-03 clerk\n");
	/* The second half begins anew. */
	assert_string_equal(planned(f, 20240701, 20240731),
		"2024-07-01 leaders/2024-07 leader\n2024-07-01 leaders/2024-07 leader\n");
	f->rule[R_EACH].kind = RULE_COUNT;
	f->rule[R_EACH].target = 30;
	assert_string_equal(planned(f, 20240301, 20240331),
		"2024-03-01 leaders/2024-03 leader\n2024-03-01 leaders/2024-03 leader\n"
		"2024-03-01 counts/2024-03 clerk\n");
}

static void pseudo_ids(void **state)
{
	(void)state;
	static const struct {
		const char *id;
		int year, month; /* year 0: none */
	} T[] = {
		{"leaders/2024-05", 2024, 5},
		{"year-end/2024", 2024, 0},
		{"counts/2024-11", 2024, 11},
		{"counts/2024", 0, 0},
		{"counts/2024-00", 0, 0},
		{"leaders/2024", 0, 0},
		{"leaders/2024-13", 0, 0},
		{"leaders/2024-05/x", 0, 0},
		{"year-end/2024-05", 0, 0},
		{"year-end/", 0, 0},
		{"weekly/2024-05-06", 0, 0},
		{"", 0, 0},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		int year = 0, month = 0;
		assert_int_equal(regular_parse(T[i].id, &year, &month), T[i].year != 0);
		assert_int_equal(year, T[i].year);
		assert_int_equal(month, T[i].month);
	}
}

static int prepare(void **state)
{
	*state = fixture_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(first_workdays, prepare),
		cmocka_unit_test_setup(once_for_each, prepare),
		cmocka_unit_test_setup(counts_in_time, prepare),
		cmocka_unit_test(pseudo_ids),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
