/*
 * What can be shown about one obligation: who was told what, when and how it ended, who did what, and
 * that nobody has changed the record since.
 */
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "mask.h"
#include "obligation_json.h"
#include "outbox.h"
#include "verbs_call.h"

enum { ROWS_MAX = 10000, MESSAGES_MAX = 2000 };

struct evidence {
	struct call *c;
	const char *id;
	bool full;
	struct arena *a;
	const struct outbox_fate *fate;
	size_t n_fates;
	VEC(struct history_row) rows;
	VEC(int64_t) messages;
};

/* ---- gathering -------------------------------------------------------------------------------------- */

static void add_message(struct evidence *e, int64_t id)
{
	bool known = !id || e->messages.n >= MESSAGES_MAX;
	for (size_t i = 0; i < e->messages.n && !known; i++)
		known = e->messages.item[i] == id;
	if (!known)
		VEC_PUSH(e->a, &e->messages, id);
}

static enum rc add_rows(struct evidence *e, const struct history_filter *f)
{
	const struct history_row *row;
	size_t n;
	enum rc rc =
		history_find(engine_store(e->c->v->engine), f, ROWS_MAX, e->a, &row, &n, e->c->d);
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++) {
		VEC_PUSH(e->a, &e->rows, row[i]);
		add_message(e, row[i].message_id);
	}
	return RC_OK;
}

static int by_id(const void *left, const void *right)
{
	const struct history_row *a = left, *b = right;
	return (a->id > b->id) - (a->id < b->id);
}

/* Its rows, and those of every message that carried a reminder of it; each once, in order. */
static enum rc gather(struct evidence *e)
{
	struct history_filter f = {.obligation = e->id};
	enum rc rc = outbox_fates(
		engine_store(e->c->v->engine), e->id, e->a, &e->fate, &e->n_fates, e->c->d);
	if (rc == RC_OK)
		rc = add_rows(e, &f);
	for (size_t i = 0; i < e->n_fates; i++)
		add_message(e, e->fate[i].message_id);
	for (size_t i = 0; i < e->messages.n && rc == RC_OK; i++)
		rc = add_rows(e, &(struct history_filter){.message = e->messages.item[i]});
	if (rc || e->rows.n == 0)
		return rc;
	qsort(e->rows.item, e->rows.n, sizeof *e->rows.item, by_id);
	size_t n = 1;
	for (size_t i = 1; i < e->rows.n; i++)
		if (e->rows.item[i].id != e->rows.item[n - 1].id)
			e->rows.item[n++] = e->rows.item[i];
	e->rows.n = n;
	return RC_OK;
}

/* ---- answer --------------------------------------------------------------------------------------- */

static const char *name_of(const struct evidence *e, const char *person)
{
	const struct person *p = person ? config_person(call_config(e->c), person) : NULL;
	return p ? p->name : NULL;
}

static json_t *row_json(const struct evidence *e, const struct history_row *r)
{
	char masked[MASK_SIZE];
	json_t *detail = json_loads(r->detail, 0, NULL);
	const char *to = !r->personal || e->full ? r->personal : mask_contact(r->personal, masked);
	return json_pack("{s:I,s:o,s:s,s:s,s:I,s:s?,s:s?,s:s?,s:o}", "id", (json_int_t)r->id, "at",
		call_time(e->c, r->at), "actor", r->actor, "kind", r->kind, "message",
		(json_int_t)r->message_id, "person", r->person, "name", name_of(e, r->person), "to",
		to, "detail", detail ? detail : json_object());
}

static json_t *rows_json(const struct evidence *e)
{
	json_t *list = json_array();
	for (size_t i = 0; i < e->rows.n; i++)
		json_array_append_new(list, row_json(e, &e->rows.item[i]));
	return list;
}

static json_t *reminders_json(const struct evidence *e)
{
	json_t *list = json_array();
	for (size_t i = 0; i < e->n_fates; i++) {
		const struct outbox_fate *f = &e->fate[i];
		json_array_append_new(list,
			json_pack("{s:s,s:s,s:s,s:s,s:s?,s:o,s:s,s:s,s:I}", "step", f->step_id,
				"form", form_text(f->form), "channel", channel_text(f->channel),
				"person", f->person_id, "name", name_of(e, f->person_id), "at",
				call_time(e->c, f->at), "state", f->state, "why", f->why, "message",
				(json_int_t)f->message_id));
	}
	return list;
}

static enum rc message_json(const struct evidence *e, int64_t id, json_t *list)
{
	struct outbox_message m;
	char masked[MASK_SIZE];
	enum rc rc = outbox_get_state(engine_store(e->c->v->engine), id, e->a, &m, e->c->d);
	if (rc)
		return rc;
	json_array_append_new(
		list, json_pack("{s:I,s:s,s:s?,s:s,s:s,s:s,s:s,s:s,s:i,s:o,s:o}", "message",
			      (json_int_t)m.id, "person", m.person_id, "name",
			      name_of(e, m.person_id), "channel", channel_text(m.channel), "to",
			      e->full ? m.recipient : mask_contact(m.recipient, masked), "state",
			      message_state_text(m.state), "reason", m.reason, "gateway_id",
			      m.peer_id, "attempt", m.attempt, "since", call_time(e->c, m.first_at),
			      "settled_at", call_time(e->c, m.settled_at)));
	return RC_OK;
}

enum rc verb_evidence(struct call *c, json_t **ret)
{
	struct evidence e = {.c = c,
		.a = engine_arena(c->v->engine),
		.full = json_is_true(json_object_get(c->args, "full"))};
	int64_t broken = 0;
	enum rc rc = call_text(c, "obligation", &e.id);
	if (rc == RC_OK)
		rc = gather(&e);
	if (rc)
		return rc;
	const struct obligation *o = obligation_find(engine_obligations(c->v->engine), e.id);
	if (!o && e.rows.n == 0 && e.n_fates == 0)
		return diag_set(c->d, RC_NOTFOUND, N_("there is no obligation \"%s\""), e.id);
	rc = history_verify(engine_store(c->v->engine), &broken, c->d);
	json_t *messages = json_array();
	for (size_t i = 0; i < e.messages.n && rc == RC_OK; i++)
		rc = message_json(&e, e.messages.item[i], messages);
	if (rc) {
		json_decref(messages);
		return rc;
	}
	*ret = json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:{s:b,s:I}}", "id", e.id, "now",
		call_time(c, c->now), "obligation",
		o ? obligation_to_json(call_config(c), o) : json_null(), "rows", rows_json(&e),
		"reminders", reminders_json(&e), "messages", messages, "chain", "holds",
		broken == 0, "broken", (json_int_t)broken);
	return RC_OK;
}
