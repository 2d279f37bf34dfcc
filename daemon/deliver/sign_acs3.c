#include "sign_acs3.h"

#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "percent.h"

static int compare(const void *a, const void *b)
{
	const struct acs3_parameter *x = a, *y = b;
	return strcmp(x->name, y->name);
}

void acs3_query(struct acs3_parameter *parameter, size_t n, struct buf *out)
{
	qsort(parameter, n, sizeof *parameter, compare);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(out, '&');
		percent_add(out, parameter[i].name);
		buf_putc(out, '=');
		percent_add(out, parameter[i].value);
	}
}

/* Names in alphabetical order, which the signature wants. */
static void list_headers(const struct acs3_request *r, struct arena *a, struct acs3_signed *s)
{
	const char *type =
		r->content_type ? arena_printf(a, "content-type:%s\n", r->content_type) : "";
	s->signed_headers = arena_printf(a, "%s%s", r->content_type ? "content-type;" : "",
		"host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;"
		"x-acs-version");
	s->canonical_headers = arena_printf(a,
		"%shost:%s\nx-acs-action:%s\nx-acs-content-sha256:%s\nx-acs-date:%s\n"
		"x-acs-signature-nonce:%s\nx-acs-version:%s\n",
		type, r->host, r->action, s->payload_hash, r->date, r->nonce, r->version);
}

void acs3_sign(const struct acs3_request *r, struct arena *a, struct acs3_signed *ret)
{
	struct acs3_signed s = {0};
	char hash[DIGEST_HEX];
	unsigned char mac[DIGEST_BYTES];
	digest_sha256_hex(r->body, r->body_len, hash);
	s.payload_hash = arena_strdup(a, hash);
	list_headers(r, a, &s);
	s.canonical_request = arena_printf(a, "%s\n%s\n%s\n%s\n%s\n%s", r->method, r->path,
		r->query, s.canonical_headers, s.signed_headers, s.payload_hash);
	digest_sha256_hex(s.canonical_request, strlen(s.canonical_request), hash);
	s.string_to_sign = arena_printf(a, "ACS3-HMAC-SHA256\n%s", hash);
	digest_hmac(r->secret, strlen(r->secret), s.string_to_sign, mac);
	digest_hex(mac, sizeof mac, hash);
	s.signature = arena_strdup(a, hash);
	s.authorization =
		arena_printf(a, "ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s",
			r->key_id, s.signed_headers, s.signature);
	*ret = s;
}
