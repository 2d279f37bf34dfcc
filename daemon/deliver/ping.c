#include "ping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#include "sms_exchange.h"
#include "wire.h"

enum { PING_MS = 15000, WHY_BYTES = 300 };

struct ping {
	struct wire *wire;
	struct sms_exchange *exchange; /* NULL: nothing is on its way */
	ping_done_fn *done;
	void *ctx;
};

enum rc ping_new(struct sd_event *loop, struct ping **ret, struct diag *d)
{
	struct ping *p = mem_new(1, sizeof *p);
	enum rc rc = wire_new(loop, &p->wire, d);
	if (rc) {
		free(p);
		return rc;
	}
	*ret = p;
	return RC_OK;
}

static void on_reply(void *ctx, const struct sms_reply *r)
{
	struct ping *p = ctx;
	char why[WHY_BYTES];
	p->exchange = NULL;
	if (!p->done)
		return;
	if (r->curl)
		snprintf(why, sizeof why, "%s", r->curl_text);
	else
		snprintf(why, sizeof why, "HTTP %d", r->status);
	p->done(p->ctx, r->curl == 0 && r->status / 100 == 2 ? NULL : why);
}

void ping_free(struct ping *p)
{
	if (!p)
		return;
	p->done = NULL;
	if (p->exchange)
		exchange_abandon(p->exchange);
	wire_free(p->wire);
	free(p);
}

enum rc ping_send(struct ping *p, const char *url, ping_done_fn *done, void *ctx, struct diag *d)
{
	const struct limits limits = {.connect_ms = PING_MS, .reply_ms = PING_MS};
	struct sms_request req;
	if (p->exchange)
		return diag_set(d, RC_BUSY, N_("the monitor has not answered yet"));
	request_init(&req);
	buf_add(&req.url, url, strlen(url));
	buf_add(&req.url, "", 1);
	p->done = done;
	p->ctx = ctx;
	enum rc rc = exchange_begin(p->wire, &limits, NULL, &req, "", on_reply, p, &p->exchange, d);
	request_done(&req);
	return rc;
}
