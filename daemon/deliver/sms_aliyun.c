#include <stdlib.h>
#include <string.h>

#include "json_pointer.h"
#include "sign_acs3.h"
#include "sms_cloud.h"

#define VERSION "2017-05-25"

/* {"name":"value",...}: all values are strings, or the gateway refuses them. */
static const char *fill_template(const struct cloud_call *c)
{
	json_t *object = json_object();
	for (size_t i = 0; i < c->n_values; i++)
		json_object_set_new(object, c->s->variable[i].name, json_string(c->value[i]));
	char *text = json_dumps(object, JSON_COMPACT);
	const char *out = arena_strdup(c->arena, text ? text : "{}");
	free(text);
	json_decref(object);
	return out;
}

static enum rc add_headers(const struct acs3_request *r, const struct acs3_signed *s,
	struct sms_request *req, struct diag *d)
{
	const struct {
		const char *name, *value;
	} header[] = {
		{"Host", r->host},
		{"x-acs-action", r->action},
		{"x-acs-version", r->version},
		{"x-acs-date", r->date},
		{"x-acs-signature-nonce", r->nonce},
		{"x-acs-content-sha256", s->payload_hash},
		{"Authorization", s->authorization},
		{"Accept", "application/json"},
	};
	enum rc rc = sms_drop_header(req, "Content-Type", d); /* libcurl adds one to any POST */
	for (size_t i = 0; !rc && i < sizeof header / sizeof *header; i++)
		rc = sms_add_header(req, header[i].name, header[i].value, d);
	return rc;
}

/* Everything goes into the query, as the vendor's own library has it. */
static enum rc finish(const struct cloud_call *c, const char *action,
	struct acs3_parameter *parameter, size_t n, struct sms_request *req, struct diag *d)
{
	struct cloud_place place;
	struct acs3_signed s;
	struct acs3_request r = {.method = "POST",
		.action = action,
		.version = VERSION,
		.date = cloud_utc(c->at, c->arena),
		.body = "",
		.key_id = c->s->user,
		.secret = c->secret};
	struct buf query;
	enum rc rc = cloud_place(c->s->url, c->arena, &place, d);
	if (!rc)
		rc = cloud_nonce(c->arena, &r.nonce, d);
	if (rc)
		return rc;
	buf_init(&query, SMS_REQUEST_MAX);
	acs3_query(parameter, n, &query);
	r.host = place.host;
	r.path = place.path;
	r.query = query.data;
	acs3_sign(&r, c->arena, &s);
	req->method = "POST";
	req->has_body = true;
	buf_printf(&req->url, "%s%s?%s", place.base, place.path, query.data);
	rc = query.overflow || req->url.overflow
		     ? diag_set(d, RC_LIMIT, N_("the request to the gateway is too long"))
		     : add_headers(&r, &s, req, d);
	buf_done(&query);
	return rc;
}

static enum rc build(const struct cloud_call *c, struct sms_request *req, struct diag *d)
{
	struct acs3_parameter p[] = {
		{"PhoneNumbers", cloud_local_number(c->to)},
		{"SignName", c->s->sign},
		{"TemplateCode", c->s->template_code},
		{"OutId", c->ref},
		{"TemplateParam", fill_template(c)},
	};
	size_t n = sizeof p / sizeof *p;
	return finish(c, "SendSms", p, c->n_values ? n : n - 1, req, d);
}

static void read_verdict(const json_t *json, struct cloud_verdict *ret)
{
	cloud_text(json, "/Code", ret->code, sizeof ret->code);
	cloud_text(json, "/Message", ret->message, sizeof ret->message);
	json_pointer_text(json, "/BizId", ret->id, sizeof ret->id);
	ret->accepted = strcmp(ret->code, "OK") == 0;
}

static enum rc ask(const struct cloud_question *q, struct sms_request *req, struct diag *d)
{
	struct acs3_parameter p[] = {
		{"PhoneNumber", cloud_local_number(q->call.to)},
		{"SendDate", cloud_china_day(q->sent_at, q->call.arena)},
		{"PageSize", "50"},
		{"CurrentPage", "1"},
		{"BizId", q->peer_id},
	};
	size_t n = sizeof p / sizeof *p;
	return finish(&q->call, "QuerySendDetails", p, q->peer_id[0] ? n : n - 1, req, d);
}

static enum receipt_class class_of(const json_t *item)
{
	char status[8];
	json_pointer_text(item, "/SendStatus", status, sizeof status);
	return strcmp(status, "1") == 0   ? RECEIPT_WAITING
	       : strcmp(status, "2") == 0 ? RECEIPT_UNDELIVERED
	       : strcmp(status, "3") == 0 ? RECEIPT_DELIVERED
					  : RECEIPT_NONE;
}

/* Asked by the gateway's id, an item without a reference can be no other message. */
static bool is_ours(const json_t *item, const struct cloud_question *q)
{
	char ref[RECEIPT_REF_MAX + 1];
	json_pointer_text(item, "/OutId", ref, sizeof ref);
	return ref[0] ? strcmp(ref, q->call.ref) == 0 : q->peer_id[0] != '\0';
}

static void answer(const json_t *json, const struct cloud_question *q, struct receipt *ret)
{
	char code[16];
	size_t i;
	json_t *item;
	json_pointer_text(json, "/Code", code, sizeof code);
	const json_t *list =
		json_object_get(json_object_get(json, "SmsSendDetailDTOs"), "SmsSendDetailDTO");
	if (strcmp(code, "OK") != 0)
		return;
	json_array_foreach(list, i, item)
	{
		struct receipt r = {.class = class_of(item)};
		cloud_text(item, "/ErrCode", r.reason, sizeof r.reason);
		if (is_ours(item, q))
			cloud_merge(&r, ret);
	}
}

const struct cloud cloud_aliyun = {
	.kind = TRANSPORT_ALIYUN,
	.has_template = true,
	.codes = aliyun_codes,
	.build = build,
	.read = read_verdict,
	.ask = ask,
	.answer = answer,
};
