#include "tally.h"

#include <inttypes.h>

static const char *const CLASSES[TALLY_CLASSES] = {"2xx", "304", "3xx", "4xx", "5xx"};
static const char *const NAMES[ROUTES_N] = {
	[ROUTE_NONE] = "none",
	[ROUTE_HEALTH] = "healthz",
	[ROUTE_METRICS] = "metrics",
	[ROUTE_FEED] = "feed",
	[ROUTE_RECEIPTS] = "receipts",
	[ROUTE_LANDING] = "landing",
	[ROUTE_PAGE] = "page",
	[ROUTE_ENTRY] = "entry",
	[ROUTE_BOARD] = "board",
	[ROUTE_STYLE] = "style",
	[ROUTE_SLIP] = "slip",
	[ROUTE_TABLE] = "table",
};

void tally_answer(struct tally *t, enum route r, unsigned status)
{
	int c = status == 304 ? 1 : status < 300 ? 0 : status < 400 ? 2 : status < 500 ? 3 : 4;
	atomic_fetch_add_explicit(&t->answers[r][c], 1, memory_order_relaxed);
}

static void print_one(
	struct buf *b, const char *name, const char *type, const char *help, uint64_t value)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", name, help, name, type, name,
		value);
}

void tally_print(const struct tally *t, struct buf *b)
{
	buf_puts(b, "# HELP deadlined_web_answers_total Answers by form of the path and class of "
		    "the status.\n# TYPE deadlined_web_answers_total counter\n");
	for (int r = 0; r < ROUTES_N; r++)
		for (int c = 0; c < TALLY_CLASSES; c++)
			buf_printf(b,
				"deadlined_web_answers_total{route=\"%s\",code=\"%s\"} %" PRIu64
				"\n",
				NAMES[r], CLASSES[c], (uint64_t)t->answers[r][c]);
	print_one(b, "deadlined_web_connections", "gauge", "Open connections.",
		(uint64_t)t->connections);
	print_one(b, "deadlined_web_connections_refused_total", "counter",
		"Connections refused because their address had too many.", t->refused);
	print_one(b, "deadlined_web_connections_cut_total", "counter",
		"Connections cut because they took too long.", t->cut);
	print_one(b, "deadlined_web_requests_shed_total", "counter",
		"Requests refused because their client asked for too much.", t->shed);
}
