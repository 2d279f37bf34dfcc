/*
 * links - the capability links: tokens, and the index that the web program reads
 *
 * A token is base64url(HMAC-SHA-256(link key, kind, id, generation)), 43 characters.  The link key
 * lies in the state directory, mode 0600, and is made at the first start; without it no token can be
 * made or guessed, and with the same key and generation a link stays the same for ever.
 *
 * The index (its form: web/link_index.h) names tokens by their SHA-256 only.  It is one file,
 * replaced as a whole: the web program never sees half of a change.
 *
 *   kind      id       what it opens
 *   all       -        /f/TOKEN.ics, every deadline
 *   unit      a unit   /f/TOKEN.ics      person, office: likewise
 *   page      person   /p/TOKEN          what the person owes
 *   clerk     office   /b/TOKEN          the office's board
 *   admin     -        /b/TOKEN          the admin's board
 *   receipts  -        /r/TOKEN          what an SMS gateway says later
 *   leader    a leader /p/TOKEN          the months at a glance, to read only
 */
#ifndef APP_LINKS_H
#define APP_LINKS_H

#include <stdbool.h>

#include "buf.h"
#include "diag.h"
#include "feed.h"

enum {
	LINK_KEY_BYTES = 32,
	LINK_TOKEN_SIZE = 44,
	LINK_SHA256_SIZE = 65,
	LINK_URL_SIZE = 400,
	LINK_REVOKED_S = 30 * 86400
};

enum link_kind {
	LINK_ALL,
	LINK_UNIT,
	LINK_PERSON,
	LINK_OFFICE,
	LINK_PAGE,
	LINK_CLERK,
	LINK_ADMIN,
	LINK_RECEIPTS,
	LINK_LEADER,
	LINK_KINDS
};
const char *link_kind_text(enum link_kind k);
bool link_kind_parse(const char *s, enum link_kind *ret);
bool link_kind_is_feed(enum link_kind k);

struct link_key {
	unsigned char bytes[LINK_KEY_BYTES];
};
/* The key of a state directory, made if there is none.  RC_IO; RC_CORRUPT: a file of another size or
 * one that others may read. */
enum rc link_key_open(const char *state_dir, struct link_key *ret, struct diag *d) NODISCARD;
/* The key of one directory into another that has none.  A directory without one is fine. */
enum rc link_key_copy(const char *from_dir, const char *to_dir, struct diag *d) NODISCARD;

/* id: "" where the kind has only one. */
void link_token(const struct link_key *key, enum link_kind kind, const char *id, int generation,
	char ret[static LINK_TOKEN_SIZE]);
/* What the index and the web program name it by: lowercase hex of its SHA-256. */
void link_hash(const char *token, char ret[static LINK_SHA256_SIZE]);
/* "/f/TOKEN.ics" */
void link_path(enum link_kind kind, const char *token, char ret[static LINK_URL_SIZE]);

/* ---- the index ----------------------------------------------------------------------------------- */
void link_index_begin(struct buf *b, const char *base_url); /* NULL: no host is named */
/* A link in force. */
void link_index_add(struct buf *b, enum link_kind kind, const char *id, const char *token);
/* A feed that is over: file says so. */
void link_index_add_revoked(struct buf *b, const char *token, const char *file);
void link_index_end(struct buf *b);

#endif
