/*
 * redact - keeps our secrets out of what is told about a peer
 *
 * Relays and gateways echo what they were sent: a password in the words of a refusal, a key in an
 * error page, a whole URL.  Reasons are logged, stored and shown, so that each attempt's outcome is
 * passed through here once: the secret itself, its percent-encoding, its base64 (alone and in the
 * login lines of SMTP and HTTP) become ***, and so does the query of any URL.  A beginning of a
 * secret at the end of a reason that was cut counts, too.
 *
 * Secrets under REDACT_MIN bytes are left: masking each "a" would tell which letter it is.
 * Memory: reference-counted; wiped with the last reference.
 */
#ifndef DELIVER_REDACT_H
#define DELIVER_REDACT_H

#include "outcome.h"

enum { REDACT_MIN = 4 };

struct redact;

/* user may be NULL. */
struct redact *redact_new(const char *user, const char *secret);
/* One more secret of the same attempt. */
void redact_add(struct redact *r, const char *secret);
struct redact *redact_ref(struct redact *r);
void redact_unref(struct redact *r); /* NULL is fine */

/* r may be NULL: then only the queries of URLs. */
void redact_outcome(const struct redact *r, struct outcome *o);

#endif
