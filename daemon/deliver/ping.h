/*
 * ping - one GET to a monitor that rings when it hears nothing
 *
 * One at a time, on a connection of its own, 15 s at most; the answer's body is thrown away.  Any 2xx is
 * well.  Says nothing about messages and shares nothing with them.
 */
#ifndef DELIVER_PING_H
#define DELIVER_PING_H

#include "diag.h"

struct sd_event;
struct ping;

/* NULL: it was heard; else why not, without the URL. */
typedef void ping_done_fn(void *ctx, const char *why_not);

enum rc ping_new(struct sd_event *loop, struct ping **ret, struct diag *d) NODISCARD;
void ping_free(struct ping *p); /* what is on its way is not reported; NULL is fine */

/* RC_BUSY: the one before has no answer yet.  done() is called once, from the loop. */
enum rc ping_send(struct ping *p, const char *url, ping_done_fn *done, void *ctx,
	struct diag *d) NODISCARD;

#endif
