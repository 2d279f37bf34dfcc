/*
 * receipt - what a gateway says later about an SMS that it took
 *
 * Data only: deliver/ asks or parses, app/ records.  A receipt is extra knowledge: nothing is sent
 * twice because of one, but an SMS of unknown fate whose gateway says that it never took it.
 */
#ifndef CORE_RECEIPT_H
#define CORE_RECEIPT_H

#include <stdbool.h>

#include "date.h"
#include "outcome.h"

enum receipt_class {
	RECEIPT_NONE,        /* the gateway does not know (yet), or could not be asked */
	RECEIPT_WAITING,     /* it took the message; the carrier has not reported */
	RECEIPT_DELIVERED,
	RECEIPT_UNDELIVERED,
	RECEIPT_NOT_TAKEN,   /* it says that it never took this message: documented, not guessed */
};

enum { RECEIPT_REF_MAX = 255 };

struct receipt {
	enum receipt_class class;
	char client_ref[RECEIPT_REF_MAX + 1]; /* ours, echoed; "" if the gateway does not */
	char peer_id[OUTCOME_ID_MAX];         /* the gateway's id of the message; "" if none */
	char reason[OUTCOME_REASON_MAX];      /* one printable line; the carrier's code */
};

/* When to ask next about an SMS that is sent (or of unknown fate) since then: 1, 5, 30 minutes, 2 hours
 * and, if sent, 24 hours later, the first of them that is after `now`; NONE: no more.  Pure. */
struct instant receipt_ask_at(bool is_unknown, struct instant since, struct instant now);

#endif
