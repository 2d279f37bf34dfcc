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

/* Linear: a lookup by id happens on load and in commands, never per reminder. */
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
	FIND(c->person, c->n_persons, id);
}

const struct unit *config_unit(const struct config *c, const char *id)
{
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
