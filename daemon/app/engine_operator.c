/*
 * What a person says about messages: it arrived, send it anew, try again now; and a corrected contact,
 * which says the same without words.  What is given back is planned anew at once, so that a step that
 * has gone stale meanwhile never leaves.
 */
#include <stdlib.h>
#include <string.h>

#include "engine_digest.h"
#include "engine_render.h"

/* ---- what is in a message ---------------------------------------------------------------------- */

static enum rc count_open(
	struct engine *e, const struct outbox_message *m, size_t *ret, struct diag *d)
{
	const struct outbox_reminder *part;
	size_t n, open = 0;
	bool known = config_person(e->config, m->person_id) != NULL;
	enum rc rc = outbox_parts(e->store, m->id, &e->tick, &part, &n, d);
	for (size_t i = 0; rc == RC_OK && i < n && known; i++)
		open += !engine_is_test(&part[i]) && !engine_digest_is(&part[i]) &&
			engine_is_open(&part[i], engine_subject(e, part[i].obligation_id));
	if (rc == RC_OK)
		*ret = open;
	return rc;
}

static int compare_key(const void *key, const void *view)
{
	return strcmp(key, ((const struct outbox_view *)view)->key);
}

/* How many of the reminders that a message gave back are still going out. */
static enum rc count_planned(
	struct engine *e, const struct outbox_reminder *part, size_t n, size_t *ret, struct diag *d)
{
	const struct outbox_view *view;
	size_t n_view;
	enum rc rc = outbox_view_all(e->store, &e->tick, &view, &n_view, d);
	for (size_t i = 0; rc == RC_OK && i < n; i++) {
		const struct outbox_view *v =
			bsearch(part[i].key, view, n_view, sizeof *view, compare_key);
		*ret += v && v->state == REMINDER_PLANNED;
	}
	return rc;
}

/* ---- settling ---------------------------------------------------------------------------------- */

/* Why a message in a state is not for the operator to settle; NULL where it is. */
static const char *const NOT_SENT[MESSAGE_STATES] = {
	[MESSAGE_CLAIMED] = N_("message %lld is on its way: wait for its outcome"),
	[MESSAGE_SENT] = N_("message %lld was sent already"),
	[MESSAGE_RETRY] = N_("message %lld was not taken and is tried again by itself"),
	[MESSAGE_DELIVERED] = N_("message %lld was delivered already"),
	[MESSAGE_UNDELIVERED] =
		N_("message %lld was sent, and the gateway says it was not delivered"),
	[MESSAGE_DEAD] = N_("message %lld was refused for good: it can only be sent anew (resend)"),
	[MESSAGE_REPLACED] = N_("message %lld was replaced by a new one already"),
	[MESSAGE_CANCELLED] = N_("message %lld was cancelled: nothing in it was open any more"),
};
static const char *const NOT_RESENT[MESSAGE_STATES] = {
	[MESSAGE_CLAIMED] = N_("message %lld is on its way: wait for its outcome"),
	[MESSAGE_SENT] = N_("message %lld was sent already"),
	[MESSAGE_RETRY] =
		N_("message %lld waits for its next attempt: deadlinectl retry sends it now"),
	[MESSAGE_DELIVERED] = N_("message %lld was delivered already"),
	[MESSAGE_UNDELIVERED] =
		N_("message %lld was sent and not delivered: its person was told another way"),
	[MESSAGE_REPLACED] = N_("message %lld was replaced by a new one already"),
	[MESSAGE_CANCELLED] = N_("message %lld was cancelled: nothing in it was open any more"),
};

static enum rc look_up(struct engine *e, int64_t id, const char *const *refusal,
	struct outbox_message *ret, struct diag *d)
{
	enum rc rc = outbox_get_message(e->store, id, &e->tick, ret, d);
	if (rc == RC_OK && refusal[ret->state])
		return diag_set(d, RC_STATE, refusal[ret->state], (long long)id);
	return rc;
}

enum rc engine_settle_sent(struct engine *e, int64_t message, const char *who, const char *reason,
	struct instant now, struct diag *d)
{
	struct outbox_message m;
	enum rc rc = look_up(e, message, NOT_SENT, &m, d);
	if (rc == RC_OK)
		rc = outbox_resolve(e->store, m.id, MESSAGE_SENT, who,
			reason[0] ? reason : N_("settled by hand"), now, d);
	return engine_fail(e, rc, d);
}

static enum rc replace(struct engine *e, const struct outbox_message *m, const char *who,
	const char *reason, struct instant now, struct diag *d)
{
	struct instant at = plan_next_allowed(e->config, now, false);
	/* Should the replan fail, the next tick begins with it. */
	engine_want_plan(e);
	return outbox_replace(e->store, m->id, who, reason, at, now, d);
}

/* *ret_planned grows by what goes out anew. */
static enum rc resend(struct engine *e, const struct outbox_message *m, const char *who,
	const char *reason, struct instant now, size_t *ret_planned, struct diag *d)
{
	const struct outbox_reminder *part;
	size_t n, open = 0;
	enum rc rc = count_open(e, m, &open, d);
	if (rc == RC_OK && open == 0)
		return diag_set(d, RC_STATE, N_("nothing in message %lld is open any more"),
			(long long)m->id);
	if (rc == RC_OK)
		rc = outbox_parts(e->store, m->id, &e->tick, &part, &n, d);
	if (rc == RC_OK)
		rc = replace(e, m, who, reason, now, d);
	if (rc == RC_OK)
		rc = engine_plan(e, engine_believed(e, now), d);
	return rc ? rc : count_planned(e, part, n, ret_planned, d);
}

enum rc engine_settle_resend(struct engine *e, int64_t message, const char *who, const char *reason,
	struct instant now, size_t *ret_planned, struct diag *d)
{
	struct outbox_message m;
	size_t planned = 0;
	enum rc rc = look_up(e, message, NOT_RESENT, &m, d);
	if (rc == RC_OK)
		rc = resend(e, &m, who, reason, now, &planned, d);
	if (rc == RC_OK)
		*ret_planned = planned;
	return engine_fail(e, rc, d);
}

/* ---- again ------------------------------------------------------------------------------------- */

static enum rc retry_one(struct engine *e, int64_t id, const char *who, struct instant now,
	struct engine_retried *ret, struct diag *d)
{
	struct outbox_message m;
	int n = 0;
	enum rc rc = outbox_get_message(e->store, id, &e->tick, &m, d);
	if (rc)
		return rc;
	if (m.state == MESSAGE_UNKNOWN)
		return diag_set(d, RC_STATE,
			N_("nobody knows whether message %lld arrived: settle it as sent or "
			   "resend"),
			(long long)id);
	if (m.state == MESSAGE_RETRY) {
		rc = outbox_hurry(e->store, id, who, now, &n, d);
		ret->hurried = (size_t)n;
		return rc;
	}
	rc = look_up(e, id, NOT_RESENT, &m, d);
	if (rc == RC_OK)
		rc = resend(e, &m, who, "", now, &ret->planned, d);
	ret->replaced = rc == RC_OK;
	return rc;
}

/* Given up on, though nobody said a word against the message itself. */
static bool is_innocent(const struct outbox_message *m)
{
	return m->state == MESSAGE_DEAD && (m->fault == FAULT_CONFIG || m->fault == FAULT_PEER);
}

static bool has_new_contact(const struct engine *e, const struct outbox_message *m)
{
	const struct person *p = config_person(e->config, m->person_id);
	return p && m->recipient[0] && engine_can_reach(e, p, m->channel) &&
	       strcmp(engine_contact(p, m->channel), m->recipient) != 0;
}

typedef bool choose_fn(const struct engine *e, const struct outbox_message *m);

static bool choose_innocent(const struct engine *e, const struct outbox_message *m)
{
	(void)e;
	return is_innocent(m);
}

/* Replace every lost message that is chosen and still of use, then plan once.  *ret_planned: how many
 * of all that came back go out; the stale ones are superseded. */
static enum rc replace_all(struct engine *e, choose_fn *choose, const char *who, const char *reason,
	struct instant now, size_t *ret_n, size_t *ret_planned, struct diag *d)
{
	const struct outbox_message *m;
	const struct outbox_reminder *part;
	VEC(struct outbox_reminder) back = {0};
	size_t n, k, replaced = 0;
	enum rc rc = outbox_lost(e->store, &e->tick, &m, &n, d);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		size_t open = 0;
		if (!choose(e, &m[i]))
			continue;
		rc = count_open(e, &m[i], &open, d);
		if (rc || open == 0)
			continue;
		rc = outbox_parts(e->store, m[i].id, &e->tick, &part, &k, d);
		for (size_t j = 0; rc == RC_OK && j < k; j++)
			VEC_PUSH(&e->tick, &back, part[j]);
		if (rc == RC_OK)
			rc = replace(e, &m[i], who, reason, now, d);
		replaced += rc == RC_OK;
	}
	if (rc == RC_OK && replaced)
		rc = engine_plan(e, engine_believed(e, now), d);
	if (rc == RC_OK && replaced)
		rc = count_planned(e, back.item, back.n, ret_planned, d);
	if (rc == RC_OK)
		*ret_n = replaced;
	return rc;
}

static enum rc retry_all(struct engine *e, const char *who, struct instant now,
	struct engine_retried *ret, struct diag *d)
{
	int n = 0;
	enum rc rc = outbox_hurry(e->store, 0, who, now, &n, d);
	ret->hurried = (size_t)n;
	return rc ? rc
		  : replace_all(e, choose_innocent, who, "", now, &ret->replaced, &ret->planned, d);
}

enum rc engine_retry_now(struct engine *e, int64_t message, const char *who, struct instant now,
	struct engine_retried *ret, struct diag *d)
{
	struct engine_retried r = {0};
	enum rc rc =
		message ? retry_one(e, message, who, now, &r, d) : retry_all(e, who, now, &r, d);
	if (rc == RC_OK)
		rc = engine_guard_reset(e, now, d);
	if (rc == RC_OK)
		*ret = r;
	return engine_fail(e, rc, d);
}

enum rc engine_revive(struct engine *e, struct instant now, size_t *ret_n, struct diag *d)
{
	size_t planned = 0;
	return replace_all(e, has_new_contact, "deadlined", N_("the contact was corrected"), now,
		ret_n, &planned, d);
}

size_t engine_message_obligations(
	struct engine *e, int64_t message, const char **ret, size_t max)
{
	const struct outbox_reminder *part;
	size_t n_parts, n = 0;
	struct diag ignored;
	if (outbox_parts(e->store, message, &e->tick, &part, &n_parts, &ignored))
		return 0;
	for (size_t i = 0; i < n_parts && n < max; i++) {
		bool again = false;
		for (size_t k = 0; k < n && !again; k++)
			again = strcmp(ret[k], part[i].obligation_id) == 0;
		if (!again)
			ret[n++] = part[i].obligation_id;
	}
	return n;
}
