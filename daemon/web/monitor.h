/*
 * monitor - /healthz and /metrics: is it well, and in numbers
 *
 *   /healthz  200 while the engine works as it meant to, else 503: it does not answer, it is late by
 *             more than it may, or its store failed.  JSON: a few words for anybody, everything below
 *             for a watcher.
 *   /metrics  Prometheus' text format 0.0.4, for watchers alone.  Always 200: deadlined_up is 0 while
 *             the engine does not answer, and what the engine counts is then left out.
 *
 * Both come from one question to the engine, verb "health" {"whole"}, asked at most once in
 * MONITOR_FRESH_MS.  Nobody's name, address or link is in either; the number of series does not grow.
 *
 * Thread: the server's; answers of the engine come in the asker's.
 */
#ifndef WEB_MONITOR_H
#define WEB_MONITOR_H

#include "asker.h"
#include "http_server.h"
#include "tally.h"

enum { MONITOR_FRESH_MS = 1000 };

struct monitor;
struct monitor *monitor_new(struct asker *asker, const struct tally *t); /* both borrowed */
void monitor_free(struct monitor *m); /* after asker_stop; NULL is fine */

void monitor_serve_health(struct monitor *m, struct http_exchange *x, bool watcher);
void monitor_serve_metrics(struct monitor *m, struct http_exchange *x);
/* What the engine said as metrics; data NULL: it did not answer. */
void monitor_print(const json_t *data, struct buf *b);

#endif
