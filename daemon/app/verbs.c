#include "verbs.h"

#include <string.h>

#include "obligation_json.h"
#include "text.h"
#include "verbs_call.h"
#include "verbs_page.h"
#include "zone.h"

enum { LIMIT_DEFAULT = 20, LIMIT_MAX = 10000, TEXT_MAX = 500, ITEMS_MAX = 100 };

const struct config *call_config(const struct call *c)
{
	return engine_config(c->v->engine);
}

json_t *call_time(const struct call *c, struct instant t)
{
	char text[ZONE_TEXT_SIZE];
	return instant_is_none(t) ? json_null() : json_string(zone_format(call_config(c)->zone, t, text));
}

enum rc call_text(const struct call *c, const char *name, const char **ret)
{
	const char *s = json_string_value(json_object_get(c->args, name));
	*ret = s ? s : "";
	if (strlen(*ret) > TEXT_MAX)
		return diag_set(c->d, RC_LIMIT, N_("%s is longer than %d bytes"), name, TEXT_MAX);
	if (text_check(*ret, strlen(*ret), false, NULL) != TEXT_OK)
		return diag_set(c->d, RC_INVALID, N_("%s holds characters that cannot be printed"), name);
	return RC_OK;
}

bool call_date(const struct call *c, const char *name, struct date *ret)
{
	const char *s = json_string_value(json_object_get(c->args, name));
	return s && date_parse(s, strlen(s), ret);
}

size_t call_limit(const struct call *c)
{
	json_int_t n = json_integer_value(json_object_get(c->args, "limit"));
	return n < 1 ? LIMIT_DEFAULT : n > LIMIT_MAX ? LIMIT_MAX : (size_t)n;
}

void call_acted(const struct call *c)
{
	if (c->v->acted)
		c->v->acted(c->v->ctx);
}

/* ---- acts ----------------------------------------------------------------------------------------- */

enum rc call_who(const struct call *c, const char **ret)
{
	enum rc rc = call_text(c, "by", ret);
	if (rc == RC_OK && !(*ret)[0])
		*ret = c->peer->name;
	return rc;
}

static enum rc answer_act(struct call *c, const char *id, int64_t act, json_t **ret)
{
	const struct obligation *o = obligation_find(engine_obligations(c->v->engine), id);
	*ret = json_pack("{s:I,s:o}", "act", (json_int_t)act, "obligation",
		o ? obligation_to_json(call_config(c), o) : json_null());
	call_acted(c);
	return RC_OK;
}

static enum rc form_arg(const struct call *c, enum form *ret)
{
	const char *s = json_string_value(json_object_get(c->args, "form"));
	*ret = FORM_NONE;
	if (s && s[0] && (!form_parse(s, ret) || *ret == FORM_NONE))
		return diag_set(c->d, RC_INVALID, N_("\"%s\" is neither paper nor electronic"), s);
	return RC_OK;
}

/* Deliverables by id, each once. */
static enum rc items_arg(const struct call *c, struct engine_act *ret)
{
	const json_t *list = json_object_get(c->args, "items");
	size_t i, n = json_array_size(list);
	json_t *v;
	if (n > ITEMS_MAX)
		return diag_set(c->d, RC_LIMIT, N_("more than %d items"), ITEMS_MAX);
	const char **item = ARENA_ARRAY(engine_arena(c->v->engine), n, const char *);
	json_array_foreach(list, i, v) {
		const char *s = json_string_value(v);
		if (!s || !s[0])
			return diag_set(c->d, RC_INVALID, N_("an item is the id of a deliverable"));
		bool again = false;
		for (size_t k = 0; k < ret->n_items && !again; k++)
			again = strcmp(item[k], s) == 0;
		if (!again)
			item[ret->n_items++] = s;
	}
	ret->item = item;
	return RC_OK;
}

/* What an entry of a quota is one of; it stands where other acts have the deliverable. */
static enum rc kind_arg(const struct call *c, struct engine_act *act)
{
	const char *kind;
	enum rc rc = call_text(c, "kind", &kind);
	if (rc == RC_OK && kind[0] && act->deliverable[0])
		return diag_set(c->d, RC_INVALID, N_("an item or a kind, not both"));
	if (rc == RC_OK && kind[0])
		act->deliverable = kind;
	return rc;
}

static enum rc do_act(struct call *c, enum act_kind kind, json_t **ret)
{
	struct engine_act act = {.kind = kind, .date = DATE_NONE};
	int64_t id;
	enum rc rc = call_text(c, "obligation", &act.obligation);
	if (rc == RC_OK)
		rc = call_text(c, "item", &act.deliverable);
	if (rc == RC_OK)
		rc = kind_arg(c, &act);
	if (rc == RC_OK)
		rc = items_arg(c, &act);
	if (rc == RC_OK)
		rc = call_text(c, "reason", &act.reason);
	if (rc == RC_OK)
		rc = call_who(c, &act.who);
	if (rc == RC_OK)
		rc = form_arg(c, &act.form);
	if (rc)
		return rc;
	call_date(c, "date", &act.date);
	rc = engine_act(c->v->engine, &act, c->now, &id, c->d);
	return rc ? rc : answer_act(c, act.obligation, id, ret);
}

static enum rc verb_act(struct call *c, json_t **ret)
{
	enum act_kind kind;
	if (!act_parse(c->verb, &kind))
		return diag_set(c->d, RC_INVALID, N_("there is no verb \"%s\""), c->verb);
	return do_act(c, kind, ret);
}

static enum rc verb_occasion(struct call *c, json_t **ret)
{
	enum act_kind kind;
	const char *what = json_string_value(json_object_get(c->args, "what"));
	bool known = what && act_parse(what, &kind) && kind >= ACT_HELD && kind <= ACT_DATE;
	if (!known)
		return diag_set(c->d, RC_INVALID,
			N_("an occasion is held, not-held, ended, extended, or gets a date"));
	return do_act(c, kind, ret);
}

static enum rc verb_undo(struct call *c, json_t **ret)
{
	const char *id, *who;
	int64_t row;
	enum rc rc = call_text(c, "obligation", &id);
	if (rc == RC_OK)
		rc = call_who(c, &who);
	if (rc == RC_OK)
		rc = engine_undo(c->v->engine, id, who, c->now, &row, c->d);
	return rc ? rc : answer_act(c, id, row, ret);
}

static enum rc verb_reload(struct call *c, json_t **ret)
{
	struct engine_reload r;
	bool confirm = json_is_true(json_object_get(c->args, "confirm"));
	enum rc rc = c->v->reload(c->v->ctx, confirm, &r, c->d);
	if (rc)
		return rc;
	*ret = json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "obligations", (json_int_t)r.obligations,
		"appeared", (json_int_t)r.appeared, "vanished", (json_int_t)r.vanished, "moved",
		(json_int_t)r.moved, "planned", (json_int_t)r.planned, "cancelled",
		(json_int_t)r.cancelled, "revived", (json_int_t)r.revived);
	return RC_OK;
}

/* ---- table ---------------------------------------------------------------------------------------- */

struct verb {
	const char *name;
	enum rc (*handle)(struct call *c, json_t **ret);
};

static const struct verb VERBS[] = {
	{"status", verb_status},
	{"next", verb_next},
	{"obligations", verb_obligations},
	{"history", verb_history},
	{"message", verb_message},
	{"report", verb_act},
	{"entry", verb_act},
	{"receive", verb_act},
	{"return", verb_act},
	{"nil", verb_act},
	{"waive", verb_act},
	{"undo", verb_undo},
	{"occasion", verb_occasion},
	{"reload", verb_reload},
	{"settle", verb_settle},
	{"retry", verb_retry},
	{"clock-ok", verb_clock_ok},
	{"test-message", verb_test_message},
	{"after-restore", verb_after_restore},
	{"erase", verb_erase},
	{"evidence", verb_evidence},
	{"preflight", verb_preflight},
	{"text", verb_text},
	{"receipts", verb_receipts},
	{"links", verb_links},
	{"link", verb_link},
	{"health", verb_health},
};

static const struct verb WEB_VERBS[] = {
	{"receipts", verb_receipts},
	{"fetched", verb_fetched},
	{"health", verb_health},
	{"person-page", verb_person_page},
	{"board", verb_board},
	{"unit-page", verb_unit_page},
	{"page-act", verb_page_act},
	{"leaders-page", verb_leaders_page},
	{"slip", verb_slip},
	{"table", verb_table},
};

static enum rc handle(struct verbs *v, const struct verb *table, size_t n, struct call *c,
	json_t **ret_data)
{
	c->now = clock_read(v->clock);
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, c->verb) == 0)
			return table[i].handle(c, ret_data);
	return diag_set(c->d, RC_INVALID, N_("there is no verb \"%s\""), c->verb);
}

enum rc verbs_handle(void *verbs, const char *verb, json_t *args, const struct control_peer *peer,
	json_t **ret_data, struct diag *d)
{
	struct call c = {.v = verbs, .verb = verb, .args = args, .peer = peer, .d = d};
	return handle(verbs, VERBS, sizeof VERBS / sizeof *VERBS, &c, ret_data);
}

enum rc verbs_handle_web(void *verbs, const char *verb, json_t *args,
	const struct control_peer *peer, json_t **ret_data, struct diag *d)
{
	struct call c = {.v = verbs, .verb = verb, .args = args, .peer = peer, .d = d};
	return handle(verbs, WEB_VERBS, sizeof WEB_VERBS / sizeof *WEB_VERBS, &c, ret_data);
}
