/*
 * explain - how one obligation, its dates and its reminders come about
 *
 * Private to cmd_explain.c, explain_text.c and explain_json.c, but for explain_obligation.
 */
#ifndef APP_EXPLAIN_H
#define APP_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "obligation.h"
#include "plan.h"

/* An obligation by its id, as if nothing had been done about it; a fault names the nearest. */
enum rc explain_obligation(const struct config *c, const char *id, struct arena *a,
	const struct obligation **ret, struct diag *d) NODISCARD;

struct explain {
	const struct config *c;
	const struct obligation *o;
	struct reminders reminders; /* superseded ones too */
};

/* Does the step speak of this form (FORM_NONE: of none in particular)? */
bool explain_step_has_form(const struct obligation *o, const struct step *s, enum form f);

/* The first reminder of the step and form at or after index from; reminders.n if there is none. */
size_t explain_find(const struct explain *x, const struct step *s, enum form f, size_t from);

/* What kind of day it is: a message id. */
const char *explain_day(const struct workdays *w, struct date d);

void explain_print(const struct explain *x);
void explain_print_json(const struct explain *x);

#endif
