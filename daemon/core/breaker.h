/*
 * breaker - is it worth asking this destination now?  Pure.
 *
 * A destination is a relay, an SMS gateway or a chat robot.  A failure that is the destination's own
 * fault (FAULT_PEER) or our configuration's (FAULT_CONFIG) says nothing about the message, so the
 * next one would only meet it again: the breaker opens, waits, lets ONE message through as a probe,
 * and closes with the first answer that shows a working destination, a refusal of the message
 * included.
 *
 *   closed --failure--> open --wait over--> probing --failure--> open ...
 *      ^                                       |
 *      '-----------------answer----------------'
 *
 * Waits: two minutes; ten after FAULT_CONFIG, so that a wrong password does not lock the account;
 * longer if the destination asks for it (at most an hour).  The admin is owed an alarm once an outage:
 * half an hour after its first failure, or two minutes after it if it is the configuration.
 */
#ifndef CORE_BREAKER_H
#define CORE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "date.h"
#include "outcome.h"

enum {
	BREAKER_WAIT_S = 120,
	BREAKER_WAIT_CONFIG_S = 600,
	BREAKER_WAIT_MAX_S = 3600,
	BREAKER_ALARM_S = 1800,
	BREAKER_ALARM_CONFIG_S = 120,
};

/* Instants are INSTANT_NONE where there is nothing to say; breaker_init sets them. */
struct breaker {
	struct instant down_since; /* first failure since the last answer */
	struct instant probe_at;   /* while open: when the next probe may leave */
	struct instant told_at;    /* the alarm of this outage */
	bool probing;              /* one is on its way */
	enum outcome_fault fault;  /* of the last failure */
	char reason[OUTCOME_REASON_MAX];
};

enum breaker_news { BREAKER_SAME, BREAKER_OPENED, BREAKER_CLOSED };

void breaker_init(struct breaker *b);
bool breaker_is_open(const struct breaker *b);
/* May a message leave?  The caller says breaker_depart when one does. */
bool breaker_allows(const struct breaker *b, struct instant now);
void breaker_depart(struct breaker *b);
/* When it is worth asking again; INSTANT_NONE: now, or when the probe comes back. */
struct instant breaker_next(const struct breaker *b);

enum breaker_news breaker_answer(struct breaker *b, const struct outcome *o, struct instant now);
/* Somebody mended it (a reload, `retry`): probe at once. */
void breaker_reset(struct breaker *b, struct instant now);

/* When the alarm of this outage is owed; INSTANT_NONE: none, or told already. */
struct instant breaker_alarm_at(const struct breaker *b);

#endif
