#include "route.h"

#include <string.h>

#define GET_HEAD (1U << HTTP_GET | 1U << HTTP_HEAD)
#define GET_POST (1U << HTTP_GET | 1U << HTTP_POST)

static const struct {
	const char *before, *after;
	bool has_token;
	unsigned methods;
	const char *allow;
	enum route route;
} ROUTES[] = {
	{"/f/", ".ics", true, GET_HEAD, "GET, HEAD", ROUTE_FEED},
	{"/r/", "", true, GET_POST, "GET, POST", ROUTE_RECEIPTS},
	{"/healthz", "", false, GET_HEAD, "GET, HEAD", ROUTE_HEALTH},
};

enum http_method http_method_parse(const char *s)
{
	static const char *const NAMES[] = {"GET", "HEAD", "POST"};
	for (int i = 0; i < 3; i++)
		if (strcmp(NAMES[i], s) == 0)
			return (enum http_method)i;
	return HTTP_OTHER;
}

static bool is_token(const char *s)
{
	for (int i = 0; i < ROUTE_TOKEN_LEN; i++) {
		char c = s[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '-' || c == '_'))
			return false;
	}
	return true;
}

static bool fits(size_t i, const char *path, size_t len)
{
	size_t before = strlen(ROUTES[i].before), after = strlen(ROUTES[i].after);
	size_t token = ROUTES[i].has_token ? ROUTE_TOKEN_LEN : 0;
	return len == before + token + after && memcmp(path, ROUTES[i].before, before) == 0 &&
	       memcmp(path + len - after, ROUTES[i].after, after) == 0 &&
	       (!token || is_token(path + before));
}

struct routed route_find(enum http_method method, const char *path, size_t len)
{
	struct routed r = {.route = ROUTE_NONE, .allow = "GET, HEAD, POST"};
	r.refused = method == HTTP_OTHER;
	for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++) {
		if (!fits(i, path, len))
			continue;
		r.route = ROUTES[i].route;
		r.allow = ROUTES[i].allow;
		r.refused = !(ROUTES[i].methods & 1U << method);
		if (ROUTES[i].has_token)
			memcpy(r.token, path + strlen(ROUTES[i].before), ROUTE_TOKEN_LEN);
		return r;
	}
	return r;
}
