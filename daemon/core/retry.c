#include "retry.h"

static const int64_t wait_minutes[] = {1, 2, 5, 10, 15, 30};
enum { N_WAITS = sizeof wait_minutes / sizeof *wait_minutes, GIVE_UP_DAYS = 5 };

/* FNV-1a: spreads keys evenly, needs no secret. */
static uint32_t hash(const char *key, unsigned attempt)
{
	uint32_t h = 2166136261u;
	for (const char *p = key; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (unsigned n = attempt; n; n >>= 8)
		h = (h ^ (n & 255)) * 16777619u;
	return h ^ h >> 15;
}

int64_t retry_wait_s(unsigned attempt, const char *key, int64_t retry_after_s)
{
	unsigned i = attempt < 1 ? 0 : attempt - 1;
	int64_t wait = wait_minutes[i < N_WAITS ? i : N_WAITS - 1] * 60;
	int64_t span = wait / 5;
	wait = wait - span / 2 + (int64_t)(hash(key, attempt) % (uint32_t)(span + 1));
	if (retry_after_s > RETRY_WINDOW_MAX_S)
		retry_after_s = RETRY_WINDOW_MAX_S;
	return retry_after_s > wait ? retry_after_s : wait;
}

struct instant retry_give_up(struct instant first_attempt, struct instant deadline)
{
	struct instant last = {first_attempt.s + (int64_t)GIVE_UP_DAYS * DAY_S};
	if (!instant_is_none(deadline) && deadline.s + DAY_S < last.s)
		last.s = deadline.s + DAY_S;
	return last;
}
