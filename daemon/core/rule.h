/*
 * rule - what has to be handed in, by whom, where, and how its deadline arises
 */
#ifndef CORE_RULE_H
#define CORE_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "date.h"
#include "occasion.h"
#include "roster.h"

enum rule_kind { RULE_MONTHLY, RULE_AFTER, RULE_ONCE, RULE_COUNT };
enum owed_by { OWED_DUTY_UNIT, OWED_UNIT, OWED_EVERY_UNIT, OWED_BUREAU };
enum roll { ROLL_NONE, ROLL_BEFORE, ROLL_AFTER };

struct deliverable {
	const char *id, *name; /* photos, 活动图片及说明 */
	unsigned forms;        /* BIT(form); never 0 once loaded (rule's forms if not set) */
	const char *seal;      /* who seals it (社区盖章), or NULL */
	const char *const *checklist;
	size_t n_checklist;
	struct source src;
};

/* 附件2 第20项①: an indicator marked for some months; an obligation exists in months with one. */
struct indicator {
	const char *name;
	unsigned months; /* BIT(1) .. BIT(12) */
	int year;        /* of whose list it is; 0: every year */
	bool sample;
	struct source src;
};

/* When a step fires: relative to what. */
enum anchor {
	ANCHOR_PERIOD, /* a day of the period's month (or of the month `month` months away) */
	ANCHOR_DUE,    /* each form's own date: hand-in day for paper, due for electronic */
	ANCHOR_END,    /* the activity's last day: planned, until it is reported */
};

struct step {
	const char *id;
	enum anchor anchor;
	int month;    /* PERIOD: months from the period's month (-1 = the month before) */
	int day;      /* PERIOD: day of that month, or 0 */
	int workday;  /* PERIOD: n-th workday of that month, or 0 */
	int workdays; /* DUE: workdays from the form's date (-3, 0, +1); after overdue > 0 */
	int days;     /* END: calendar days from the last day (0, +1) */
	int minute;   /* time of day */
	unsigned channels[ROLE_COUNT]; /* BIT(channel) per role that is told */
	const char *template; /* name below templates/: "start", "due", "overdue", "ask", ... */
	bool ask;             /* asks about the occasion; asked even before a conditional is confirmed */
	bool on_rest_days;    /* may go out on a rest day */
	struct source src;
};

struct ladder {
	const char *id;
	const struct step *step; /* in the order of the file */
	size_t n_steps;
	struct source src;
};

struct rule {
	const char *id;
	const char *name; /* what is handed in, as a text names it: 联点共建材料 */
	enum rule_kind kind;
	const struct office *office;
	enum owed_by owed_by;
	const struct unit *unit; /* OWED_UNIT */
	bool joint;              /* a month of two units makes one obligation */
	unsigned forms;          /* BIT(form); default: electronic */
	const struct deliverable *deliverable;
	size_t n_deliverables; /* >= 1 once loaded: a rule without any gets one named as itself */
	const struct ladder *ladder; /* NULL: no steps */
	enum roll roll;
	const char *basis; /* 晋市城函〔2024〕70号附件1备注第2项 */
	const char *document; /* number of a 督办函, or NULL */
	int points;           /* 0 = none of its own */
	int internal;         /* workdays before due on which the office wants it already, 0 = none */
	bool nil_allowed;     /* 零报告 */
	bool sample;
	/* MONTHLY */
	int day;         /* 1..31, clamped to the month */
	bool day_included; /* 「20日前」 includes the 20th (default true; false = the day before) */
	unsigned months; /* BIT(1)..BIT(12) */
	const struct indicator *indicator; /* if any: only months with one */
	size_t n_indicators;
	bool by_indicator; /* indicators = (...) was given */
	/* AFTER */
	const struct occasion *const *occasion;
	size_t n_occasions;
	int days;            /* within N days after the last day */
	bool last_day_counts; /* the activity's last day is day 1 (default false) */
	/* ONCE */
	struct date date;     /* DATE_NONE: to be announced */
	const char *period;   /* "2024-12"; default: the rule's id */
	/* COUNT */
	int target;           /* how many per period */
	bool per_half_year;   /* else per year */
	const char *const *kinds; /* each of these kinds, target times; empty: any */
	size_t n_kinds;
	const char *const *toward; /* ids of quotas for which its activities count, too */
	size_t n_toward;
	struct source src;
};

#endif
