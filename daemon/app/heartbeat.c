#include "heartbeat.h"

#include <stdlib.h>

#include <systemd/sd-event.h>

#include "clock.h"
#include "i18n.h"
#include "log.h"
#include "mem.h"
#include "ping.h"

enum { MINUTE_US = 60 * 1000000, SOON_US = 1000000, LOOSE_US = 5 * 1000000, LATE_S = 60 };

struct heartbeat {
	sd_event *loop;
	const struct engine *engine;
	struct ping *ping;
	sd_event_source *timer; /* NULL: no monitor is set */
	bool unheard;           /* the last beat was not */
};

static void on_answer(void *ctx, const char *why_not)
{
	struct heartbeat *h = ctx;
	/* Once each way: an hour without a network is one line. */
	if (why_not && !h->unheard)
		log_warn(_("the monitor does not hear our heartbeat: %s"), why_not);
	else if (!why_not && h->unheard)
		log_notice(_("the monitor hears our heartbeat again"));
	h->unheard = why_not != NULL;
}

static bool engine_is_alive(const struct engine *e)
{
	struct engine_pulse p = engine_pulse(e);
	return !engine_has_failed(e, NULL) &&
	       (instant_is_none(p.promised) || clock_now().s <= p.promised.s + LATE_S);
}

static int on_beat(sd_event_source *source, uint64_t now_us, void *ctx)
{
	struct heartbeat *h = ctx;
	const struct config *c = engine_config(h->engine);
	struct diag d = DIAG_INIT;
	(void)now_us;
	sd_event_source_set_time_relative(source, (uint64_t)c->heartbeat_minutes * MINUTE_US);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	if (!engine_is_alive(h->engine))
		return 0;
	if (ping_send(h->ping, c->heartbeat_url, on_answer, h, &d))
		on_answer(h, i18n_translate(d.msgid));
	return 0;
}

void heartbeat_reload(struct heartbeat *h)
{
	const struct config *c = engine_config(h->engine);
	h->timer = sd_event_source_disable_unref(h->timer);
	if (!c->heartbeat_url)
		return;
	if (sd_event_add_time_relative(
		    h->loop, &h->timer, CLOCK_MONOTONIC, SOON_US, LOOSE_US, on_beat, h) < 0)
		log_err(_("no timer for the heartbeat"));
}

enum rc heartbeat_new(
	struct sd_event *loop, const struct engine *e, struct heartbeat **ret, struct diag *d)
{
	struct heartbeat *h = mem_new(1, sizeof *h);
	h->loop = loop;
	h->engine = e;
	enum rc rc = ping_new(loop, &h->ping, d);
	if (rc) {
		free(h);
		return rc;
	}
	heartbeat_reload(h);
	*ret = h;
	return RC_OK;
}

void heartbeat_free(struct heartbeat *h)
{
	if (!h)
		return;
	sd_event_source_disable_unref(h->timer);
	ping_free(h->ping);
	free(h);
}
