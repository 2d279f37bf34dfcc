/*
 * link_index - what the engine published about the links that are in force
 *
 * A text file "index" in the folder of the feeds, replaced as a whole by the engine:
 *
 *   deadlined-links 1
 *   host NAME                        a name this server is addressed by; any number
 *   proxy NET                        a proxy, or a range of them, that is believed whom it asks for
 *   watcher NET                      who may see /metrics
 *   KIND SHA256HEX FILE-OR-ID        one link; "-" where there is nothing to name
 *   end
 *
 * KIND: feed, revoked (a feed that says that it is over), page, clerk, admin, receipts, leader.  SHA256HEX is
 * the lowercase hex of SHA-256 of the token as it stands in a path: whoever reads this file cannot
 * make a link of it.  A kind that is not known here is skipped; a line of another shape, or a missing
 * end, and the whole file is refused.
 *
 * Memory: everything in one allocation of the index; entries are borrowed until link_index_done.
 */
#ifndef WEB_LINK_INDEX_H
#define WEB_LINK_INDEX_H

#include <stddef.h>

#include "diag.h"
#include "net.h"

#include "host_list.h"
#include "route.h"

enum { LINK_HASH_SIZE = 65, LINK_INDEX_MAX = 32 << 20 /* bytes */ };

enum link_use {
	LINK_USE_FEED,
	LINK_USE_REVOKED,
	LINK_USE_PAGE,
	LINK_USE_CLERK,
	LINK_USE_ADMIN,
	LINK_USE_RECEIPTS,
	LINK_USE_LEADER
};

struct link_entry {
	char hash[LINK_HASH_SIZE];
	enum link_use use;
	const char *name; /* file name, [a-z0-9.-]; id; "" */
};

struct link_index {
	struct link_entry *item; /* by hash */
	size_t n;
	struct host_list hosts;
	struct net_list proxies, watchers;
	char *text;
};

/* text: len bytes, copied.  RC_CORRUPT; *ret is then untouched. */
enum rc link_index_parse(
	const char *text, size_t len, struct link_index *ret, struct diag *d) NODISCARD;
void link_index_done(struct link_index *ix);

/* By the token of a path; NULL: no such link.  The search is over hashes, so that its time tells
 * nothing about tokens. */
const struct link_entry *link_index_find(const struct link_index *ix, const char *token);

void link_token_hash(const char *token, char ret[static LINK_HASH_SIZE]);

#endif
