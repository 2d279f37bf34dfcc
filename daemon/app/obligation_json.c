#include "obligation_json.h"

#include <string.h>

#include "zone.h"

enum { PEOPLE_MAX = 16 };

size_t obligation_people(const struct obligation *o, const char **ret, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < o->n_who && n < max; i++) {
		const char *id = o->who[i].person->id;
		bool there = o->who[i].role == ROLE_LEADER;
		for (size_t k = 0; k < n; k++)
			there = there || strcmp(ret[k], id) == 0;
		if (!there)
			ret[n++] = id;
	}
	return n;
}

static json_t *date_json(struct date d)
{
	char text[DATE_TEXT_SIZE];
	return date_is_none(d) ? json_null() : json_string(date_format(d, text));
}

static json_t *people_json(const struct obligation *o)
{
	const char *id[PEOPLE_MAX];
	size_t n = obligation_people(o, id, PEOPLE_MAX);
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(id[i]));
	return list;
}

static json_t *items_json(const struct obligation *o)
{
	json_t *list = json_array();
	for (size_t i = 0; i < o->n_items; i++) {
		const struct item *it = &o->item[i];
		json_array_append_new(list,
			json_pack("{s:s,s:s,s:s,s:s,s:s?}", "deliverable", it->deliverable->id, "name",
				it->deliverable->name, "form", form_text(it->form), "state",
				item_state_text(it->state), "returned", it->returned));
	}
	return list;
}

json_t *obligation_kinds(const struct obligation *o)
{
	json_t *list = json_array();
	for (size_t i = 0; i < o->rule->n_kinds; i++)
		json_array_append_new(
			list, json_pack("{s:s,s:i,s:i}", "kind", o->rule->kinds[i], "done",
				      o->count->of_kind[i], "target", o->rule->target));
	return list;
}

static json_t *count_json(const struct obligation *o)
{
	if (!o->count)
		return json_null();
	return json_pack("{s:i,s:i,s:o}", "done", o->count->done, "quota", o->count->quota, "kinds",
		obligation_kinds(o));
}

json_t *obligation_to_json(const struct config *c, const struct obligation *o)
{
	char at[ZONE_TEXT_SIZE];
	json_t *due_at = instant_is_none(o->due_at) ? json_null()
						    : json_string(zone_format(c->zone, o->due_at, at));
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:i,s:b,s:b,s:o,s:s,s:o,s:o,s:b,s:o,s:o}", "id",
		o->id,
		"rule", o->rule->id, "period", o->period, "unit", o->unit_id, "office",
		o->rule->office->id, "due", date_json(o->due), "due_at", due_at, "hand_in",
		date_json(o->hand_in), "points", o->rule->points, "conditional", o->conditional,
		"provisional", o->provisional, "people", people_json(o), "state",
		obligation_state_text(o->state), "items", items_json(o), "last_day",
		date_json(o->standing.last_day), "ended", o->standing.ended, "announced",
		date_json(o->standing.announced), "count", count_json(o));
}
