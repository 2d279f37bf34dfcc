#include "sms_exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wire.h"

struct sms_exchange {
	struct transfer transfer; /* first: on_end finds it by that */
	struct wire *wire;
	exchange_end_fn *end;
	void *ctx;
	struct sms_request request;
	struct buf reply;
	size_t header_bytes;
	int64_t date_s;
	char error[CURL_ERROR_SIZE];
};

void request_init(struct sms_request *req)
{
	*req = (struct sms_request){0};
	buf_init(&req->url, SMS_REQUEST_MAX);
	buf_init(&req->body, SMS_REQUEST_MAX);
}

void request_done(struct sms_request *req)
{
	curl_slist_free_all(req->headers);
	buf_done(&req->url);
	buf_done(&req->body);
	*req = (struct sms_request){0};
}

static void free_exchange(struct sms_exchange *x)
{
	wire_drop(x->wire, &x->transfer);
	request_done(&x->request);
	buf_done(&x->reply);
	free(x);
}

static void end(struct sms_exchange *x, CURLcode rc, bool abandoned)
{
	CURL *easy = x->transfer.easy;
	long status = 0, request = 0;
	curl_off_t retry_after = 0;
	char error[CURL_ERROR_SIZE];
	struct buf body = x->reply;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request);
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
	memcpy(error, x->error, sizeof error);
	struct sms_reply r = {
		.curl = rc,
		.curl_text = abandoned ? "stopped by us" : wire_words(rc, error),
		.request_bytes = request,
		.status = (int)status,
		.body = body.data ? body.data : "",
		.body_len = body.len,
		.cut = body.overflow,
		.retry_after_s = retry_after,
		.date_s = x->date_s,
		.abandoned = abandoned,
	};
	exchange_end_fn *tell = x->end;
	void *ctx = x->ctx;
	/* The connection is closed before anything follows from the reply. */
	buf_init(&x->reply, SMS_REPLY_MAX);
	free_exchange(x);
	tell(ctx, &r);
	buf_done(&body);
}

static void on_end(struct transfer *transfer, CURLcode rc)
{
	end((struct sms_exchange *)transfer, rc, false);
}

void exchange_abandon(struct sms_exchange *x)
{
	end(x, CURLE_ABORTED_BY_CALLBACK, true);
}

static void note_date(struct sms_exchange *x, const char *data, size_t len)
{
	char text[64] = "";
	if (len <= 5 || len - 5 >= sizeof text || strncasecmp(data, "date:", 5) != 0)
		return;
	memcpy(text, data + 5, len - 5);
	time_t t = curl_getdate(text, NULL);
	x->date_s = t > 0 ? t : 0;
}

/* Headers, those of 1xx replies and trailers included: libcurl keeps each. */
static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
	struct sms_exchange *x = ctx;
	x->header_bytes += size * n + SMS_HEADER_COST;
	note_date(x, data, size * n);
	return x->header_bytes > SMS_HEADERS_MAX ? 0 : size * n;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct sms_exchange *x = ctx;
	buf_add(&x->reply, data, size * n);
	return x->reply.overflow ? 0 : size * n;
}

static void set_options(struct sms_exchange *x, const char *secret)
{
	CURL *easy = x->transfer.easy;
	const struct sms_request *req = &x->request;
	curl_easy_setopt(easy, CURLOPT_URL, req->url.data);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	/* Never on or for another request's connection: libcurl would repeat this one (F1). */
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, req->headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "deadlined/" DEADLINED_VERSION);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->error);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 60L);
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, (long)req->connect_only);
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

enum rc exchange_begin(struct wire *wire, const struct limits *limits, const char *ca_file,
	struct sms_request *req, const char *secret, exchange_end_fn *end_fn, void *ctx,
	struct sms_exchange **ret, struct diag *d)
{
	struct sms_exchange *x = mem_new(1, sizeof *x);
	x->wire = wire;
	x->end = end_fn;
	x->ctx = ctx;
	x->request = *req;
	*req = (struct sms_request){0};
	x->transfer.on_end = on_end;
	buf_init(&x->reply, SMS_REPLY_MAX);
	x->transfer.easy = wire_easy("https,http", ca_file, limits->connect_ms, limits->reply_ms);
	if (x->transfer.easy)
		set_options(x, secret);
	if (x->transfer.easy && wire_start(wire, &x->transfer)) {
		*ret = x;
		return RC_OK;
	}
	free_exchange(x);
	return diag_set(d, RC_IO, N_("libcurl could not be set up"));
}
