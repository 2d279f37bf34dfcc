#include <stdio.h>

#include <jansson.h>

#include "engine_state.h"

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

enum rc engine_notify(struct engine *e, const struct notice *n, struct instant now, struct diag *d)
{
	int64_t cause;
	engine_queue_drop(e);
	enum rc rc = append_cause(e, n, now, &cause, d);
	struct instant at = plan_next_allowed(e->config, now, n->on_rest_days);
	for (int ch = 0; ch < CHANNEL_COUNT && rc == RC_OK; ch++) {
		if (!(n->channels & BIT(ch)) || !person_contact(n->person, (enum channel)ch)[0])
			continue;
		struct reminder r = {
			.obligation = n->obligation,
			.obligation_id = n->obligation_id,
			.step_id = n->step,
			.template = n->template ? n->template : n->step,
			.channel = (enum channel)ch,
			.role = n->role,
			.person = n->person,
			.at = at,
			.asked = now,
			.deadline = INSTANT_NONE,
			.moved = at.s != now.s,
			.cause = cause,
		};
		struct date due = n->obligation ? n->obligation->due : DATE_NONE;
		plan_key(n->obligation_id, due, FORM_NONE, n->step, r.channel, n->person->id, cause,
			r.key);
		rc = outbox_plan(e->store, &r, now, d);
	}
	return rc;
}
