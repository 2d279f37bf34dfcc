/* Signers, encodings and counts against tests/unit/deliver/sms_vectors.json, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <jansson.h>

#include "percent.h"
#include "sign_acs3.h"
#include "sign_mas.h"
#include "sign_tc3.h"
#include "sms.h"
#include "sms_cloud.h"
#include "sms_text.h"

#define VECTORS "tests/unit/deliver/sms_vectors.json"

enum { PARAMETERS_MAX = 20 };

static json_t *root;

static int load(void **state)
{
	json_error_t e;
	(void)state;
	root = json_load_file(VECTORS, JSON_ALLOW_NUL, &e);
	if (!root)
		print_error("%s: %s\n", VECTORS, e.text);
	return root ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	json_decref(root);
	return 0;
}

static const char *str(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static const json_t *vector(const char *id)
{
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(root, "vectors"), i, v)
	{
		if (strcmp(str(v, "id"), id) == 0)
			return v;
	}
	fail_msg("no vector %s", id);
	return NULL;
}

/* How many vectors of a kind were tested: none must be passed over. */
static size_t each(const char *kind, void (*test)(const json_t *v, const json_t *in))
{
	size_t i, n = 0;
	json_t *v;
	json_array_foreach(json_object_get(root, "vectors"), i, v)
	{
		if (strcmp(str(v, "kind"), kind) != 0)
			continue;
		test(v, json_object_get(v, "input"));
		n++;
	}
	return n;
}

static void same(const json_t *v, const char *key, const char *got)
{
	if (!got || strcmp(str(v, key), got) != 0)
		fail_msg("%s: %s:\n%s\nwant:\n%s", str(v, "id"), key, got ? got : "(null)",
			str(v, key));
}

static void percent(void **state)
{
	(void)state;
	size_t i;
	json_t *c;
	json_array_foreach(json_object_get(vector("rfc3986-percent-encoding"), "cases"), i, c)
	{
		struct buf out;
		char query[100], back[40];
		buf_init(&out, 100);
		percent_add(&out, str(c, "in"));
		assert_string_equal(out.data, str(c, "out"));
		snprintf(query, sizeof query, "a=1&x=%s&y=2", out.data);
		assert_true(percent_get(query, "x", back, sizeof back));
		assert_string_equal(back, str(c, "in"));
		buf_done(&out);
	}
	assert_int_equal(i, 21);
}

static void acs3_one(const json_t *v, const json_t *in)
{
	struct arena a = ARENA_INIT;
	struct acs3_parameter p[PARAMETERS_MAX];
	struct acs3_signed s;
	struct buf query;
	const char *name;
	json_t *value;
	size_t n = 0;
	json_object_foreach(json_object_get(in, "query"), name, value) p[n++] =
		(struct acs3_parameter){name, json_string_value(value)};
	buf_init(&query, 8192);
	buf_puts(&query, "");
	acs3_query(p, n, &query);
	acs3_sign(&(struct acs3_request){.method = str(in, "method"),
			  .path = str(in, "path"),
			  .host = str(in, "host"),
			  .query = query.data ? query.data : "",
			  .action = str(in, "action"),
			  .version = str(in, "version"),
			  .date = str(in, "date"),
			  .nonce = str(in, "nonce"),
			  .content_type = str(in, "content_type"),
			  .body = str(in, "body"),
			  .body_len = strlen(str(in, "body")),
			  .key_id = str(in, "access_key_id"),
			  .secret = str(in, "access_key_secret")},
		&a, &s);
	same(v, "canonical_query", query.data ? query.data : "");
	same(v, "hashed_payload", s.payload_hash);
	same(v, "canonical_headers", s.canonical_headers);
	same(v, "signed_headers", s.signed_headers);
	same(v, "canonical_request", s.canonical_request);
	same(v, "string_to_sign", s.string_to_sign);
	same(v, "signature", s.signature);
	same(v, "authorization", s.authorization);
	buf_done(&query);
	arena_done(&a);
}

static void acs3(void **state)
{
	(void)state;
	assert_int_equal(each("ACS3-HMAC-SHA256", acs3_one), 4);
}

static void same_key(const json_t *v, const char *key, const unsigned char *bytes)
{
	char hex[DIGEST_HEX];
	digest_hex(bytes, DIGEST_BYTES, hex);
	same(v, key, hex);
}

/* Which headers are signed, the vector's own list says. */
static void tc3_one(const json_t *v, const json_t *in)
{
	struct arena a = ARENA_INIT;
	struct tc3_signed s;
	const char *query = str(in, "canonical_query");
	bool action = strstr(str(v, "signed_headers"), "x-tc-action") != NULL;
	tc3_sign(&(struct tc3_request){.method = str(in, "method"),
			 .path = "/",
			 .query = query ? query : "",
			 .host = str(in, "host"),
			 .content_type = str(in, "content_type"),
			 .action = action ? str(in, "action") : NULL,
			 .service = str(in, "service"),
			 .timestamp = json_integer_value(json_object_get(in, "timestamp")),
			 .body = str(in, "body"),
			 .body_len = strlen(str(in, "body")),
			 .secret_id = str(in, "secret_id"),
			 .secret_key = str(in, "secret_key")},
		&a, &s);
	same(v, "date_utc", s.date);
	same(v, "hashed_payload", s.payload_hash);
	same(v, "canonical_headers", s.canonical_headers);
	same(v, "signed_headers", s.signed_headers);
	same(v, "canonical_request", s.canonical_request);
	same(v, "credential_scope", s.scope);
	same(v, "string_to_sign", s.string_to_sign);
	same_key(v, "secret_date_hex", s.key[0]);
	same_key(v, "secret_service_hex", s.key[1]);
	same_key(v, "secret_signing_hex", s.key[2]);
	same(v, "signature", s.signature);
	same(v, "authorization", s.authorization);
	arena_done(&a);
}

static void tc3(void **state)
{
	(void)state;
	assert_int_equal(each("TC3-HMAC-SHA256", tc3_one), 6);
}

static void mas_one(const json_t *v, const json_t *in)
{
	const char *template = str(in, "templateId");
	struct mas_request r = {.enterprise = str(in, "ecName"),
		.ap_id = str(in, "apId"),
		.secret = str(in, "secretKey"),
		.template_code = template,
		.mobiles = str(in, "mobiles"),
		.content = str(in, template ? "params" : "content"),
		.sign_code = str(in, "sign"),
		.add_serial = str(in, "addSerial")};
	struct buf input, json, base64;
	struct diag d = DIAG_INIT;
	char mac[MAS_MAC_SIZE];
	buf_init(&input, 8192);
	buf_init(&json, 8192);
	buf_init(&base64, 8192);
	mas_mac_input(&r, &input);
	assert_int_equal(mas_mac(&r, mac, &d), RC_OK);
	assert_int_equal(mas_document(&r, &json, &base64, &d), RC_OK);
	same(v, "mac_input", input.data);
	same(v, "mac", mac);
	same(v, "json_body", json.data);
	same(v, "http_body_base64", base64.data);
	buf_done(&input);
	buf_done(&json);
	buf_done(&base64);
}

static void mas(void **state)
{
	(void)state;
	assert_int_equal(each("China Mobile cloud MAS mac", mas_one), 4);
}

static void segments(void **state)
{
	(void)state;
	size_t i;
	json_t *c;
	json_array_foreach(json_object_get(vector("sms-segments"), "cases"), i, c)
	{
		struct sms_size size = sms_measure(str(c, "full"));
		bool gsm7 = strcmp(str(c, "encoding"), "GSM-7") == 0;
		if (!*str(c, "full"))
			continue; /* an SMS without a text is none */
		if (size.gsm7 != gsm7 ||
			(json_int_t)size.units != json_integer_value(json_object_get(c, "units")) ||
			(json_int_t)size.segments !=
				json_integer_value(json_object_get(c, "segments")))
			fail_msg("case %zu \"%.30s\": gsm7 %d, %zu units, %zu segments", i,
				str(c, "full"), size.gsm7, size.units, size.segments);
	}
	assert_true(i > 20);
}

/* Vendors' words through the generic driver. */
static void render(
	const char *template, enum sms_escape escape, const struct sms_values *v, const char *want)
{
	struct buf out;
	struct diag d = DIAG_INIT;
	buf_init(&out, 8192);
	assert_int_equal(sms_render(template, escape, v, &out, &d), RC_OK);
	assert_string_equal(out.data, want);
	buf_done(&out);
}

static void escapes(void **state)
{
	(void)state;
	const json_t *v = vector("generic-template-escapes");
	const struct sms_values values = {{[SMS_TEXT] = str(v, "input")}};
	render("{{text}}", SMS_JSON, &values, str(v, "json_string_content"));
	render("{{text}}", SMS_URL, &values, str(v, "form_or_url_component"));
	render("{{text}}", SMS_XML, &values, str(v, "xml_text_or_attr"));
	render("{{text|json}}", SMS_RAW, &values, str(v, "json_string_content"));
}

static void twilio(void **state)
{
	(void)state;
	const json_t *v = vector("twilio-messages-form"), *in = json_object_get(v, "input");
	const json_t *fields = json_object_get(in, "fields");
	static const struct pair field[] = {{.name = "To", .value = "{{to}}"},
		{.name = "From", .value = "{{from}}"}, {.name = "Body", .value = "{{text}}"}};
	struct sms_settings s = {.kind = TRANSPORT_HTTP,
		.url = str(v, "url"),
		.content_type = "application/x-www-form-urlencoded",
		.field = field,
		.n_fields = 3,
		.user = str(in, "account_sid"),
		.password_credential = "twilio"};
	const struct sms_values values = {{[SMS_TO] = str(fields, "To"),
		[SMS_FROM] = str(fields, "From"),
		[SMS_TEXT] = str(fields, "Body"),
		[SMS_USER] = s.user}};
	struct sms_request req = {0};
	struct diag d = DIAG_INIT;
	buf_init(&req.url, 1024);
	buf_init(&req.body, 1024);
	assert_int_equal(sms_http_build(&s, &values, &req, &d), RC_OK);
	assert_string_equal(req.method, "POST");
	same(v, "url", req.url.data);
	same(v, "body", req.body.data);
	assert_string_equal(req.basic_user, s.user);
	buf_done(&req.url);
	buf_done(&req.body);
	curl_slist_free_all(req.headers);
}

/* Our driver posts; the documented GET goes through the generic one. */
static void kannel_get(void **state)
{
	(void)state;
	const json_t *v = vector("kannel-get-zh"), *in = json_object_get(v, "input");
	static const char template[] =
		"http://127.0.0.1:13013/cgi-bin/sendsms?username={{user}}&password={{secret}}"
		"&to={{to_local}}&charset=UTF-8&coding=2&text={{text}}&dlr-mask=31&dlr-url={{ref}}";
	const struct sms_values values = {{[SMS_USER] = str(in, "username"),
		[SMS_SECRET] = str(in, "password"),
		[SMS_TO_LOCAL] = str(in, "to"),
		[SMS_TEXT] = str(in, "text"),
		[SMS_REF] = str(in, "dlr-url")}};
	render(template, SMS_URL, &values, str(v, "url"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent),
		cmocka_unit_test(acs3),
		cmocka_unit_test(tc3),
		cmocka_unit_test(mas),
		cmocka_unit_test(segments),
		cmocka_unit_test(escapes),
		cmocka_unit_test(twilio),
		cmocka_unit_test(kannel_get),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
