#include "percent.h"

#include <string.h>

static bool is_unreserved(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("-_.~", c));
}

void percent_add(struct buf *out, const char *s)
{
	static const char hex[] = "0123456789ABCDEF";
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		char three[3] = {'%', hex[c >> 4], hex[c & 15]};
		if (is_unreserved(c))
			buf_putc(out, *s);
		else
			buf_add(out, three, 3);
	}
}

static int hex_value(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

bool percent_get(const char *query, const char *name, char *ret, size_t size)
{
	size_t len = strlen(name), n = 0;
	const char *p = query;
	while (strncmp(p, name, len) != 0 || p[len] != '=') {
		p = strchr(p, '&');
		if (!p)
			return false;
		p++;
	}
	for (p += len + 1; *p && *p != '&' && n + 1 < size; p++) {
		int high = *p == '%' ? hex_value(p[1]) : -1;
		int low = high >= 0 ? hex_value(p[2]) : -1;
		ret[n++] = *p == '+' ? ' ' : low >= 0 ? (char)(high * 16 + low) : *p;
		p += low >= 0 ? 2 : 0;
	}
	ret[n] = '\0';
	return true;
}
