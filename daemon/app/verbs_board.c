/* The board of a clerk or the admin: verb "board". */
#include <string.h>

#include "group_text.h"
#include "leave.h"
#include "outbox.h"
#include "page_json.h"
#include "say.h"
#include "verbs_page.h"
#include "zone.h"

enum {
	SHOWN_MAX = 150,
	DONE_MAX = 40,
	DONE_DAYS = 45,
	TROUBLE_MAX = 20,
	REMINDERS_MAX = 20,
	DUTIES_MAX = 16,
	UNSURE_MAX = 20,
	PRESSING_DAYS = 7,
	QUOTAS_MAX = 40
};

/* ---- obligations ------------------------------------------------------------------------------------ */

/* What has to be looked at now: what is late or near, and what was settled lately. */
static bool is_wanted(const struct obligation *o, enum page_group g, struct date today, size_t *n)
{
	if (o->backfill || o->count || g == PAGE_NEXT)
		return false;
	if (g != PAGE_DONE)
		return n[0]++ < SHOWN_MAX;
	bool lately = !date_is_none(o->due) &&
		      date_compare(o->due, date_add(today, -DONE_DAYS)) >= 0 &&
		      date_compare(o->due, date_add(today, DONE_DAYS)) <= 0;
	return lately && o->state != STATE_CANCELLED && n[1]++ < DONE_MAX;
}

/* "" if nothing of them can be asked for now. */
static const char *urge(const struct call *c, const struct obligation *const *o, size_t n)
{
	const char *text = "";
	struct diag ignored;
	if (n && group_text_make(call_config(c), engine_templates(c->v->engine), o, n, c->now,
			 engine_arena(c->v->engine), &text, &ignored))
		return "";
	return text;
}

/* Late, or to be here within a week. */
static bool is_pressing(const struct obligation *o, struct date today)
{
	return o->state == STATE_OPEN && !o->conditional && !date_is_none(o->due) &&
	       date_compare(date_min(o->due, o->hand_in), date_add(today, PRESSING_DAYS)) <= 0;
}

static enum rc put_one(
	const struct call *c, const struct visitor *v, const struct obligation *o, json_t *list)
{
	enum rc rc = page_put(c, v, o, list);
	json_t *row = json_array_get(list, json_array_size(list) - 1);
	if (rc == RC_OK && o->state == STATE_OPEN && !o->conditional)
		json_object_set_new(row, "urge", json_string(urge(c, &o, 1)));
	return rc;
}

static enum rc put_obligations(const struct call *c, const struct visitor *v, json_t *ret)
{
	const struct obligations *os = engine_obligations(c->v->engine);
	const struct obligation *pressing[GROUP_TEXT_OBLIGATIONS_MAX];
	struct date today = zone_to_civil(call_config(c)->zone, c->now).date;
	json_t *list = json_object_get(ret, "obligations");
	size_t n[2] = {0}, n_pressing = 0;
	enum rc rc = RC_OK;
	for (size_t i = 0; i < os->n && rc == RC_OK; i++) {
		const struct obligation *o = &os->item[i];
		if (!visitor_sees(v, o) || !is_wanted(o, page_group_of(o, c->now, today), today, n))
			continue;
		rc = put_one(c, v, o, list);
		if (is_pressing(o, today) && n_pressing < GROUP_TEXT_OBLIGATIONS_MAX)
			pressing[n_pressing++] = o;
	}
	json_object_set_new(
		ret, "urge", json_string(n_pressing > 1 ? urge(c, pressing, n_pressing) : ""));
	return rc;
}

/* Those of now, and those that were never filled. */
static enum rc put_quotas(const struct call *c, const struct visitor *v, json_t *ret)
{
	const struct obligations *os = engine_obligations(c->v->engine);
	struct date today = zone_to_civil(call_config(c)->zone, c->now).date;
	json_t *list = json_array();
	enum rc rc = RC_OK;
	json_object_set_new(ret, "quotas", list);
	for (size_t i = 0; i < os->n && rc == RC_OK && json_array_size(list) < QUOTAS_MAX; i++) {
		const struct obligation *o = &os->item[i];
		bool now = date_compare(o->period_first, today) <= 0 &&
			   (date_compare(o->period_last, today) >= 0 || o->state == STATE_OPEN);
		if (o->count && now && visitor_sees(v, o))
			rc = page_put(c, v, o, list);
	}
	return rc;
}

/* ---- the year --------------------------------------------------------------------------------------- */

static json_t *month_lines(const struct call *c, const struct visitor *v, int year, int month)
{
	const struct obligations *os = engine_obligations(c->v->engine);
	struct viewing x = page_viewing(c);
	json_t *list = json_array();
	for (size_t i = 0; i < os->n; i++) {
		const struct obligation *o = &os->item[i];
		if (date_is_none(o->due) || date_year(o->due) != year ||
			date_month(o->due) != month || !visitor_sees(v, o))
			continue;
		json_t *line = page_line(&x, o);
		json_object_set_new(line, "backfill", json_boolean(o->backfill));
		json_object_set_new(line, "conditional", json_boolean(o->conditional));
		json_array_append_new(list, line);
	}
	return list;
}

static json_t *month_json(const struct call *c, const struct visitor *v, int year, int month)
{
	bool provisional = false;
	const struct duty *duty[DUTIES_MAX];
	const struct roster *roster;
	size_t n =
		roster_duties(call_config(c), year, month, duty, DUTIES_MAX, &roster, &provisional);
	struct date today = zone_to_civil(call_config(c)->zone, c->now).date;
	json_t *names = json_array(), *ids = json_array();
	for (size_t i = 0; i < n && i < DUTIES_MAX; i++) {
		const struct unit *unit;
		const struct person *lead;
		leave_duty_in(duty[i], year, today, &unit, &lead);
		json_array_append_new(names, json_string(unit->name));
		json_array_append_new(ids, json_string(unit->id));
	}
	return json_pack("{s:i,s:o,s:o,s:b,s:o}", "month", month, "units", names, "unit_ids", ids,
		"provisional", provisional, "lines", month_lines(c, v, year, month));
}

static json_t *year_json(const struct call *c, const struct visitor *v)
{
	int year = date_year(zone_to_civil(call_config(c)->zone, c->now).date);
	json_t *months = json_array();
	for (int m = 1; m <= 12; m++)
		json_array_append_new(months, month_json(c, v, year, m));
	return json_pack("{s:i,s:o}", "year", year, "months", months);
}

/* ---- what else a clerk has to know ------------------------------------------------------------------- */

static const char *name_of(const struct call *c, const char *id)
{
	const struct person *p = config_person(call_config(c), id);
	return p ? p->name : id;
}

static enum rc put_trouble(const struct call *c, json_t *ret)
{
	const struct outbox_message *m;
	size_t n;
	enum rc rc = engine_trouble(c->v->engine, TROUBLE_MAX, c->now, &m, &n, c->d);
	if (rc)
		return rc;
	json_t *list = json_array();
	char reason[SAY_REASON_SIZE];
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
			json_pack("{s:I,s:s,s:s,s:s,s:s,s:o}", "message", (json_int_t)m[i].id,
				"name", name_of(c, m[i].person_id), "channel",
				channel_text(m[i].channel), "state", message_state_text(m[i].state),
				"reason",
				say_reason_in(call_config(c)->language, m[i].reason, reason),
				"since", call_time(c, m[i].first_at)));
	json_object_set_new(ret, "trouble", list);
	return RC_OK;
}

static enum rc put_reminders(const struct call *c, const struct visitor *v, json_t *ret)
{
	const struct obligations *os = engine_obligations(c->v->engine);
	struct viewing x = page_viewing(c);
	const struct outbox_reminder *r;
	size_t n, shown = 0;
	enum rc rc = outbox_next(engine_store(c->v->engine), 10 * REMINDERS_MAX,
		engine_arena(c->v->engine), &r, &n, c->d);
	if (rc)
		return rc;
	json_t *list = json_array();
	for (size_t i = 0; i < n && shown < REMINDERS_MAX; i++) {
		const struct obligation *o = obligation_find(os, r[i].obligation_id);
		if (!o || !visitor_sees(v, o))
			continue;
		shown++;
		json_array_append_new(list,
			json_pack("{s:o,s:s,s:s,s:s,s:s}", "at", call_time(c, r[i].at), "name",
				name_of(c, r[i].person_id), "channel", channel_text(r[i].channel),
				"title", title_full(&x, o), "unit", title_unit(&x, o)));
	}
	json_object_set_new(ret, "reminders", list);
	return RC_OK;
}

/* Dates that may still move: the roster's, the holidays', an occasion's, one to be announced. */
static json_t *unsure_json(const struct call *c, const struct visitor *v)
{
	const struct obligations *os = engine_obligations(c->v->engine);
	struct viewing x = page_viewing(c);
	json_t *list = json_array();
	for (size_t i = 0; i < os->n && json_array_size(list) < UNSURE_MAX; i++) {
		const struct obligation *o = &os->item[i];
		bool open = o->state == STATE_OPEN || o->state == STATE_WAITING;
		bool unsure = o->provisional || o->conditional || date_is_none(o->due);
		if (!open || !unsure || !visitor_sees(v, o))
			continue;
		const char *why = o->provisional_roster ? "roster"
				  : o->provisional_days ? "days"
				  : o->conditional      ? "held"
							: "date";
		json_t *line = page_line(&x, o);
		json_object_set_new(line, "why", json_string(why));
		json_array_append_new(list, line);
	}
	return list;
}

static void add_feeds(const struct call *c, const struct visitor *v, json_t *ret)
{
	const struct config *config = call_config(c);
	json_t *list = json_array();
	json_t *feed = v->kind == VISITOR_CLERK
			       ? page_feed(c, LINK_OFFICE, v->office->id, v->office->name)
			       : page_feed(c, LINK_ALL, "", config->organisation);
	if (feed)
		json_array_append_new(list, feed);
	json_object_set_new(ret, "feeds", list);
}

enum rc verb_board(struct call *c, json_t **ret)
{
	struct visitor v;
	enum rc rc = visitor_read(c, &v);
	if (rc)
		return rc;
	if (v.kind == VISITOR_PAGE || v.kind == VISITOR_LEADER)
		return diag_set(c->d, RC_INVALID, N_("a person has no board"));
	json_t *root = page_root(c, &v);
	json_object_set_new(root, "as", json_string(v.kind == VISITOR_ADMIN ? "admin" : "clerk"));
	json_object_set_new(root, "obligations", json_array());
	rc = put_obligations(c, &v, root);
	if (rc == RC_OK)
		rc = put_quotas(c, &v, root);
	if (rc == RC_OK)
		rc = put_trouble(c, root);
	if (rc == RC_OK)
		rc = put_reminders(c, &v, root);
	if (rc) {
		json_decref(root);
		return rc;
	}
	json_object_set_new(root, "unsure", unsure_json(c, &v));
	json_object_set_new(root, "year", year_json(c, &v));
	add_feeds(c, &v, root);
	*ret = root;
	return RC_OK;
}
