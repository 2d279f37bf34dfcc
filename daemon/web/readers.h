/*
 * readers - tells the engine which feeds were fetched, and by what program
 *
 * So that the admin sees which subscriptions live.  Verb "fetched" {"links":[{"hash","client"}]}: the
 * hash of a token as it stands in the index, never the token; asked at most once in READERS_TELL_MS,
 * by a thread of its own.  While the engine does not answer they are kept, READERS_MAX of them; what is
 * more is forgotten, for that client comes again.
 *
 * Thread: readers_note from any.
 */
#ifndef WEB_READERS_H
#define WEB_READERS_H

#include "asker.h"

enum { READERS_MAX = 256, READERS_TELL_MS = 2000 };

struct readers;
struct readers *readers_new(ask_fn *ask, void *ctx);
void readers_stop(struct readers *r); /* what was not told is lost */
void readers_free(struct readers *r); /* NULL is fine */

/* user_agent: the field, or NULL. */
void readers_note(struct readers *r, const char *hash, const char *user_agent);

#endif
