#include "fixture.h"

#include "handover.h"

static struct arena arena;

static const struct obligation *find(
	struct fixture *f, struct fixture_acts *acts, struct obligations *os, const char *id)
{
	struct diag d;
	assert_int_equal(obligation_expand(&f->c, on(20240101), on(20241231), fixture_acts_of, acts,
				 &arena, os, &d),
		RC_OK);
	return obligation_find(os, id);
}

/* July: paper by Friday the 19th, electronic by Saturday the 20th, 18:00. */
static void days_late(void **state)
{
	struct fixture *f = *state;
	static const struct {
		int day, time, paper, electronic;
	} T[] = {
		{20240718, 1000, 0, 0},
		{20240719, 1800, 0, 0},
		{20240719, 1801, 1, 0},
		{20240720, 0, 1, 0},
		{20240720, 1801, 1, 1},
		{20240721, 0, 2, 1},
		{20240731, 0, 12, 11},
	};
	struct fixture_acts none = {0};
	struct obligations os;
	const struct obligation *o = find(f, &none, &os, "monthly/2024-07/enforcement");
	assert_non_null(o);
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct instant now = at(f, T[i].day, T[i].time);
		struct act act = {.kind = ACT_REPORT,
			.deliverable = "",
			.at = now,
			.id = 1,
			.obligation = o->id,
			.who = "x",
			.reason = "",
			.date = DATE_NONE};
		for (size_t k = 0; k < o->n_items; k++)
			for (size_t n = 0; n < 2; n++) {
				/* Missing till then, or handed in then: as late. */
				struct handover h;
				int want = o->item[k].form == FORM_PAPER ? T[i].paper
									 : T[i].electronic;
				handover_of_item(&f->c, o, &o->item[k], &act, n,
					n ? at(f, 20250101, 0) : now, &h);
				assert_int_equal(h.days_late, want);
				assert_int_equal(instant_is_none(h.at), n == 0);
			}
	}
}

static void all_together(void **state)
{
	struct fixture *f = *state;
	struct fixture_acts none = {0};
	struct obligations os;
	struct handover h;
	const struct obligation *o = find(f, &none, &os, "monthly/2024-07/enforcement");
	struct act act[] = {
		{.kind = ACT_REPORT, .form = FORM_ELECTRONIC, .at = at(f, 20240718, 1000)},
		{.kind = ACT_REPORT, .form = FORM_PAPER, .at = at(f, 20240719, 1000)},
		{.kind = ACT_RETURN, .form = FORM_PAPER, .at = at(f, 20240722, 1000)},
		{.kind = ACT_RECEIVE, .form = FORM_PAPER, .at = at(f, 20240724, 1000)},
	};
	for (size_t i = 0; i < 4; i++) {
		act[i].id = (int64_t)i + 1;
		act[i].deliverable = act[i].reason = "";
	}
	handover_of_all(&f->c, o, act, 1, at(f, 20240719, 0), &h);
	assert_true(instant_is_none(h.at) && h.days_late == 0 && h.returned == 0);
	handover_of_all(&f->c, o, act, 2, at(f, 20240901, 0), &h);
	assert_int_equal(h.at.s, act[1].at.s);
	assert_int_equal(h.days_late, 0);
	handover_of_all(&f->c, o, act, 3, at(f, 20240723, 0), &h);
	assert_true(instant_is_none(h.at) && h.days_late == 4 && h.returned == 1);
	handover_of_all(&f->c, o, act, 4, at(f, 20240901, 0), &h);
	assert_int_equal(h.at.s, act[3].at.s);
	assert_int_equal(h.days_late, 5);
	assert_int_equal(h.returned, 1);
}

static int prepare(void **state)
{
	*state = fixture_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(days_late, prepare),
		cmocka_unit_test_setup(all_together, prepare),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
