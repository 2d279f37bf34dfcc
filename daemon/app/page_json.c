#include "page_json.h"

#include <stdio.h>
#include <string.h>

#include "leave.h"
#include "message_titles.h"
#include "obligation_json.h"
#include "text.h"
#include "zone.h"

enum { ACTS_MAX = 40, ENTRIES_MAX = 60 };

/* ---- small things ---------------------------------------------------------------------------------- */

json_t *page_date(struct date d)
{
	char text[DATE_TEXT_SIZE];
	return date_is_none(d) ? json_null() : json_string(date_format(d, text));
}

static json_t *moment(const struct viewing *x, struct instant t)
{
	char text[ZONE_TEXT_SIZE];
	return instant_is_none(t) ? json_null() : json_string(zone_format(x->c->zone, t, text));
}

static json_t *strings(const char *const *s, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(s[i]));
	return list;
}

void page_version(const struct act *act, size_t n, char ret[static PAGE_VERSION_SIZE])
{
	size_t undone = 0;
	for (size_t i = 0; i < n; i++)
		undone += act[i].undone;
	snprintf(ret, PAGE_VERSION_SIZE, "%zu.%zu", n, undone);
}

/* ---- groups ---------------------------------------------------------------------------------------- */

static bool is_over(const struct obligation *o, enum form f, struct instant now)
{
	struct instant at = obligation_form_at(o, f);
	return !instant_is_none(at) && at.s < now.s && obligation_is_missing(o, f);
}

static bool is_late(const struct obligation *o, struct instant now)
{
	return o->state == STATE_OPEN && !o->conditional &&
	       (is_over(o, FORM_PAPER, now) || is_over(o, FORM_ELECTRONIC, now));
}

enum page_group page_group_of(const struct obligation *o, struct instant now, struct date today)
{
	if (o->state == STATE_DONE || o->state == STATE_WAIVED || o->state == STATE_CANCELLED)
		return PAGE_DONE;
	if (is_late(o, now))
		return PAGE_OVERDUE;
	if (o->state == STATE_REPORTED)
		return PAGE_NOW;
	struct date first = date_is_none(o->due) ? DATE_NONE : date_min(o->due, o->hand_in);
	bool soon =
		!date_is_none(first) && date_compare(first, date_add(today, PAGE_SOON_DAYS)) <= 0;
	return soon ? PAGE_NOW : PAGE_NEXT;
}

const char *page_group_text(enum page_group g)
{
	static const char *const TEXT[] = {"overdue", "now", "next", "done"};
	return TEXT[g];
}

/* ---- what is owed ----------------------------------------------------------------------------------- */

static json_t *item_forms(const struct obligation *o, const struct deliverable *del)
{
	json_t *list = json_array();
	for (size_t i = 0; i < o->n_items; i++) {
		const struct item *it = &o->item[i];
		if (it->deliverable == del)
			json_array_append_new(list,
				json_pack("{s:s,s:s,s:s?}", "form", form_text(it->form), "state",
					item_state_text(it->state), "returned", it->returned));
	}
	return list;
}

static json_t *deliverables(const struct obligation *o)
{
	json_t *list = json_array();
	for (size_t i = 0; i < o->rule->n_deliverables; i++) {
		const struct deliverable *del = &o->rule->deliverable[i];
		json_array_append_new(
			list, json_pack("{s:s,s:s,s:s?,s:o,s:o}", "id", del->id, "name", del->name,
				      "seal", del->seal, "checklist",
				      strings(del->checklist, del->n_checklist), "forms",
				      item_forms(o, del)));
	}
	return list;
}

static size_t count_items(const struct obligation *o, enum form f, enum item_state state)
{
	size_t n = 0;
	for (size_t i = 0; i < o->n_items; i++)
		n += o->item[i].form == f && o->item[i].state == state;
	return n;
}

/* By when each form, and how much of it has come in. */
static json_t *forms(const struct viewing *x, const struct obligation *o)
{
	static const enum form ORDER[] = {FORM_ELECTRONIC, FORM_PAPER};
	json_t *list = json_array();
	for (size_t i = 0; i < 2; i++) {
		enum form f = ORDER[i];
		if (!(o->forms & BIT(f)))
			continue;
		struct date by = obligation_form_date(o, f);
		json_array_append_new(list,
			json_pack("{s:s,s:o,s:o,s:s,s:b,s:I,s:I,s:I}", "form", form_text(f), "by",
				page_date(by), "at", moment(x, obligation_form_at(o, f)),
				"rest_day", title_rest_day(x, by), "late",
				o->state == STATE_OPEN && is_over(o, f, x->now), "missing",
				(json_int_t)count_items(o, f, ITEM_MISSING), "reported",
				(json_int_t)count_items(o, f, ITEM_REPORTED), "received",
				(json_int_t)count_items(o, f, ITEM_RECEIVED)));
	}
	return list;
}

static json_t *occasion(const struct obligation *o)
{
	if (!o->occasion)
		return json_null();
	return json_pack("{s:s,s:o,s:o,s:o,s:b,s:b,s:b}", "name", o->occasion->name, "first",
		page_date(o->planned_first), "last", page_date(o->planned_last), "last_day",
		page_date(o->last_day), "ended", o->standing.ended, "moved",
		!date_is_none(o->standing.last_day), "confirm", o->occasion->confirm);
}

/* Whose it is as of today. */
static json_t *people(const struct viewing *x, const struct obligation *o)
{
	struct date today = zone_to_civil(x->c->zone, x->now).date;
	json_t *list = json_array();
	for (size_t i = 0; i < o->n_who; i++) {
		enum role r = o->who[i].role;
		if ((r == ROLE_LEAD || r == ROLE_PREPARER || r == ROLE_DEPUTY) &&
			leave_holds(&o->who[i], today))
			json_array_append_new(
				list, json_pack("{s:s,s:s}", "name", o->who[i].person->name, "role",
					      role_text(r)));
	}
	return list;
}

static const char *name_of(const struct viewing *x, const char *who)
{
	const struct person *p = config_person(x->c, who);
	return p ? p->name : who;
}

static const char *deliverable_name(const struct obligation *o, const char *id)
{
	for (size_t i = 0; i < o->rule->n_deliverables; i++)
		if (strcmp(o->rule->deliverable[i].id, id) == 0)
			return o->rule->deliverable[i].name;
	return id;
}

static json_t *act_json(const struct viewing *x, const struct obligation *o, const struct act *act)
{
	const char *form = act->form == FORM_NONE ? "" : form_text(act->form);
	return json_pack("{s:s,s:o,s:s,s:s,s:s,s:s,s:s,s:o,s:b}", "do", act_text(act->kind), "at",
		moment(x, act->at), "who", act->who, "name", name_of(x, act->who), "item",
		deliverable_name(o, act->deliverable), "form", form, "reason", act->reason, "date",
		page_date(act->date), "undone", act->undone);
}

/* What was done about it, the last first. */
static json_t *acts_json(
	const struct viewing *x, const struct obligation *o, const struct act *act, size_t n)
{
	json_t *list = json_array();
	for (size_t i = n; i > 0 && n - i < ACTS_MAX; i--)
		json_array_append_new(list, act_json(x, o, &act[i - 1]));
	return list;
}

static json_t *undoable(
	const struct viewing *x, const struct obligation *o, const struct act *act, size_t n)
{
	const struct act *last = submission_undoable(act, n, x->now);
	if (!last)
		return json_null();
	json_t *ret = act_json(x, o, last);
	json_object_set_new(ret, "until", moment(x, (struct instant){last->at.s + UNDO_WINDOW_S}));
	return ret;
}

/* ---- quotas ------------------------------------------------------------------------------------------ */

static json_t *entries_json(const struct viewing *x, const struct count *c)
{
	json_t *list = json_array();
	for (size_t i = c->n_entries; i > 0 && c->n_entries - i < ENTRIES_MAX; i--) {
		const struct act *a = c->entry[i - 1].act;
		json_array_append_new(list,
			json_pack("{s:o,s:s,s:s,s:s,s:b,s:s?}", "date", page_date(a->date), "kind",
				a->deliverable, "title", a->reason, "name", name_of(x, a->who),
				"own", c->entry[i - 1].own, "struck", c->entry[i - 1].struck));
	}
	return list;
}

static json_t *count_json(const struct viewing *x, const struct obligation *o)
{
	if (!o->count)
		return json_null();
	struct date today = zone_to_civil(x->c->zone, x->now).date;
	return json_pack("{s:i,s:i,s:i,s:b,s:o,s:o,s:o,s:o}", "done", o->count->done, "quota",
		o->count->quota, "expected",
		count_expected(o->rule, o->period_first, o->period_last, today), "behind",
		count_is_behind(o, today), "first", page_date(o->period_first), "last",
		page_date(o->period_last), "kinds", obligation_kinds(o), "entries",
		entries_json(x, o->count));
}

/* ---- whole ------------------------------------------------------------------------------------------ */

static void put_dates(const struct viewing *x, const struct obligation *o, json_t *ret)
{
	int closes = date_is_none(o->due) ? 0 : office_closes(o->rule->office, o->due);
	json_object_set_new(ret, "due", page_date(o->due));
	json_object_set_new(ret, "due_at", moment(x, o->due_at));
	json_object_set_new(ret, "closes", json_sprintf("%d:%02d", closes / 60, closes % 60));
	json_object_set_new(ret, "due_rest_day", json_string(title_rest_day(x, o->due)));
	json_object_set_new(ret, "hand_in", page_date(o->hand_in));
	json_object_set_new(ret, "hand_in_late", json_boolean(o->hand_in_late));
	json_object_set_new(ret, "internal", page_date(o->internal));
	json_object_set_new(ret, "forms", forms(x, o));
}

static void put_flags(const struct obligation *o, json_t *ret)
{
	json_object_set_new(ret, "conditional", json_boolean(o->conditional));
	json_object_set_new(ret, "provisional", json_boolean(o->provisional));
	json_object_set_new(ret, "sample", json_boolean(o->sample));
	json_object_set_new(ret, "backfill", json_boolean(o->backfill));
	json_object_set_new(ret, "nil_allowed", json_boolean(o->rule->nil_allowed));
	json_object_set_new(ret, "nil", json_boolean(o->standing.nil));
}

json_t *page_line(const struct viewing *x, const struct obligation *o)
{
	struct date today = zone_to_civil(x->c->zone, x->now).date;
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:o,s:s,s:s}", "id", o->id, "title",
		title_full(x, o), "short", title_short(x, o), "unit", title_unit(x, o), "unit_id",
		o->unit_id, "due", page_date(o->due), "state", obligation_state_text(o->state),
		"group", page_group_text(page_group_of(o, x->now, today)));
}

json_t *page_obligation(
	const struct viewing *x, const struct obligation *o, const struct act *act, size_t n_acts)
{
	char version[PAGE_VERSION_SIZE];
	json_t *ret = page_line(x, o);
	page_version(act, n_acts, version);
	json_object_set_new(ret, "version", json_string(version));
	json_object_set_new(ret, "office", json_string(title_office(x, o->rule->office)));
	json_object_set_new(ret, "room", json_string(title_room(o->rule->office)));
	json_object_set_new(ret, "points", json_integer(o->rule->points));
	json_object_set_new(ret, "basis", json_string(o->rule->basis ? o->rule->basis : ""));
	json_object_set_new(
		ret, "document", json_string(o->rule->document ? o->rule->document : ""));
	json_object_set_new(ret, "indicators", strings(o->indicator, o->n_indicators));
	json_object_set_new(ret, "deliverables", deliverables(o));
	json_object_set_new(ret, "occasion", occasion(o));
	json_object_set_new(ret, "people", people(x, o));
	json_object_set_new(ret, "undo", undoable(x, o, act, n_acts));
	json_object_set_new(ret, "acts", acts_json(x, o, act, n_acts));
	json_object_set_new(ret, "count", count_json(x, o));
	put_dates(x, o, ret);
	put_flags(o, ret);
	return ret;
}
