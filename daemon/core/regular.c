#include "regular.h"

#include <stdio.h>
#include <string.h>

#include "workday.h"

const char REGULAR_LEADERS[] = "leaders-month", REGULAR_YEAR_END[] = "year-end",
	   REGULAR_COUNTS[] = "counts";

struct planning {
	const struct config *c;
	struct arena *a;
	VEC(struct reminder) found;
};

bool regular_is(const char *step_id)
{
	return strcmp(step_id, REGULAR_LEADERS) == 0 || strcmp(step_id, REGULAR_YEAR_END) == 0 ||
	       strcmp(step_id, REGULAR_COUNTS) == 0;
}

/* Who is leader and contact at once gets one. */
static bool is_known(const struct planning *p, const struct reminder *r)
{
	for (size_t i = p->found.n; i-- > 0 && p->found.item[i].at.s == r->at.s;)
		if (memcmp(p->found.item[i].key, r->key, sizeof r->key) == 0)
			return true;
	return false;
}

static void add(struct planning *p, const char *step, const char *id, struct date day,
	enum role role, const struct person *person)
{
	if (!person || !person->email[0])
		return;
	struct reminder r = {.obligation_id = id,
		.step_id = step,
		.template = step,
		.form = FORM_NONE,
		.channel = CHANNEL_EMAIL,
		.role = role,
		.person = person,
		.deadline = INSTANT_NONE};
	int minute = step == REGULAR_COUNTS ? REGULAR_COUNTS_MINUTE : REGULAR_MINUTE;
	r.at = r.asked = zone_to_instant(p->c->zone, day, minute * 60);
	plan_key(id, DATE_NONE, FORM_NONE, step, CHANNEL_EMAIL, person->id, 0, r.key);
	if (!is_known(p, &r))
		VEC_PUSH(p->a, &p->found, r);
}

static void add_leaders(struct planning *p, const char *step, const char *id, struct date day)
{
	for (size_t i = 0; i < p->c->n_leaders; i++)
		add(p, step, id, day, ROLE_LEADER, p->c->leader[i]);
}

static bool has_duties(const struct config *c, int year)
{
	const struct duty *duty;
	const struct roster *roster;
	bool provisional;
	for (int m = 1; m <= 12; m++)
		if (roster_duties(c, year, m, &duty, 1, &roster, &provisional))
			return true;
	return false;
}

/* Whatever has been done: is anything wanted of this rule by then? */
static bool has_pace(const struct rule *r, struct date day)
{
	int year = date_year(day), half = date_month(day) > 6;
	struct date first = date_clamped(year, r->per_half_year && half ? 7 : 1, 1);
	struct date last = date_clamped(year, r->per_half_year && !half ? 6 : 12, 31);
	return r->kind == RULE_COUNT && count_expected(r, first, last, day) > 0;
}

static void add_counts(struct planning *p, int year, int month, struct date day)
{
	const char *id = NULL;
	for (size_t i = 0; i < p->c->n_rules; i++) {
		const struct rule *r = p->c->rule[i];
		if (!has_pace(r, day))
			continue;
		if (!id)
			id = arena_printf(p->a, "counts/%04d-%02d", year, month);
		add(p, REGULAR_COUNTS, id, day, ROLE_CLERK, r->office->clerk);
	}
}

static void add_month(struct planning *p, int year, int month)
{
	struct date day = workday_of_month(&p->c->workdays, year, month, 1);
	add_leaders(p, REGULAR_LEADERS, arena_printf(p->a, "leaders/%04d-%02d", year, month), day);
	add_counts(p, year, month, day);
	if (month != 1 || !has_duties(p->c, year - 1))
		return;
	const char *id = arena_printf(p->a, "year-end/%04d", year - 1);
	add_leaders(p, REGULAR_YEAR_END, id, day);
	for (size_t i = 0; i < p->c->n_offices; i++)
		add(p, REGULAR_YEAR_END, id, day, ROLE_CLERK, p->c->office[i]->clerk);
}

void regular_plan(const struct config *c, struct date from, struct date to, struct arena *a,
	struct reminders *ret)
{
	struct planning p = {.c = c, .a = a};
	int year = date_year(from), month = date_month(from);
	int last = date_year(to) * 12 + date_month(to);
	for (; year * 12 + month <= last && year <= DATE_YEAR_MAX;
		date_add_months(&year, &month, 1)) {
		struct date day = workday_of_month(&c->workdays, year, month, 1);
		if (date_compare(day, from) >= 0 && date_compare(day, to) <= 0)
			add_month(&p, year, month);
	}
	*ret = (struct reminders){p.found.item, p.found.n};
}

bool regular_parse(const char *obligation_id, int *ret_year, int *ret_month)
{
	static const char *const OF_MONTH[] = {"leaders/", "counts/"};
	int year = 0, month = 0, end = 0;
	const char *s = obligation_id;
	bool whole = sscanf(s, "year-end/%4d%n", &year, &end) == 1 && !s[end];
	for (size_t i = 0; i < sizeof OF_MONTH / sizeof *OF_MONTH && !whole; i++) {
		size_t n = strlen(OF_MONTH[i]);
		whole = strncmp(s, OF_MONTH[i], n) == 0 &&
			sscanf(s + n, "%4d-%2d%n", &year, &month, &end) == 2 && !s[n + (size_t)end] &&
			month >= 1;
	}
	if (!whole || year < DATE_YEAR_MIN || year > DATE_YEAR_MAX || month > 12)
		return false;
	*ret_year = year;
	*ret_month = month;
	return true;
}
