#include "breaker.h"

#include <string.h>

void breaker_init(struct breaker *b)
{
	*b = (struct breaker){
		.down_since = INSTANT_NONE, .probe_at = INSTANT_NONE, .told_at = INSTANT_NONE};
}

bool breaker_is_open(const struct breaker *b)
{
	return !instant_is_none(b->down_since);
}

/* A wait longer than the longest was set by a clock that has gone back. */
static bool is_over(struct instant probe_at, struct instant now)
{
	return probe_at.s <= now.s || probe_at.s > now.s + BREAKER_WAIT_MAX_S;
}

bool breaker_allows(const struct breaker *b, struct instant now)
{
	return !breaker_is_open(b) || (!b->probing && is_over(b->probe_at, now));
}

void breaker_depart(struct breaker *b)
{
	b->probing = breaker_is_open(b);
}

struct instant breaker_next(const struct breaker *b)
{
	return breaker_is_open(b) && !b->probing ? b->probe_at : INSTANT_NONE;
}

/* A message of unknown fate blames its destination only if that was at fault. */
static bool is_failure(const struct outcome *o)
{
	return (o->class == OUTCOME_RETRY || o->class == OUTCOME_UNKNOWN) &&
	       (o->fault == FAULT_PEER || o->fault == FAULT_CONFIG);
}

/* We stopped, or the machine did, before anybody answered: neither good nor bad news. */
static bool is_silence(const struct outcome *o)
{
	return o->class != OUTCOME_SENT && o->fault == FAULT_NONE && o->code == 0;
}

static int64_t wait_of(const struct outcome *o)
{
	int64_t wait = o->fault == FAULT_CONFIG ? BREAKER_WAIT_CONFIG_S : BREAKER_WAIT_S;
	if (o->retry_after_s > wait)
		wait = o->retry_after_s;
	return wait < BREAKER_WAIT_MAX_S ? wait : BREAKER_WAIT_MAX_S;
}

enum breaker_news breaker_answer(struct breaker *b, const struct outcome *o, struct instant now)
{
	bool was_open = breaker_is_open(b);
	b->probing = false;
	if (is_silence(o))
		return BREAKER_SAME;
	if (!is_failure(o)) {
		breaker_init(b);
		return was_open ? BREAKER_CLOSED : BREAKER_SAME;
	}
	if (!was_open)
		b->down_since = now;
	b->probe_at = (struct instant){now.s + wait_of(o)};
	b->fault = o->fault;
	memcpy(b->reason, o->reason, sizeof b->reason);
	return was_open ? BREAKER_SAME : BREAKER_OPENED;
}

void breaker_reset(struct breaker *b, struct instant now)
{
	if (breaker_is_open(b) && b->probe_at.s > now.s)
		b->probe_at = now;
}

struct instant breaker_alarm_at(const struct breaker *b)
{
	if (!breaker_is_open(b) || !instant_is_none(b->told_at))
		return INSTANT_NONE;
	bool ours = b->fault == FAULT_CONFIG;
	return (struct instant){
		b->down_since.s + (ours ? BREAKER_ALARM_CONFIG_S : BREAKER_ALARM_S)};
}
