#include "paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *env(const char *name)
{
	const char *value = getenv(name);
	return value && value[0] ? value : NULL;
}

static bool join(char ret[static PATH_BYTES], const char *dir, const char *name)
{
	int n = snprintf(ret, PATH_BYTES, "%s%s%s", dir, name[0] ? "/" : "", name);
	return n > 0 && n < PATH_BYTES;
}

static bool find_state(const char *option, const char *configured, char ret[static PATH_BYTES])
{
	const char *first = option ? option : env("STATE_DIRECTORY");
	if (!first)
		first = configured;
	if (first)
		return join(ret, first, "");
	if (geteuid() == 0)
		return join(ret, "/var/lib/deadlined", "");
	if (env("XDG_STATE_HOME"))
		return join(ret, env("XDG_STATE_HOME"), "deadlined");
	return env("HOME") && join(ret, env("HOME"), ".local/state/deadlined");
}

static bool find_socket(const char *option, const char *state, char ret[static PATH_BYTES])
{
	if (option)
		return join(ret, state, "ctl.sock");
	if (env("RUNTIME_DIRECTORY"))
		return join(ret, env("RUNTIME_DIRECTORY"), "ctl.sock");
	if (geteuid() == 0)
		return join(ret, "/run/deadlined", "ctl.sock");
	if (env("XDG_RUNTIME_DIR"))
		return join(ret, env("XDG_RUNTIME_DIR"), "deadlined/ctl.sock");
	return join(ret, state, "ctl.sock");
}

enum rc paths_find(const char *state_option, const char *configured, struct paths *ret,
	struct diag *d)
{
	struct paths p = {.credentials = env("CREDENTIALS_DIRECTORY")};
	const char *cache = state_option ? NULL : env("CACHE_DIRECTORY");
	if (!find_state(state_option, configured, p.state) ||
		!find_socket(state_option, p.state, p.socket) ||
		!join(p.feeds, cache ? cache : p.state, "feeds"))
		return diag_set(d, RC_RANGE, N_("no usable state directory; use --state DIR"));
	if (strlen(p.socket) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return diag_set(d, RC_RANGE, N_("the path of the control socket is too long: %s"),
			p.socket);
	/* "ctl" -> "web": as long. */
	memcpy(p.web_socket, p.socket, sizeof p.socket);
	memcpy(strrchr(p.web_socket, '/') + 1, "web", 3);
	*ret = p;
	return RC_OK;
}

enum rc paths_make(const char *dir, struct diag *d)
{
	char part[PATH_BYTES];
	for (const char *slash = dir; slash; slash = strchr(slash + 1, '/')) {
		size_t n = (size_t)(slash - dir);
		if (n == 0 || n >= sizeof part)
			continue;
		memcpy(part, dir, n);
		part[n] = '\0';
		if (mkdir(part, 0700) && errno != EEXIST)
			return diag_set_errno(d, RC_IO, errno, N_("cannot make %s"), part);
	}
	if (mkdir(dir, 0700) && errno != EEXIST)
		return diag_set_errno(d, RC_IO, errno, N_("cannot make %s"), dir);
	return RC_OK;
}
