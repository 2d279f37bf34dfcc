/*
 * email - a pool of SMTP sessions
 *
 * libcurl looks the name up, connects, upgrades to TLS and authenticates (CURLOPT_CONNECT_ONLY); the
 * mail transaction itself is ours (smtp_session), because only so it never blocks the loop and every
 * outcome has its exact stage.  A session serves mail after mail; one that is idle for idle_ms, of an
 * older generation of settings, or at MAILS_PER_SESSION ends.  A session that turns out stale at
 * the next MAIL is replaced once without counting as an attempt: nothing was said by then.
 */
#ifndef DELIVER_EMAIL_H
#define DELIVER_EMAIL_H

#include <stddef.h>

#include "transport.h"

struct email;

struct email *email_new(struct sd_event *loop, struct wire *wire, const struct limits *limits);
void email_free(struct email *e); /* nothing may be in flight; NULL is fine */

/* With max_parallel sessions of its settings at work, up to EMAIL_WAITING_MAX more wait for one: so many can be claimed
 * in one transaction.  If the last session is lost for a reason that they would meet as well, they end
 * with it, untried. */
enum { EMAIL_WAITING_MAX = 256 };
void email_start(struct email *e, struct attempt *a);
/* An attempt under these settings has ended: the next one, if any. */
void email_ended(struct email *e, const struct settings *settings, bool was_waiting,
	const struct outcome *o);
/* No more: what waits ends untried. */
void email_stop(struct email *e);

/* End idle sessions: on stop, and on new settings. */
void email_close_idle(struct email *e);

#endif
