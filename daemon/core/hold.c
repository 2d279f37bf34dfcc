#include "hold.h"

const char *hold_text(enum hold h)
{
	static const char *const TEXT[] = {"none", "behind", "jumped", "unsynchronised"};
	return TEXT[h];
}

void hold_init(struct hold_watch *w, const struct clock_reading *recorded, bool same_boot)
{
	*w = (struct hold_watch){.recorded = recorded->wall, .last.wall = INSTANT_NONE};
	if (same_boot)
		w->last = *recorded;
}

/* How much further the wall clock moved than time did; 0 for the first reading of a boot. */
static int64_t step_of(const struct hold_watch *w, const struct clock_reading *now)
{
	if (instant_is_none(w->last.wall) || now->boot_s < w->last.boot_s)
		return 0;
	return (now->wall.s - w->last.wall.s) - (now->boot_s - w->last.boot_s);
}

static bool is_jump(const struct clock_reading *from, const struct clock_reading *now)
{
	return (now->wall.s - from->wall.s) - (now->boot_s - from->boot_s) > HOLD_JUMP_S;
}

static enum hold judge(const struct hold_watch *w, const struct clock_reading *now, int64_t step)
{
	/* From a clock that was not believed to one that the system vouches for: a repair. */
	bool repaired =
		now->synchronised && (w->hold == HOLD_BEHIND || w->hold == HOLD_UNSYNCHRONISED);
	if (step > HOLD_JUMP_S && !repaired)
		return HOLD_JUMPED;
	if (w->hold == HOLD_JUMPED) {
		bool undone = !is_jump(&w->jumped_from, now);
		bool stable =
			now->synchronised && now->boot_s - w->held_since_boot_s >= HOLD_STABLE_S;
		if (!undone && !stable)
			return HOLD_JUMPED;
	}
	if (!instant_is_none(w->recorded) && now->wall.s < w->recorded.s - HOLD_BEHIND_S)
		return HOLD_BEHIND;
	if (!now->synchronised && now->boot_s < HOLD_BOOT_S)
		return HOLD_UNSYNCHRONISED;
	return HOLD_NONE;
}

bool hold_observe(struct hold_watch *w, const struct clock_reading *now)
{
	int64_t step = step_of(w, now);
	enum hold before = w->hold;
	if (step > HOLD_BEHIND_S || step < -HOLD_BEHIND_S)
		w->trusted = false;
	if (step > HOLD_JUMP_S && w->hold != HOLD_JUMPED)
		w->jumped_from = w->last;
	w->hold = w->trusted ? HOLD_NONE : judge(w, now, step);
	if (w->hold != before || step > HOLD_JUMP_S)
		w->held_since_boot_s = now->boot_s;
	w->last = *now;
	/* What a held clock shows is not believed, so it is not put on record either. */
	bool ahead = instant_is_none(w->recorded) || now->wall.s > w->recorded.s;
	if (w->hold == HOLD_NONE && (ahead || w->trusted))
		w->recorded = now->wall;
	return w->hold != before;
}

bool hold_trust(struct hold_watch *w)
{
	bool held = w->hold != HOLD_NONE;
	w->trusted = true;
	w->hold = HOLD_NONE;
	if (!instant_is_none(w->last.wall))
		w->recorded = w->last.wall;
	return held;
}
