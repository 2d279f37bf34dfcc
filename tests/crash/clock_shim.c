/*
 * clock_shim - a clock that the crash harness owns, preloaded into the daemon
 *
 * CLOCK_BOOTTIME becomes  boot = boot0 + (CLOCK_MONOTONIC - mono0) * speed / 1000  and CLOCK_REALTIME
 * boot + offset, both read from a page that the harness maps, too ($CRASH_CLOCK).  CLOCK_MONOTONIC
 * stays as it is: timeouts of the wire are about real peers.  Timers of the two clocks are converted,
 * and at most `clamp` long, so that a step is noticed soon.  A step is told as the kernel tells it: the
 * timer's read says ECANCELED.  adjtimex says that the clock is synchronised.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum { FDS = 256, NS = 1000000000 };

struct page {
	volatile uint64_t seq; /* odd: being written */
	int64_t mono0, boot0, speed, offset, steps, clamp;
};

static struct page *page;
static int clock_of[FDS];       /* what the fd was created for; 0: none */
static int64_t steps_seen[FDS]; /* -1: does not ask to be told */
static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_create)(int, int);
static int (*real_settime)(int, int, const struct itimerspec *, struct itimerspec *);
static ssize_t (*real_read)(int, void *, size_t);

__attribute__((constructor)) static void set_up(void)
{
	const char *path = getenv("CRASH_CLOCK");
	real_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	real_create = (int (*)(int, int))dlsym(RTLD_NEXT, "timerfd_create");
	real_settime = (int (*)(int, int, const struct itimerspec *, struct itimerspec *))dlsym(
		RTLD_NEXT, "timerfd_settime");
	real_read = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	void *at = mmap(NULL, sizeof *page, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	page = at == MAP_FAILED ? NULL : at;
}

static struct page look(void)
{
	struct page p;
	uint64_t seq;
	do {
		seq = __atomic_load_n(&page->seq, __ATOMIC_ACQUIRE);
		p = (struct page){seq, page->mono0, page->boot0, page->speed, page->offset,
			page->steps, page->clamp};
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while ((seq & 1) || seq != page->seq);
	return p;
}

static int64_t shown(const struct page *p, clockid_t clock)
{
	struct timespec ts;
	real_gettime(CLOCK_MONOTONIC, &ts);
	int64_t mono = (int64_t)ts.tv_sec * NS + ts.tv_nsec;
	int64_t boot = p->boot0 + (mono - p->mono0) / 1000 * p->speed;
	return clock == CLOCK_REALTIME ? boot + p->offset : boot;
}

static int is_ours(clockid_t clock)
{
	return page && (clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME);
}

int clock_gettime(clockid_t clock, struct timespec *ret)
{
	if (!real_gettime)
		set_up();
	if (!is_ours(clock))
		return real_gettime(clock, ret);
	struct page p = look();
	int64_t t = shown(&p, clock);
	*ret = (struct timespec){t / NS, t % NS};
	return 0;
}

time_t time(time_t *ret)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	if (ret)
		*ret = ts.tv_sec;
	return ts.tv_sec;
}

int timerfd_create(int clock, int flags)
{
	int fd = real_create(is_ours(clock) ? CLOCK_MONOTONIC : clock, flags);
	if (fd >= 0 && fd < FDS)
		clock_of[fd] = is_ours(clock) ? clock + 1 : 0;
	if (fd >= 0 && fd < FDS)
		steps_seen[fd] = -1;
	return fd;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *spec, struct itimerspec *old)
{
	if (!page || fd >= FDS || !clock_of[fd] ||
		(!spec->it_value.tv_sec && !spec->it_value.tv_nsec))
		return real_settime(fd, flags, spec, old);
	struct page p = look();
	int64_t wait = spec->it_value.tv_sec * NS + spec->it_value.tv_nsec;
	if (flags & TFD_TIMER_ABSTIME)
		wait -= shown(&p, clock_of[fd] - 1);
	wait = wait > 0 ? wait / p.speed * 1000 : 1;
	if (p.clamp && wait > p.clamp)
		wait = p.clamp;
	steps_seen[fd] = flags & TFD_TIMER_CANCEL_ON_SET ? p.steps : -1;
	struct itimerspec real = {.it_value = {wait / NS, wait % NS + !wait}};
	return real_settime(fd, 0, &real, old);
}

ssize_t read(int fd, void *buf, size_t n)
{
	if (!real_read)
		set_up();
	ssize_t got = real_read(fd, buf, n);
	if (!page || fd < 0 || fd >= FDS || !clock_of[fd] || n != 8 || got != 8)
		return got;
	int64_t seen = steps_seen[fd], steps = look().steps;
	if (seen < 0 || seen == steps)
		return got;
	steps_seen[fd] = steps;
	errno = ECANCELED;
	return -1;
}

int adjtimex(struct timex *t)
{
	*t = (struct timex){0};
	return TIME_OK;
}
