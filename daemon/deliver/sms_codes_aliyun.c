/* What Aliyun's codes mean for a message.  SignatureNonceUsed is not among them: no nonce is used twice
 * here, so that somebody else repeated our request, and the first one may have been taken. */
#include "sms_cloud.h"

const struct cloud_code aliyun_codes[] = {
	{"isp.SYSTEM_ERROR", CLOUD_RETRY, 0},
	{"Throttling*", CLOUD_RETRY, 0},
	{"ServiceUnavailable*", CLOUD_RETRY, 0},
	{"InternalError", CLOUD_RETRY, 0},

	{"isv.BUSINESS_LIMIT_CONTROL", CLOUD_WAIT, CLOUD_IN_MESSAGE},

	{"isv.MOBILE_NUMBER_ILLEGAL", CLOUD_NUMBER, 0},
	{"isv.DOMESTIC_NUMBER_NOT_SUPPORTED", CLOUD_NUMBER, 0},

	{"isv.MOBILE_COUNT_OVER_LIMIT", CLOUD_MESSAGE, 0},
	{"isv.TEMPLATE_MISSING_PARAMETERS", CLOUD_MESSAGE, 0},
	{"isv.TEMPLATE_PARAMS_ILLEGAL", CLOUD_MESSAGE, 0},
	{"isv.INVALID_PARAMETERS", CLOUD_MESSAGE, 0},
	{"isv.INVALID_JSON_PARAM", CLOUD_MESSAGE, 0},
	{"isv.PARAM_LENGTH_LIMIT", CLOUD_MESSAGE, 0},
	{"isv.PARAM_NOT_SUPPORT_URL", CLOUD_MESSAGE, 0},
	{"isv.SMS_CONTENT_ILLEGAL", CLOUD_MESSAGE, 0},
	{"isv.BLACK_KEY_CONTROL_LIMIT", CLOUD_MESSAGE, 0},

	{"isv.SMS_SIGNATURE_ILLEGAL", CLOUD_CONFIG, 0},
	{"isv.SMS_SIGN_ILLEGAL", CLOUD_CONFIG, 0},
	{"isv.SIGN_STATE_ILLEGAL", CLOUD_CONFIG, 0},
	{"isv.SMS_TEMPLATE_ILLEGAL", CLOUD_CONFIG, 0},
	{"isv.SMS_SIGNATURE_SCENE_ILLEGAL", CLOUD_CONFIG, 0},
	{"isv.EXTEND_CODE_ERROR", CLOUD_CONFIG, 0},
	{"isv.DENY_IP_RANGE", CLOUD_CONFIG, 0},
	{"isv.DAY_LIMIT_CONTROL", CLOUD_CONFIG, 0},
	{"isv.MONTH_LIMIT_CONTROL", CLOUD_CONFIG, 0},
	{"isv.AMOUNT_NOT_ENOUGH", CLOUD_CONFIG, 0},
	{"isv.OUT_OF_SERVICE", CLOUD_CONFIG, 0},
	{"isv.PRODUCT_UN_SUBSCRIPT", CLOUD_CONFIG, 0},
	{"isv.PRODUCT_UNSUBSCRIBE", CLOUD_CONFIG, 0},
	{"isv.ACCOUNT_NOT_EXISTS", CLOUD_CONFIG, 0},
	{"isv.ACCOUNT_ABNORMAL", CLOUD_CONFIG, 0},
	{"isp.RAM_PERMISSION_DENY", CLOUD_CONFIG, 0},
	{"InvalidAccessKeyId.NotFound", CLOUD_CONFIG, 0},
	{"InvalidAccessKeyId.Inactive", CLOUD_CONFIG, 0},
	{"SignatureDoesNotMatch", CLOUD_CONFIG, 0},
	{"IncompleteSignature", CLOUD_CONFIG, 0},
	{"Forbidden.RAM", CLOUD_CONFIG, 0},

	{"InvalidTimeStamp.Expired", CLOUD_CLOCK, 0},
	{NULL, CLOUD_RETRY, 0},
};
