#include "user_agent.h"

#include <stdio.h>
#include <string.h>

static const char NAME[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

/* What browsers say to pass for each other: the further behind, the more it says. */
static const char *const CLAIMS[] = {"Mozilla", "AppleWebKit", "Gecko", "KHTML", "Version",
	"Mobile", "Safari", "Chrome", "Chromium"};
enum { CLAIMS_N = sizeof CLAIMS / sizeof *CLAIMS };

static int weigh(const char *name, size_t len)
{
	for (int i = 0; i < CLAIMS_N; i++)
		if (strlen(CLAIMS[i]) == len && memcmp(CLAIMS[i], name, len) == 0)
			return i;
	return CLAIMS_N;
}

/* Behind a comment; comments may be nested. */
static const char *skip_comment(const char *p)
{
	int depth = 0;
	for (; *p; p++) {
		depth += *p == '(';
		depth -= *p == ')';
		if (depth == 0)
			return p + 1;
	}
	return p;
}

void user_agent_product(const char *field, char ret[static USER_AGENT_SIZE])
{
	int best = -1;
	ret[0] = '\0';
	for (const char *p = field ? field : ""; *p;) {
		size_t len = strspn(p, NAME);
		int weight = len ? weigh(p, len) : -1;
		if (weight > best) {
			best = weight;
			snprintf(ret, USER_AGENT_SIZE, "%.*s", (int)len, p);
		}
		p += len;
		p = *p == '(' ? skip_comment(p) : p + strcspn(p, " (");
		p += strspn(p, " ");
	}
}
