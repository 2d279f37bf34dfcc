/*
 * fuzz_sms_reply - any reply of a gateway: judged within the caps, never SENT or refused by accident
 *
 * The first byte is the rule (JSON, words, status alone, Kannel) and how the exchange ended, two are
 * the status, two the peer's wish to wait; a line of a JSON pointer and the body follow.  What no
 * bytes may do: SENT without a whole reply of 2xx, anything but UNKNOWN after a 5xx, a wait outside
 * 0..RETRY_AFTER_MAX_S, DEAD through a fault of the gateway or of ours.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_pointer.h"
#include "replay.h"
#include "retry.h"
#include "sms.h"
#include "sms_classify.h"
#include "sms_cloud.h"
#include "text.h"

enum { HEAD = 5, POINTER_MAX = 300, WRITE_ERROR = 23, RECV_ERROR = 56 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const ok[] = {"0", "OK"};
static const char *const later[] = {"1008"};
static const char *const never[] = {"1016"};
static const struct sms_settings rule[] = {
	{.kind = TRANSPORT_HTTP,
		.success_pointer = "/code",
		.success_values = ok,
		.n_success_values = 2,
		.temporary_values = later,
		.n_temporary_values = 1,
		.permanent_values = never,
		.n_permanent_values = 1,
		.id_pointer = "/id"},
	{.kind = TRANSPORT_HTTP, .success_regex = "^OK( [0-9]+)?"},
	{.kind = TRANSPORT_HTTP, .id_pointer = "/data/0/id"},
	{.kind = TRANSPORT_HTTP},
	{.kind = TRANSPORT_KANNEL},
};

static void see_judged(
	const struct outcome *o, const struct sms_reply *r, bool has_rule, int64_t wait)
{
	if (o->class == OUTCOME_SENT && (r->status < 200 || r->status > 299))
		abort();
	if (o->class == OUTCOME_SENT && ((r->curl && !r->cut) || (r->cut && has_rule)))
		abort();
	if (r->status >= 500 && o->class != OUTCOME_UNKNOWN)
		abort();
	if (o->retry_after_s < 0 || o->retry_after_s > wait)
		abort();
	if (o->class == OUTCOME_DEAD && (o->fault == FAULT_PEER || o->fault == FAULT_CONFIG))
		abort();
	if (!o->reason[0] || text_check(o->reason, strlen(o->reason), false, NULL) != TEXT_OK)
		abort();
	if (strlen(o->peer_id) >= sizeof o->peer_id)
		abort();
}

/* Every reply is one of each cloud's as well. */
static void see_clouds(const struct sms_reply *r)
{
	static const struct cloud *const CLOUD[] = {&cloud_aliyun, &cloud_tencent, &cloud_mas};
	for (size_t i = 0; i < sizeof CLOUD / sizeof *CLOUD; i++) {
		struct outcome o;
		cloud_classify(CLOUD[i], r, (struct instant){1790000000}, &o);
		see_judged(&o, r, true, RETRY_WINDOW_MAX_S);
	}
}

static void see_outcome(const struct sms_settings *s, const struct sms_reply *r)
{
	struct outcome o;
	bool has_rule = s->kind == TRANSPORT_KANNEL || s->success_pointer || s->success_regex ||
			s->id_pointer;
	if (s->kind == TRANSPORT_KANNEL)
		sms_classify_kannel(r, &o);
	else
		sms_classify_http(s, r, &o);
	see_judged(&o, r, has_rule, RETRY_AFTER_MAX_S);
}

/* Returns where the body begins. */
static size_t see_pointer(const uint8_t *data, size_t size, const char *body, size_t len)
{
	char pointer[POINTER_MAX] = "", got[16];
	const uint8_t *end = memchr(data, '\n', size < POINTER_MAX ? size : POINTER_MAX - 1);
	if (!end)
		return 0;
	size_t n = (size_t)(end - data);
	memcpy(pointer, data, n);
	json_t *json = json_load_reply(body + n + 1, len - n - 1);
	json_pointer_text(json, pointer, got, sizeof got);
	if (strlen(got) >= sizeof got)
		abort();
	json_decref(json);
	return n + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEAD)
		return 0;
	const uint8_t *rest = data + HEAD;
	size_t len = size - HEAD < SMS_REPLY_MAX ? size - HEAD : SMS_REPLY_MAX;
	char *body = calloc(len + 1, 1);
	if (!body)
		return 0;
	memcpy(body, rest, len);
	size_t at = see_pointer(rest, len, body, len);
	int how = data[0] / 16 % 3; /* whole, cut, lost */
	struct sms_reply r = {
		.curl = how == 0   ? 0
			: how == 1 ? WRITE_ERROR
				   : RECV_ERROR,
		.curl_text = "words",
		.request_bytes = 100,
		.status = (data[1] * 256 + data[2]) % 700,
		.body = body + at,
		.body_len = len - at,
		.cut = how == 1,
		.retry_after_s = (int16_t)(data[3] * 256 + data[4]) * INT64_C(1000),
	};
	see_clouds(&r);
	see_outcome(&rule[data[0] % 16 % (sizeof rule / sizeof *rule)], &r);
	free(body);
	return 0;
}
