/*
 * obligation_build - one obligation of one rule, period and owner.  Private to core/obligation*.
 *
 * Its dates, its state by its acts, its items and people.  Nothing is allocated for what the window
 * does not hold: most periods are margin.
 */
#ifndef CORE_OBLIGATION_BUILD_H
#define CORE_OBLIGATION_BUILD_H

#include "config.h"
#include "obligation.h"

/* One round of obligation_expand. */
struct expansion {
	const struct config *c;
	struct date from, to;
	acts_of_fn *acts;
	void *ctx;
	struct arena *a;
	VEC(struct obligation) found;
	const struct duty **duties; /* scratch, CONFIG_DUTIES_MAX */
	bool full;
};

/* What a rule gives before anybody owes it. */
struct period {
	const char *id;
	struct date first, last;  /* what it covers */
	struct date duty_day;     /* the day whose month decides who is on duty */
	const struct occasion *occasion;
	const char *const *indicator;
	size_t n_indicators;
	bool indicator_sample;
	bool follows_due; /* has no days of its own */
};

struct owner {
	const struct unit *unit, *joint_unit;
	const struct duty *duty, *joint_duty;
	const struct roster *roster;
	bool provisional;
};

/* Append it to x->found if its due date (without one, its period) lies in the window; beyond
 * OBLIGATIONS_MAX set x->full instead. */
void obligation_build(struct expansion *x, const struct rule *r, const struct period *p,
	const struct owner *w);

#endif
