#include "fixture.h"

static const struct deliverable PHOTOS = {.id = "photos"}, SUMMARY = {.id = "summary"};

/* What a sequence of letters means: r report, c receive, t return, n nil, h held, x not held, e ended,
 * E extended, w waive, d date; a capital U undoes the act before it. */
static size_t acts_from(const char *s, struct act *ret)
{
	static const char LETTER[] = "rctnwhxeEd";
	size_t n = 0;
	for (; *s; s++) {
		if (*s == 'U') {
			ret[n - 1].undone = true;
			continue;
		}
		ret[n] = (struct act){.kind = (enum act_kind)(strchr(LETTER, *s) - LETTER),
			.id = (int64_t)n + 1,
			.obligation = "a/b/c",
			.deliverable = "",
			.who = "x",
			.reason = "not sealed",
			.date = DATE_NONE};
		if (*s == 'e' || *s == 'E' || *s == 'd')
			ret[n].date = on(20240501 + (int)n);
		n++;
	}
	return n;
}

static void moves_an_item(void **state)
{
	(void)state;
	static const struct {
		const char *acts;
		enum item_state want;
		int64_t returned_by;
	} T[] = {
		{"", ITEM_MISSING, 0},
		/* every act on an item that is missing, reported, received */
		{"r", ITEM_REPORTED, 0},
		{"c", ITEM_RECEIVED, 0},
		{"t", ITEM_MISSING, 0},
		{"n", ITEM_REPORTED, 0},
		{"x", ITEM_REPORTED, 0},
		{"w", ITEM_MISSING, 0},
		{"h", ITEM_MISSING, 0},
		{"e", ITEM_MISSING, 0},
		{"E", ITEM_MISSING, 0},
		{"d", ITEM_MISSING, 0},
		{"rr", ITEM_REPORTED, 0},
		{"rc", ITEM_RECEIVED, 0},
		{"rt", ITEM_MISSING, 2},
		{"rn", ITEM_REPORTED, 0},
		{"rx", ITEM_REPORTED, 0},
		{"rw", ITEM_REPORTED, 0},
		{"rh", ITEM_REPORTED, 0},
		{"re", ITEM_REPORTED, 0},
		{"rE", ITEM_REPORTED, 0},
		{"rd", ITEM_REPORTED, 0},
		{"cr", ITEM_RECEIVED, 0},
		{"cc", ITEM_RECEIVED, 0},
		{"ct", ITEM_MISSING, 2},
		{"cn", ITEM_RECEIVED, 0},
		{"cx", ITEM_RECEIVED, 0},
		{"cw", ITEM_RECEIVED, 0},
		{"ch", ITEM_RECEIVED, 0},
		{"ce", ITEM_RECEIVED, 0},
		/* the reason stays until it is handed in again */
		{"rtr", ITEM_REPORTED, 0},
		{"rtc", ITEM_RECEIVED, 0},
		{"rtw", ITEM_MISSING, 2},
		{"rtrt", ITEM_MISSING, 4},
		{"rtt", ITEM_MISSING, 2},
		/* undone acts never were */
		{"rU", ITEM_MISSING, 0},
		{"rtU", ITEM_REPORTED, 0},
		{"rcU", ITEM_REPORTED, 0},
		{"rUc", ITEM_RECEIVED, 0},
		/* "held" takes back "not held", and only that */
		{"xh", ITEM_MISSING, 0},
		{"xe", ITEM_MISSING, 0},
		{"xhU", ITEM_REPORTED, 0},
		{"hx", ITEM_REPORTED, 0},
		{"nh", ITEM_REPORTED, 0},
		{"xhx", ITEM_REPORTED, 0},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct act act[8];
		struct item it = {.deliverable = &PHOTOS, .form = FORM_PAPER};
		submission_apply(act, acts_from(T[i].acts, act), &it, 1);
		if (it.state != T[i].want || it.returned_by_act != T[i].returned_by ||
			(it.returned != NULL) != (T[i].returned_by != 0))
			fail_msg("\"%s\": %s, returned by %d", T[i].acts, item_state_text(it.state),
				(int)it.returned_by_act);
	}
}

static void reaches_the_items_it_names(void **state)
{
	(void)state;
	static const struct {
		const char *deliverable;
		enum form form;
		const char *
			want; /* photos paper, photos electronic, summary paper, summary electronic */
	} T[] = {
		{"", FORM_NONE, "1111"},
		{"photos", FORM_NONE, "1100"},
		{"", FORM_PAPER, "1010"},
		{"summary", FORM_ELECTRONIC, "0001"},
		{"minutes", FORM_NONE, "0000"},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct item it[4] = {{&PHOTOS, FORM_PAPER, 0, NULL, 0},
			{&PHOTOS, FORM_ELECTRONIC, 0, NULL, 0}, {&SUMMARY, FORM_PAPER, 0, NULL, 0},
			{&SUMMARY, FORM_ELECTRONIC, 0, NULL, 0}};
		struct act a = {
			.kind = ACT_REPORT, .deliverable = T[i].deliverable, .form = T[i].form};
		char got[5] = "";
		submission_apply(&a, 1, it, 4);
		for (int k = 0; k < 4; k++)
			got[k] = (char)('0' + (it[k].state == ITEM_REPORTED));
		assert_string_equal(got, T[i].want);
	}
}

/* "All" is all that can be returned: what was never handed in has no reason to show. */
static void returns_only_what_is_there(void **state)
{
	(void)state;
	struct item it[2] = {
		{&PHOTOS, FORM_PAPER, 0, NULL, 0}, {&PHOTOS, FORM_ELECTRONIC, 0, NULL, 0}};
	struct act act[] = {
		{.id = 1, .kind = ACT_REPORT, .deliverable = "", .form = FORM_ELECTRONIC},
		{.id = 2, .kind = ACT_RETURN, .deliverable = "", .reason = "too small"}};
	submission_apply(act, 2, it, 2);
	assert_null(it[0].returned);
	assert_string_equal(it[1].returned, "too small");
	assert_int_equal(it[1].returned_by_act, 2);
}

static void sums_up_the_standing(void **state)
{
	(void)state;
	static const struct {
		const char *acts, *want; /* w waived, x cancelled, c confirmed, e ended, n nil */
		int last_day, announced;
	} T[] = {
		{"", "", 0, 0},
		{"w", "w", 0, 0},
		{"wU", "", 0, 0},
		{"h", "c", 0, 0},
		{"x", "xn", 0, 0},
		{"xh", "c", 0, 0},
		{"hx", "xn", 0, 0},
		{"xU", "", 0, 0},
		{"e", "ce", 20240501, 0},
		{"E", "c", 20240501, 0},
		{"Ee", "ce", 20240502, 0},
		{"eE", "c", 20240502, 0},
		{"eEU", "ce", 20240501, 0},
		{"d", "", 0, 20240501},
		{"dd", "", 0, 20240502},
		{"ddU", "", 0, 20240501},
		{"n", "n", 0, 0},
		{"nt", "", 0, 0},
		{"nh", "cn", 0, 0},
		{"r", "c", 0, 0},
		{"c", "c", 0, 0},
		{"xc", "xn", 0, 0},
		{"xe", "ce", 20240502, 0},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct act act[8];
		struct standing s;
		char got[8] = "";
		submission_standing(act, acts_from(T[i].acts, act), &s);
		snprintf(got, sizeof got, "%s%s%s%s%s", s.waived ? "w" : "", s.cancelled ? "x" : "",
			s.confirmed ? "c" : "", s.ended ? "e" : "", s.nil ? "n" : "");
		if (strcmp(got, T[i].want) != 0 || ymd_of(s.last_day) != T[i].last_day ||
			ymd_of(s.announced) != T[i].announced)
			fail_msg("\"%s\": %s %d %d", T[i].acts, got, ymd_of(s.last_day),
				ymd_of(s.announced));
	}
}

static void undoes_the_last_step_for_a_day(void **state)
{
	(void)state;
	struct act act[] = {
		{.id = 1, .at = {1000}}, {.id = 2, .at = {5000}}, {.id = 3, .at = {9000}}};
	assert_null(submission_undoable(act, 0, (struct instant){0}));
	assert_int_equal(submission_undoable(act, 3, (struct instant){9000})->id, 3);
	assert_int_equal(
		submission_undoable(act, 3, (struct instant){9000 + UNDO_WINDOW_S})->id, 3);
	assert_null(submission_undoable(act, 3, (struct instant){9001 + UNDO_WINDOW_S}));
	act[2].undone = true;
	assert_int_equal(submission_undoable(act, 3, (struct instant){9000})->id, 2);
	/* The one before is not reached through an old one. */
	assert_null(submission_undoable(act, 3, (struct instant){5001 + UNDO_WINDOW_S}));
	act[0].undone = act[1].undone = true;
	assert_null(submission_undoable(act, 3, (struct instant){9000}));
}

static void speaks_its_words(void **state)
{
	(void)state;
	for (int k = ACT_REPORT; k <= ACT_DATE; k++) {
		enum act_kind got = ACT_DATE;
		assert_true(act_parse(act_text((enum act_kind)k), &got));
		assert_int_equal(got, k);
	}
	enum act_kind untouched = ACT_NIL;
	assert_false(act_parse("burn", &untouched));
	assert_int_equal(untouched, ACT_NIL);
	assert_string_equal(act_text(ACT_NOT_HELD), "not-held");
	assert_string_equal(item_state_text(ITEM_RECEIVED), "received");
	assert_string_equal(obligation_state_text(STATE_WAITING), "waiting");
	assert_string_equal(obligation_state_text(STATE_CANCELLED), "cancelled");
}

/* The acts are a day apart; -1 for never. */
static void says_when_an_item_came(void **state)
{
	(void)state;
	static const struct {
		const char *acts;
		int at, received;
		size_t returned;
	} T[] = {
		{"", -1, -1, 0},
		{"r", 0, -1, 0},
		{"c", 0, 0, 0},
		{"rc", 0, 1, 0},
		{"rr", 0, -1, 0},
		{"rt", -1, -1, 1},
		{"rct", -1, -1, 1},
		{"rtr", 2, -1, 1},
		{"rtrtc", 4, 4, 2},
		{"t", -1, -1, 0},
		{"rU", -1, -1, 0},
		{"rtUc", 0, 2, 0},
		{"n", 0, -1, 0},
		{"x", 0, -1, 0},
		{"xh", -1, -1, 0},
		{"xhr", 2, -1, 0},
		{"wd", -1, -1, 0},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct act act[20];
		struct item it = {.deliverable = &PHOTOS, .form = FORM_PAPER};
		struct handed_in h;
		size_t n = acts_from(T[i].acts, act);
		for (size_t k = 0; k < n; k++)
			act[k].at = (struct instant){act[k].id * 1000 - 1000};
		submission_handed_in(act, n, &it, &h);
		bool same = (instant_is_none(h.at) ? T[i].at == -1 : h.at.s == T[i].at * 1000) &&
			    (instant_is_none(h.received) ? T[i].received == -1
							 : h.received.s == T[i].received * 1000);
		if (!same || h.returned != T[i].returned)
			fail_msg("%s: %lld %lld %zu", T[i].acts, (long long)h.at.s,
				(long long)h.received.s, h.returned);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_an_item),
		cmocka_unit_test(reaches_the_items_it_names),
		cmocka_unit_test(returns_only_what_is_there),
		cmocka_unit_test(sums_up_the_standing),
		cmocka_unit_test(undoes_the_last_step_for_a_day),
		cmocka_unit_test(speaks_its_words),
		cmocka_unit_test(says_when_an_item_came),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
