#include "sms_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "json_pointer.h"
#include "sms_cloud.h"
#include "sms_exchange.h"

struct sms_ask {
	struct sms_ask **slot;
	struct settings *settings; /* a reference */
	struct arena arena;
	struct cloud_question question;
	struct redact *redact;
	struct sms_exchange *exchange;
	int64_t message_id;
	deliver_answer_fn *answer;
	void *ctx;
};

bool sms_can_ask(const struct sms_settings *s)
{
	const struct cloud *cloud = cloud_of(s->kind);
	return s->receipts && cloud && cloud->ask;
}

/* Frees before it answers: the answer may ask the next question. */
static void end(struct sms_ask *ask, const struct receipt *r)
{
	deliver_answer_fn *answer = ask->answer;
	void *ctx = ask->ctx;
	int64_t id = ask->message_id;
	struct receipt copy = *r;
	struct outcome o = {0};
	memcpy(o.reason, r->reason, sizeof o.reason);
	redact_outcome(ask->redact, &o);
	memcpy(copy.reason, o.reason, sizeof copy.reason);
	*ask->slot = NULL;
	redact_unref(ask->redact);
	settings_unref(ask->settings);
	arena_done(&ask->arena);
	free(ask);
	answer(ctx, id, &copy);
}

static void say(struct receipt *r, const char *why)
{
	struct outcome o = {0};
	outcome_set_reason(&o, "%s", why);
	memcpy(r->reason, o.reason, sizeof r->reason);
}

static void read_answer(struct sms_ask *ask, const json_t *json, struct receipt *ret)
{
	const struct cloud *cloud = cloud_of(ask->settings->sms.kind);
	struct cloud_verdict v = {0};
	cloud->answer(json, &ask->question, ret);
	if (ret->class != RECEIPT_NONE)
		return;
	cloud->read(json, &v);
	say(ret, v.message[0] ? v.message : v.code);
}

static void on_reply(void *ctx, const struct sms_reply *r)
{
	struct sms_ask *ask = ctx;
	struct receipt receipt = {.class = RECEIPT_NONE};
	json_t *json = r->curl == 0 && !r->cut && r->status < 500
			       ? json_load_receipts(r->body, r->body_len)
			       : NULL;
	if (json)
		read_answer(ask, json, &receipt);
	else
		say(&receipt, r->curl ? r->curl_text : N_("the reply is not the gateway's"));
	json_decref(json);
	if (receipt.class != RECEIPT_NONE)
		snprintf(receipt.client_ref, sizeof receipt.client_ref, "%s",
			ask->question.call.ref);
	end(ask, &receipt);
}

static struct sms_ask *make(struct settings *settings, const struct question *q)
{
	struct sms_ask *ask = mem_new(1, sizeof *ask);
	struct arena *a = &ask->arena;
	ask->settings = settings_ref(settings);
	ask->message_id = q->message_id;
	ask->question.sent_at = q->sent_at;
	ask->question.peer_id = arena_strdup(a, q->peer_id ? q->peer_id : "");
	ask->question.call = (struct cloud_call){.s = &settings->sms,
		.to = arena_strdup(a, q->recipient),
		.ref = arena_strdup(a, q->client_ref),
		.at = q->now,
		.arena = a};
	return ask;
}

static enum rc start(
	struct sms_ask *ask, struct wire *wire, const struct limits *limits, struct diag *d)
{
	const struct sms_settings *s = &ask->settings->sms;
	struct credential secret = {""};
	struct sms_request req;
	request_init(&req);
	enum rc rc = sms_drop_header(&req, "Expect", d);
	if (!rc && s->password_credential)
		rc = credential_read(limits->credentials_dir, s->password_credential, &secret, d);
	if (!rc) {
		ask->redact = redact_new(s->user, secret.text);
		ask->question.call.secret = secret.text;
		rc = cloud_of(s->kind)->ask(&ask->question, &req, d);
		ask->question.call.secret = NULL;
	}
	if (!rc)
		rc = exchange_begin(
			wire, limits, s->ca_file, &req, "", on_reply, ask, &ask->exchange, d);
	credential_wipe(&secret);
	request_done(&req);
	return rc;
}

void sms_ask(struct sms_ask **slot, struct wire *wire, const struct limits *limits,
	struct settings *settings, const struct question *q, deliver_answer_fn *answer, void *ctx)
{
	struct sms_ask *ask = make(settings, q);
	struct diag d = DIAG_INIT;
	ask->slot = slot;
	ask->answer = answer;
	ask->ctx = ctx;
	*slot = ask;
	if (start(ask, wire, limits, &d)) {
		struct receipt r = {.class = RECEIPT_NONE};
		char why[DIAG_TEXT_MAX];
		diag_text(&d, NULL, why, sizeof why);
		say(&r, why);
		end(ask, &r);
	}
}

void sms_ask_abandon(struct sms_ask *ask)
{
	if (ask)
		exchange_abandon(ask->exchange);
}
