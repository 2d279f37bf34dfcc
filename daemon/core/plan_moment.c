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

static bool last_allowed(
	const struct config *c, struct instant t, bool on_rest_days, struct instant *ret)
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

static bool is_in_time(const struct moment_wish *w, struct instant t)
{
	return instant_is_none(w->deadline) || t.s < w->deadline.s;
}

/* The last allowed moment before the wish, the deadline at the latest, and not before the end. */
static bool find_earlier(
	const struct config *c, const struct moment_wish *w, bool on_rest_days, struct instant *ret)
{
	struct instant from = is_in_time(w, w->at) ? w->at : (struct instant){w->deadline.s - 1};
	struct instant last;
	if (!last_allowed(c, from, on_rest_days, &last) ||
		(!instant_is_none(w->not_before) && last.s < w->not_before.s))
		return false;
	*ret = last;
	return true;
}

enum moment_fate plan_moment(
	const struct config *c, const struct moment_wish *w, struct instant *ret_at)
{
	struct instant next = plan_next_allowed(c, w->at, w->on_rest_days);
	if (is_in_time(w, next)) {
		*ret_at = next;
		return next.s == w->at.s ? MOMENT_KEPT : MOMENT_LATER;
	}
	if (find_earlier(c, w, w->on_rest_days, ret_at))
		return MOMENT_EARLIER;
	/* On the rest day itself, but still not at night. */
	struct instant waking = plan_next_allowed(c, w->at, true);
	if (is_in_time(w, waking))
		*ret_at = waking;
	else if (!find_earlier(c, w, true, ret_at))
		*ret_at = w->at;
	return MOMENT_ON_REST_DAY;
}
