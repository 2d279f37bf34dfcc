#include "receipt_push.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "json_pointer.h"
#include "percent.h"
#include "sms_cloud.h"
#include "text.h"

static void add(struct receipts *out, const struct receipt *r)
{
	if (out->n < out->max)
		out->item[out->n++] = *r;
}

static enum rc not_ours(struct diag *d)
{
	return diag_set(d, RC_INVALID, N_("this is not what the gateway reports"));
}

/* ---- Kannel ------------------------------------------------------------------------------------- */

/* The user's guide, "Delivery reports": 1 delivered to the phone, 2 not delivered, 4 queued and 8
 * taken by the SMS centre, 16 rejected by it. */
static enum receipt_class kannel_class(const char *type)
{
	static const struct {
		const char *type;
		enum receipt_class class;
	} KNOWN[] = {{"1", RECEIPT_DELIVERED}, {"2", RECEIPT_UNDELIVERED}, {"4", RECEIPT_WAITING},
		{"8", RECEIPT_WAITING}, {"16", RECEIPT_UNDELIVERED}};
	for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
		if (strcmp(type, KNOWN[i].type) == 0)
			return KNOWN[i].class;
	return RECEIPT_NONE;
}

enum rc push_parse_kannel(const char *query, struct receipts *out, struct diag *d)
{
	char type[8], answer[100] = "";
	struct receipt r = {0};
	if (!percent_get(query, "ref", r.client_ref, sizeof r.client_ref) ||
		!percent_get(query, "type", type, sizeof type))
		return diag_set(d, RC_INVALID, N_("a report of Kannel has a ref and a type"));
	r.class = kannel_class(type);
	percent_get(query, "ans", answer, sizeof answer);
	if (answer[0] && text_check(answer, strlen(answer), false, NULL) == TEXT_OK)
		snprintf(r.reason, sizeof r.reason, "%s", answer);
	add(out, &r);
	return RC_OK;
}

/* ---- clouds ------------------------------------------------------------------------------------- */

typedef void read_fn(const json_t *item, struct receipt *ret);

/* One that names no message says nothing. */
static void add_item(const json_t *item, read_fn *read, struct receipts *out)
{
	struct receipt r = {0};
	read(item, &r);
	if (r.client_ref[0] || r.peer_id[0])
		add(out, &r);
}

static enum rc read_list(const json_t *list, read_fn *read, struct receipts *out, struct diag *d)
{
	size_t i;
	json_t *item;
	if (!json_is_array(list))
		return not_ours(d);
	json_array_foreach(list, i, item)
	{
		if (!json_is_object(item))
			return not_ours(d);
	}
	json_array_foreach(list, i, item) add_item(item, read, out);
	return RC_OK;
}

static enum receipt_class either(bool delivered, bool undelivered)
{
	return delivered ? RECEIPT_DELIVERED : undelivered ? RECEIPT_UNDELIVERED : RECEIPT_NONE;
}

static void read_aliyun(const json_t *item, struct receipt *ret)
{
	char success[8];
	json_pointer_text(item, "/success", success, sizeof success);
	ret->class = either(strcmp(success, "true") == 0, strcmp(success, "false") == 0);
	json_pointer_text(item, "/out_id", ret->client_ref, sizeof ret->client_ref);
	json_pointer_text(item, "/biz_id", ret->peer_id, sizeof ret->peer_id);
	cloud_text(item, "/err_code", ret->reason, sizeof ret->reason);
}

static void read_tencent(const json_t *item, struct receipt *ret)
{
	char status[16];
	json_pointer_text(item, "/report_status", status, sizeof status);
	ret->class = either(strcmp(status, "SUCCESS") == 0, strcmp(status, "FAIL") == 0);
	json_pointer_text(item, "/sid", ret->peer_id, sizeof ret->peer_id);
	cloud_text(item, "/errmsg", ret->reason, sizeof ret->reason);
}

static void read_mas(const json_t *item, struct receipt *ret)
{
	char status[32];
	json_pointer_text(item, "/reportStatus", status, sizeof status);
	ret->class = either(strcmp(status, "DELIVRD") == 0, status[0] != '\0');
	json_pointer_text(item, "/msgGroup", ret->peer_id, sizeof ret->peer_id);
	if (!ret->peer_id[0])
		json_pointer_text(item, "/mgsGroup", ret->peer_id, sizeof ret->peer_id);
	cloud_text(item, "/errorCode", ret->reason, sizeof ret->reason);
	if (!ret->reason[0])
		cloud_text(item, "/reportStatus", ret->reason, sizeof ret->reason);
}

static enum rc parse_list(
	const char *body, size_t len, read_fn *read, struct receipts *out, struct diag *d)
{
	json_t *json = json_load_receipts(body, len);
	enum rc rc = read_list(json, read, out, d);
	json_decref(json);
	return rc;
}

enum rc push_parse_aliyun(const char *body, size_t len, struct receipts *out, struct diag *d)
{
	return parse_list(body, len, read_aliyun, out, d);
}

enum rc push_parse_tencent(const char *body, size_t len, struct receipts *out, struct diag *d)
{
	return parse_list(body, len, read_tencent, out, d);
}

/* ---- 云MAS: one object or several, as they are, in base64 or as a form ----------------------------- */

/* JSON out of base64 with or without line ends; NULL if it is something else. */
static json_t *decode(const char *body, size_t len)
{
	unsigned char *text = mem_new(len + 4, 1);
	EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
	int n = 0, rest = 0;
	json_t *json = NULL;
	EVP_DecodeInit(ctx);
	if (EVP_DecodeUpdate(ctx, text, &n, (const unsigned char *)body, (int)len) >= 0 &&
		EVP_DecodeFinal(ctx, text + n, &rest) >= 0)
		json = json_load_receipts((const char *)text, (size_t)(n + rest));
	EVP_ENCODE_CTX_free(ctx);
	free(text);
	return json;
}

static json_t *read_form(const char *body, size_t len)
{
	static const char *const NAME[] = {
		"reportStatus", "msgGroup", "mgsGroup", "errorCode", "mobile"};
	char *form = mem_new(len + 1, 1), value[OUTCOME_ID_MAX];
	json_t *o = json_object();
	memcpy(form, body, len);
	for (size_t i = 0; i < sizeof NAME / sizeof *NAME; i++)
		if (percent_get(form, NAME[i], value, sizeof value))
			json_object_set_new(o, NAME[i], json_string(value));
	free(form);
	if (json_object_size(o) > 0)
		return o;
	json_decref(o);
	return NULL;
}

enum rc push_parse_mas(const char *body, size_t len, struct receipts *out, struct diag *d)
{
	json_t *json = json_load_receipts(body, len);
	enum rc rc = RC_OK;
	if (!json)
		json = decode(body, len);
	if (!json)
		json = read_form(body, len);
	if (json_is_object(json))
		add_item(json, read_mas, out);
	else
		rc = read_list(json, read_mas, out, d);
	json_decref(json);
	return rc;
}
