/*
 * alarm - one timer of the event loop that knows about clock steps
 *
 * On the real clock it is an absolute CLOCK_REALTIME timerfd with CANCEL_ON_SET, so that the kernel
 * says when somebody sets the clock (sd-event's own timers do not).  In a rehearsal it is a relative
 * timer of the boot clock, since the rehearsed clock follows that.
 */
#ifndef APP_ALARM_H
#define APP_ALARM_H

#include <stdbool.h>

#include "clock.h"
#include "date.h"
#include "diag.h"

struct sd_event;
struct alarm;

/* stepped: the wall clock was set; the alarm has to be set anew either way. */
typedef void alarm_fn(void *ctx, bool stepped);

/* clock: kept. */
enum rc alarm_new(struct sd_event *loop, const struct clock *clock, alarm_fn *ring, void *ctx,
	struct alarm **ret, struct diag *d) NODISCARD;
void alarm_free(struct alarm *a);

/* Ring once at t, or at once if it is past.  INSTANT_NONE: only on a clock step. */
void alarm_set(struct alarm *a, struct instant t);

#endif
