#include "roster.h"

#include <string.h>

#include "config.h"

static const char *const CHANNEL_TEXT[CHANNEL_COUNT] = {"email", "sms", "chat"};
static const char *const FORM_TEXT[FORM_COUNT] = {"-", "paper", "electronic"};
static const char *const ROLE_TEXT[ROLE_COUNT] = {
	"lead", "preparer", "deputy", "clerk", "leader", "admin", "group"};

const char *channel_text(enum channel c)
{
	return CHANNEL_TEXT[c];
}

const char *form_text(enum form f)
{
	return FORM_TEXT[f];
}

const char *role_text(enum role r)
{
	return ROLE_TEXT[r];
}

bool channel_parse(const char *s, enum channel *ret)
{
	for (int i = 0; i < CHANNEL_COUNT; i++)
		if (strcmp(s, CHANNEL_TEXT[i]) == 0) {
			*ret = (enum channel)i;
			return true;
		}
	return false;
}

bool form_parse(const char *s, enum form *ret)
{
	for (int i = 0; i < FORM_COUNT; i++)
		if (strcmp(s, FORM_TEXT[i]) == 0) {
			*ret = (enum form)i;
			return true;
		}
	return false;
}

bool channel_is_at_most_once(enum channel c)
{
	return c != CHANNEL_EMAIL;
}

const char *person_contact(const struct person *p, enum channel c)
{
	if (c == CHANNEL_CHAT)
		return p->room ? p->id : "";
	return c == CHANNEL_EMAIL ? p->email : p->phone;
}

/* Month and day as one ordered number. */
static int month_day(int month, int day)
{
	return month * 100 + day;
}

static bool hours_hold(const struct hours *h, struct date d)
{
	int at = month_day(date_month(d), date_day(d));
	int from = month_day(h->from_month, h->from_day), to = month_day(h->to_month, h->to_day);
	return from <= to ? at >= from && at <= to : at >= from || at <= to;
}

static const struct hours *hours_on(const struct office *o, struct date d)
{
	for (size_t i = 0; i < o->n_hours; i++)
		if (hours_hold(&o->hours[i], d))
			return &o->hours[i];
	return &o->hours[0];
}

int office_closes(const struct office *o, struct date d)
{
	return hours_on(o, d)->close;
}

int office_opens(const struct office *o, struct date d)
{
	return hours_on(o, d)->open;
}

static bool is_confirmed(const struct roster *r, int year, int month)
{
	for (size_t i = 0; i < r->n_confirmed; i++)
		if (r->confirmed[i] == year * 12 + month - 1)
			return true;
	return false;
}

/* Forward only: a roster never says anything about the years before its own, and one that was
 * replaced never comes back. */
const struct roster *roster_of_year(const struct config *c, int year)
{
	for (size_t i = c->n_rosters; i-- > 0;) {
		const struct roster *r = c->roster[i];
		if (r->year <= year)
			return r->year == year || r->repeats ? r : NULL;
	}
	return NULL;
}

size_t roster_duties(const struct config *c, int year, int month, const struct duty **ret,
	size_t max, const struct roster **ret_roster, bool *ret_provisional)
{
	const struct roster *r = roster_of_year(c, year);
	*ret_roster = r;
	*ret_provisional = r && r->year != year && !is_confirmed(r, year, month);
	size_t n = 0;
	for (size_t i = 0; r && i < r->n_duties && n < max; i++)
		if (r->duty[i].month == month)
			ret[n++] = &r->duty[i];
	return n;
}
