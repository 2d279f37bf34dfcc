#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Length of a well-formed sequence at s by RFC 3629 section 4, or 0. */
static size_t sequence_len(const unsigned char *s, size_t len)
{
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		return len >= 2 && is_continuation((char)s[1]) ? 2 : 0;
	if ((s[0] & 0xf0) == 0xe0) {
		if (len < 3 || !is_continuation((char)s[1]) || !is_continuation((char)s[2]))
			return 0;
		if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f))
			return 0;
		return 3;
	}
	if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		if (len < 4 || !is_continuation((char)s[1]) || !is_continuation((char)s[2]) ||
			!is_continuation((char)s[3]))
			return 0;
		if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
			return 0;
		return 4;
	}
	return 0;
}

uint32_t text_decode(const char *s, size_t len, size_t *ret_n)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = sequence_len(u, len);
	*ret_n = n ? n : 1;
	switch (n) {
	case 1:
		return u[0];
	case 2:
		return (u[0] & 0x1fu) << 6 | (u[1] & 0x3fu);
	case 3:
		return (u[0] & 0x0fu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
	case 4:
		return (u[0] & 0x07u) << 18 | (u[1] & 0x3fu) << 12 | (u[2] & 0x3fu) << 6 |
		       (u[3] & 0x3fu);
	default:
		return 0xfffd;
	}
}

size_t text_encode(uint32_t cp, char ret[static 4])
{
	if (cp < 0x80) {
		ret[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		ret[0] = (char)(0xc0 | cp >> 6);
		ret[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		if (cp >= 0xd800 && cp <= 0xdfff)
			return 0;
		ret[0] = (char)(0xe0 | cp >> 12);
		ret[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		ret[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	if (cp > 0x10ffff)
		return 0;
	ret[0] = (char)(0xf0 | cp >> 18);
	ret[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	ret[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	ret[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

static bool is_bidi(uint32_t cp)
{
	return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

enum text_fault text_check(const char *s, size_t len, bool allow_newline, size_t *ret_offset)
{
	for (size_t i = 0, n; i < len; i += n) {
		enum text_fault fault = TEXT_OK;
		uint32_t cp = text_decode(s + i, len - i, &n);
		if (!sequence_len((const unsigned char *)s + i, len - i))
			fault = TEXT_BAD_UTF8;
		else if ((cp == '\n' || cp == '\t') && allow_newline)
			fault = TEXT_OK;
		else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
			fault = TEXT_CONTROL;
		else if (is_bidi(cp))
			fault = TEXT_BIDI;
		if (fault) {
			if (ret_offset)
				*ret_offset = i;
			return fault;
		}
	}
	return TEXT_OK;
}

size_t text_count_utf16(const char *s)
{
	size_t units = 0, len = strlen(s);
	for (size_t i = 0, n; i < len; i += n)
		units += text_decode(s + i, len - i, &n) > 0xffff ? 2 : 1;
	return units;
}

size_t text_count_points(const char *s)
{
	size_t points = 0, len = strlen(s);
	for (size_t i = 0, n; i < len; i += n) {
		text_decode(s + i, len - i, &n);
		points++;
	}
	return points;
}

/* East Asian Wide and Fullwidth, in the blocks that our texts use (Unicode TR 11). */
static bool is_wide(uint32_t cp)
{
	return (cp >= 0x1100 && cp <= 0x115f) || (cp >= 0x2e80 && cp <= 0xa4cf && cp != 0x303f) ||
	       (cp >= 0xac00 && cp <= 0xd7a3) || (cp >= 0xf900 && cp <= 0xfaff) ||
	       (cp >= 0xfe30 && cp <= 0xfe6f) || (cp >= 0xff00 && cp <= 0xff60) ||
	       (cp >= 0xffe0 && cp <= 0xffe6) || (cp >= 0x1f300 && cp <= 0x1faff) ||
	       (cp >= 0x20000 && cp <= 0x3fffd);
}

size_t text_columns(const char *s)
{
	size_t columns = 0, len = strlen(s);
	for (size_t i = 0, n; i < len; i += n)
		columns += is_wide(text_decode(s + i, len - i, &n)) ? 2 : 1;
	return columns;
}

size_t text_cut(const char *s, size_t n)
{
	size_t len = strlen(s);
	if (len <= n)
		return len;
	while (n > 0 && is_continuation(s[n]))
		n--;
	return n;
}

bool text_is_id(const char *s)
{
	size_t len = strlen(s);
	if (len == 0 || len > 64 || s[0] == '-' || s[len - 1] == '-')
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

bool text_equal(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool text_has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_parse_int(const char *s, long min, long max, long *ret)
{
	const char *digits = s[0] == '-' ? s + 1 : s;
	size_t len = strlen(digits);
	if (len == 0 || len > 18 || strspn(digits, "0123456789") != len)
		return false;
	long value = strtol(s, NULL, 10);
	if (value < min || value > max)
		return false;
	*ret = value;
	return true;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;
	return m < c ? m : c;
}

unsigned text_distance(const char *a, const char *b)
{
	enum { MAX = 63 };
	size_t n = strlen(a), m = strlen(b);
	if (n > MAX || m > MAX)
		return MAX + 1;
	unsigned row[3][MAX + 1];
	for (size_t j = 0; j <= m; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned *now = row[i % 3], *before = row[(i + 2) % 3], *older = row[(i + 1) % 3];
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned cost = a[i - 1] != b[j - 1];
			now[j] = min3(before[j] + 1, now[j - 1] + 1, before[j - 1] + cost);
			bool swapped =
				i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
			if (swapped && older[j - 2] + 1 < now[j])
				now[j] = older[j - 2] + 1;
		}
	}
	return row[n % 3][m];
}

void text_show_url(const char *url, char *ret, size_t size)
{
	size_t len = strcspn(url, "?");
	const char *at = memrchr(url, '@', len);
	if (at) {
		at++;
		len -= (size_t)(at - url);
		url = at;
	}
	if (len >= size)
		len = text_cut(url, size - 1);
	memcpy(ret, url, len);
	ret[len] = '\0';
}
