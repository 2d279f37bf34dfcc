#include "clock.h"

#include <time.h>

struct instant clock_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct instant){ts.tv_sec};
}

int64_t clock_boot_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void clock_rehearse(struct clock *c, struct instant origin, int64_t speed)
{
	*c = (struct clock){.origin = origin, .origin_boot_ms = clock_boot_ms(), .speed = speed};
}

struct instant clock_read(const struct clock *c)
{
	if (!c->origin_boot_ms)
		return clock_now();
	int64_t passed_ms = (clock_boot_ms() - c->origin_boot_ms) * c->speed;
	return (struct instant){c->origin.s + passed_ms / 1000};
}

int64_t clock_wait_ms(const struct clock *c, struct instant t)
{
	int64_t s = t.s - clock_read(c).s;
	if (s <= 0)
		return 0;
	return c->origin_boot_ms ? s * 1000 / c->speed + 1 : s * 1000;
}
