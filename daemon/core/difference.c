#include "difference.h"

#include <stdlib.h>
#include <string.h>

/* Persons are compared by id: the two sets may come from two snapshots. */
bool difference_has_lead(const struct obligation *o, const struct person *p)
{
	for (size_t i = 0; i < o->n_who; i++)
		if (o->who[i].role == ROLE_LEAD && strcmp(o->who[i].person->id, p->id) == 0)
			return true;
	return false;
}

static bool leads_within(const struct obligation *a, const struct obligation *b)
{
	for (size_t i = 0; i < a->n_who; i++)
		if (a->who[i].role == ROLE_LEAD && !difference_has_lead(b, a->who[i].person))
			return false;
	return true;
}

static bool is_open(const struct obligation *o)
{
	return o->state == STATE_OPEN || o->state == STATE_REPORTED || o->state == STATE_WAITING;
}

static void compare(const struct obligation *b, const struct obligation *a,
	struct difference *ret)
{
	*ret = (struct difference){.kind = DIFFERENCE_CHANGED, .before = b, .after = a};
	ret->due_moved = date_compare(b->due, a->due) != 0;
	ret->hand_in_moved = date_compare(b->hand_in, a->hand_in) != 0;
	ret->leads_changed = !leads_within(b, a) || !leads_within(a, b);
}

/* The next one of the same rule and period that only the new set has and nobody has taken. */
static const struct obligation *take_successor(const struct obligation *gone,
	const struct obligation **fresh, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct obligation *o = fresh[i];
		if (o && strcmp(o->rule->id, gone->rule->id) == 0 &&
			strcmp(o->period, gone->period) == 0) {
			fresh[i] = NULL;
			return o;
		}
	}
	return NULL;
}

static const struct obligation **collect_fresh(const struct obligations *before,
	const struct obligations *after, struct arena *a, size_t *ret_n)
{
	const struct obligation **fresh = ARENA_ARRAY(a, after->n, const struct obligation *);
	*ret_n = 0;
	for (size_t i = 0; i < after->n; i++)
		if (!obligation_find(before, after->item[i].id))
			fresh[(*ret_n)++] = &after->item[i];
	return fresh;
}

static int compare_differences(const void *left, const void *right)
{
	const struct difference *a = left, *b = right;
	const struct obligation *x = a->before ? a->before : a->after;
	const struct obligation *y = b->before ? b->before : b->after;
	return strcmp(x->id, y->id);
}

void difference_find(const struct obligations *before, const struct obligations *after,
	struct arena *a, struct differences *ret)
{
	VEC(struct difference) found = {0};
	size_t n_fresh;
	const struct obligation **fresh = collect_fresh(before, after, a, &n_fresh);
	for (size_t i = 0; i < before->n; i++) {
		const struct obligation *b = &before->item[i];
		const struct obligation *same = obligation_find(after, b->id);
		struct difference d;
		if (same) {
			compare(b, same, &d);
			if (!d.due_moved && !d.hand_in_moved && !d.leads_changed)
				continue;
		} else {
			const struct obligation *next = take_successor(b, fresh, n_fresh);
			d = (struct difference){.before = b, .after = next};
			d.kind = next ? DIFFERENCE_SUCCEEDED : DIFFERENCE_VANISHED;
		}
		VEC_PUSH(a, &found, d);
	}
	for (size_t i = 0; i < n_fresh; i++)
		if (fresh[i])
			VEC_PUSH(a, &found,
				((struct difference){.kind = DIFFERENCE_APPEARED, .after = fresh[i]}));
	if (found.n)
		qsort(found.item, found.n, sizeof *found.item, compare_differences);
	*ret = (struct differences){found.item, found.n};
}

bool difference_is_alarming(const struct obligations *before, const struct differences *ds,
	size_t *ret_vanished, size_t *ret_open)
{
	size_t open = 0, vanished = 0;
	for (size_t i = 0; i < before->n; i++)
		open += is_open(&before->item[i]);
	for (size_t i = 0; i < ds->n; i++)
		vanished += ds->item[i].kind == DIFFERENCE_VANISHED && is_open(ds->item[i].before);
	*ret_open = open;
	*ret_vanished = vanished;
	return vanished >= DIFFERENCE_VANISH_MIN &&
		vanished * 100 > open * DIFFERENCE_VANISH_PERCENT;
}
