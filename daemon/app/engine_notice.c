#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "engine_state.h"
#include "leave.h"

/* The note is kept in the history row: the text is rendered when the notice goes out, and a restart
 * may lie between. */
static enum rc append_cause(struct engine *e, const struct notice *n, struct instant now,
	int64_t *ret_id, struct diag *d)
{
	json_t *detail = json_pack("{s:s,s:s}", "step", n->step, "note", n->note);
	char *text = json_dumps(detail, JSON_COMPACT);
	struct history_row row = {
		.at = now,
		.actor = "deadlined",
		.kind = "notice",
		.obligation_id = n->obligation_id,
		.person = n->person->id,
		.message_id = n->message_id,
		.detail = text,
	};
	enum rc rc = history_append(e->store, &row, ret_id, d);
	free(text);
	json_decref(detail);
	return rc;
}

static enum rc plan_for(struct engine *e, const struct notice *n, const struct person *p,
	unsigned channels, int64_t cause, struct instant now, struct diag *d)
{
	enum rc rc = RC_OK;
	struct instant at = plan_next_allowed(e->config, now, n->on_rest_days);
	for (int ch = 0; ch < CHANNEL_COUNT && rc == RC_OK; ch++) {
		if (!(channels & BIT(ch)) || !person_contact(p, (enum channel)ch)[0])
			continue;
		struct reminder r = {
			.obligation = n->obligation,
			.obligation_id = n->obligation_id,
			.step_id = n->step,
			.template = n->template ? n->template : n->step,
			.channel = (enum channel)ch,
			.role = n->role,
			.person = p,
			.at = at,
			.asked = now,
			.deadline = INSTANT_NONE,
			.moved = at.s != now.s,
			.cause = cause,
		};
		struct date due = n->obligation ? n->obligation->due : DATE_NONE;
		plan_key(n->obligation_id, due, FORM_NONE, n->step, r.channel, p->id, cause, r.key);
		rc = outbox_plan(e->store, &r, now, d);
	}
	return rc;
}

/* Who stands in for the addressee on the day it goes out.  What failed for one person goes another way
 * to the same one: whoever stands in had a message of their own. */
static const struct person *stand_in(
	const struct engine *e, const struct notice *n, struct instant now)
{
	const struct obligation *o = n->message_id ? NULL : n->obligation;
	struct instant at = plan_next_allowed(e->config, now, n->on_rest_days);
	struct date day = zone_to_civil(e->config->zone, at).date;
	for (size_t i = 0; o && i < o->n_who; i++)
		if (o->who[i].role == n->role &&
			strcmp(o->who[i].person->id, n->person->id) == 0)
			return leave_stand_in(o, &o->who[i], day);
	return NULL;
}

enum rc engine_notify(struct engine *e, const struct notice *n, struct instant now, struct diag *d)
{
	int64_t cause;
	engine_queue_drop(e);
	enum rc rc = append_cause(e, n, now, &cause, d);
	const struct person *in = stand_in(e, n, now);
	if (rc == RC_OK)
		rc = plan_for(e, n, n->person,
			in ? n->channels & BIT(CHANNEL_EMAIL) : n->channels, cause, now, d);
	return rc || !in ? rc : plan_for(e, n, in, n->channels, cause, now, d);
}
