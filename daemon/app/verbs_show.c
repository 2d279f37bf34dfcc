/* What the verbs show: status, and lists. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"
#include "hold.h"
#include "obligation_json.h"
#include "outbox.h"
#include "verbs_call.h"

enum { TROUBLE_MAX = 50, TROUBLE_COUNT_MAX = 1000, DESTINATIONS_MAX = 64 };

/* ---- status --------------------------------------------------------------------------------------- */

static json_t *reminder_counts(const struct outbox_counts *n)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "planned", (json_int_t)n->planned, "claimed",
		(json_int_t)n->claimed, "sent", (json_int_t)n->sent, "failed",
		(json_int_t)n->failed, "cancelled", (json_int_t)n->cancelled, "superseded",
		(json_int_t)n->superseded);
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
		json_object_set_new(
			o, obligation_state_text((enum obligation_state)s), json_integer(n[s]));
	json_object_set_new(o, "overdue", json_integer(overdue));
	return o;
}

static json_t *trouble_json(const struct call *c, const struct outbox_message *m, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
			json_pack("{s:I,s:s,s:s,s:s,s:s,s:i,s:o}", "message", (json_int_t)m[i].id,
				"person", m[i].person_id, "channel", channel_text(m[i].channel),
				"state", message_state_text(m[i].state), "reason", m[i].reason,
				"attempt", m[i].attempt, "since", call_time(c, m[i].first_at)));
	return list;
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
		call_time(c, c->v->loaded_at), "obligations",
		(json_int_t)engine_obligations(c->v->engine)->n, "stale",
		json_array_size(faults) > 0, "faults", faults, "diags", diags);
}

/* What waits for its next attempt, or whose fate nobody knows: how many, since when. */
static json_t *waiting_json(const struct call *c, const struct outbox_message *m, size_t n)
{
	struct instant oldest = INSTANT_NONE;
	json_int_t waiting = 0, hand = 0;
	for (size_t i = 0; i < n; i++) {
		if (m[i].state != MESSAGE_RETRY) {
			hand++;
			continue;
		}
		waiting++;
		if (instant_is_none(oldest) || m[i].first_at.s < oldest.s)
			oldest = m[i].first_at;
	}
	return json_pack("{s:I,s:o,s:I}", "messages", waiting, "oldest", call_time(c, oldest),
		"needs_hand", hand);
}

static json_t *destinations_json(const struct call *c)
{
	struct engine_destination x[DESTINATIONS_MAX];
	size_t n = engine_destinations(c->v->engine, x, DESTINATIONS_MAX);
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("{s:s,s:o,s:o,s:s?}", "name", x[i].name, "down_since",
				      call_time(c, x[i].down_since), "next_probe",
				      call_time(c, x[i].next_probe), "reason",
				      instant_is_none(x[i].down_since) ? NULL : x[i].reason));
	return list;
}

static json_t *hold_json(const struct call *c)
{
	enum hold h = engine_hold(c->v->engine);
	return h == HOLD_NONE ? json_null() : json_string(hold_text(h));
}

enum rc verb_status(struct call *c, json_t **ret)
{
	struct outbox_counts n;
	struct instant next;
	const struct outbox_message *m;
	size_t n_trouble, n_shown;
	struct store *s = engine_store(c->v->engine);
	enum rc rc = outbox_count(s, &n, c->d);
	if (rc == RC_OK)
		rc = outbox_next_at(s, &next, c->d);
	if (rc == RC_OK)
		rc = engine_trouble(c->v->engine, TROUBLE_COUNT_MAX, c->now, &m, &n_trouble, c->d);
	if (rc)
		return rc;
	n_shown = n_trouble < TROUBLE_MAX ? n_trouble : TROUBLE_MAX;
	*ret = json_pack("{s:s,s:i,s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "version",
		DEADLINED_VERSION, "pid", (int)getpid(), "started", call_time(c, c->v->started),
		"now", call_time(c, c->now), "zone", zone_name(call_config(c)->zone), "config",
		config_json(c), "next_wake", call_time(c, next), "reminders", reminder_counts(&n),
		"messages", message_counts(&n), "obligations", obligation_counts(c), "trouble",
		trouble_json(c, m, n_shown), "waiting", waiting_json(c, m, n_trouble),
		"destinations", destinations_json(c), "hold", hold_json(c), "last_backup",
		call_time(c, engine_last_backup(c->v->engine)), "restored",
		call_time(c, engine_restored_at(c->v->engine)));
	return RC_OK;
}

/* ---- lists ---------------------------------------------------------------------------------------- */

enum rc verb_next(struct call *c, json_t **ret)
{
	const struct outbox_reminder *r;
	size_t n;
	enum rc rc = outbox_next(engine_store(c->v->engine), call_limit(c),
		engine_arena(c->v->engine), &r, &n, c->d);
	if (rc)
		return rc;
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		const struct person *p = config_person(call_config(c), r[i].person_id);
		json_array_append_new(list,
			json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:b}", "key", r[i].key,
				"obligation", r[i].obligation_id, "form", form_text(r[i].form),
				"step", r[i].step_id, "channel", channel_text(r[i].channel),
				"person", r[i].person_id, "name", p ? p->name : r[i].person_id,
				"at", call_time(c, r[i].at), "late", r[i].late));
	}
	*ret = json_pack("{s:o}", "reminders", list);
	return RC_OK;
}

static int compare_views(const void *left, const void *right)
{
	const struct outbox_view *a = *(const struct outbox_view *const *)left;
	const struct outbox_view *b = *(const struct outbox_view *const *)right;
	return strcmp(a->obligation_id, b->obligation_id);
}

/* The rows by obligation, so that a list of 100,000 does not walk all rows for each. */
static const struct outbox_view **sort_views(
	const struct outbox_view *view, size_t n, struct arena *a)
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
	json_array_foreach(
		list, i, known) if (strcmp(json_string_value(known), text) == 0) return true;
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

enum rc verb_obligations(struct call *c, json_t **ret)
{
	const struct obligations *os = engine_obligations(c->v->engine);
	const struct outbox_view *view;
	size_t n;
	struct date from = DATE_NONE, to = DATE_NONE;
	bool has_from = call_date(c, "from", &from), has_to = call_date(c, "to", &to);
	bool all = json_is_true(json_object_get(c->args, "all"));
	enum rc rc = outbox_view_all(
		engine_store(c->v->engine), engine_arena(c->v->engine), &view, &n, c->d);
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
		json_t *row = obligation_to_json(call_config(c), o);
		json_object_set_new(row, "told", told_json(sorted, n, o->id));
		json_array_append_new(list, row);
	}
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	engine_window(c->v->engine, c->now, &from, &to);
	*ret = json_pack("{s:s,s:s,s:o}", "from", date_format(from, first), "to",
		date_format(to, last), "obligations", list);
	return RC_OK;
}

enum rc verb_history(struct call *c, json_t **ret)
{
	struct history_filter f = {0};
	const struct history_row *row;
	size_t n;
	enum rc rc = call_message(c, &f.message);
	if (rc == RC_OK)
		rc = call_text(c, "obligation", &f.obligation);
	if (rc == RC_OK)
		rc = call_text(c, "person", &f.person);
	if (rc)
		return rc;
	f.obligation = f.obligation[0] ? f.obligation : NULL;
	f.person = f.person[0] ? f.person : NULL;
	rc = history_find(engine_store(c->v->engine), &f, call_limit(c), engine_arena(c->v->engine),
		&row, &n, c->d);
	if (rc)
		return rc;
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *detail = json_loads(row[i].detail, 0, NULL);
		json_array_append_new(list,
			json_pack("{s:I,s:o,s:s,s:s,s:s,s:I,s:s?,s:o}", "id", (json_int_t)row[i].id,
				"at", call_time(c, row[i].at), "actor", row[i].actor, "kind",
				row[i].kind, "obligation", row[i].obligation_id, "message",
				(json_int_t)row[i].message_id, "person", row[i].person, "detail",
				detail ? detail : json_object()));
	}
	*ret = json_pack("{s:o}", "rows", list);
	return RC_OK;
}

/* ---- one message ----------------------------------------------------------------------------------- */

static json_t *parts_json(const struct outbox_reminder *part, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("{s:s,s:s,s:s}", "obligation", part[i].obligation_id,
				      "form", form_text(part[i].form), "step", part[i].step_id));
	return list;
}

enum rc verb_message(struct call *c, json_t **ret)
{
	struct store *s = engine_store(c->v->engine);
	struct arena *a = engine_arena(c->v->engine);
	struct outbox_message m;
	const struct outbox_reminder *part;
	int64_t id;
	size_t n;
	enum rc rc = call_message(c, &id);
	if (rc == RC_OK)
		rc = outbox_get_message(s, id, a, &m, c->d);
	if (rc == RC_OK)
		rc = outbox_parts(s, id, a, &part, &n, c->d);
	if (rc)
		return rc;
	*ret = json_pack("{s:I,s:s,s:s,s:s,s:s,s:i,s:s,s:i,s:o,s:o,s:o,s:o}", "message",
		(json_int_t)m.id, "person", m.person_id, "channel", channel_text(m.channel),
		"state", message_state_text(m.state), "reason", m.reason, "code", m.code,
		"gateway_id", m.peer_id, "attempt", m.attempt, "since", call_time(c, m.first_at),
		"next_at", call_time(c, m.next_at), "settled_at", call_time(c, m.settled_at),
		"reminders", parts_json(part, n));
	return RC_OK;
}
