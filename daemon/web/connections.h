/*
 * connections - those that are open: whose they are, and until when
 *
 * Invariants: a connection is in the list from its acceptance until just before its socket is closed,
 *         so that a number in the list is ours.  per_site of them at most are one site's
 *         (net_address_site; 0: any), and as many requests at a time one's who comes by a proxy.
 *         While there are CONNECTIONS_CROWD of them, who has not said within CONNECTIONS_PATIENCE_MS
 *         what he wants has to go: others wait.
 * Thread: the server's, but for connections_cut; only that one and the list's changes lock.
 */
#ifndef WEB_CONNECTIONS_H
#define WEB_CONNECTIONS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "net.h"

#include "tally.h"

enum { CONNECTIONS_CROWD = 48, CONNECTIONS_PATIENCE_MS = 1000 };

struct connection {
	struct connection *next, *before;
	int fd;
	bool cut;
	_Atomic int64_t deadline_ms,
		since_ms;   /* since: it was opened, or its last request was over */
	_Atomic bool whole; /* its request has come in whole and is not over */
	struct net_address peer;
	struct net_address asking; /* site of whose request is being answered, while busy */
	bool busy;
};

struct connections {
	pthread_mutex_t lock;
	struct connection *first;
	struct tally *tally; /* borrowed */
	unsigned per_site;
	int64_t deadline_ms;
	int wake_fd; /* written when there is another first one, or a crowd; -1: it could not be made */
};

void connections_init(
	struct connections *l, unsigned per_site, int64_t deadline_ms, struct tally *tally);
void connections_done(struct connections *l);

/* Before anything is read: may this address have another one? */
bool connections_admit(struct connections *l, const struct net_address *peer);
struct connection *connection_open(
	struct connections *l, int fd, const struct net_address *peer, int64_t now_ms);
void connection_close(struct connections *l, struct connection *c);
void connection_grant(struct connection *c, int64_t deadline_ms);
void connection_end_request(struct connection *c, int64_t now_ms);
/* It begins to ask for somebody; false: for too much, with others. */
bool connection_ask(struct connections *l, struct connection *c, const struct net_address *client);

/* Ends those who are over time; milliseconds until the next may be, -1: nobody is there. */
int64_t connections_cut(struct connections *l, int64_t now_ms);

#endif
