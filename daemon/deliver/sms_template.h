/*
 * sms_template - {{placeholders}} in the URL, headers, fields and body of an SMS gateway.  Pure.
 *
 * Names: {{to}} +861000000001 · {{to_digits}} 861000000001 · {{to_local}} without the 86 of the
 * mainland · {{text}} with the signature · {{bare_text}} without · {{sign}} · {{from}} · {{ref}} ·
 * {{user}} · {{secret}}.  The place decides the escaping (URL and form: percent; JSON: inside string
 * literals; XML: entities; else none); {{name|url}}, |json, |xml, |raw, |base64 override it.
 *
 * Checked on load: unknown names and escapes, unclosed braces, placeholders outside a URL's query
 * values, JSON bodies that break when a text holds quotes, backslashes or line feeds.
 */
#ifndef DELIVER_SMS_TEMPLATE_H
#define DELIVER_SMS_TEMPLATE_H

#include "buf.h"
#include "config.h"
#include "diag.h"

enum sms_name {
	SMS_TO,
	SMS_TO_DIGITS,
	SMS_TO_LOCAL,
	SMS_TEXT,
	SMS_BARE_TEXT,
	SMS_SIGN,
	SMS_FROM,
	SMS_REF,
	SMS_USER,
	SMS_SECRET,
	SMS_NAME_COUNT
};

struct sms_values {
	const char *value[SMS_NAME_COUNT]; /* NULL counts as "" */
};

enum sms_escape { SMS_RAW, SMS_URL, SMS_JSON, SMS_XML, SMS_BASE64 };

/* The escape for a body of this content type. */
enum sms_escape sms_escape_of(const char *content_type);

/* Appends; the template must have passed its check (else RC_INVALID). */
enum rc sms_render(const char *template, enum sms_escape escape, const struct sms_values *v,
	struct buf *out, struct diag *d) NODISCARD;

bool sms_template_uses(const char *template, enum sms_name name); /* NULL uses nothing */

/* All faults of a gateway's settings, each at its line. */
void sms_template_check(const struct sms_settings *s, struct diags *ds);

#endif
