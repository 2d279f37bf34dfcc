/*
 * clock - the only reader of clocks
 *
 * The engine is driven by instants passed in; this says which instant it is: the real one, or one
 * that a rehearsal shifted and made faster.  Wall clock for deadlines, boot clock for timeouts.
 */
#ifndef APP_CLOCK_H
#define APP_CLOCK_H

#include <stdint.h>

#include "date.h"
#include "hold.h"

/* Wall time as seen through a rehearsal; zeroed = the real clock. */
struct clock {
	struct instant origin;  /* what the rehearsal's clock showed ... */
	int64_t origin_boot_ms; /* ... at this boot time; 0 = real clock */
	int64_t speed;          /* seconds shown per real second, 1..100000 */
};

struct instant clock_now(void); /* the machine's wall clock */
int64_t clock_boot_ms(void);    /* CLOCK_BOOTTIME, milliseconds */

/* What the machine shows now, and whether it calls its clock synchronised (the kernel's word, or that
 * of systemd-timesyncd where asking the kernel is forbidden). */
struct clock_reading clock_look(void);
/* Which boot this is: 32 hex digits, "" if unknown. */
void clock_boot_id(char ret[static 33]);

void clock_rehearse(struct clock *c, struct instant origin, int64_t speed);
struct instant clock_read(const struct clock *c);
/* Real milliseconds to wait until the clock shows t; 0 if it is past. */
int64_t clock_wait_ms(const struct clock *c, struct instant t);

#endif
