#include <stdlib.h>
#include <string.h>

#include "engine_digest.h"
#include "engine_state.h"

/* A row and its place in the order of deadlines. */
struct place {
	const struct outbox_reminder *row;
	size_t rank;
};

/* A digest is a message of its own, whoever else writes to that person. */
static int compare_addressee(const struct outbox_reminder *a, const struct outbox_reminder *b)
{
	int order = strcmp(a->person_id, b->person_id);
	if (order == 0)
		order = (int)a->channel - (int)b->channel;
	if (order == 0)
		order = (int)engine_digest_is(a) - (int)engine_digest_is(b);
	return order == 0 && engine_digest_is(a) ? strcmp(a->key, b->key) : order;
}

static int by_addressee(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	int order = compare_addressee(a->row, b->row);
	return order ? order : (a->rank > b->rank) - (a->rank < b->rank);
}

/* Ranks are unique: the first row of a group is its most urgent. */
struct ranked {
	struct due_group group;
	size_t rank;
};

static int by_rank(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;
	return (a->rank > b->rank) - (a->rank < b->rank);
}

/* Suspects are groups of one, behind all others. */
static void make_groups(struct engine *e, const struct outbox_reminder *row, size_t n)
{
	struct send_queue *q = &e->queue;
	struct arena *a = &q->arena;
	struct place *place = ARENA_ARRAY(a, n, struct place);
	const struct outbox_reminder **sorted = ARENA_ARRAY(a, n, const struct outbox_reminder *);
	struct ranked *ranked = ARENA_ARRAY(a, n, struct ranked);
	for (size_t i = 0; i < n; i++)
		place[i] = (struct place){&row[i], i};
	qsort(place, n, sizeof *place, by_addressee);
	for (size_t i = 0; i < n; i++) {
		struct ranked *last = q->n ? &ranked[q->n - 1] : NULL;
		sorted[i] = place[i].row;
		bool alone = engine_marks_suspects(e, sorted[i]->key);
		bool same = last && last->group.n < QUEUE_PARTS_MAX && !alone && last->rank < n &&
			    compare_addressee(last->group.row[0], sorted[i]) == 0;
		if (same)
			last->group.n++;
		else
			ranked[q->n++] = (struct ranked){{&sorted[i], 1, false}, place[i].rank + (alone ? n : 0)};
	}
	qsort(ranked, q->n, sizeof *ranked, by_rank);
	q->group = ARENA_ARRAY(a, q->n, struct due_group);
	for (size_t i = 0; i < q->n; i++)
		q->group[i] = ranked[i].group;
}

enum rc engine_queue_fill(struct engine *e, struct instant now, struct diag *d)
{
	struct send_queue *q = &e->queue;
	const struct outbox_reminder *row;
	size_t n;
	if (q->first < q->n && !q->stale && now.s >= q->read_at.s &&
		now.s - q->read_at.s < QUEUE_FRESH_S)
		return RC_OK;
	engine_queue_drop(e);
	arena_reset(&q->arena);
	enum rc rc = outbox_due(e->store, now, &q->arena, &row, &n, d);
	if (rc)
		return rc;
	q->read_at = now;
	q->stale = false;
	if (n)
		make_groups(e, row, n);
	return RC_OK;
}

void engine_queue_drop(struct engine *e)
{
	e->queue.n = e->queue.first = 0;
	e->queue.stale = true;
}

void engine_queue_take(struct engine *e, struct due_group *g)
{
	struct send_queue *q = &e->queue;
	g->taken = true;
	while (q->first < q->n && q->group[q->first].taken)
		q->first++;
}
