#include <stdlib.h>
#include <string.h>

#include "json_pointer.h"
#include "sign_mas.h"
#include "sms_cloud.h"

/* ["value",...], and [""] if there is none. */
static const char *fill_template(const struct cloud_call *c)
{
	json_t *list = json_array();
	for (size_t i = 0; i < c->n_values; i++)
		json_array_append_new(list, json_string(c->value[i]));
	if (c->n_values == 0)
		json_array_append_new(list, json_string(""));
	char *text = json_dumps(list, JSON_COMPACT);
	const char *out = arena_strdup(c->arena, text ? text : "[]");
	free(text);
	json_decref(list);
	return out;
}

/* The platform puts the signature that belongs to the code before the text. */
static enum rc build(const struct cloud_call *c, struct sms_request *req, struct diag *d)
{
	bool has_template = c->s->kind == TRANSPORT_MAS_TEMPLATE;
	const struct mas_request m = {.enterprise = c->s->enterprise,
		.ap_id = c->s->user,
		.secret = c->secret,
		.template_code = has_template ? c->s->template_code : NULL,
		.mobiles = cloud_local_number(c->to),
		.content = has_template ? fill_template(c) : c->text,
		.sign_code = c->s->sign_code,
		.add_serial = c->s->add_serial ? c->s->add_serial : ""};
	struct buf json;
	buf_init(&json, SMS_REQUEST_MAX);
	enum rc rc = mas_document(&m, &json, &req->body, d);
	buf_done(&json);
	if (rc)
		return rc;
	req->method = "POST";
	req->has_body = true;
	buf_puts(&req->url, c->s->url);
	if (req->body.overflow || req->url.overflow)
		return diag_set(d, RC_LIMIT, N_("the request to the gateway is too long"));
	return sms_add_header(req, "Content-Type", "application/json;charset=UTF-8", d);
}

/* Some versions misspell the id; some write true as a string. */
static void read_verdict(const json_t *json, struct cloud_verdict *ret)
{
	char success[8];
	json_pointer_text(json, "/success", success, sizeof success);
	cloud_text(json, "/rspcod", ret->code, sizeof ret->code);
	json_pointer_text(json, "/msgGroup", ret->id, sizeof ret->id);
	if (!ret->id[0])
		json_pointer_text(json, "/mgsGroup", ret->id, sizeof ret->id);
	ret->accepted = strcmp(success, "true") == 0 && strcmp(ret->code, "success") == 0;
	/* A refusal that also says success is none. */
	if (!ret->accepted && strcmp(success, "true") == 0)
		ret->code[0] = '\0';
}

const struct cloud cloud_mas = {
	.kind = TRANSPORT_MAS, .codes = mas_codes, .build = build, .read = read_verdict};

const struct cloud cloud_mas_template = {.kind = TRANSPORT_MAS_TEMPLATE,
	.has_template = true,
	.codes = mas_codes,
	.build = build,
	.read = read_verdict};
