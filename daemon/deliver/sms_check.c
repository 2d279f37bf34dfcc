#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>
#include <jansson.h>

#include "address.h"
#include "sign_mas.h"
#include "sms_classify.h"
#include "sms_cloud.h"
#include "sms_template.h"
#include "text.h"

/* A text as nasty as one can be that passed text_check. */
static const struct sms_values nasty = {{
	[SMS_TO] = "+861000000001",
	[SMS_TO_DIGITS] = "861000000001",
	[SMS_TO_LOCAL] = "1000000001",
	[SMS_TEXT] = "\"quote\" \\back\\ \n\t <b>&'x' 截止",
	[SMS_BARE_TEXT] = "\"quote\" \\back\\ \n\t <b>&'x' 截止",
	[SMS_SIGN] = "a\"b\\",
	[SMS_FROM] = "\"1\\",
	[SMS_REF] = "a:b-c",
	[SMS_USER] = "\"u\\",
	[SMS_SECRET] = "\"p\\",
}};

struct checker {
	struct diags *ds;
	struct source src;
};

static void add(const struct checker *c, struct diag *d)
{
	d->severity = SEV_ERROR;
	diag_at(d, c->src.file ? c->src.file : "", c->src.line);
	diags_add(c->ds, d);
}

#define FAULT(c, ...)                                                                              \
	do {                                                                                       \
		struct diag fault_ = DIAG_INIT;                                                    \
		(void)diag_set(&fault_, RC_INVALID, __VA_ARGS__);                                  \
		add((c), &fault_);                                                                 \
	} while (0)

/* True if it renders; the result stays in out. */
static bool check_render(
	const struct checker *c, const char *template, enum sms_escape escape, struct buf *out)
{
	struct diag d = DIAG_INIT;
	buf_clear(out);
	if (sms_render(template, escape, &nasty, out, &d) == RC_OK)
		return true;
	add(c, &d);
	return false;
}

/* Only values of the query may vary: neither host nor path nor a parameter's name. */
static bool placeholders_are_in_values(const char *url)
{
	const char *query = strchr(url, '?');
	for (const char *p = url; (p = strstr(p, "{{")); p += 2) {
		if (!query || p < query)
			return false;
		const char *equals = NULL;
		for (const char *q = query; q < p; q++) {
			if (*q == '=')
				equals = q;
			else if (*q == '&')
				equals = NULL;
		}
		if (!equals)
			return false;
	}
	return true;
}

static void check_scheme(const struct checker *c, const struct sms_settings *s, const char *url)
{
	char *scheme = NULL, *host = NULL, *user = NULL, *fragment = NULL, shown[200];
	CURLU *u = curl_url();
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
		curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
		curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
		text_show_url(s->url, shown, sizeof shown);
		FAULT(c, N_("\"%s\" is not a URL"), shown);
		goto out;
	}
	if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		FAULT(c, N_("the gateway's URL begins with %s, not with https"), scheme);
	else if (strcmp(scheme, "http") == 0 && !s->allow_http && !host_is_loopback(host))
		FAULT(c, N_("the gateway's URL is not encrypted (https), and allow_http is not "
			    "set"));
	if (curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK ||
		curl_url_get(u, CURLUPART_FRAGMENT, &fragment, 0) == CURLUE_OK)
		FAULT(c, N_("the gateway's URL holds a user or a #fragment"));
out:
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_free(fragment);
	curl_url_cleanup(u);
}

static void check_url(const struct checker *c, const struct sms_settings *s, struct buf *out)
{
	if (!s->url || !*s->url) {
		FAULT(c, N_("the SMS gateway has no URL"));
		return;
	}
	if (text_check(s->url, strlen(s->url), false, NULL) != TEXT_OK || strchr(s->url, ' ')) {
		FAULT(c, N_("the gateway's URL holds a blank or a control character"));
		return;
	}
	if (!placeholders_are_in_values(s->url))
		FAULT(c, N_("the gateway's URL may hold {{...}} only in the values of its query"));
	if (check_render(c, s->url, SMS_URL, out))
		check_scheme(c, s, out->data);
}

static bool is_token(const char *s)
{
	return *s &&
	       s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")] ==
		       '\0';
}

static void check_header(struct diags *ds, const struct pair *h, struct buf *out)
{
	const struct checker c = {ds, h->src};
	static const char *const ours[] = {"content-length", "transfer-encoding", "connection",
		"expect", "host", "accept-encoding"};
	if (!is_token(h->name)) {
		FAULT(&c, N_("\"%s\" is not a header name"), h->name);
		return;
	}
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
		if (strcasecmp(h->name, ours[i]) == 0)
			FAULT(&c, N_("the header %s is not yours to set"), h->name);
	}
	if (text_check(h->value, strlen(h->value), false, NULL) != TEXT_OK)
		FAULT(&c, N_("the header %s holds a control character"), h->name);
	if (sms_template_uses(h->value, SMS_TEXT) || sms_template_uses(h->value, SMS_BARE_TEXT) ||
		sms_template_uses(h->value, SMS_SIGN))
		FAULT(&c, N_("the header %s cannot hold the text"), h->name);
	check_render(&c, h->value, SMS_RAW, out);
}

static void check_body(const struct checker *c, const struct sms_settings *s, struct buf *out)
{
	enum sms_escape escape = sms_escape_of(s->content_type);
	if (s->body && s->n_fields)
		FAULT(c, N_("the SMS gateway has both a body and fields"));
	if (s->body && check_render(c, s->body, escape, out) && escape == SMS_JSON) {
		json_error_t e;
		json_t *json = json_loadb(out->data, out->len, JSON_DECODE_ANY, &e);
		if (!json)
			FAULT(c, N_("the body is not JSON once a text with quotes is put in: %s"),
				e.text);
		json_decref(json);
	}
	for (size_t i = 0; i < s->n_fields; i++) {
		const struct checker f = {c->ds, s->field[i].src};
		check_render(&f, s->field[i].value, SMS_RAW, out);
	}
}

static bool some_part_uses(const struct sms_settings *s, enum sms_name name)
{
	bool used = sms_template_uses(s->url, name) || sms_template_uses(s->body, name);
	for (size_t i = 0; i < s->n_fields; i++)
		used = used || sms_template_uses(s->field[i].value, name);
	for (size_t i = 0; i < s->n_headers; i++)
		used = used || sms_template_uses(s->header[i].value, name);
	return used;
}

static void check_use(const struct checker *c, const struct sms_settings *s)
{
	if (!some_part_uses(s, SMS_TEXT) && !some_part_uses(s, SMS_BARE_TEXT))
		FAULT(c, N_("neither {{text}} nor {{bare_text}} is used: the SMS would be empty"));
	if (!some_part_uses(s, SMS_TO) && !some_part_uses(s, SMS_TO_DIGITS) &&
		!some_part_uses(s, SMS_TO_LOCAL))
		FAULT(c, N_("none of {{to}}, {{to_digits}}, {{to_local}} is used"));
	if (some_part_uses(s, SMS_SECRET) && !s->password_credential)
		FAULT(c, N_("{{secret}} is used, but no password is set"));
}

static void check_method(const struct checker *c, const struct sms_settings *s)
{
	static const char *const known[] = {"GET", "POST", "PUT"};
	bool ok = !s->method;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		ok = ok || text_equal(s->method, known[i]);
	if (!ok)
		FAULT(c, N_("\"%s\" is not one of the methods GET, POST and PUT"), s->method);
	if (text_equal(s->method, "GET") && (s->body || s->n_fields))
		FAULT(c, N_("a GET request has no body"));
	if (s->content_type && text_check(s->content_type, strlen(s->content_type), false, NULL))
		FAULT(c, N_("the content type holds a control character"));
}

static void check_rules(const struct checker *c, const struct sms_settings *s)
{
	regex_t re;
	if (s->success_status && !sms_status_list_is_valid(s->success_status))
		FAULT(c, N_("\"%s\" is not a list of HTTP statuses"), s->success_status);
	if (s->success_pointer && s->success_pointer[0] != '/')
		FAULT(c, N_("\"%s\" is not a JSON pointer"), s->success_pointer);
	if (s->id_pointer && s->id_pointer[0] != '/')
		FAULT(c, N_("\"%s\" is not a JSON pointer"), s->id_pointer);
	if (s->success_pointer && !s->n_success_values)
		FAULT(c, N_("a success pointer needs success values"));
	if (!s->success_pointer &&
		(s->n_success_values || s->n_temporary_values || s->n_permanent_values))
		FAULT(c, N_("success, temporary and permanent values need a success pointer"));
	if (!s->success_regex)
		return;
	if (regcomp(&re, s->success_regex, REG_EXTENDED | REG_NOSUB))
		FAULT(c, N_("\"%s\" is not a regular expression"), s->success_regex);
	else
		regfree(&re);
}

/* ---- clouds ------------------------------------------------------------------------------------- */

enum { ALIYUN = 1, TENCENT = 2, MAS = 4, MAS_TEMPLATE = 8, ALL = 15 };

static unsigned bit_of(enum transport_kind kind)
{
	return kind == TRANSPORT_ALIYUN    ? ALIYUN
	       : kind == TRANSPORT_TENCENT ? TENCENT
	       : kind == TRANSPORT_MAS     ? MAS
					   : MAS_TEMPLATE;
}

/* What a driver takes for granted. */
static void check_needs(const struct checker *c, const struct sms_settings *s)
{
	const struct {
		unsigned kinds;
		const char *name, *value;
	} NEED[] = {
		{ALL, "user", s->user},
		{ALL, "password_credential", s->password_credential},
		{ALIYUN | TENCENT, "sign", s->sign},
		{ALIYUN | TENCENT | MAS_TEMPLATE, "template", s->template_code},
		{TENCENT, "app_id", s->app_id},
		{TENCENT, "region", s->region},
		{MAS | MAS_TEMPLATE, "enterprise", s->enterprise},
		{MAS | MAS_TEMPLATE, "sign_code", s->sign_code},
	};
	for (size_t i = 0; i < sizeof NEED / sizeof *NEED; i++)
		if ((NEED[i].kinds & bit_of(s->kind)) && (!NEED[i].value || !*NEED[i].value))
			FAULT(c, N_("this gateway needs %s"), NEED[i].name);
}

static void check_md5(const struct checker *c)
{
	static const struct mas_request any = {.content = "x"};
	struct diag d = DIAG_INIT;
	char mac[MAS_MAC_SIZE];
	if (mas_mac(&any, mac, &d))
		add(c, &d);
}

static void check_cloud(const struct checker *c, const struct sms_settings *s, struct buf *out)
{
	check_url(c, s, out);
	if (s->url && strchr(s->url, '?'))
		FAULT(c, N_("the gateway's URL has a query, which this transport writes itself"));
	check_needs(c, s);
	if (bit_of(s->kind) & (MAS | MAS_TEMPLATE))
		check_md5(c);
}

void sms_template_check(const struct sms_settings *s, struct diags *ds)
{
	const struct checker c = {ds, s->src};
	struct buf out;
	bool cloud = cloud_of(s->kind) != NULL;
	if (s->kind != TRANSPORT_HTTP && s->kind != TRANSPORT_KANNEL && !cloud)
		return;
	buf_init(&out, 256 * 1024);
	if (cloud) {
		check_cloud(&c, s, &out);
		buf_done(&out);
		return;
	}
	check_url(&c, s, &out);
	for (size_t i = 0; i < s->n_headers; i++)
		check_header(ds, &s->header[i], &out);
	if (s->idempotency_header && !is_token(s->idempotency_header))
		FAULT(&c, N_("\"%s\" is not a header name"), s->idempotency_header);
	if (s->kind == TRANSPORT_HTTP) {
		check_method(&c, s);
		check_body(&c, s, &out);
		check_use(&c, s);
		check_rules(&c, s);
	} else if (!s->user || !s->password_credential) {
		FAULT(&c, N_("Kannel needs a user and a password"));
	}
	buf_done(&out);
}
