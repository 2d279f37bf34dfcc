#include "tzrule.h"

#include <string.h>

#include "date.h"

/* What is left of the text. */
struct cursor {
	const char *s, *end;
};

static bool take(struct cursor *c, char want)
{
	if (c->s == c->end || *c->s != want)
		return false;
	c->s++;
	return true;
}

static bool take_number(struct cursor *c, int min, int max, int *ret)
{
	const char *from = c->s;
	int value = 0;
	for (; c->s < c->end && c->s - from < 3 && *c->s >= '0' && *c->s <= '9'; c->s++)
		value = value * 10 + (*c->s - '0');
	if (c->s == from || value < min || value > max)
		return false;
	*ret = value;
	return true;
}

/* Abbreviations are of no use here: letters, or anything between < and >. */
static bool skip_name(struct cursor *c)
{
	const char *from = c->s;
	if (take(c, '<')) {
		while (c->s < c->end && *c->s != '>')
			c->s++;
		return take(c, '>') && c->s - from > 4;
	}
	while (c->s < c->end && ((*c->s | 32) >= 'a' && (*c->s | 32) <= 'z'))
		c->s++;
	return c->s - from >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct cursor *c, int max_hour, int32_t *ret)
{
	int sign = take(c, '-') ? -1 : 1, hour, minute = 0, second = 0;
	if (sign > 0)
		take(c, '+');
	if (!take_number(c, 0, max_hour, &hour))
		return false;
	if (take(c, ':') && !take_number(c, 0, 59, &minute))
		return false;
	if (take(c, ':') && !take_number(c, 0, 59, &second))
		return false;
	*ret = sign * (hour * 3600 + minute * 60 + second);
	return true;
}

static bool take_day(struct cursor *c, struct tzrule_day *ret)
{
	bool ok;
	if (take(c, 'M')) {
		ret->form = TZRULE_WEEKDAY;
		ok = take_number(c, 1, 12, &ret->month) && take(c, '.') &&
		     take_number(c, 1, 5, &ret->week) && take(c, '.') &&
		     take_number(c, 0, 6, &ret->weekday);
	} else if (take(c, 'J')) {
		ret->form = TZRULE_JULIAN;
		ok = take_number(c, 1, 365, &ret->n);
	} else {
		ret->form = TZRULE_ZERO_BASED;
		ok = take_number(c, 0, 365, &ret->n);
	}
	ret->second = 2 * 3600;
	return ok && (!take(c, '/') || take_time(c, 167, &ret->second));
}

/* POSIX counts offsets west of Greenwich. */
static bool take_offset(struct cursor *c, int32_t *ret)
{
	int32_t west;
	if (!take_time(c, 24, &west))
		return false;
	*ret = -west;
	return true;
}

bool tzrule_parse(const char *s, size_t len, struct tzrule *ret)
{
	struct cursor c = {s, s + len};
	struct tzrule r = {0};
	if (!skip_name(&c) || !take_offset(&c, &r.standard))
		return false;
	r.summer = r.standard;
	if (c.s < c.end) {
		r.has_summer = true;
		r.summer = r.standard + 3600;
		if (!skip_name(&c) || c.s == c.end)
			return false;
		if (*c.s != ',' && !take_offset(&c, &r.summer))
			return false;
		if (!take(&c, ',') || !take_day(&c, &r.start) || !take(&c, ',') ||
			!take_day(&c, &r.end) || c.s != c.end)
			return false;
	}
	*ret = r;
	return true;
}

static int32_t day_in_year(const struct tzrule_day *d, int year)
{
	if (d->form == TZRULE_WEEKDAY) {
		struct date first = date_clamped(year, d->month, 1);
		int day = 1 + (d->weekday - (int)date_weekday(first) + 7) % 7 + 7 * (d->week - 1);
		if (day > date_days_in_month(year, d->month))
			day -= 7;
		return date_clamped(year, d->month, day).days;
	}
	int skipped = d->form == TZRULE_ZERO_BASED ? 0 : 1;
	bool after_february = d->form == TZRULE_JULIAN && d->n > 31 + 28;
	if (after_february && date_days_in_month(year, 2) == 29)
		skipped = 0;
	return date_clamped(year, 1, 1).days + d->n - skipped;
}

static int64_t instant_in_year(const struct tzrule_day *d, int year, int32_t offset_before)
{
	return (int64_t)day_in_year(d, year) * DAY_S + d->second - offset_before;
}

int64_t tzrule_start(const struct tzrule *r, int year)
{
	return instant_in_year(&r->start, year, r->standard);
}

int64_t tzrule_end(const struct tzrule *r, int year)
{
	return instant_in_year(&r->end, year, r->summer);
}
