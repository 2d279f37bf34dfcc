/*
 * What is there, what should be, what to change.
 *
 * Both lists are walked in order of their keys.  A step that is past and was never planned, and a
 * planned row that downtime left behind, are candidates of their obligation, person and channel: the
 * most urgent candidate goes out once, late, at the next allowed moment; the others are superseded.
 * So is what was overtaken: a step that a new configuration puts before one that was sent already.
 */
#include "plan.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "zone.h"

/* A planned row is simply due while it is younger than this; beyond, the daemon was away. */
enum { GRACE_S = 15 * 60 };

/* A past step. */
struct candidate {
	const struct reminder *want;
	bool is_planned;
	bool is_due; /* planned, and goes out by itself: just due, or late and waiting */
};

struct reconciling {
	const struct config *c;
	struct instant now;
	struct arena *a;
	VEC(struct change) change;
	VEC(struct candidate) past;
	VEC(const struct outbox_view *) told; /* steps that went out, or are on their way */
	VEC(const struct reminder *)
	future; /* wanted and ahead: a late one may be merged into them */
};

static void add_change(struct reconciling *x, enum change_kind kind, const struct reminder *want,
	const char *key, bool late, const char *why)
{
	struct change ch = {.kind = kind, .want = want, .key = key, .late = late, .why = why};
	VEC_PUSH(x->a, &x->change, ch);
}

static void reconcile_planned(
	struct reconciling *x, const struct reminder *w, const struct outbox_view *h)
{
	if (w->superseded) {
		add_change(x, CHANGE_SUPERSEDE, w, w->key, false, w->why);
	} else if (w->at.s > x->now.s) {
		if (w->at.s != h->at.s)
			add_change(x, CHANGE_MOVE, w, w->key, false, w->why);
	} else {
		bool is_due = h->at.s > x->now.s - GRACE_S;
		VEC_PUSH(x->a, &x->past, ((struct candidate){w, true, is_due}));
	}
}

static void reconcile_both(
	struct reconciling *x, const struct reminder *w, const struct outbox_view *h)
{
	bool retired = h->state == REMINDER_CANCELLED || h->state == REMINDER_SUPERSEDED;
	if (h->state == REMINDER_PLANNED)
		reconcile_planned(x, w, h);
	else if (retired && !w->superseded && w->at.s > x->now.s)
		add_change(x, CHANGE_REVIVE, w, w->key, false, w->why);
}

static void reconcile_new(struct reconciling *x, const struct reminder *w)
{
	if (w->superseded)
		add_change(x, CHANGE_SUPERSEDE, w, w->key, false, w->why);
	else if (w->at.s > x->now.s)
		add_change(x, CHANGE_PLAN, w, w->key, false, w->why);
	else
		VEC_PUSH(x->a, &x->past, ((struct candidate){.want = w}));
}

static void reconcile_gone(struct reconciling *x, const struct outbox_view *h)
{
	if (h->state == REMINDER_PLANNED && h->cause == 0)
		add_change(x, CHANGE_CANCEL, NULL, h->key, false, N_("no longer wanted"));
}

/* ---- addressees ------------------------------------------------------------------------------ */

/* To whom a step says something about what. */
struct addressee {
	const char *obligation_id, *person_id;
	enum channel channel;
};

static struct addressee addressee_of(const struct reminder *r)
{
	return (struct addressee){r->obligation_id, r->person->id, r->channel};
}

static struct addressee addressee_of_row(const struct outbox_view *h)
{
	return (struct addressee){h->obligation_id, h->person_id, h->channel};
}

static int compare_addressees(struct addressee a, struct addressee b)
{
	int order = strcmp(a.obligation_id, b.obligation_id);
	if (order == 0)
		order = strcmp(a.person_id, b.person_id);
	return order ? order : (int)a.channel - (int)b.channel;
}

static int compare_addressee(const struct reminder *a, const struct reminder *b)
{
	return compare_addressees(addressee_of(a), addressee_of(b));
}

/* Is anything past of this addressee?  Only after x->past was sorted. */
static bool has_past(const struct reconciling *x, struct addressee who)
{
	size_t lo = 0, hi = x->past.n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int order = compare_addressees(addressee_of(x->past.item[mid].want), who);
		if (order == 0)
			return true;
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* ---- what was told already ------------------------------------------------------------------- */

static int compare_told(const void *left, const void *right)
{
	const struct outbox_view *a = *(const struct outbox_view *const *)left;
	const struct outbox_view *b = *(const struct outbox_view *const *)right;
	int order = compare_addressees(addressee_of_row(a), addressee_of_row(b));
	if (order == 0)
		order = date_compare(a->due, b->due);
	return order ? order : (a->at.s > b->at.s) - (a->at.s < b->at.s);
}

/* By addressee and due date only: 0 for all that w's addressee was told about that deadline. */
static int compare_with_told(const struct reminder *w, const struct outbox_view *t)
{
	int order = compare_addressees(addressee_of(w), addressee_of_row(t));
	struct date due = w->obligation ? w->obligation->due : DATE_NONE;
	return order ? order : date_compare(due, t->due);
}

static void collect_told(struct reconciling *x, const struct outbox_view *have, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum reminder_state s = have[i].state;
		bool went_out = s == REMINDER_CLAIMED || s == REMINDER_SENT || s == REMINDER_FAILED;
		if (went_out && have[i].cause == 0 && has_past(x, addressee_of_row(&have[i])))
			VEC_PUSH(x->a, &x->told, &have[i]);
	}
	if (x->told.n)
		qsort(x->told.item, x->told.n, sizeof *x->told.item, compare_told);
}

/* Was the addressee told a later step of the same deadline (or, under another name, this one)? */
static bool is_overtaken(const struct reconciling *x, const struct reminder *w)
{
	size_t lo = 0, hi = x->told.n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (compare_with_told(w, x->told.item[mid]) >= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo > 0 && compare_with_told(w, x->told.item[lo - 1]) == 0; lo--) {
		const struct outbox_view *t = x->told.item[lo - 1];
		if (t->at.s > w->at.s || (t->at.s == w->at.s && t->form == w->form))
			return true;
		if (t->at.s < w->at.s)
			return false;
	}
	return false;
}

/* ---- the past -------------------------------------------------------------------------------- */

/* The same step of the other form says the rest of the same thing, in the same message. */
static bool is_other_form(const struct reminder *a, const struct reminder *b)
{
	return a->form != b->form && a->asked.s == b->asked.s &&
	       strcmp(a->step_id, b->step_id) == 0;
}

/* No step of a ladder, but about an obligation. */
static bool is_handover(const struct reminder *r)
{
	return !r->step && r->obligation;
}

/* By addressee, then the most urgent first: the one the ladder wanted last. */
static int compare_candidates(const void *left, const void *right)
{
	const struct reminder *a = ((const struct candidate *)left)->want;
	const struct reminder *b = ((const struct candidate *)right)->want;
	int order = compare_addressee(a, b);
	if (order)
		return order;
	/* A handover names all that is open. */
	if (is_handover(a) != is_handover(b))
		return is_handover(a) ? -1 : 1;
	if (a->asked.s != b->asked.s)
		return a->asked.s > b->asked.s ? -1 : 1;
	return memcmp(a->key, b->key, sizeof a->key);
}

static int compare_future(const void *left, const void *right)
{
	const struct reminder *a = *(const struct reminder *const *)left;
	const struct reminder *b = *(const struct reminder *const *)right;
	int order = compare_addressee(a, b);
	return order ? order : (a->at.s > b->at.s) - (a->at.s < b->at.s);
}

static void collect_future(struct reconciling *x, const struct reminders *want)
{
	for (size_t i = 0; i < want->n; i++) {
		const struct reminder *w = &want->item[i];
		if (w->at.s > x->now.s && !w->superseded && has_past(x, addressee_of(w)))
			VEC_PUSH(x->a, &x->future, w);
	}
	if (x->future.n)
		qsort(x->future.item, x->future.n, sizeof *x->future.item, compare_future);
}

/* Does a later step of the same addressee come on the very day the late one would go out? */
static bool is_followed_that_day(
	const struct reconciling *x, const struct reminder *w, struct instant at)
{
	size_t lo = 0, hi = x->future.n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (compare_addressee(x->future.item[mid], w) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == x->future.n || compare_addressee(x->future.item[lo], w) != 0)
		return false;
	struct date next = zone_to_civil(x->c->zone, x->future.item[lo]->at).date;
	return date_compare(next, zone_to_civil(x->c->zone, at).date) == 0;
}

static void supersede(struct reconciling *x, const struct candidate *k, const char *why)
{
	add_change(x, CHANGE_SUPERSEDE, k->want, k->want->key, false, why);
}

/* Late: at the next allowed moment before the deadline; if there is none, mail now and no SMS.
 * Stale is not late: past its deadline only an overdue step still makes sense.  False if nothing of
 * this candidate goes out, so that the next one may. */
static bool send_late(struct reconciling *x, const struct candidate *k)
{
	const struct reminder *w = k->want;
	struct moment_wish wish = {.at = x->now, .deadline = w->deadline, .not_before = x->now};
	wish.on_rest_days = w->step && w->step->on_rest_days;
	if (!instant_is_none(wish.deadline) && wish.deadline.s <= x->now.s) {
		supersede(x, k, N_("its deadline had passed"));
		return false;
	}
	struct instant at;
	enum moment_fate fate = plan_moment(x->c, &wish, &at);
	if (fate == MOMENT_ON_REST_DAY && w->channel != CHANNEL_EMAIL) {
		supersede(x, k,
			w->channel == CHANNEL_SMS
				? N_("too late for an SMS before the deadline")
				: N_("too late for a group message before the deadline"));
		return false;
	}
	if (is_followed_that_day(x, w, at)) {
		supersede(x, k, N_("merged into the next reminder of that day"));
		return true;
	}
	struct reminder *late = ARENA_NEW(x->a, struct reminder);
	*late = *w;
	late->at = at;
	late->moved = true;
	add_change(x, k->is_planned ? CHANGE_MOVE : CHANGE_PLAN, late, late->key, true,
		N_("late: its time had passed"));
	return true;
}

/* What goes out by itself needs nobody's help, but it may have overtaken something. */
static bool has_late(const struct reconciling *x)
{
	for (size_t i = 0; i < x->past.n; i++)
		if (!x->past.item[i].is_due)
			return true;
	return false;
}

static void settle_past(struct reconciling *x, const struct reminders *want,
	const struct outbox_view *have, size_t n_have)
{
	if (!x->past.n)
		return;
	qsort(x->past.item, x->past.n, sizeof *x->past.item, compare_candidates);
	if (has_late(x)) {
		collect_future(x, want);
		collect_told(x, have, n_have);
	}
	const struct reminder *sent = NULL;
	for (size_t i = 0; i < x->past.n; i++) {
		const struct candidate *k = &x->past.item[i];
		bool taken = sent && compare_addressee(sent, k->want) == 0;
		if (!k->is_due && !is_handover(k->want) && is_overtaken(x, k->want)) {
			supersede(x, k, N_("a later one was sent already"));
			continue;
		}
		if (taken && !is_other_form(sent, k->want)) {
			supersede(x, k, N_("a more urgent one took its place"));
			continue;
		}
		if ((k->is_due || send_late(x, k)) && !taken)
			sent = k->want;
	}
}

/* ---- all ------------------------------------------------------------------------------------- */

/* The key's first eight digits, so that a sort seldom has to look at the reminder. */
struct keyed {
	uint64_t start;
	const struct reminder *want;
};

static int compare_keys(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return memcmp(a->want->key, b->want->key, sizeof a->want->key);
}

static struct keyed *sort_by_key(const struct reminders *want, struct arena *a)
{
	struct keyed *list = ARENA_ARRAY(a, want->n, struct keyed);
	for (size_t i = 0; i < want->n; i++) {
		uint64_t start;
		memcpy(&start, want->item[i].key, sizeof start);
		list[i] = (struct keyed){be64toh(start), &want->item[i]};
	}
	if (want->n)
		qsort(list, want->n, sizeof *list, compare_keys);
	return list;
}

void plan_reconcile(const struct config *c, const struct reminders *want,
	const struct outbox_view *have, size_t n_have, struct instant now, struct arena *a,
	struct changes *ret)
{
	struct reconciling x = {.c = c, .now = now, .a = a};
	const struct keyed *list = sort_by_key(want, a);
	size_t w = 0, h = 0;
	while (w < want->n || h < n_have) {
		int order = 0;
		if (w == want->n || h == n_have)
			order = w == want->n ? 1 : -1;
		else
			order = memcmp(list[w].want->key, have[h].key, REMINDER_KEY_SIZE);
		if (order < 0)
			reconcile_new(&x, list[w++].want);
		else if (order > 0)
			reconcile_gone(&x, &have[h++]);
		else
			reconcile_both(&x, list[w++].want, &have[h++]);
	}
	settle_past(&x, want, have, n_have);
	*ret = (struct changes){x.change.item, x.change.n};
}
