/* Rosters: which unit is responsible in which month. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "conf_field.h"
#include "conf_value.h"

enum { ROSTERS_MAX = 200 };

struct roster_settings {
	struct roster roster;
	const char *effective_from;
};
static const struct field ROSTER_FIELD[] = {
	FIELD("year", INT, struct roster_settings, roster.year, .required = true,
		.min = DATE_YEAR_MIN, .max = DATE_YEAR_MAX),
	FIELD("notice", TEXT, struct roster_settings, roster.notice, .max = 120),
	FIELD("notice_date", DATE, struct roster_settings, roster.notice_date),
	FIELD("repeats", BOOL, struct roster_settings, roster.repeats),
	FIELD("effective_from", TEXT, struct roster_settings, effective_from, .fallback_text = ""),
	FIELD_ELSEWHERE("confirmed", ARRAY),
	FIELD_ELSEWHERE("months", LIST),
};

static const struct field DUTY_FIELD[] = {
	FIELD("month", INT, struct duty, month, .required = true, .min = 1, .max = 12),
	FIELD("unit", UNIT, struct duty, unit),
	FIELD_ELSEWHERE("units", ARRAY),
	FIELD("lead", PERSON, struct duty, lead),
	FIELD_ELSEWHERE("handover", GROUP),
};

static const struct field HANDOVER_FIELD[] = {
	FIELD("from", DATE, struct succession, from, .required = true),
	FIELD("lead", PERSON, struct succession, lead),
	FIELD("unit", UNIT, struct succession, unit),
};

/* Whether it changes anything, and somebody is responsible after it. */
static void check_handover(struct conf_state *st, const struct succession *h,
	const struct person *lead, const struct unit *unit)
{
	if (h->unit && !unit)
		conf_error(st, h->src, N_("a month's row may name a unit: months = ( ... )"),
			N_("the handover of a unit names another unit"));
	else if (!h->lead && !h->unit)
		conf_error(st, h->src, N_("lead = \"...\" or, for a month, unit = \"...\""),
			N_("the handover names nobody"));
	else if (h->unit ? h->unit == unit : h->lead == lead)
		conf_error(st, h->src, NULL, N_("the handover changes nothing"));
	else if (h->unit && !h->lead && !h->unit->lead && !st->partial)
		conf_error(st, h->src, N_("add lead = \"...\" here or to the unit"),
			N_("\"%s\" takes over, but has no lead"), h->unit->id);
}

const struct succession *conf_read_handover(struct conf_state *st, config_setting_t *group,
	const struct person *lead, const struct unit *unit)
{
	config_setting_t *s = config_setting_get_member(group, "handover");
	if (!s || !config_setting_is_group(s))
		return NULL;
	struct succession *h = ARENA_NEW(st->a, struct succession);
	size_t errors = st->ds->n_errors;
	h->src = conf_here(st, s);
	field_read(st, s, FIELDS(HANDOVER_FIELD), h);
	if (st->ds->n_errors == errors)
		check_handover(st, h, lead, unit);
	return st->ds->n_errors == errors ? h : NULL;
}

struct rows {
	VEC(struct duty) duty;
	struct conf_index months; /* unit id -> unsigned: months it has already */
	unsigned named;           /* months with a row, even a faulty one */
	int year;
	size_t max;
};

struct rosters {
	VEC(struct roster *) item;
	size_t n_duties;
};

/* The months in which the unit is on duty by this roster. */
static unsigned *months_of(struct conf_state *st, struct rows *rows, const struct unit *u)
{
	const void *old = conf_index_find(&rows->months, u->id);
	if (old)
		return (unsigned *)(uintptr_t)old;
	unsigned *bits = ARENA_NEW(st->a, unsigned);
	(void)conf_index_add(&rows->months, u->id, bits, &old);
	return bits;
}

static void check_duty(struct conf_state *st, const struct duty *d, unsigned months)
{
	if (months & BIT(d->month))
		conf_error(st, d->src, NULL, N_("\"%s\" stands twice in month %d"), d->unit->id,
			d->month);
	/* Said once a unit, not once a month. */
	if (!months && !d->lead && !d->unit->lead && !st->partial)
		conf_error(st, d->src, N_("add lead = \"...\" here or to the unit"),
			N_("\"%s\" is responsible in month %d, but has no lead"), d->unit->id,
			d->month);
}

static void add_duty(struct conf_state *st, struct rows *rows, const struct duty *d)
{
	if (rows->duty.n == rows->max) {
		if (rows->max)
			conf_error(st, d->src, NULL, N_("more than %d duties"), CONFIG_DUTIES_MAX);
		rows->max = 0; /* said once */
		return;
	}
	unsigned *months = months_of(st, rows, d->unit);
	check_duty(st, d, *months);
	*months |= BIT(d->month);
	VEC_PUSH(st->a, &rows->duty, *d);
}

static const struct person *lead_of(const struct duty *d)
{
	return d->lead || !d->unit ? d->lead : d->unit->lead;
}

static void read_handover(
	struct conf_state *st, config_setting_t *group, const struct rows *rows, struct duty *d)
{
	const struct succession *h = conf_read_handover(st, group, lead_of(d), d->unit);
	if (h && (date_year(h->from) != rows->year || date_month(h->from) != d->month))
		conf_error(st, h->src, N_("a handover before or after it is another row's"),
			N_("the handover is not in month %d of %d"), d->month, rows->year);
	d->handover = h;
}

static void read_units(
	struct conf_state *st, config_setting_t *list, struct duty d, struct rows *rows)
{
	const char *const *id = NULL;
	size_t n = field_texts(st, list, &id);
	for (size_t i = 0; i < n; i++) {
		d.unit = field_refer(st, conf_here(st, list), SECTION_UNIT, id[i]);
		if (d.unit)
			add_duty(st, rows, &d);
	}
}

static void read_duty(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct rows *rows = obj;
	struct duty d = {.src = conf_here(st, group)};
	config_setting_t *units = config_setting_get_member(group, "units");
	bool one = config_setting_get_member(group, "unit") != NULL;
	field_read(st, group, FIELDS(DUTY_FIELD), &d);
	if (d.month == 0)
		return;
	rows->named |= BIT(d.month);
	if (one == (units != NULL))
		conf_error(st, d.src, N_("unit = \"...\" or units = [ \"...\", \"...\" ]"),
			N_("month %d needs either unit or units"), d.month);
	else if (units && config_setting_get_member(group, "handover"))
		conf_error(st, d.src, N_("give each unit of the month a row of its own"),
			N_("a handover needs a row with one unit"));
	else if (units)
		read_units(st, units, d, rows);
	else if (d.unit) {
		read_handover(st, group, rows, &d);
		add_duty(st, rows, &d);
	}
}

static void read_confirmed(struct conf_state *st, config_setting_t *s, struct roster *r)
{
	const char *const *text = NULL;
	size_t n = s ? field_texts(st, s, &text) : 0;
	int *month = ARENA_ARRAY(st->a, n, int);
	for (size_t i = 0; i < n; i++) {
		int y, m;
		if (!value_parse_month(text[i], &y, &m))
			conf_error(st, conf_here(st, s), N_("write it as \"2025-03\""),
				N_("\"%s\" is not a month"), text[i]);
		else if (y <= r->year)
			conf_error(st, conf_here(st, s), NULL,
				N_("%s needs no confirmation: the roster is of %d"), text[i],
				r->year);
		else
			month[r->n_confirmed++] = y * 12 + m - 1;
	}
	/* Few entries, and mostly in order. */
	for (size_t i = 1; i < r->n_confirmed; i++)
		for (size_t k = i; k > 0 && month[k - 1] > month[k]; k--) {
			int swap = month[k];
			month[k] = month[k - 1];
			month[k - 1] = swap;
		}
	r->confirmed = month;
}

static void read_effective(struct conf_state *st, const struct roster_settings *s, struct roster *r)
{
	int y, m;
	r->effective_from = DATE_NONE;
	if (!s->effective_from[0])
		return;
	if (value_parse_month(s->effective_from, &y, &m))
		(void)date_from_ymd(y, m, 1, &r->effective_from);
	else if (!date_parse(s->effective_from, strlen(s->effective_from), &r->effective_from))
		conf_error(st, r->src, N_("write it as \"2024-03\""), N_("\"%s\" is not a month"),
			s->effective_from);
}

static void check_months(struct conf_state *st, const struct roster *r, unsigned have)
{
	const char *missing = "";
	for (int m = 1; m <= 12; m++) {
		struct date last = date_clamped(r->year, m, 31);
		bool before = !date_is_none(r->effective_from) &&
			      date_compare(last, r->effective_from) < 0;
		if (!(have & BIT(m)) && !before)
			missing = arena_printf(st->a, "%s%s%d", missing, missing[0] ? ", " : "", m);
	}
	if (missing[0] && !st->partial)
		conf_warn(st, r->src, N_("nobody is reminded of what these months owe"),
			N_("the roster of %d has no unit for month %s"), r->year, missing);
}

static void read_roster(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct rosters *all = obj;
	struct roster_settings s = {0};
	struct roster *r = ARENA_NEW(st->a, struct roster);
	field_read(st, group, FIELDS(ROSTER_FIELD), &s);
	*r = s.roster;
	struct rows rows = {.max = CONFIG_DUTIES_MAX - all->n_duties, .year = r->year};
	r->src = conf_here(st, group);
	read_effective(st, &s, r);
	read_confirmed(st, config_setting_get_member(group, "confirmed"), r);
	conf_each_in(st, config_setting_get_member(group, "months"), CONFIG_DUTIES_MAX, read_duty,
		&rows);
	conf_index_done(&rows.months);
	r->duty = rows.duty.item;
	r->n_duties = rows.duty.n;
	all->n_duties += r->n_duties;
	check_months(st, r, rows.named);
	VEC_PUSH(st->a, &all->item, r);
}

static int compare_rosters(const void *left, const void *right)
{
	const struct roster *a = *(struct roster *const *)left, *b = *(struct roster *const *)right;
	return a->year - b->year;
}

void conf_read_rosters(struct conf_state *st)
{
	struct rosters all = {0};
	conf_each(st, "rosters", ROSTERS_MAX, read_roster, &all);
	if (all.item.n)
		qsort(all.item.item, all.item.n, sizeof *all.item.item, compare_rosters);
	for (size_t i = 1; i < all.item.n; i++) {
		const struct roster *a = all.item.item[i - 1], *b = all.item.item[i];
		if (a->year == b->year && a->year)
			conf_error(st, b->src, NULL, N_("there are two rosters of %d; see %s:%d"),
				b->year, a->src.file, a->src.line);
	}
	const struct roster **list = ARENA_ARRAY(st->a, all.item.n, const struct roster *);
	for (size_t i = 0; i < all.item.n; i++)
		list[i] = all.item.item[i];
	st->c->roster = list;
	st->c->n_rosters = all.item.n;
}
