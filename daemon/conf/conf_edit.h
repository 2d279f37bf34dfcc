/*
 * conf_edit - a value of a roster changed in the text of its file; comments and layout stay.  Pure.
 *
 * Works on text that was loaded: rows are found by the line that the loader noted, and a row that does
 * not look as expected is refused, never guessed at.  What comes out has to be loaded and checked like
 * anything that a person typed.
 *
 * Failure: RC_NOTFOUND, RC_STATE or RC_INVALID with a sentence; out is then of no use.
 */
#ifndef CONF_CONF_EDIT_H
#define CONF_CONF_EDIT_H

#include "buf.h"
#include "config.h"
#include "diag.h"

/* The month is the unit's; a lead named for that month alone goes with the unit that had it. */
enum rc conf_edit_set(const char *text, const struct roster *r, int month, const struct unit *u,
	struct buf *out, struct diag *d) NODISCARD;

/* Two months change places. */
enum rc conf_edit_swap(const char *text, const struct roster *r, int month, int other,
	struct buf *out, struct diag *d) NODISCARD;

/* From a day on the month is another unit's or another person's; an earlier handover is replaced.  Just
 * one of unit and lead is given. */
enum rc conf_edit_handover(const char *text, const struct roster *r, int month,
	const struct succession *h, struct buf *out, struct diag *d) NODISCARD;

/* A month that the roster lends to a later year is firm. */
enum rc conf_edit_confirm(const char *text, const struct roster *r, int year, int month,
	struct buf *out, struct diag *d) NODISCARD;

#endif
