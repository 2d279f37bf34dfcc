#include "sign_tc3.h"

#include <string.h>

#include "date.h"

static char *lower(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s);
	for (char *p = out; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return out;
}

static const char *day_of(struct arena *a, int64_t timestamp)
{
	char text[DATE_TEXT_SIZE];
	return arena_strdup(a, date_format((struct date){(int32_t)(timestamp / DAY_S)}, text));
}

static void list_headers(const struct tc3_request *r, struct arena *a, struct tc3_signed *s)
{
	const char *action = r->action ? arena_printf(a, "x-tc-action:%s\n", r->action) : "";
	s->signed_headers = r->action ? "content-type;host;x-tc-action" : "content-type;host";
	s->canonical_headers = lower(a,
		arena_printf(a, "content-type:%s\nhost:%s\n%s", r->content_type, r->host, action));
}

static void derive_keys(const struct tc3_request *r, struct arena *a, struct tc3_signed *s)
{
	char *first = arena_printf(a, "TC3%s", r->secret_key);
	digest_hmac(first, strlen(first), s->date, s->key[0]);
	explicit_bzero(first, strlen(first));
	digest_hmac(s->key[0], DIGEST_BYTES, r->service, s->key[1]);
	digest_hmac(s->key[1], DIGEST_BYTES, "tc3_request", s->key[2]);
}

void tc3_sign(const struct tc3_request *r, struct arena *a, struct tc3_signed *ret)
{
	struct tc3_signed s = {0};
	char hash[DIGEST_HEX];
	unsigned char mac[DIGEST_BYTES];
	digest_sha256_hex(r->body, r->body_len, hash);
	s.payload_hash = arena_strdup(a, hash);
	list_headers(r, a, &s);
	s.canonical_request = arena_printf(a, "%s\n%s\n%s\n%s\n%s\n%s", r->method, r->path,
		r->query, s.canonical_headers, s.signed_headers, s.payload_hash);
	s.date = day_of(a, r->timestamp);
	s.scope = arena_printf(a, "%s/%s/tc3_request", s.date, r->service);
	digest_sha256_hex(s.canonical_request, strlen(s.canonical_request), hash);
	s.string_to_sign = arena_printf(
		a, "TC3-HMAC-SHA256\n%lld\n%s\n%s", (long long)r->timestamp, s.scope, hash);
	derive_keys(r, a, &s);
	digest_hmac(s.key[2], DIGEST_BYTES, s.string_to_sign, mac);
	digest_hex(mac, sizeof mac, hash);
	s.signature = arena_strdup(a, hash);
	s.authorization =
		arena_printf(a, "TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
			r->secret_id, s.scope, s.signed_headers, s.signature);
	*ret = s;
}
