#include "mask.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MIN = 7, HEAD = 3, TAIL = 4, COUNTRY = 11 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(const char *s)
{
	size_t n = 0;
	for (; *s; s++)
		n += is_digit(*s);
	return n;
}

/* Of the digits the first (with the country's), four stars, and the last four. */
static void mask_number(const char *s, size_t digits, char *ret)
{
	size_t head = digits > COUNTRY ? digits - COUNTRY + HEAD : HEAD, seen = 0, n = 0;
	if (*s == '+')
		ret[n++] = '+';
	for (; *s && n + 6 < MASK_SIZE; s++) {
		if (!is_digit(*s))
			continue;
		if (++seen <= head || seen > digits - TAIL)
			ret[n++] = *s;
		if (seen == head)
			n += (size_t)snprintf(ret + n, MASK_SIZE - n, "****");
	}
	ret[n] = '\0';
}

const char *mask_contact(const char *s, char ret[static MASK_SIZE])
{
	const char *at = strrchr(s, '@');
	size_t digits = count_digits(s);
	if (at && at > s)
		snprintf(ret, MASK_SIZE, "%.*s***%s", (unsigned char)s[0] < 0x80, s, at);
	else if (digits >= DIGITS_MIN && strspn(s, "+0123456789 -()") == strlen(s))
		mask_number(s, digits, ret);
	else
		snprintf(ret, MASK_SIZE, "%s", s);
	return ret;
}
