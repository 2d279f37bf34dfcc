#include "count.h"

#include <string.h>

#include "obligation.h"

static size_t count_kinds(const struct rule *r)
{
	return r->n_kinds ? r->n_kinds : 1;
}

int count_quota(const struct rule *r)
{
	return r->target * (int)count_kinds(r);
}

/* -1: a kind that the rule does not name (any more). */
static int kind_index(const struct rule *r, const char *kind)
{
	if (!r->n_kinds)
		return 0;
	for (size_t i = 0; i < r->n_kinds; i++)
		if (strcmp(r->kinds[i], kind) == 0)
			return (int)i;
	return -1;
}

/* ---- the fold -------------------------------------------------------------------------------- */

/* The last entry of that day and kind that still counts. */
static void strike(struct count_entry *entry, size_t n, const struct act *by)
{
	for (size_t i = n; i-- > 0;) {
		const struct act *a = entry[i].act;
		if (entry[i].struck || date_compare(a->date, by->date) != 0 ||
			strcmp(a->obligation, by->obligation) != 0 ||
			(by->deliverable[0] && strcmp(a->deliverable, by->deliverable) != 0))
			continue;
		entry[i].struck = by->reason;
		return;
	}
}

static void add_up(const struct rule *r, struct count *c, int *of_kind)
{
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct act *a = c->entry[i].act;
		int k = c->entry[i].struck ? -1 : kind_index(r, a->deliverable);
		if (k < 0 || ++of_kind[k] > r->target)
			continue;
		if (++c->done == c->quota)
			c->reached = a->at;
	}
}

void count_make(const struct rule *r, const char *id, const struct act *act, size_t n,
	struct arena *a, struct count *ret)
{
	struct count_entry *entry = ARENA_ARRAY(a, n, struct count_entry);
	int *of_kind = ARENA_ARRAY(a, count_kinds(r), int);
	struct count c = {.quota = count_quota(r), .reached = INSTANT_NONE, .entry = entry};
	for (size_t i = 0; i < n; i++) {
		if (act[i].undone)
			continue;
		if (act[i].kind == ACT_ENTRY)
			entry[c.n_entries++] = (struct count_entry){
				.act = &act[i], .own = strcmp(act[i].obligation, id) == 0};
		else if (act[i].kind == ACT_RETURN)
			strike(entry, c.n_entries, &act[i]);
	}
	add_up(r, &c, of_kind);
	c.of_kind = of_kind;
	*ret = c;
}

/* ---- the pace -------------------------------------------------------------------------------- */

int count_expected(const struct rule *r, struct date first, struct date last, struct date day)
{
	if (date_compare(day, first) < 0)
		return 0;
	if (date_compare(day, last) >= 0)
		return count_quota(r);
	int64_t gone = day.days - first.days + 1, whole = last.days - first.days + 1;
	return (int)(count_quota(r) * gone / whole);
}

bool count_is_behind(const struct obligation *o, struct date today)
{
	return o->count && o->state == STATE_OPEN &&
	       o->count->done < count_expected(o->rule, o->period_first, o->period_last, today);
}

/* ---- what may be done ------------------------------------------------------------------------ */

static enum rc check_kind(const struct obligation *o, const char *kind, struct diag *d)
{
	const struct rule *r = o->rule;
	if (kind[0] && !r->n_kinds)
		return diag_set(d, RC_INVALID, N_("the rule %s has no kinds"), r->id);
	if (!kind[0] && r->n_kinds)
		return diag_set(
			d, RC_INVALID, N_("the rule %s wants a kind with each activity"), r->id);
	if (kind_index(r, kind) < 0)
		return diag_set(d, RC_INVALID, N_("the rule %s has no kind \"%s\""), r->id, kind);
	return RC_OK;
}

static enum rc check_entry(const struct obligation *o, const char *kind, struct date day,
	struct date today, struct diag *d)
{
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	if (date_is_none(day))
		return diag_set(d, RC_INVALID, N_("a date is needed"));
	if (date_compare(day, o->period_first) < 0 || date_compare(day, o->period_last) > 0)
		return diag_set(d, RC_RANGE, N_("%s counts activities from %s to %s"), o->id,
			date_format(o->period_first, first), date_format(o->period_last, last));
	if (date_compare(day, today) > 0)
		return diag_set(
			d, RC_RANGE, N_("an activity counts when it has been held, not before"));
	return check_kind(o, kind, d);
}

static enum rc check_strike(
	const struct obligation *o, const char *kind, struct date day, struct diag *d)
{
	for (size_t i = 0; i < o->count->n_entries; i++) {
		const struct count_entry *e = &o->count->entry[i];
		if (e->own && !e->struck && date_compare(e->act->date, day) == 0 &&
			(!kind[0] || strcmp(e->act->deliverable, kind) == 0))
			return RC_OK;
	}
	return diag_set(d, RC_STATE, N_("%s has no activity of that day and kind"), o->id);
}

enum rc count_check(const struct obligation *o, enum act_kind kind, const char *of_kind,
	struct date day, const char *reason, struct date today, struct diag *d)
{
	if (!o->count)
		return diag_set(d, RC_STATE, N_("%s does not count activities"), o->id);
	if (o->state == STATE_WAIVED)
		return kind == ACT_WAIVE ? RC_OK : diag_set(d, RC_STATE, N_("%s is waived"), o->id);
	switch (kind) {
	case ACT_ENTRY:
		if (o->count->n_entries >= COUNT_ENTRIES_MAX)
			return diag_set(d, RC_LIMIT, N_("more than %d activities for %s"),
				COUNT_ENTRIES_MAX, o->id);
		return check_entry(o, of_kind, day, today, d);
	case ACT_RETURN:
	case ACT_WAIVE:
		if (!reason[0])
			return diag_set(d, RC_INVALID, N_("a reason is needed"));
		return kind == ACT_WAIVE ? RC_OK : check_strike(o, of_kind, day, d);
	case ACT_RECEIVE:
		return RC_OK;
	case ACT_NIL:
		if (o->rule->nil_allowed)
			return RC_OK;
		return diag_set(d, RC_STATE, N_("the rule %s takes no nil report"), o->rule->id);
	default:
		return diag_set(
			d, RC_STATE, N_("%s counts activities: report each with its date"), o->id);
	}
}
