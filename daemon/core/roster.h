/*
 * roster - people, units, offices, and who is responsible in a month
 *
 * Memory: everything belongs to the snapshot's arena and lives as long as the struct config.
 */
#ifndef CORE_ROSTER_H
#define CORE_ROSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "date.h"

struct config;
struct chat_room;
struct span;

/* Where a thing stands in the configuration, for explain and for later faults. */
struct source {
	const char *file; /* base name as the admin knows it: "rules.cfg" */
	int line;
};

enum channel { CHANNEL_EMAIL, CHANNEL_SMS, CHANNEL_CHAT, CHANNEL_COUNT };
enum form { FORM_NONE, FORM_PAPER, FORM_ELECTRONIC, FORM_COUNT };
enum role {
	ROLE_LEAD,     /* 责任人 */
	ROLE_PREPARER, /* 经办人 */
	ROLE_DEPUTY,   /* B岗 */
	ROLE_CLERK,    /* the receiving office's contact */
	ROLE_LEADER,   /* 组长, 副组长 */
	ROLE_ADMIN,
	ROLE_GROUP, /* a chat group that holds the unit */
	ROLE_COUNT
};

/* Bits: 1u << CHANNEL_EMAIL, 1u << FORM_PAPER, 1u << month (1..12). */
#define BIT(n) (1u << (unsigned)(n))

/* "email", "sms", "chat"; "-", "paper", "electronic"; "lead" ...: as they stand in keys, JSON and files. */
const char *channel_text(enum channel c);
const char *form_text(enum form f);
const char *role_text(enum role r);
bool channel_parse(const char *s, enum channel *ret);
bool form_parse(const char *s, enum form *ret);

/* What may have gone out is never sent again by itself: a second SMS or group message cannot be told
 * from a new one, while a second mail has the first one's Message-ID. */
bool channel_is_at_most_once(enum channel c);

struct person {
	const char *id, *name;
	const char *email; /* "" if none */
	const char *phone; /* E.164 "+8613...", "" if none */
	bool placeholder;  /* invalid contact or a role's name: real transports refuse it */
	const struct chat_room *room; /* not a person but a chat group; NULL for people */
	const struct span *leave; /* ascending, apart */
	size_t n_leave;
	struct source src;
};

/* Address, number or room's id; "" if there is none. */
const char *person_contact(const struct person *p, enum channel c);

/* From a day on somebody else is responsible: in a unit another lead, in a month another unit, too. */
struct succession {
	struct date from;
	const struct unit *unit;   /* of a month; NULL: the unit stays */
	const struct person *lead; /* NULL: the new unit's lead */
	struct source src;
};

struct unit {
	const char *id, *name;
	const struct person *lead, *preparer, *deputy; /* NULL if none */
	const struct succession *handover; /* its next lead, or NULL */
	struct source src;
};

/* Opening hours of a part of the year; months wrap (from 10 to 4). */
struct hours {
	int from_month, from_day, to_month, to_day; /* inclusive */
	int open, close;            /* minutes of the day; close is when "by the 20th" ends */
	int noon_close, noon_open;  /* equal if there is no gap */
};

struct office {
	const char *id, *name;  /* 局精神文明办 */
	const char *place;      /* 417室 */
	const char *short_name; /* how an SMS says it: 417室 */
	const struct person *clerk; /* NULL if none */
	const struct hours *hours;
	size_t n_hours; /* >= 1 */
	struct source src;
};

/* The office's closing (opening) time on a day, in minutes; the first matching entry counts. */
int office_closes(const struct office *o, struct date d);
int office_opens(const struct office *o, struct date d);

struct duty {
	int month; /* 1..12; several duties may share a month */
	const struct unit *unit;
	const struct person *lead; /* the row's own 责任人, or NULL: the unit's lead */
	const struct succession *handover; /* in the middle of the month, or NULL */
	struct source src;
};

struct roster {
	int year;
	const char *notice; /* 晋市城函〔2024〕70号 */
	struct date notice_date; /* DATE_NONE: not given */
	struct date effective_from; /* months before are 补录, without messages; DATE_NONE = none */
	bool repeats;       /* holds for later years, provisionally, until one of them has its own */
	const int *confirmed; /* year * 12 + month - 1, ascending: repeated months made firm */
	size_t n_confirmed;
	const struct duty *duty;
	size_t n_duties;
	struct source src;
};

/* The duties of a month: the roster of that year, else the latest earlier one if it repeats.
 * *ret_n may be 0.  *ret_provisional: taken from an earlier year and not confirmed.
 * *ret_roster (NULL if none) lives in the snapshot; duties point into it and are contiguous only
 * in order of the rows, so they are written to ret, at most max. */
size_t roster_duties(const struct config *c, int year, int month, const struct duty **ret,
	size_t max, const struct roster **ret_roster, bool *ret_provisional);

/* The roster of a year, else the latest earlier one if it repeats; NULL. */
const struct roster *roster_of_year(const struct config *c, int year);

#endif
