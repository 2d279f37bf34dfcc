/*
 * sign_acs3 - Alibaba Cloud's request signature ACS3-HMAC-SHA256.  Pure.
 *
 * Signed are the method, path, query, host, the x-acs-* headers and the body's hash; content-type only
 * if one is sent.  The caller sends exactly the strings that were signed.
 * Memory: everything returned is in the arena; nothing in it tells the secret.
 */
#ifndef DELIVER_SIGN_ACS3_H
#define DELIVER_SIGN_ACS3_H

#include "buf.h"
#include "mem.h"

struct acs3_parameter {
	const char *name, *value;
};

struct acs3_request {
	const char *method, *path, *host;
	const char *query; /* as acs3_query makes it */
	const char *action, *version;
	const char *date;         /* "2026-09-21T08:30:00Z" */
	const char *nonce;        /* never used before */
	const char *content_type; /* NULL: none is sent */
	const char *body;
	size_t body_len;
	const char *key_id, *secret;
};

struct acs3_signed {
	const char *payload_hash; /* the value of x-acs-content-sha256 */
	const char *canonical_headers, *signed_headers;
	const char *canonical_request, *string_to_sign;
	const char *signature, *authorization;
};

/* Sorts the parameters in place, encodes and joins them. */
void acs3_query(struct acs3_parameter *parameter, size_t n, struct buf *out);

void acs3_sign(const struct acs3_request *r, struct arena *a, struct acs3_signed *ret);

#endif
