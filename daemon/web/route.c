#include "route.h"

#include <string.h>

#define GET_HEAD (1U << HTTP_GET | 1U << HTTP_HEAD)
#define GET_POST (1U << HTTP_GET | 1U << HTTP_POST)
#define ALL (GET_HEAD | 1U << HTTP_POST)

static const struct {
	const char *before, *after;
	size_t token;
	unsigned methods;
	const char *allow;
	enum route route;
} ROUTES[] = {
	{"/f/", ".ics", ROUTE_TOKEN_LEN, GET_HEAD, "GET, HEAD", ROUTE_FEED},
	{"/f/", "", ROUTE_TOKEN_LEN, GET_HEAD, "GET, HEAD", ROUTE_LANDING},
	{"/r/", "", ROUTE_TOKEN_LEN, GET_POST, "GET, POST", ROUTE_RECEIPTS},
	{"/p/", "", ROUTE_TOKEN_LEN, ALL, "GET, HEAD, POST", ROUTE_PAGE},
	{"/b/", "", ROUTE_TOKEN_LEN, GET_HEAD, "GET, HEAD", ROUTE_ENTRY},
	{"/", "", 0, ALL, "GET, HEAD, POST", ROUTE_BOARD},
	{"/style-", ".css", ROUTE_HASH_LEN, GET_HEAD, "GET, HEAD", ROUTE_STYLE},
	{"/healthz", "", 0, GET_HEAD, "GET, HEAD", ROUTE_HEALTH},
	{"/metrics", "", 0, GET_HEAD, "GET, HEAD", ROUTE_METRICS},
};

enum http_method http_method_parse(const char *s)
{
	static const char *const NAMES[] = {"GET", "HEAD", "POST"};
	for (int i = 0; i < 3; i++)
		if (strcmp(NAMES[i], s) == 0)
			return (enum http_method)i;
	return HTTP_OTHER;
}

static bool is_token(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
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
	size_t token = ROUTES[i].token;
	return len == before + token + after && memcmp(path, ROUTES[i].before, before) == 0 &&
	       memcmp(path + len - after, ROUTES[i].after, after) == 0 &&
	       is_token(path + before, token);
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
		memcpy(r.token, path + strlen(ROUTES[i].before), ROUTES[i].token);
		return r;
	}
	return r;
}
