#include "digest.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

void digest_hex(const unsigned char *bytes, size_t n, char *ret)
{
	static const char hex[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		*ret++ = hex[bytes[i] >> 4];
		*ret++ = hex[bytes[i] & 15];
	}
	*ret = '\0';
}

/* An OpenSSL without SHA-256 cannot do TLS either: not a state to go on in. */
void digest_sha256_hex(const void *data, size_t len, char ret[static DIGEST_HEX])
{
	unsigned char md[DIGEST_BYTES];
	if (!EVP_Digest(data ? data : "", len, md, NULL, EVP_sha256(), NULL))
		abort();
	digest_hex(md, sizeof md, ret);
}

void digest_hmac(
	const void *key, size_t key_len, const char *text, unsigned char ret[static DIGEST_BYTES])
{
	if (!HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, strlen(text), ret,
		    NULL))
		abort();
}
