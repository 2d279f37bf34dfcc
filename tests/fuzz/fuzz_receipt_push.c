/*
 * fuzz_receipt_push - any push of any gateway: read within the caps, or refused
 *
 * The first byte is the gateway; a line is the query, the rest the body.  What no bytes may do: more
 * receipts than there is room for, one that names no message, a reason that is not one printable line,
 * NOT_TAKEN (no push says that), results of a push that was refused.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deliver.h"
#include "replay.h"
#include "text.h"

enum { RECEIPTS_MAX = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum transport_kind KIND[] = {TRANSPORT_SPOOL, TRANSPORT_HTTP, TRANSPORT_KANNEL,
	TRANSPORT_ALIYUN, TRANSPORT_TENCENT, TRANSPORT_MAS, TRANSPORT_MAS_TEMPLATE};

static void see_receipt(enum transport_kind kind, const struct receipt *r)
{
	if (r->class > RECEIPT_UNDELIVERED || strlen(r->client_ref) > RECEIPT_REF_MAX ||
		strlen(r->peer_id) >= OUTCOME_ID_MAX || strlen(r->reason) >= OUTCOME_REASON_MAX)
		abort();
	if (kind != TRANSPORT_KANNEL && !r->client_ref[0] && !r->peer_id[0])
		abort();
	if (text_check(r->reason, strlen(r->reason), false, NULL) != TEXT_OK)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	const uint8_t *end = memchr(data + 1, '\n', size - 1);
	size_t query_len = end ? (size_t)(end - data - 1) : 0;
	const uint8_t *rest = data + 1 + query_len + (end != NULL);
	size_t len = (size_t)(data + size - rest), n = 0;
	char *query = calloc(query_len + 1, 1), *body = malloc(len ? len : 1);
	struct sms_settings s = {.kind = KIND[data[0] % (sizeof KIND / sizeof *KIND)]};
	struct receipt r[RECEIPTS_MAX];
	const char *reply = NULL;
	struct diag d = DIAG_INIT;
	memcpy(query, data + 1, query_len);
	memcpy(body, rest, len);
	enum rc rc = deliver_parse_push(&s, query, body, len, r, RECEIPTS_MAX, &n, &reply, &d);
	if ((rc == RC_OK) != (reply != NULL) || n > RECEIPTS_MAX || (rc && n))
		abort();
	for (size_t i = 0; i < n; i++)
		see_receipt(s.kind, &r[i]);
	free(query);
	free(body);
	return 0;
}
