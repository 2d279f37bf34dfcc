/*
 * tally - what this server was asked and how it answered, as counters
 *
 * By the form of the path (enum route) and the class of the status, never by who asked or for what:
 * the number of series is fixed.  Counts since the start of the program.
 *
 * Thread: any; a reader may see one counter ahead of another.
 */
#ifndef WEB_TALLY_H
#define WEB_TALLY_H

#include <stdatomic.h>
#include <stdint.h>

#include "buf.h"

#include "route.h"

enum { TALLY_CLASSES = 5 }; /* 2xx, 304, 3xx, 4xx, 5xx */

struct tally {
	_Atomic uint64_t answers[ROUTES_N][TALLY_CLASSES];
	_Atomic uint64_t refused; /* connections: one address had too many */
	_Atomic uint64_t cut;     /* connections: over their time */
	_Atomic uint64_t shed;    /* requests: one client had too many, or asked for too much that
	                              * is not there */
	_Atomic int64_t connections; /* now */
};

void tally_answer(struct tally *t, enum route r, unsigned status);
/* In the text format 0.0.4 of Prometheus. */
void tally_print(const struct tally *t, struct buf *b);

#endif
