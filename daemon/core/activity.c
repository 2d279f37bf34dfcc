#include "activity.h"

bool activity_is(enum act_kind k)
{
	return k == ACT_HELD || k == ACT_NOT_HELD || k == ACT_ENDED || k == ACT_EXTENDED;
}

/* Has anything come in but a nil report? */
static bool has_material(const struct obligation *o)
{
	for (size_t i = 0; i < o->n_items; i++)
		if (o->item[i].state != ITEM_MISSING)
			return !o->standing.nil;
	return false;
}

static enum rc check_day(const struct obligation *o, struct date day, struct diag *d)
{
	if (date_is_none(day))
		return diag_set(d, RC_INVALID, N_("a date is needed"));
	if (date_compare(day, date_add(o->planned_first, -ACTIVITY_DAYS_MAX)) < 0)
		return diag_set(
			d, RC_RANGE, N_("an activity cannot end a year before its occasion"));
	if (date_compare(day, date_add(o->planned_last, ACTIVITY_DAYS_MAX)) > 0)
		return diag_set(
			d, RC_RANGE, N_("an activity cannot end a year after its occasion"));
	return RC_OK;
}

enum rc activity_check(
	const struct obligation *o, enum act_kind kind, struct date day, struct diag *d)
{
	if (!o->occasion)
		return diag_set(d, RC_STATE, N_("%s is not about an occasion"), o->id);
	if (o->state == STATE_WAIVED)
		return diag_set(d, RC_STATE, N_("%s is waived"), o->id);
	if (kind == ACT_NOT_HELD && has_material(o))
		return diag_set(
			d, RC_STATE, N_("material of %s has come in, so it was held"), o->id);
	if (kind == ACT_HELD || kind == ACT_NOT_HELD)
		return RC_OK;
	return check_day(o, day, d);
}
