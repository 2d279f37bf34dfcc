#include "plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

/* Fetched once: an implicit fetch per digest costs more than the digest itself. */
static const EVP_MD *sha256(void)
{
	static EVP_MD *md;
	if (!md)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	return md;
}

static EVP_MD_CTX *digest_context(void)
{
	static EVP_MD_CTX *ctx;
	if (!ctx)
		ctx = EVP_MD_CTX_new();
	return ctx;
}

/* Not snprintf: a year of 100,000 obligations makes a million keys. */
static size_t join(char *text, size_t len, size_t size, const char *part)
{
	size_t n = strlen(part);
	if (len && len < size)
		text[len++] = '\n';
	if (n > size - len)
		n = size - len;
	memcpy(text + len, part, n);
	return len + n;
}

void plan_key(const char *obligation_id, struct date due, enum form form, const char *step_id,
	enum channel channel, const char *person_id, int64_t cause,
	char ret[static REMINDER_KEY_SIZE])
{
	char text[OBLIGATION_ID_MAX + 320], day[DATE_TEXT_SIZE], number[24];
	if (cause)
		snprintf(number, sizeof number, "%" PRId64, cause);
	const char *part[] = {obligation_id, date_format(due, day), form_text(form), step_id,
		channel_text(channel), person_id, number};
	size_t len = 0;
	for (size_t i = 0; i < (cause ? 7 : 6); i++)
		len = join(text, len, sizeof text, part[i]);
	unsigned char hash[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = digest_context();
	if (!ctx || !EVP_DigestInit_ex2(ctx, sha256(), NULL) || !EVP_DigestUpdate(ctx, text, len) ||
		!EVP_DigestFinal_ex(ctx, hash, NULL))
		abort(); /* no memory, or a libcrypto without SHA-256 */
	static const char HEX[] = "0123456789abcdef";
	for (int i = 0; i < 32; i++) {
		ret[2 * i] = HEX[hash[i] >> 4];
		ret[2 * i + 1] = HEX[hash[i] & 15];
	}
	ret[64] = '\0';
}
