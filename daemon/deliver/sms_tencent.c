#include <stdlib.h>
#include <string.h>

#include "json_pointer.h"
#include "sign_tc3.h"
#include "sms_cloud.h"
#include "text.h"

#define VERSION "2021-01-11"
#define CONTENT_TYPE "application/json; charset=utf-8"

enum { BEFORE_S = 60 }; /* their clock may be behind ours */

static enum rc add_headers(const struct cloud_call *c, const struct tc3_request *r,
	const struct tc3_signed *s, struct sms_request *req, struct diag *d)
{
	const struct {
		const char *name, *value;
	} header[] = {
		{"Host", r->host},
		{"Content-Type", r->content_type},
		{"X-TC-Action", r->action},
		{"X-TC-Version", VERSION},
		{"X-TC-Timestamp", arena_printf(c->arena, "%lld", (long long)r->timestamp)},
		{"X-TC-Region", c->s->region},
		{"Authorization", s->authorization},
	};
	enum rc rc = RC_OK;
	for (size_t i = 0; !rc && i < sizeof header / sizeof *header; i++)
		rc = sms_add_header(req, header[i].name, header[i].value, d);
	return rc;
}

/* Signs the bytes that are sent: body is not written a second time. */
static enum rc finish(const struct cloud_call *c, const char *action, json_t *body,
	struct sms_request *req, struct diag *d)
{
	struct cloud_place place;
	struct tc3_signed s;
	enum rc rc = cloud_place(c->s->url, c->arena, &place, d);
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
	if (!rc && !text)
		rc = diag_set(d, RC_INVALID, N_("the request cannot be written as JSON"));
	if (rc) {
		free(text);
		return rc;
	}
	buf_puts(&req->body, text);
	free(text);
	struct tc3_request r = {.method = "POST",
		.path = place.path,
		.query = "",
		.host = place.host,
		.content_type = CONTENT_TYPE,
		.action = action,
		.service = "sms",
		.timestamp = c->at.s,
		.body = req->body.data,
		.body_len = req->body.len,
		.secret_id = c->s->user,
		.secret_key = c->secret};
	tc3_sign(&r, c->arena, &s);
	explicit_bzero(s.key, sizeof s.key);
	req->method = "POST";
	req->has_body = true;
	buf_printf(&req->url, "%s%s", place.base, place.path);
	if (req->body.overflow || req->url.overflow)
		return diag_set(d, RC_LIMIT, N_("the request to the gateway is too long"));
	return add_headers(c, &r, &s, req, d);
}

static enum rc build(const struct cloud_call *c, struct sms_request *req, struct diag *d)
{
	json_t *values = json_array();
	for (size_t i = 0; i < c->n_values; i++)
		json_array_append_new(values, json_string(c->value[i]));
	json_t *body = json_pack("{s:[s],s:s,s:s?,s:s,s:o,s:s}", "PhoneNumberSet", c->to,
		"SmsSdkAppId", c->s->app_id, "SignName", c->s->sign, "TemplateId",
		c->s->template_code, "TemplateParamSet", values, "SessionContext", c->ref);
	return finish(c, "SendSms", body, req, d);
}

/* A refusal of the whole request, or what the one number got. */
static void read_verdict(const json_t *json, struct cloud_verdict *ret)
{
	const json_t *response = json_object_get(json, "Response");
	const json_t *list = json_object_get(response, "SendStatusSet");
	cloud_text(response, "/Error/Code", ret->code, sizeof ret->code);
	cloud_text(response, "/Error/Message", ret->message, sizeof ret->message);
	if (json_object_get(response, "Error") || json_array_size(list) != 1)
		return;
	cloud_text(list, "/0/Code", ret->code, sizeof ret->code);
	cloud_text(list, "/0/Message", ret->message, sizeof ret->message);
	json_pointer_text(list, "/0/SerialNo", ret->id, sizeof ret->id);
	ret->accepted = strcmp(ret->code, "Ok") == 0;
}

static enum rc ask(const struct cloud_question *q, struct sms_request *req, struct diag *d)
{
	json_t *body = json_pack("{s:I,s:I,s:i,s:i,s:s,s:s}", "BeginTime",
		(json_int_t)q->sent_at.s - BEFORE_S, "EndTime", (json_int_t)q->call.at.s, "Offset",
		0, "Limit", 100, "PhoneNumber", q->call.to, "SmsSdkAppId", q->call.s->app_id);
	return finish(&q->call, "PullSmsSendStatusByPhoneNumber", body, req, d);
}

static bool is_ours(const json_t *item, const struct cloud_question *q)
{
	char id[OUTCOME_ID_MAX], ref[RECEIPT_REF_MAX + 1];
	json_pointer_text(item, "/SerialNo", id, sizeof id);
	json_pointer_text(item, "/SessionContext", ref, sizeof ref);
	return (id[0] && strcmp(id, q->peer_id) == 0) || strcmp(ref, q->call.ref) == 0;
}

static void answer(const json_t *json, const struct cloud_question *q, struct receipt *ret)
{
	const json_t *response = json_object_get(json, "Response");
	const json_t *list = json_object_get(response, "PullSmsSendStatusSet");
	char status[16];
	size_t i;
	json_t *item;
	if (json_object_get(response, "Error"))
		return;
	json_array_foreach(list, i, item)
	{
		struct receipt r = {0};
		json_pointer_text(item, "/ReportStatus", status, sizeof status);
		r.class = strcmp(status, "SUCCESS") == 0 ? RECEIPT_DELIVERED
			  : strcmp(status, "FAIL") == 0  ? RECEIPT_UNDELIVERED
							 : RECEIPT_WAITING;
		cloud_text(item, "/Description", r.reason, sizeof r.reason);
		json_pointer_text(item, "/SerialNo", r.peer_id, sizeof r.peer_id);
		if (is_ours(item, q))
			cloud_merge(&r, ret);
	}
}

const struct cloud cloud_tencent = {
	.kind = TRANSPORT_TENCENT,
	.has_template = true,
	.codes = tencent_codes,
	.build = build,
	.read = read_verdict,
	.ask = ask,
	.answer = answer,
};
