/*
 * obligation_json - one obligation as preview and the verbs print it
 */
#ifndef APP_OBLIGATION_JSON_H
#define APP_OBLIGATION_JSON_H

#include <jansson.h>

#include "config.h"
#include "obligation.h"

/* The keys of preview, "state" and "items", and what was reported, null if nothing was: "last_day" of
 * the activity (did it end?) and the "announced" due date.  "count" {done, quota, kinds: [{kind, done,
 * target}]} of a quota, else null. */
json_t *obligation_to_json(const struct config *c, const struct obligation *o);

/* Of a quota: how far each of its kinds is. */
json_t *obligation_kinds(const struct obligation *o);

/* Person ids without doubles: leads, preparers, deputies, clerk; not the leaders.  At most max. */
size_t obligation_people(const struct obligation *o, const char **ret, size_t max);

#endif
