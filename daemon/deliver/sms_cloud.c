#include "sms_cloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <openssl/rand.h>

#include "digest.h"
#include "json_pointer.h"
#include "retry.h"
#include "text.h"
#include "transport.h"

enum { CHINA_S = 8 * 3600, OFF_S = 60 };

const struct cloud *cloud_of(enum transport_kind kind)
{
	static const struct cloud *const KNOWN[] = {
		&cloud_aliyun, &cloud_tencent, &cloud_mas, &cloud_mas_template};
	for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
		if (KNOWN[i]->kind == kind)
			return KNOWN[i];
	return NULL;
}

const struct cloud_code *cloud_find_code(const struct cloud_code *table, const char *code)
{
	for (; table->code; table++) {
		size_t n = strcspn(table->code, "*");
		if (table->code[n] ? strncmp(table->code, code, n) == 0
				   : strcmp(table->code, code) == 0)
			return table;
	}
	return NULL;
}

/* ---- verdicts ------------------------------------------------------------------------------------- */

/* The code and the gateway's own words, for a person. */
static void give_reason(struct outcome *o, const struct cloud_verdict *v, const char *what)
{
	outcome_set_reason(o, "HTTP %d: %s: %s%s%s", o->code, what, v->code,
		v->message[0] ? ": " : "", v->message);
}

/* Aliyun says which of its windows is full in words alone. */
static int wait_in_words(const char *message)
{
	if (strstr(message, "天级") || strstr(message, "日级"))
		return DAY_S;
	return strstr(message, "分钟级") ? 60 : 3600;
}

static int64_t wait_of(const struct cloud_code *c, const struct cloud_verdict *v, struct instant at)
{
	int64_t into = (at.s + CHINA_S) % DAY_S;
	int64_t wait = c->wait_s == CLOUD_DAY_END      ? DAY_S - into
		       : c->wait_s == CLOUD_IN_MESSAGE ? wait_in_words(v->message)
						       : c->wait_s;
	return wait < RETRY_WINDOW_MAX_S ? wait : RETRY_WINDOW_MAX_S;
}

/* Whose clock it is stands in the other's Date. */
static void refuse_time(struct outcome *o, const struct sms_reply *r, const struct cloud_verdict *v,
	struct instant at)
{
	int64_t off = r->date_s ? at.s - r->date_s : 0;
	if (off <= OFF_S && off >= -OFF_S)
		give_reason(o, v, N_("the gateway refuses the time of this server"));
	else
		outcome_set_reason(o, "HTTP %d: %s: %lld s: %s", o->code,
			N_("the server's clock is off by"), (long long)off, v->code);
}

static void judge_code(const struct cloud_code *c, const struct sms_reply *r,
	const struct cloud_verdict *v, struct instant at, struct outcome *o)
{
	static const struct {
		enum outcome_class class;
		enum outcome_fault fault;
		const char *what;
	} MEANING[] = {
		[CLOUD_RETRY] = {OUTCOME_RETRY, FAULT_PEER, N_("not taken, for now")},
		[CLOUD_WAIT] = {OUTCOME_RETRY, FAULT_RECIPIENT, N_("too many to this number")},
		[CLOUD_BUSY] = {OUTCOME_RETRY, FAULT_PEER, N_("too many at once")},
		[CLOUD_NUMBER] = {OUTCOME_DEAD, FAULT_RECIPIENT,
			N_("the gateway refuses the number")},
		[CLOUD_MESSAGE] = {OUTCOME_DEAD, FAULT_MESSAGE,
			N_("the gateway refuses the message")},
		[CLOUD_CONFIG] = {OUTCOME_RETRY, FAULT_CONFIG, N_("the gateway refuses us")},
		[CLOUD_CLOCK] = {OUTCOME_RETRY, FAULT_CONFIG, ""},
	};
	o->class = MEANING[c->class].class;
	o->fault = MEANING[c->class].fault;
	if (c->class == CLOUD_WAIT || c->class == CLOUD_BUSY)
		o->retry_after_s = wait_of(c, v, at);
	if (c->class == CLOUD_CLOCK)
		refuse_time(o, r, v, at);
	else
		give_reason(o, v, MEANING[c->class].what);
}

/* A code that no table lists, or none.  4xx that need no words mean what they always mean; any other
 * is not believed to speak of the message. */
static void judge_status(
	const struct sms_reply *r, const struct cloud_verdict *v, struct outcome *o)
{
	if (r->status >= 300 && r->status < 500) {
		sms_classify_plain(r, o);
		if (o->class != OUTCOME_DEAD)
			return;
	}
	o->class = OUTCOME_UNKNOWN;
	o->fault = FAULT_PEER;
	if (v->code[0])
		give_reason(o, v, N_("no verdict"));
	else
		sms_give_reason(o, r, N_("the reply is not the gateway's"));
}

static void judge_reply(
	const struct cloud *cloud, const struct sms_reply *r, struct instant at, struct outcome *o)
{
	struct cloud_verdict v = {0};
	json_t *json = r->curl || r->cut ? NULL : json_load_reply(r->body, r->body_len);
	if (json)
		cloud->read(json, &v);
	json_decref(json);
	const struct cloud_code *c = v.code[0] ? cloud_find_code(cloud->codes, v.code) : NULL;
	if (v.accepted && r->status >= 200 && r->status < 300) {
		o->class = OUTCOME_SENT;
		o->fault = FAULT_NONE;
		give_reason(o, &v, N_("taken"));
		snprintf(o->peer_id, sizeof o->peer_id, "%s", v.id);
	} else if (c && !v.accepted) {
		judge_code(c, r, &v, at, o);
	} else {
		judge_status(r, &v, o);
	}
}

void cloud_classify(const struct cloud *cloud, const struct sms_reply *r, struct instant at,
	struct outcome *ret)
{
	struct outcome o = {.code = r->status};
	bool whole = r->curl == 0 && !r->cut;
	if (r->status < 500 && (whole || r->cut || r->status >= 300))
		judge_reply(cloud, r, at, &o);
	else
		sms_classify_plain(r, &o);
	*ret = o;
}

/* ---- for the drivers -------------------------------------------------------------------------------- */

static enum rc read_place(CURLU *u, const char *url, struct arena *a, struct cloud_place *ret)
{
	char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL;
	enum rc rc = RC_INVALID;
	if (curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
		curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
		curl_url_get(u, CURLUPART_PATH, &path, 0) == CURLUE_OK) {
		bool has_port =
			curl_url_get(u, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT) == CURLUE_OK;
		ret->host = has_port ? arena_printf(a, "%s:%s", host, port) : arena_strdup(a, host);
		ret->base = arena_printf(a, "%s://%s", scheme, ret->host);
		ret->path = arena_strdup(a, path[0] ? path : "/");
		rc = RC_OK;
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(path);
	return rc;
}

enum rc cloud_place(const char *url, struct arena *a, struct cloud_place *ret, struct diag *d)
{
	CURLU *u = curl_url();
	enum rc rc = read_place(u, url, a, ret);
	char shown[200];
	curl_url_cleanup(u);
	text_show_url(url, shown, sizeof shown);
	return rc ? diag_set(d, rc, N_("\"%s\" is not a URL"), shown) : RC_OK;
}

const char *cloud_utc(struct instant at, struct arena *a)
{
	char day[DATE_TEXT_SIZE];
	int s = (int)(at.s % DAY_S);
	return arena_printf(a, "%sT%02d:%02d:%02dZ",
		date_format((struct date){(int32_t)(at.s / DAY_S)}, day), s / 3600, s / 60 % 60,
		s % 60);
}

const char *cloud_china_day(struct instant at, struct arena *a)
{
	int year, month, day;
	date_to_ymd((struct date){(int32_t)((at.s + CHINA_S) / DAY_S)}, &year, &month, &day);
	return arena_printf(a, "%04d%02d%02d", year, month, day);
}

const char *cloud_local_number(const char *e164)
{
	return text_has_prefix(e164, "+86") ? e164 + 3 : e164 + 1;
}

enum rc cloud_nonce(struct arena *a, const char **ret, struct diag *d)
{
	unsigned char bytes[16];
	char text[2 * sizeof bytes + 1];
	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return diag_set(d, RC_IO, N_("OpenSSL gives no random numbers"));
	digest_hex(bytes, sizeof bytes, text);
	*ret = arena_strdup(a, text);
	return RC_OK;
}

void cloud_text(const json_t *json, const char *pointer, char *ret, size_t size)
{
	struct outcome line;
	char raw[OUTCOME_REASON_MAX];
	json_pointer_text(json, pointer, raw, sizeof raw);
	ret[0] = '\0';
	if (!raw[0])
		return;
	outcome_set_reason(&line, "%s", raw);
	size_t n =
		text_cut(line.reason, strlen(line.reason) < size ? strlen(line.reason) : size - 1);
	memcpy(ret, line.reason, n);
	ret[n] = '\0';
}

void cloud_merge(const struct receipt *r, struct receipt *ret)
{
	static const int weight[] = {[RECEIPT_NONE] = 0,
		[RECEIPT_NOT_TAKEN] = 1,
		[RECEIPT_UNDELIVERED] = 2,
		[RECEIPT_WAITING] = 3,
		[RECEIPT_DELIVERED] = 4};
	if (weight[r->class] > weight[ret->class])
		*ret = *r;
}
