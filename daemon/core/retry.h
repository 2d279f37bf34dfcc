/*
 * retry - when to try again, and when to give up.  Pure.
 *
 * Waits grow 1, 2, 5, 10, 15, 30, 30 ... minutes with 10 % jitter that is a function of the key, so
 * that a schedule can be replayed.  A message gives up at the earlier of its deadline + 24 h and
 * its first attempt + 5 days.
 */
#ifndef CORE_RETRY_H
#define CORE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "date.h"

/* A wish of HTTP is believed for an hour; a limit that a gateway documents for its day. */
enum { RETRY_AFTER_MAX_S = 3600, RETRY_WINDOW_MAX_S = 86400, RETRY_WARN_AFTER_S = 1800 };

/* Seconds to wait after failed attempt number `attempt` (1 = the first); the peer's own wish, if
 * longer, is honoured up to RETRY_WINDOW_MAX_S. */
int64_t retry_wait_s(unsigned attempt, const char *key, int64_t retry_after_s);

/* deadline may be INSTANT_NONE. */
struct instant retry_give_up(struct instant first_attempt, struct instant deadline);

#endif
