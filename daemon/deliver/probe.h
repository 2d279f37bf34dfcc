/*
 * probe - would the relay let us in?
 *
 * Looks the name up, connects, upgrades to TLS, says EHLO and authenticates, as for a mail, and goes
 * away.  Nothing is sent to anybody.
 */
#ifndef DELIVER_PROBE_H
#define DELIVER_PROBE_H

#include "transport.h"
#include "wire.h"

struct probe;

/* Begins, or is done at once; *slot is NULL again before done() is called. */
void probe_start(struct wire *wire, const struct limits *limits, struct settings *settings,
	deliver_probe_fn *done, void *ctx, struct probe **slot);
void probe_abandon(struct probe *p); /* without a word */

#endif
