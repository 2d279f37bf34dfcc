#include "net.h"

#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "text.h"

enum { V4_BITS = 96, V6_BITS = 128, SITE_BYTES = 8 };
static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_v4(const struct net_address *a)
{
	return memcmp(a->byte, MAPPED, sizeof MAPPED) == 0;
}

static bool parse_plain(const char *text, struct net_address *ret)
{
	struct net_address a;
	memcpy(a.byte, MAPPED, sizeof MAPPED);
	if (inet_pton(AF_INET, text, a.byte + sizeof MAPPED) != 1 &&
		inet_pton(AF_INET6, text, a.byte) != 1)
		return false;
	*ret = a;
	return true;
}

static bool is_port(const char *s, size_t len)
{
	if (len < 2 || len > 6 || s[0] != ':')
		return false;
	for (size_t i = 1; i < len; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

bool net_address_parse(const char *s, size_t len, struct net_address *ret)
{
	char text[NET_TEXT_SIZE];
	const char *first = memchr(s, ':', len), *close = memchr(s, ']', len);
	bool brackets = len && s[0] == '[' && close;
	size_t skip = brackets ? 1 : 0;
	size_t end = brackets ? (size_t)(close - s) : len;
	if (!brackets && first && !memchr(first + 1, ':', len - (size_t)(first - s) - 1))
		end = (size_t)(first - s);
	size_t behind = end + skip;
	if ((behind < len && !is_port(s + behind, len - behind)) || end - skip >= sizeof text)
		return false;
	memcpy(text, s + skip, end - skip);
	text[end - skip] = '\0';
	return !memchr(text, '\0', end - skip) && parse_plain(text, ret);
}

bool net_address_of(const struct sockaddr *sa, struct net_address *ret)
{
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in;
		memcpy(&in, sa, sizeof in);
		memcpy(ret->byte, &in.sin6_addr, sizeof ret->byte);
		return true;
	}
	if (sa->sa_family != AF_INET)
		return false;
	struct sockaddr_in in;
	memcpy(&in, sa, sizeof in);
	memcpy(ret->byte, MAPPED, sizeof MAPPED);
	memcpy(ret->byte + sizeof MAPPED, &in.sin_addr, 4);
	return true;
}

void net_address_format(const struct net_address *a, char ret[static NET_TEXT_SIZE])
{
	bool v4 = is_v4(a);
	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? a->byte + sizeof MAPPED : a->byte, ret,
		NET_TEXT_SIZE);
}

struct net_address net_address_site(const struct net_address *a)
{
	struct net_address site = *a;
	if (!is_v4(a))
		memset(site.byte + SITE_BYTES, 0, sizeof site.byte - SITE_BYTES);
	return site;
}

bool net_address_equal(const struct net_address *a, const struct net_address *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* ---- ranges -------------------------------------------------------------------------------------- */

static bool is_same_until(const uint8_t *a, const uint8_t *b, int bits)
{
	size_t whole = (size_t)bits / 8;
	int rest = bits % 8;
	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static bool is_clean(const struct net *n)
{
	for (int i = n->bits; i < V6_BITS; i++)
		if (n->at.byte[i / 8] & 0x80 >> i % 8)
			return false;
	return true;
}

bool net_parse(const char *text, struct net *ret)
{
	char plain[NET_TEXT_SIZE];
	size_t len = strcspn(text, "/");
	struct net n = {.bits = V6_BITS};
	long bits;
	if (len >= sizeof plain)
		return false;
	memcpy(plain, text, len);
	plain[len] = '\0';
	if (!parse_plain(plain, &n.at))
		return false;
	if (text[len]) {
		int before = strchr(plain, ':') ? 0 : V4_BITS;
		if (!text_parse_int(text + len + 1, 0, V6_BITS - before, &bits))
			return false;
		n.bits = (int)bits + before;
	}
	if (!is_clean(&n))
		return false;
	*ret = n;
	return true;
}

bool net_has(const struct net *n, const struct net_address *a)
{
	return is_same_until(n->at.byte, a->byte, n->bits);
}

bool net_list_add(struct net_list *l, const char *text)
{
	if (l->n == NET_LIST_MAX || !net_parse(text, &l->item[l->n]))
		return false;
	l->n++;
	return true;
}

bool net_list_has(const struct net_list *l, const struct net_address *a)
{
	for (size_t i = 0; i < l->n; i++)
		if (net_has(&l->item[i], a))
			return true;
	return false;
}
