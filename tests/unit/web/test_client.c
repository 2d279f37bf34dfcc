/* client: whom a proxy is believed to ask for; guesses: who asks too often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"
#include "guesses.h"

enum { FIELDS_MAX = 3 };

static const struct {
	const char *name, *peer, *field[FIELDS_MAX], *want;
} CASES[] = {
	{"nobody says anything", "127.0.0.1", {NULL}, "127.0.0.1"},
	{"one", "127.0.0.1", {"203.0.113.5"}, "203.0.113.5"},
	{"a stranger lies", "203.0.113.9", {"127.0.0.1"}, "203.0.113.9"},
	{"its client lied", "127.0.0.1", {"10.9.9.9, 127.0.0.1, 203.0.113.5"}, "203.0.113.5"},
	{"its client lied in a field of its own", "127.0.0.1", {"127.0.0.1", "203.0.113.5"},
		"203.0.113.5"},
	{"two proxies", "127.0.0.1", {"203.0.113.5, 10.0.0.2"}, "203.0.113.5"},
	{"two proxies, two fields", "127.0.0.1", {"203.0.113.5", "10.0.0.2"}, "203.0.113.5"},
	{"proxies all the way", "127.0.0.1", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
	{"not an address", "127.0.0.1", {"203.0.113.5, unknown"}, "127.0.0.1"},
	{"not an address behind a proxy", "127.0.0.1", {"x, 10.0.0.2"}, "10.0.0.2"},
	{"empty", "127.0.0.1", {""}, "127.0.0.1"},
	{"commas", "127.0.0.1", {",,"}, "127.0.0.1"},
	{"comma behind", "127.0.0.1", {"203.0.113.5,"}, "127.0.0.1"},
	{"blanks", "127.0.0.1", {"\t 198.51.100.1 ,  203.0.113.5 \t"}, "203.0.113.5"},
	{"port", "127.0.0.1", {"203.0.113.5:4711"}, "203.0.113.5"},
	{"six", "127.0.0.1", {"[2001:db8::5]:4711"}, "2001:db8::5"},
	{"a mapped proxy", "::ffff:127.0.0.1", {"2001:db8::5"}, "2001:db8::5"},
};

static void finds_the_client(void **state)
{
	(void)state;
	struct net_list proxies = {.n = 0};
	assert_true(net_list_add(&proxies, "127.0.0.0/8"));
	assert_true(net_list_add(&proxies, "10.0.0.0/24"));
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct net_address peer, client;
		char text[NET_TEXT_SIZE];
		size_t n = 0;
		while (n < FIELDS_MAX && CASES[i].field[n])
			n++;
		assert_true(net_address_parse(CASES[i].peer, strlen(CASES[i].peer), &peer));
		client = client_find(&peer, &proxies, CASES[i].field, n);
		net_address_format(&client, text);
		if (strcmp(text, CASES[i].want) != 0)
			fail_msg("%s: %s, not %s", CASES[i].name, text, CASES[i].want);
	}
}

static struct net_address numbered(unsigned n)
{
	char text[NET_TEXT_SIZE];
	struct net_address a;
	snprintf(text, sizeof text, "10.0.%u.%u", n / 256, n % 256);
	assert_true(net_address_parse(text, strlen(text), &a));
	return a;
}

static void counts_guesses_by_the_minute(void **state)
{
	(void)state;
	struct guesses g = {0};
	struct net_address one = numbered(1), other = numbered(2);
	for (int i = 0; i < GUESSES_MAX; i++)
		assert_true(guesses_note(&g, &one, 1000 + i));
	for (int i = 0; i < 100; i++)
		assert_false(guesses_note(&g, &one, 2000 + i));
	assert_true(guesses_note(&g, &other, 2000));
	assert_true(guesses_note(&g, &one, 1000 + GUESSES_WINDOW_MS));
}

static void forgets_the_oldest(void **state)
{
	(void)state;
	struct guesses g = {0};
	struct net_address first = numbered(0);
	for (int i = 0; i <= GUESSES_MAX; i++)
		(void)guesses_note(&g, &first, 0);
	for (unsigned n = 1; n < GUESSES_SITES; n++) {
		struct net_address a = numbered(n);
		assert_true(guesses_note(&g, &a, 10 + n));
	}
	assert_false(guesses_note(&g, &first, 1000));
	struct net_address last = numbered(GUESSES_SITES);
	assert_true(guesses_note(&g, &last, 1000));
	assert_true(guesses_note(&g, &first, 1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_client),
		cmocka_unit_test(counts_guesses_by_the_minute),
		cmocka_unit_test(forgets_the_oldest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
