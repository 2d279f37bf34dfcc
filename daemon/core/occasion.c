#include "occasion.h"

/* Keeps ret ascending by last day; of what does not fit the latest is dropped. */
static size_t insert_span(struct span s, struct span *ret, size_t n, size_t max)
{
	if (n == max) {
		if (max == 0 || date_compare(ret[n - 1].last, s.last) <= 0)
			return n;
		n--;
	}
	size_t i = n;
	for (; i > 0 && date_compare(ret[i - 1].last, s.last) > 0; i--)
		ret[i] = ret[i - 1];
	ret[i] = s;
	return n + 1;
}

/* The spans of one Gregorian year, by the year of their first day. */
static size_t spans_from_year(const struct occasion *o, int year, struct span ret[static 2])
{
	struct date first[2];
	size_t n = 0;
	if (o->kind == OCCASION_RECUR) {
		n = recur_in_year(&o->recur, year, first);
	} else if (o->kind == OCCASION_TERM) {
		n = solarterm_date(o->term, year, &first[0]) ? 1 : 0;
	} else if (o->kind == OCCASION_RANGE) {
		bool wraps = o->to_month * 100 + o->to_day < o->from_month * 100 + o->from_day;
		ret[0].first = date_clamped(year, o->from_month, o->from_day);
		ret[0].last = date_clamped(year + wraps, o->to_month, o->to_day);
		return 1;
	}
	for (size_t i = 0; i < n; i++)
		ret[i] = (struct span){first[i], date_add(first[i], o->days > 1 ? o->days - 1 : 0)};
	return n;
}

static bool span_ends_within(struct span s, struct date from, struct date to)
{
	return date_compare(s.last, from) >= 0 && date_compare(s.last, to) <= 0;
}

size_t occasion_spans(
	const struct occasion *o, struct date from, struct date to, struct span *ret, size_t max)
{
	size_t n = 0;
	if (o->kind == OCCASION_DATES) {
		for (size_t i = 0; i < o->n_dates; i++)
			if (span_ends_within(o->dates[i], from, to))
				n = insert_span(o->dates[i], ret, n, max);
		return n;
	}
	int last_year = date_year(to);
	for (int year = date_year(from) - 1; year <= last_year; year++) {
		struct span span[2];
		size_t k = year < DATE_YEAR_MIN ? 0 : spans_from_year(o, year, span);
		for (size_t i = 0; i < k; i++)
			if (span_ends_within(span[i], from, to))
				n = insert_span(span[i], ret, n, max);
	}
	return n;
}
