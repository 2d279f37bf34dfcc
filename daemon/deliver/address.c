#include "address.h"

#include <stddef.h>
#include <string.h>

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 5322 3.2.3 atext. */
static bool is_atext(char c)
{
	return is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool local_is_valid(const char *s, size_t len)
{
	if (len == 0 || len > ADDRESS_LOCAL_MAX || s[0] == '.' || s[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '.' ? s[i + 1] == '.' : !is_atext(s[i]))
			return false;
	}
	return true;
}

static bool label_is_valid(const char *s, size_t len)
{
	if (len == 0 || len > 63 || s[0] == '-' || s[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_alnum(s[i]) && s[i] != '-')
			return false;
	}
	return true;
}

static bool domain_is_valid(const char *s)
{
	size_t labels = 0;
	bool localhost = strcmp(s, "localhost") == 0;
	for (;;) {
		size_t len = strcspn(s, ".");
		if (!label_is_valid(s, len))
			return false;
		labels++;
		if (!s[len])
			return labels > 1 || localhost;
		s += len + 1;
	}
}

bool address_is_valid(const char *s)
{
	const char *at = s ? strrchr(s, '@') : NULL;
	if (!at || strlen(s) > ADDRESS_MAX)
		return false;
	return local_is_valid(s, (size_t)(at - s)) && domain_is_valid(at + 1);
}

bool phone_is_valid(const char *s)
{
	if (!s || s[0] != '+' || s[1] < '1' || s[1] > '9')
		return false;
	size_t digits = strspn(s + 1, "0123456789");
	return digits >= 7 && digits <= 15 && !s[1 + digits];
}

bool client_ref_is_valid(const char *s)
{
	size_t len = s ? strlen(s) : 0;
	if (len == 0 || len > 255)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_alnum(s[i]) && !strchr("_:-", s[i]))
			return false;
	}
	return true;
}

bool host_is_loopback(const char *host)
{
	if (strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
		strcmp(host, "[::1]") == 0)
		return true;
	/* 127.evil.example is a name, not an address. */
	return strncmp(host, "127.", 4) == 0 && !host[strspn(host, "0123456789.")];
}
