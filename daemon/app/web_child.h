/*
 * web_child - deadlined-web as a child of the daemon: started, started again, stopped
 *
 * For those who have no service manager for it.  It is the program of that name beside our own; when
 * it ends it is started again after 1, 2, 4 ... 60 seconds (1 again once it has lived a minute), and it
 * ends with the daemon, however that ends.
 *
 * Time: boot clock, for how long it lived.
 */
#ifndef APP_WEB_CHILD_H
#define APP_WEB_CHILD_H

#include "diag.h"

struct sd_event;
struct web_child;

struct web_child_options {
	struct sd_event *loop;
	const char *listen; /* "127.0.0.1:8417"; strings are copied */
	const char *feeds, *socket;
};

/* RC_NOTFOUND: the program is not there.  That it cannot do its work is only logged. */
enum rc web_child_start(
	const struct web_child_options *opt, struct web_child **ret, struct diag *d) NODISCARD;
void web_child_stop(struct web_child *w); /* waits for its end, two seconds at most; NULL is fine */

#endif
