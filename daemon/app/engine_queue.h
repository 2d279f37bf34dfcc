/*
 * engine_queue - what is due, in the order in which it leaves.  Private to app/engine*.
 *
 * Due rows are grouped by person and channel (one person, one channel, one time: one message) and the
 * groups ordered by their most urgent deadline.  The list is read once and worked off over many ticks;
 * a plan, a notice or QUEUE_FRESH_S seconds make it be read anew.  Nothing depends on its being fresh:
 * a claim of a row that is no longer planned changes nothing.
 */
#ifndef APP_ENGINE_QUEUE_H
#define APP_ENGINE_QUEUE_H

#include "mem.h"
#include "outbox.h"

struct engine;

enum { QUEUE_FRESH_S = 5, QUEUE_PARTS_MAX = 60 };

struct due_group {
	const struct outbox_reminder *const *row; /* n of one person and channel */
	size_t n;
	bool taken;
};

struct send_queue {
	struct arena arena;
	struct due_group *group;
	size_t n, first; /* before `first` all are taken */
	bool stale;
	struct instant read_at;
};

enum rc engine_queue_fill(struct engine *e, struct instant now, struct diag *d) NODISCARD;
void engine_queue_drop(struct engine *e);
void engine_queue_take(struct engine *e, struct due_group *g);

#endif
