/*
 * engine_preflight - is everything ready for a month?
 *
 * Findings are faults with a hint each: errors are people who would not be told, or nothing that can be
 * sent; warnings may come true.  Two questions take time (does the relay let us in, does base_url
 * answer): they are asked first, and their answers are among the findings once they are there.
 */
#ifndef APP_ENGINE_PREFLIGHT_H
#define APP_ENGINE_PREFLIGHT_H

#include "engine.h"

/* Asks anew, unless the last questions are still on their way. */
void engine_preflight_ask(struct engine *e, struct instant now);
bool engine_preflight_waits(const struct engine *e);

/* month 1..12 */
enum rc engine_preflight(struct engine *e, int year, int month, struct instant now,
	struct diags *ds, struct diag *d) NODISCARD;

/* Is `today` one of the days on which the admins are told of it without asking? */
bool engine_preflight_is_due(const struct engine *e, struct date today, struct date *ret_first);

void engine_preflight_done(struct engine *e);

#endif
