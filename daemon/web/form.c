#include "form.h"

#include <string.h>

#include "text.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* False: longer than fits.  A percent sign without two digits stands for itself. */
static bool decode(const char *s, size_t len, char *ret, size_t size, size_t *ret_len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		char c = s[i] == '+' ? ' ' : s[i];
		int hi = i + 2 < len ? hex_digit(s[i + 1]) : -1;
		int lo = i + 2 < len ? hex_digit(s[i + 2]) : -1;
		if (s[i] == '%' && hi >= 0 && lo >= 0) {
			c = (char)(hi << 4 | lo);
			i += 2;
		}
		if (n + 1 >= size)
			return false;
		ret[n++] = c;
	}
	ret[n] = '\0';
	*ret_len = n;
	return true;
}

static bool is_named(const char *field, size_t len, const char *name)
{
	return len == strlen(name) && memcmp(field, name, len) == 0;
}

bool form_get(const char *body, size_t len, const char *name, char ret[static FORM_VALUE_SIZE])
{
	ret[0] = '\0';
	for (size_t at = 0; at < len;) {
		const char *field = body + at, *amp = memchr(field, '&', len - at);
		size_t field_len = amp ? (size_t)(amp - field) : len - at, n;
		const char *eq = memchr(field, '=', field_len);
		size_t name_len = eq ? (size_t)(eq - field) : field_len;
		at += field_len + 1;
		if (!is_named(field, name_len, name))
			continue;
		bool fits =
			eq && decode(eq + 1, field_len - name_len - 1, ret, FORM_VALUE_SIZE, &n);
		if (fits && strlen(ret) == n && text_check(ret, n, false, NULL) == TEXT_OK)
			return true;
		ret[0] = '\0';
		return false;
	}
	return false;
}

bool form_get_cookie(const char *field, const char *name, char *ret, size_t size)
{
	size_t name_len = strlen(name);
	for (const char *p = field; p && *p;) {
		p += strspn(p, " \t");
		size_t len = strcspn(p, ";");
		if (len > name_len && p[name_len] == '=' && memcmp(p, name, name_len) == 0) {
			size_t n = len - name_len - 1;
			if (n >= size)
				return false;
			memcpy(ret, p + name_len + 1, n);
			ret[n] = '\0';
			return true;
		}
		p += len;
		p += *p == ';';
	}
	return false;
}
