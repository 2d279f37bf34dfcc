/* net: addresses and ranges as text, and what is in a range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "net.h"

static const struct {
	const char *text, *want; /* NULL: refused */
} ADDRESSES[] = {
	{"192.0.2.1", "192.0.2.1"},
	{"192.0.2.1:80", "192.0.2.1"},
	{"2001:DB8::1", "2001:db8::1"},
	{"[2001:db8::1]", "2001:db8::1"},
	{"[2001:db8::1]:8080", "2001:db8::1"},
	{"::ffff:192.0.2.1", "192.0.2.1"},
	{"[192.0.2.1]:80", "192.0.2.1"},
	{"", NULL},
	{":", NULL},
	{"[", NULL},
	{"[]", NULL},
	{"[::1", NULL},
	{"::1]", NULL},
	{"[::1]x", NULL},
	{"[::1]:", NULL},
	{"[::1]:123456", NULL},
	{"192.0.2.1:", NULL},
	{"192.0.2.1:8x", NULL},
	{"192.0.2", NULL},
	{"192.0.2.256", NULL},
	{" 192.0.2.1", NULL},
	{"localhost", NULL},
	{"unknown", NULL},
	{"_hidden", NULL},
	{"fe80::1%eth0", NULL},
	{"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc", NULL},
};

static void reads_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ADDRESSES / sizeof *ADDRESSES; i++) {
		struct net_address a;
		char text[NET_TEXT_SIZE] = "";
		const char *want = ADDRESSES[i].want;
		bool good = net_address_parse(ADDRESSES[i].text, strlen(ADDRESSES[i].text), &a);
		if (good)
			net_address_format(&a, text);
		if (good != (want != NULL) || (want && strcmp(text, want) != 0))
			fail_msg("%s: %s", ADDRESSES[i].text, good ? text : "refused");
	}
	struct net_address a;
	assert_false(net_address_parse("1.2.3.4\0x", 9, &a));
}

static const struct {
	const char *range, *inside, *outside; /* inside NULL: refused */
} RANGES[] = {
	{"10.0.0.0/8", "10.255.0.1", "11.0.0.0"},
	{"192.0.2.128/25", "192.0.2.255", "192.0.2.127"},
	{"192.0.2.1", "192.0.2.1", "192.0.2.2"},
	{"192.0.2.1/32", "::ffff:192.0.2.1", "::192.0.2.1"},
	{"0.0.0.0/0", "203.0.113.9", "2001:db8::1"},
	{"fd00::/8", "fdff::1", "fe00::1"},
	{"::1", "::1", "127.0.0.1"},
	{"2001:db8:0:8000::/49", "2001:db8:0:ffff::", "2001:db8:0:7fff::"},
	{"::/0", "192.0.2.1", NULL},
	{"10.0.0.1/8", NULL, NULL},
	{"10.0.0.0/33", NULL, NULL},
	{"10.0.0.0/", NULL, NULL},
	{"10.0.0.0/-1", NULL, NULL},
	{"::/129", NULL, NULL},
	{"", NULL, NULL},
	{"/8", NULL, NULL},
	{"*", NULL, NULL},
	{"[::1]", NULL, NULL},
	{"10.0.0.0/8/8", NULL, NULL},
};

static bool holds(const struct net *n, const char *text)
{
	struct net_address a;
	assert_true(net_address_parse(text, strlen(text), &a));
	return net_has(n, &a);
}

static void reads_ranges(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++) {
		struct net n;
		bool good = net_parse(RANGES[i].range, &n);
		if (good != (RANGES[i].inside != NULL))
			fail_msg("%s: %s", RANGES[i].range, good ? "taken" : "refused");
		if (good && !holds(&n, RANGES[i].inside))
			fail_msg("%s is not in %s", RANGES[i].inside, RANGES[i].range);
		if (good && RANGES[i].outside && holds(&n, RANGES[i].outside))
			fail_msg("%s is in %s", RANGES[i].outside, RANGES[i].range);
	}
}

static void a_list_is_full_at_last(void **state)
{
	(void)state;
	struct net_list l = {.n = 0};
	for (int i = 0; i < NET_LIST_MAX; i++)
		assert_true(net_list_add(&l, "192.0.2.0/24"));
	assert_false(net_list_add(&l, "192.0.2.0/24"));
	assert_int_equal(l.n, NET_LIST_MAX);
}

static void a_site_is_half_of_ipv6(void **state)
{
	(void)state;
	static const char *const FROM[] = {"2001:db8:1:2:3:4:5:6", "192.0.2.77"};
	static const char *const SITE[] = {"2001:db8:1:2::", "192.0.2.77"};
	for (int i = 0; i < 2; i++) {
		struct net_address a;
		char text[NET_TEXT_SIZE];
		assert_true(net_address_parse(FROM[i], strlen(FROM[i]), &a));
		a = net_address_site(&a);
		net_address_format(&a, text);
		assert_string_equal(text, SITE[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_addresses),
		cmocka_unit_test(reads_ranges),
		cmocka_unit_test(a_list_is_full_at_last),
		cmocka_unit_test(a_site_is_half_of_ipv6),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
