#include "http_response.h"

#include <stdlib.h>

/* Pages load our stylesheet, run nothing, post to us, are framed by nobody. */
static const struct http_field SECURITY[] = {
	{"Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
		"frame-ancestors 'none'; base-uri 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"X-Robots-Tag", "noindex, nofollow"},
};

static void add_fields(struct MHD_Response *r, const struct http_field *field, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (MHD_add_response_header(r, field[i].name, field[i].value) != MHD_YES)
			abort();
}

struct http_blob *http_blob_new(const struct http_blob_parts *p)
{
	union {
		const void *in;
		void *out;
	} data = {.in = p->data};
	struct MHD_Response *r;
	if (p->release)
		r = MHD_create_response_from_buffer_with_free_callback_cls(
			p->len, data.out, p->release, p->ctx);
	else
		r = MHD_create_response_from_buffer(p->len, data.out, MHD_RESPMEM_PERSISTENT);
	if (!r)
		abort();
	add_fields(r, p->field, p->n_fields);
	if (!p->bare)
		add_fields(r, SECURITY, sizeof SECURITY / sizeof *SECURITY);
	return (struct http_blob *)r;
}

void http_blob_free(struct http_blob *b)
{
	if (b)
		MHD_destroy_response((struct MHD_Response *)b);
}

struct MHD_Response *http_response_make(
	const char *type, const void *body, size_t len, const struct http_field *more)
{
	union {
		const void *in;
		void *out;
	} data = {.in = body};
	const struct http_field fixed[] = {{"Content-Type", type}, {"Cache-Control", "no-store"}};
	struct MHD_Response *r =
		MHD_create_response_from_buffer(len, data.out, MHD_RESPMEM_MUST_COPY);
	if (!r)
		abort();
	add_fields(r, fixed, 2);
	add_fields(r, SECURITY, sizeof SECURITY / sizeof *SECURITY);
	for (; more && more->name; more++)
		add_fields(r, more, 1);
	return r;
}
