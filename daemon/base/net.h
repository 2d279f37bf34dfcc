/*
 * net - internet addresses and ranges of them, in digits
 *
 * Names are refused: nothing here asks a resolver.  An IPv4 address and the IPv6 address that maps to
 * it (RFC 4291 section 2.5.5.2) are the same.
 *
 * Time, memory: by value, constant.
 */
#ifndef BASE_NET_H
#define BASE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

enum { NET_TEXT_SIZE = 46, NET_LIST_MAX = 16 };

struct net_address {
	uint8_t byte[16]; /* IPv4 mapped into IPv6 */
};

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80"; len bytes. */
bool net_address_parse(const char *s, size_t len, struct net_address *ret);
/* False: no internet address. */
bool net_address_of(const struct sockaddr *sa, struct net_address *ret);
void net_address_format(const struct net_address *a, char ret[static NET_TEXT_SIZE]);
/* For counting who comes how often: of IPv6 the first 64 bits, for nobody has fewer. */
struct net_address net_address_site(const struct net_address *a);
bool net_address_equal(const struct net_address *a, const struct net_address *b);

struct net {
	struct net_address at;
	int bits; /* of the 128 */
};
/* An address, or "10.0.0.0/8", "fd00::/8".  Bits behind the range must be zero. */
bool net_parse(const char *text, struct net *ret);
bool net_has(const struct net *n, const struct net_address *a);

struct net_list {
	struct net item[NET_LIST_MAX];
	size_t n;
};
bool net_list_add(struct net_list *l, const char *text); /* false: no range, or full */
bool net_list_has(const struct net_list *l, const struct net_address *a);

#endif
