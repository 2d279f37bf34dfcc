/*
 * digest - SHA-256 and HMAC-SHA256 as the signatures of cloud gateways use them.  Pure.
 */
#ifndef DELIVER_DIGEST_H
#define DELIVER_DIGEST_H

#include <stddef.h>

enum { DIGEST_BYTES = 32, DIGEST_HEX = 2 * DIGEST_BYTES + 1 };

/* Lower case. */
void digest_hex(const unsigned char *bytes, size_t n, char *ret);
void digest_sha256_hex(const void *data, size_t len, char ret[static DIGEST_HEX]);
void digest_hmac(
	const void *key, size_t key_len, const char *text, unsigned char ret[static DIGEST_BYTES]);

#endif
