/* Where SMS go, and what a gateway's answers mean. */
#include <stddef.h>
#include <string.h>

#include <regex.h>

#include "text.h"
#include "conf_field.h"
#include "conf_guard.h"
#include "conf_sms_cloud.h"
#include "conf_template.h"
#include "conf_value.h"
#include "conf_variables.h"

enum { PAIRS_MAX = 40, BODY_MAX = 4000, VALUES_MAX = 100 };

enum {
	KIND_SPOOL,
	KIND_HTTP,
	KIND_KANNEL,
	KIND_ALIYUN,
	KIND_TENCENT,
	KIND_MAS,
	KIND_MAS_TEMPLATE
};
static const char *const TRANSPORT[] = {
	"spool", "http", "kannel", "aliyun", "tencent", "mas", "mas-template", NULL};
static const enum transport_kind KIND[] = {TRANSPORT_SPOOL, TRANSPORT_HTTP, TRANSPORT_KANNEL,
	TRANSPORT_ALIYUN, TRANSPORT_TENCENT, TRANSPORT_MAS, TRANSPORT_MAS_TEMPLATE};
static const char *const METHOD[] = {"POST", "GET", "PUT", NULL};

struct settings {
	struct sms_settings sms;
	int transport, method, window_s;
};
#define SMS(name, kind, member, ...) FIELD(name, kind, struct settings, sms.member, __VA_ARGS__)
#define HTTP_ONLY .only = BIT(KIND_SPOOL) | BIT(KIND_HTTP)
#define TENCENT_ONLY .only = BIT(KIND_SPOOL) | BIT(KIND_TENCENT)
#define MAS_ONLY .only = BIT(KIND_SPOOL) | BIT(KIND_MAS) | BIT(KIND_MAS_TEMPLATE)
#define TEMPLATE_ONLY                                                                              \
	.only = BIT(KIND_SPOOL) | BIT(KIND_ALIYUN) | BIT(KIND_TENCENT) | BIT(KIND_MAS_TEMPLATE)
#define NOT_HTTP .only = ~BIT(KIND_HTTP)

/* `only` counts in the KINDs above.  A spool may keep the settings of the gateway. */
static const struct field SMS_FIELD[] = {
	FIELD("transport", CHOICE, struct settings, transport, .choice = TRANSPORT),
	SMS("url", TEXT, url, .fallback_text = ""),
	FIELD("method", CHOICE, struct settings, method, .choice = METHOD, HTTP_ONLY),
	SMS("content_type", TEXT, content_type, .max = 120, HTTP_ONLY),
	FIELD_ELSEWHERE("headers", LIST, HTTP_ONLY),
	SMS("body", LONG_TEXT, body, .max = BODY_MAX, HTTP_ONLY),
	FIELD_ELSEWHERE("fields", LIST, HTTP_ONLY),
	FIELD_ELSEWHERE("variables", LIST),
	SMS("user", TEXT, user, .max = 200),
	SMS("password_credential", TEXT, password_credential, .max = 200),
	FIELD_ELSEWHERE("password", REFUSED,
		.hint = N_("put it into a file of its own and name that in password_credential")),
	SMS("from", TEXT, from, .max = 40),
	SMS("template", TEXT, template_code, .max = 64, TEMPLATE_ONLY),
	SMS("region", TEXT, region, .fallback_text = "ap-guangzhou", .max = 40, TENCENT_ONLY),
	SMS("app_id", TEXT, app_id, .max = 40, TENCENT_ONLY),
	SMS("enterprise", TEXT, enterprise, .max = 200, MAS_ONLY),
	SMS("sign_code", TEXT, sign_code, .max = 60, MAS_ONLY),
	SMS("add_serial", TEXT, add_serial, .fallback_text = "", .max = 20, MAS_ONLY),
	SMS("sign", TEXT, sign, .max = 60),
	FIELD_ELSEWHERE("success", GROUP, HTTP_ONLY),
	FIELD_ELSEWHERE("limits", GROUP),
	SMS("temporary_values", TEXTS, temporary_values,
		.count = offsetof(struct settings, sms.n_temporary_values), .max = VALUES_MAX,
		HTTP_ONLY),
	SMS("permanent_values", TEXTS, permanent_values,
		.count = offsetof(struct settings, sms.n_permanent_values), .max = VALUES_MAX,
		HTTP_ONLY),
	SMS("id_pointer", TEXT, id_pointer, .max = 200, HTTP_ONLY),
	SMS("idempotency_header", TEXT, idempotency_header, .max = 100, HTTP_ONLY),
	FIELD("idempotency_window", INT, struct settings, window_s, .min = 60, .max = 7 * 86400,
		HTTP_ONLY),
	SMS("max_units", INT, max_units, .fallback = 134, .min = 60, .max = 670),
	SMS("allow_prefixes", TEXTS, allow_prefix,
		.count = offsetof(struct settings, sms.n_allow_prefix)),
	SMS("receipts", BOOL, receipts, .fallback = true, NOT_HTTP),
	SMS("receipt_url", TEXT, receipt_url, .max = 200),
	SMS("ca_file", TEXT, ca_file),
	SMS("allow_http", BOOL, allow_http),
};

static const struct field SUCCESS_FIELD[] = {
	SMS("status", TEXT, success_status, .fallback_text = "200-299", .max = 100),
	SMS("pointer", TEXT, success_pointer, .max = 200),
	SMS("values", TEXTS, success_values,
		.count = offsetof(struct settings, sms.n_success_values), .max = VALUES_MAX),
	SMS("regex", TEXT, success_regex, .max = 200),
};

static const struct field PAIR_FIELD[] = {
	FIELD("name", TEXT, struct pair, name, .required = true, .max = 100),
	FIELD("value", TEXT, struct pair, value, .required = true),
};

struct pairs {
	VEC(struct pair) item;
};

static void read_pair(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct pairs *all = obj;
	struct pair p = {.src = conf_here(st, group)};
	field_read(st, group, FIELDS(PAIR_FIELD), &p);
	VEC_PUSH(st->a, &all->item, p);
}

static size_t read_pairs(
	struct conf_state *st, config_setting_t *group, const char *name, const struct pair **ret)
{
	struct pairs all = {0};
	conf_each_in(st, config_setting_get_member(group, name), PAIRS_MAX, read_pair, &all);
	*ret = all.item.item;
	return all.item.n;
}

/* ---- what an answer means ---------------------------------------------------------------------- */

/* "200,202-204": ranges of three digits. */
static bool is_status_list(const char *s)
{
	for (;;) {
		size_t n = strspn(s, "0123456789");
		if (n != 3)
			return false;
		s += n;
		if (*s == '-') {
			if (strspn(s + 1, "0123456789") != 3 || strncmp(s - 3, s + 1, 3) > 0)
				return false;
			s += 4;
		}
		if (!*s)
			return true;
		if (*s != ',')
			return false;
		s += 1 + strspn(s + 1, " ");
	}
}

/* RFC 6901 section 3. */
static bool is_pointer(const char *s)
{
	if (*s && *s != '/')
		return false;
	for (; *s; s++)
		if (*s == '~' && s[1] != '0' && s[1] != '1')
			return false;
	return true;
}

static void check_pointer(
	struct conf_state *st, const struct sms_settings *s, const char *name, const char *pointer)
{
	if (pointer && !is_pointer(pointer))
		conf_error(st, s->src, N_("RFC 6901: \"/data/0/code\""),
			N_("%s is \"%s\", which is not a JSON pointer"), name, pointer);
}

static void check_regex(struct conf_state *st, const struct sms_settings *s)
{
	regex_t re;
	char why[120];
	if (!s->success_regex)
		return;
	int err = regcomp(&re, s->success_regex, REG_EXTENDED | REG_NOSUB);
	if (err) {
		regerror(err, &re, why, sizeof why);
		conf_error(st, s->src, NULL, N_("regex is not an extended regular expression: %s"),
			why);
	} else {
		regfree(&re);
	}
}

static void check_success(struct conf_state *st, const struct sms_settings *s)
{
	if (!is_status_list(s->success_status))
		conf_error(st, s->src, N_("for example \"200-299\" or \"200,202\""),
			N_("status is \"%s\", which is not a list of HTTP codes"),
			s->success_status);
	check_pointer(st, s, "pointer", s->success_pointer);
	check_pointer(st, s, "id_pointer", s->id_pointer);
	check_regex(st, s);
	bool values = s->n_success_values || s->n_temporary_values || s->n_permanent_values;
	if (values && !s->success_pointer)
		conf_error(st, s->src, NULL, N_("values need pointer, to say where they stand"));
	if (s->success_pointer && !s->n_success_values)
		conf_error(st, s->src, NULL, N_("pointer needs values, to say what means success"));
	if (s->kind == TRANSPORT_HTTP && !s->success_pointer && !s->success_regex)
		conf_warn(st, s->src,
			N_("many gateways answer 200 to what they refuse; add pointer and values, "
			   "or regex"),
			N_("success of an SMS is judged by the HTTP code alone"));
}

/* ---- what is sent ------------------------------------------------------------------------------ */

/* RFC 9110 section 5.6.2. */
static bool is_token(const char *s)
{
	return s[0] && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				 "!#$%&'*+-.^_`|~") == strlen(s);
}

static void check_requests(struct conf_state *st, const struct sms_settings *s)
{
	unsigned used = 0;
	template_check_url(st, s, &used);
	for (size_t i = 0; i < s->n_headers; i++) {
		const struct pair *h = &s->header[i];
		if (!is_token(h->name))
			conf_error(st, h->src, NULL, N_("\"%s\" is not the name of a header"),
				h->name);
		template_check(st, h->src, s, h->value, &used);
	}
	for (size_t i = 0; i < s->n_fields; i++)
		template_check(st, s->field[i].src, s, s->field[i].value, &used);
	if (s->body)
		template_check(st, s->src, s, s->body, &used);
	if (s->body && s->n_fields)
		conf_error(st, s->src, NULL, N_("body and fields do not go together"));
	if (strcmp(s->method, "GET") == 0 && (s->body || s->n_fields))
		conf_error(st, s->src, NULL, N_("method \"GET\" has neither body nor fields"));
	if (s->idempotency_header && !is_token(s->idempotency_header))
		conf_error(st, s->src, NULL, N_("\"%s\" is not the name of a header"),
			s->idempotency_header);
	if (s->kind == TRANSPORT_HTTP)
		template_check_used(st, s, used);
}

static bool is_prefix(const char *s)
{
	return s[0] == '+' && strspn(s + 1, "0123456789") == strlen(s + 1);
}

static void check_credentials(struct conf_state *st, const struct sms_settings *s)
{
	if (s->user && !s->password_credential)
		conf_error(st, s->src, NULL, N_("user needs password_credential"));
	if (s->kind == TRANSPORT_KANNEL && !s->user)
		conf_error(st, s->src, NULL, N_("transport \"kannel\" needs user"));
	if (s->idempotency_header && !s->idempotency_window_s)
		conf_error(st, s->src, N_("seconds, as the gateway documents it"),
			N_("idempotency_header needs idempotency_window"));
	for (size_t i = 0; i < s->n_allow_prefix; i++)
		if (!is_prefix(s->allow_prefix[i]))
			conf_error(st, s->src, N_("for example [ \"+86\" ]"),
				N_("allow_prefixes has \"%s\", which is not + and digits"),
				s->allow_prefix[i]);
	if (s->sign && strpbrk(s->sign, "\r\n"))
		conf_error(st, s->src, NULL, N_("sign is one line"));
	if (s->sign && (strstr(s->sign, "【") || strstr(s->sign, "】")))
		conf_error(st, s->src, NULL, N_("sign is written without its brackets 【】"));
}

void conf_read_sms(struct conf_state *st)
{
	struct settings s = {0};
	struct sms_settings *sms = &s.sms;
	config_setting_t *group = conf_top(st, "sms");
	if (group && !config_setting_is_group(group))
		group = NULL;
	field_default(FIELDS(SMS_FIELD), &s);
	field_default(FIELDS(SUCCESS_FIELD), &s);
	sms->src = group ? conf_here(st, group) : st->c->src;
	if (group) {
		config_setting_t *success = config_setting_get_member(group, "success");
		field_apply(st, group, FIELDS(SMS_FIELD), &s);
		if (success && config_setting_is_group(success))
			field_apply(st, success, FIELDS(SUCCESS_FIELD), &s);
		field_check_only(st, group, FIELDS(SMS_FIELD), s.transport,
			N_("%s does not go together with transport = \"%s\""),
			TRANSPORT[s.transport]);
		sms->n_headers = read_pairs(st, group, "headers", &sms->header);
		sms->n_fields = read_pairs(st, group, "fields", &sms->field);
	}
	sms->kind = KIND[s.transport];
	cloud_default(sms);
	conf_read_guard(
		st, group, sms->kind == TRANSPORT_SPOOL ? &GUARD_NONE : &GUARD_SMS, &sms->guard);
	if (group)
		conf_read_variables(st, group, sms);
	sms->method = METHOD[s.method];
	sms->idempotency_window_s = s.window_s;
	if (!sms->content_type)
		sms->content_type =
			sms->n_fields ? "application/x-www-form-urlencoded" : "application/json";
	check_credentials(st, sms);
	if (sms->kind != TRANSPORT_SPOOL && !sms->url[0]) {
		conf_error(st, sms->src, NULL, N_("transport \"%s\" needs url"),
			TRANSPORT[s.transport]);
	} else if (cloud_is(sms->kind)) {
		cloud_check(st, sms, TRANSPORT[s.transport]);
	} else if (sms->url[0]) {
		check_success(st, sms);
		check_requests(st, sms);
	}
	st->c->sms = *sms;
}
