#include "sms_template.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "mem.h"
#include "percent.h"
#include "text.h"

static const char *const name_text[SMS_NAME_COUNT] = {
	[SMS_TO] = "to",
	[SMS_TO_DIGITS] = "to_digits",
	[SMS_TO_LOCAL] = "to_local",
	[SMS_TEXT] = "text",
	[SMS_BARE_TEXT] = "bare_text",
	[SMS_SIGN] = "sign",
	[SMS_FROM] = "from",
	[SMS_REF] = "ref",
	[SMS_USER] = "user",
	[SMS_SECRET] = "secret",
};
static const char *const escape_text[] = {"raw", "url", "json", "xml", "base64"};
enum { N_ESCAPES = sizeof escape_text / sizeof *escape_text };

static int find(const char *const *list, int n, const char *s, size_t len)
{
	for (int i = 0; i < n; i++) {
		if (strlen(list[i]) == len && strncmp(list[i], s, len) == 0)
			return i;
	}
	return -1;
}

/* One {{name}} or {{name|escape}}; p is behind the braces. */
struct placeholder {
	enum sms_name name;
	int escape; /* -1: the place's */
	const char *end;
};

static enum rc parse(const char *p, struct placeholder *ret, struct diag *d)
{
	const char *end = strstr(p, "}}");
	size_t len = end ? (size_t)(end - p) : 0;
	if (!end || len > 40 || memchr(p, '{', len))
		return diag_set(d, RC_INVALID, N_("a {{ without its }}"));
	const char *bar = memchr(p, '|', len);
	size_t name_len = bar ? (size_t)(bar - p) : len;
	int name = find(name_text, SMS_NAME_COUNT, p, name_len);
	int escape = bar ? find(escape_text, N_ESCAPES, bar + 1, len - name_len - 1) : -1;
	char shown[41];
	memcpy(shown, p, len);
	shown[len] = '\0';
	if (name < 0) {
		enum rc rc = diag_set(d, RC_INVALID, N_("{{%s}} is not known"), shown);
		diag_hint(d,
			N_("known are to, to_digits, to_local, text, bare_text, sign, from, ref, "
			   "user and secret"));
		return rc;
	}
	if (bar && escape < 0) {
		enum rc rc = diag_set(d, RC_INVALID, N_("{{%s}} names an unknown escape"), shown);
		diag_hint(d, N_("known are raw, url, json, xml and base64"));
		return rc;
	}
	*ret = (struct placeholder){(enum sms_name)name, escape, end + 2};
	return RC_OK;
}

static void add_json(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_printf(out, "\\%c", *s);
		else if (*s == '\n')
			buf_puts(out, "\\n");
		else if (*s == '\t')
			buf_puts(out, "\\t");
		else if ((unsigned char)*s < 0x20)
			buf_printf(out, "\\u%04x", (unsigned)(unsigned char)*s);
		else
			buf_putc(out, *s);
	}
}

static void add_xml(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '&')
			buf_puts(out, "&amp;");
		else if (*s == '<')
			buf_puts(out, "&lt;");
		else if (*s == '>')
			buf_puts(out, "&gt;");
		else if (*s == '"')
			buf_puts(out, "&quot;");
		else if (*s == '\'')
			buf_puts(out, "&#39;");
		else if ((unsigned char)*s >= 0x20 || *s == '\n' || *s == '\t')
			buf_putc(out, *s);
	}
}

static void add_base64(struct buf *out, const char *s)
{
	size_t len = strlen(s);
	unsigned char *text = mem_new(len / 3 * 4 + 8, 1);
	int n = EVP_EncodeBlock(text, (const unsigned char *)s, (int)len);
	buf_add(out, text, n > 0 ? (size_t)n : 0);
	OPENSSL_cleanse(text, len / 3 * 4 + 8);
	free(text);
}

static void add_value(struct buf *out, enum sms_escape escape, const char *value)
{
	if (!value)
		return;
	switch (escape) {
	case SMS_RAW:
		buf_puts(out, value);
		break;
	case SMS_URL:
		percent_add(out, value);
		break;
	case SMS_JSON:
		add_json(out, value);
		break;
	case SMS_XML:
		add_xml(out, value);
		break;
	case SMS_BASE64:
		add_base64(out, value);
		break;
	}
}

enum sms_escape sms_escape_of(const char *content_type)
{
	if (!content_type)
		return SMS_RAW;
	if (strstr(content_type, "json"))
		return SMS_JSON;
	if (strstr(content_type, "x-www-form-urlencoded"))
		return SMS_URL;
	return strstr(content_type, "xml") ? SMS_XML : SMS_RAW;
}

enum rc sms_render(const char *template, enum sms_escape escape, const struct sms_values *v,
	struct buf *out, struct diag *d)
{
	struct placeholder ph;
	for (const char *p = template;;) {
		const char *open = strstr(p, "{{");
		if (!open) {
			buf_puts(out, p);
			return RC_OK;
		}
		buf_add(out, p, (size_t)(open - p));
		enum rc rc = parse(open + 2, &ph, d);
		if (rc)
			return rc;
		add_value(out, ph.escape < 0 ? escape : (enum sms_escape)ph.escape,
			v->value[ph.name]);
		p = ph.end;
	}
}

bool sms_template_uses(const char *template, enum sms_name name)
{
	struct placeholder ph;
	for (const char *p = template; p && (p = strstr(p, "{{"));) {
		if (parse(p + 2, &ph, NULL))
			return false;
		if (ph.name == name)
			return true;
		p = ph.end;
	}
	return false;
}
