#include "handover.h"

#include "zone.h"

static int count_days_late(
	const struct config *c, const struct obligation *o, enum form form, struct instant at)
{
	struct instant end = obligation_form_at(o, form);
	if (instant_is_none(end) || at.s <= end.s)
		return 0;
	int days = zone_to_civil(c->zone, at).date.days - obligation_form_date(o, form).days;
	return days > 1 ? days : 1;
}

/* What was not held, waived or is not certain yet owes nothing. */
static bool is_owed(const struct obligation *o)
{
	return o->state != STATE_WAIVED && o->state != STATE_CANCELLED && !o->conditional;
}

void handover_of_item(const struct config *c, const struct obligation *o, const struct item *item,
	const struct act *act, size_t n, struct instant now, struct handover *ret)
{
	struct handed_in h;
	submission_handed_in(act, n, item, &h);
	bool filled = o->count && !instant_is_none(o->count->reached);
	if (filled)
		h.at = o->count->reached;
	struct instant at = instant_is_none(h.at) ? now : h.at;
	*ret = (struct handover){.at = h.at,
		.days_late = is_owed(o) && !filled ? count_days_late(c, o, item->form, at) : 0,
		.returned = h.returned};
}

void handover_of_all(const struct config *c, const struct obligation *o, const struct act *act,
	size_t n, struct instant now, struct handover *ret)
{
	struct handover all = {.at = INSTANT_NONE}, h;
	bool missing = o->n_items == 0;
	for (size_t i = 0; i < o->n_items; i++) {
		handover_of_item(c, o, &o->item[i], act, n, now, &h);
		missing = missing || instant_is_none(h.at);
		if (!instant_is_none(h.at) && (instant_is_none(all.at) || h.at.s > all.at.s))
			all.at = h.at;
		all.days_late = h.days_late > all.days_late ? h.days_late : all.days_late;
		all.returned = h.returned > all.returned ? h.returned : all.returned;
	}
	if (missing)
		all.at = INSTANT_NONE;
	*ret = all;
}
