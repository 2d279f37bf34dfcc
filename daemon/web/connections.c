#include "connections.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mem.h"

void connections_init(
	struct connections *l, unsigned per_site, int64_t deadline_ms, struct tally *tally)
{
	*l = (struct connections){.tally = tally,
		.per_site = per_site,
		.deadline_ms = deadline_ms,
		.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	pthread_mutex_init(&l->lock, NULL);
}

void connections_done(struct connections *l)
{
	if (l->wake_fd >= 0)
		close(l->wake_fd);
	pthread_mutex_destroy(&l->lock);
}

/* ---- one ------------------------------------------------------------------------------------------- */

struct connection *connection_open(
	struct connections *l, int fd, const struct net_address *peer, int64_t now_ms)
{
	struct connection *c = mem_new(1, sizeof *c);
	c->fd = fd;
	c->peer = *peer;
	bool crowd = ++l->tally->connections >= CONNECTIONS_CROWD;
	atomic_init(&c->deadline_ms, now_ms + l->deadline_ms);
	atomic_init(&c->since_ms, now_ms);
	pthread_mutex_lock(&l->lock);
	bool first = l->first == NULL;
	c->next = l->first;
	if (c->next)
		c->next->before = c;
	l->first = c;
	pthread_mutex_unlock(&l->lock);
	if (first || crowd)
		eventfd_write(l->wake_fd, 1);
	return c;
}

void connection_close(struct connections *l, struct connection *c)
{
	pthread_mutex_lock(&l->lock);
	if (c->before)
		c->before->next = c->next;
	else
		l->first = c->next;
	if (c->next)
		c->next->before = c->before;
	pthread_mutex_unlock(&l->lock);
	l->tally->connections--;
	free(c);
}

void connection_grant(struct connection *c, int64_t deadline_ms)
{
	atomic_store(&c->deadline_ms, deadline_ms);
}

void connection_end_request(struct connection *c, int64_t now_ms)
{
	c->busy = false;
	atomic_store(&c->since_ms, now_ms);
	atomic_store(&c->whole, false);
}

/* ---- whose ----------------------------------------------------------------------------------------- */

bool connections_admit(struct connections *l, const struct net_address *peer)
{
	struct net_address site = net_address_site(peer);
	unsigned n = 1;
	for (const struct connection *c = l->first; c; c = c->next) {
		struct net_address other = net_address_site(&c->peer);
		n += net_address_equal(&other, &site);
	}
	if (!l->per_site || n <= l->per_site)
		return true;
	l->tally->refused++;
	return false;
}

bool connection_ask(struct connections *l, struct connection *c, const struct net_address *client)
{
	unsigned n = 0;
	c->asking = net_address_site(client);
	c->busy = true;
	for (const struct connection *o = l->first; o; o = o->next)
		n += o->busy && net_address_equal(&o->asking, &c->asking);
	return !l->per_site || n <= l->per_site;
}

/* ---- until when ------------------------------------------------------------------------------------ */

/* What the kernel still holds for it goes, too. */
static void cut(struct connections *l, struct connection *c)
{
	struct linger now_or_never = {.l_onoff = 1};
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now_or_never, sizeof now_or_never);
	shutdown(c->fd, SHUT_RDWR);
	l->tally->cut += !c->cut;
	c->cut = true;
}

static int64_t time_left(const struct connection *c, bool crowd, int64_t now_ms)
{
	int64_t left = atomic_load(&c->deadline_ms) - now_ms;
	int64_t patience = atomic_load(&c->since_ms) + CONNECTIONS_PATIENCE_MS - now_ms;
	return crowd && !atomic_load(&c->whole) && patience < left ? patience : left;
}

int64_t connections_cut(struct connections *l, int64_t now_ms)
{
	int64_t next = -1;
	bool crowd = l->tally->connections >= CONNECTIONS_CROWD;
	pthread_mutex_lock(&l->lock);
	for (struct connection *c = l->first; c; c = c->next) {
		int64_t left = time_left(c, crowd, now_ms);
		if (left <= 0) {
			cut(l, c);
			left = l->deadline_ms;
		}
		if (next < 0 || left < next)
			next = left;
	}
	pthread_mutex_unlock(&l->lock);
	return next;
}
