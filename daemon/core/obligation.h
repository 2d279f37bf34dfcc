/*
 * obligation - somebody owes one office the deliverables of one rule for one period
 *
 * obligation_expand is the heart of the program: configuration and acts in, obligations out.  Pure:
 * no clock, no I/O; the same input gives the same bytes.
 *
 * Memory: everything returned is in the arena passed in and points into the config, which must
 *         outlive it.
 */
#ifndef CORE_OBLIGATION_H
#define CORE_OBLIGATION_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "count.h"
#include "date.h"
#include "mem.h"
#include "submission.h"

enum { OBLIGATION_ID_MAX = 200, OBLIGATIONS_MAX = 400000 };

struct stakeholder {
	enum role role;
	const struct person *person;
	const struct unit *unit; /* whose; NULL: clerk, leaders, and what the bureau owes */
	/* Told only from, or only until before, the day of this handover; NULL: always. */
	const struct succession *enters, *leaves;
};

struct obligation {
	const char *id;     /* <rule>/<period>/<unit> */
	const char *period; /* 2024-05, mid-autumn-2024, ... */
	const struct rule *rule;
	const struct unit *unit; /* NULL: the bureau owes */
	const char *unit_id;     /* "bureau" then */
	const struct unit *joint_unit; /* the second unit of a joint obligation, or NULL */
	/* To another unit in the middle of its month; the id stays that of the first.  NULL: none. */
	const struct succession *handover, *joint_handover;
	const struct duty *duty; /* the roster line it came from, or NULL */
	const struct roster *roster;
	struct date period_first, period_last;
	/* AFTER */
	const struct occasion *occasion;
	struct date planned_first, planned_last;
	struct date last_day; /* actual if reported, else planned; DATE_NONE if not AFTER */
	/* dates */
	struct date due;     /* DATE_NONE: waits for its date */
	struct date rule_due; /* before roll */
	struct instant due_at; /* office's closing time that day */
	struct date hand_in; /* = due when no paper is owed */
	struct instant hand_in_at; /* closing time of the hand-in day */
	bool hand_in_late;   /* no workday between last_day and due: first workday after */
	struct date internal; /* DATE_NONE if the rule has none */
	/* what */
	struct item *item;
	size_t n_items;
	unsigned forms; /* BIT(form) owed */
	const char *const *indicator; /* names of the ★ indicators of this month */
	size_t n_indicators;
	const struct count *count; /* COUNT: how far it is; else NULL */
	/* who */
	const struct stakeholder *who; /* leads first, then preparers, deputies, clerk, leaders */
	size_t n_who;
	/* state */
	struct standing standing;
	enum obligation_state state;
	bool conditional; /* of an occasion that asks first and has no yes yet */
	bool provisional; /* by the roster (repeated, unconfirmed) or by unknown workdays */
	bool provisional_roster, provisional_days;
	bool sample;      /* rule, indicator or occasion is a sample, or a lead is a placeholder */
	bool backfill;    /* 补录: before the roster's effective_from; no messages */
};

struct obligations {
	struct obligation *item; /* by due (dateless last), then id */
	const struct obligation **by_id; /* ascending by id; NULL if the list was made by hand */
	size_t n;
};

/* Acts by obligation: those of `id`, in order; *ret_n = 0 if none.  NULL function: no acts. */
typedef const struct act *acts_of_fn(void *ctx, const char *id, size_t *ret_n);

/*
 * All obligations whose due (or, without one, whose period) lies in [from, to].
 * RC_LIMIT beyond OBLIGATIONS_MAX.
 */
enum rc obligation_expand(const struct config *c, struct date from, struct date to,
	acts_of_fn *acts, void *ctx, struct arena *a, struct obligations *ret, struct diag *d)
	NODISCARD;

/* NULL if there is none of that id. */
const struct obligation *obligation_find(const struct obligations *os, const char *id);

/* The month's own obligation of the same unit, which a nil report for an occasion leaves open; or NULL. */
const struct obligation *obligation_month_beside(
	const struct obligations *os, const struct obligation *o);

/* The form's own date: hand-in day for paper, due for electronic (and for FORM_NONE). */
struct date obligation_form_date(const struct obligation *o, enum form f);
/* ... and its closing instant. */
struct instant obligation_form_at(const struct obligation *o, enum form f);

/* The unit (the second of a joint one) that owes it on that day. */
const struct unit *obligation_unit_on(
	const struct obligation *o, bool second, struct date day);

/* Is anything of this form missing (FORM_NONE: of any form)? */
bool obligation_is_missing(const struct obligation *o, enum form f);

/* RFC 3339-free split of "<rule>/<period>/<unit>"; false if it has not three non-empty parts. */
struct obligation_name {
	char rule[65], period[80], unit[65];
};
bool obligation_name_parse(const char *id, struct obligation_name *ret);

#endif
