/*
 * A replan: acts and configuration -> obligations -> reminders -> changes of the outbox, and the
 * notices that the difference to the plan before calls for.  One transaction.
 */
#include <string.h>

#include "engine_digest.h"
#include "engine_state.h"
#include "leave.h"
#include "retry.h"

/* No wait for another attempt is longer, unless the clock went back. */
enum { BACKOFF_MAX_S = 2 * RETRY_AFTER_MAX_S };

/* ---- acts ------------------------------------------------------------------------------------ */

struct acts {
	const struct act *item; /* by obligation, then id */
	size_t n;
};

static const struct act *acts_of(void *ctx, const char *id, size_t *ret_n)
{
	const struct acts *acts = ctx;
	size_t lo = 0, hi = acts->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (strcmp(acts->item[mid].obligation, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	size_t end = lo;
	while (end < acts->n && strcmp(acts->item[end].obligation, id) == 0)
		end++;
	*ret_n = end - lo;
	return end > lo ? &acts->item[lo] : NULL;
}

enum rc engine_expand(struct engine *e, struct instant now, struct arena *a,
	struct obligations *ret, struct diag *d)
{
	struct acts acts;
	enum rc rc = ledger_acts_all(e->store, a, &acts.item, &acts.n, d);
	if (rc)
		return rc;
	struct date from, to;
	engine_window(e, now, &from, &to);
	return obligation_expand(e->config, from, to, acts_of, &acts, a, ret, d);
}

/* ---- what the difference calls for ------------------------------------------------------------- */

/* One replan. */
struct replan {
	struct engine *e;
	struct instant now;
	struct arena *a;       /* the new plan lives on */
	struct arena *scratch; /* the rest ends with the tick */
	struct obligations next;
	struct reminders want;
	const struct outbox_view *have;
	size_t n_have;
	struct differences differences;
	/* Who is told by a notice needs no late step of the same obligation. */
	VEC(struct told) told;
};

struct told {
	const char *obligation_id, *person_id;
};

/* Has anything about this obligation reached this person, or is it on its way? */
static bool was_told(const struct replan *r, const char *obligation_id, const char *person_id)
{
	for (size_t i = 0; i < r->n_have; i++) {
		const struct outbox_view *h = &r->have[i];
		bool left = h->state == REMINDER_SENT || h->state == REMINDER_CLAIMED;
		if (left && strcmp(h->obligation_id, obligation_id) == 0 &&
			strcmp(h->person_id, person_id) == 0)
			return true;
	}
	return false;
}

static bool has_past_step(const struct replan *r, const struct obligation *o,
	const struct person *p)
{
	for (size_t i = 0; i < r->want.n; i++) {
		const struct reminder *w = &r->want.item[i];
		if (w->obligation == o && strcmp(w->person->id, p->id) == 0 &&
			w->asked.s <= r->now.s)
			return true;
	}
	return false;
}

static enum rc notify(struct replan *r, const struct notice *n, struct diag *d)
{
	enum rc rc = engine_notify(r->e, n, r->now, d);
	if (rc == RC_OK)
		VEC_PUSH(r->scratch, &r->told, ((struct told){n->obligation_id, n->person->id}));
	return rc;
}

/* The old leads hear that it is no longer theirs, if they had been told that it was. */
static enum rc release_old(struct replan *r, const struct difference *x, struct diag *d)
{
	const struct obligation *o = x->before;
	struct date today = zone_to_civil(r->e->config->zone, r->now).date;
	enum rc rc = RC_OK;
	for (size_t i = 0; i < o->n_who && rc == RC_OK; i++) {
		const struct person *p = config_person(r->e->config, o->who[i].person->id);
		bool stays = !p || !leave_holds(&o->who[i], today) ||
			difference_has_lead(x->after, p);
		if (o->who[i].role != ROLE_LEAD || stays || !was_told(r, o->id, p->id))
			continue;
		struct notice n = {.obligation = x->after, .obligation_id = o->id,
			.step = "released", .person = p, .role = ROLE_LEAD,
			.channels = BIT(CHANNEL_EMAIL) | BIT(CHANNEL_SMS), .note = ""};
		rc = notify(r, &n, d);
	}
	return rc;
}

/* The new leads get one catch-up, unless the ladder has not begun. */
static enum rc catch_up_new(struct replan *r, const struct difference *x, struct diag *d)
{
	const struct obligation *o = x->after;
	bool silent = o->provisional_roster || o->conditional || o->backfill ||
		o->state != STATE_OPEN;
	enum rc rc = RC_OK;
	for (size_t i = 0; i < o->n_who && rc == RC_OK && !silent; i++) {
		const struct person *p = o->who[i].person;
		/* Whom a handover makes responsible, its own notice tells. */
		bool is_new = o->who[i].role == ROLE_LEAD && !o->who[i].enters &&
			!difference_has_lead(x->before, p);
		if (!is_new || !has_past_step(r, o, p))
			continue;
		struct notice n = {.obligation = o, .obligation_id = o->id, .step = "catch-up",
			.person = p, .role = ROLE_LEAD,
			.channels = BIT(CHANNEL_EMAIL) | BIT(CHANNEL_SMS), .note = ""};
		rc = notify(r, &n, d);
	}
	return rc;
}

/* A hand-in day or due date that moved: whoever was told the old one is told the new one, once. */
static enum rc tell_move(struct replan *r, const struct difference *x, struct diag *d)
{
	const struct obligation *o = x->after;
	struct date today = zone_to_civil(r->e->config->zone, r->now).date;
	char before[DATE_TEXT_SIZE], after[DATE_TEXT_SIZE];
	struct date old = x->hand_in_moved ? x->before->hand_in : x->before->due;
	struct date new = x->hand_in_moved ? o->hand_in : o->due;
	if (date_is_none(old) || date_is_none(new) || o->state != STATE_OPEN)
		return RC_OK;
	const char *note = arena_printf(r->scratch, "%s → %s", date_format(old, before),
		date_format(new, after));
	enum rc rc = RC_OK;
	for (size_t i = 0; i < o->n_who && rc == RC_OK; i++) {
		const struct person *p = o->who[i].person;
		if (!leave_holds(&o->who[i], today) || !was_told(r, o->id, p->id))
			continue;
		bool leads = o->who[i].role == ROLE_LEAD;
		struct notice n = {.obligation = o, .obligation_id = o->id, .step = "moved",
			.person = p, .role = o->who[i].role, .note = note,
			.channels = BIT(CHANNEL_EMAIL) | (leads ? BIT(CHANNEL_SMS) : 0)};
		rc = notify(r, &n, d);
	}
	return rc;
}

static enum rc tell_difference(struct replan *r, const struct difference *x, struct diag *d)
{
	enum rc rc = RC_OK;
	if (x->kind != DIFFERENCE_SUCCEEDED && x->kind != DIFFERENCE_CHANGED)
		return RC_OK;
	if (x->kind == DIFFERENCE_SUCCEEDED || x->leads_changed) {
		rc = release_old(r, x, d);
		if (rc == RC_OK)
			rc = catch_up_new(r, x, d);
	}
	if (rc == RC_OK && (x->hand_in_moved || x->due_moved))
		rc = tell_move(r, x, d);
	return rc;
}

/* Submissions go with the rule and the period to the successor. */
static enum rc move_acts(struct replan *r, bool *ret_moved, struct diag *d)
{
	*ret_moved = false;
	for (size_t i = 0; i < r->differences.n; i++) {
		const struct difference *x = &r->differences.item[i];
		size_t n = 0;
		if (x->kind != DIFFERENCE_SUCCEEDED)
			continue;
		enum rc rc = ledger_move(r->e->store, x->before->id, x->after->id, r->now, &n, d);
		if (rc)
			return rc;
		*ret_moved = *ret_moved || n > 0;
	}
	return RC_OK;
}

/* ---- the outbox -------------------------------------------------------------------------------- */

static bool is_told_by_notice(const struct replan *r, const struct reminder *w)
{
	for (size_t i = 0; i < r->told.n; i++)
		if (strcmp(r->told.item[i].obligation_id, w->obligation_id) == 0 &&
			strcmp(r->told.item[i].person_id, w->person->id) == 0)
			return true;
	return false;
}

static void drop_late_doubles(const struct replan *r, struct changes *changes)
{
	for (size_t i = 0; i < changes->n && r->told.n; i++) {
		struct change *c = &changes->item[i];
		if (c->kind == CHANGE_PLAN && c->late && is_told_by_notice(r, c->want)) {
			c->kind = CHANGE_SUPERSEDE;
			c->late = false;
			c->why = N_("told by a notice");
		}
	}
}

static void tell_change(struct engine *e, const struct change *c, struct instant now)
{
	bool moved = (c->kind == CHANGE_PLAN || c->kind == CHANGE_MOVE) && c->want->moved;
	if (c->kind != CHANGE_SUPERSEDE && !moved)
		return;
	struct engine_event ev = {
		.kind = moved ? EVENT_MOVED : EVENT_SUPERSEDED,
		.at = moved ? c->want->at : now,
		.obligation = c->want->obligation_id,
		.step = c->want->step_id,
		.person = c->want->person->id,
		.person_name = c->want->person->name,
		.channel = c->want->channel,
		.text = c->why ? c->why : "",
		.n = 1,
	};
	engine_tell(e, &ev);
}

static void count_changes(struct engine *e, const struct changes *changes, struct instant now)
{
	e->n_planned = e->n_cancelled = 0;
	for (size_t i = 0; i < changes->n; i++) {
		const struct change *c = &changes->item[i];
		e->n_planned += c->kind == CHANGE_PLAN || c->kind == CHANGE_REVIVE;
		e->n_cancelled += c->kind == CHANGE_CANCEL;
		tell_change(e, c, now);
	}
}

static enum rc apply(struct replan *r, struct diag *d)
{
	struct engine *e = r->e;
	struct changes changes;
	plan_reconcile(e->config, &r->want, r->have, r->n_have, r->now, r->scratch, &changes);
	drop_late_doubles(r, &changes);
	enum rc rc = outbox_apply_changes(e->store, &changes, r->now, d);
	if (rc == RC_OK)
		count_changes(e, &changes, r->now);
	return rc;
}

/* ---- all --------------------------------------------------------------------------------------- */

/* Inside the transaction. */
static enum rc replan(struct replan *r, struct diag *d)
{
	struct engine *e = r->e;
	enum rc rc = engine_expand(e, r->now, r->a, &r->next, d);
	if (rc)
		return rc;
	if (e->has_plan)
		difference_find(&e->obligations, &r->next, r->scratch, &r->differences);
	bool acts_moved;
	rc = move_acts(r, &acts_moved, d);
	if (rc == RC_OK && acts_moved) {
		rc = engine_expand(e, r->now, r->a, &r->next, d);
		if (rc == RC_OK)
			difference_find(&e->obligations, &r->next, r->scratch, &r->differences);
	}
	if (rc == RC_OK)
		rc = plan_reminders(e->config, &r->next, PLAN_AS_IS, r->scratch, &r->want, d);
	if (rc == RC_OK)
		engine_digest_plan(e, r->now, &r->want);
	if (rc == RC_OK)
		rc = outbox_view_all(e->store, r->scratch, &r->have, &r->n_have, d);
	for (size_t i = 0; i < r->differences.n && rc == RC_OK; i++)
		rc = tell_difference(r, &r->differences.item[i], d);
	if (rc == RC_OK)
		rc = apply(r, d);
	return rc ? rc : outbox_pull_back(e->store,
			    (struct instant){r->now.s + BACKOFF_MAX_S},
			    plan_next_allowed(e->config, r->now, false), r->now, d);
}

enum rc engine_plan(struct engine *e, struct instant now, struct diag *d)
{
	struct arena *a = &e->plan[!e->now_plan];
	arena_reset(a);
	struct replan r = {.e = e, .now = now, .a = a, .scratch = &e->tick};
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	rc = replan(&r, d);
	if (rc) {
		store_rollback(e->store);
		return rc;
	}
	rc = store_commit(e->store, d);
	if (rc)
		return rc;
	e->obligations = r.next;
	e->now_plan = !e->now_plan;
	e->has_plan = true;
	e->plan_wanted = false;
	e->planned_at = now;
	engine_queue_drop(e);
	e->plan_day = zone_to_civil(e->config->zone, now).date;
	engine_feeds_stale(e);
	if (e->n_planned || e->n_cancelled)
		engine_tell(e, &(struct engine_event){.kind = EVENT_PLANNED, .at = now,
			.text = "", .n = e->n_planned + e->n_cancelled});
	return RC_OK;
}
