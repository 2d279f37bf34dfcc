#include "mime_header.h"

#include <stdbool.h>
#include <string.h>

#include "address.h"
#include "text.h"

enum {
	LINE_MAX_CHARS = 76,
	WORD_BYTES_MAX = 45, /* 45 bytes = 60 of base64 + 12 = 72 */
	BASE64_BYTES_MAX = 57,
};

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* At most a line of it. */
static void add_base64(struct buf *out, const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;
	char line[4 * (BASE64_BYTES_MAX / 3 + 1)], *to = line;
	for (size_t i = 0; i < len; i += 3) {
		unsigned a = p[i], b = i + 1 < len ? p[i + 1] : 0, c = i + 2 < len ? p[i + 2] : 0;
		*to++ = base64_digits[a >> 2];
		*to++ = base64_digits[(a & 3) << 4 | b >> 4];
		*to++ = (char)(i + 1 < len ? base64_digits[(b & 15) << 2 | c >> 6] : '=');
		*to++ = (char)(i + 2 < len ? base64_digits[c & 63] : '=');
	}
	buf_add(out, line, (size_t)(to - line));
}

void header_add_base64(struct buf *out, const void *data, size_t len)
{
	for (size_t i = 0; i < len; i += BASE64_BYTES_MAX) {
		add_base64(out, (const char *)data + i,
			len - i < BASE64_BYTES_MAX ? len - i : (size_t)BASE64_BYTES_MAX);
		buf_puts(out, "\r\n");
	}
}

static enum rc check_value(const char *name, const char *value, struct diag *d)
{
	if (text_check(value, strlen(value), false, NULL) == TEXT_OK)
		return RC_OK;
	return diag_set(d, RC_INVALID,
		N_("the mail header %s holds a control character or broken UTF-8"), name);
}

static bool is_printable_ascii(const char *s)
{
	for (; *s; s++) {
		if (*s < 0x20 || *s > 0x7e)
			return false;
	}
	return true;
}

/* Ends the line before a piece of `need` characters that would pass 76. */
static void fold(struct buf *out, size_t *col, size_t need)
{
	if (*col + 1 + need <= LINE_MAX_CHARS) {
		buf_putc(out, ' ');
		*col += 1;
	} else {
		buf_puts(out, "\r\n ");
		*col = 1;
	}
}

/* Bytes of s that fit one encoded word of at most max bytes, whole characters. */
static size_t take_word(const char *s, size_t max)
{
	size_t len = strlen(s);
	return len <= max ? len : text_cut(s, max);
}

static void add_encoded(struct buf *out, size_t *col, const char *text)
{
	while (*text) {
		/* "=?UTF-8?B?" and "?=" are 12 characters; four of base64 carry three bytes. */
		size_t room = *col + 1 + 12 < LINE_MAX_CHARS
				      ? (LINE_MAX_CHARS - *col - 1 - 12) / 4 * 3
				      : 0;
		if (room < 12)
			room = WORD_BYTES_MAX;
		if (room > WORD_BYTES_MAX)
			room = WORD_BYTES_MAX;
		size_t n = take_word(text, room);
		size_t chars = 12 + (n + 2) / 3 * 4;
		fold(out, col, chars);
		buf_puts(out, "=?UTF-8?B?");
		add_base64(out, text, n);
		buf_puts(out, "?=");
		*col += chars;
		text += n;
	}
}

/* Plain words, folded at spaces; the text itself is kept. */
static void add_plain(struct buf *out, size_t *col, const char *text)
{
	while (*text) {
		size_t word = strcspn(text, " ");
		fold(out, col, word);
		buf_add(out, text, word);
		*col += word;
		text += word;
		if (*text)
			text++;
	}
}

/* Plain only if it reads back the same: no doubled or outer spaces, no word too long for a line,
 * nothing that looks like an encoded word. */
static bool is_plain(const char *s)
{
	size_t len = strlen(s);
	if (!len || !is_printable_ascii(s) || strstr(s, "=?") || strstr(s, "  ") || s[0] == ' ' ||
		s[len - 1] == ' ')
		return false;
	for (size_t word; *s; s += word + (s[word] == ' ')) {
		word = strcspn(s, " ");
		if (word > LINE_MAX_CHARS - 20)
			return false;
	}
	return true;
}

enum rc header_add_text(struct buf *out, const char *name, const char *text, struct diag *d)
{
	enum rc rc = check_value(name, text, d);
	if (rc)
		return rc;
	size_t col = strlen(name) + 1;
	buf_printf(out, "%s:", name);
	if (is_plain(text))
		add_plain(out, &col, text);
	else if (*text)
		add_encoded(out, &col, text);
	buf_puts(out, "\r\n");
	return RC_OK;
}

static void add_quoted(struct buf *out, size_t *col, const char *display)
{
	fold(out, col, strlen(display) + 2);
	buf_putc(out, '"');
	for (const char *p = display; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	buf_putc(out, '"');
	*col += strlen(display) + 2;
}

enum rc header_add_mailbox(
	struct buf *out, const char *name, const char *display, const char *address, struct diag *d)
{
	enum rc rc = display ? check_value(name, display, d) : RC_OK;
	if (rc)
		return rc;
	if (!address_is_valid(address))
		return diag_set(d, RC_INVALID, N_("%s of the mail is not an address"), name);
	size_t col = strlen(name) + 1;
	buf_printf(out, "%s:", name);
	if (!display || !*display) {
		buf_printf(out, " %s\r\n", address);
		return RC_OK;
	}
	if (is_printable_ascii(display) && strlen(display) <= 40 && !strstr(display, "=?"))
		add_quoted(out, &col, display);
	else
		add_encoded(out, &col, display);
	fold(out, &col, strlen(address) + 2);
	buf_printf(out, "<%s>\r\n", address);
	return RC_OK;
}

enum rc header_add_raw(struct buf *out, const char *name, const char *value, struct diag *d)
{
	if (!is_printable_ascii(value) || strlen(value) > 900)
		return diag_set(d, RC_INVALID,
			N_("the mail header %s holds a control character or broken UTF-8"), name);
	bool folded = strlen(name) + 2 + strlen(value) > LINE_MAX_CHARS;
	buf_printf(out, "%s:%s%s\r\n", name, folded ? "\r\n " : " ", value);
	return RC_OK;
}

/* RFC 2231 attribute-char, narrowed to letters, digits, '.', '-' and '_'. */
static size_t percent(char ret[static 4], unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c && strchr(".-_", c))) {
		ret[0] = (char)c;
		return 1;
	}
	ret[0] = '%';
	ret[1] = hex[c >> 4];
	ret[2] = hex[c & 15];
	return 3;
}

static void add_extended(struct buf *out, const char *param, const char *utf8)
{
	enum { PIECE = 40 }; /* characters of value a line */
	size_t total = 0;
	char three[4];
	for (const char *p = utf8; *p; p++)
		total += percent(three, (unsigned char)*p);
	bool one = total <= PIECE;
	buf_puts(out, ";\r\n ");
	if (one)
		buf_printf(out, "%s*=UTF-8''", param);
	size_t used = PIECE;
	unsigned section = 0;
	for (const char *p = utf8; *p; p++) {
		size_t n = percent(three, (unsigned char)*p);
		if (!one && used + n > PIECE) {
			buf_printf(out, "%s%s*%u*=%s", section ? ";\r\n " : "", param, section,
				section ? "" : "UTF-8''");
			section++;
			used = 0;
		}
		buf_add(out, three, n);
		used += n;
	}
}

enum rc header_add_filename(
	struct buf *out, const char *param, const char *ascii, const char *utf8, struct diag *d)
{
	size_t len = strlen(ascii);
	if (!len || len > 60 || !is_printable_ascii(ascii) || strpbrk(ascii, "\"\\/"))
		return diag_set(d, RC_INVALID, N_("\"%s\" is not a plain file name"), ascii);
	enum rc rc = utf8 ? check_value("Content-Disposition", utf8, d) : RC_OK;
	if (rc)
		return rc;
	if (utf8 && (!*utf8 || strlen(utf8) > 240 || strpbrk(utf8, "/\\")))
		return diag_set(d, RC_INVALID, N_("\"%s\" is not a plain file name"), utf8);
	/* First: a reader that knows both forms may take whichever it meets first. */
	if (utf8)
		add_extended(out, param, utf8);
	buf_printf(out, ";\r\n %s=\"%s\"", param, ascii);
	return RC_OK;
}
