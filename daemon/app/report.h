/*
 * report - what was owed in a month or a year, as a table: for a page, as CSV, in a mail
 *
 * A month's table (报送情况表) has a line for each deliverable in each form; a year's one for each
 * obligation.  They belong to the month of their due date; what waits for its date is in neither.
 *
 * Memory: the engine's tick arena.
 */
#ifndef APP_REPORT_H
#define APP_REPORT_H

#include <jansson.h>

#include "engine.h"
#include "handover.h"
#include "message_view.h"

enum { REPORT_ROWS_MAX = 5000 };

struct report_row {
	const struct obligation *o;
	const struct item *item; /* of a month's table, else NULL */
	struct handover in;
};

struct report {
	int year, month;        /* month 0: the whole year */
	struct report_row *row; /* by due, then id */
	size_t n;
	bool cut; /* there are more than REPORT_ROWS_MAX */
};

typedef bool report_sees_fn(const void *ctx, const struct obligation *o);

/* "2024-05" or "2024". */
bool report_parse_period(const char *s, int *ret_year, int *ret_month);

/* sees: NULL for all. */
enum rc report_make(struct engine *e, int year, int month, report_sees_fn *sees, const void *ctx,
	struct instant now, struct report *ret, struct diag *d) NODISCARD;

/* Points that are in doubt: of what came late, or is late. */
int report_points_lost(const struct report_row *row);
/* Of all rows.  What has the same basis is worth its points once, however often it is owed. */
int report_points_lost_by_all(const struct report *r);

/* ---- in words: the language is the messages' */
const char *report_status(const struct viewing *x, const struct report_row *row);
/* As pages colour it: "ok", "wait", "late", "open", "quiet". */
const char *report_kind(const struct viewing *x, const struct report_row *row);
const char *report_lead(const struct viewing *x, const struct obligation *o);
/* "2024年5月", "2024年" */
const char *report_period(const struct viewing *x, const struct report *r);

void report_csv(const struct viewing *x, const struct report *r, struct buf *out);
/* {"period","year","month","cut","sample","rows":[…]}: what a page shows, ready to be read */
json_t *report_json(const struct viewing *x, const struct report *r);

#endif
