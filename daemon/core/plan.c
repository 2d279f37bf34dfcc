#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "leave.h"
#include "workday.h"
#include "zone.h"

/* One round of plan_reminders. */
struct planning {
	const struct config *c;
	enum plan_view view;
	struct arena *a;
	VEC(struct reminder) found;
};

/* One step of one obligation in one form. */
struct rung {
	const struct obligation *o;
	const struct step *step; /* NULL: */
	const char *notice;      /* of a handover */
	enum form form;
	struct instant asked;
	struct instant deadline;
	struct instant at;
	struct date day; /* of at: who is there then */
	enum moment_fate fate;
	bool clerk_only; /* reported, but not yet confirmed */
};

static bool has_overdue_steps_only(const struct step *s)
{
	return s->anchor == ANCHOR_DUE && s->workdays > 0;
}

static struct date step_date(
	const struct config *c, const struct obligation *o, const struct step *s, enum form form)
{
	if (s->anchor == ANCHOR_DUE)
		return workday_add(&c->workdays, obligation_form_date(o, form), s->workdays);
	if (s->anchor == ANCHOR_END)
		return date_add(o->last_day, s->days);
	int year = date_year(o->period_first), month = date_month(o->period_first);
	date_add_months(&year, &month, s->month);
	return s->workday ? workday_of_month(&c->workdays, year, month, s->workday)
			  : date_clamped(year, month, s->day);
}

/* The moment before which a text about the activity's end would be nonsense. */
static struct instant end_of_activity(const struct config *c, const struct rung *r)
{
	if (date_is_none(r->o->last_day))
		return INSTANT_NONE;
	if (r->step->ask)
		return r->asked;
	return zone_to_instant(c->zone, r->o->last_day, DAY_S);
}

/* A step of no form has the earliest deadline of those owed. */
static struct instant deadline_of(const struct obligation *o, enum form f)
{
	if (f != FORM_NONE)
		return obligation_form_at(o, f);
	bool paper_first = o->hand_in_at.s < o->due_at.s || !(o->forms & BIT(FORM_ELECTRONIC));
	return paper_first ? o->hand_in_at : o->due_at;
}

static bool set_moment(const struct config *c, struct rung *r)
{
	const struct obligation *o = r->o;
	if (r->step->anchor == ANCHOR_END && date_is_none(o->last_day))
		return false;
	struct date d = step_date(c, o, r->step, r->form);
	r->asked = zone_to_instant(c->zone, d, r->step->minute * 60);
	r->deadline = has_overdue_steps_only(r->step) ? INSTANT_NONE : deadline_of(o, r->form);
	struct moment_wish w = {
		.at = r->asked,
		.deadline = r->deadline,
		.not_before = end_of_activity(c, r),
		.on_rest_days = r->step->on_rest_days,
	};
	r->fate = plan_moment(c, &w, &r->at);
	r->day = zone_to_civil(c->zone, r->at).date;
	/* A question is of use even then; a reminder of what is past is not. */
	return r->step->ask || instant_is_none(r->deadline) || r->at.s < r->deadline.s;
}

/* ---- who is told ----------------------------------------------------------------------------- */

static bool is_lead_of(const struct obligation *o, const struct person *p)
{
	for (size_t i = 0; i < o->n_who; i++)
		if (o->who[i].role == ROLE_LEAD && o->who[i].person == p)
			return true;
	return false;
}

/* Is this person told by this step in this role?  Nobody is escalated to about themselves, and a
 * duty that only repeats last year's is told to the office alone. */
static bool role_is_told(const struct rung *r, const struct stakeholder *w)
{
	const struct obligation *o = r->o;
	if (r->clerk_only || o->provisional_roster)
		return w->role == ROLE_CLERK;
	return w->role != ROLE_LEADER || !is_lead_of(o, w->person);
}

/* Somebody in a role, or who stands in for them. */
struct listener {
	enum role role;
	const struct person *person, *instead;
	const struct span *leave;
	bool away; /* the person; instead stands in */
};

static const char *template_of(const struct rung *r)
{
	if (!r->step)
		return r->notice;
	return r->clerk_only ? "confirm" : r->step->template;
}

static void say_why(const struct rung *r, const struct listener *l, struct reminder *m)
{
	bool by_mail = m->channel == CHANNEL_EMAIL;
	if (r->fate == MOMENT_LATER)
		m->why = N_("moved to the next allowed moment");
	else if (r->fate == MOMENT_EARLIER)
		m->why = N_("moved before the rest days");
	else if (r->fate == MOMENT_ON_REST_DAY)
		m->why = N_("mail on a rest day: no workday before the deadline");
	if (r->fate == MOMENT_ON_REST_DAY && !by_mail)
		m->why = m->channel == CHANNEL_SMS ? N_("no SMS on a rest day")
						   : N_("no group message on a rest day");
	else if (l->away && !by_mail)
		m->why = N_("on leave: somebody stands in");
	m->superseded = !by_mail && (l->away || r->fate == MOMENT_ON_REST_DAY);
}

/* A notice of a handover is one, wherever the due date moves to. */
static void add_reminder(
	struct planning *x, const struct rung *r, const struct listener *l, enum channel ch)
{
	const struct obligation *o = r->o;
	struct reminder m = {
		.obligation = o,
		.obligation_id = o->id,
		.step = r->step,
		.step_id = r->step ? r->step->id : r->notice,
		.template = template_of(r),
		.form = r->form,
		.channel = ch,
		.role = l->role,
		.person = l->person,
		.at = r->at,
		.asked = r->asked,
		.deadline = r->deadline,
		.moved = r->at.s != r->asked.s,
		.instead = l->instead,
		.leave = l->leave,
		.stands_in = l->instead && !l->away,
	};
	say_why(r, l, &m);
	plan_key(o->id, r->step ? o->due : DATE_NONE, r->form, m.step_id, ch, l->person->id, 0,
		m.key);
	VEC_PUSH(x->a, &x->found, m);
}

/* One person in two roles is told once; since is where this step's reminders begin. */
static void add_once(struct planning *x, const struct rung *r, const struct listener *l,
	unsigned channels, size_t since)
{
	for (int ch = 0; ch < CHANNEL_COUNT; ch++) {
		bool told =
			!(channels & BIT(ch)) || !person_contact(l->person, (enum channel)ch)[0];
		for (size_t i = since; i < x->found.n && !told; i++)
			told = x->found.item[i].person == l->person &&
			       x->found.item[i].channel == (enum channel)ch;
		if (!told)
			add_reminder(x, r, l, (enum channel)ch);
	}
}

/* ... and who stands in that day. */
static void tell(struct planning *x, const struct rung *r, const struct stakeholder *w,
	unsigned channels, size_t since)
{
	const struct person *in = leave_stand_in(r->o, w, r->day);
	struct listener l = {.role = w->role, .person = w->person, .instead = in, .away = in};
	l.leave = in ? leave_on(w->person, r->day) : NULL;
	add_once(x, r, &l, channels, since);
	if (!in)
		return;
	l.person = in;
	l.instead = w->person;
	l.away = false;
	add_once(x, r, &l, channels, since);
}

static bool room_holds(const struct chat_room *room, const struct obligation *o)
{
	for (size_t i = 0; i < room->n_units; i++)
		if (room->unit[i] == o->unit || (o->joint_unit && room->unit[i] == o->joint_unit))
			return true;
	return room->n_units == 0;
}

/* A group reads nothing that only the office should: no duty that is not firm, no confirmation. */
static void tell_groups(struct planning *x, const struct rung *r)
{
	if (!r->step->channels[ROLE_GROUP] || r->clerk_only || r->o->provisional_roster)
		return;
	for (size_t i = 0; i < x->c->n_chat_rooms; i++) {
		const struct chat_room *room = x->c->chat_room[i];
		const struct listener l = {.role = ROLE_GROUP, .person = room->as_person};
		if (room_holds(room, r->o))
			add_reminder(x, r, &l, CHANNEL_CHAT);
	}
}

static void tell_everybody(struct planning *x, const struct rung *r)
{
	size_t since = x->found.n;
	for (size_t i = 0; i < r->o->n_who; i++) {
		const struct stakeholder *w = &r->o->who[i];
		unsigned channels = r->step->channels[w->role];
		if (!channels || !role_is_told(r, w) || !leave_holds(w, r->day))
			continue;
		/* An SMS that cannot go out becomes a mail on the rest day. */
		if (r->fate == MOMENT_ON_REST_DAY)
			channels |= BIT(CHANNEL_EMAIL);
		tell(x, r, w, channels, since);
	}
	tell_groups(x, r);
}

/* ---- which steps ----------------------------------------------------------------------------- */

static bool has_reported(const struct obligation *o, enum form f)
{
	for (size_t i = 0; i < o->n_items; i++)
		if (o->item[i].state == ITEM_REPORTED && (f == FORM_NONE || o->item[i].form == f))
			return true;
	return false;
}

/* From its date on, what is reported but not confirmed is the clerk's. */
static bool is_for_the_clerk(const struct rung *r)
{
	return r->step->anchor == ANCHOR_DUE && r->step->workdays >= 0 &&
	       has_reported(r->o, r->form);
}

/* Is a step still of use in the present state?  Sets clerk_only. */
static bool step_applies(const struct planning *x, struct rung *r)
{
	const struct obligation *o = r->o;
	if (o->conditional && !r->step->ask)
		return false;
	if (r->step->ask && o->standing.ended && x->view == PLAN_AS_IS)
		return false;
	if (x->view == PLAN_AS_MISSING || obligation_is_missing(o, r->form))
		return true;
	r->clerk_only = is_for_the_clerk(r);
	return r->clerk_only;
}

static void plan_step(
	struct planning *x, const struct obligation *o, const struct step *s, enum form form)
{
	struct rung r = {.o = o, .step = s, .form = form};
	if (step_applies(x, &r) && set_moment(x->c, &r))
		tell_everybody(x, &r);
}

static bool is_silent(const struct obligation *o)
{
	return !o->rule->ladder || o->backfill || date_is_none(o->due) ||
	       o->state == STATE_WAIVED || o->state == STATE_CANCELLED;
}

/* ---- handovers --------------------------------------------------------------------------------- */

static bool was_told(
	const struct planning *x, size_t since, const struct person *p, const struct succession *h)
{
	int64_t day = zone_to_instant(x->c->zone, h->from, 0).s;
	for (size_t i = since; i < x->found.n; i++) {
		const struct reminder *m = &x->found.item[i];
		if (m->role == ROLE_LEAD && m->at.s < day && (!p || m->person == p))
			return true;
	}
	return false;
}

static void add_notice(struct planning *x, const struct obligation *o, const struct stakeholder *w,
	const char *notice, struct date day)
{
	struct rung r = {.o = o,
		.notice = notice,
		.asked = zone_to_instant(x->c->zone, day, office_opens(o->rule->office, day) * 60),
		.deadline = INSTANT_NONE};
	struct moment_wish wish = {
		.at = r.asked, .deadline = INSTANT_NONE, .not_before = INSTANT_NONE};
	r.fate = plan_moment(x->c, &wish, &r.at);
	r.day = zone_to_civil(x->c->zone, r.at).date;
	tell(x, &r, w, BIT(CHANNEL_EMAIL) | BIT(CHANNEL_SMS), x->found.n);
}

/* What is open on that day, the next lead is told, and the last one that it is no longer theirs; before
 * the ladder has begun there is nothing to hand over. */
static void plan_handover(struct planning *x, const struct obligation *o, size_t since)
{
	bool open = x->view == PLAN_AS_MISSING || obligation_is_missing(o, FORM_NONE);
	if (!open || o->conditional || o->provisional_roster)
		return;
	for (size_t i = 0; i < o->n_who; i++) {
		const struct stakeholder *w = &o->who[i];
		const struct succession *h = w->enters ? w->enters : w->leaves;
		if (w->role != ROLE_LEAD || !h)
			continue;
		if (was_told(x, since, w->enters ? NULL : w->person, h))
			add_notice(x, o, w, w->enters ? "handover" : "handed-over", h->from);
	}
}

static void plan_one(struct planning *x, const struct obligation *o)
{
	size_t since = x->found.n;
	if (is_silent(o))
		return;
	const struct ladder *l = o->rule->ladder;
	for (size_t i = 0; i < l->n_steps; i++) {
		if (l->step[i].anchor != ANCHOR_DUE) {
			plan_step(x, o, &l->step[i], FORM_NONE);
			continue;
		}
		for (int f = FORM_PAPER; f < FORM_COUNT; f++)
			if (o->forms & BIT(f))
				plan_step(x, o, &l->step[i], (enum form)f);
	}
	plan_handover(x, o, since);
}

/* ---- in order --------------------------------------------------------------------------------- */

/* What the order depends on, without the rest: a million reminders are not moved about in a sort. */
struct place {
	int64_t at;
	uint32_t key_start; /* its first four digits, big-endian: nearly always enough */
	uint32_t index;
};

static int compare_places(const void *left, const void *right, void *ctx)
{
	const struct place *a = left, *b = right;
	const struct reminder *item = ctx;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->key_start != b->key_start)
		return a->key_start < b->key_start ? -1 : 1;
	return memcmp(item[a->index].key, item[b->index].key, REMINDER_KEY_SIZE);
}

static struct place *places_of(const struct reminder *item, size_t n)
{
	struct place *place = mem_new(n, sizeof *place);
	for (size_t i = 0; i < n; i++) {
		const unsigned char *k = (const unsigned char *)item[i].key;
		uint32_t start =
			(uint32_t)k[0] << 24 | (uint32_t)k[1] << 16 | (uint32_t)k[2] << 8 | k[3];
		place[i] = (struct place){item[i].at.s, start, (uint32_t)i};
	}
	return place;
}

/* Put item[place[i].index] at i for all i, one cycle of the permutation after the other. */
static void permute(struct reminder *item, struct place *place, size_t n)
{
	for (size_t start = 0; start < n; start++) {
		struct reminder first = item[start];
		size_t to = start;
		while (place[to].index != start) {
			size_t from = place[to].index;
			item[to] = item[from];
			place[to].index = (uint32_t)to;
			to = from;
		}
		item[to] = first;
		place[to].index = (uint32_t)to;
	}
}

static void sort_reminders(struct reminder *item, size_t n)
{
	struct place *place = places_of(item, n);
	qsort_r(place, n, sizeof *place, compare_places, item);
	permute(item, place, n);
	free(place);
}

enum rc plan_reminders(const struct config *c, const struct obligations *os, enum plan_view view,
	struct arena *a, struct reminders *ret, struct diag *d)
{
	struct planning x = {.c = c, .view = view, .a = a};
	for (size_t i = 0; i < os->n; i++)
		plan_one(&x, &os->item[i]);
	if (x.found.n > UINT32_MAX)
		return diag_set(d, RC_LIMIT, N_("too many reminders"));
	if (x.found.n)
		sort_reminders(x.found.item, x.found.n);
	*ret = (struct reminders){x.found.item, x.found.n};
	return RC_OK;
}
