#include <string.h>

#include "sms.h"

/* 1 delivered, 2 not delivered, 8 taken and 16 rejected by the SMS centre; Kannel fills in %d and %A. */
#define REPORT_MASK "27"

static enum rc ask_for_reports(const struct sms_settings *s, const struct sms_values *v,
	struct sms_request *req, struct diag *d)
{
	struct buf url;
	if (!s->receipts || !s->receipt_url)
		return RC_OK;
	buf_init(&url, 1024);
	buf_printf(&url, "%s%cref=%s&type=%%d&ans=%%A", s->receipt_url,
		strchr(s->receipt_url, '?') ? '&' : '?', v->value[SMS_REF]);
	enum rc rc = sms_add_header(req, "X-Kannel-DLR-Mask", REPORT_MASK, d);
	if (!rc)
		rc = sms_add_header(req, "X-Kannel-DLR-Url", url.data, d);
	buf_done(&url);
	return rc;
}

/* POST text/plain with X-Kannel headers: credentials and text stay out of URLs and their logs.
 * Coding 2 and the charset belong together: without either, Chinese is garbled and still accepted. */
enum rc sms_kannel_build(const struct sms_settings *s, const struct sms_values *v,
	struct sms_request *req, struct diag *d)
{
	const struct {
		const char *name, *value;
	} header[] = {
		{"Content-Type", "text/plain; charset=UTF-8"},
		{"X-Kannel-Coding", "2"},
		{"X-Kannel-Username", v->value[SMS_USER]},
		{"X-Kannel-Password", v->value[SMS_SECRET]},
		{"X-Kannel-To", v->value[SMS_TO]},
		{"X-Kannel-From", v->value[SMS_FROM]},
	};
	enum rc rc = RC_OK;
	req->method = "POST";
	req->has_body = true;
	buf_puts(&req->url, s->url);
	buf_puts(&req->body, v->value[SMS_TEXT]);
	for (size_t i = 0; !rc && i < sizeof header / sizeof *header; i++) {
		if (header[i].value && *header[i].value)
			rc = sms_add_header(req, header[i].name, header[i].value, d);
	}
	if (!rc)
		rc = ask_for_reports(s, v, req, d);
	return rc ? rc : sms_add_settings_headers(s, v, req, d);
}
