#include "message_titles.h"

#include <string.h>

#include "text.h"
#include "workday.h"
#include "zone.h"

enum { TEXT_BYTES = 100 };

static const char *keep(const struct viewing *x, struct buf *b)
{
	const char *s = arena_strdup(x->a, b->data);
	buf_done(b);
	return s;
}

static const char *month_text(const struct viewing *x, struct date d)
{
	struct buf b;
	buf_init(&b, TEXT_BYTES);
	x->w->put_month(&b, date_month(d));
	return keep(x, &b);
}

static const char *span_of_count(const struct viewing *x, const struct obligation *o)
{
	const struct words *w = x->w;
	int year = date_year(o->period_last);
	if (!o->rule->per_half_year)
		return arena_printf(x->a, w->year, year);
	bool first = date_month(o->period_last) <= 6;
	return arena_printf(x->a, first ? w->first_half : w->second_half, year);
}

const char *title_period(const struct viewing *x, const struct obligation *o)
{
	switch (o->rule->kind) {
	case RULE_MONTHLY:
		return month_text(x, o->period_first);
	case RULE_AFTER:
		return o->occasion ? o->occasion->name : o->rule->name;
	case RULE_COUNT:
		return span_of_count(x, o);
	case RULE_ONCE:
		break;
	}
	return o->rule->name;
}

static bool names_activity(const struct viewing *x, const char *name)
{
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(name), m = strlen(x->w->activity[i]);
		if (n >= m && text_equal(name + n - m, x->w->activity[i]))
			return true;
	}
	return false;
}

static const char *title_of_occasion(const struct viewing *x, const char *name)
{
	const struct words *w = x->w;
	return arena_printf(
		x->a, names_activity(x, name) ? w->occasion_short : w->occasion_title, name);
}

const char *title_full(const struct viewing *x, const struct obligation *o)
{
	const struct words *w = x->w;
	const char *period = title_period(x, o);
	switch (o->rule->kind) {
	case RULE_MONTHLY:
		return arena_printf(x->a, w->month_title, period, o->rule->name);
	case RULE_AFTER:
		return o->occasion ? title_of_occasion(x, period) : period;
	case RULE_COUNT:
		return arena_printf(x->a, w->period_title, period, o->rule->name);
	case RULE_ONCE:
		break;
	}
	return o->rule->name;
}

const char *title_short(const struct viewing *x, const struct obligation *o)
{
	if (o->rule->kind == RULE_MONTHLY)
		return o->rule->by_indicator ? o->rule->name : x->w->month_short;
	if (o->rule->kind == RULE_AFTER && o->occasion)
		return arena_printf(x->a, x->w->occasion_short, o->occasion->name);
	return o->rule->name;
}

const char *title_unit(const struct viewing *x, const struct obligation *o)
{
	if (!o->unit)
		return x->c->organisation;
	struct date today = zone_to_civil(x->c->zone, x->now).date;
	const char *name = obligation_unit_on(o, false, today)->name;
	if (!o->joint_unit)
		return name;
	return arena_printf(
		x->a, "%s%s%s", name, x->w->sep, obligation_unit_on(o, true, today)->name);
}

const char *title_office(const struct viewing *x, const struct office *o)
{
	const char *prefix = x->w->office_prefix;
	return text_has_prefix(o->name, prefix) ? o->name + strlen(prefix) : o->name;
}

const char *title_place(const struct office *o)
{
	if (o->short_name && o->short_name[0])
		return o->short_name;
	return o->place && o->place[0] ? o->place : o->name;
}

/* Not once more if the office is named like its place. */
const char *title_room(const struct office *o)
{
	return o->place && !text_equal(o->place, o->name) ? o->place : "";
}

const char *title_rest_day(const struct viewing *x, struct date d)
{
	if (date_is_none(d) || workday_is(&x->c->workdays, d))
		return "";
	if (date_weekday(d) != SATURDAY && date_weekday(d) != SUNDAY)
		return x->w->holiday;
	struct buf b;
	buf_init(&b, TEXT_BYTES);
	x->w->put_weekday(&b, d);
	return keep(x, &b);
}
