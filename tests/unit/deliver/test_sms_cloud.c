/* sms_cloud, sms_codes_*: what each documented code makes of a message, and what never does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "retry.h"
#include "sms_cloud.h"

enum { S = OUTCOME_SENT, R = OUTCOME_RETRY, U = OUTCOME_UNKNOWN, D = OUTCOME_DEAD };
enum { NOW = 1790000000, TO_MIDNIGHT = 6400 }; /* 22:13:20 in China */

struct row {
	const char *code;
	int class, fault, wait;
};

static struct outcome judge(const struct cloud *cloud, int status, const char *body)
{
	struct outcome o;
	struct sms_reply r = {.curl_text = "words",
		.request_bytes = 100,
		.status = status,
		.body = body,
		.body_len = strlen(body)};
	cloud_classify(cloud, &r, (struct instant){NOW}, &o);
	return o;
}

/* The same with 200 and 400, unknown with 500; every row of the table is in the list. */
static void check_table(
	const struct cloud *cloud, const char *format, const struct row *row, size_t n)
{
	size_t in_table = 0;
	for (size_t i = 0; i < n; i++) {
		char body[500];
		snprintf(body, sizeof body, format, row[i].code);
		for (int status = 200; status <= 400; status += 200) {
			struct outcome o = judge(cloud, status, body);
			if ((int)o.class != row[i].class || (int)o.fault != row[i].fault ||
				o.retry_after_s != row[i].wait || !strstr(o.reason, row[i].code))
				fail_msg("%s %d: %d %d %lld %s", row[i].code, status, o.class,
					o.fault, (long long)o.retry_after_s, o.reason);
			assert_string_equal(o.peer_id, "");
		}
		struct outcome o = judge(cloud, 500, body);
		assert_true(o.class == OUTCOME_UNKNOWN && o.fault == FAULT_PEER);
	}
	for (const struct cloud_code *c = cloud->codes; c->code; c++, in_table++) {
		bool tested = false;
		for (size_t i = 0; i < n; i++)
			tested = tested || cloud_find_code(cloud->codes, row[i].code) == c;
		if (!tested)
			fail_msg("%s is tested nowhere", c->code);
	}
	assert_true(in_table > 5);
}

static void aliyun(void **state)
{
	(void)state;
	static const struct row ROW[] = {
		{"isp.SYSTEM_ERROR", R, FAULT_PEER, 0},
		{"Throttling", R, FAULT_PEER, 0},
		{"Throttling.User", R, FAULT_PEER, 0},
		{"ServiceUnavailable", R, FAULT_PEER, 0},
		{"ServiceUnavailableTemporary", R, FAULT_PEER, 0},
		{"InternalError", R, FAULT_PEER, 0},
		{"isv.BUSINESS_LIMIT_CONTROL", R, FAULT_RECIPIENT, 3600},
		{"isv.MOBILE_NUMBER_ILLEGAL", D, FAULT_RECIPIENT, 0},
		{"isv.DOMESTIC_NUMBER_NOT_SUPPORTED", D, FAULT_RECIPIENT, 0},
		{"isv.MOBILE_COUNT_OVER_LIMIT", D, FAULT_MESSAGE, 0},
		{"isv.TEMPLATE_MISSING_PARAMETERS", D, FAULT_MESSAGE, 0},
		{"isv.TEMPLATE_PARAMS_ILLEGAL", D, FAULT_MESSAGE, 0},
		{"isv.INVALID_PARAMETERS", D, FAULT_MESSAGE, 0},
		{"isv.INVALID_JSON_PARAM", D, FAULT_MESSAGE, 0},
		{"isv.PARAM_LENGTH_LIMIT", D, FAULT_MESSAGE, 0},
		{"isv.PARAM_NOT_SUPPORT_URL", D, FAULT_MESSAGE, 0},
		{"isv.SMS_CONTENT_ILLEGAL", D, FAULT_MESSAGE, 0},
		{"isv.BLACK_KEY_CONTROL_LIMIT", D, FAULT_MESSAGE, 0},
		{"isv.SMS_SIGNATURE_ILLEGAL", R, FAULT_CONFIG, 0},
		{"isv.SMS_SIGN_ILLEGAL", R, FAULT_CONFIG, 0},
		{"isv.SIGN_STATE_ILLEGAL", R, FAULT_CONFIG, 0},
		{"isv.SMS_TEMPLATE_ILLEGAL", R, FAULT_CONFIG, 0},
		{"isv.SMS_SIGNATURE_SCENE_ILLEGAL", R, FAULT_CONFIG, 0},
		{"isv.EXTEND_CODE_ERROR", R, FAULT_CONFIG, 0},
		{"isv.DENY_IP_RANGE", R, FAULT_CONFIG, 0},
		{"isv.DAY_LIMIT_CONTROL", R, FAULT_CONFIG, 0},
		{"isv.MONTH_LIMIT_CONTROL", R, FAULT_CONFIG, 0},
		{"isv.AMOUNT_NOT_ENOUGH", R, FAULT_CONFIG, 0},
		{"isv.OUT_OF_SERVICE", R, FAULT_CONFIG, 0},
		{"isv.PRODUCT_UN_SUBSCRIPT", R, FAULT_CONFIG, 0},
		{"isv.PRODUCT_UNSUBSCRIBE", R, FAULT_CONFIG, 0},
		{"isv.ACCOUNT_NOT_EXISTS", R, FAULT_CONFIG, 0},
		{"isv.ACCOUNT_ABNORMAL", R, FAULT_CONFIG, 0},
		{"isp.RAM_PERMISSION_DENY", R, FAULT_CONFIG, 0},
		{"InvalidAccessKeyId.NotFound", R, FAULT_CONFIG, 0},
		{"InvalidAccessKeyId.Inactive", R, FAULT_CONFIG, 0},
		{"SignatureDoesNotMatch", R, FAULT_CONFIG, 0},
		{"IncompleteSignature", R, FAULT_CONFIG, 0},
		{"Forbidden.RAM", R, FAULT_CONFIG, 0},
		{"InvalidTimeStamp.Expired", R, FAULT_CONFIG, 0},
		{"SignatureNonceUsed", U, FAULT_PEER, 0},
		{"isv.MOBILE_NUMBER_ILLEGALLY", U, FAULT_PEER, 0},
		{"isv.MOBILE_NUMBER", U, FAULT_PEER, 0},
		{"ok", U, FAULT_PEER, 0},
	};
	check_table(&cloud_aliyun, "{\"Code\":\"%s\",\"Message\":\"m\",\"BizId\":\"1^0\"}", ROW,
		sizeof ROW / sizeof *ROW);
}

static const struct row TENCENT[] = {
	{"InternalError", R, FAULT_PEER, 0},
	{"InternalError.OtherError", R, FAULT_PEER, 0},
	{"InternalError.UnknownError", R, FAULT_PEER, 0},
	{"InternalError.Timeout", U, FAULT_PEER, 0},
	{"InternalError.SendAndRecvFail", U, FAULT_PEER, 0},
	{"RequestLimitExceeded", R, FAULT_PEER, 0},
	{"RequestLimitExceeded.IPLimitExceeded", R, FAULT_PEER, 0},
	{"LimitExceeded.DeliveryFrequencyLimit", R, FAULT_RECIPIENT, 60},
	{"LimitExceeded.PhoneNumberThirtySecondLimit", R, FAULT_RECIPIENT, 30},
	{"LimitExceeded.PhoneNumberOneHourLimit", R, FAULT_RECIPIENT, 3600},
	{"LimitExceeded.PhoneNumberDailyLimit", R, FAULT_RECIPIENT, TO_MIDNIGHT},
	{"LimitExceeded.PhoneNumberSameContentDailyLimit", R, FAULT_RECIPIENT, TO_MIDNIGHT},
	{"LimitExceeded.AppDailyLimit", R, FAULT_PEER, TO_MIDNIGHT},
	{"LimitExceeded.DailyLimit", R, FAULT_PEER, TO_MIDNIGHT},
	{"InvalidParameterValue.IncorrectPhoneNumber", D, FAULT_RECIPIENT, 0},
	{"FailedOperation.PhoneNumberInBlacklist", D, FAULT_RECIPIENT, 0},
	{"FailedOperation.PhoneNumberOnBlacklist", D, FAULT_RECIPIENT, 0},
	{"MissingParameter.EmptyPhoneNumberSet", D, FAULT_RECIPIENT, 0},
	{"UnsupportedOperation.UnsuportedRegion", D, FAULT_RECIPIENT, 0},
	{"UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", D, FAULT_RECIPIENT, 0},
	{"InvalidParameterValue.ContentLengthLimit", D, FAULT_MESSAGE, 0},
	{"InvalidParameterValue.TemplateParameterFormatError", D, FAULT_MESSAGE, 0},
	{"InvalidParameterValue.TemplateParameterLengthLimit", D, FAULT_MESSAGE, 0},
	{"InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", D, FAULT_MESSAGE, 0},
	{"FailedOperation.ContainSensitiveWord", D, FAULT_MESSAGE, 0},
	{"FailedOperation.FailResolvePacket", D, FAULT_MESSAGE, 0},
	{"FailedOperation.JsonParseFail", D, FAULT_MESSAGE, 0},
	{"LimitExceeded.PhoneNumberCountLimit", D, FAULT_MESSAGE, 0},
	{"AuthFailure", R, FAULT_CONFIG, 0},
	{"AuthFailure.SecretIdNotFound", R, FAULT_CONFIG, 0},
	{"AuthFailure.SignatureFailure", R, FAULT_CONFIG, 0},
	{"AuthFailure.SignatureExpire", R, FAULT_CONFIG, 0},
	{"InternalError.RequestTimeException", R, FAULT_CONFIG, 0},
	{"UnauthorizedOperation", R, FAULT_CONFIG, 0},
	{"UnauthorizedOperation.RequestIpNotInWhitelist", R, FAULT_CONFIG, 0},
	{"UnauthorizedOperation.SerivceSuspendDueToArrears", R, FAULT_CONFIG, 0},
	{"FailedOperation.SignatureIncorrectOrUnapproved", R, FAULT_CONFIG, 0},
	{"FailedOperation.TemplateIncorrectOrUnapproved", R, FAULT_CONFIG, 0},
	{"FailedOperation.MissingSignature", R, FAULT_CONFIG, 0},
	{"FailedOperation.InsufficientBalanceInSmsPackage", R, FAULT_CONFIG, 0},
	{"FailedOperation.MarketingSendTimeConstraint", R, FAULT_CONFIG, 0},
	{"InvalidParameterValue.SdkAppIdNotExist", R, FAULT_CONFIG, 0},
	{"FailedOperation", U, FAULT_PEER, 0},
	{"OK", U, FAULT_PEER, 0},
};

static void tencent(void **state)
{
	(void)state;
	check_table(&cloud_tencent,
		"{\"Response\":{\"Error\":{\"Code\":\"%s\",\"Message\":\"m\"},\"RequestId\":\"1\"}"
		"}",
		TENCENT, sizeof TENCENT / sizeof *TENCENT);
	check_table(&cloud_tencent,
		"{\"Response\":{\"SendStatusSet\":[{\"SerialNo\":\"9\",\"Code\":\"%s\"}]}}",
		TENCENT, sizeof TENCENT / sizeof *TENCENT);
}

static void mas(void **state)
{
	(void)state;
	static const struct row ROW[] = {
		{"InvalidMobile", D, FAULT_RECIPIENT, 0},
		{"InvalidMessage", D, FAULT_MESSAGE, 0},
		{"TooManyMobiles", D, FAULT_MESSAGE, 0},
		{"IllegalMac", R, FAULT_CONFIG, 0},
		{"IllegalSignId", R, FAULT_CONFIG, 0},
		{"NoSignId", R, FAULT_CONFIG, 0},
		{"InvalidUsrOrPwd", R, FAULT_CONFIG, 0},
		{"NOT_WHITE_IP", R, FAULT_CONFIG, 0},
		{"NOT_WHITE", U, FAULT_PEER, 0},
		{"success", U, FAULT_PEER, 0},
	};
	check_table(&cloud_mas, "{\"rspcod\":\"%s\",\"success\":false,\"msgGroup\":\"1\"}", ROW,
		sizeof ROW / sizeof *ROW);
	check_table(&cloud_mas_template, "{\"rspcod\":\"%s\",\"success\":\"false\"}", ROW,
		sizeof ROW / sizeof *ROW);
}

static void accepted(void **state)
{
	(void)state;
	static const struct {
		const struct cloud *cloud;
		const char *body, *id;
	} CASE[] = {
		{&cloud_aliyun, "{\"Message\":\"OK\",\"BizId\":\"900^0\",\"Code\":\"OK\"}",
			"900^0"},
		{&cloud_aliyun, "{\"Code\":\"OK\"}", ""},
		{&cloud_tencent,
			"{\"Response\":{\"SendStatusSet\":[{\"SerialNo\":\"2028:f8\",\"Code\":"
			"\"Ok\"}]}}",
			"2028:f8"},
		{&cloud_mas, "{\"msgGroup\":\"01\",\"rspcod\":\"success\",\"success\":true}", "01"},
		{&cloud_mas, "{\"mgsGroup\":\"02\",\"rspcod\":\"success\",\"success\":\"true\"}",
			"02"},
	};
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		struct outcome o = judge(CASE[i].cloud, 200, CASE[i].body);
		assert_int_equal(o.class, OUTCOME_SENT);
		assert_string_equal(o.peer_id, CASE[i].id);
		for (int status = 300; status < 600; status += 1) {
			o = judge(CASE[i].cloud, status, CASE[i].body);
			assert_int_not_equal(o.class, OUTCOME_SENT);
			assert_int_not_equal(o.class, OUTCOME_DEAD);
			assert_string_equal(o.peer_id, "");
		}
	}
}

static void windows(void **state)
{
	(void)state;
	static const struct {
		int64_t at;
		int64_t wait;
	} CASE[] = {{1790006399, 1}, {1790006400, 86400}, {1790006401, 86399}, {1790020800, 72000}};
	const char *body = "{\"Response\":{\"Error\":{\"Code\":\"LimitExceeded.DailyLimit\","
			   "\"Message\":\"\"}}}";
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		struct outcome o;
		struct sms_reply r = {.status = 200, .body = body, .body_len = strlen(body)};
		cloud_classify(&cloud_tencent, &r, (struct instant){CASE[i].at}, &o);
		assert_int_equal(o.retry_after_s, CASE[i].wait);
		assert_true(o.retry_after_s <= RETRY_WINDOW_MAX_S);
	}
}

static void clocks(void **state)
{
	(void)state;
	static const char body[] = "{\"Code\":\"InvalidTimeStamp.Expired\",\"Message\":\"m\"}";
	static const struct {
		int64_t date;
		const char *want;
	} CASE[] = {
		{NOW - 1000, "the server's clock is off by: 1000 s"},
		{NOW + 1000, "the server's clock is off by: -1000 s"},
		{NOW + 59, "refuses the time"},
		{0, "refuses the time"},
	};
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		struct outcome o;
		struct sms_reply r = {.status = 400,
			.body = body,
			.body_len = sizeof body - 1,
			.date_s = CASE[i].date};
		cloud_classify(&cloud_aliyun, &r, (struct instant){NOW}, &o);
		assert_int_equal(o.class, OUTCOME_RETRY);
		assert_int_equal(o.fault, FAULT_CONFIG);
		assert_non_null(strstr(o.reason, CASE[i].want));
	}
}

/* Before a byte of the request left us, nothing can have been taken. */
static void breaks(void **state)
{
	(void)state;
	static const struct {
		int curl, status;
		int64_t bytes;
		int class, fault;
	} CASE[] = {
		{CURLE_COULDNT_CONNECT, 0, 0, R, FAULT_PEER},
		{CURLE_PEER_FAILED_VERIFICATION, 0, 0, R, FAULT_CONFIG},
		{CURLE_OPERATION_TIMEDOUT, 0, 1, U, FAULT_PEER},
		{CURLE_GOT_NOTHING, 0, 100, U, FAULT_PEER},
		{CURLE_PARTIAL_FILE, 200, 100, U, FAULT_PEER},
		{CURLE_PARTIAL_FILE, 400, 100, U, FAULT_PEER},
		{CURLE_PARTIAL_FILE, 403, 100, R, FAULT_CONFIG},
		{CURLE_PARTIAL_FILE, 500, 100, U, FAULT_PEER},
	};
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		static const char body[] = "{\"Code\":\"isv.MOBILE_NUMBER_ILLEGAL\"}";
		struct outcome o;
		struct sms_reply r = {.curl = CASE[i].curl,
			.curl_text = "words",
			.status = CASE[i].status,
			.request_bytes = CASE[i].bytes,
			.body = body,
			.body_len = sizeof body - 1};
		cloud_classify(&cloud_aliyun, &r, (struct instant){NOW}, &o);
		if ((int)o.class != CASE[i].class || (int)o.fault != CASE[i].fault)
			fail_msg("case %zu: %d %d %s", i, o.class, o.fault, o.reason);
	}
}

static void places(void **state)
{
	(void)state;
	static const struct {
		const char *url, *base, *host, *path;
	} CASE[] = {
		{"https://dysmsapi.aliyuncs.com/", "https://dysmsapi.aliyuncs.com",
			"dysmsapi.aliyuncs.com", "/"},
		{"https://dysmsapi.aliyuncs.com", "https://dysmsapi.aliyuncs.com",
			"dysmsapi.aliyuncs.com", "/"},
		{"https://a.example.org:443/x/y", "https://a.example.org", "a.example.org", "/x/y"},
		{"http://127.0.0.1:8080/", "http://127.0.0.1:8080", "127.0.0.1:8080", "/"},
		{"http://[::1]:80/", "http://[::1]", "[::1]", "/"},
	};
	struct arena a = ARENA_INIT;
	struct diag d = DIAG_INIT;
	struct cloud_place p;
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		assert_int_equal(cloud_place(CASE[i].url, &a, &p, &d), RC_OK);
		assert_string_equal(p.base, CASE[i].base);
		assert_string_equal(p.host, CASE[i].host);
		assert_string_equal(p.path, CASE[i].path);
	}
	assert_int_equal(cloud_place("nonsense", &a, &p, &d), RC_INVALID);
	assert_string_equal(cloud_utc((struct instant){NOW}, &a), "2026-09-21T14:13:20Z");
	assert_string_equal(cloud_china_day((struct instant){1790006399}, &a), "20260921");
	assert_string_equal(cloud_china_day((struct instant){1790006400}, &a), "20260922");
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aliyun),
		cmocka_unit_test(tencent),
		cmocka_unit_test(mas),
		cmocka_unit_test(accepted),
		cmocka_unit_test(windows),
		cmocka_unit_test(clocks),
		cmocka_unit_test(breaks),
		cmocka_unit_test(places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
