/*
 * feed_marks - of what each feed file was made: which need not be made again
 *
 * By the file's name, its print (feed/feed.h) and its size.  In memory only: after a start every feed is
 * made anew, for nobody knows what a loss of power left.  Refuses to believe in a file that is gone or has
 * another size.
 *
 * Time:   a look-up is a hash and one look at the file's inode.
 * Memory: heap, some 90 bytes a feed; names that are gone stay until feed_marks_clear.
 */
#ifndef APP_FEED_MARKS_H
#define APP_FEED_MARKS_H

#include <stdbool.h>
#include <stddef.h>

#include "feed.h"

struct feed_marks;

struct feed_marks *feed_marks_new(void);
void feed_marks_free(struct feed_marks *m); /* NULL is fine */
void feed_marks_clear(struct feed_marks *m);

/* Is the file there as it was made from this print? */
bool feed_marks_hold(const struct feed_marks *m, int dir, const char *name, const char *print);
void feed_marks_put(struct feed_marks *m, const char *name, const char *print, size_t size);

#endif
