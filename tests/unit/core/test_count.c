#include "fixture.h"

#include "handover.h"

static struct arena arena;
static const char *const KINDS[] = {"教育", "文化"};
static const char ID[] = "service/2024-H1/bureau";

static const struct obligation *find(struct fixture *f, struct fixture_acts *acts, const char *id)
{
	struct obligations os;
	struct diag d;
	assert_int_equal(obligation_expand(&f->c, on(20240101), on(20241231), fixture_acts_of, acts,
				 &arena, &os, &d),
		RC_OK);
	const struct obligation *o = obligation_find(&os, id);
	assert_non_null(o);
	return o;
}

static struct act *enter(struct fixture_acts *l, const char *kind, int day)
{
	struct act *a = fixture_act(l, ID, ACT_ENTRY);
	a->deliverable = kind;
	a->date = on(day);
	a->at = (struct instant){1000 * a->id};
	return a;
}

/* e: an activity on March 1, f: on March 2; E, F of the second kind; r: March 1 is struck, R: of the
 * second kind; U: the one before is undone. */
static struct fixture_acts acts_from(const char *s, bool kinds)
{
	struct fixture_acts l = {0};
	for (; *s; s++) {
		const char *kind = !kinds ? "" : strchr("EFR", *s) ? KINDS[1] : KINDS[0];
		if (*s == 'U')
			l.act[l.n - 1].undone = true;
		else if (*s == 'r' || *s == 'R') {
			struct act *a = fixture_act(&l, ID, ACT_RETURN);
			a->date = on(20240301);
			a->deliverable = *s == 'R' ? KINDS[1] : "";
			a->reason = "twice";
		} else {
			enter(&l, kind, *s == 'f' || *s == 'F' ? 20240302 : 20240301);
		}
	}
	return l;
}

static void adds_up(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *acts;
		int target;
		bool kinds;
		int done, quota, reached; /* number of the act; 0: not */
	} T[] = {
		{"", 2, false, 0, 2, 0},
		{"e", 2, false, 1, 2, 0},
		{"ef", 2, false, 2, 2, 2},
		{"effe", 2, false, 2, 2, 2},
		{"efU", 2, false, 1, 2, 0},
		{"efUf", 2, false, 2, 2, 3},
		{"er", 2, false, 0, 2, 0},
		{"fr", 2, false, 1, 2, 0},
		{"eefr", 2, false, 2, 2, 3},
		{"erU", 2, false, 1, 2, 0},
		{"err", 1, false, 0, 1, 0},
		{"e", 1, true, 1, 2, 0},
		{"ee", 1, true, 1, 2, 0},
		{"eE", 1, true, 2, 2, 2},
		{"eEr", 1, true, 1, 2, 0},
		{"eER", 1, true, 1, 2, 0},
		{"eeEEr", 2, true, 3, 4, 0},
		{"eR", 1, true, 1, 2, 0},
	};
	struct rule *r = &f->rule[R_SERVICE];
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct fixture_acts l = acts_from(T[i].acts, T[i].kinds);
		r->target = T[i].target;
		r->kinds = T[i].kinds ? KINDS : NULL;
		r->n_kinds = T[i].kinds ? 2 : 0;
		const struct obligation *o = find(f, &l, ID);
		bool full = T[i].reached != 0;
		assert_int_equal(o->count->done, T[i].done);
		assert_int_equal(o->count->quota, T[i].quota);
		assert_int_equal(instant_is_none(o->count->reached), !full);
		if (full)
			assert_int_equal(o->count->reached.s, 1000 * T[i].reached);
		assert_int_equal(o->state, full ? STATE_DONE : STATE_OPEN);
	}
}

/* A kind that the configuration no longer names counts for nothing, and is still there to be seen. */
static void keeps_unknown_kinds(void **state)
{
	struct fixture *f = *state;
	struct fixture_acts l = {0};
	enter(&l, "体育", 20240301);
	f->rule[R_SERVICE].kinds = KINDS;
	f->rule[R_SERVICE].n_kinds = 2;
	const struct obligation *o = find(f, &l, ID);
	assert_int_equal(o->count->done, 0);
	assert_int_equal(o->count->n_entries, 1);
}

static void pace(void **state)
{
	struct fixture *f = *state;
	static const struct {
		int target, day, want;
	} T[] = {
		{4, 20231231, 0},
		{4, 20240101, 0},
		{4, 20240331, 0},
		{4, 20240401, 1},
		{4, 20240701, 2},
		{4, 20241230, 3},
		{4, 20241231, 4},
		{4, 20250301, 4},
		{1000, 20240102, 5},
		{1, 20241230, 0},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct rule r = {.kind = RULE_COUNT, .target = T[i].target};
		assert_int_equal(
			count_expected(&r, on(20240101), on(20241231), on(T[i].day)), T[i].want);
	}
	struct fixture_acts none = {0}, one = acts_from("e", false);
	f->rule[R_SERVICE].target = 2;
	assert_false(count_is_behind(find(f, &none, ID), on(20240330)));
	assert_true(count_is_behind(find(f, &none, ID), on(20240331)));
	assert_false(count_is_behind(find(f, &one, ID), on(20240629)));
	assert_true(count_is_behind(find(f, &one, ID), on(20240630)));
	assert_false(count_is_behind(find(f, &none, "monthly/2024-05/brigade-10"), on(20241231)));
}

/* Whoever enters it later: the activities were held in time. */
static void filled_is_in_time(void **state)
{
	struct fixture *f = *state;
	struct fixture_acts l = acts_from("e", false), none = {0};
	struct handover h;
	l.act[0].at = at(f, 20240710, 900);
	const struct obligation *o = find(f, &l, ID);
	handover_of_all(&f->c, o, l.act, l.n, at(f, 20241231, 0), &h);
	assert_int_equal(h.at.s, l.act[0].at.s);
	assert_int_equal(h.days_late, 0);
	o = find(f, &none, ID);
	handover_of_all(&f->c, o, NULL, 0, at(f, 20240702, 0), &h);
	assert_true(instant_is_none(h.at));
	assert_int_equal(h.days_late, 2);
}

/* A ledger of several obligations, in order of id. */
struct ledger {
	struct act act[3][4];
	size_t n[3];
};
static const char *const OF[3] = {
	"service/2024-H1/bureau", "service/2024-H2/bureau", "each/2024/bureau"};

static const struct act *ledger_of(void *ctx, const char *id, size_t *ret_n)
{
	struct ledger *l = ctx;
	for (size_t i = 0; i < 3; i++)
		if (strcmp(OF[i], id) == 0) {
			*ret_n = l->n[i];
			return l->act[i];
		}
	*ret_n = 0;
	return NULL;
}

static void put(struct ledger *l, size_t of, int64_t id, enum act_kind kind, int day)
{
	l->act[of][l->n[of]++] = (struct act){.id = id,
		.kind = kind,
		.obligation = OF[of],
		.deliverable = of < 2 ? KINDS[0] : "",
		.who = "x",
		.reason = "why",
		.date = on(day),
		.at = {1000 * id}};
}

static const struct count *count_in(struct fixture *f, struct ledger *l, const char *id)
{
	struct obligations os;
	struct diag d;
	assert_int_equal(
		obligation_expand(&f->c, on(20240101), on(20241231), ledger_of, l, &arena, &os, &d),
		RC_OK);
	return obligation_find(&os, id)->count;
}

/* What is entered for the half-years' kinds is one of the year's, too; not the other way round. */
static void counts_toward_another(void **state)
{
	struct fixture *f = *state;
	static const char *const toward[] = {"each"};
	struct rule *half = &f->rule[R_SERVICE], *year = &f->rule[R_EACH];
	half->kinds = KINDS;
	half->n_kinds = 2;
	half->toward = toward;
	half->n_toward = 1;
	*year = (struct rule){.id = "each",
		.name = "each",
		.kind = RULE_COUNT,
		.office = half->office,
		.owed_by = OWED_BUREAU,
		.forms = half->forms,
		.deliverable = half->deliverable,
		.n_deliverables = half->n_deliverables,
		.target = 3};
	struct ledger l = {0};
	put(&l, 0, 1, ACT_ENTRY, 20240301);
	put(&l, 2, 2, ACT_ENTRY, 20240301);
	put(&l, 1, 3, ACT_ENTRY, 20240901);
	const struct count *c = count_in(f, &l, OF[2]);
	assert_int_equal(c->done, 3);
	assert_int_equal(c->reached.s, 3000);
	assert_true(!c->entry[0].own && c->entry[1].own && !c->entry[2].own);
	assert_int_equal(count_in(f, &l, OF[0])->done, 1);
	assert_int_equal(count_in(f, &l, OF[1])->done, 1);
	/* Each is taken out by its own quota only. */
	put(&l, 2, 4, ACT_RETURN, 20240301);
	put(&l, 2, 5, ACT_RETURN, 20240301);
	c = count_in(f, &l, OF[2]);
	assert_int_equal(c->done, 2);
	assert_true(!c->entry[0].struck && c->entry[1].struck);
	put(&l, 0, 6, ACT_RETURN, 20240301);
	assert_int_equal(count_in(f, &l, OF[2])->done, 1);
	assert_int_equal(count_in(f, &l, OF[0])->done, 0);
}

static void what_may_be_done(void **state)
{
	struct fixture *f = *state;
	static const struct {
		enum act_kind kind;
		const char *of;
		int day;
		const char *reason;
		enum rc want;
	} T[] = {
		{ACT_ENTRY, "教育", 20240301, "", RC_OK},
		{ACT_ENTRY, "教育", 20240101, "", RC_OK},
		{ACT_ENTRY, "教育", 20240630, "", RC_OK},
		{ACT_ENTRY, "教育", 20240701, "", RC_RANGE},
		{ACT_ENTRY, "教育", 20231231, "", RC_RANGE},
		{ACT_ENTRY, "教育", 0, "", RC_INVALID},
		{ACT_ENTRY, "体育", 20240301, "", RC_INVALID},
		{ACT_ENTRY, "", 20240301, "", RC_INVALID},
		{ACT_RETURN, "", 20240301, "twice", RC_OK},
		{ACT_RETURN, "教育", 20240301, "twice", RC_OK},
		{ACT_RETURN, "文化", 20240301, "twice", RC_STATE},
		{ACT_RETURN, "", 20240302, "twice", RC_STATE},
		{ACT_RETURN, "", 20240301, "", RC_INVALID},
		{ACT_RETURN, "", 0, "twice", RC_STATE},
		{ACT_WAIVE, "", 0, "", RC_INVALID},
		{ACT_WAIVE, "", 0, "not this year", RC_OK},
		{ACT_RECEIVE, "", 0, "", RC_OK},
		{ACT_NIL, "", 0, "", RC_STATE},
		{ACT_REPORT, "", 0, "", RC_STATE},
		{ACT_ENDED, "", 20240301, "", RC_STATE},
		{ACT_DATE, "", 20240301, "", RC_STATE},
	};
	struct fixture_acts l = acts_from("e", true);
	f->rule[R_SERVICE].kinds = KINDS;
	f->rule[R_SERVICE].n_kinds = 2;
	const struct obligation *o = find(f, &l, ID);
	struct diag d;
	for (size_t i = 0; i < sizeof T / sizeof *T; i++)
		assert_int_equal(count_check(o, T[i].kind, T[i].of, on(T[i].day), T[i].reason,
					 on(20240630), &d),
			T[i].want);
	/* Not before it was held. */
	assert_int_equal(
		count_check(o, ACT_ENTRY, KINDS[0], on(20240302), "", on(20240301), &d), RC_RANGE);
	f->rule[R_SERVICE].n_kinds = 0;
	assert_int_equal(count_check(o, ACT_ENTRY, KINDS[0], on(20240301), "", on(20240301), &d),
		RC_INVALID);
	o = find(f, &l, "monthly/2024-05/brigade-10");
	assert_int_equal(
		count_check(o, ACT_ENTRY, "", on(20240501), "", on(20240601), &d), RC_STATE);
}

static int prepare(void **state)
{
	*state = fixture_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(adds_up, prepare),
		cmocka_unit_test_setup(keeps_unknown_kinds, prepare),
		cmocka_unit_test_setup(pace, prepare),
		cmocka_unit_test_setup(filled_is_in_time, prepare),
		cmocka_unit_test_setup(counts_toward_another, prepare),
		cmocka_unit_test_setup(what_may_be_done, prepare),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
