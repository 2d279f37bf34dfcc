/*
 * fixture - a configuration made by hand: the notice's roster, rules, ladders, quiet hours, and the
 * workdays of 2024-2026 (国务院办公厅 放假安排)
 *
 * Everything is writable through struct fixture, so that a test changes one thing and expands again.
 * One per program: fixture_init resets it.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "config.h"
#include "obligation.h"
#include "plan.h"

#include "fixture_ladders.h"
#include "fixture_workdays.h"

enum { FIXTURE_UNITS = 14, FIXTURE_SETS_MAX = 200 };

enum fixture_rule {
	R_MONTHLY,
	R_STAR,
	R_KEYDATE,
	R_FESTIVAL,
	R_CAMPAIGN,
	R_ASSESSMENT,
	R_LETTER,
	R_SERVICE,
	R_EACH,
	R_COUNT_OF,
};
enum fixture_occasion {
	O_SPRING,
	O_QINGMING,
	O_MID_AUTUMN,
	O_FIRE,
	O_CONSTITUTION,
	O_CAMPAIGN,
	O_COUNT_OF
};

struct fixture {
	struct config c;
	struct person person[3 * FIXTURE_UNITS + 4];
	struct unit unit[FIXTURE_UNITS];
	struct office office;
	struct duty duty[13], next_duty[13];
	struct roster roster, next_roster; /* 2024; 2025 is not in c until asked for */
	struct occasion occasion[O_COUNT_OF];
	struct rule rule[R_COUNT_OF];
	struct ladder standard, after;
	struct date off[FIXTURE_SETS_MAX], work[FIXTURE_SETS_MAX];
	const struct person *persons[3 * FIXTURE_UNITS + 4], *leaders[2], *admins[1];
	const struct unit *units[FIXTURE_UNITS];
	const struct office *offices[1];
	const struct roster *rosters[2];
	const struct occasion *occasions[O_COUNT_OF];
	const struct rule *rules[R_COUNT_OF];
	const struct ladder *ladders[2];
};

enum { CLERK = 3 * FIXTURE_UNITS, LEADER_1, LEADER_2, ADMIN };

/* 20240520 -> the date; 0 -> DATE_NONE. */
static inline struct date on(int ymd)
{
	struct date d = DATE_NONE;
	if (ymd)
		assert_true(date_from_ymd(ymd / 10000, ymd / 100 % 100, ymd % 100, &d));
	return d;
}

static inline int ymd_of(struct date d)
{
	if (date_is_none(d))
		return 0;
	return date_year(d) * 10000 + date_month(d) * 100 + date_day(d);
}

/* 20240520, 1730 -> the instant. */
static inline struct instant at(const struct fixture *f, int ymd, int hhmm)
{
	return zone_to_instant(f->c.zone, on(ymd), (hhmm / 100 * 60 + hhmm % 100) * 60);
}

/* "2024-05-20 17:30" */
static inline const char *civil_text(const struct fixture *f, struct instant t, char ret[static 32])
{
	if (instant_is_none(t))
		return strcpy(ret, "-");
	struct civil at_civil = zone_to_civil(f->c.zone, t);
	char day[DATE_TEXT_SIZE];
	snprintf(ret, 32, "%s %02d:%02d", date_format(at_civil.date, day), at_civil.second / 3600,
		at_civil.second / 60 % 60);
	return ret;
}

static const char *const FIXTURE_UNIT_ID[FIXTURE_UNITS] = {"brigade-1", "brigade-2", "brigade-3",
	"brigade-4", "brigade-5", "brigade-6", "brigade-7", "brigade-8", "brigade-9", "brigade-10",
	"mobile", "enforcement", "office", "digital"};
enum { U_MOBILE = 10, U_ENFORCEMENT, U_OFFICE, U_DIGITAL };

static inline int fixture_unit(const char *id)
{
	for (int i = 0; i < FIXTURE_UNITS; i++)
		if (strcmp(FIXTURE_UNIT_ID[i], id) == 0)
			return i;
	fail_msg("no unit %s", id);
	return -1;
}

static inline void fixture_person(struct fixture *f, int i, const char *role, const char *of)
{
	struct person *p = &f->person[i];
	p->id = arena_printf(&f->c.arena, "%s%s%s", of, of[0] ? "-" : "", role);
	p->name = p->id;
	p->email = arena_printf(&f->c.arena, "%s@example.invalid", p->id);
	p->phone = arena_printf(&f->c.arena, "+86100000000%02d", i);
	f->persons[i] = p;
}

static inline void fixture_people(struct fixture *f)
{
	for (int i = 0; i < FIXTURE_UNITS; i++) {
		const char *id = FIXTURE_UNIT_ID[i];
		fixture_person(f, 3 * i, "lead", id);
		fixture_person(f, 3 * i + 1, "preparer", id);
		fixture_person(f, 3 * i + 2, "deputy", id);
		f->unit[i] = (struct unit){.id = id,
			.name = id,
			.lead = &f->person[3 * i],
			.preparer = &f->person[3 * i + 1],
			.deputy = &f->person[3 * i + 2]};
		f->units[i] = &f->unit[i];
	}
	fixture_person(f, CLERK, "clerk", "");
	fixture_person(f, LEADER_1, "leader-1", "");
	fixture_person(f, LEADER_2, "leader-2", "");
	fixture_person(f, ADMIN, "admin", "");
	f->leaders[0] = &f->person[LEADER_1];
	f->leaders[1] = &f->person[LEADER_2];
	f->admins[0] = &f->person[ADMIN];
	/* Summer hours from May to September. */
	static const struct hours HOURS[] = {
		{5, 1, 9, 30, 8 * 60 + 30, 18 * 60, 12 * 60, 15 * 60},
		{10, 1, 4, 30, 8 * 60 + 30, 17 * 60 + 30, 12 * 60, 14 * 60 + 30},
	};
	f->office = (struct office){.id = "civilization",
		.name = "局精神文明办",
		.place = "417室",
		.short_name = "417室",
		.clerk = &f->person[CLERK],
		.hours = HOURS,
		.n_hours = 2};
	f->offices[0] = &f->office;
}

static inline void fixture_rosters(struct fixture *f)
{
	static const struct {
		int month;
		const char *unit;
	} ROW[13] = {{1, "brigade-6"}, {2, "brigade-7"}, {3, "brigade-8"}, {4, "brigade-9"},
		{5, "brigade-10"}, {6, "mobile"}, {7, "enforcement"}, {8, "office"}, {8, "digital"},
		{9, "brigade-1"}, {10, "brigade-2"}, {11, "brigade-3"}, {12, "brigade-4"}};
	for (int i = 0; i < 13; i++) {
		f->duty[i] = (struct duty){
			.month = ROW[i].month, .unit = &f->unit[fixture_unit(ROW[i].unit)]};
		/* Next year everybody moves on by one row. */
		f->next_duty[i] = (struct duty){.month = ROW[i].month,
			.unit = &f->unit[fixture_unit(ROW[(i + 1) % 13].unit)]};
	}
	f->roster = (struct roster){.year = 2024,
		.notice = "晋市城函〔2024〕70号",
		.effective_from = DATE_NONE,
		.duty = f->duty,
		.n_duties = 13};
	f->next_roster = (struct roster){.year = 2025,
		.notice = "next",
		.effective_from = DATE_NONE,
		.duty = f->next_duty,
		.n_duties = 13};
	f->rosters[0] = &f->roster;
	f->rosters[1] = &f->next_roster;
}

static inline void fixture_occasions(struct fixture *f)
{
	static struct span spring, qingming, mid_autumn;
	spring = (struct span){on(20240210), on(20240210)};
	qingming = (struct span){on(20240404), on(20240404)};
	mid_autumn = (struct span){on(20240917), on(20240917)};
	f->occasion[O_SPRING] = (struct occasion){.id = "spring-festival",
		.name = "春节",
		.kind = OCCASION_DATES,
		.dates = &spring,
		.n_dates = 1,
		.confirm = true};
	f->occasion[O_QINGMING] = (struct occasion){.id = "qingming",
		.name = "清明节",
		.kind = OCCASION_DATES,
		.dates = &qingming,
		.n_dates = 1,
		.confirm = true};
	f->occasion[O_MID_AUTUMN] = (struct occasion){.id = "mid-autumn",
		.name = "中秋节",
		.kind = OCCASION_DATES,
		.dates = &mid_autumn,
		.n_dates = 1};
	f->occasion[O_FIRE] = (struct occasion){.id = "fire",
		.name = "消防日",
		.kind = OCCASION_RECUR,
		.recur = {.month = 11, .month_day = 9},
		.days = 1};
	f->occasion[O_CONSTITUTION] = (struct occasion){.id = "constitution",
		.name = "宪法宣传日",
		.kind = OCCASION_RECUR,
		.recur = {.month = 12, .month_day = 4},
		.days = 1};
	f->occasion[O_CAMPAIGN] = (struct occasion){.id = "greening",
		.name = "集中宣传",
		.kind = OCCASION_RANGE,
		.from_month = 5,
		.from_day = 1,
		.to_month = 6,
		.to_day = 30};
	for (int i = 0; i < O_COUNT_OF; i++)
		f->occasions[i] = &f->occasion[i];
}

#define BOTH (BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC))
static struct deliverable FIXTURE_TWO[] = {
	{.id = "photos", .name = "活动图片及说明"}, {.id = "summary", .name = "工作小结"}};
static struct deliverable FIXTURE_ONE[] = {{.id = "material", .name = "材料"}};

/* Ask for these forms in every deliverable of the rule. */
static inline void fixture_forms(struct rule *r, unsigned forms)
{
	static struct deliverable copy[R_COUNT_OF + 1][2];
	static int next;
	struct deliverable *d = copy[next++ % (R_COUNT_OF + 1)];
	memcpy(d, r->deliverable, r->n_deliverables * sizeof *d);
	for (size_t i = 0; i < r->n_deliverables; i++)
		d[i].forms = forms;
	r->deliverable = d;
	r->forms = forms;
}

static inline void fixture_rule(struct fixture *f, enum fixture_rule i, struct rule r)
{
	r.name = r.id;
	r.office = &f->office;
	r.basis = "晋市城函〔2024〕70号";
	if (!r.deliverable) {
		r.deliverable = FIXTURE_ONE;
		r.n_deliverables = 1;
	}
	if (r.kind != RULE_ONCE)
		r.date = DATE_NONE;
	f->rule[i] = r;
	fixture_forms(&f->rule[i], r.forms ? r.forms : BIT(FORM_ELECTRONIC));
	f->rules[i] = &f->rule[i];
}

static inline void fixture_rules(struct fixture *f)
{
	static const struct occasion *keydates[3], *festivals[2], *campaigns[1];
	static const struct indicator STAR[] = {{.name = "A", .months = BIT(3) | BIT(9)},
		{.name = "B", .months = BIT(3), .sample = true}};
	unsigned all_months = 0x1ffe;
	keydates[0] = &f->occasion[O_MID_AUTUMN];
	keydates[1] = &f->occasion[O_FIRE];
	keydates[2] = &f->occasion[O_CONSTITUTION];
	festivals[0] = &f->occasion[O_SPRING];
	festivals[1] = &f->occasion[O_QINGMING];
	campaigns[0] = &f->occasion[O_CAMPAIGN];
	fixture_rule(f, R_MONTHLY,
		(struct rule){.id = "monthly",
			.kind = RULE_MONTHLY,
			.forms = BOTH,
			.deliverable = FIXTURE_TWO,
			.n_deliverables = 2,
			.ladder = &f->standard,
			.day = 20,
			.day_included = true,
			.months = all_months});
	fixture_rule(f, R_STAR,
		(struct rule){.id = "star",
			.kind = RULE_MONTHLY,
			.points = 2,
			.day = 20,
			.ladder = &f->standard,
			.day_included = true,
			.months = all_months,
			.by_indicator = true,
			.indicator = STAR,
			.n_indicators = 2});
	fixture_rule(f, R_KEYDATE,
		(struct rule){.id = "keydate",
			.kind = RULE_AFTER,
			.points = 2,
			.ladder = &f->after,
			.occasion = keydates,
			.n_occasions = 3,
			.days = 2});
	fixture_rule(f, R_FESTIVAL,
		(struct rule){.id = "festival",
			.kind = RULE_AFTER,
			.points = 2,
			.ladder = &f->after,
			.occasion = festivals,
			.n_occasions = 2,
			.days = 2});
	fixture_rule(f, R_CAMPAIGN,
		(struct rule){.id = "campaign",
			.kind = RULE_AFTER,
			.points = 2,
			.ladder = &f->after,
			.occasion = campaigns,
			.n_occasions = 1,
			.days = 2});
	fixture_rule(f, R_ASSESSMENT,
		(struct rule){.id = "assessment",
			.kind = RULE_ONCE,
			.ladder = &f->standard,
			.date = DATE_NONE,
			.period = "2024-12"});
	fixture_rule(f, R_LETTER,
		(struct rule){.id = "letter-7",
			.kind = RULE_ONCE,
			.ladder = &f->standard,
			.date = on(20240612),
			.period = "letter-7",
			.owed_by = OWED_UNIT,
			.unit = &f->unit[4]});
	fixture_rule(f, R_SERVICE,
		(struct rule){.id = "service",
			.kind = RULE_COUNT,
			.ladder = &f->standard,
			.target = 1,
			.per_half_year = true,
			.owed_by = OWED_BUREAU});
	fixture_rule(f, R_EACH,
		(struct rule){.id = "each",
			.kind = RULE_ONCE,
			.ladder = &f->standard,
			.date = on(20240315),
			.period = "2024-03",
			.owed_by = OWED_EVERY_UNIT});
}

static inline size_t fixture_dates(const int *ymd, size_t n, struct date *ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = on(ymd[i]);
	return n;
}

static inline struct fixture *fixture_init(void)
{
	static struct fixture f;
	static const struct quiet_window QUIET[] = {{21 * 60, 7 * 60 + 30}, {12 * 60, 14 * 60}};
	zone_free(f.c.zone);
	arena_done(&f.c.arena);
	f = (struct fixture){.c = {.start = DATE_NONE, .domain = "example.invalid"}};
	assert_int_equal(zone_open("Asia/Shanghai", &f.c.zone, NULL), RC_OK);
	fixture_people(&f);
	fixture_rosters(&f);
	fixture_occasions(&f);
	f.standard = (struct ladder){.id = "standard",
		.step = FIXTURE_STANDARD,
		.n_steps = sizeof FIXTURE_STANDARD / sizeof *FIXTURE_STANDARD};
	f.after = (struct ladder){.id = "after-occasion",
		.step = FIXTURE_AFTER,
		.n_steps = sizeof FIXTURE_AFTER / sizeof *FIXTURE_AFTER};
	f.ladders[0] = &f.standard;
	f.ladders[1] = &f.after;
	fixture_rules(&f);
	struct config *c = &f.c;
	c->workdays =
		(struct workdays){.off = f.off, .work = f.work, .known_through = on(20261231)};
	c->workdays.n_off = fixture_dates(FIXTURE_OFF, sizeof FIXTURE_OFF / sizeof(int), f.off);
	c->workdays.n_work = fixture_dates(FIXTURE_WORK, sizeof FIXTURE_WORK / sizeof(int), f.work);
	c->quiet = QUIET, c->n_quiet = 2;
	c->person = f.persons, c->n_persons = ADMIN + 1;
	c->unit = f.units, c->n_units = FIXTURE_UNITS;
	c->office = f.offices, c->n_offices = 1;
	c->roster = f.rosters, c->n_rosters = 1;
	c->occasion = f.occasions, c->n_occasions = O_COUNT_OF;
	c->rule = f.rules, c->n_rules = R_COUNT_OF;
	c->ladder = f.ladders, c->n_ladders = 2;
	c->leader = f.leaders, c->n_leaders = 2;
	c->admin = f.admins, c->n_admins = 1;
	return &f;
}

/* Only this rule. */
static inline struct rule *fixture_only(struct fixture *f, enum fixture_rule i)
{
	f->rules[0] = &f->rule[i];
	f->c.n_rules = 1;
	return &f->rule[i];
}

/* ---- acts -------------------------------------------------------------------------------------- */

struct fixture_acts {
	struct act act[16]; /* all of one obligation */
	size_t n;
};

static inline const struct act *fixture_acts_of(void *ctx, const char *id, size_t *ret_n)
{
	struct fixture_acts *l = ctx;
	*ret_n = l->n && strcmp(l->act[0].obligation, id) == 0 ? l->n : 0;
	return l->act;
}

static inline struct act *fixture_act(struct fixture_acts *l, const char *id, enum act_kind kind)
{
	assert_true(l->n < 16);
	l->act[l->n] = (struct act){.id = (int64_t)l->n + 1,
		.kind = kind,
		.obligation = id,
		.deliverable = "",
		.who = "brigade-1-lead",
		.reason = "",
		.date = DATE_NONE};
	return &l->act[l->n++];
}

/* ---- random numbers that a run can repeat: SEED=n -------------------------------------------------- */

static inline uint64_t fixture_seed(void)
{
	const char *s = getenv("SEED");
	uint64_t seed = s ? strtoull(s, NULL, 10) : (uint64_t)time(NULL);
	print_message("SEED=%llu\n", (unsigned long long)seed);
	return seed * 2654435761u + 1;
}

/* 0..n-1 (xorshift64*). */
static inline int pick(uint64_t *state, int n)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (int)((*state * 2685821657736338717u >> 33) % (uint64_t)n);
}

#endif
