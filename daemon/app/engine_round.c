/*
 * The other way.  A message that is lost (dead, undelivered, or nobody knows) is followed by a notice
 * to somebody who can act on it.  Each way round is a step of its own name, so that one that fails
 * too leads to the next, and the last to nobody: the admin's digest and `status` name it then.
 */
#include <string.h>

#include "engine_render.h"
#include "leave.h"

enum way { WAY_NONE, WAY_SAME_PERSON, WAY_CLERK, WAY_ADMIN, WAYS };
static const char *const WAY_STEP[WAYS] = {"", "fallback", "fallback-clerk", "fallback-admin"};

const char *engine_contact(const struct person *p, enum channel ch)
{
	return person_contact(p, ch);
}

bool engine_can_reach(const struct engine *e, const struct person *p, enum channel ch)
{
	return engine_contact(p, ch)[0] && (!p->placeholder || deliver_is_spool(e->deliver, ch));
}

static enum way way_of(const char *step)
{
	for (int w = WAY_SAME_PERSON; w < WAYS; w++)
		if (strcmp(step, WAY_STEP[w]) == 0)
			return (enum way)w;
	return WAY_NONE;
}

/* ---- the ways ---------------------------------------------------------------------------------- */

static bool try_same_person(
	const struct engine *e, const struct person *p, enum channel failed, struct notice *ret)
{
	for (int ch = 0; ch < CHANNEL_COUNT; ch++)
		if (ch != (int)failed && engine_can_reach(e, p, (enum channel)ch)) {
			ret->person = p;
			ret->channels = BIT(ch);
			return true;
		}
	return false;
}

/* By mail; by SMS if that is what is there. */
static bool try_other(const struct engine *e, const struct person *p, const struct person *failed,
	enum role role, struct notice *ret)
{
	if (!p || strcmp(p->id, failed->id) == 0 || !try_same_person(e, p, CHANNEL_COUNT, ret))
		return false;
	ret->role = role;
	return true;
}

static bool try_way(const struct engine *e, enum way way, const struct obligation *o,
	const struct person *failed, enum channel channel, struct notice *ret)
{
	const struct config *c = e->config;
	ret->step = WAY_STEP[way];
	if (way == WAY_SAME_PERSON)
		return try_same_person(e, failed, channel, ret);
	if (way == WAY_CLERK)
		return try_other(e, o->rule->office->clerk, failed, ROLE_CLERK, ret);
	for (size_t i = 0; i < c->n_admins; i++)
		if (try_other(e, c->admin[i], failed, ROLE_ADMIN, ret))
			return true;
	return false;
}

/* A group's message is lost: its leads read it as a mail, unless that very step told them already. */
static enum rc tell_leads(struct engine *e, const struct outbox_reminder *part, struct notice *n,
	bool *ret_told, struct instant now, struct diag *d)
{
	const struct obligation *o = n->obligation;
	enum rc rc = RC_OK;
	struct date today = zone_to_civil(e->config->zone, now).date;
	n->step = WAY_STEP[WAY_SAME_PERSON];
	n->role = ROLE_LEAD;
	n->channels = BIT(CHANNEL_EMAIL);
	for (size_t i = 0; i < o->n_who && rc == RC_OK; i++) {
		bool told = false;
		n->person = o->who[i].person;
		if (o->who[i].role != ROLE_LEAD || !leave_holds(&o->who[i], today) ||
			!engine_can_reach(e, n->person, CHANNEL_EMAIL))
			continue;
		rc = outbox_was_told(e->store, part, n->person->id, CHANNEL_EMAIL, &told, d);
		if (rc || told)
			continue;
		rc = engine_notify(e, n, now, d);
		*ret_told = true;
	}
	return rc;
}

static bool is_settled(const struct obligation *o)
{
	return o->state == STATE_DONE || o->state == STATE_WAIVED || o->state == STATE_CANCELLED;
}

static enum rc go_round_part(struct engine *e, const struct outbox_message *m,
	const struct outbox_reminder *part, struct instant now, struct diag *d)
{
	const struct obligation *o = engine_subject(e, part->obligation_id);
	const struct person *p = config_person(e->config, m->person_id);
	int first = (int)way_of(part->step_id) + 1;
	if (!o || !p || is_settled(o))
		return RC_OK;
	if (p->room) {
		bool told = false;
		struct notice n = {.obligation = o,
			.message_id = m->id,
			.obligation_id = part->obligation_id,
			.note = "",
			.template = part->template};
		enum rc rc = tell_leads(e, part, &n, &told, now, d);
		if (rc || told)
			return rc;
		first = WAY_CLERK;
	}
	for (int w = first; w < WAYS; w++) {
		struct notice n = {.obligation = o,
			.message_id = m->id,
			.obligation_id = part->obligation_id,
			.role = part->role,
			.note = "",
			.template = part->template};
		if (try_way(e, (enum way)w, o, p, m->channel, &n))
			return engine_notify(e, &n, now, d);
	}
	return RC_OK;
}

enum rc engine_go_round(
	struct engine *e, const struct outbox_message *m, struct instant now, struct diag *d)
{
	const struct outbox_reminder *part;
	size_t n = 0;
	bool went = false;
	enum rc rc = outbox_has_ways(e->store, m->id, &went, d);
	/* Unknown first and undelivered later is one loss. */
	if (rc == RC_OK && !went)
		rc = outbox_parts(e->store, m->id, &e->tick, &part, &n, d);
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = go_round_part(e, m, &part[i], now, d);
	return rc;
}
