/*
 * outcome - what became of one attempt to deliver one message
 *
 * Data, not an error: deliver/ reports it, core/retry decides what follows, store/ keeps it.
 * Classes and their meaning: the contract's section 6 and 5.1.
 *
 *   SENT     the next hop said yes to the whole message
 *   RETRY    it said no for now, or not a byte of a request left us
 *   UNKNOWN  the request may have been taken and no verdict came back
 *   DEAD     it said no for good, to this message or this recipient
 */
#ifndef CORE_OUTCOME_H
#define CORE_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

enum outcome_class { OUTCOME_SENT, OUTCOME_RETRY, OUTCOME_UNKNOWN, OUTCOME_DEAD };

/* Whose fault it was: a CONFIG or PEER fault says nothing about the message, so that it never makes
 * one dead; it cools the whole destination and alarms the operator. */
enum outcome_fault { FAULT_NONE, FAULT_MESSAGE, FAULT_RECIPIENT, FAULT_PEER, FAULT_CONFIG };

enum { OUTCOME_REASON_MAX = 512, OUTCOME_ID_MAX = 128 };

struct outcome {
	enum outcome_class class;
	enum outcome_fault fault;
	int code;                      /* SMTP reply code or HTTP status, 0 if none */
	int64_t retry_after_s;         /* the peer's own wish (Retry-After), 0 if none */
	bool too_big;                  /* refused for its size: try once without attachment */
	char reason[OUTCOME_REASON_MAX]; /* one printable line for a person, never empty */
	char peer_id[OUTCOME_ID_MAX];  /* queue id or gateway message id, "" if none */
};

#endif
