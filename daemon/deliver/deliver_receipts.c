#include "deliver.h"

#include <string.h>

#include "receipt_push.h"

#define ALIYUN_REPLY "{\"code\":0,\"msg\":\"接收成功\"}"
#define TENCENT_REPLY "{\"result\":0,\"errmsg\":\"OK\"}"

/* What each gateway wants to hear, or it repeats itself. */
static enum rc parse(enum transport_kind kind, const char *query, const char *body, size_t len,
	struct receipts *out, const char **ret_reply, struct diag *d)
{
	switch (kind) {
	case TRANSPORT_KANNEL:
		*ret_reply = "";
		return push_parse_kannel(query, out, d);
	case TRANSPORT_ALIYUN:
		*ret_reply = ALIYUN_REPLY;
		return push_parse_aliyun(body, len, out, d);
	case TRANSPORT_TENCENT:
		*ret_reply = TENCENT_REPLY;
		return push_parse_tencent(body, len, out, d);
	case TRANSPORT_MAS:
	case TRANSPORT_MAS_TEMPLATE:
		*ret_reply = "OK";
		return push_parse_mas(body, len, out, d);
	default:
		return diag_set(d, RC_INVALID, N_("this gateway sends no receipts"));
	}
}

enum rc deliver_parse_push(const struct sms_settings *sms, const char *query, const char *body,
	size_t len, struct receipt *ret, size_t max, size_t *ret_n, const char **ret_reply,
	struct diag *d)
{
	struct receipts out = {.item = ret, .max = max};
	const char *reply = "";
	if (max == 0)
		return diag_set(d, RC_INVALID, N_("this gateway sends no receipts"));
	if (len > PUSH_BYTES_MAX || strlen(query) > PUSH_BYTES_MAX)
		return diag_set(d, RC_LIMIT, N_("a push of receipts is longer than %d bytes"),
			PUSH_BYTES_MAX);
	enum rc rc = parse(sms->kind, query, body, len, &out, &reply, d);
	if (rc)
		return rc;
	*ret_n = out.n;
	*ret_reply = reply;
	return RC_OK;
}
