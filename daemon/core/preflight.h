/*
 * preflight - does a month have the people that its reminders need?
 *
 * Pure: reads the configuration alone.  An error is somebody who would not be told, a warning somebody
 * who may be missed when it matters.
 */
#ifndef CORE_PREFLIGHT_H
#define CORE_PREFLIGHT_H

#include "config.h"
#include "diag.h"

enum { PREFLIGHT_PEOPLE_MAX = 200 };

/* month 1..12.  Each fault stands at its place in the configuration. */
void preflight_people(const struct config *c, int year, int month, struct diags *ds);

/* Who will be told something then, without doubles and groups: the responsible units' leads, preparers and
 * deputies, clerks, leaders, admins. */
size_t preflight_told(const struct config *c, int year, int month,
	const struct person *ret[static PREFLIGHT_PEOPLE_MAX]);

#endif
