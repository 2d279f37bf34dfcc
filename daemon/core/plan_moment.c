/*
 * Quiet hours and rest days.  A moment is a minute of a civil day; a day has allowed minutes if it
 * is a workday (or the step may go out on a rest day), less the quiet windows.
 */
#include "plan.h"

#include "workday.h"
#include "zone.h"

enum { MINUTES = 1440, LOOK_DAYS = WORKDAY_LOOK, NO_MINUTE = -1 };

static bool window_holds(const struct quiet_window *q, int minute)
{
	if (q->from <= q->to)
		return minute >= q->from && minute < q->to;
	return minute >= q->from || minute < q->to;
}

/* The first minute >= m of the day that no window holds. */
static int next_minute(const struct config *c, int m)
{
	for (size_t i = 0; i < c->n_quiet && m < MINUTES; i++) {
		const struct quiet_window *q = &c->quiet[i];
		if (!window_holds(q, m))
			continue;
		bool into_next_day = q->from > q->to && m >= q->from;
		m = into_next_day ? MINUTES : q->to;
		i = (size_t)-1; /* another window may hold the new minute */
	}
	return m < MINUTES ? m : NO_MINUTE;
}

/* The last minute <= m of the day that no window holds. */
static int last_minute(const struct config *c, int m)
{
	for (size_t i = 0; i < c->n_quiet && m >= 0; i++) {
		const struct quiet_window *q = &c->quiet[i];
		if (!window_holds(q, m))
			continue;
		bool from_day_before = q->from > q->to && m < q->to;
		m = from_day_before ? NO_MINUTE : q->from - 1;
		i = (size_t)-1;
	}
	return m;
}

static bool day_is_open(const struct config *c, struct date d, bool on_rest_days)
{
	return on_rest_days || workday_is(&c->workdays, d);
}

bool plan_is_allowed(const struct config *c, struct instant t, bool on_rest_days)
{
	struct civil at = zone_to_civil(c->zone, t);
	int m = at.second / 60;
	return day_is_open(c, at.date, on_rest_days) && next_minute(c, m) == m;
}

struct instant plan_next_allowed(const struct config *c, struct instant t, bool on_rest_days)
{
	struct civil at = zone_to_civil(c->zone, t);
	int m = (at.second + 59) / 60;
	if (plan_is_allowed(c, t, on_rest_days))
		return t;
	for (int i = 0; i < LOOK_DAYS; i++, m = 0) {
		struct date d = date_add(at.date, i);
		int found = day_is_open(c, d, on_rest_days) ? next_minute(c, m) : NO_MINUTE;
		if (found != NO_MINUTE)
			return zone_to_instant(c->zone, d, found * 60);
	}
	return t;
}

static bool last_allowed(const struct config *c, struct instant t, bool on_rest_days,
	struct instant *ret)
{
	struct civil at = zone_to_civil(c->zone, t);
	int m = at.second / 60;
	for (int i = 0; i < LOOK_DAYS; i++, m = MINUTES - 1) {
		struct date d = date_add(at.date, -i);
		int found = day_is_open(c, d, on_rest_days) ? last_minute(c, m) : NO_MINUTE;
		if (found != NO_MINUTE) {
			*ret = zone_to_instant(c->zone, d, found * 60);
			return true;
		}
	}
	return false;
}

enum moment_fate plan_moment(const struct config *c, const struct moment_wish *w,
	struct instant *ret_at)
{
	if (plan_is_allowed(c, w->at, w->on_rest_days)) {
		*ret_at = w->at;
		return MOMENT_KEPT;
	}
	struct instant next = plan_next_allowed(c, w->at, w->on_rest_days);
	if (instant_is_none(w->deadline) || next.s < w->deadline.s) {
		*ret_at = next;
		return MOMENT_LATER;
	}
	struct instant last;
	if (last_allowed(c, w->at, w->on_rest_days, &last) &&
		(instant_is_none(w->not_before) || last.s >= w->not_before.s)) {
		*ret_at = last;
		return MOMENT_EARLIER;
	}
	/* On the rest day itself, but still not at night. */
	struct instant waking = plan_next_allowed(c, w->at, true);
	*ret_at = waking.s < w->deadline.s ? waking : w->at;
	return MOMENT_ON_REST_DAY;
}
