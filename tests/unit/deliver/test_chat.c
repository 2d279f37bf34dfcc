/* chat: signatures, requests, what a robot's answer means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <jansson.h>

#include "chat.h"
#include "sms_exchange.h"

#define DING_SECRET "SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define KEY "00000000-0000-0000-0000-000000000000"
#define TEXT "磁盘使用率 95%"

enum { S = OUTCOME_SENT, R = OUTCOME_RETRY, U = OUTCOME_UNKNOWN, D = OUTCOME_DEAD };

/* dingtalk-robot-sign; feishu-robot-sign-demo, -testFeishuSecret01 */
static void signatures(void **state)
{
	char sign[CHAT_SIGN_SIZE];
	(void)state;
	chat_sign_dingtalk(1790000000000, DING_SECRET, sign);
	assert_string_equal(sign, "iPuYOb8tZcQn3C1v1EOWcQm4jNZgt5cF0sypQOqQMIo=");
	chat_sign_feishu(1599360473, "demo", sign);
	assert_string_equal(sign, "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");
	chat_sign_feishu(1790000000, "testFeishuSecret01", sign);
	assert_string_equal(sign, "EJKBYgqGrtJnktrmUWjjmYm8HmUanNERr3Oe0xx7EbE=");
}

static void requests(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct chat_room room;
		const char *token, *secret, *url, *body;
	} row[] = {
		{"wecom", {.kind = TRANSPORT_WECOM}, KEY, "",
			"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" KEY,
			"{\"msgtype\":\"text\",\"text\":{\"content\":\"" TEXT "\"}}"},
		{"wecom of one's own", {.kind = TRANSPORT_WECOM, .base_url = "http://127.0.0.1:8/"},
			KEY, "", "http://127.0.0.1:8/cgi-bin/webhook/send?key=" KEY,
			"{\"msgtype\":\"text\",\"text\":{\"content\":\"" TEXT "\"}}"},
		{"dingtalk", {.kind = TRANSPORT_DINGTALK}, "TESTTOKEN", DING_SECRET,
			"https://oapi.dingtalk.com/robot/send?access_token=TESTTOKEN"
			"&timestamp=1790000000000"
			"&sign=iPuYOb8tZcQn3C1v1EOWcQm4jNZgt5cF0sypQOqQMIo%3D",
			"{\"msgtype\":\"text\",\"text\":{\"content\":\"" TEXT "\"}}"},
		{"dingtalk, not signed", {.kind = TRANSPORT_DINGTALK}, "TESTTOKEN", "",
			"https://oapi.dingtalk.com/robot/send?access_token=TESTTOKEN",
			"{\"msgtype\":\"text\",\"text\":{\"content\":\"" TEXT "\"}}"},
		{"feishu", {.kind = TRANSPORT_FEISHU}, "abc-def", "testFeishuSecret01",
			"https://open.feishu.cn/open-apis/bot/v2/hook/abc-def",
			"{\"timestamp\":\"1790000000\","
			"\"sign\":\"EJKBYgqGrtJnktrmUWjjmYm8HmUanNERr3Oe0xx7EbE=\","
			"\"msg_type\":\"text\",\"content\":{\"text\":\"" TEXT "\"}}"},
		{"feishu, not signed", {.kind = TRANSPORT_FEISHU}, "abc-def", "",
			"https://open.feishu.cn/open-apis/bot/v2/hook/abc-def",
			"{\"msg_type\":\"text\",\"content\":{\"text\":\"" TEXT "\"}}"},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct sms_request r;
		struct diag d = DIAG_INIT;
		print_message("%s\n", row[i].name);
		request_init(&r);
		assert_int_equal(chat_build(&row[i].room, row[i].token, row[i].secret, TEXT,
					 (struct instant){1790000000}, &r, &d),
			RC_OK);
		assert_string_equal(r.url.data, row[i].url);
		assert_string_equal(r.body.data, row[i].body);
		request_done(&r);
	}
}

static enum rc build(const struct chat_room *room, const char *token, const char *text, char *why)
{
	struct sms_request r;
	struct diag d = DIAG_INIT;
	request_init(&r);
	enum rc rc = chat_build(room, token, "s3cret", text, (struct instant){1790000000}, &r, &d);
	request_done(&r);
	if (rc)
		diag_text(&d, NULL, why, DIAG_TEXT_MAX);
	return rc;
}

/* The body that the request holds must be read back as the very text. */
static void nasty_texts(void **state)
{
	static const char *const text[] = {"\"引号\" \\反斜\n第二行\t<b>&'x'", "👍 ★ 𠮷", "/"};
	(void)state;
	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		struct sms_request r;
		struct diag d = DIAG_INIT;
		const struct chat_room room = {.kind = TRANSPORT_WECOM};
		request_init(&r);
		assert_int_equal(
			chat_build(&room, KEY, "", text[i], (struct instant){0}, &r, &d), RC_OK);
		assert_null(strstr(r.body.data, "\\u"));
		json_t *o = json_loads(r.body.data, 0, NULL);
		assert_string_equal(
			json_string_value(json_object_get(json_object_get(o, "text"), "content")),
			text[i]);
		json_decref(o);
		request_done(&r);
	}
}

static void limits(void **state)
{
	char text[20002], why[DIAG_TEXT_MAX];
	const struct chat_room wecom = {.kind = TRANSPORT_WECOM};
	const struct chat_room feishu = {.kind = TRANSPORT_FEISHU};
	(void)state;
	memset(text, 'a', sizeof text);
	text[2048] = '\0';
	assert_int_equal(build(&wecom, KEY, text, why), RC_OK);
	text[2048] = 'a';
	text[2049] = '\0';
	assert_int_equal(build(&wecom, KEY, text, why), RC_RANGE);
	assert_int_equal(build(&feishu, KEY, text, why), RC_OK);
	text[2049] = 'a';
	text[19950] = '\0';
	assert_int_equal(build(&feishu, KEY, text, why), RC_RANGE); /* with what is around it */
}

/* Who pastes the whole address into the file is told so, without the address. */
static void tokens(void **state)
{
	static const char *const wrong[] = {"",
		"https://oapi.dingtalk.com/robot/send?access_token=abc", "abc&x=1", "abc def",
		"abc\r\nX: y", "../abc"};
	const struct chat_room room = {
		.kind = TRANSPORT_DINGTALK, .token_credential = "ding-token"};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char why[DIAG_TEXT_MAX];
		assert_int_equal(build(&room, wrong[i], "x", why), RC_INVALID);
		assert_non_null(strstr(why, "ding-token"));
		assert_null(strstr(why, "abc"));
	}
}

static void keywords(void **state)
{
	struct arena a = ARENA_INIT;
	(void)state;
	assert_string_equal(chat_text("abc", NULL, &a), "abc");
	assert_string_equal(chat_text("abc", "", &a), "abc");
	assert_string_equal(chat_text("请报送", "报送", &a), "请报送");
	assert_string_equal(chat_text("请尽早", "报送", &a), "请尽早\n报送");
	arena_done(&a);
}

static struct outcome judge(enum transport_kind kind, int status, const char *body)
{
	struct outcome o;
	struct sms_reply r = {.status = status,
		.body = body,
		.body_len = strlen(body),
		.request_bytes = 100,
		.curl_text = "words"};
	chat_classify(kind, &r, &o);
	assert_true(o.reason[0]);
	return o;
}

static void answers(void **state)
{
	enum { W = TRANSPORT_WECOM, T = TRANSPORT_DINGTALK, F = TRANSPORT_FEISHU };
	(void)state;
	static const struct {
		int kind, status;
		const char *body;
		int class, fault, wait;
	} row[] = {
		{W, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}", S, FAULT_NONE, 0},
		{W, 200, "{\"errcode\":-1}", R, FAULT_PEER, 30},
		{W, 200, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}", R, FAULT_PEER,
			60},
		{W, 200, "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}", R, FAULT_CONFIG,
			60},
		{W, 200, "{\"errcode\":40058}", D, FAULT_MESSAGE, 0},
		{W, 200, "{\"errcode\":44004}", D, FAULT_MESSAGE, 0},
		{W, 200, "{\"errcode\":40008}", D, FAULT_MESSAGE, 0},
		{W, 200, "{\"errcode\":31337}", U, FAULT_PEER, 0},
		{W, 200, "{}", U, FAULT_PEER, 0},
		{W, 200, "", U, FAULT_PEER, 0},
		{W, 200, "<html>ok</html>", U, FAULT_PEER, 0},
		{W, 200, "{\"errcode\":0,\"errcode\":45009}", U, FAULT_PEER, 0},
		{W, 200, "{\"code\":0}", U, FAULT_PEER, 0},
		{W, 500, "{\"errcode\":0}", U, FAULT_PEER, 0},
		{W, 500, "{\"errcode\":45009}", U, FAULT_PEER, 0},
		{W, 404, "", R, FAULT_CONFIG, 0},
		{W, 302, "", R, FAULT_CONFIG, 0},
		{W, 429, "", R, FAULT_PEER, 0},
		{W, 413, "", D, FAULT_MESSAGE, 0},
		{T, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}", S, FAULT_NONE, 0},
		{T, 200, "{\"errcode\":130101,\"errmsg\":\"send too fast\"}", R, FAULT_PEER, 600},
		{T, 200, "{\"errcode\":410100}", R, FAULT_PEER, 600},
		{T, 200, "{\"errcode\":-1}", R, FAULT_PEER, 30},
		{T, 200, "{\"errcode\":310000,\"errmsg\":\"keywords not in content\"}", R,
			FAULT_CONFIG, 0},
		{T, 200, "{\"errcode\":310000,\"errmsg\":\"sign not match\"}", R, FAULT_CONFIG, 0},
		{T, 200, "{\"errcode\":300001}", R, FAULT_CONFIG, 0},
		{T, 200, "{\"errcode\":400013}", R, FAULT_CONFIG, 0},
		{T, 200, "{\"errcode\":40035}", R, FAULT_CONFIG, 0},
		{T, 200, "{\"status\":1111,\"wait\":5,\"source\":\"x5\",\"punish\":\"deny\"}", R,
			FAULT_PEER, 5},
		{T, 200, "{\"status\":1111,\"wait\":999999,\"punish\":\"deny\"}", R, FAULT_PEER,
			3600},
		{T, 200, "{\"status\":1111,\"wait\":5}", U, FAULT_PEER, 0},
		{T, 200, "{\"errcode\":\"0\"}", S, FAULT_NONE, 0},
		{F, 200, "{\"code\":0,\"msg\":\"success\",\"data\":{}}", S, FAULT_NONE, 0},
		{F, 200, "{\"StatusCode\":0,\"StatusMessage\":\"success\"}", S, FAULT_NONE, 0},
		{F, 200, "{\"StatusCode\":0,\"code\":19021}", R, FAULT_CONFIG, 0},
		{F, 200, "{\"code\":11232}", R, FAULT_PEER, 60},
		{F, 200, "{\"code\":19021,\"msg\":\"sign match fail\"}", R, FAULT_CONFIG, 0},
		{F, 200, "{\"code\":19022}", R, FAULT_CONFIG, 0},
		{F, 200, "{\"code\":19024}", R, FAULT_CONFIG, 0},
		{F, 200, "{\"code\":19001}", R, FAULT_CONFIG, 0},
		{F, 400, "{\"code\":9499,\"msg\":\"Bad Request\"}", D, FAULT_MESSAGE, 0},
		{F, 400, "{\"code\":0}", D, FAULT_MESSAGE, 0},
		{F, 200, "{\"errcode\":0}", U, FAULT_PEER, 0},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct outcome o =
			judge((enum transport_kind)row[i].kind, row[i].status, row[i].body);
		print_message("%d %s\n", row[i].status, row[i].body);
		assert_int_equal(o.class, row[i].class);
		assert_int_equal(o.fault, row[i].fault);
		assert_int_equal(o.retry_after_s, row[i].wait);
	}
}

/* A fault of the configuration or the service never makes a message dead. */
static void breaks(void **state)
{
	static const struct {
		int curl;
		int64_t bytes;
		int class, fault;
		bool cut;
	} row[] = {
		{CURLE_COULDNT_CONNECT, 0, R, FAULT_PEER, false},
		{CURLE_PEER_FAILED_VERIFICATION, 0, R, FAULT_CONFIG, false},
		{CURLE_OPERATION_TIMEDOUT, 0, R, FAULT_PEER, false},
		{CURLE_OPERATION_TIMEDOUT, 1, U, FAULT_PEER, false},
		{CURLE_GOT_NOTHING, 200, U, FAULT_PEER, false},
		{CURLE_WRITE_ERROR, 200, U, FAULT_PEER, true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct outcome o;
		struct sms_reply r = {.curl = row[i].curl,
			.request_bytes = row[i].bytes,
			.curl_text = "words",
			.body = "{\"errcode\":0}",
			.body_len = 13,
			.cut = row[i].cut,
			.status = row[i].cut ? 200 : 0};
		chat_classify(TRANSPORT_WECOM, &r, &o);
		assert_int_equal(o.class, row[i].class);
		assert_int_equal(o.fault, row[i].fault);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures),
		cmocka_unit_test(requests),
		cmocka_unit_test(nasty_texts),
		cmocka_unit_test(limits),
		cmocka_unit_test(tokens),
		cmocka_unit_test(keywords),
		cmocka_unit_test(answers),
		cmocka_unit_test(breaks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
