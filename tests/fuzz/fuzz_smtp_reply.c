/*
 * fuzz_smtp_reply - any bytes from a relay, in any pieces: read within the caps, judged at any stage
 *
 * The first byte is the size of the pieces, the second the stage.  What no bytes may do: a code
 * outside 200..599, SENT by another code or stage than 250 to the dot, DEAD by anything below 500 or
 * through a fault of the relay or of ours, a reason that is empty or no text.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redact.h"
#include "replay.h"
#include "smtp_classify.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const struct smtp_reply *r, enum smtp_stage stage)
{
	struct smtp_end end = {stage, SMTP_REPLIED, r, NULL};
	struct outcome o;
	smtp_classify(&end, &o);
	if (o.class == OUTCOME_SENT && (stage != SMTP_DOT || r->code != 250))
		abort();
	if (o.class == OUTCOME_DEAD &&
		(r->code < 500 || o.fault == FAULT_PEER || o.fault == FAULT_CONFIG))
		abort();
	if (o.class == OUTCOME_UNKNOWN && stage != SMTP_DOT)
		abort();
	if (!o.reason[0] || text_check(o.reason, strlen(o.reason), false, NULL) != TEXT_OK)
		abort();
	struct redact *secret = redact_new("user", "250 2.0.0");
	redact_outcome(secret, &o);
	if (strstr(o.reason, "250 2.0.0"))
		abort();
	redact_unref(secret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	size_t piece = data[0] ? data[0] : 1;
	enum smtp_stage stage = (enum smtp_stage)(data[1] % (SMTP_DOT + 1));
	struct smtp_reply r;
	smtp_reply_init(&r);
	for (size_t at = 2, used = 0; at < size; at += used) {
		size_t len = size - at < piece ? size - at : piece;
		enum smtp_parse p = smtp_reply_feed(&r, (const char *)data + at, len, &used);
		if (used > len)
			abort();
		if (p == SMTP_GARBAGE)
			break;
		if (p == SMTP_REPLY) {
			if (r.code < 200 || r.code > 599 || strlen(r.text) >= SMTP_TEXT_MAX)
				abort();
			judge(&r, stage);
		}
	}
	return 0;
}
