/*
 * client - whose request it is, when proxies stand between
 *
 * Only what a trusted proxy says is believed: X-Forwarded-For is read from its right end, and the
 * first address there that is no trusted proxy is the client's.  An entry that is no address ends the
 * search: the client is then the last one that could be believed.
 *
 * Pure.
 */
#ifndef WEB_CLIENT_H
#define WEB_CLIENT_H

#include "net.h"

/* field: the values of X-Forwarded-For in the order in which they came, n of them. */
struct net_address client_find(const struct net_address *peer, const struct net_list *proxies,
	const char *const *field, size_t n);

#endif
