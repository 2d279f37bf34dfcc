#include "workday.h"

static bool has_date(const struct date *set, size_t n, struct date d)
{
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (set[mid].days < d.days)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && set[lo].days == d.days;
}

bool workday_is(const struct workdays *w, struct date d)
{
	if (has_date(w->work, w->n_work, d))
		return true;
	enum weekday day = date_weekday(d);
	return day != SATURDAY && day != SUNDAY && !has_date(w->off, w->n_off, d);
}

bool workday_is_known(const struct workdays *w, struct date d)
{
	return !date_is_none(w->known_through) && d.days <= w->known_through.days;
}

/* The nearest workday from d on in steps of +1 or -1; d itself past the ceiling. */
static struct date look(const struct workdays *w, struct date d, int step)
{
	for (int i = 0; i <= WORKDAY_LOOK; i++) {
		struct date candidate = date_add(d, i * step);
		if (workday_is(w, candidate))
			return candidate;
	}
	return d;
}

struct date workday_on_or_before(const struct workdays *w, struct date d)
{
	return look(w, d, -1);
}

struct date workday_on_or_after(const struct workdays *w, struct date d)
{
	return look(w, d, 1);
}

struct date workday_add(const struct workdays *w, struct date d, int n)
{
	int step = n < 0 ? -1 : 1;
	for (int left = n * step; left > 0; left--)
		d = look(w, date_add(d, step), step);
	return d;
}

struct date workday_of_month(const struct workdays *w, int year, int month, int n)
{
	struct date last = date_clamped(year, month, 31), found = date_clamped(year, month, 1);
	for (struct date d = found; d.days <= last.days && n > 0; d = date_add(d, 1))
		if (workday_is(w, d)) {
			found = d;
			n--;
		}
	return found;
}
