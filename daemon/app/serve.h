/*
 * serve - the daemon: composition root and event loop
 *
 * Order: configuration (or the last good one, loudly) -> engine (lock, database, recovery, plan) ->
 * control socket -> READY=1 -> loop.  SIGHUP reloads, SIGTERM and SIGINT stop cleanly: nothing new is
 * claimed, what is in flight gets its answer for a while, the rest is recorded as unknown.
 */
#ifndef APP_SERVE_H
#define APP_SERVE_H

#include <stdbool.h>

struct serve_options {
	const char *config;   /* path */
	const char *state;    /* NULL: found, see paths.h */
	const char *rehearse; /* RFC 3339 instant, or NULL */
	long speed;           /* seconds shown per second, with rehearse */
	bool with_web;        /* deadlined-web as a child, on this machine's feed_port */
	const char *program;  /* argv[0]: where deadlinectl is looked for */
};

/* Exit status: 0 stopped, 1 failed, 78 (EX_CONFIG) no usable configuration. */
int serve_run(const struct serve_options *opt);

#endif
