/*
 * diff - two sets of obligations and how their difference is shown
 *
 * diff_compare.c makes them, diff_show.c prints.
 */
#ifndef APP_DIFF_H
#define APP_DIFF_H

#include <stdbool.h>

#include <jansson.h>

#include "difference.h"
#include "mem.h"

struct diff {
	struct arena arena;
	struct obligations before, after; /* who = everybody who is reminded, all as leads */
	const json_t *rows;               /* the daemon's rows, or NULL: two files were compared */
	const struct config *names;       /* of units and people; the new side's */
	json_t *by_id;                    /* id -> row, NULL without rows */
};

/* Makes by_id and before.by_id, which a list made by hand lacks. */
void diff_index(struct diff *x);

/* The daemon's row of an obligation; NULL if there is none. */
const json_t *diff_row(const struct diff *x, const char *id);

/* Two configurations, by obligations due in these days. */
enum rc diff_compare(const struct config *before, const struct config *after, struct date from,
	struct date to, struct diff *x, struct diag *d) NODISCARD;

/* A configuration against what the daemon says to the verb "obligations"; data must outlive x, whose
 * by_id the caller releases. */
enum rc diff_compare_daemon(const struct config *after, const json_t *data, struct date from,
	struct date to, struct diff *x, struct diag *d) NODISCARD;

/* Prints every difference in order of time; the exit status. */
int diff_show(struct diff *x, bool json);

#endif
