#include "config.h"

#include <stdlib.h>
#include <string.h>

void config_free(struct config *c)
{
	if (!c)
		return;
	zone_free(c->zone);
	struct arena arena = c->arena;
	free(c);
	arena_done(&arena);
}

/* ---- look-up ----------------------------------------------------------------------------------- */

static int compare_person_ids(const void *a, const void *b)
{
	const struct person *const *x = a, *const *y = b;
	return strcmp((*x)->id, (*y)->id);
}

static int compare_unit_ids(const void *a, const void *b)
{
	const struct unit *const *x = a, *const *y = b;
	return strcmp((*x)->id, (*y)->id);
}

void config_index(struct config *c)
{
	c->person_by_id = ARENA_ARRAY(&c->arena, c->n_persons + 1, const struct person *);
	for (size_t i = 0; i < c->n_persons; i++)
		c->person_by_id[i] = c->person[i];
	qsort(c->person_by_id, c->n_persons, sizeof *c->person_by_id, compare_person_ids);
	c->unit_by_id = ARENA_ARRAY(&c->arena, c->n_units + 1, const struct unit *);
	for (size_t i = 0; i < c->n_units; i++)
		c->unit_by_id[i] = c->unit[i];
	qsort(c->unit_by_id, c->n_units, sizeof *c->unit_by_id, compare_unit_ids);
}

/* Linear: of these there are few, or they are looked for on load and in commands only. */
#define FIND(list, n, want)                                                                        \
	for (size_t i = 0; i < (n); i++)                                                           \
		if (strcmp((list)[i]->id, (want)) == 0)                                            \
			return (list)[i];                                                          \
	return NULL

const struct person *config_person(const struct config *c, const char *id)
{
	for (size_t i = 0; i < c->n_chat_rooms; i++)
		if (strcmp(c->chat_room[i]->id, id) == 0)
			return c->chat_room[i]->as_person;
	if (c->person_by_id) {
		const struct person want = {.id = id}, *key = &want;
		const struct person *const *found = bsearch(&key, c->person_by_id, c->n_persons,
			sizeof *c->person_by_id, compare_person_ids);
		return found ? *found : NULL;
	}
	FIND(c->person, c->n_persons, id);
}

const struct unit *config_unit(const struct config *c, const char *id)
{
	if (c->unit_by_id) {
		const struct unit want = {.id = id}, *key = &want;
		const struct unit *const *found = bsearch(&key, c->unit_by_id, c->n_units,
			sizeof *c->unit_by_id, compare_unit_ids);
		return found ? *found : NULL;
	}
	FIND(c->unit, c->n_units, id);
}

const struct office *config_office(const struct config *c, const char *id)
{
	FIND(c->office, c->n_offices, id);
}

const struct rule *config_rule(const struct config *c, const char *id)
{
	FIND(c->rule, c->n_rules, id);
}

const struct occasion *config_occasion(const struct config *c, const char *id)
{
	FIND(c->occasion, c->n_occasions, id);
}

const struct ladder *config_ladder(const struct config *c, const char *id)
{
	FIND(c->ladder, c->n_ladders, id);
}
