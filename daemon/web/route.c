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

/* ---- what is printed ---------------------------------------------------------------------------- */

static bool starts_with(const char *s, size_t len, const char *start)
{
	return len >= strlen(start) && memcmp(s, start, strlen(start)) == 0;
}

static bool is_id(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') ||
			    s[i] == '-' || s[i] == '/'))
			return false;
	return len > 0 && len < ROUTE_NAME_SIZE && s[0] != '/' && s[len - 1] != '/';
}

static bool is_period(const char *s, size_t len)
{
	if (len != 4 && len != 7)
		return false;
	for (size_t i = 0; i < len; i++)
		if (i == 4 ? s[i] != '-' : s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

/* "/print/ID", "/report-PERIOD[.csv]": the end of a path. */
static bool find_paper(const char *s, size_t len, struct routed *r)
{
	static const char SLIP[] = "/print/", TABLE[] = "/report-", CSV[] = ".csv";
	size_t before = strlen(SLIP), end = strlen(CSV);
	bool slip = starts_with(s, len, SLIP);
	if (!slip && !starts_with(s, len, TABLE))
		return false;
	before = slip ? before : strlen(TABLE);
	s += before;
	len -= before;
	if (!slip && len > end && memcmp(s + len - end, CSV, end) == 0) {
		r->csv = true;
		len -= end;
	}
	if (slip ? !is_id(s, len) : !is_period(s, len))
		return false;
	r->route = slip ? ROUTE_SLIP : ROUTE_TABLE;
	memcpy(r->name, s, len);
	r->name[len] = '\0';
	return true;
}

static bool find_paper_below(const char *path, size_t len, struct routed *r)
{
	static const char LINK[] = "/p/";
	size_t before = strlen(LINK) + ROUTE_TOKEN_LEN;
	if (!starts_with(path, len, LINK))
		return find_paper(path, len, r);
	if (len <= before || !is_token(path + strlen(LINK), ROUTE_TOKEN_LEN) ||
		!find_paper(path + before, len - before, r))
		return false;
	memcpy(r->token, path + strlen(LINK), ROUTE_TOKEN_LEN);
	r->by_link = true;
	return true;
}

/* ---- all ------------------------------------------------------------------------------------------ */

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
	struct routed paper = {.route = ROUTE_NONE, .allow = "GET, HEAD"};
	if (!find_paper_below(path, len, &paper))
		return r;
	paper.refused = !(GET_HEAD & 1U << method);
	return paper;
}
