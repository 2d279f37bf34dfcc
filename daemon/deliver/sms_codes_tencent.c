/* What Tencent Cloud's codes mean for a message.  InternalError.Timeout and .SendAndRecvFail are not
 * among them: they say that an answer was lost, not that the message was refused. */
#include "sms_cloud.h"

#define FAILED "FailedOperation."
#define INVALID "InvalidParameterValue."
#define LIMIT "LimitExceeded."
#define MISSING "MissingParameter."

const struct cloud_code tencent_codes[] = {
	{"InternalError", CLOUD_RETRY, 0},
	{"InternalError.OtherError", CLOUD_RETRY, 0},
	{"InternalError.UnknownError", CLOUD_RETRY, 0},
	{"RequestLimitExceeded", CLOUD_RETRY, 0},
	{"RequestLimitExceeded.*", CLOUD_RETRY, 0},

	{LIMIT "DeliveryFrequencyLimit", CLOUD_WAIT, 60},
	{LIMIT "PhoneNumberThirtySecondLimit", CLOUD_WAIT, 30},
	{LIMIT "PhoneNumberOneHourLimit", CLOUD_WAIT, 3600},
	{LIMIT "PhoneNumberDailyLimit", CLOUD_WAIT, CLOUD_DAY_END},
	{LIMIT "PhoneNumberSameContentDailyLimit", CLOUD_WAIT, CLOUD_DAY_END},
	{LIMIT "AppDailyLimit", CLOUD_BUSY, CLOUD_DAY_END},
	{LIMIT "DailyLimit", CLOUD_BUSY, CLOUD_DAY_END},

	{INVALID "IncorrectPhoneNumber", CLOUD_NUMBER, 0},
	{FAILED "PhoneNumberInBlacklist", CLOUD_NUMBER, 0},
	{FAILED "PhoneNumberOnBlacklist", CLOUD_NUMBER, 0},
	{MISSING "EmptyPhoneNumberSet", CLOUD_NUMBER, 0},
	{"UnsupportedOperation.UnsuportedRegion", CLOUD_NUMBER, 0},
	{"UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", CLOUD_NUMBER, 0},

	{INVALID "ContentLengthLimit", CLOUD_MESSAGE, 0},
	{INVALID "TemplateParameterFormatError", CLOUD_MESSAGE, 0},
	{INVALID "TemplateParameterLengthLimit", CLOUD_MESSAGE, 0},
	{INVALID "ProhibitedUseUrlInTemplateParameter", CLOUD_MESSAGE, 0},
	{FAILED "ContainSensitiveWord", CLOUD_MESSAGE, 0},
	{FAILED "FailResolvePacket", CLOUD_MESSAGE, 0},
	{FAILED "JsonParseFail", CLOUD_MESSAGE, 0},
	{LIMIT "PhoneNumberCountLimit", CLOUD_MESSAGE, 0},

	{"AuthFailure.SignatureExpire", CLOUD_CLOCK, 0},
	{"InternalError.RequestTimeException", CLOUD_CLOCK, 0},

	{"AuthFailure", CLOUD_CONFIG, 0},
	{"AuthFailure.*", CLOUD_CONFIG, 0},
	{"UnauthorizedOperation", CLOUD_CONFIG, 0},
	{"UnauthorizedOperation.*", CLOUD_CONFIG, 0},
	{FAILED "SignatureIncorrectOrUnapproved", CLOUD_CONFIG, 0},
	{FAILED "TemplateIncorrectOrUnapproved", CLOUD_CONFIG, 0},
	{FAILED "MissingSignature", CLOUD_CONFIG, 0},
	{FAILED "InsufficientBalanceInSmsPackage", CLOUD_CONFIG, 0},
	{FAILED "MarketingSendTimeConstraint", CLOUD_CONFIG, 0},
	{INVALID "SdkAppIdNotExist", CLOUD_CONFIG, 0},
	{NULL, CLOUD_RETRY, 0},
};
