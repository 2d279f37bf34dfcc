#include "obligation.h"

#include <stdlib.h>
#include <string.h>

static int compare_id(const void *key, const void *element)
{
	const struct obligation *const *o = element;
	return strcmp(key, (*o)->id);
}

const struct obligation *obligation_find(const struct obligations *os, const char *id)
{
	if (os->by_id) {
		const struct obligation **found =
			bsearch(id, os->by_id, os->n, sizeof *os->by_id, compare_id);
		return found ? *found : NULL;
	}
	for (size_t i = 0; i < os->n; i++)
		if (strcmp(os->item[i].id, id) == 0)
			return &os->item[i];
	return NULL;
}

struct date obligation_form_date(const struct obligation *o, enum form f)
{
	return f == FORM_PAPER ? o->hand_in : o->due;
}

struct instant obligation_form_at(const struct obligation *o, enum form f)
{
	return f == FORM_PAPER ? o->hand_in_at : o->due_at;
}

const struct unit *obligation_unit_on(const struct obligation *o, bool second, struct date day)
{
	const struct succession *h = second ? o->joint_handover : o->handover;
	if (h && date_compare(h->from, day) <= 0)
		return h->unit;
	return second ? o->joint_unit : o->unit;
}

bool obligation_is_missing(const struct obligation *o, enum form f)
{
	for (size_t i = 0; i < o->n_items; i++)
		if (o->item[i].state == ITEM_MISSING && (f == FORM_NONE || o->item[i].form == f))
			return true;
	return false;
}

const struct obligation *obligation_month_beside(
	const struct obligations *os, const struct obligation *o)
{
	for (size_t i = 0; o->occasion && i < os->n; i++) {
		const struct obligation *m = &os->item[i];
		bool same_month = date_compare(m->period_first, o->planned_last) <= 0 &&
				  date_compare(m->period_last, o->planned_last) >= 0;
		if (m->rule->kind == RULE_MONTHLY && m->unit == o->unit && same_month &&
			m->rule->office == o->rule->office && m->state == STATE_OPEN)
			return m;
	}
	return NULL;
}

/* Copy [s, end) into a field; false if it is empty or too long. */
static bool take_part(const char *s, const char *end, char *ret, size_t size)
{
	size_t n = (size_t)(end - s);
	if (n == 0 || n >= size)
		return false;
	memcpy(ret, s, n);
	ret[n] = '\0';
	return true;
}

bool obligation_name_parse(const char *id, struct obligation_name *ret)
{
	const char *first = strchr(id, '/');
	const char *second = first ? strchr(first + 1, '/') : NULL;
	if (!second || strchr(second + 1, '/'))
		return false;
	struct obligation_name n;
	if (!take_part(id, first, n.rule, sizeof n.rule) ||
		!take_part(first + 1, second, n.period, sizeof n.period) ||
		!take_part(second + 1, second + strlen(second), n.unit, sizeof n.unit))
		return false;
	*ret = n;
	return true;
}
