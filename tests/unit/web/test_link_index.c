/* link_index: the file of links; host_list: the names it adds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link_index.h"

#define HEAD "deadlined-links 1\n"
/* SHA-256 of 43 times "A", and of 43 times "B". */
static char hash_a[LINK_HASH_SIZE], hash_b[LINK_HASH_SIZE], token_a[ROUTE_TOKEN_SIZE],
	token_b[ROUTE_TOKEN_SIZE];

static int set_up(void **state)
{
	(void)state;
	memset(token_a, 'A', ROUTE_TOKEN_LEN);
	memset(token_b, 'B', ROUTE_TOKEN_LEN);
	link_token_hash(token_a, hash_a);
	link_token_hash(token_b, hash_b);
	return 0;
}

static void known_hash(void **state)
{
	(void)state;
	char hash[LINK_HASH_SIZE];
	link_token_hash("abc", hash);
	assert_string_equal(
		hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void looks_up(void **state)
{
	(void)state;
	char text[1000];
	struct link_index ix = {0};
	struct diag d;
	int n = snprintf(text, sizeof text,
		HEAD
		"host feeds.example.org:8443\nreceipts %s -\nfeed %s all.ics\nlater %064d x\nend\n",
		hash_b, hash_a, 7);
	assert_int_equal(link_index_parse(text, (size_t)n, &ix, &d), RC_OK);
	assert_int_equal(ix.n, 2);
	const struct link_entry *e = link_index_find(&ix, token_a);
	assert_true(e && e->use == LINK_USE_FEED);
	assert_string_equal(e->name, "all.ics");
	e = link_index_find(&ix, token_b);
	assert_true(e && e->use == LINK_USE_RECEIPTS && !e->name[0]);
	assert_null(link_index_find(&ix, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"));
	assert_null(link_index_find(&ix, ""));
	assert_null(link_index_find(&ix, hash_a)); /* what is published opens nothing */
	assert_true(host_list_has(&ix.hosts, "feeds.example.org"));
	link_index_done(&ix);
	assert_int_equal(link_index_parse(HEAD "end\n", strlen(HEAD "end\n"), &ix, &d), RC_OK);
	assert_null(link_index_find(&ix, token_a));
	link_index_done(&ix);
}

static const struct {
	const char *name, *text; /* %s: a hash */
} DAMAGED[] = {
	{"empty", ""},
	{"no head", "feed %s all.ics\nend\n"},
	{"another version", "deadlined-links 2\nend\n"},
	{"no end", HEAD "feed %s all.ics\n"},
	{"cut", HEAD "feed %s all.i"},
	{"cut end", HEAD "en"},
	{"end without a line feed", HEAD "end"},
	{"behind the end", HEAD "end\nfeed %s all.ics\n"},
	{"no name", HEAD "feed %s\nend\n"},
	{"path", HEAD "feed %s ../x\nend\n"},
	{"slash", HEAD "feed %s a/b\nend\n"},
	{"dot file", HEAD "feed %s .x\nend\n"},
	{"upper case", HEAD "feed %s ALL.ics\nend\n"},
	{"two blanks", HEAD "feed %s  all.ics\nend\n"},
	{"short hash", HEAD "feed abc all.ics\nend\n"},
	{"blank line", HEAD "\nend\n"},
	{"carriage return", HEAD "feed %s all.ics\r\nend\n"},
	{"end first", "end\n"},
	{"a proxy by name", HEAD "proxy gate.example\nend\n"},
	{"a range that is none", HEAD "watcher 10.0.0.1/8\nend\n"},
};

static void nets(void **state)
{
	(void)state;
	static const char TEXT[] = HEAD "proxy 10.0.0.0/8\nproxy ::1\nwatcher 192.0.2.1\nend\n";
	struct link_index ix = {0};
	struct net_address a;
	assert_int_equal(link_index_parse(TEXT, sizeof TEXT - 1, &ix, NULL), RC_OK);
	assert_true(net_address_parse("10.1.2.3", 8, &a));
	assert_true(net_list_has(&ix.proxies, &a));
	assert_false(net_list_has(&ix.watchers, &a));
	assert_int_equal(ix.proxies.n, 2);
	assert_int_equal(ix.watchers.n, 1);
	link_index_done(&ix);
}

static void damaged(void **state)
{
	(void)state;
	char text[1000];
	for (size_t i = 0; i < sizeof DAMAGED / sizeof *DAMAGED; i++) {
		struct link_index ix = {0};
		struct diag d;
		int n = snprintf(text, sizeof text, DAMAGED[i].text, hash_a);
		if (link_index_parse(text, (size_t)n, &ix, &d) != RC_CORRUPT || ix.item || ix.text)
			fail_msg("%s", DAMAGED[i].name);
	}
	struct link_index ix = {0};
	assert_int_equal(link_index_parse(HEAD "end\n\0", strlen(HEAD) + 5, &ix, NULL), RC_CORRUPT);
}

static const struct {
	const char *field;
	bool has;
} HOSTS[] = {
	{NULL, true},
	{"feeds.example.org", true},
	{"Feeds.Example.ORG:8080", true},
	{"feeds.example.org.", true},
	{"localhost", true},
	{"localhost:8417", true},
	{"127.0.0.1:8417", true},
	{"10.0.0.7", true},
	{"[::1]:8417", true},
	{"[2001:db8::1]", true},
	{"", false},
	{"evil.example", false},
	{"feeds.example.org.evil.example", false},
	{"xfeeds.example.org", false},
	{"feeds.example.org/", false},
	{"http://feeds.example.org", false},
	{"localhost.evil.example", false},
	{"127.0.0.1.evil.example", false},
	{"0x7f.1", false},
	{"[evil]", false},
	{"[::1", false},
	{"[", false},
	{"]", false},
	{":80", false},
	{"[::1]x", false},
};

static void hosts(void **state)
{
	(void)state;
	struct host_list l = {0};
	char endless[400];
	assert_true(host_list_add(&l, "https://Feeds.example.org:8443/deadlines"));
	assert_true(host_list_add(&l, "feeds.example.org"));
	assert_int_equal(l.n, 1);
	assert_false(host_list_add(&l, ""));
	assert_false(host_list_add(&l, "https://"));
	for (size_t i = 0; i < sizeof HOSTS / sizeof *HOSTS; i++)
		if (host_list_has(&l, HOSTS[i].field) != HOSTS[i].has)
			fail_msg("%s", HOSTS[i].field);
	memset(endless, 'a', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	assert_false(host_list_has(&l, endless));
	assert_false(host_list_add(&l, endless));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(known_hash), cmocka_unit_test(looks_up),
		cmocka_unit_test(damaged), cmocka_unit_test(nets), cmocka_unit_test(hosts)};
	return cmocka_run_group_tests_name("link_index", tests, set_up, NULL);
}
