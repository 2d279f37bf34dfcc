/*
 * next_year - what the year to come still lacks, from 1 November on.  Pure.
 *
 * A new roster, the holiday notice and the marked indicators come in the last weeks of a year, and
 * nothing fails if they do not: the old roster is carried over and working days are guessed.  So it is
 * said while there is time.
 */
#ifndef CORE_NEXT_YEAR_H
#define CORE_NEXT_YEAR_H

#include <stddef.h>

#include "config.h"
#include "diag.h"

enum lack_kind {
	LACK_ROSTER,     /* none, and no earlier one repeats */
	LACK_CONFIRMED,  /* carried over from an earlier year: n months are not confirmed */
	LACK_WORKDAYS,   /* not known through its end */
	LACK_INDICATORS, /* a rule by indicators has none of that year, or samples */
};

struct lack {
	enum lack_kind kind;
	int year;                    /* the one to come */
	const struct roster *roster; /* CONFIRMED: the one that repeats */
	size_t n; /* CONFIRMED: months; INDICATORS: samples, 0 if there are none at all */
	const struct rule *rule; /* INDICATORS */
	bool undated;            /* ... that name no year */
	int old_year;            /* ... of an earlier one, the latest; 0: none */
	struct source src;
};

enum { NEXT_YEAR_MONTH = 11, LACKS_MAX = 20 };

/* Nothing before November. */
size_t next_year_lacks(
	const struct config *c, struct date today, struct lack ret[static LACKS_MAX]);

/* One sentence, a warning at its place, with what to do. */
void next_year_say(const struct lack *l, struct diag *ret);

#endif
