/* alarm: a real timerfd in a real loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <systemd/sd-event.h>

#include "alarm.h"

static int cancel; /* reads of a timer that the kernel cancels because somebody set the clock */

/* The kernel's word for a clock that was set; nobody sets the clock of the machine that runs tests. */
ssize_t read(int fd, void *buf, size_t n)
{
	ssize_t got = syscall(SYS_read, fd, buf, n);
	if (cancel > 0 && got == (ssize_t)sizeof(uint64_t)) {
		cancel--;
		errno = ECANCELED;
		return -1;
	}
	return got;
}

struct bell {
	sd_event *loop;
	struct clock clock;
	struct alarm *alarm;
	int rung, stepped;
};

static void ring(void *ctx, bool stepped)
{
	struct bell *b = ctx;
	b->rung++;
	b->stepped += stepped;
}

static void set_up(struct bell *b)
{
	struct diag d;
	assert_true(sd_event_new(&b->loop) >= 0);
	assert_int_equal(alarm_new(b->loop, &b->clock, ring, b, &b->alarm, &d), RC_OK);
	cancel = 0;
}

static void tear_down(struct bell *b)
{
	alarm_free(b->alarm);
	sd_event_unref(b->loop);
}

/* Until it rings, or so many milliseconds. */
static void wait_for(struct bell *b, int ms)
{
	int64_t end = clock_boot_ms() + ms;
	int before = b->rung;
	while (b->rung == before && clock_boot_ms() < end)
		assert_true(sd_event_run(b->loop, 50000) >= 0);
}

static void rings_at_its_time(void **state)
{
	(void)state;
	struct bell b = {0};
	set_up(&b);
	struct instant at = {clock_now().s + 2};
	alarm_set(b.alarm, at);
	wait_for(&b, 10000);
	assert_int_equal(b.rung, 1);
	assert_int_equal(b.stepped, 0);
	assert_true(clock_now().s >= at.s);
	tear_down(&b);
}

static void rings_at_once_for_what_is_past(void **state)
{
	(void)state;
	struct bell b = {0};
	set_up(&b);
	alarm_set(b.alarm, (struct instant){clock_now().s - 1000});
	wait_for(&b, 10000);
	assert_int_equal(b.rung, 1);
	alarm_set(b.alarm, (struct instant){0});
	wait_for(&b, 10000);
	assert_int_equal(b.rung, 2);
	tear_down(&b);
}

static void is_silent_without_a_time(void **state)
{
	(void)state;
	struct bell b = {0};
	set_up(&b);
	alarm_set(b.alarm, INSTANT_NONE);
	wait_for(&b, 300);
	assert_int_equal(b.rung, 0);
	/* Put off before it rang. */
	alarm_set(b.alarm, (struct instant){clock_now().s + 1});
	alarm_set(b.alarm, INSTANT_NONE);
	wait_for(&b, 1500);
	assert_int_equal(b.rung, 0);
	tear_down(&b);
}

static void says_that_the_clock_was_set(void **state)
{
	(void)state;
	struct bell b = {0};
	set_up(&b);
	cancel = 1;
	alarm_set(b.alarm, (struct instant){clock_now().s});
	wait_for(&b, 10000);
	assert_int_equal(b.rung, 1);
	assert_int_equal(b.stepped, 1);
	alarm_set(b.alarm, (struct instant){clock_now().s});
	wait_for(&b, 10000);
	assert_int_equal(b.rung, 2);
	assert_int_equal(b.stepped, 1);
	tear_down(&b);
}

static void follows_a_rehearsed_clock(void **state)
{
	(void)state;
	struct bell b = {0};
	clock_rehearse(&b.clock, (struct instant){1714900000}, 3600);
	set_up(&b);
	alarm_set(b.alarm, (struct instant){1714900000 + 1800}); /* half a second */
	wait_for(&b, 10000);
	assert_int_equal(b.rung, 1);
	assert_true(clock_read(&b.clock).s >= 1714900000 + 1800);
	tear_down(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rings_at_its_time),
		cmocka_unit_test(rings_at_once_for_what_is_past),
		cmocka_unit_test(is_silent_without_a_time),
		cmocka_unit_test(says_that_the_clock_was_set),
		cmocka_unit_test(follows_a_rehearsed_clock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
