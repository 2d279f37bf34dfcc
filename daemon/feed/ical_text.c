#include "ical_text.h"

#include <string.h>

#include "text.h"

static bool is_line_end(uint32_t cp)
{
	return cp == '\n' || cp == '\r' || cp == 0x2028 || cp == 0x2029;
}

static bool is_unwanted(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x61c || cp == 0x200e ||
	       cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
	       cp == 0xfeff || (cp & 0xfffe) == 0xfffe || (cp >= 0xfdd0 && cp <= 0xfdef);
}

/* What one code point becomes; bytes written to ret.  newline has at most 4. */
static size_t clean_point(uint32_t cp, const char *newline, char ret[static 8])
{
	if (is_line_end(cp)) {
		size_t n = strlen(newline);
		memcpy(ret, newline, n);
		return n;
	}
	if (cp == '\t')
		cp = ' ';
	return is_unwanted(cp) ? 0 : text_encode(cp, ret);
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Length of the run at s that may stay as it is: printable ASCII and U+3000..U+9FFF (leads e3..e9),
 * which is nearly all there is. */
static size_t plain_run(const char *s, size_t len)
{
	size_t n = 0;
	for (;;) {
		unsigned char c = n < len ? (unsigned char)s[n] : 0;
		if (c >= 0x20 && c < 0x7f)
			n++;
		else if (c >= 0xe3 && c <= 0xe9 && n + 3 <= len && is_continuation(s[n + 1]) &&
			 is_continuation(s[n + 2]))
			n += 3;
		else
			return n;
	}
}

/* Some readers drop white space at the beginning of a value, so it cannot mean anything. */
static void trim(const char **s, size_t *len)
{
	while (*len && memchr(" \t\r\n", **s, 4)) {
		(*s)++;
		(*len)--;
	}
	while (*len && memchr(" \t\r\n", (*s)[*len - 1], 4))
		(*len)--;
}

/* The first bytes of s as they shall stand, at most 8, to ret; *ret_taken = bytes of s used. */
static size_t clean_first(
	const char *s, size_t len, const char *newline, size_t *ret_taken, char ret[static 8])
{
	uint32_t cp = text_decode(s, len, ret_taken);
	if (cp == '\r' && len > 1 && s[1] == '\n')
		*ret_taken = 2;
	return clean_point(cp, newline, ret);
}

char *ical_clean(struct arena *a, const char *s, size_t len, size_t max, const char *newline)
{
	enum { MORE_LEN = 3 };
	trim(&s, &len);
	char *out = ARENA_ARRAY(a, (len < max / 3 ? len * 3 : max) + 8, char);
	size_t n = 0, keep = 0;
	for (size_t i = 0, taken; i < len; i += taken) {
		char piece[8];
		size_t room = max - n > MORE_LEN ? max - n - MORE_LEN : 0;
		taken = plain_run(s + i, len - i < room ? len - i : room);
		const char *from = taken ? s + i : piece;
		size_t k = taken ? taken : clean_first(s + i, len - i, newline, &taken, piece);
		if (n + k > max) {
			memcpy(out + keep, "\xe2\x80\xa6", MORE_LEN);
			n = keep + MORE_LEN;
			break;
		}
		memcpy(out + n, from, k);
		n += k;
		if (n + MORE_LEN <= max)
			keep = n;
	}
	/* What vanished may have left white space at the ends. */
	while (n && (out[n - 1] == ' ' || out[n - 1] == '\n'))
		n--;
	out[n] = '\0';
	return out + strspn(out, " \n");
}

static bool is_escaped(char c)
{
	return c == '\n' || c == '\\' || c == ';' || c == ',';
}

void ical_escape(const char *s, struct buf *out)
{
	for (;;) {
		size_t n = 0;
		while (s[n] && !is_escaped(s[n]))
			n++;
		buf_add(out, s, n);
		s += n;
		if (!*s)
			return;
		const char pair[2] = {'\\', *s == '\n' ? 'n' : *s};
		buf_add(out, pair, sizeof pair);
		s++;
	}
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_uri_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("-._~:/?#[]@!$&'()*+,;=", c));
}

bool ical_uri_is_valid(const char *uri)
{
	const char *s = text_has_prefix(uri, "https://")  ? uri + 8
			: text_has_prefix(uri, "http://") ? uri + 7
							  : NULL;
	if (!s || !*s || strchr("/?#:@", *s) || strlen(uri) > ICAL_URI_MAX)
		return false;
	for (; *s; s++) {
		if (*s == '%') {
			if (!is_hex(s[1]) || !is_hex(s[2]))
				return false;
			s += 2;
		} else if (!is_uri_char(*s)) {
			return false;
		}
	}
	return true;
}

static bool has_control(const char *s, size_t len)
{
	bool bad = false;
	for (size_t i = 0; i < len; i++)
		bad |= (unsigned char)s[i] < 0x20 || s[i] == 0x7f;
	return bad;
}

/* How many of len bytes may stand in a line that has room for `room`: whole characters and whole
 * escapes; 0 if the first does not fit. */
static size_t fit(const char *s, size_t len, size_t room)
{
	if (len <= room)
		return len;
	size_t n = room;
	while (n && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	size_t backslashes = 0;
	while (backslashes < n && s[n - 1 - backslashes] == '\\')
		backslashes++;
	return n - backslashes % 2;
}

static void put_folded(struct buf *out, const char *s, size_t len, size_t *col)
{
	while (len) {
		size_t n = fit(s, len, ICAL_LINE_OCTETS - *col);
		if (n == 0 && *col > 1) {
			buf_add(out, "\r\n ", 3);
			*col = 1;
			continue;
		}
		/* Only bytes that are no UTF-8 fit nowhere; they are cut anywhere. */
		if (n == 0)
			n = ICAL_LINE_OCTETS - 1;
		buf_add(out, s, n);
		*col += n;
		s += n;
		len -= n;
	}
}

bool ical_put_line(struct buf *out, const char *name, const char *value)
{
	size_t name_len = strlen(name), value_len = strlen(value), col = 0;
	if (has_control(name, name_len) || has_control(value, value_len))
		return false;
	put_folded(out, name, name_len, &col);
	put_folded(out, ":", 1, &col);
	put_folded(out, value, value_len, &col);
	buf_add(out, "\r\n", 2);
	return true;
}
