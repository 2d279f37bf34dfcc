/*
 * feed_digest - SHA-256 in lowercase hex, for the parts of feed/
 */
#ifndef FEED_FEED_DIGEST_H
#define FEED_FEED_DIGEST_H

#include <stddef.h>

#include "feed.h"

void feed_digest_bytes(const void *data, size_t len, char ret[static FEED_DIGEST_SIZE]);

#endif
