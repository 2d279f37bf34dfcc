/*
 * feed_files - every feed as a file: all.ics, unit-ID.ics, person-ID.ics, office-ID.ics
 *
 * A file is written beside its place and renamed into it.  With `gzip` each has a NAME.gz, which comes
 * first: who sees the new feed finds the compressed one beside it.
 */
#ifndef APP_FEED_FILES_H
#define APP_FEED_FILES_H

#include <stdbool.h>

#include "buf.h"
#include "config.h"
#include "diag.h"
#include "feed.h"
#include "feed_marks.h"
#include "obligation.h"

struct feed_set {
	const struct config *config;
	const struct obligations *obligations;
	const struct feed_versions *versions;
	struct instant now;
	struct date from, to;
	bool gzip; /* for the web program */
	const struct feed_index *index; /* of the obligations */
	/* What each file was made of: those that would be the same are left alone unread.  NULL: every one
	 * is made.  prints: of the same obligations. */
	struct feed_marks *marks;
	struct feed_prints *prints;
};

/* id: NULL or "" for FEED_ALL. */
enum { FEED_FILE_NAME_SIZE = 128 };
void feed_files_name(enum feed_kind kind, const char *id, char ret[static FEED_FILE_NAME_SIZE]);

/* One file, if its bytes are other ones, and on the disk.  dir: an open folder. */
enum rc feed_files_put(int dir, const char *name, const struct buf *bytes, bool gzip, struct diag *d)
	NODISCARD;

/* Makes dir.  Files whose bytes are the same already are left alone. */
enum rc feed_files_write(const struct feed_set *set, const char *dir, struct diag *d) NODISCARD;

/* The same in slices.  */
struct feed_slices {
	size_t next;   /* which of feed_files_count comes next, around and around */
	size_t left;   /* how many are left */
	size_t count;  /* of how many */
	size_t must;   /* the next so many are made, whatever the marks say */
	size_t n_made; /* how many were, so far */
};
/* At least one, and no new one after max_ms.  Not synced: after a loss of power a file may be
 * empty, and the next start, which writes all of them, finds that out. */
size_t feed_files_count(const struct config *c);
enum rc feed_files_write_some(const struct feed_set *set, const char *dir, int max_ms,
	struct feed_slices *slices, struct diag *d) NODISCARD;

#endif
