#include "roster_contact.h"

#include <string.h>

enum { MOBILE_DIGITS = 11, DIGITS_MIN = 8, DIGITS_MAX = 15, EMAIL_MAX = 254 };

const char *roster_contact_phone(const char *s, struct arena *a)
{
	char digits[DIGITS_MAX + 1];
	size_t n = 0;
	bool country = s[0] == '+';
	for (s += country; *s; s++) {
		if (*s == '-' || *s == ' ')
			continue;
		if (*s < '0' || *s > '9' || n == DIGITS_MAX)
			return NULL;
		digits[n++] = *s;
	}
	digits[n] = '\0';
	if (!country && n == MOBILE_DIGITS + 2 && strncmp(digits, "861", 3) == 0)
		return arena_printf(a, "+%s", digits);
	if (!country)
		return n == MOBILE_DIGITS && digits[0] == '1' ? arena_printf(a, "+86%s", digits)
							      : NULL;
	return n >= DIGITS_MIN && digits[0] != '0' ? arena_printf(a, "+%s", digits) : NULL;
}

bool roster_contact_is_email(const char *s)
{
	const char *at = strchr(s, '@');
	if (!at || at == s || strchr(at + 1, '@') || strlen(s) > EMAIL_MAX)
		return false;
	for (const char *c = s; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || strchr("\"'\\<>()[],;:", *c))
			return false;
	const char *dot = strrchr(at, '.');
	return dot && dot > at + 1 && dot[1];
}

static bool is_ascii(char c)
{
	return c > ' ' && (unsigned char)c < 0x7f;
}

const char *roster_contact_cut(
	const char *key, struct arena *a, const char **phone, const char **email)
{
	size_t len = strlen(key), end = len;
	while (end > 0 && (key[end - 1] == ')' || key[end - 1] == '('))
		end--;
	size_t from = end;
	while (from > 0 && is_ascii(key[from - 1]))
		from--;
	/* A name in ASCII letters cannot be told from what follows it. */
	if (from == 0 || from == len)
		return key;
	size_t begin = from + strspn(key + from, "(:");
	const char *tail = arena_strndup(a, key + begin, end - begin);
	const char *number = roster_contact_phone(tail, a);
	if (number)
		*phone = number;
	else if (roster_contact_is_email(tail))
		*email = tail;
	else
		return key;
	return arena_strndup(a, key, from);
}
