#include "sms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "sms_classify.h"
#include "sms_text.h"
#include "text.h"
#include "wire.h"

struct sms_transfer {
	struct transfer transfer; /* first: on_end finds it by that */
	struct wire *wire;
	struct attempt *attempt;
	struct sms_request request;
	struct buf reply;
	size_t header_bytes;
	char error[CURL_ERROR_SIZE];
};

static void free_transfer(struct sms_transfer *t)
{
	wire_drop(t->wire, &t->transfer);
	curl_slist_free_all(t->request.headers);
	buf_done(&t->request.url);
	buf_done(&t->request.body);
	buf_done(&t->reply);
	free(t);
}

static void end(struct sms_transfer *t, CURLcode rc, bool abandoned)
{
	struct attempt *a = t->attempt;
	const struct sms_settings *s = &a->settings->sms;
	CURL *easy = t->transfer.easy;
	long status = 0, request = 0;
	curl_off_t retry_after = 0;
	struct outcome o;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request);
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
	struct sms_reply r = {
		.curl = rc,
		.curl_text = abandoned     ? "stopped by us"
			     : t->error[0] ? t->error
					   : curl_easy_strerror(rc),
		.request_bytes = request,
		.status = (int)status,
		.body = t->reply.data ? t->reply.data : "",
		.body_len = t->reply.len,
		.cut = t->reply.overflow,
		.retry_after_s = retry_after,
		.abandoned = abandoned,
	};
	if (s->kind == TRANSPORT_KANNEL)
		sms_classify_kannel(&r, &o);
	else
		sms_classify_http(s, &r, &o);
	free_transfer(t);
	attempt_end(a, &o);
}

static void on_end(struct transfer *transfer, CURLcode rc)
{
	end((struct sms_transfer *)transfer, rc, false);
}

static void on_abandon(struct attempt *a)
{
	end(a->transport, CURLE_ABORTED_BY_CALLBACK, true);
}

/* Headers, those of 1xx replies and trailers included: libcurl keeps each. */
static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
	struct sms_transfer *t = ctx;
	(void)data;
	t->header_bytes += size * n + SMS_HEADER_COST;
	return t->header_bytes > SMS_HEADERS_MAX ? 0 : size * n;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct sms_transfer *t = ctx;
	buf_add(&t->reply, data, size * n);
	return t->reply.overflow ? 0 : size * n;
}

static void fill_values(struct attempt *a, const char *secret, struct sms_values *ret)
{
	const struct sms_settings *s = &a->settings->sms;
	const char *to = a->job.recipient;
	/* Values for a gateway that has been replaced since are of no use to this one. */
	const char *mark = memchr(a->job.bytes, SMS_VARIABLE_MARK, a->job.len);
	size_t len = mark ? (size_t)(mark - (const char *)a->job.bytes) : a->job.len;
	const char *text = arena_strndup(&a->arena, a->job.bytes, len);
	*ret = (struct sms_values){{
		[SMS_TO] = to,
		[SMS_TO_DIGITS] = to + 1,
		[SMS_TO_LOCAL] = text_has_prefix(to, "+86") ? to + 3 : to + 1,
		[SMS_TEXT] = sms_sign(s->sign, text, &a->arena),
		[SMS_BARE_TEXT] = text,
		[SMS_SIGN] = s->sign,
		[SMS_FROM] = s->from,
		[SMS_REF] = a->job.client_ref,
		[SMS_USER] = s->user,
		[SMS_SECRET] = secret,
	}};
}

static void set_options(struct sms_transfer *t, const char *secret)
{
	CURL *easy = t->transfer.easy;
	const struct sms_request *req = &t->request;
	curl_easy_setopt(easy, CURLOPT_URL, req->url.data);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	/* Never on or for another request's connection: libcurl would repeat this one (F1). */
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, req->headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "deadlined/" DEADLINED_VERSION);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 60L);
	if (req->has_body) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body.len);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, req->body.data ? req->body.data : "");
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, req->method);
	}
	if (req->basic_user) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(easy, CURLOPT_USERNAME, req->basic_user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, secret);
	}
}

static enum rc build(struct sms_transfer *t, const char *secret, struct diag *d)
{
	const struct sms_settings *s = &t->attempt->settings->sms;
	struct sms_values v;
	fill_values(t->attempt, secret, &v);
	if (s->max_units > 0 && text_count_utf16(v.value[SMS_TEXT]) > (size_t)s->max_units)
		return diag_set(d, RC_RANGE, N_("the text is longer than the gateway's max_units"));
	/* Without a value: libcurl leaves the header out. */
	t->request.headers = curl_slist_append(NULL, "Expect:");
	return s->kind == TRANSPORT_KANNEL ? sms_kannel_build(s, &v, &t->request, d)
					   : sms_http_build(s, &v, &t->request, d);
}

/* RC_RANGE is a text that is too long: dead, where all else is a fault of the configuration. */
static void refuse(struct sms_transfer *t, enum rc rc, const struct diag *d)
{
	struct attempt *a = t->attempt;
	char why[DIAG_TEXT_MAX];
	bool dead = rc == RC_RANGE;
	struct outcome o = {.class = dead ? OUTCOME_DEAD : OUTCOME_RETRY,
		.fault = dead ? FAULT_MESSAGE : FAULT_CONFIG};
	diag_text(d, NULL, why, sizeof why);
	outcome_set_reason(&o, "%s", why);
	free_transfer(t);
	attempt_end(a, &o);
}

void sms_start(struct wire *wire, const struct limits *limits, struct attempt *a)
{
	const struct sms_settings *s = &a->settings->sms;
	struct sms_transfer *t = mem_new(1, sizeof *t);
	struct credential secret = {""};
	struct diag d = DIAG_INIT;
	enum rc rc = RC_OK;
	t->wire = wire;
	t->attempt = a;
	t->transfer.on_end = on_end;
	buf_init(&t->request.url, SMS_REQUEST_MAX);
	buf_init(&t->request.body, SMS_REQUEST_MAX);
	buf_init(&t->reply, SMS_REPLY_MAX);
	a->transport = t;
	a->abandon = on_abandon;
	if (s->password_credential)
		rc = credential_read(limits->credentials_dir, s->password_credential, &secret, &d);
	if (!rc && secret.text[0])
		a->redact = redact_new(s->user, secret.text);
	if (!rc)
		rc = build(t, secret.text, &d);
	if (!rc) {
		t->transfer.easy =
			wire_easy("https,http", s->ca_file, limits->connect_ms, limits->reply_ms);
		if (t->transfer.easy)
			set_options(t, secret.text);
		if (!t->transfer.easy || !wire_start(wire, &t->transfer))
			rc = diag_set(&d, RC_IO, N_("libcurl could not be set up"));
	}
	credential_wipe(&secret);
	if (rc)
		refuse(t, rc, &d);
}
