/*
 * hold - can the clock be believed?  Pure: what the clocks showed comes in.
 *
 *   BEHIND           the wall clock is more than a minute behind the last tick on record.  Ends when
 *                    it catches up.
 *   JUMPED           within one boot it moved a day or more further than the boot clock, forwards.
 *                    Ends ten minutes later if the system says that the clock is synchronised.
 *   UNSYNCHRONISED   the machine came up less than fifteen minutes ago and the system does not call its
 *                    clock synchronised.  Ends with either.
 *
 * A person's word (clock-ok) ends each.  While one holds, no SMS and no chat message leaves: what
 * cannot be taken back waits.  JUMPED holds mails and planning, too: a clock set to 2099 would cancel
 * this year's reminders and send those of 2099.  Waking from suspend is no jump: the boot clock
 * counts it.
 */
#ifndef CORE_HOLD_H
#define CORE_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "date.h"

enum {
	HOLD_BEHIND_S = 60,
	HOLD_JUMP_S = 86400,
	HOLD_STABLE_S = 600,
	HOLD_BOOT_S = 900,
	HOLD_LOOK_S = 30, /* how often to look while one holds: synchronisation makes no event */
};

enum hold { HOLD_NONE, HOLD_BEHIND, HOLD_JUMPED, HOLD_UNSYNCHRONISED };
const char *hold_text(enum hold h); /* "none", "behind", "jumped", "unsynchronised" */

/* What the machine shows at one moment. */
struct clock_reading {
	struct instant wall;
	int64_t boot_s;    /* since the machine came up, suspend included */
	bool synchronised; /* the kernel's word */
};

struct hold_watch {
	enum hold hold;
	struct instant recorded;   /* the last tick on record; INSTANT_NONE: none */
	struct clock_reading last; /* wall INSTANT_NONE: none in this boot yet */
	int64_t held_since_boot_s;
	struct clock_reading jumped_from; /* before the jump */
	bool trusted;               /* a person's word, until the next step */
};

/* recorded: the last tick that an earlier process wrote down, wall INSTANT_NONE if none; same_boot: the
 * machine has been up ever since, so that the steps from there to here count. */
void hold_init(struct hold_watch *w, const struct clock_reading *recorded, bool same_boot);
/* Returns whether the hold changed. */
bool hold_observe(struct hold_watch *w, const struct clock_reading *now);
/* The wall clock that was last seen is right.  Returns whether a hold ended. */
bool hold_trust(struct hold_watch *w);

#endif
