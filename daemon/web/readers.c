#include "readers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mem.h"

#include "link_index.h"
#include "user_agent.h"

struct reader {
	char hash[LINK_HASH_SIZE], client[USER_AGENT_SIZE];
};

struct pile {
	struct reader item[READERS_MAX];
	size_t n;
};

struct readers {
	ask_fn *ask;
	void *ctx;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct pile untold, telling; /* telling: the thread's own */
	bool stopping, joined;
};

static struct reader *find(struct pile *p, const char *hash)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->item[i].hash, hash) == 0)
			return &p->item[i];
	return NULL;
}

static json_t *pile_json(const struct pile *p)
{
	json_t *list = json_array();
	for (size_t i = 0; i < p->n; i++)
		json_array_append_new(list, json_pack("{s:s,s:s}", "hash", p->item[i].hash,
						    "client", p->item[i].client));
	return json_pack("{s:o}", "links", list);
}

/* The pause lets a burst become one question. */
static bool take(struct readers *r)
{
	struct timespec end;
	pthread_mutex_lock(&r->lock);
	while (!r->untold.n && !r->stopping)
		pthread_cond_wait(&r->work, &r->lock);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += READERS_TELL_MS / 1000;
	while (!r->stopping && pthread_cond_timedwait(&r->work, &r->lock, &end) == 0)
		;
	r->telling = r->untold;
	r->untold.n = 0;
	bool stopping = r->stopping;
	pthread_mutex_unlock(&r->lock);
	return !stopping;
}

/* What came meanwhile is newer. */
static void put_back(struct readers *r)
{
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->telling.n && r->untold.n < READERS_MAX; i++)
		if (!find(&r->untold, r->telling.item[i].hash))
			r->untold.item[r->untold.n++] = r->telling.item[i];
	pthread_mutex_unlock(&r->lock);
}

static void *work(void *arg)
{
	struct readers *r = arg;
	while (take(r)) {
		struct diag d;
		json_t *args = pile_json(&r->telling), *data = NULL;
		if (r->ask(r->ctx, "fetched", args, &data, &d))
			put_back(r);
		json_decref(args);
		json_decref(data);
	}
	return NULL;
}

struct readers *readers_new(ask_fn *ask, void *ctx)
{
	struct readers *r = mem_new(1, sizeof *r);
	pthread_condattr_t attr;
	r->ask = ask;
	r->ctx = ctx;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->work, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&r->thread, NULL, work, r))
		abort();
	return r;
}

void readers_note(struct readers *r, const char *hash, const char *user_agent)
{
	struct reader new;
	size_t len = strnlen(hash, LINK_HASH_SIZE - 1);
	memcpy(new.hash, hash, len);
	new.hash[len] = '\0';
	user_agent_product(user_agent, new.client);
	pthread_mutex_lock(&r->lock);
	struct reader *at = find(&r->untold, new.hash);
	if (at) {
		*at = new;
	} else if (r->untold.n < READERS_MAX) {
		r->untold.item[r->untold.n++] = new;
		if (r->untold.n == 1)
			pthread_cond_signal(&r->work);
	}
	pthread_mutex_unlock(&r->lock);
}

void readers_stop(struct readers *r)
{
	pthread_mutex_lock(&r->lock);
	r->stopping = true;
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
	if (!r->joined)
		pthread_join(r->thread, NULL);
	r->joined = true;
}

void readers_free(struct readers *r)
{
	if (!r)
		return;
	readers_stop(r);
	pthread_cond_destroy(&r->work);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
