/*
 * tzdata is asked once, at zone_open: the offset changes of 1900..2199 become a table, found by
 * probing every ten days and halving where two probes differ.  Everything after is arithmetic.
 */
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

#include "mem.h"
#include "text.h"

enum { TRANSITIONS_MAX = 1024, PROBE_DAYS = 10, NAME_MAX_BYTES = 64 };

struct transition {
	int64_t at;     /* first instant of the new offset */
	int32_t offset; /* seconds east of UTC from then on */
};

struct zone {
	char name[NAME_MAX_BYTES];
	size_t n; /* transition[0].at is before every date we handle */
	struct transition transition[TRANSITIONS_MAX];
};

static int32_t ask_offset(icaltimezone *tz, int64_t t)
{
	struct date d = {(int32_t)((t - (t % DAY_S + DAY_S) % DAY_S) / DAY_S)};
	int year, month, day;
	date_to_ymd(d, &year, &month, &day);
	int second = (int)(t - (int64_t)d.days * DAY_S);
	struct icaltimetype at = icaltime_null_time();
	at.year = year;
	at.month = month;
	at.day = day;
	at.hour = second / 3600;
	at.minute = second / 60 % 60;
	at.second = second % 60;
	int is_daylight;
	return icaltimezone_get_utc_offset_of_utc_time(tz, &at, &is_daylight);
}

/* The first instant in (lo, hi] at which the offset is no longer that of lo. */
static int64_t find_change(icaltimezone *tz, int64_t lo, int32_t offset, int64_t hi)
{
	while (hi - lo > 1) {
		int64_t mid = lo + (hi - lo) / 2;
		if (ask_offset(tz, mid) == offset)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

static void read_transitions(icaltimezone *tz, struct zone *z)
{
	int64_t from = (int64_t)date_clamped(DATE_YEAR_MIN, 1, 1).days * DAY_S - DAY_S;
	int64_t to = (int64_t)date_clamped(DATE_YEAR_MAX, 12, 31).days * DAY_S + 2 * DAY_S;
	int64_t before = from;
	int32_t offset = ask_offset(tz, from);
	z->transition[z->n++] = (struct transition){from, offset};
	for (int64_t t = from; t < to && z->n < TRANSITIONS_MAX; t += PROBE_DAYS * DAY_S) {
		int32_t now = ask_offset(tz, t);
		if (now != offset) {
			int64_t at = find_change(tz, before, offset, t);
			offset = ask_offset(tz, at);
			z->transition[z->n++] = (struct transition){at, offset};
			t = at; /* two changes may lie close together */
		}
		before = t;
	}
}

enum rc zone_open(const char *name, struct zone **ret, struct diag *d)
{
	icalerror_set_errors_are_fatal(0);
	if (strlen(name) >= NAME_MAX_BYTES)
		return diag_set(d, RC_NOTFOUND, N_("unknown time zone"));
	icaltimezone *tz = icaltimezone_get_builtin_timezone(name);
	if (!tz)
		return diag_set(d, RC_NOTFOUND, N_("unknown time zone \"%s\""), name);
	struct zone *z = mem_new(1, sizeof *z);
	snprintf(z->name, sizeof z->name, "%s", name);
	read_transitions(tz, z);
	*ret = z;
	return RC_OK;
}

void zone_free(struct zone *z)
{
	free(z);
}

const char *zone_name(const struct zone *z)
{
	return z->name;
}

/* Index of the transition in force at t. */
static size_t transition_at(const struct zone *z, int64_t t)
{
	size_t lo = 0, hi = z->n;
	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;
		if (z->transition[mid].at <= t)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

int32_t zone_offset_s(const struct zone *z, struct instant t)
{
	return z->transition[transition_at(z, t.s)].offset;
}

struct instant zone_to_instant(const struct zone *z, struct date date, int32_t second)
{
	int64_t wall = (int64_t)date.days * DAY_S + second;
	/* Whatever the offset, the answer lies within a day of the wall time read as UTC. */
	size_t i = transition_at(z, wall - DAY_S);
	for (; i < z->n; i++) {
		int64_t t = wall - z->transition[i].offset;
		bool is_last = i + 1 == z->n;
		if (!is_last && t >= z->transition[i + 1].at)
			continue;
		/* Before this offset began: the wall time lies in the gap before it. */
		return (struct instant){t < z->transition[i].at ? z->transition[i].at : t};
	}
	return (struct instant){wall};
}

struct civil zone_to_civil(const struct zone *z, struct instant t)
{
	int64_t wall = t.s + zone_offset_s(z, t);
	int64_t second = (wall % DAY_S + DAY_S) % DAY_S;
	return (struct civil){{(int32_t)((wall - second) / DAY_S)}, (int32_t)second};
}

const char *zone_format(const struct zone *z, struct instant t, char ret[static ZONE_TEXT_SIZE])
{
	if (instant_is_none(t))
		return memcpy(ret, "-", 2);
	struct civil c = zone_to_civil(z, t);
	int32_t offset = zone_offset_s(z, t);
	char day[DATE_TEXT_SIZE], sign = offset < 0 ? '-' : '+';
	int minutes = abs(offset) / 60;
	snprintf(ret, ZONE_TEXT_SIZE, "%sT%02d:%02d:%02d%c%02d:%02d", date_format(c.date, day),
		c.second / 3600 % 24, c.second / 60 % 60, c.second % 60, sign, minutes / 60 % 100,
		minutes % 60);
	return ret;
}

/* ":SS" and the offset behind HH:MM; *ret_has_offset false for civil time. */
static bool parse_tail(const char *s, int *ret_second, bool *ret_has_offset, int *ret_offset)
{
	*ret_second = 0;
	*ret_has_offset = false;
	if (s[0] == ':') {
		if (!(s[1] >= '0' && s[1] <= '5' && s[2] >= '0' && s[2] <= '9'))
			return false;
		*ret_second = (s[1] - '0') * 10 + (s[2] - '0');
		s += 3;
	}
	if (s[0] == '\0')
		return true;
	*ret_has_offset = true;
	*ret_offset = 0;
	if (text_equal(s, "Z"))
		return true;
	int minute;
	if ((s[0] != '+' && s[0] != '-') || !date_parse_minute(s + 1, &minute))
		return false;
	*ret_offset = (s[0] == '-' ? -60 : 60) * minute;
	return true;
}

bool zone_parse(const struct zone *z, const char *s, struct instant *ret)
{
	struct date d;
	size_t len = strlen(s);
	if (len < 10 || len > 25 || !date_parse(s, 10, &d))
		return false;
	if (len == 10) {
		*ret = zone_to_instant(z, d, 0);
		return true;
	}
	char clock[6] = "";
	if ((s[10] != 'T' && s[10] != ' ') || len < 16)
		return false;
	memcpy(clock, s + 11, 5);
	int minute, second, offset;
	bool has_offset;
	if (!date_parse_minute(clock, &minute) ||
		!parse_tail(s + 16, &second, &has_offset, &offset))
		return false;
	int32_t of_day = minute * 60 + second;
	if (of_day > DAY_S)
		return false;
	*ret = has_offset ? (struct instant){(int64_t)d.days * DAY_S + of_day - offset}
			  : zone_to_instant(z, d, of_day);
	return true;
}
