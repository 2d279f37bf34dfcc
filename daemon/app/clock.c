#include "clock.h"

#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-id128.h>

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

static bool is_synchronised(void)
{
	struct timex t = {.modes = 0};
	int state = adjtimex(&t);
	if (state >= 0)
		return state != TIME_ERROR && !(t.status & STA_UNSYNC);
	return access("/run/systemd/timesync/synchronized", F_OK) == 0;
}

struct clock_reading clock_look(void)
{
	return (struct clock_reading){clock_now(), clock_boot_ms() / 1000, is_synchronised()};
}

void clock_boot_id(char ret[static 33])
{
	sd_id128_t id;
	ret[0] = '\0';
	if (sd_id128_get_boot(&id) >= 0)
		sd_id128_to_string(id, ret);
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
