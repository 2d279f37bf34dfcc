/* What people see and do on pages of their own: verbs "person-page" and "page-act". */
#include <string.h>

#include "ledger.h"
#include "page_json.h"
#include "page_visitor.h"
#include "verbs_page.h"
#include "zone.h"

enum { NEXT_MAX = 12, DONE_MAX = 12, DONE_DAYS = 62, SHOWN_MAX = 60 };

/* ---- shared with the board -------------------------------------------------------------------------- */

struct viewing page_viewing(const struct call *c)
{
	const struct config *config = call_config(c);
	return (struct viewing){.c = config,
		.w = words_of(words_language(config->language)),
		.now = c->now,
		.a = engine_arena(c->v->engine)};
}

/* Paths are put behind it. */
static json_t *base_url(const struct config *config)
{
	size_t len = config->base_url ? strlen(config->base_url) : 0;
	while (len && config->base_url[len - 1] == '/')
		len--;
	return len ? json_stringn(config->base_url, len) : json_null();
}

/* What the year's roster rests on, as the pages are printed: with the day it was issued, if that is known. */
static const char *notice_of(const struct call *c, struct date today)
{
	const struct config *config = call_config(c);
	const struct roster *r = roster_of_year(config, date_year(today));
	if (!r || !r->notice || !r->notice[0])
		return config->notice;
	if (date_is_none(r->notice_date))
		return r->notice;
	struct date d = r->notice_date;
	return arena_printf(engine_arena(c->v->engine), "%s（%d年%d月%d日印发）", r->notice,
		date_year(d), date_month(d), date_day(d));
}

json_t *page_root(const struct call *c, const struct visitor *v)
{
	const struct config *config = call_config(c);
	struct date today = zone_to_civil(config->zone, c->now).date;
	json_t *o = json_pack("{s:o,s:o,s:s,s:s,s:s,s:s,s:s,s:o}", "now", call_time(c, c->now),
		"today", page_date(today), "language", config->language, "organisation",
		config->organisation, "campaign", config->campaign, "notice", notice_of(c, today),
		"contact", config->contact, "base_url", base_url(config));
	json_object_set_new(o, "who", json_string(v->who));
	json_object_set_new(o, "name",
		json_string(v->person && !v->office    ? v->person->name
			    : v->office             ? v->office->name
						    : ""));
	return o;
}

enum rc page_acts(
	const struct call *c, const struct obligation *o, const struct act **ret, size_t *ret_n)
{
	return ledger_acts_of(
		engine_store(c->v->engine), o->id, engine_arena(c->v->engine), ret, ret_n, c->d);
}

enum rc page_put(
	const struct call *c, const struct visitor *v, const struct obligation *o, json_t *list)
{
	struct viewing x = page_viewing(c);
	const struct act *act;
	size_t n;
	enum rc rc = page_acts(c, o, &act, &n);
	if (rc)
		return rc;
	json_t *row = page_obligation(&x, o, act, n);
	json_object_set_new(row, "may_undo",
		json_boolean(visitor_may_undo(v, submission_undoable(act, n, c->now))));
	json_array_append_new(list, row);
	return RC_OK;
}

json_t *page_feed(const struct call *c, enum link_kind kind, const char *id, const char *name)
{
	struct engine_link l;
	char path[LINK_URL_SIZE];
	struct diag ignored;
	if (engine_link(c->v->engine, kind, id, &l, &ignored) || !instant_is_none(l.revoked_at))
		return NULL;
	link_path(kind, l.token, path);
	return json_pack("{s:s,s:s,s:s}", "kind", link_kind_text(kind), "name", name, "path", path);
}

/* ---- a person's page ---------------------------------------------------------------------------------- */

/* Old ones that are over, and far ones beyond a dozen, are left to the calendar. */
static bool is_wanted(const struct obligation *o, enum page_group g, struct date today, size_t *n)
{
	if (g == PAGE_DONE && (o->backfill || date_is_none(o->due) ||
				      date_compare(o->due, date_add(today, -DONE_DAYS)) < 0))
		return false;
	size_t max = g == PAGE_DONE ? DONE_MAX : g == PAGE_NEXT ? NEXT_MAX : SHOWN_MAX;
	return n[g]++ < max;
}

static enum rc put_obligations(const struct call *c, const struct visitor *v, json_t *list)
{
	const struct obligations *os = engine_obligations(c->v->engine);
	struct date today = zone_to_civil(call_config(c)->zone, c->now).date;
	size_t n[PAGE_DONE + 1] = {0};
	enum rc rc = RC_OK;
	for (size_t i = 0; i < os->n && rc == RC_OK; i++) {
		const struct obligation *o = &os->item[i];
		if (visitor_sees(v, o) && is_wanted(o, page_group_of(o, c->now, today), today, n))
			rc = page_put(c, v, o, list);
	}
	return rc;
}

static void add_feed(json_t *list, json_t *feed)
{
	if (feed)
		json_array_append_new(list, feed);
}

static bool works_for(const struct person *p, const struct unit *u)
{
	return u->lead == p || u->preparer == p || u->deputy == p;
}

static json_t *feeds_of(const struct call *c, const struct person *p)
{
	const struct config *config = call_config(c);
	json_t *list = json_array();
	add_feed(list, page_feed(c, LINK_PERSON, p->id, p->name));
	for (size_t i = 0; i < config->n_units; i++)
		if (works_for(p, config->unit[i]))
			add_feed(list, page_feed(c, LINK_UNIT, config->unit[i]->id,
					       config->unit[i]->name));
	return list;
}

/* Whom to call: the contacts of the offices that want something. */
static json_t *contacts_of(const struct call *c)
{
	const struct config *config = call_config(c);
	struct viewing x = page_viewing(c);
	json_t *list = json_array();
	for (size_t i = 0; i < config->n_offices; i++) {
		const struct office *o = config->office[i];
		if (o->clerk)
			json_array_append_new(list,
				json_pack("{s:s,s:s,s:s,s:s,s:s}", "office", title_office(&x, o),
					"room", title_room(o), "name", o->clerk->name, "phone",
					o->clerk->phone, "email", o->clerk->email));
	}
	return list;
}

enum rc verb_person_page(struct call *c, json_t **ret)
{
	struct visitor v;
	enum rc rc = visitor_read(c, &v);
	if (rc)
		return rc;
	if (v.kind != VISITOR_PAGE)
		return diag_set(c->d, RC_INVALID, N_("only a person has a page"));
	json_t *list = json_array();
	rc = put_obligations(c, &v, list);
	if (rc) {
		json_decref(list);
		return rc;
	}
	*ret = page_root(c, &v);
	json_object_set_new(*ret, "obligations", list);
	json_object_set_new(*ret, "feeds", feeds_of(c, v.person));
	json_object_set_new(*ret, "contacts", contacts_of(c));
	return RC_OK;
}

/* ---- acts --------------------------------------------------------------------------------------------- */

struct wish {
	const char *what, *expect, *by;
	bool undo;
	struct engine_act act;
};

static enum rc read_wish(const struct call *c, const struct visitor *v, struct wish *ret)
{
	*ret = (struct wish){.act = {.who = v->who, .date = DATE_NONE}};
	const char *form, *kind = "";
	enum rc rc = call_text(c, "do", &ret->what);
	if (rc == RC_OK)
		rc = call_text(c, "obligation", &ret->act.obligation);
	if (rc == RC_OK)
		rc = call_text(c, "expect", &ret->expect);
	if (rc == RC_OK)
		rc = call_text(c, "item", &ret->act.deliverable);
	if (rc == RC_OK)
		rc = call_text(c, "form", &form);
	if (rc == RC_OK)
		rc = call_text(c, "kind", &kind);
	if (rc == RC_OK)
		rc = call_text(c, "reason", &ret->act.reason);
	if (rc)
		return rc;
	if (kind[0])
		ret->act.deliverable = kind;
	call_date(c, "date", &ret->act.date);
	ret->undo = strcmp(ret->what, "undo") == 0;
	if (form[0] && (!form_parse(form, &ret->act.form) || ret->act.form == FORM_NONE))
		return diag_set(
			c->d, RC_INVALID, N_("\"%s\" is neither paper nor electronic"), form);
	if (!ret->undo && !act_parse(ret->what, &ret->act.kind))
		return diag_set(c->d, RC_INVALID, N_("there is no act \"%s\""), ret->what);
	return RC_OK;
}

/* The same button pressed twice: what it wanted is what was done last. */
static bool is_again(const struct wish *w, const struct act *act, size_t n)
{
	char before[PAGE_VERSION_SIZE];
	if (!n || w->undo || act[n - 1].undone)
		return false;
	const struct act *a = &act[n - 1];
	page_version(act, n - 1, before);
	return strcmp(before, w->expect) == 0 && a->kind == w->act.kind && a->form == w->act.form &&
	       strcmp(a->deliverable, w->act.deliverable) == 0 && strcmp(a->who, w->act.who) == 0 &&
	       strcmp(a->reason, w->act.reason) == 0 && date_compare(a->date, w->act.date) == 0;
}

/* "done", "again", or "stale": somebody else was faster. */
static enum rc carry_out(struct call *c, const struct visitor *v, const struct wish *w,
	const struct obligation *o, const char **ret_said)
{
	char version[PAGE_VERSION_SIZE];
	const struct act *act;
	size_t n;
	int64_t id;
	enum rc rc = page_acts(c, o, &act, &n);
	if (rc)
		return rc;
	page_version(act, n, version);
	*ret_said = strcmp(version, w->expect) == 0 ? "done"
		    : is_again(w, act, n)           ? "again"
						    : "stale";
	if (strcmp(*ret_said, "done") != 0)
		return RC_OK;
	if (w->undo && !visitor_may_undo(v, submission_undoable(act, n, c->now)))
		return diag_set(
			c->d, RC_STATE, N_("there is nothing that this link may take back"));
	rc = w->undo ? engine_undo(c->v->engine, o->id, v->who, c->now, &id, c->d)
		     : engine_act(c->v->engine, &w->act, c->now, &id, c->d);
	if (rc == RC_OK && c->v->acted)
		c->v->acted(c->v->ctx);
	return rc;
}

enum rc verb_page_act(struct call *c, json_t **ret)
{
	struct visitor v;
	struct wish w;
	const char *said;
	enum rc rc = visitor_read(c, &v);
	if (rc == RC_OK)
		rc = read_wish(c, &v, &w);
	if (rc)
		return rc;
	const struct obligation *o =
		obligation_find(engine_obligations(c->v->engine), w.act.obligation);
	bool may = w.undo ? v.kind != VISITOR_LEADER : visitor_may(&v, w.act.kind);
	if (!o || !visitor_sees(&v, o) || !may)
		return diag_set(c->d, RC_NOTFOUND, N_("this link does not open that"));
	rc = carry_out(c, &v, &w, o, &said);
	if (rc)
		return rc;
	*ret = json_pack("{s:s}", "said", said);
	return RC_OK;
}
