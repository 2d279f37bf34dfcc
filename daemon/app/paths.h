/*
 * paths - where things lie
 *
 * State:   --state DIR, else $STATE_DIRECTORY, else the configuration, else /var/lib/deadlined
 *          (root) or $XDG_STATE_HOME/deadlined.
 * Sockets: $RUNTIME_DIRECTORY, /run/deadlined (root), $XDG_RUNTIME_DIR/deadlined, or the state.
 * Feeds:   $CACHE_DIRECTORY, else the state.
 */
#ifndef APP_PATHS_H
#define APP_PATHS_H

#include <stdbool.h>

#include "diag.h"

enum { PATH_BYTES = 1024 };

struct paths {
	char state[PATH_BYTES];
	char socket[PATH_BYTES]; /* of ctl.sock; must fit sockaddr_un */
	char web_socket[PATH_BYTES]; /* web.sock beside it, for the web program */
	char feeds[PATH_BYTES];
	const char *credentials; /* $CREDENTIALS_DIRECTORY or NULL */
};

/* state_option, configured: NULL if not given.  An explicit state directory also holds the socket
 * and the feeds, so that two daemons on one machine do not meet. */
enum rc paths_find(const char *state_option, const char *configured, struct paths *ret,
	struct diag *d) NODISCARD;

/* mkdir -p with mode 0700 for what is made. */
enum rc paths_make(const char *dir, struct diag *d) NODISCARD;

#endif
