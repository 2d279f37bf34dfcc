#include "alarm.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <systemd/sd-event.h>

#include "mem.h"

/* As far ahead as the kernel takes: a timer that nobody wants still has to notice clock steps. */
enum { FAR_AHEAD_S = 2000000000 };

struct alarm {
	const struct clock *clock;
	int fd;
	sd_event_source *source;
	alarm_fn *ring;
	void *ctx;
};

static int on_timer(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)revents;
	struct alarm *a = userdata;
	uint64_t expirations;
	ssize_t n = read(fd, &expirations, sizeof expirations);
	bool stepped = n < 0 && errno == ECANCELED;
	if (n < 0 && !stepped)
		return 0; /* nothing to read after all */
	a->ring(a->ctx, stepped);
	return 0;
}

enum rc alarm_new(struct sd_event *loop, const struct clock *clock, alarm_fn *ring, void *ctx,
	struct alarm **ret, struct diag *d)
{
	int clock_id = clock->origin_boot_ms ? CLOCK_BOOTTIME : CLOCK_REALTIME;
	int fd = timerfd_create(clock_id, TFD_NONBLOCK | TFD_CLOEXEC);
	if (fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("no timer"));
	struct alarm *a = mem_new(1, sizeof *a);
	*a = (struct alarm){.clock = clock, .fd = fd, .ring = ring, .ctx = ctx};
	int r = sd_event_add_io(loop, &a->source, fd, EPOLLIN, on_timer, a);
	if (r < 0) {
		alarm_free(a);
		return diag_set_errno(d, RC_IO, -r, N_("no timer"));
	}
	*ret = a;
	return RC_OK;
}

void alarm_free(struct alarm *a)
{
	if (!a)
		return;
	sd_event_source_unref(a->source);
	close(a->fd);
	free(a);
}

void alarm_set(struct alarm *a, struct instant t)
{
	struct itimerspec spec = {0};
	int flags = 0;
	if (a->clock->origin_boot_ms) {
		int64_t ms = instant_is_none(t) ? (int64_t)FAR_AHEAD_S
						: clock_wait_ms(a->clock, t);
		spec.it_value.tv_sec = ms / 1000;
		spec.it_value.tv_nsec = ms % 1000 * 1000000 + 1; /* 0 would disarm it */
	} else {
		flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
		int64_t at = instant_is_none(t) ? clock_now().s + FAR_AHEAD_S : t.s;
		spec.it_value.tv_sec = at > 1 ? at : 1;
	}
	timerfd_settime(a->fd, flags, &spec, NULL);
}
