/*
 * guesses - who asks too often for links that are not there
 *
 * GUESSES_MAX in a minute by one site (net_address_site) are answered like any, those beyond are
 * not even looked into.  A link that is in force is served all the same: an office behind one address
 * must not lose its calendars because somebody there plays with addresses.  (Guessing is hopeless: a
 * token has 256 bits.  This is about work and about the log.)
 *
 * Memory: GUESSES_SITES sites; another one takes the place of whoever has been silent longest.
 * Thread: one.
 */
#ifndef WEB_GUESSES_H
#define WEB_GUESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "net.h"

enum { GUESSES_MAX = 30, GUESSES_WINDOW_MS = 60000, GUESSES_SITES = 256 };

struct guesses {
	struct {
		struct net_address site;
		int64_t since_ms; /* of the minute; the slot is free if n is 0 */
		unsigned n;
	} slot[GUESSES_SITES];
};

/* One more miss; false: it is beyond. */
bool guesses_note(struct guesses *g, const struct net_address *who, int64_t now_ms);

#endif
