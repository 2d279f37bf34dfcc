#include "http_exchange.h"

#include <stdlib.h>
#include <string.h>

#include "wire.h"

enum { HEADER_COST = 48 }; /* of libcurl, beside its bytes */

struct http_exchange {
	struct transfer transfer; /* first: on_end finds it by that */
	struct wire *wire;
	http_reply_fn *reply;
	void *ctx;
	struct curl_slist *headers;
	struct buf body;
	size_t header_bytes;
	char error[CURL_ERROR_SIZE];
};

static void free_exchange(struct http_exchange *x)
{
	wire_drop(x->wire, &x->transfer);
	curl_slist_free_all(x->headers);
	buf_done(&x->body);
	free(x);
}

static void end(struct http_exchange *x, CURLcode rc, bool abandoned)
{
	CURL *easy = x->transfer.easy;
	long status = 0, request = 0;
	curl_off_t retry_after = 0;
	char error[CURL_ERROR_SIZE];
	struct buf body = x->body;
	http_reply_fn *reply = x->reply;
	void *ctx = x->ctx;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request);
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
	memcpy(error, x->error, sizeof error);
	buf_init(&x->body, HTTP_REPLY_MAX);
	free_exchange(x);
	struct sms_reply r = {
		.curl = rc,
		.curl_text = abandoned  ? "stopped by us"
			     : error[0] ? error
					: curl_easy_strerror(rc),
		.request_bytes = request,
		.status = (int)status,
		.body = body.data ? body.data : "",
		.body_len = body.len,
		.cut = body.overflow,
		.retry_after_s = retry_after,
		.abandoned = abandoned,
	};
	reply(ctx, &r);
	buf_done(&body);
}

static void on_end(struct transfer *transfer, CURLcode rc)
{
	end((struct http_exchange *)transfer, rc, false);
}

void http_abandon(struct http_exchange *x)
{
	end(x, CURLE_ABORTED_BY_CALLBACK, true);
}

/* Headers, those of 1xx replies and trailers included: libcurl keeps each. */
static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
	struct http_exchange *x = ctx;
	(void)data;
	x->header_bytes += size * n + HEADER_COST;
	return x->header_bytes > HTTP_HEADERS_MAX ? 0 : size * n;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct http_exchange *x = ctx;
	buf_add(&x->body, data, size * n);
	return x->body.overflow ? 0 : size * n;
}

static bool add_headers(struct http_exchange *x)
{
	/* Without a value: libcurl leaves the header out. */
	static const char *const LINE[] = {"Expect:", "Content-Type: application/json"};
	for (size_t i = 0; i < sizeof LINE / sizeof *LINE; i++) {
		struct curl_slist *list = curl_slist_append(x->headers, LINE[i]);
		if (!list)
			return false;
		x->headers = list;
	}
	return true;
}

static void set_options(struct http_exchange *x, const struct http_request *req)
{
	CURL *easy = x->transfer.easy;
	curl_easy_setopt(easy, CURLOPT_URL, req->url);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	/* Never on or for another request's connection: libcurl would repeat this one (F1). */
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, x->headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "deadlined/" DEADLINED_VERSION);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->error);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 60L);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(req->body));
	curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, req->body);
}

enum rc http_begin(struct wire *wire, const struct limits *limits, const struct http_request *req,
	http_reply_fn *reply, void *ctx, struct http_exchange **ret, struct diag *d)
{
	struct http_exchange *x = mem_new(1, sizeof *x);
	x->wire = wire;
	x->reply = reply;
	x->ctx = ctx;
	x->transfer.on_end = on_end;
	buf_init(&x->body, HTTP_REPLY_MAX);
	x->transfer.easy =
		wire_easy("https,http", req->ca_file, limits->connect_ms, limits->reply_ms);
	bool ok = x->transfer.easy && add_headers(x);
	if (ok) {
		set_options(x, req);
		ok = wire_start(wire, &x->transfer);
	}
	if (!ok) {
		free_exchange(x);
		return diag_set(d, RC_IO, N_("libcurl could not be set up"));
	}
	*ret = x;
	return RC_OK;
}
