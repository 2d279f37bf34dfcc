#include "table_read.h"

#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

static bool begins(const char *data, size_t len, const char *mark, size_t n)
{
	return len >= n && memcmp(data, mark, n) == 0;
}

static enum rc refuse_binary(const char *data, size_t len, struct diag *d)
{
	enum rc rc = RC_OK;
	if (len > TABLE_BYTES_MAX)
		return diag_set(
			d, RC_LIMIT, N_("the file is larger than %d bytes"), TABLE_BYTES_MAX);
	if (begins(data, len, "\xff\xfe", 2) || begins(data, len, "\xfe\xff", 2))
		rc = diag_set(d, RC_INVALID, N_("the file is UTF-16"));
	else if (begins(data, len, "PK\003\004", 4) || begins(data, len, "\xd0\xcf\x11\xe0", 4))
		rc = diag_set(d, RC_INVALID, N_("the file is a workbook or document, not text"));
	else if (memchr(data, '\0', len))
		rc = diag_set(
			d, RC_INVALID, N_("the file is not text: there are zero bytes in it"));
	if (rc)
		diag_hint(d, N_("save it as CSV (UTF-8), or paste the table into a text file"));
	return rc;
}

static int line_at(const char *data, size_t offset)
{
	int line = 1;
	for (size_t i = 0; i < offset; i++)
		line += data[i] == '\n' ||
			(data[i] == '\r' && (i + 1 == offset || data[i + 1] != '\n'));
	return line;
}

/* GB18030 has at most three bytes of UTF-8 for two of its own, and four for four. */
static enum rc from_gb18030(const char *data, size_t len, struct arena *a, const char **ret,
	size_t *ret_len, struct diag *d)
{
	size_t room = len * 2 + 4, left = room;
	char *out = ARENA_ARRAY(a, room + 1, char), *to = out;
	char *from = arena_strndup(a, data, len);
	size_t from_left = len;
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	/* The descriptor's "none" is -1 as a pointer. */
	if ((intptr_t)cd == -1)
		return diag_set(d, RC_INVALID,
			N_("the file is not UTF-8, and this machine cannot read GB18030"));
	size_t bad = iconv(cd, &from, &from_left, &to, &left);
	iconv_close(cd);
	if (bad == (size_t)-1) {
		diag_set(d, RC_INVALID, N_("the file is neither UTF-8 nor GB18030"));
		d->line = line_at(data, len - from_left);
		return RC_INVALID;
	}
	*ret = out;
	*ret_len = room - left;
	return RC_OK;
}

static size_t unify_lines(char *s, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\r' && i + 1 < len && s[i + 1] == '\n')
			continue;
		s[n++] = s[i] == '\r' ? '\n' : s[i];
	}
	s[n] = '\0';
	return n;
}

enum rc table_decode(const char *data, size_t len, struct arena *a, const char **ret,
	size_t *ret_len, struct diag *d)
{
	size_t n = len;
	const char *text = data;
	enum rc rc = refuse_binary(data, len, d);
	if (rc)
		return rc;
	if (begins(data, len, "\xef\xbb\xbf", 3)) {
		text += 3;
		n -= 3;
	}
	for (size_t i = 0, step; i < n; i += step)
		if (text_decode(text + i, n - i, &step) == 0xfffd && step == 1) {
			rc = from_gb18030(data, len, a, &text, &n, d);
			break;
		}
	if (rc)
		return rc;
	char *copy = arena_strndup(a, text, n);
	*ret_len = unify_lines(copy, n);
	*ret = copy;
	return RC_OK;
}

/* ---- folding -------------------------------------------------------------------------------------- */

/* U+200B..U+200D, U+2060, U+FEFF, U+00AD: they come along with a paste and nobody sees them. */
static bool is_invisible(uint32_t cp)
{
	return (cp >= 0x200b && cp <= 0x200d) || cp == 0x2060 || cp == 0xfeff || cp == 0x00ad;
}

static bool is_blank(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == 0xa0 || cp == 0x3000 || cp == 0x202f ||
	       (cp >= 0x2000 && cp <= 0x200a);
}

static uint32_t narrow(uint32_t cp)
{
	return cp >= 0xff01 && cp <= 0xff5e ? cp - 0xff01 + '!' : cp;
}

const char *table_fold(const char *s, size_t len, struct arena *a)
{
	char *out = ARENA_ARRAY(a, len + 1, char);
	size_t n = 0;
	bool blank = false;
	for (size_t i = 0, step; i < len; i += step) {
		uint32_t cp = narrow(text_decode(s + i, len - i, &step));
		if (is_invisible(cp))
			continue;
		if (is_blank(cp)) {
			blank = true;
			continue;
		}
		if (blank && n && out[n - 1] != '\n' && cp != '\n')
			out[n++] = ' ';
		blank = false;
		if (cp == '\n' && (n == 0 || out[n - 1] == '\n'))
			continue;
		if (cp < 0x80)
			out[n++] = (char)cp;
		else {
			memcpy(out + n, s + i, step);
			n += step;
		}
	}
	while (n && out[n - 1] == '\n')
		n--;
	out[n] = '\0';
	return out;
}

const char *table_key(const char *s, struct arena *a)
{
	char *out = arena_strdup(a, table_fold(s, strlen(s), a));
	size_t n = 0;
	for (const char *p = out; *p; p++)
		if (*p != ' ' && *p != '\n')
			out[n++] = *p;
	out[n] = '\0';
	return out;
}

bool table_key_is(const char *s, const char *key)
{
	size_t len = strlen(s);
	for (size_t i = 0, step, key_step; i < len; i += step) {
		uint32_t cp = narrow(text_decode(s + i, len - i, &step));
		if (is_invisible(cp) || is_blank(cp) || cp == '\n')
			continue;
		if (!*key || text_decode(key, strlen(key), &key_step) != cp)
			return false;
		key += key_step;
	}
	return !*key;
}
