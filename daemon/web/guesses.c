#include "guesses.h"

#include <stddef.h>

bool guesses_note(struct guesses *g, const struct net_address *who, int64_t now_ms)
{
	struct net_address site = net_address_site(who);
	size_t at = 0;
	for (size_t i = 0; i < GUESSES_SITES; i++) {
		if (g->slot[i].n && net_address_equal(&g->slot[i].site, &site)) {
			at = i;
			break;
		}
		if (g->slot[i].n == 0 ||
			(g->slot[at].n && g->slot[i].since_ms < g->slot[at].since_ms))
			at = i;
	}
	bool known = g->slot[at].n && net_address_equal(&g->slot[at].site, &site);
	if (!known || now_ms - g->slot[at].since_ms >= GUESSES_WINDOW_MS) {
		g->slot[at].site = site;
		g->slot[at].since_ms = now_ms;
		g->slot[at].n = 0;
	}
	if (g->slot[at].n <= GUESSES_MAX)
		g->slot[at].n++;
	return g->slot[at].n <= GUESSES_MAX;
}
