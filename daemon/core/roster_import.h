/*
 * roster_import - the table of a notice as next year's roster.  Pure.
 *
 * Finds the columns by the words of a header, else by what stands in them; reads months as 8月, 八月,
 * 8 or 2027年8月, two units or names in one cell, a month that a merged cell leaves out.  Titles and
 * notes around the table are passed over.  Units and people are those of the configuration: nobody is
 * invented, and what is not known is named with its row and column.  Telephone numbers and mail addresses
 * are read for those who have none yet; a contact of the configuration is never replaced.
 *
 * An error (a month or unit that cannot be read, a month that stands twice) means that no file should
 * be written; a warning (a month without a unit, somebody not in the configuration) does not.
 *
 * Memory:  everything is in the arena or the configuration, which has to outlive it.
 * Failure: RC_INVALID with at least one error in ds; outputs untouched.
 */
#ifndef CORE_ROSTER_IMPORT_H
#define CORE_ROSTER_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "config.h"
#include "diag.h"
#include "mem.h"
#include "roster.h"
#include "table_read.h"

struct roster_row {
	int month, line;
	const struct unit *unit;
	const char *lead_name;     /* without blanks; "" if the table names nobody */
	const struct person *lead; /* who that is; NULL if not in the configuration */
	const char *phone, *email; /* of that name, as the table says; "" if it does not */
};

struct roster_import {
	const struct config *config;
	int year;
	struct roster_row *row; /* by month, then as in the table */
	size_t n_rows;
	unsigned months;      /* BIT(1) .. BIT(12): with a unit */
	size_t n_passed_over; /* titles, notes */
};

enum rc roster_import_read(const struct table *t, const struct config *c, int year,
	const char *file, struct arena *a, struct roster_import *ret, struct diags *ds) NODISCARD;

/* Whom the row makes responsible once it is in force: its own person, else the unit's lead; may be
 * NULL. */
const struct person *roster_row_lead(const struct roster_row *r);

/* Nobody can reach this row's person yet. */
bool roster_row_needs_contact(const struct roster_row *r);

/* What the table knows of the row's person and the configuration lacks; "" otherwise. */
const char *roster_row_new_phone(const struct roster_row *r);
const char *roster_row_new_email(const struct roster_row *r);

struct roster_head {
	const char *notice, *source; /* "" if not known */
	struct date date;            /* of the notice, or DATE_NONE */
};

/* From which month on it holds: the notice's own, if that is in the year, else January. */
int roster_import_first_month(const struct roster_import *r, const struct roster_head *h);

/* The configuration file; comments in the configuration's language. */
void roster_import_write(
	const struct roster_import *r, const struct roster_head *h, struct buf *out);

/* "8月", "八月", "8", "2027年8月", "2027-08" without blanks; *ret_year = 0 if it names none. */
bool roster_import_month(const char *key, int *ret_year, int *ret_month);

#endif
