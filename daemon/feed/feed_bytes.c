#include "feed.h"

#include <assert.h>
#include <string.h>

#include <openssl/evp.h>
#include <zlib.h>

#include "feed_digest.h"

void feed_digest_bytes(const void *data, size_t len, char ret[static FEED_DIGEST_SIZE])
{
	static const char HEX[] = "0123456789abcdef";
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	int ok = EVP_Digest(data, len, sum, &n, EVP_sha256(), NULL);
	assert(ok == 1 && n == 32);
	(void)ok;
	for (unsigned i = 0; i < 32; i++) {
		ret[2 * i] = HEX[sum[i] >> 4];
		ret[2 * i + 1] = HEX[sum[i] & 15];
	}
	ret[64] = '\0';
}

void feed_etag(const void *data, size_t len, char ret[static FEED_ETAG_SIZE])
{
	ret[0] = '"';
	feed_digest_bytes(data, len, ret + 1);
	ret[65] = '"';
	ret[66] = '\0';
}

enum rc feed_gzip(const void *data, size_t len, struct buf *out, struct diag *d)
{
	enum { GZIP_WINDOW = 15 + 16, MEM_LEVEL = 8 };
	unsigned char chunk[16384];
	union {
		const void *in;
		Bytef *next; /* zlib only reads it */
	} bytes = {data};
	z_stream z = {0};
	size_t start = out->len;
	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEM_LEVEL,
		    Z_DEFAULT_STRATEGY) != Z_OK)
		return diag_set(d, RC_LIMIT, N_("zlib has no memory"));
	z.next_in = bytes.next;
	z.avail_in = (uInt)len;
	int state;
	do {
		z.next_out = chunk;
		z.avail_out = sizeof chunk;
		state = deflate(&z, Z_FINISH);
		buf_add(out, chunk, sizeof chunk - z.avail_out);
	} while (state == Z_OK);
	deflateEnd(&z);
	if (state == Z_STREAM_END && !out->overflow)
		return RC_OK;
	buf_truncate(out, start);
	return diag_set(d, RC_LIMIT, N_("the compressed feed is longer than %zu bytes"), out->max);
}

struct feed_version feed_version_next(
	const struct feed_version *old, const char *digest, struct instant now)
{
	struct feed_version v = {.sequence = 0, .modified = now};
	memcpy(v.digest, digest, FEED_DIGEST_SIZE);
	if (!old)
		return v;
	if (memcmp(old->digest, digest, FEED_DIGEST_SIZE) == 0)
		return *old;
	v.sequence = old->sequence + 1;
	/* Clients compare LAST-MODIFIED for a difference, some for a greater one. */
	if (v.modified.s <= old->modified.s)
		v.modified.s = old->modified.s + 1;
	return v;
}
