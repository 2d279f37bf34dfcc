/*
 * sms_probe - would the SMS gateway take our credentials?
 *
 * A question that sends nothing to anybody: Aliyun and Tencent Cloud are asked what became of an SMS to
 * a number that nobody has; Kannel gets a request without a receiver, which it refuses after it has
 * looked at the credentials.  Of other gateways no harmless request is known: connected to, TLS and all,
 * and no more.
 */
#ifndef DELIVER_SMS_PROBE_H
#define DELIVER_SMS_PROBE_H

#include "transport.h"
#include "wire.h"

struct sms_probe;

/* Begins, or is done at once; *slot is NULL again before done() is called.  SENT: nothing is wrong,
 * with code 0 if no more than a connection was tried;
 * FAULT_CONFIG: the gateway refuses us; else it did not answer. */
void sms_probe_start(struct wire *wire, const struct limits *limits, struct settings *settings,
	struct instant now, deliver_probe_fn *done, void *ctx, struct sms_probe **slot);
void sms_probe_abandon(struct sms_probe *p); /* without a word; NULL is fine */

#endif
