/*
 * published - the index of links as it stands now
 *
 * The file is looked at when somebody asks, at most once in PUBLISHED_LOOK_MS.  While it is missing
 * or damaged there are no links at all, and whoever asks says so (503), never "no such link".
 *
 * Thread: one.
 */
#ifndef WEB_PUBLISHED_H
#define WEB_PUBLISHED_H

#include <stdint.h>

#include "diag.h"

#include "link_index.h"

enum { PUBLISHED_LOOK_MS = 1000 };

struct published;
struct published *published_new(const char *dir); /* copied */
void published_free(struct published *p);

/* *ret is borrowed until the next call. */
enum rc published_get(struct published *p, int64_t now_ms, const struct link_index **ret,
	struct diag *d) NODISCARD;

#endif
