/*
 * heartbeat - a sign of life to a monitor outside, so that silence rings somewhere
 *
 * Every `heartbeat_minutes` a GET of `heartbeat_url`, as long as the engine ticks when it meant to.  An
 * engine that is stuck, failed or dead sends none.  Without the setting there is no timer.
 */
#ifndef APP_HEARTBEAT_H
#define APP_HEARTBEAT_H

#include "diag.h"
#include "engine.h"

struct sd_event;
struct heartbeat;

/* The settings are read anew at each beat; heartbeat_reload after they changed. */
enum rc heartbeat_new(struct sd_event *loop, const struct engine *e, struct heartbeat **ret,
	struct diag *d) NODISCARD;
void heartbeat_reload(struct heartbeat *h);
void heartbeat_free(struct heartbeat *h); /* NULL is fine */

#endif
