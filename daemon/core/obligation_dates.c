#include "obligation_dates.h"

#include "workday.h"
#include "zone.h"

struct date obligation_due_of_month(const struct rule *r, int year, int month)
{
	return date_add(date_clamped(year, month, r->day), r->day_included ? 0 : -1);
}

struct date obligation_due_after(const struct rule *r, struct date last_day)
{
	return date_add(last_day, r->last_day_counts ? r->days - 1 : r->days);
}

static struct date roll(const struct workdays *w, enum roll how, struct date d)
{
	if (how == ROLL_BEFORE)
		return workday_on_or_before(w, d);
	return how == ROLL_AFTER ? workday_on_or_after(w, d) : d;
}

static struct instant closing(const struct config *c, const struct office *o, struct date d)
{
	return zone_to_instant(c->zone, d, office_closes(o, d) * 60);
}

/* The last workday on or before due and after the activity's last day; if there is none, the first
 * workday after due. */
static struct date hand_in_day(
	const struct workdays *w, struct date due, struct date last_day, bool *ret_late)
{
	struct date d = workday_on_or_before(w, due);
	bool too_early = !date_is_none(last_day) && date_compare(d, last_day) <= 0;
	*ret_late = too_early || !workday_is(w, d);
	return *ret_late ? workday_on_or_after(w, date_add(due, 1)) : d;
}

void obligation_set_dates(const struct config *c, struct obligation *o)
{
	const struct workdays *w = &c->workdays;
	o->due = o->hand_in = o->internal = DATE_NONE;
	o->due_at = o->hand_in_at = INSTANT_NONE;
	if (date_is_none(o->rule_due))
		return;
	o->due = roll(w, o->rule->roll, o->rule_due);
	o->hand_in = o->due;
	if (o->forms & BIT(FORM_PAPER))
		o->hand_in = hand_in_day(w, o->due, o->last_day, &o->hand_in_late);
	if (o->rule->internal)
		o->internal = workday_add(w, o->due, -o->rule->internal);
	o->due_at = closing(c, o->rule->office, o->due);
	o->hand_in_at = closing(c, o->rule->office, o->hand_in);
	struct date furthest = date_max(o->rule_due, date_max(o->due, o->hand_in));
	o->provisional_days = !workday_is_known(w, furthest);
}
