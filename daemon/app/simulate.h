/*
 * simulate - the real engine, store and spool on a simulated clock
 *
 * From the first second of one day to the last of another: DIR/mail/NNNN.eml, DIR/sms/NNNN.json,
 * DIR/feeds as they are at the end, and counts for the summary.  Spool transports only, so
 * placeholders are accepted.
 */
#ifndef APP_SIMULATE_H
#define APP_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>

#include "date.h"
#include "diag.h"
#include "engine.h"
#include "reload.h"

/* At `at`, everything of an obligation is received. */
struct simulate_receipt {
	const char *obligation;
	struct instant at;
};

struct simulate_options {
	struct date from, to;
	const char *dir; /* must not exist or be empty */
	const struct simulate_receipt *receipt; /* ascending by at */
	size_t n_receipts;
	engine_event_fn *on_event;
	void *ctx;
	void (*on_day)(void *ctx, struct date day); /* progress; may be NULL */
};

/* Takes over what is loaded. */
enum rc simulate_run(struct loaded *given, const struct simulate_options *opt, struct diag *d)
	NODISCARD;

#endif
