#include "count_gather.h"

#include <stdlib.h>
#include <string.h>

struct gathering {
	const struct obligation *o;
	acts_of_fn *acts;
	void *ctx;
	struct arena *a;
	VEC(struct act) found;
};

static bool counts_toward(const struct rule *r, const struct rule *to)
{
	for (size_t i = 0; i < r->n_toward; i++)
		if (strcmp(r->toward[i], to->id) == 0)
			return true;
	return false;
}

static bool is_wanted(const struct gathering *g, const struct act *act)
{
	return (act->kind == ACT_ENTRY || act->kind == ACT_RETURN) &&
	       date_compare(act->date, g->o->period_first) >= 0 &&
	       date_compare(act->date, g->o->period_last) <= 0;
}

static void add(struct gathering *g, const char *id, bool own)
{
	size_t n = 0;
	const struct act *act = g->acts(g->ctx, id, &n);
	for (size_t i = 0; i < n; i++)
		if (own || is_wanted(g, &act[i]))
			VEC_PUSH(g->a, &g->found, act[i]);
}

/* Every period of that rule that may share a day with ours. */
static void add_rule(struct gathering *g, const struct rule *r)
{
	const char *unit = g->o->unit_id;
	int last = date_year(g->o->period_last);
	for (int year = date_year(g->o->period_first); year <= last; year++)
		for (int half = 1; half <= (r->per_half_year ? 2 : 1); half++)
			add(g,
				r->per_half_year
					? arena_printf(
						  g->a, "%s/%04d-H%d/%s", r->id, year, half, unit)
					: arena_printf(g->a, "%s/%04d/%s", r->id, year, unit),
				false);
}

static int compare_ids(const void *left, const void *right)
{
	const struct act *a = left, *b = right;
	return (a->id > b->id) - (a->id < b->id);
}

const struct act *count_gather(const struct config *c, const struct obligation *o, acts_of_fn *acts,
	void *ctx, struct arena *a, size_t *ret_n)
{
	struct gathering g = {.o = o, .acts = acts, .ctx = ctx, .a = a};
	bool alone = true;
	*ret_n = 0;
	if (!acts)
		return NULL;
	for (size_t i = 0; i < c->n_rules && alone; i++)
		alone = !counts_toward(c->rule[i], o->rule);
	if (alone)
		return acts(ctx, o->id, ret_n);
	add(&g, o->id, true);
	for (size_t i = 0; i < c->n_rules; i++)
		if (counts_toward(c->rule[i], o->rule))
			add_rule(&g, c->rule[i]);
	if (g.found.n)
		qsort(g.found.item, g.found.n, sizeof *g.found.item, compare_ids);
	*ret_n = g.found.n;
	return g.found.item;
}
