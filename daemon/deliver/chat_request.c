/* What goes out to a robot. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "chat.h"

enum { URL_MAX = 32 * 1024, MAC_BYTES = 32 };

/* In the order of enum transport_kind from TRANSPORT_WECOM on. */
static const struct service {
	const char *base, *path; /* the token follows */
	size_t text_max, body_max;
} SERVICE[] = {
	{"https://qyapi.weixin.qq.com", "/cgi-bin/webhook/send?key=", CHAT_WECOM_TEXT_MAX,
		CHAT_BODY_MAX},
	{"https://oapi.dingtalk.com", "/robot/send?access_token=", CHAT_BODY_MAX, CHAT_BODY_MAX},
	{"https://open.feishu.cn", "/open-apis/bot/v2/hook/", CHAT_BODY_MAX, CHAT_BODY_MAX},
};

const char *chat_text(const char *text, const char *keyword, struct arena *a)
{
	if (!keyword || !*keyword || strstr(text, keyword))
		return text;
	return arena_printf(a, "%s\n%s", text, keyword);
}

static void wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->len);
	buf_done(b);
}

/* ---- signatures -------------------------------------------------------------------------------- */

static void sign(const char *key, const char *text, char ret[static CHAT_SIGN_SIZE])
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (!HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)text, strlen(text),
		    mac, &len) ||
		len != MAC_BYTES)
		abort(); /* no memory, or a libcrypto without SHA-256 */
	EVP_EncodeBlock((unsigned char *)ret, mac, MAC_BYTES);
}

static void join(struct buf *b, int64_t timestamp, const char *secret)
{
	buf_init(b, URL_MAX);
	buf_printf(b, "%" PRId64 "\n%s", timestamp, secret);
}

void chat_sign_dingtalk(int64_t timestamp_ms, const char *secret, char ret[static CHAT_SIGN_SIZE])
{
	struct buf text;
	join(&text, timestamp_ms, secret);
	sign(secret, text.data, ret);
	wipe(&text);
}

void chat_sign_feishu(int64_t timestamp_s, const char *secret, char ret[static CHAT_SIGN_SIZE])
{
	struct buf key;
	join(&key, timestamp_s, secret);
	sign(key.data, "", ret);
	wipe(&key);
}

/* ---- requests ---------------------------------------------------------------------------------- */

static bool is_token(const char *s)
{
	return *s &&
	       s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")] ==
		       '\0';
}

/* base64 has three characters that mean something else in a query. */
static void add_escaped(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_printf(b, strchr("+/=", *s) ? "%%%02X" : "%c", (unsigned char)*s);
}

static void add_url(const struct chat_room *room, const char *token, const char *secret,
	struct instant at, struct buf *url)
{
	const struct service *s = &SERVICE[room->kind - TRANSPORT_WECOM];
	const char *base = room->base_url ? room->base_url : s->base;
	size_t len = strlen(base);
	buf_add(url, base, len && base[len - 1] == '/' ? len - 1 : len);
	buf_puts(url, s->path);
	buf_puts(url, token);
	if (room->kind != TRANSPORT_DINGTALK || !*secret)
		return;
	char signature[CHAT_SIGN_SIZE];
	chat_sign_dingtalk(at.s * 1000, secret, signature);
	buf_printf(url, "&timestamp=%" PRId64 "&sign=", at.s * 1000);
	add_escaped(url, signature);
}

static json_t *text_json(
	const struct chat_room *room, const char *secret, const char *text, struct instant at)
{
	if (room->kind != TRANSPORT_FEISHU)
		return json_pack("{s:s, s:{s:s}}", "msgtype", "text", "text", "content", text);
	json_t *o = json_object();
	if (*secret) {
		char signature[CHAT_SIGN_SIZE], timestamp[24];
		snprintf(timestamp, sizeof timestamp, "%" PRId64, at.s);
		chat_sign_feishu(at.s, secret, signature);
		json_object_set_new(o, "timestamp", json_string(timestamp));
		json_object_set_new(o, "sign", json_string(signature));
	}
	json_object_set_new(o, "msg_type", json_string("text"));
	json_object_set_new(o, "content", json_pack("{s:s}", "text", text));
	return o;
}

/* UTF-8 as it is: WeCom refuses \uXXXX. */
static bool add_body(const struct chat_room *room, const char *secret, const char *text,
	struct instant at, struct buf *body)
{
	json_t *o = text_json(room, secret, text, at);
	char *bytes = o ? json_dumps(o, JSON_COMPACT) : NULL;
	if (bytes)
		buf_puts(body, bytes);
	free(bytes);
	json_decref(o);
	return bytes != NULL;
}

enum rc chat_build(const struct chat_room *room, const char *token, const char *secret,
	const char *text, struct instant at, struct sms_request *ret, struct diag *d)
{
	const struct service *s = &SERVICE[room->kind - TRANSPORT_WECOM];
	if (!is_token(token))
		return diag_set(d, RC_INVALID,
			N_("the file %s holds more than a token: only what stands behind \"%s\" of "
			   "the robot's address belongs there"),
			room->token_credential, s->path);
	if (strlen(text) > s->text_max)
		return diag_set(d, RC_RANGE,
			N_("the text is longer than %zu bytes, which the "
			   "group's robot takes"),
			s->text_max);
	ret->method = "POST";
	ret->has_body = true;
	/* Without a value: libcurl leaves the header out. */
	ret->headers = curl_slist_append(NULL, "Expect:");
	enum rc rc = sms_add_header(ret, "Content-Type", "application/json", d);
	if (rc)
		return rc;
	add_url(room, token, secret, at, &ret->url);
	if (!add_body(room, secret, text, at, &ret->body))
		return diag_set(d, RC_RANGE, N_("the text is not UTF-8"));
	if (ret->body.overflow || ret->body.len > s->body_max)
		return diag_set(d, RC_RANGE,
			N_("the text is longer than %zu bytes, which the "
			   "group's robot takes"),
			s->body_max);
	return RC_OK;
}
