#include "conf_value.h"

#include <string.h>
#include <strings.h>

#include "text.h"

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 5322 section 3.2.3. */
static bool is_atext(char c)
{
	return is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_local_part(const char *s, size_t len)
{
	if (len == 0 || len > 64 || s[0] == '.' || s[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_atext(s[i]) && !(s[i] == '.' && s[i + 1] != '.'))
			return false;
	return true;
}

static bool is_label(const char *s, size_t len)
{
	if (len == 0 || len > 63 || s[0] == '-' || s[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alnum(s[i]) && s[i] != '-')
			return false;
	return true;
}

bool value_is_domain(const char *s)
{
	size_t len = strlen(s);
	if (len == 0 || len > 253)
		return false;
	for (;;) {
		size_t n = strcspn(s, ".");
		if (!is_label(s, n))
			return false;
		if (!s[n])
			return true;
		s += n + 1;
	}
}

bool value_is_email(const char *s)
{
	const char *at = strchr(s, '@');
	if (!at || strlen(s) > 254 || !is_local_part(s, (size_t)(at - s)))
		return false;
	return value_is_domain(at + 1) && (strchr(at + 1, '.') || strcmp(at + 1, "localhost") == 0);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && strcasecmp(s + n - m, end) == 0;
}

/* RFC 2606 and RFC 6761. */
bool value_is_placeholder_email(const char *s)
{
	static const char *const END[] = {
		".invalid", ".example", ".test", "@example.com", "@example.org", "@example.net"};
	for (size_t i = 0; i < sizeof END / sizeof *END; i++)
		if (ends_with(s, END[i]))
			return true;
	return false;
}

bool value_parse_phone(const char *s, char ret[static VALUE_PHONE_SIZE])
{
	char out[VALUE_PHONE_SIZE];
	size_t n = 0;
	if (*s != '+')
		return false;
	out[n++] = *s++;
	for (; *s; s++) {
		if (*s == ' ' || *s == '-')
			continue;
		if (*s < '0' || *s > '9' || n > 15)
			return false;
		out[n++] = *s;
	}
	out[n] = '\0';
	if (n < 9 || out[1] == '0')
		return false;
	memcpy(ret, out, n + 1);
	return true;
}

bool value_is_placeholder_phone(const char *s)
{
	return text_has_prefix(s, "+861000000");
}

bool value_parse_window(const char *s, struct quiet_window *ret)
{
	char from[6], to[6];
	struct quiet_window w;
	if (strlen(s) != 11 || s[5] != '-')
		return false;
	memcpy(from, s, 5);
	from[5] = '\0';
	memcpy(to, s + 6, 6);
	if (!date_parse_minute(from, &w.from) || !date_parse_minute(to, &w.to) || w.from == w.to)
		return false;
	*ret = w;
	return true;
}

bool value_parse_span(const char *s, struct span *ret)
{
	struct span p;
	size_t len = strlen(s);
	if (len == 10 && date_parse(s, 10, &p.first)) {
		p.last = p.first;
	} else if (len != 21 || s[10] != '/' || !date_parse(s, 10, &p.first) ||
		   !date_parse(s + 11, 10, &p.last) || date_compare(p.first, p.last) > 0) {
		return false;
	}
	*ret = p;
	return true;
}

/* n decimal digits at s, or -1. */
static int digits(const char *s, int n)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + s[i] - '0';
	}
	return v;
}

bool value_parse_month_day(const char *s, int *ret_month, int *ret_day)
{
	struct date d;
	if (strlen(s) != 5 || s[2] != '-' || digits(s, 2) < 0 || digits(s + 3, 2) < 0 ||
		!date_from_ymd(2024, digits(s, 2), digits(s + 3, 2), &d))
		return false;
	*ret_month = digits(s, 2);
	*ret_day = digits(s + 3, 2);
	return true;
}

bool value_parse_month(const char *s, int *ret_year, int *ret_month)
{
	struct date d;
	if (strlen(s) != 7 || s[4] != '-' || digits(s, 4) < 0 || digits(s + 5, 2) < 0 ||
		!date_from_ymd(digits(s, 4), digits(s + 5, 2), 1, &d))
		return false;
	*ret_year = digits(s, 4);
	*ret_month = digits(s + 5, 2);
	return true;
}

bool value_is_loopback_host(const char *s, size_t len)
{
	static const char *const HOST[] = {"localhost", "127.0.0.1", "[::1]", "::1"};
	for (size_t i = 0; i < sizeof HOST / sizeof *HOST; i++)
		if (strlen(HOST[i]) == len && strncasecmp(s, HOST[i], len) == 0)
			return true;
	return len > 4 && strncmp(s, "127.", 4) == 0 && strspn(s, "0123456789.") >= len;
}
