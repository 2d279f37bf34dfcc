/*
 * occasion - festivals, key dates and campaigns: when they are planned
 *
 * Pure.  What was really done (the activity) is a fact from the ledger and is applied in
 * core/obligation, not here.
 */
#ifndef CORE_OCCASION_H
#define CORE_OCCASION_H

#include <stdbool.h>
#include <stddef.h>

#include "date.h"
#include "recur.h"
#include "roster.h"
#include "solarterm.h"

enum occasion_kind {
	OCCASION_RECUR, /* rule = "FREQ=YEARLY;..." */
	OCCASION_TERM,  /* solar_term = "qingming" */
	OCCASION_RANGE, /* from = "05-01"; to = "06-30", every year */
	OCCASION_DATES, /* dates = ["2024-05-01/2024-06-30", "2024-07-01"] */
};

struct span {
	struct date first, last; /* inclusive */
};

struct occasion {
	const char *id, *name; /* mid-autumn, 中秋节 */
	enum occasion_kind kind;
	struct recur recur;
	enum solar_term term;
	int days; /* RECUR, TERM: length in days, >= 1; first day is the rule's */
	int from_month, from_day, to_month, to_day;
	const struct span *dates;
	size_t n_dates;
	bool confirm; /* conditional: ask whether an activity is held at all */
	bool sample;
	struct source src;
};

/* Planned spans whose LAST day lies in [from, to], ascending by last day; at most max, the first ones.
 * The period id of a span is "<occasion>-<year of its last day>". */
size_t occasion_spans(const struct occasion *o, struct date from, struct date to, struct span *ret,
	size_t max);

#endif
