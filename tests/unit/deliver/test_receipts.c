/* What gateways report: Kannel in the query of the URL that it fetches, clouds in a body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "deliver.h"

static const struct sms_settings KANNEL = {.kind = TRANSPORT_KANNEL},
				 SPOOL = {.kind = TRANSPORT_SPOOL};
static struct diag diag;

static enum rc parse(const struct sms_settings *s, const char *query, struct receipt *ret)
{
	const char *reply = NULL;
	size_t n = 0;
	enum rc rc = deliver_parse_push(s, query, "", 0, ret, 1, &n, &reply, &diag);
	if (rc == RC_OK) {
		assert_int_equal(n, 1);
		assert_string_equal(reply, "");
	}
	return rc;
}

static void events(void **state)
{
	(void)state;
	static const struct {
		const char *query, *ref;
		enum receipt_class class;
		const char *reason;
	} CASE[] = {
		{"ref=a-0&type=1&ans=", "a-0", RECEIPT_DELIVERED, ""},
		{"type=2&ref=a-0", "a-0", RECEIPT_UNDELIVERED, ""},
		{"ref=a-0&type=4", "a-0", RECEIPT_WAITING, ""},
		{"ref=a-0&type=8&ans=ACK%2F", "a-0", RECEIPT_WAITING, "ACK/"},
		{"x=1&ref=a%3a0&type=16&ans=NACK%2Fno+route", "a:0", RECEIPT_UNDELIVERED,
			"NACK/no route"},
		{"ref=a&type=32", "a", RECEIPT_NONE, ""},
		{"ref=a&type=11", "a", RECEIPT_NONE, ""},
		{"ref=a&type=", "a", RECEIPT_NONE, ""},
		{"xref=b&ref=a&type=1", "a", RECEIPT_DELIVERED, ""},
		{"ref=a%&type=1", "a%", RECEIPT_DELIVERED, ""},
		{"ref=a%4&type=1", "a%4", RECEIPT_DELIVERED, ""},
		{"ref=%00a&type=1", "", RECEIPT_DELIVERED, ""},
		{"ref=a&type=2&ans=%0aFrom", "a", RECEIPT_UNDELIVERED, ""}, /* never into a log */
		{"ref=a&type=2&ans=%ff", "a", RECEIPT_UNDELIVERED, ""},
	};
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		struct receipt r;
		if (parse(&KANNEL, CASE[i].query, &r) != RC_OK)
			fail_msg("%s", CASE[i].query);
		assert_string_equal(r.client_ref, CASE[i].ref);
		assert_string_equal(r.peer_id, "");
		assert_int_equal(r.class, CASE[i].class);
		assert_string_equal(r.reason, CASE[i].reason);
	}
}

static void refused(void **state)
{
	(void)state;
	static const char *const BAD[] = {
		"", "&", "ref", "ref=a", "type=1", "Ref=a&type=1", "ref=a;type=1", "&&=&ref"};
	struct receipt r = {.reason = "untouched"};
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		if (parse(&KANNEL, BAD[i], &r) != RC_INVALID)
			fail_msg("%s", BAD[i]);
	assert_int_equal(parse(&SPOOL, "ref=a&type=1", &r), RC_INVALID);
	assert_string_equal(r.reason, "untouched");
}

/* Longer than any reference of ours: cut, so that it means no message. */
static void endless(void **state)
{
	(void)state;
	char *query = calloc(1, 70000);
	struct receipt r;
	memcpy(query, "type=1&ref=", 11);
	memset(query + strlen(query), 'a', 60000);
	assert_int_equal(parse(&KANNEL, query, &r), RC_OK);
	assert_int_equal(strlen(r.client_ref), RECEIPT_REF_MAX);
	free(query);
}

/* ---- clouds ------------------------------------------------------------------------------------- */

enum { ITEMS_MAX = 4 };

/* "class ref id reason", one a line; NULL: refused. */
struct push {
	enum transport_kind kind;
	const char *body, *want;
};

static void list(const struct receipt *r, size_t n, char *ret, size_t size)
{
	static const char *const CLASS[] = {
		"none", "waiting", "delivered", "undelivered", "not-taken"};
	size_t len = 0;
	ret[0] = '\0';
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(ret + len, size - len, "%s %s %s %s\n", CLASS[r[i].class],
			r[i].client_ref, r[i].peer_id, r[i].reason);
}

static void check_pushes(const struct push *push, size_t n, const char *want_reply)
{
	for (size_t i = 0; i < n; i++) {
		struct sms_settings s = {.kind = push[i].kind};
		struct receipt r[ITEMS_MAX];
		const char *reply = NULL;
		size_t got = 99;
		char text[4096];
		enum rc rc = deliver_parse_push(&s, "", push[i].body, strlen(push[i].body), r,
			ITEMS_MAX, &got, &reply, &diag);
		if (!push[i].want) {
			if (rc != RC_INVALID)
				fail_msg("taken: %s", push[i].body);
			assert_int_equal(got, 99);
			assert_null(reply);
			continue;
		}
		assert_int_equal(rc, RC_OK);
		list(r, got, text, sizeof text);
		assert_string_equal(text, push[i].want);
		assert_string_equal(reply, want_reply);
	}
}

#define ALIYUN_ITEM                                                                                \
	"{\"phone_number\":\"1000000001\",\"send_time\":\"2026-09-21 08:30:00\",\"report_time\":"  \
	"\"2026-09-21 08:30:05\",\"success\":true,\"err_code\":\"DELIVERED\",\"err_msg\":\"ok\","  \
	"\"sms_size\":\"1\",\"biz_id\":\"900^0\",\"out_id\":\"ref-1\"}"

static void aliyun(void **state)
{
	(void)state;
	static const struct push PUSH[] = {
		{TRANSPORT_ALIYUN, "[" ALIYUN_ITEM "]", "delivered ref-1 900^0 DELIVERED\n"},
		{TRANSPORT_ALIYUN, " [ ] ", ""},
		{TRANSPORT_ALIYUN,
			"[{\"success\":false,\"err_code\":\"MOBILE_NOT_ON_SERVICE\",\"biz_id\":"
			"\"1\"},"
			"{\"success\":\"false\",\"out_id\":\"r\"},{\"out_id\":\"s\"},{\"success\":"
			"true}]",
			"undelivered  1 MOBILE_NOT_ON_SERVICE\nundelivered r  \nnone s  \n"},
		{TRANSPORT_ALIYUN,
			"[" ALIYUN_ITEM "," ALIYUN_ITEM "," ALIYUN_ITEM "," ALIYUN_ITEM
			"," ALIYUN_ITEM "]",
			"delivered ref-1 900^0 DELIVERED\ndelivered ref-1 900^0 DELIVERED\n"
			"delivered ref-1 900^0 DELIVERED\ndelivered ref-1 900^0 DELIVERED\n"},
		{TRANSPORT_ALIYUN,
			"[{\"success\":false,\"err_code\":\"a\\nb\\u202e\",\"out_id\":\"r\"}]",
			"undelivered r  a?b?\n"},
		{TRANSPORT_ALIYUN, ALIYUN_ITEM, NULL},
		{TRANSPORT_ALIYUN, "", NULL},
		{TRANSPORT_ALIYUN, "null", NULL},
		{TRANSPORT_ALIYUN, "[1]", NULL},
		{TRANSPORT_ALIYUN, "[" ALIYUN_ITEM ",[]]", NULL},
		{TRANSPORT_ALIYUN, "[" ALIYUN_ITEM, NULL},
		{TRANSPORT_ALIYUN, "[{\"out_id\":\"a\",\"out_id\":\"b\"}]", NULL},
	};
	check_pushes(PUSH, sizeof PUSH / sizeof *PUSH, "{\"code\":0,\"msg\":\"接收成功\"}");
}

static void tencent(void **state)
{
	(void)state;
	static const struct push PUSH[] = {
		{TRANSPORT_TENCENT,
			"[{\"user_receive_time\":\"2026-09-21 08:03:04\",\"nationcode\":\"86\","
			"\"mobile\":\"1000000001\",\"report_status\":\"SUCCESS\",\"errmsg\":"
			"\"DELIVRD\",\"description\":\"ok\",\"sid\":\"2028:f8\"}]",
			"delivered  2028:f8 DELIVRD\n"},
		{TRANSPORT_TENCENT,
			"[{\"report_status\":\"FAIL\",\"errmsg\":\"UNDELIV\",\"sid\":\"1\"},"
			"{\"report_status\":\"success\",\"sid\":\"2\"}]",
			"undelivered  1 UNDELIV\nnone  2 \n"},
		{TRANSPORT_TENCENT, "{\"sid\":\"1\"}", NULL},
	};
	check_pushes(PUSH, sizeof PUSH / sizeof *PUSH, "{\"result\":0,\"errmsg\":\"OK\"}");
}

#define MAS_ITEM                                                                                   \
	"{\"reportStatus\":\"DELIVRD\",\"mobile\":\"1000000001\",\"submitDate\":"                  \
	"\"20260921083000\","                                                                      \
	"\"receiveDate\":\"20260921083005\",\"errorCode\":\"DELIVRD\",\"msgGroup\":\"0105\"}"
#define MAS_LOST "{\"reportStatus\":\"UNDELIV\",\"errorCode\":\"DB:0140\",\"mgsGroup\":\"2\"}"

static void mas(void **state)
{
	(void)state;
	static const struct push PUSH[] = {
		{TRANSPORT_MAS, MAS_ITEM, "delivered  0105 DELIVRD\n"},
		{TRANSPORT_MAS_TEMPLATE, "[" MAS_ITEM "," MAS_LOST "]",
			"delivered  0105 DELIVRD\nundelivered  2 DB:0140\n"},
		/* printf '{"reportStatus":"UNDELIV","msgGroup":"77"}' | base64 */
		{TRANSPORT_MAS, "eyJyZXBvcnRTdGF0dXMiOiJVTkRFTElWIiwibXNnR3JvdXAiOiI3NyJ9",
			"undelivered  77 UNDELIV\n"},
		{TRANSPORT_MAS, "eyJyZXBvcnRTdGF0dXMiOiJVTkRFTElW\r\nIiwibXNnR3JvdXAiOiI3NyJ9\r\n",
			"undelivered  77 UNDELIV\n"},
		{TRANSPORT_MAS, "reportStatus=DELIVRD&mobile=1000000001&errorCode=&msgGroup=0%31",
			"delivered  01 DELIVRD\n"},
		{TRANSPORT_MAS, "mobile=1000000001", ""},
		{TRANSPORT_MAS, "", NULL},
		{TRANSPORT_MAS, "hello", NULL},
		{TRANSPORT_MAS, "aGVsbG8=", NULL},
		{TRANSPORT_MAS, "eyJyZXBv", NULL},
		{TRANSPORT_MAS, "[1]", NULL},
		{TRANSPORT_MAS, "7", NULL},
		{TRANSPORT_HTTP, MAS_ITEM, NULL},
	};
	check_pushes(PUSH, sizeof PUSH / sizeof *PUSH, "OK");
}

/* Half an id would be another message's. */
static void long_values(void **state)
{
	(void)state;
	struct sms_settings s = {.kind = TRANSPORT_ALIYUN};
	struct receipt r[1];
	const char *reply;
	size_t n;
	char *body = calloc(1, 70000), *nines = calloc(1, 60001);
	memset(nines, '9', 60000);
	snprintf(body, 70000, "[{\"success\":true,\"biz_id\":\"%s\",\"out_id\":\"r\"}]", nines);
	free(nines);
	assert_int_equal(
		deliver_parse_push(&s, "", body, strlen(body), r, 1, &n, &reply, &diag), RC_OK);
	assert_string_equal(r[0].peer_id, "");
	assert_string_equal(r[0].client_ref, "r");
	memset(body, ' ', 69999);
	assert_int_equal(
		deliver_parse_push(&s, "", body, 69999, r, 1, &n, &reply, &diag), RC_LIMIT);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events),
		cmocka_unit_test(refused),
		cmocka_unit_test(endless),
		cmocka_unit_test(aliyun),
		cmocka_unit_test(tencent),
		cmocka_unit_test(mas),
		cmocka_unit_test(long_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
