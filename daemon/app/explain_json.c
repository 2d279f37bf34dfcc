#include "explain.h"

#include <jansson.h>

#include "cli.h"
#include "obligation_json.h"
#include "occasion.h"
#include "workday.h"
#include "zone.h"

static json_t *source_json(struct source s)
{
	return json_pack("{s:s,s:i}", "file", s.file, "line", s.line);
}

/* *given with "file" and "line" added. */
static json_t *at(json_t *given, struct source s)
{
	json_t *where = source_json(s);
	json_object_update(given, where);
	json_decref(where);
	return given;
}

static json_t *date_json(struct date d)
{
	char text[DATE_TEXT_SIZE];
	return date_is_none(d) ? json_null() : json_string(date_format(d, text));
}

static json_t *time_json(const struct explain *x, struct instant t)
{
	char text[ZONE_TEXT_SIZE];
	return instant_is_none(t) ? json_null() : json_string(zone_format(x->c->zone, t, text));
}

static json_t *rule_json(const struct rule *r)
{
	static const char *const KINDS[] = {
		[RULE_MONTHLY] = "monthly",
		[RULE_AFTER] = "after",
		[RULE_ONCE] = "once",
		[RULE_COUNT] = "count",
	};
	return at(json_pack("{s:s,s:s,s:s,s:s?,s:i}", "id", r->id, "name", r->name, "kind",
			  KINDS[r->kind], "basis", r->basis, "points", r->points),
		r->src);
}

static json_t *roster_json(const struct obligation *o)
{
	if (!o->duty)
		return json_null();
	return at(json_pack("{s:i,s:i,s:s,s:s?,s:o,s:b}", "year", o->roster->year, "month",
			  o->duty->month, "unit", o->duty->unit->id, "notice", o->roster->notice,
			  "notice_date", date_json(o->roster->notice_date), "provisional",
			  o->provisional_roster),
		o->duty->src);
}

static json_t *occasion_json(const struct obligation *o)
{
	if (!o->occasion)
		return json_null();
	return at(json_pack("{s:s,s:s,s:o,s:o,s:b}", "id", o->occasion->id, "name",
			  o->occasion->name, "first", date_json(o->planned_first), "last",
			  date_json(o->planned_last), "confirm", o->occasion->confirm),
		o->occasion->src);
}

static json_t *people_json(const struct obligation *o)
{
	json_t *list = json_array();
	for (size_t i = 0; i < o->n_who; i++) {
		const struct person *p = o->who[i].person;
		json_t *one = json_pack("{s:s,s:s,s:s}", "role", role_text(o->who[i].role),
			"person", p->id, "name", p->name);
		if (o->who[i].enters)
			json_object_set_new(one, "from", date_json(o->who[i].enters->from));
		if (o->who[i].leaves)
			json_object_set_new(one, "until", date_json(o->who[i].leaves->from));
		json_array_append_new(list, at(one, p->src));
	}
	return list;
}

/* ---- workday steps ------------------------------------------------------------------------------- */

static void add_walk(json_t *list, const struct workdays *w, struct date from, struct date to)
{
	int step = date_compare(to, from) < 0 ? -1 : 1;
	for (struct date d = from;; d = date_add(d, step)) {
		json_array_append_new(
			list, json_pack("{s:o,s:b,s:s,s:b}", "date", date_json(d), "workday",
				      workday_is(w, d), "why", explain_day(w, d), "known",
				      workday_is_known(w, d)));
		if (date_compare(d, to) == 0)
			return;
	}
}

static json_t *days_json(const struct explain *x)
{
	const struct obligation *o = x->o;
	json_t *list = json_array();
	if (date_is_none(o->due))
		return list;
	if (date_compare(o->rule_due, o->due) != 0)
		add_walk(list, &x->c->workdays, o->rule_due, o->due);
	if (o->forms & BIT(FORM_PAPER))
		add_walk(list, &x->c->workdays, o->due, o->hand_in);
	return list;
}

/* ---- ladder -------------------------------------------------------------------------------------- */

static json_t *reminder_json(const struct explain *x, const struct reminder *r)
{
	json_t *one = json_pack("{s:s,s:s,s:s,s:s,s:o,s:o,s:b,s:b,s:s?}", "key", r->key, "person",
		r->person->id, "role", role_text(r->role), "channel", channel_text(r->channel),
		"asked", time_json(x, r->asked), "at", time_json(x, r->at), "moved", r->moved,
		"superseded", r->superseded, "why", r->why);
	if (r->leave)
		json_object_set_new(one, "on_leave",
			json_pack("{s:s,s:o,s:s}", "person",
				r->stands_in ? r->instead->id : r->person->id, "until",
				date_json(r->leave->last), "instead",
				r->stands_in ? r->person->id : r->instead->id));
	return one;
}

static json_t *step_json(const struct explain *x, const struct step *s, enum form f)
{
	json_t *list = json_array();
	for (size_t i = explain_find(x, s, f, 0); i < x->reminders.n;
		i = explain_find(x, s, f, i + 1))
		json_array_append_new(list, reminder_json(x, &x->reminders.item[i]));
	return at(json_pack("{s:s,s:s,s:s,s:o}", "step", s->id, "form", form_text(f), "template",
			  s->template, "reminders", list),
		s->src);
}

static json_t *ladder_json(const struct explain *x)
{
	const struct ladder *l = x->o->rule->ladder;
	if (!l)
		return json_null();
	json_t *steps = json_array();
	for (size_t i = 0; i < l->n_steps; i++)
		for (int f = FORM_NONE; f < FORM_COUNT; f++)
			if (explain_step_has_form(x->o, &l->step[i], (enum form)f))
				json_array_append_new(
					steps, step_json(x, &l->step[i], (enum form)f));
	return at(json_pack("{s:s,s:o}", "id", l->id, "steps", steps), l->src);
}

static json_t *notices_json(const struct explain *x)
{
	json_t *list = json_array();
	for (size_t i = explain_find(x, NULL, FORM_NONE, 0); i < x->reminders.n;
		i = explain_find(x, NULL, FORM_NONE, i + 1)) {
		json_t *one = reminder_json(x, &x->reminders.item[i]);
		json_object_set_new(one, "step", json_string(x->reminders.item[i].step_id));
		json_array_append_new(list, one);
	}
	return list;
}

void explain_print_json(const struct explain *x)
{
	const struct obligation *o = x->o;
	json_t *doc = json_object();
	json_object_set_new(doc, "obligation", obligation_to_json(x->c, o));
	json_object_set_new(doc, "rule", rule_json(o->rule));
	json_object_set_new(doc, "roster", roster_json(o));
	json_object_set_new(doc, "occasion", occasion_json(o));
	json_object_set_new(doc, "people", people_json(o));
	json_object_set_new(doc, "rule_due", date_json(o->rule_due));
	json_object_set_new(doc, "hand_in_at", time_json(x, o->hand_in_at));
	json_object_set_new(doc, "hand_in_late", json_boolean(o->hand_in_late));
	json_object_set_new(doc, "internal", date_json(o->internal));
	json_object_set_new(doc, "days", days_json(x));
	json_object_set_new(doc, "ladder", ladder_json(x));
	json_object_set_new(doc, "notices", notices_json(x));
	cli_print_json(doc);
}
