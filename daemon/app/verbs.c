#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"
#include "obligation_json.h"
#include "outbox.h"
#include "text.h"
#include "zone.h"

enum { LIMIT_DEFAULT = 20, LIMIT_MAX = 10000, TROUBLE_MAX = 50, TEXT_MAX = 500, ITEMS_MAX = 100 };

/* One call. */
struct call {
	struct verbs *v;
	const char *verb;
	json_t *args;
	const struct control_peer *peer;
	struct instant now;
	struct diag *d;
};

static const struct config *config_of(const struct call *c)
{
	return engine_config(c->v->engine);
}

static json_t *time_json(const struct call *c, struct instant t)
{
	char text[ZONE_TEXT_SIZE];
	return instant_is_none(t) ? json_null() : json_string(zone_format(config_of(c)->zone, t, text));
}

/* A text argument; "" if absent.  What an outsider typed is capped and checked. */
static enum rc text_arg(const struct call *c, const char *name, const char **ret)
{
	const char *s = json_string_value(json_object_get(c->args, name));
	*ret = s ? s : "";
	if (strlen(*ret) > TEXT_MAX)
		return diag_set(c->d, RC_LIMIT, N_("%s is longer than %d bytes"), name, TEXT_MAX);
	if (text_check(*ret, strlen(*ret), false, NULL) != TEXT_OK)
		return diag_set(c->d, RC_INVALID, N_("%s holds characters that cannot be printed"), name);
	return RC_OK;
}

static size_t limit_arg(const struct call *c)
{
	json_int_t n = json_integer_value(json_object_get(c->args, "limit"));
	return n < 1 ? LIMIT_DEFAULT : n > LIMIT_MAX ? LIMIT_MAX : (size_t)n;
}

/* ---- status --------------------------------------------------------------------------------------- */

static json_t *reminder_counts(const struct outbox_counts *n)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "planned", (json_int_t)n->planned, "claimed",
		(json_int_t)n->claimed, "sent", (json_int_t)n->sent, "failed", (json_int_t)n->failed,
		"cancelled", (json_int_t)n->cancelled, "superseded", (json_int_t)n->superseded);
}

static json_t *message_counts(const struct outbox_counts *n)
{
	json_t *o = json_object();
	for (int i = 0; i < MESSAGE_STATES; i++)
		json_object_set_new(o, message_state_text((enum message_state)i),
			json_integer((json_int_t)n->message[i]));
	return o;
}

static json_t *obligation_counts(const struct call *c)
{
	const struct obligations *os = engine_obligations(c->v->engine);
	json_int_t n[STATE_CANCELLED + 1] = {0}, overdue = 0;
	for (size_t i = 0; i < os->n; i++) {
		n[os->item[i].state]++;
		overdue += os->item[i].state == STATE_OPEN && !os->item[i].conditional &&
			os->item[i].due_at.s < c->now.s;
	}
	json_t *o = json_object();
	for (int s = 0; s <= STATE_CANCELLED; s++)
		json_object_set_new(o, obligation_state_text((enum obligation_state)s),
			json_integer(n[s]));
	json_object_set_new(o, "overdue", json_integer(overdue));
	return o;
}

static enum rc trouble_json(const struct call *c, json_t **ret)
{
	const struct outbox_message *m;
	size_t n;
	enum rc rc = outbox_trouble(engine_store(c->v->engine), TROUBLE_MAX,
		engine_arena(c->v->engine), &m, &n, c->d);
	if (rc)
		return rc;
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
			json_pack("{s:I,s:s,s:s,s:s,s:s,s:i,s:o}", "message", (json_int_t)m[i].id,
				"person", m[i].person_id, "channel", channel_text(m[i].channel), "state",
				message_state_text(m[i].state), "reason", m[i].reason, "attempt",
				m[i].attempt, "since", time_json(c, m[i].first_at)));
	*ret = list;
	return RC_OK;
}

static json_t *config_json(const struct call *c)
{
	json_t *faults = json_array(), *diags = json_array();
	char line[DIAG_TEXT_MAX + 300];
	for (size_t i = 0; i < c->v->faults->n; i++) {
		if (c->v->faults->item[i].severity == SEV_WARNING)
			continue;
		diag_line(&c->v->faults->item[i], NULL, line, sizeof line);
		json_array_append_new(faults, json_string(line));
		json_array_append_new(diags, control_fault_to_json(&c->v->faults->item[i]));
	}
	return json_pack("{s:s,s:o,s:I,s:b,s:o,s:o}", "path", c->v->config_path, "loaded_at",
		time_json(c, c->v->loaded_at), "obligations",
		(json_int_t)engine_obligations(c->v->engine)->n, "stale", json_array_size(faults) > 0,
		"faults", faults, "diags", diags);
}

static enum rc verb_status(struct call *c, json_t **ret)
{
	struct outbox_counts n;
	struct instant next;
	json_t *trouble;
	struct store *s = engine_store(c->v->engine);
	enum rc rc = outbox_count(s, &n, c->d);
	if (rc == RC_OK)
		rc = outbox_next_at(s, &next, c->d);
	if (rc == RC_OK)
		rc = trouble_json(c, &trouble);
	if (rc)
		return rc;
	*ret = json_pack("{s:s,s:i,s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:n}", "version",
		DEADLINED_VERSION, "pid", (int)getpid(), "started", time_json(c, c->v->started), "now",
		time_json(c, c->now), "zone", zone_name(config_of(c)->zone), "config", config_json(c),
		"next_wake", time_json(c, next), "reminders", reminder_counts(&n), "messages",
		message_counts(&n), "obligations", obligation_counts(c), "trouble", trouble, "hold");
	return RC_OK;
}

/* ---- lists ---------------------------------------------------------------------------------------- */

static enum rc verb_next(struct call *c, json_t **ret)
{
	const struct outbox_reminder *r;
	size_t n;
	enum rc rc = outbox_next(engine_store(c->v->engine), limit_arg(c),
		engine_arena(c->v->engine), &r, &n, c->d);
	if (rc)
		return rc;
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		const struct person *p = config_person(config_of(c), r[i].person_id);
		json_array_append_new(list,
			json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:b}", "key", r[i].key, "obligation",
				r[i].obligation_id, "form", form_text(r[i].form), "step", r[i].step_id,
				"channel", channel_text(r[i].channel), "person", r[i].person_id, "name",
				p ? p->name : r[i].person_id, "at", time_json(c, r[i].at), "late",
				r[i].late));
	}
	*ret = json_pack("{s:o}", "reminders", list);
	return RC_OK;
}

static bool date_arg(const struct call *c, const char *name, struct date *ret)
{
	const char *s = json_string_value(json_object_get(c->args, name));
	return s && date_parse(s, strlen(s), ret);
}

static int compare_views(const void *left, const void *right)
{
	const struct outbox_view *a = *(const struct outbox_view *const *)left;
	const struct outbox_view *b = *(const struct outbox_view *const *)right;
	return strcmp(a->obligation_id, b->obligation_id);
}

/* The rows by obligation, so that a list of 100,000 does not walk all rows for each. */
static const struct outbox_view **sort_views(const struct outbox_view *view, size_t n,
	struct arena *a)
{
	const struct outbox_view **sorted = ARENA_ARRAY(a, n, const struct outbox_view *);
	for (size_t i = 0; i < n; i++)
		sorted[i] = &view[i];
	if (n)
		qsort(sorted, n, sizeof *sorted, compare_views);
	return sorted;
}

static size_t first_view(const struct outbox_view **sorted, size_t n, const char *id)
{
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (strcmp(sorted[mid]->obligation_id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool has_text(const json_t *list, const char *text)
{
	size_t i;
	json_t *known;
	json_array_foreach(list, i, known)
		if (strcmp(json_string_value(known), text) == 0)
			return true;
	return false;
}

/* Who has been told of an obligation, or is being told. */
static json_t *told_json(const struct outbox_view **sorted, size_t n, const char *id)
{
	json_t *list = json_array();
	for (size_t i = first_view(sorted, n, id); i < n; i++) {
		const struct outbox_view *v = sorted[i];
		if (strcmp(v->obligation_id, id) != 0)
			break;
		bool left = v->state == REMINDER_SENT || v->state == REMINDER_CLAIMED;
		if (left && !has_text(list, v->person_id))
			json_array_append_new(list, json_string(v->person_id));
	}
	return list;
}

static bool is_listed(const struct obligation *o, bool all)
{
	return all || o->state == STATE_OPEN || o->state == STATE_REPORTED ||
		o->state == STATE_WAITING;
}

static enum rc verb_obligations(struct call *c, json_t **ret)
{
	const struct obligations *os = engine_obligations(c->v->engine);
	const struct outbox_view *view;
	size_t n;
	struct date from = DATE_NONE, to = DATE_NONE;
	bool has_from = date_arg(c, "from", &from), has_to = date_arg(c, "to", &to);
	bool all = json_is_true(json_object_get(c->args, "all"));
	enum rc rc = outbox_view_all(engine_store(c->v->engine), engine_arena(c->v->engine), &view, &n,
		c->d);
	if (rc)
		return rc;
	const struct outbox_view **sorted = sort_views(view, n, engine_arena(c->v->engine));
	json_t *list = json_array();
	for (size_t i = 0; i < os->n; i++) {
		const struct obligation *o = &os->item[i];
		bool before = has_from && !date_is_none(o->due) && date_compare(o->due, from) < 0;
		bool after = has_to && !date_is_none(o->due) && date_compare(o->due, to) > 0;
		if (before || after || !is_listed(o, all))
			continue;
		json_t *row = obligation_to_json(config_of(c), o);
		json_object_set_new(row, "told", told_json(sorted, n, o->id));
		json_array_append_new(list, row);
	}
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	engine_window(c->v->engine, c->now, &from, &to);
	*ret = json_pack("{s:s,s:s,s:o}", "from", date_format(from, first), "to",
		date_format(to, last), "obligations", list);
	return RC_OK;
}

static enum rc verb_history(struct call *c, json_t **ret)
{
	const char *id = json_string_value(json_object_get(c->args, "obligation"));
	const struct history_row *row;
	size_t n;
	enum rc rc = history_list(engine_store(c->v->engine), id, limit_arg(c),
		engine_arena(c->v->engine), &row, &n, c->d);
	if (rc)
		return rc;
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *detail = json_loads(row[i].detail, 0, NULL);
		json_array_append_new(list,
			json_pack("{s:I,s:o,s:s,s:s,s:s,s:I,s:s?,s:o}", "id", (json_int_t)row[i].id, "at",
				time_json(c, row[i].at), "actor", row[i].actor, "kind", row[i].kind,
				"obligation", row[i].obligation_id, "message",
				(json_int_t)row[i].message_id, "person", row[i].person, "detail",
				detail ? detail : json_object()));
	}
	*ret = json_pack("{s:o}", "rows", list);
	return RC_OK;
}

/* ---- acts ----------------------------------------------------------------------------------------- */

static enum rc who_arg(const struct call *c, const char **ret)
{
	enum rc rc = text_arg(c, "by", ret);
	if (rc == RC_OK && !(*ret)[0])
		*ret = c->peer->name;
	return rc;
}

static enum rc answer_act(struct call *c, const char *id, int64_t act, json_t **ret)
{
	const struct obligation *o = obligation_find(engine_obligations(c->v->engine), id);
	*ret = json_pack("{s:I,s:o}", "act", (json_int_t)act, "obligation",
		o ? obligation_to_json(config_of(c), o) : json_null());
	if (c->v->acted)
		c->v->acted(c->v->ctx);
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

static enum rc do_act(struct call *c, enum act_kind kind, json_t **ret)
{
	struct engine_act act = {.kind = kind, .date = DATE_NONE};
	int64_t id;
	enum rc rc = text_arg(c, "obligation", &act.obligation);
	if (rc == RC_OK)
		rc = text_arg(c, "item", &act.deliverable);
	if (rc == RC_OK)
		rc = items_arg(c, &act);
	if (rc == RC_OK)
		rc = text_arg(c, "reason", &act.reason);
	if (rc == RC_OK)
		rc = who_arg(c, &act.who);
	if (rc == RC_OK)
		rc = form_arg(c, &act.form);
	if (rc)
		return rc;
	date_arg(c, "date", &act.date);
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
	bool known = what && act_parse(what, &kind) && kind >= ACT_HELD;
	if (!known)
		return diag_set(c->d, RC_INVALID,
			N_("an occasion is held, not-held, ended, extended, or gets a date"));
	return do_act(c, kind, ret);
}

static enum rc verb_undo(struct call *c, json_t **ret)
{
	const char *id, *who;
	int64_t row;
	enum rc rc = text_arg(c, "obligation", &id);
	if (rc == RC_OK)
		rc = who_arg(c, &who);
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
	*ret = json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "obligations", (json_int_t)r.obligations,
		"appeared", (json_int_t)r.appeared, "vanished", (json_int_t)r.vanished, "moved",
		(json_int_t)r.moved, "planned", (json_int_t)r.planned, "cancelled",
		(json_int_t)r.cancelled);
	return RC_OK;
}

/* ---- table ---------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum rc (*handle)(struct call *c, json_t **ret);
} VERBS[] = {
	{"status", verb_status},
	{"next", verb_next},
	{"obligations", verb_obligations},
	{"history", verb_history},
	{"report", verb_act},
	{"receive", verb_act},
	{"return", verb_act},
	{"nil", verb_act},
	{"waive", verb_act},
	{"undo", verb_undo},
	{"occasion", verb_occasion},
	{"reload", verb_reload},
};

enum rc verbs_handle(void *verbs, const char *verb, json_t *args, const struct control_peer *peer,
	json_t **ret_data, struct diag *d)
{
	struct verbs *v = verbs;
	struct call c = {v, verb, args, peer, clock_read(v->clock), d};
	for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
		if (strcmp(VERBS[i].name, verb) == 0)
			return VERBS[i].handle(&c, ret_data);
	return diag_set(d, RC_INVALID, N_("there is no verb \"%s\""), verb);
}
