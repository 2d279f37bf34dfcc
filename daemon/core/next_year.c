#include "next_year.h"

enum { DUTIES_MAX = 64 };

struct lacks {
	struct lack *item;
	size_t n;
};

static void add(struct lacks *l, struct lack lack)
{
	if (l->n < LACKS_MAX)
		l->item[l->n++] = lack;
}

static void look_at_roster(const struct config *c, int year, struct lacks *l)
{
	const struct duty *duty[DUTIES_MAX];
	const struct roster *r = NULL;
	size_t unconfirmed = 0;
	for (int m = 1; m <= 12; m++) {
		bool provisional;
		size_t n = roster_duties(c, year, m, duty, DUTIES_MAX, &r, &provisional);
		unconfirmed += n && provisional;
	}
	if (!r)
		add(l, (struct lack){.kind = LACK_ROSTER, .year = year, .src = c->src});
	else if (unconfirmed)
		add(l, (struct lack){.kind = LACK_CONFIRMED,
			       .year = year,
			       .roster = r,
			       .n = unconfirmed,
			       .src = r->src});
}

static void look_at_workdays(const struct config *c, int year, struct lacks *l)
{
	struct date end = date_clamped(year, 12, 31);
	if (date_is_none(c->workdays.known_through) ||
		date_compare(c->workdays.known_through, end) < 0)
		add(l, (struct lack){.kind = LACK_WORKDAYS, .year = year, .src = c->src});
}

static void look_at_indicators(const struct rule *r, int year, struct lacks *l)
{
	struct lack lack = {.kind = LACK_INDICATORS, .year = year, .rule = r, .src = r->src};
	bool there = false;
	for (size_t i = 0; i < r->n_indicators; i++) {
		const struct indicator *k = &r->indicator[i];
		lack.n += k->sample && (!k->year || k->year == year);
		there = there || (k->year == year && !k->sample);
		lack.undated = lack.undated || (!k->year && !k->sample);
		lack.old_year = k->year > lack.old_year && k->year < year ? k->year : lack.old_year;
	}
	if (r->by_indicator && (lack.n || !there))
		add(l, lack);
}

size_t next_year_lacks(const struct config *c, struct date today, struct lack ret[static LACKS_MAX])
{
	struct lacks l = {ret, 0};
	int year = date_year(today) + 1;
	if (date_month(today) < NEXT_YEAR_MONTH || c->allow_empty)
		return 0;
	look_at_roster(c, year, &l);
	look_at_workdays(c, year, &l);
	for (size_t i = 0; i < c->n_rules; i++)
		look_at_indicators(c->rule[i], year, &l);
	return l.n;
}

static void say_indicators(const struct lack *l, struct diag *ret)
{
	const char *id = l->rule->id;
	const char *hint = N_("enter the indicators marked for each month, with year, under indicators");
	if (l->n)
		diag_set(ret, RC_NOTFOUND, N_("rule %s has samples instead of the indicators of %d"), id,
			l->year);
	else if (l->undated)
		diag_set(ret, RC_NOTFOUND,
			N_("rule %s has indicators without a year: nobody can tell whether they are "
			   "those of %d"),
			id, l->year);
	else if (l->old_year)
		diag_set(ret, RC_NOTFOUND,
			N_("rule %s has no indicators for %d, the latest are of %d"), id, l->year,
			l->old_year);
	else
		diag_set(ret, RC_NOTFOUND, N_("rule %s has no indicators for %d"), id, l->year);
	diag_hint(ret, hint);
}

void next_year_say(const struct lack *l, struct diag *ret)
{
	switch (l->kind) {
	case LACK_ROSTER:
		diag_set(ret, RC_NOTFOUND, N_("there is no roster of %d yet"), l->year);
		diag_hint(ret, N_("deadlinectl import roster reads it from the notice's table"));
		break;
	case LACK_CONFIRMED:
		diag_set(ret, RC_NOTFOUND,
			N_("%zu months of %d are only carried over from the roster of %d"), l->n,
			l->year, l->roster->year);
		diag_hint(ret, N_("import the new roster, or deadlinectl roster confirm MONTH"));
		break;
	case LACK_WORKDAYS:
		diag_set(ret, RC_NOTFOUND, N_("the holidays of %d are not known yet"), l->year);
		diag_hint(ret, N_("deadlinectl workdays import reads the holiday notice"));
		break;
	case LACK_INDICATORS:
		say_indicators(l, ret);
		break;
	}
	ret->severity = SEV_WARNING;
	diag_at(ret, l->src.file, l->src.line);
}
