/*
 * Acts: a submission is recorded, the plan is made anew (which cancels what has become pointless),
 * and those who have to know are told.
 */
#include <stdio.h>
#include <string.h>

#include "activity.h"
#include "engine_state.h"
#include "leave.h"
#include "zone.h"

static const struct deliverable *find_deliverable(const struct rule *r, const char *id)
{
	for (size_t i = 0; i < r->n_deliverables; i++)
		if (strcmp(r->deliverable[i].id, id) == 0)
			return &r->deliverable[i];
	return NULL;
}

static size_t count_items(const struct engine_act *act)
{
	return act->n_items ? act->n_items : 1;
}

static const char *item_of(const struct engine_act *act, size_t i)
{
	return act->n_items ? act->item[i] : act->deliverable;
}

static enum rc check_material(const struct obligation *o, const struct engine_act *act, struct diag *d)
{
	if (act->kind == ACT_DATE && o->rule->kind != RULE_ONCE)
		return diag_set(d, RC_STATE, N_("%s does not wait for a date"), o->id);
	if (act->kind == ACT_NIL && !o->rule->nil_allowed)
		return diag_set(d, RC_STATE, N_("the rule %s takes no nil report"), o->rule->id);
	if ((act->kind == ACT_RETURN || act->kind == ACT_WAIVE) && !act->reason[0])
		return diag_set(d, RC_INVALID, N_("a reason is needed"));
	for (size_t i = 0; i < count_items(act); i++) {
		const char *id = item_of(act, i);
		if (id[0] && !find_deliverable(o->rule, id))
			return diag_set(d, RC_NOTFOUND, N_("%s has no deliverable \"%s\""), o->id, id);
	}
	if (act->form != FORM_NONE && !(o->forms & BIT(act->form)))
		return diag_set(d, RC_STATE, N_("%s is not owed on this form"), o->id);
	if (act->kind == ACT_DATE && date_is_none(act->date))
		return diag_set(d, RC_INVALID, N_("a date is needed"));
	return RC_OK;
}

/* Is the act possible on this obligation at all? */
static enum rc check_act(const struct obligation *o, const struct engine_act *act,
	struct date today, struct diag *d)
{
	if (o->count || act->kind == ACT_ENTRY)
		return count_check(
			o, act->kind, act->deliverable, act->date, act->reason, today, d);
	if (activity_is(act->kind))
		return activity_check(o, act->kind, act->date, d);
	return check_material(o, act, d);
}

/* ---- who is told ------------------------------------------------------------------------------- */

static enum rc notify_role(struct engine *e, const struct obligation *o, enum role role,
	const char *step, unsigned channels, const char *note, struct instant now, struct diag *d)
{
	enum rc rc = RC_OK;
	struct date today = zone_to_civil(e->config->zone, now).date;
	for (size_t i = 0; i < o->n_who && rc == RC_OK; i++)
		if (o->who[i].role == role && leave_holds(&o->who[i], today)) {
			struct notice n = {.obligation = o, .obligation_id = o->id, .step = step,
				.person = o->who[i].person, .role = role, .channels = channels,
				.note = note};
			rc = engine_notify(e, &n, now, d);
		}
	return rc;
}

static enum rc tell_act(struct engine *e, const struct obligation *o, const struct engine_act *act,
	struct instant now, struct diag *d)
{
	unsigned both = BIT(CHANNEL_EMAIL) | BIT(CHANNEL_SMS), mail = BIT(CHANNEL_EMAIL);
	enum rc rc = RC_OK;
	switch (act->kind) {
	case ACT_REPORT:
		return notify_role(e, o, ROLE_CLERK, "confirm", mail, "", now, d);
	case ACT_RETURN:
		rc = notify_role(e, o, ROLE_LEAD, "returned", both, act->reason, now, d);
		if (rc == RC_OK)
			rc = notify_role(e, o, ROLE_PREPARER, "returned", mail, act->reason, now, d);
		return rc;
	case ACT_NIL:
	case ACT_NOT_HELD:
		rc = notify_role(e, o, ROLE_LEAD, "nil", both, act->reason, now, d);
		if (rc == RC_OK && !(o->occasion && o->occasion->confirm))
			rc = notify_role(e, o, ROLE_CLERK, "confirm", mail, "", now, d);
		return rc;
	case ACT_RECEIVE:
	case ACT_WAIVE:
	case ACT_HELD:
	case ACT_ENDED:
	case ACT_EXTENDED:
	case ACT_DATE:
	case ACT_ENTRY:
		return RC_OK;
	}
	return RC_OK;
}

/* ---- recording --------------------------------------------------------------------------------- */

/* *ret_act: the first one, which names them all. */
static enum rc add_acts(struct engine *e, const struct obligation *o, const struct engine_act *act,
	struct instant now, int64_t *ret_act, struct diag *d)
{
	struct act row = {
		.kind = act->kind,
		.obligation = o->id,
		.form = act->form,
		.at = now,
		.who = act->who,
		.reason = act->reason,
		.date = act->date,
	};
	enum rc rc = RC_OK;
	for (size_t i = 0; i < count_items(act) && rc == RC_OK; i++) {
		int64_t id;
		row.deliverable = item_of(act, i);
		rc = ledger_add_act(e->store, &row, &id, d);
		if (rc == RC_OK && !row.batch)
			*ret_act = row.batch = id;
	}
	return rc;
}

static enum rc record(struct engine *e, const struct obligation *o, const struct engine_act *act,
	struct instant now, int64_t *ret_act, struct diag *d)
{
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	rc = add_acts(e, o, act, now, ret_act, d);
	if (rc == RC_OK)
		rc = tell_act(e, o, act, now, d);
	if (rc) {
		store_rollback(e->store);
		return rc;
	}
	return store_commit(e->store, d);
}

static void tell(struct engine *e, const char *what, const char *obligation, const char *who,
	struct instant now)
{
	engine_tell(e, &(struct engine_event){.kind = EVENT_ACT, .at = now, .text = what,
		.obligation = obligation, .person = who, .n = 1});
}

static const struct obligation *find(struct engine *e, const char *id, struct diag *d)
{
	const struct obligation *o = obligation_find(&e->obligations, id);
	if (!o)
		diag_set(d, RC_NOTFOUND, N_("there is no obligation \"%s\""), id);
	return o;
}

enum rc engine_act(struct engine *e, const struct engine_act *act, struct instant now,
	int64_t *ret_act, struct diag *d)
{
	const struct obligation *o = find(e, act->obligation, d);
	if (!o)
		return RC_NOTFOUND;
	enum rc rc = check_act(o, act, zone_to_civil(e->config->zone, now).date, d);
	if (rc == RC_OK)
		rc = record(e, o, act, now, ret_act, d);
	if (rc)
		return engine_fail(e, rc, d);
	tell(e, act_text(act->kind), act->obligation, act->who, now);
	return engine_fail(e, engine_plan(e, now, d), d);
}

/* What one command did is taken back together, the last act first. */
static enum rc undo_batch(struct engine *e, const struct act *act, size_t n, int64_t batch,
	const char *who, struct instant now, int64_t *ret_act, struct diag *d)
{
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	for (size_t i = n; i-- > 0 && rc == RC_OK;)
		if (act[i].batch == batch && !act[i].undone)
			rc = ledger_undo(e->store, act[i].id, who, now, ret_act, d);
	if (rc) {
		store_rollback(e->store);
		return rc;
	}
	return store_commit(e->store, d);
}

enum rc engine_undo(struct engine *e, const char *obligation, const char *who, struct instant now,
	int64_t *ret_act, struct diag *d)
{
	const struct act *acts;
	size_t n;
	enum rc rc = ledger_acts_of(e->store, obligation, &e->tick, &acts, &n, d);
	if (rc)
		return engine_fail(e, rc, d);
	const struct act *last = submission_undoable(acts, n, now);
	if (!last)
		return diag_set(d, RC_STATE, N_("nothing to take back for %s within 24 hours"),
			obligation);
	rc = undo_batch(e, acts, n, last->batch, who, now, ret_act, d);
	if (rc)
		return engine_fail(e, rc, d);
	tell(e, "undo", obligation, who, now);
	return engine_fail(e, engine_plan(e, now, d), d);
}
