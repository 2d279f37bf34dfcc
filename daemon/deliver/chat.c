#include "chat.h"

#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "sms_exchange.h"

/* An attempt on its way. */
struct chat_transfer {
	struct attempt *attempt;
	struct sms_exchange *exchange;
	enum transport_kind kind;
};

static void on_reply(void *ctx, const struct sms_reply *r)
{
	struct chat_transfer *t = ctx;
	struct attempt *a = t->attempt;
	struct outcome o;
	chat_classify(t->kind, r, &o);
	free(t);
	attempt_end(a, &o);
}

static void on_abandon(struct attempt *a)
{
	struct chat_transfer *t = a->transport;
	exchange_abandon(t->exchange);
}

/* RC_RANGE is a text that is too long: dead, where all else is a fault of the configuration. */
static void refuse(struct attempt *a, enum rc rc, const struct diag *d)
{
	char why[DIAG_TEXT_MAX];
	bool dead = rc == RC_RANGE;
	struct outcome o = {.class = dead ? OUTCOME_DEAD : OUTCOME_RETRY,
		.fault = dead ? FAULT_MESSAGE : FAULT_CONFIG};
	diag_text(d, NULL, why, sizeof why);
	outcome_set_reason(&o, "%s", why);
	attempt_end(a, &o);
}

static enum rc read_secrets(const struct limits *limits, const struct chat_room *room,
	struct attempt *a, struct credential *token, struct credential *secret, struct diag *d)
{
	enum rc rc = credential_read(limits->credentials_dir, room->token_credential, token, d);
	if (rc == RC_OK && room->secret_credential)
		rc = credential_read(limits->credentials_dir, room->secret_credential, secret, d);
	if (rc == RC_OK) {
		a->redact = redact_new(NULL, token->text);
		redact_add(a->redact, secret->text);
	}
	return rc;
}

static enum rc begin(struct wire *wire, const struct limits *limits, const struct chat_room *room,
	struct chat_transfer *t, struct diag *d)
{
	struct attempt *a = t->attempt;
	struct credential token = {""}, secret = {""};
	struct sms_request req;
	const char *text = arena_strndup(&a->arena, a->job.bytes, a->job.len);
	request_init(&req);
	enum rc rc = read_secrets(limits, room, a, &token, &secret, d);
	if (rc == RC_OK)
		rc = chat_build(room, token.text, secret.text,
			chat_text(text, room->keyword, &a->arena), a->job.at, &req, d);
	if (rc == RC_OK)
		rc = exchange_begin(
			wire, limits, room->ca_file, &req, NULL, on_reply, t, &t->exchange, d);
	credential_wipe(&token);
	credential_wipe(&secret);
	request_done(&req);
	return rc;
}

void chat_start(struct wire *wire, const struct limits *limits, const struct chat_room *room,
	struct attempt *a)
{
	struct chat_transfer *t = mem_new(1, sizeof *t);
	struct diag d = DIAG_INIT;
	t->attempt = a;
	t->kind = room->kind;
	a->transport = t;
	a->abandon = on_abandon;
	enum rc rc = begin(wire, limits, room, t, &d);
	if (rc == RC_OK)
		return;
	free(t);
	refuse(a, rc, &d);
}
