#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <jansson.h>

#include "sms.h"
#include "text.h"

static enum rc append(struct sms_request *req, const char *line, struct diag *d)
{
	struct curl_slist *list = curl_slist_append(req->headers, line);
	if (!list)
		return diag_set(d, RC_LIMIT, N_("libcurl is out of memory"));
	req->headers = list;
	return RC_OK;
}

enum rc sms_drop_header(struct sms_request *req, const char *name, struct diag *d)
{
	char line[64];
	snprintf(line, sizeof line, "%s:", name);
	return append(req, line, d);
}

enum rc sms_add_header(struct sms_request *req, const char *name, const char *value, struct diag *d)
{
	struct buf line;
	enum rc rc = RC_OK;
	buf_init(&line, 4096);
	/* libcurl sends a header without a value only when it ends in a semicolon. */
	if (*value)
		buf_printf(&line, "%s: %s", name, value);
	else
		buf_printf(&line, "%s;", name);
	if (line.overflow || text_check(line.data, line.len, false, NULL) != TEXT_OK)
		rc = diag_set(d, RC_INVALID, N_("the header %s holds a control character"), name);
	else
		rc = append(req, line.data, d);
	explicit_bzero(line.data, line.len);
	buf_done(&line);
	return rc;
}

enum rc sms_add_settings_headers(const struct sms_settings *s, const struct sms_values *v,
	struct sms_request *req, struct diag *d)
{
	struct buf value;
	enum rc rc = RC_OK;
	buf_init(&value, 4096);
	for (size_t i = 0; !rc && i < s->n_headers; i++) {
		buf_clear(&value);
		rc = sms_render(s->header[i].value, SMS_RAW, v, &value, d);
		if (!rc)
			rc = sms_add_header(req, s->header[i].name, value.data, d);
	}
	if (!rc && s->idempotency_header)
		rc = sms_add_header(req, s->idempotency_header, v->value[SMS_REF], d);
	buf_done(&value);
	return rc;
}

static enum rc add_form(
	const struct sms_settings *s, const struct sms_values *v, struct buf *out, struct diag *d)
{
	for (size_t i = 0; i < s->n_fields; i++) {
		char *name = curl_easy_escape(NULL, s->field[i].name, 0);
		buf_printf(out, "%s%s=", i ? "&" : "", name ? name : "");
		curl_free(name);
		enum rc rc = sms_render(s->field[i].value, SMS_URL, v, out, d);
		if (rc)
			return rc;
	}
	return RC_OK;
}

static enum rc add_object(
	const struct sms_settings *s, const struct sms_values *v, struct buf *out, struct diag *d)
{
	json_t *object = json_object();
	struct buf value;
	enum rc rc = RC_OK;
	buf_init(&value, SMS_REQUEST_MAX);
	for (size_t i = 0; !rc && i < s->n_fields; i++) {
		buf_clear(&value);
		rc = sms_render(s->field[i].value, SMS_RAW, v, &value, d);
		if (!rc)
			json_object_set_new(object, s->field[i].name, json_string(value.data));
	}
	char *text = json_dumps(object, JSON_COMPACT);
	if (!rc && text)
		buf_puts(out, text);
	free(text);
	json_decref(object);
	buf_done(&value);
	return rc;
}

static enum rc add_body(const struct sms_settings *s, const struct sms_values *v,
	struct sms_request *req, struct diag *d)
{
	const char *type = s->content_type;
	bool json = type && strstr(type, "json");
	req->has_body = strcmp(req->method, "GET") != 0;
	if (!req->has_body)
		return RC_OK;
	if (!type)
		type = s->n_fields ? "application/x-www-form-urlencoded"
				   : "text/plain; charset=UTF-8";
	enum rc rc = sms_add_header(req, "Content-Type", type, d);
	if (rc)
		return rc;
	if (s->body)
		return sms_render(s->body, sms_escape_of(s->content_type), v, &req->body, d);
	return json ? add_object(s, v, &req->body, d) : add_form(s, v, &req->body, d);
}

static bool uses_credentials(const struct sms_settings *s)
{
	bool used = sms_template_uses(s->url, SMS_SECRET) || sms_template_uses(s->body, SMS_SECRET);
	for (size_t i = 0; i < s->n_fields; i++)
		used = used || sms_template_uses(s->field[i].value, SMS_SECRET);
	for (size_t i = 0; i < s->n_headers; i++)
		used = used || sms_template_uses(s->header[i].value, SMS_SECRET);
	return used;
}

enum rc sms_http_build(const struct sms_settings *s, const struct sms_values *v,
	struct sms_request *req, struct diag *d)
{
	req->method = s->method ? s->method : s->body || s->n_fields ? "POST" : "GET";
	if (s->user && s->password_credential && !uses_credentials(s))
		req->basic_user = s->user;
	enum rc rc = sms_render(s->url, SMS_URL, v, &req->url, d);
	if (!rc)
		rc = add_body(s, v, req, d);
	if (!rc)
		rc = sms_add_settings_headers(s, v, req, d);
	if (!rc && (req->url.overflow || req->body.overflow))
		rc = diag_set(d, RC_LIMIT, N_("the request to the gateway is too long"));
	return rc;
}
