#include "sms_probe.h"

#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "sms_cloud.h"
#include "sms_exchange.h"

/* Of the range that is kept free for examples; nobody has it. */
static const char NOBODY[] = "+8610000000000", REF[] = "probe";

struct sms_probe {
	struct sms_probe **slot;
	struct settings *settings; /* a reference */
	struct arena arena;
	struct redact *redact;
	struct sms_exchange *exchange;
	struct instant now;
	deliver_probe_fn *done;
	void *ctx;
};

static const struct cloud *askable(const struct sms_settings *s)
{
	const struct cloud *cloud = cloud_of(s->kind);
	return cloud && cloud->ask ? cloud : NULL;
}

static void finish(struct sms_probe *p, const struct outcome *o)
{
	deliver_probe_fn *done = p->done;
	void *ctx = p->ctx;
	struct outcome copy = *o;
	redact_outcome(p->redact, &copy);
	*p->slot = NULL;
	redact_unref(p->redact);
	settings_unref(p->settings);
	arena_done(&p->arena);
	free(p);
	if (done)
		done(ctx, &copy, INSTANT_NONE);
}

static bool refuses_us(const struct outcome *o)
{
	return o->fault == FAULT_CONFIG || o->code == 401 || o->code == 403;
}

/* Whatever else it says of our strange request, it has let us in. */
static void on_reply(void *ctx, const struct sms_reply *r)
{
	struct sms_probe *p = ctx;
	const struct sms_settings *s = &p->settings->sms;
	struct outcome o = {.class = OUTCOME_SENT}, said = {.class = OUTCOME_SENT};
	bool answered = !r->curl && (r->status == 0 || r->status < 500);
	if (askable(s))
		cloud_classify(askable(s), r, p->now, &said);
	else if (s->kind == TRANSPORT_KANNEL)
		sms_classify_kannel(r, &said);
	else if (!answered)
		sms_classify_plain(r, &said);
	if (!answered || refuses_us(&said)) {
		o = said;
		o.class = OUTCOME_RETRY;
	} else {
		outcome_set_reason(&o, "%s", "ok");
		o.code = r->status;
	}
	finish(p, &o);
}

static enum rc build(
	struct sms_probe *p, const char *secret, struct sms_request *req, struct diag *d)
{
	const struct sms_settings *s = &p->settings->sms;
	struct cloud_question q = {.peer_id = "", .sent_at = p->now};
	struct sms_values v = {{[SMS_USER] = s->user, [SMS_SECRET] = secret, [SMS_FROM] = s->from,
		[SMS_TEXT] = "-", [SMS_REF] = REF, [SMS_TO] = ""}};
	q.call = (struct cloud_call){.s = s, .secret = secret, .to = NOBODY, .ref = REF,
		.at = p->now, .arena = &p->arena};
	if (askable(s))
		return askable(s)->ask(&q, req, d);
	if (s->kind == TRANSPORT_KANNEL)
		return sms_kannel_build(s, &v, req, d);
	struct cloud_place place;
	enum rc rc = cloud_place(s->url, &p->arena, &place, d);
	req->connect_only = true;
	if (!rc)
		buf_puts(&req->url, place.base);
	return rc;
}

static enum rc start(
	struct sms_probe *p, struct wire *wire, const struct limits *limits, struct diag *d)
{
	const struct sms_settings *s = &p->settings->sms;
	struct credential secret = {""};
	struct sms_request req;
	request_init(&req);
	enum rc rc = sms_drop_header(&req, "Expect", d);
	if (!rc && s->password_credential)
		rc = credential_read(limits->credentials_dir, s->password_credential, &secret, d);
	if (!rc)
		p->redact = redact_new(s->user, secret.text);
	if (!rc)
		rc = build(p, secret.text, &req, d);
	if (!rc)
		rc = exchange_begin(
			wire, limits, s->ca_file, &req, "", on_reply, p, &p->exchange, d);
	credential_wipe(&secret);
	request_done(&req);
	return rc;
}

void sms_probe_start(struct wire *wire, const struct limits *limits, struct settings *settings,
	struct instant now, deliver_probe_fn *done, void *ctx, struct sms_probe **slot)
{
	struct sms_probe *p = mem_new(1, sizeof *p);
	struct diag d = DIAG_INIT;
	p->slot = slot;
	p->settings = settings_ref(settings);
	p->now = now;
	p->done = done;
	p->ctx = ctx;
	*slot = p;
	if (start(p, wire, limits, &d)) {
		struct outcome o = {.class = OUTCOME_RETRY, .fault = FAULT_CONFIG};
		char why[DIAG_TEXT_MAX];
		diag_text(&d, NULL, why, sizeof why);
		outcome_set_reason(&o, "%s", why);
		finish(p, &o);
	}
}

void sms_probe_abandon(struct sms_probe *p)
{
	if (!p)
		return;
	p->done = NULL;
	exchange_abandon(p->exchange);
}
