/*
 * sign_tc3 - Tencent Cloud's request signature TC3-HMAC-SHA256.  Pure.
 *
 * Signed are the method, path, query, content type, host, the action (if given) and the body's hash.
 * The scope's day is the timestamp's in UTC, not China's.
 * Memory: strings returned are in the arena; `key` is derived from the secret, for that day and service:
 *         the caller wipes it.
 */
#ifndef DELIVER_SIGN_TC3_H
#define DELIVER_SIGN_TC3_H

#include <stdint.h>

#include "digest.h"
#include "mem.h"

struct tc3_request {
	const char *method, *path, *query, *host, *content_type;
	const char *action; /* "SendSms"; NULL: not among the signed headers */
	const char *service;
	int64_t timestamp;
	const char *body;
	size_t body_len;
	const char *secret_id, *secret_key;
};

struct tc3_signed {
	const char *payload_hash, *canonical_headers, *signed_headers, *canonical_request;
	const char *date, *scope, *string_to_sign;
	unsigned char key[3][DIGEST_BYTES]; /* of the date, the service, for signing */
	const char *signature, *authorization;
};

void tc3_sign(const struct tc3_request *r, struct arena *a, struct tc3_signed *ret);

#endif
