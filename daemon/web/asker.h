/*
 * asker - questions to the engine, asked one after the other by a thread of their own
 *
 * So that a slow or missing engine delays those who wait for its answer and nobody else.  A question
 * that has waited longer than ASK_PATIENCE_MS is answered with RC_BUSY instead of being asked: its
 * caller has gone or is about to.
 *
 * Thread: asker_ask from one thread; answers come in the asker's thread.
 */
#ifndef WEB_ASKER_H
#define WEB_ASKER_H

#include <stdbool.h>

#include <jansson.h>

#include "diag.h"

enum { ASK_QUEUE_MAX = 16, ASK_PATIENCE_MS = 5000 };

/* How the engine is asked: blocks for ASK_PATIENCE_MS at most.  args are borrowed, *ret_data given. */
typedef enum rc ask_fn(
	void *ctx, const char *verb, json_t *args, json_t **ret_data, struct diag *d);

/* data: borrowed, NULL unless rc is RC_OK. */
typedef void ask_done_fn(void *ctx, enum rc rc, const json_t *data);

struct asker;
struct asker *asker_new(ask_fn *ask, void *ctx);
/* What waits is answered with RC_BUSY; then the thread ends. */
void asker_stop(struct asker *a);
void asker_free(struct asker *a); /* after asker_stop; NULL is fine */

/* False: too many wait, or it was stopped; done is not called then.  verb: a literal. */
bool asker_has_room(struct asker *a);
bool asker_ask(struct asker *a, const char *verb, json_t *given_args, ask_done_fn *done, void *ctx);

#endif
