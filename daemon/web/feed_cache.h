/*
 * feed_cache - the engine's feed files, in memory as they are sent
 *
 * A file is looked at when it is asked for, at most once in FEED_LOOK_MS, and read anew when it was
 * replaced.  NAME.gz beside it is used if it holds the very same bytes (its CRC and length say so).
 * What does not begin and end as a whole calendar is a failure, never an answer: a client that is
 * given less than the whole calendar deletes the rest.
 *
 * Time:    now_ms is a monotonic clock's; a file's own time is UTC seconds.
 * Memory:  at most FEED_CACHE_MAX bytes beside what is being sent; what was asked for longest ago
 *          goes first.  A file is held by counting, and so outlives its place in the cache.
 * Failure: RC_NOTFOUND, RC_IO, RC_LIMIT, RC_CORRUPT: nothing may be sent.  Remembered as long as a
 *          good answer.
 * Thread:  one.
 */
#ifndef WEB_FEED_CACHE_H
#define WEB_FEED_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "diag.h"

enum { FEED_LOOK_MS = 1000, FEED_FILE_MAX = 32 << 20, FEED_CACHE_MAX = 48 << 20 };
enum { FEED_TAG_SIZE = 80 };

/* As they are, and compressed. */
enum feed_coding { FEED_PLAIN, FEED_GZIP, FEED_CODINGS };

struct feed_form {
	const char *data; /* NULL: not in this coding */
	size_t len;
	char etag[FEED_TAG_SIZE]; /* strong, in quotes; another one for each coding */
};

/* What somebody made of a form to send it faster; freed with the file's place in the cache. */
struct feed_prepared {
	void *whole, *unchanged;
};

struct feed_file {
	struct feed_form form[FEED_CODINGS];
	int64_t modified; /* UTC seconds */
	struct feed_prepared prepared[FEED_CODINGS];
	void (*free_prepared)(void *prepared);
	unsigned held;
	char *bytes[FEED_CODINGS];
};
struct feed_file *feed_file_hold(struct feed_file *f);
void feed_file_release(void *file);

struct feed_cache;
/* dir: copied. */
struct feed_cache *feed_cache_new(const char *dir);
void feed_cache_free(struct feed_cache *c);

/* name: a file name without a slash, given by the index.  *ret is borrowed until the next call. */
enum rc feed_cache_get(struct feed_cache *c, const char *name, int64_t now_ms,
	struct feed_file **ret, struct diag *d) NODISCARD;

#endif
