/*
 * fuzz_route - any bytes as what a stranger sends: target, Host, X-Forwarded-For, validators, codings; and as the index
 *
 * Linked plainly it replays the files of a folder.  To search: clang -DFUZZ_SEARCH
 * -fsanitize=fuzzer,address,undefined with the sources of web, core and base.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "host_list.h"
#include "link_index.h"
#include "precondition.h"
#include "replay.h"
#include "route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was recognised is built again from its parts: it must be what was sent. */
static void read_path(const char *path, size_t len)
{
	static const struct {
		enum route route;
		const char *form;
	} FORMS[] = {{ROUTE_FEED, "/f/%s.ics"}, {ROUTE_LANDING, "/f/%s"}, {ROUTE_RECEIPTS, "/r/%s"},
		{ROUTE_PAGE, "/p/%s"}, {ROUTE_ENTRY, "/b/%s"}, {ROUTE_BOARD, "/%s"},
		{ROUTE_STYLE, "/style-%s.css"}, {ROUTE_HEALTH, "/healthz%s"},
		{ROUTE_METRICS, "/metrics%s"}};
	char again[100];
	for (enum http_method m = HTTP_GET; m <= HTTP_OTHER; m++) {
		struct routed r = route_find(m, path, len);
		bool known = false;
		for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
			if (FORMS[i].route == r.route) {
				snprintf(again, sizeof again, FORMS[i].form, r.token);
				known = true;
			}
		if (known && (strlen(again) != len || memcmp(again, path, len) != 0))
			abort();
		if (m == HTTP_OTHER && !r.refused)
			abort();
	}
}

static void read_fields(const char *text)
{
	struct host_list l = {0};
	int64_t at;
	char date[HTTP_DATE_SIZE];
	(void)precondition_has_tag(text, "\"abc\"");
	(void)accepts_gzip(text);
	(void)host_list_has(&l, text);
	if (host_list_add(&l, text) && (l.n != 1 || !l.name[0][0]))
		abort();
	if (http_date_parse(text, &at) && at >= 0) {
		http_date_format(at, date);
		int64_t again;
		if (!http_date_parse(date, &again) || again != at)
			abort();
	}
}

/* Whoever is found stands in the field, or is the peer. */
static void read_forwarded(const char *text)
{
	struct net_list proxies = {.n = 0};
	struct net_address peer, found, again;
	char shown[NET_TEXT_SIZE];
	struct net n;
	(void)net_parse(text, &n);
	(void)net_list_add(&proxies, "127.0.0.0/8");
	(void)net_address_parse("127.0.0.1", 9, &peer);
	found = client_find(&peer, &proxies, &text, 1);
	net_address_format(&found, shown);
	if (!net_address_parse(shown, strlen(shown), &again) || !net_address_equal(&found, &again))
		abort();
	(void)net_list_add(&proxies, "::/0");
	(void)client_find(&peer, &proxies, &text, 1);
}

static void read_index(const char *text, size_t len)
{
	struct link_index ix = {0};
	struct diag d = DIAG_INIT;
	if (link_index_parse(text, len, &ix, &d))
		return;
	for (size_t i = 0; i < ix.n; i++)
		if (strchr(ix.item[i].name, '/') || ix.item[i].name[0] == '.' ||
			strlen(ix.item[i].hash) != LINK_HASH_SIZE - 1)
			abort();
	link_index_done(&ix);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	read_path(text, size);
	read_fields(text);
	read_forwarded(text);
	read_index(text, size);
	free(text);
	return 0;
}
