#include "feed_index.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

struct feed_index {
	struct arena arena;
	VEC(struct feed_index_row) rows;
};

static int compare_owner(const struct feed_index_row *a, const struct feed_index_row *b)
{
	return a->kind == b->kind ? strcmp(a->id, b->id) : (int)a->kind - (int)b->kind;
}

static int compare_rows(const void *left, const void *right)
{
	const struct feed_index_row *a = left, *b = right;
	int order = compare_owner(a, b);
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

static void add(struct feed_index *x, enum feed_kind kind, const char *id, size_t at)
{
	struct feed_index_row row = {kind, id, at};
	VEC_PUSH(&x->arena, &x->rows, row);
}

static void add_obligation(struct feed_index *x, const struct obligation *o, size_t at)
{
	const struct office *office = o->rule->office;
	add(x, FEED_OFFICE, office->id, at);
	if (office->clerk)
		add(x, FEED_PERSON, office->clerk->id, at);
	if (o->unit)
		add(x, FEED_UNIT, o->unit->id, at);
	if (o->joint_unit)
		add(x, FEED_UNIT, o->joint_unit->id, at);
	if (o->handover)
		add(x, FEED_UNIT, o->handover->unit->id, at);
	if (o->joint_handover)
		add(x, FEED_UNIT, o->joint_handover->unit->id, at);
	for (size_t i = 0; i < o->n_who; i++)
		if (o->who[i].person)
			add(x, FEED_PERSON, o->who[i].person->id, at);
}

/* Somebody may be concerned in two ways. */
static void drop_doubles(struct feed_index *x)
{
	size_t n = 0;
	for (size_t i = 0; i < x->rows.n; i++)
		if (n == 0 || compare_rows(&x->rows.item[n - 1], &x->rows.item[i]) != 0)
			x->rows.item[n++] = x->rows.item[i];
	x->rows.n = n;
}

struct feed_index *feed_index_new(const struct obligations *os)
{
	struct feed_index *x = mem_new(1, sizeof *x);
	for (size_t i = 0; i < os->n; i++)
		add_obligation(x, &os->item[i], i);
	if (x->rows.n)
		qsort(x->rows.item, x->rows.n, sizeof *x->rows.item, compare_rows);
	drop_doubles(x);
	return x;
}

void feed_index_free(struct feed_index *x)
{
	if (!x)
		return;
	arena_done(&x->arena);
	free(x);
}

/* The first row that is not before the owner, or behind it. */
static size_t find_edge(
	const struct feed_index *x, const struct feed_index_row *owner, bool behind)
{
	size_t low = 0, high = x->rows.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_owner(&x->rows.item[middle], owner);
		if (order < 0 || (behind && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct feed_index_row *feed_index_find(
	const struct feed_index *x, enum feed_kind kind, const char *id, size_t *ret_n)
{
	struct feed_index_row owner = {kind, id, 0};
	size_t first = find_edge(x, &owner, false);
	*ret_n = find_edge(x, &owner, true) - first;
	return x->rows.item + first;
}
