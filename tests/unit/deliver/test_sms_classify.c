/* sms_classify, json_pointer: what a gateway's answer means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "json_pointer.h"
#include "sms_classify.h"

enum { S = OUTCOME_SENT, R = OUTCOME_RETRY, U = OUTCOME_UNKNOWN, D = OUTCOME_DEAD };

static const char *const ok_values[] = {"0", "OK"};
static const char *const later_values[] = {"1008"};
static const char *const never_values[] = {"1016"};
static const struct sms_settings settings = {
	.kind = TRANSPORT_HTTP,
	.success_pointer = "/code",
	.success_values = ok_values,
	.n_success_values = 2,
	.temporary_values = later_values,
	.n_temporary_values = 1,
	.permanent_values = never_values,
	.n_permanent_values = 1,
	.id_pointer = "/id",
};

static struct outcome judge(const struct sms_settings *s, struct sms_reply r)
{
	struct outcome o;
	if (!r.body)
		r.body = "";
	r.body_len = strlen(r.body);
	if (!r.curl_text)
		r.curl_text = "words";
	sms_classify_http(s, &r, &o);
	return o;
}

static void transport(void **state)
{
	(void)state;
	static const struct {
		int curl;
		int64_t bytes;
		int status, class, fault;
	} row[] = {
		{CURLE_COULDNT_CONNECT, 0, 0, R, FAULT_PEER},
		{CURLE_COULDNT_RESOLVE_HOST, 0, 0, R, FAULT_PEER},
		{CURLE_SSL_CONNECT_ERROR, 0, 0, R, FAULT_CONFIG},
		{CURLE_PEER_FAILED_VERIFICATION, 0, 0, R, FAULT_CONFIG},
		{CURLE_OPERATION_TIMEDOUT, 0, 0, R, FAULT_PEER},
		{CURLE_OPERATION_TIMEDOUT, 1, 0, U, FAULT_PEER},
		{CURLE_GOT_NOTHING, 100, 0, U, FAULT_PEER},
		{CURLE_RECV_ERROR, 100, 0, U, FAULT_PEER},
		{CURLE_SEND_ERROR, 1, 0, U, FAULT_PEER},
		{CURLE_PARTIAL_FILE, 100, 200, U, FAULT_PEER},
		{CURLE_PARTIAL_FILE, 100, 500, U, FAULT_PEER},
		{CURLE_PARTIAL_FILE, 100, 403, R, FAULT_CONFIG},
		{CURLE_PARTIAL_FILE, 100, 400, D, FAULT_MESSAGE},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct outcome o = judge(
			&settings, (struct sms_reply){.curl = row[i].curl,
					   .request_bytes = row[i].bytes,
					   .status = row[i].status,
					   .body = row[i].status == 200 ? "{\"code\":0}" : ""});
		if ((int)o.class != row[i].class || (int)o.fault != row[i].fault)
			fail_msg("row %zu: %d %d", i, o.class, o.fault);
	}
}

static void bodies(void **state)
{
	(void)state;
	static const struct {
		int status;
		const char *body;
		bool cut;
		int class;
	} row[] = {
		{200, "{\"code\":0,\"id\":\"x\"}", false, S},
		{200, "{\"code\":\"OK\"}", false, S},
		{200, "{\"code\":0}", true, U},
		{200, "{\"code\":0} trailing", false, U},
		{200, "{\"code\":1008}", false, R},
		{200, "{\"code\":1016}", false, D},
		{200, "{\"code\":7}", false, U},
		{200, "{\"code\":\"\"}", false, U},
		{200, "{\"code\":null}", false, U},
		{200, "[0]", false, U},
		{200, "", false, U},
		{204, "", false, U},
		{400, "{\"code\":1008}", false, R},
		{500, "{\"code\":1008}", false, U},
		{503, "{\"code\":1016}", false, U},
		{500, "{\"code\":0}", false, U},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct outcome o =
			judge(&settings, (struct sms_reply){.status = row[i].status,
						 .body = row[i].body,
						 .cut = row[i].cut,
						 .curl = row[i].cut ? CURLE_WRITE_ERROR : 0,
						 .request_bytes = 100});
		if ((int)o.class != row[i].class)
			fail_msg("row %zu: %d", i, o.class);
	}
}

/* Over all statuses: dead or retried only by a documented refusal, sent only by 2xx. */
static void invariants(void **state)
{
	(void)state;
	static const struct sms_settings plain = {.kind = TRANSPORT_HTTP};
	for (int status = 100; status < 700; status++) {
		struct outcome o =
			judge(&plain, (struct sms_reply){.status = status, .request_bytes = 100});
		if (o.class == OUTCOME_SENT)
			assert_true(status >= 200 && status < 300);
		if (o.class == OUTCOME_RETRY || o.class == OUTCOME_DEAD)
			assert_true(status >= 300 && status < 500);
		if (o.class == OUTCOME_DEAD)
			assert_int_equal(o.fault, FAULT_MESSAGE);
		if (status >= 500)
			assert_int_equal(o.class, OUTCOME_UNKNOWN);
		assert_true(o.reason[0]);
	}
}

static void id_alone_is_the_proof(void **state)
{
	(void)state;
	const struct sms_settings s = {.kind = TRANSPORT_HTTP, .id_pointer = "/id"};
	struct outcome o = judge(&s, (struct sms_reply){.status = 200, .body = "{\"id\":12}"});
	assert_int_equal(o.class, OUTCOME_SENT);
	assert_string_equal(o.peer_id, "12");
	o = judge(&s, (struct sms_reply){.status = 200, .body = "{}"});
	assert_int_equal(o.class, OUTCOME_UNKNOWN);
}

static void kannel(void **state)
{
	(void)state;
	static const struct {
		int status;
		const char *body;
		bool cut;
		int class, fault;
	} row[] = {
		{202, "0: Accepted for delivery", false, S, FAULT_NONE},
		{202, "0: Accepted for delivery", true, U, FAULT_PEER},
		{202, "1: what", false, U, FAULT_PEER},
		{403, "Not routable. Do not try again.", false, D, FAULT_RECIPIENT},
		{403, "Authorization failed for sendsms", false, R, FAULT_CONFIG},
		{500, "Not routable. Do not try again.", false, U, FAULT_PEER},
		{503, "Number(s) has/have been denied by", false, U, FAULT_PEER},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct outcome o;
		struct sms_reply r = {.curl = row[i].cut ? CURLE_WRITE_ERROR : 0,
			.curl_text = "words",
			.request_bytes = 100,
			.status = row[i].status,
			.body = row[i].body,
			.body_len = strlen(row[i].body),
			.cut = row[i].cut};
		sms_classify_kannel(&r, &o);
		if ((int)o.class != row[i].class || (int)o.fault != row[i].fault)
			fail_msg("row %zu: %d %d", i, o.class, o.fault);
	}
}

static void a_nul_hides_what_follows(void **state)
{
	(void)state;
	const struct sms_settings s = {.kind = TRANSPORT_HTTP, .success_regex = "^OK"};
	struct sms_reply r = {.status = 200,
		.request_bytes = 9,
		.body = "OK\0NO",
		.body_len = 5,
		.curl_text = ""};
	struct outcome o;
	sms_classify_http(&s, &r, &o);
	assert_int_equal(o.class, OUTCOME_UNKNOWN);
	r.body_len = 2;
	sms_classify_http(&s, &r, &o);
	assert_int_equal(o.class, OUTCOME_SENT);
}

static void waits_are_bounded(void **state)
{
	(void)state;
	static const struct {
		int64_t wish, want;
	} row[] = {{0, 0}, {-1, 0}, {INT64_MIN, 0}, {7, 7}, {3600, 3600}, {3601, 3600},
		{INT64_MAX, 3600}};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct sms_reply r = {.status = 429, .retry_after_s = row[i].wish};
		assert_int_equal(judge(&settings, r).retry_after_s, row[i].want);
		r.status = 200;
		r.body = "{\"code\":1008}";
		assert_int_equal(judge(&settings, r).retry_after_s, row[i].want);
	}
}

static void replies_are_small_json(void **state)
{
	(void)state;
	char wide[JSON_PARTS_MAX + 4];
	memset(wide, '[', sizeof wide);
	assert_null(json_load_reply(wide, sizeof wide));
	assert_null(json_load_reply("{\"a\":1,\"a\":2}", 13));
	assert_null(json_load_reply("{}x", 3));
	memset(wide, ' ', sizeof wide);
	memcpy(wide, "{}", 2);
	json_t *json = json_load_reply(wide, sizeof wide);
	assert_non_null(json);
	json_decref(json);
}

static void status_lists(void **state)
{
	(void)state;
	assert_true(sms_status_list_is_valid("200"));
	assert_true(sms_status_list_is_valid("200-299, 304"));
	static const char *const bad[] = {
		"", "2xx", "200-", "299-200", "99", "600", "200;201", "-1", "200-700"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(sms_status_list_is_valid(bad[i]));
	assert_true(sms_status_is_in("200-299, 304", 304));
	assert_true(sms_status_is_in("200-299, 304", 250));
	assert_false(sms_status_is_in("200-299, 304", 300));
	assert_false(sms_status_is_in("200", 0));
}

static void pointers(void **state)
{
	(void)state;
	json_t *json = json_loads("{\"a\":{\"b/c\":[10,\"x\",true,1.5,null,{}]},\"~\":\"t\","
				  "\"\":\"e\",\"SendStatusSet\":[{\"Code\":\"Ok\"}]}",
		0, NULL);
	static const struct {
		const char *pointer, *want;
	} row[] = {{"/a/b~1c/0", "10"}, {"/a/b~1c/1", "x"}, {"/a/b~1c/2", "true"},
		{"/a/b~1c/3", "1.5"}, {"/a/b~1c/4", ""}, {"/a/b~1c/5", ""}, {"/a/b~1c/6", ""},
		{"/a/b~1c/-1", ""}, {"/a/b~1c/x", ""}, {"/~0", "t"}, {"/", "e"}, {"/nope/x", ""},
		{"/SendStatusSet/0/Code", "Ok"}, {"", ""}};
	char got[8];
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		json_pointer_text(json, row[i].pointer, got, sizeof got);
		assert_string_equal(got, row[i].want);
	}
	json_pointer_text(NULL, "/a", got, sizeof got);
	assert_string_equal(got, "");
	json_pointer_text(json, NULL, got, sizeof got);
	assert_string_equal(got, "");
	json_decref(json);
	json = json_loads("{\"id\":\"12345678\"}", 0, NULL);
	json_pointer_text(json, "/id", got, sizeof got);
	assert_string_equal(got, "");
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transport),
		cmocka_unit_test(bodies),
		cmocka_unit_test(invariants),
		cmocka_unit_test(id_alone_is_the_proof),
		cmocka_unit_test(kannel),
		cmocka_unit_test(a_nul_hides_what_follows),
		cmocka_unit_test(waits_are_bounded),
		cmocka_unit_test(replies_are_small_json),
		cmocka_unit_test(status_lists),
		cmocka_unit_test(pointers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
