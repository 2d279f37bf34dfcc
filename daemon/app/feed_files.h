/*
 * feed_files - every feed as a file: all.ics, unit-ID.ics, person-ID.ics, office-ID.ics
 */
#ifndef APP_FEED_FILES_H
#define APP_FEED_FILES_H

#include "config.h"
#include "diag.h"
#include "feed.h"
#include "obligation.h"

struct feed_set {
	const struct config *config;
	const struct obligations *obligations;
	const struct feed_versions *versions;
	struct instant now;
	struct date from, to;
};

/* Makes dir.  Files whose bytes are the same already are left alone. */
enum rc feed_files_write(const struct feed_set *set, const char *dir, struct diag *d) NODISCARD;

#endif
