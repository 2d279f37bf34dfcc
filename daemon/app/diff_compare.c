/*
 * What an edit changes: which obligations appear, vanish, move, or are others' now.
 *
 * Two configurations, or one and the running daemon.  Against the daemon both sides have the same
 * window, and what was reported about activities (an earlier end, an announced date) is put on the
 * new side too: an edit did not change it.
 */
#include <string.h>

#include "clock.h"
#include "diff.h"
#include "obligation_json.h"
#include "zone.h"

enum { DAYS_BACK = 60, PEOPLE_MAX = 16 };

struct window {
	struct date from, to;
};

/* ---- everybody counts ---------------------------------------------------------------------------- */

/* core/difference compares leads; here everybody who is reminded does count, so both sides list them
 * as leads. */
static void list_people(struct obligation *o, const char **id, size_t n, struct arena *a)
{
	struct stakeholder *who = ARENA_ARRAY(a, n ? n : 1, struct stakeholder);
	for (size_t i = 0; i < n; i++) {
		struct person *p = ARENA_NEW(a, struct person);
		p->id = id[i];
		who[i] = (struct stakeholder){.role = ROLE_LEAD, .person = p};
	}
	o->who = who;
	o->n_who = n;
}

static enum rc expand(const struct config *c, const struct window *w, acts_of_fn *acts, void *ctx,
	struct arena *a, struct obligations *ret, struct diag *d)
{
	enum rc rc = obligation_expand(c, w->from, w->to, acts, ctx, a, ret, d);
	for (size_t i = 0; rc == RC_OK && i < ret->n; i++) {
		const char *id[PEOPLE_MAX];
		size_t n = obligation_people(&ret->item[i], id, PEOPLE_MAX);
		list_people(&ret->item[i], id, n, a);
	}
	return rc;
}

static struct window default_window(const struct config *c)
{
	struct date today = zone_to_civil(c->zone, clock_now()).date;
	return (struct window){
		date_add(today, -DAYS_BACK), date_clamped(date_year(today) + 1, 12, 31)};
}

static void narrow(struct window *w, struct date from, struct date to)
{
	if (!date_is_none(from))
		w->from = from;
	if (!date_is_none(to))
		w->to = to;
}

/* ---- two configurations --------------------------------------------------------------------------- */

enum rc diff_compare(const struct config *before, const struct config *after, struct date from,
	struct date to, struct diff *x, struct diag *d)
{
	struct window w = default_window(after);
	narrow(&w, from, to);
	enum rc rc = expand(before, &w, NULL, NULL, &x->arena, &x->before, d);
	if (rc == RC_OK)
		rc = expand(after, &w, NULL, NULL, &x->arena, &x->after, d);
	return rc;
}

/* ---- the daemon ----------------------------------------------------------------------------------- */

static bool date_of(const json_t *row, const char *key, struct date *ret)
{
	const char *s = json_string_value(json_object_get(row, key));
	return s && date_parse(s, strlen(s), ret);
}

static const char *text_of(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));
	return s ? s : "";
}

static enum obligation_state state_of(const char *text)
{
	for (int s = STATE_WAITING; s < STATE_CANCELLED; s++)
		if (strcmp(text, obligation_state_text((enum obligation_state)s)) == 0)
			return (enum obligation_state)s;
	return STATE_CANCELLED;
}

/* One row of the daemon's answer as an obligation: as much as a comparison needs. */
static struct obligation read_row(const json_t *row, struct arena *a)
{
	struct rule *r = ARENA_NEW(a, struct rule);
	struct obligation o = {.id = text_of(row, "id"),
		.period = text_of(row, "period"),
		.rule = r,
		.due = DATE_NONE,
		.hand_in = DATE_NONE,
		.unit_id = text_of(row, "unit")};
	r->id = text_of(row, "rule");
	r->name = "";
	o.state = state_of(text_of(row, "state"));
	date_of(row, "due", &o.due);
	date_of(row, "hand_in", &o.hand_in);
	const char *id[PEOPLE_MAX];
	size_t n = 0, i;
	json_t *p;
	json_array_foreach(json_object_get(row, "people"), i, p)
	{
		if (n < PEOPLE_MAX && json_is_string(p))
			id[n++] = json_string_value(p);
	}
	list_people(&o, id, n, a);
	return o;
}

static void read_rows(const json_t *rows, const struct window *w, struct diff *x)
{
	size_t i;
	json_t *row;
	x->before.item = ARENA_ARRAY(&x->arena, json_array_size(rows) + 1, struct obligation);
	json_array_foreach(rows, i, row)
	{
		struct obligation o = read_row(row, &x->arena);
		bool outside = !date_is_none(o.due) &&
			       (date_compare(o.due, w->from) < 0 || date_compare(o.due, w->to) > 0);
		if (!outside)
			x->before.item[x->before.n++] = o;
	}
}

/* What the daemon knows of the activity behind one id, as the acts that say it. */
static const struct act *acts_of(void *ctx, const char *id, size_t *ret_n)
{
	struct diff *x = ctx;
	const json_t *row = diff_row(x, id);
	struct act *act = ARENA_ARRAY(&x->arena, 2, struct act);
	*ret_n = 0;
	if (!row)
		return act;
	struct act base = {.id = 1, .obligation = id, .deliverable = "", .who = "", .reason = ""};
	if (date_of(row, "last_day", &base.date)) {
		base.kind = json_is_true(json_object_get(row, "ended")) ? ACT_ENDED : ACT_EXTENDED;
		act[(*ret_n)++] = base;
	}
	if (date_of(row, "announced", &base.date)) {
		base.kind = ACT_DATE;
		base.id = 2;
		act[(*ret_n)++] = base;
	}
	return act;
}

enum rc diff_compare_daemon(const struct config *after, const json_t *data, struct date from,
	struct date to, struct diff *x, struct diag *d)
{
	struct window w = default_window(after);
	date_of(data, "from", &w.from);
	date_of(data, "to", &w.to);
	narrow(&w, from, to);
	x->rows = json_object_get(data, "obligations");
	read_rows(x->rows, &w, x);
	diff_index(x);
	return expand(after, &w, acts_of, x, &x->arena, &x->after, d);
}
