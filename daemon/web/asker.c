#include "asker.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "mem.h"

struct question {
	const char *verb;
	json_t *args;
	ask_done_fn *done;
	void *ctx;
	int64_t asked_ms;
};

struct asker {
	ask_fn *ask;
	void *ctx;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct question queue[ASK_QUEUE_MAX];
	size_t first, n;
	bool stopping, joined;
};

static int64_t clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* False: it was stopped and nobody waits. */
static bool take(struct asker *a, struct question *ret, bool *ret_stopping)
{
	pthread_mutex_lock(&a->lock);
	while (!a->n && !a->stopping)
		pthread_cond_wait(&a->work, &a->lock);
	bool found = a->n > 0;
	if (found) {
		*ret = a->queue[a->first];
		a->first = (a->first + 1) % ASK_QUEUE_MAX;
		a->n--;
	}
	*ret_stopping = a->stopping;
	pthread_mutex_unlock(&a->lock);
	return found;
}

static void *work(void *arg)
{
	struct asker *a = arg;
	struct question q;
	bool stopping;
	while (take(a, &q, &stopping)) {
		struct diag d;
		json_t *data = NULL;
		enum rc rc = RC_BUSY;
		if (!stopping && clock_ms() - q.asked_ms < ASK_PATIENCE_MS)
			rc = a->ask(a->ctx, q.verb, q.args, &data, &d);
		q.done(q.ctx, rc, data);
		json_decref(data);
		json_decref(q.args);
	}
	return NULL;
}

struct asker *asker_new(ask_fn *ask, void *ctx)
{
	struct asker *a = mem_new(1, sizeof *a);
	*a = (struct asker){.ask = ask, .ctx = ctx};
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	if (pthread_create(&a->thread, NULL, work, a))
		abort();
	return a;
}

void asker_stop(struct asker *a)
{
	pthread_mutex_lock(&a->lock);
	a->stopping = true;
	pthread_cond_signal(&a->work);
	pthread_mutex_unlock(&a->lock);
	if (!a->joined)
		pthread_join(a->thread, NULL);
	a->joined = true;
}

void asker_free(struct asker *a)
{
	if (!a)
		return;
	asker_stop(a);
	pthread_cond_destroy(&a->work);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

bool asker_has_room(struct asker *a)
{
	pthread_mutex_lock(&a->lock);
	bool room = a->n < ASK_QUEUE_MAX && !a->stopping;
	pthread_mutex_unlock(&a->lock);
	return room;
}

bool asker_ask(struct asker *a, const char *verb, json_t *given_args, ask_done_fn *done, void *ctx)
{
	pthread_mutex_lock(&a->lock);
	bool room = a->n < ASK_QUEUE_MAX && !a->stopping;
	if (room) {
		a->queue[(a->first + a->n++) % ASK_QUEUE_MAX] =
			(struct question){verb, given_args, done, ctx, clock_ms()};
		pthread_cond_signal(&a->work);
	}
	pthread_mutex_unlock(&a->lock);
	if (!room)
		json_decref(given_args);
	return room;
}
