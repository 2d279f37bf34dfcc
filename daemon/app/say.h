/*
 * say - times, dates and counts as a person reads them: civil, with the weekday
 */
#ifndef APP_SAY_H
#define APP_SAY_H

#include "date.h"
#include "zone.h"

enum { SAY_TIME_SIZE = 64, SAY_DATE_SIZE = 48, SAY_REASON_SIZE = 2048, SAY_COUNT_SIZE = 128 };

/* "2024-05-06 Mon 09:00", in the language of the command. */
const char *say_time(const struct zone *z, struct instant t, char ret[static SAY_TIME_SIZE]);
/* "2024-05-20 Mon" */
const char *say_date(struct date d, char ret[static SAY_DATE_SIZE]);
const char *say_weekday(struct date d);
/* "2024-05-06T09:00:00+08:00" of the daemon as "2024-05-06 Mon 09:00": its civil time, not ours. */
const char *say_civil(const char *rfc3339, char ret[static SAY_TIME_SIZE]);

/* "3 of 4 activities" */
const char *say_count(long long done, long long quota, char ret[static SAY_COUNT_SIZE]);

/* The reason of an outcome, "AUTH: no answer in time", clause by clause in the language of the
 * command.  A peer's own words stay as they are. */
const char *say_reason(const char *reason, char ret[static SAY_REASON_SIZE]);
/* In that language, for what is sent. */
const char *say_reason_in(
	const char *language, const char *reason, char ret[static SAY_REASON_SIZE]);

#endif
