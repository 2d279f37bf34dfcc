/* What 云MAS answers in rspcod.  No code is known that means "later". */
#include "sms_cloud.h"

const struct cloud_code mas_codes[] = {
	{"InvalidMobile", CLOUD_NUMBER, 0},
	{"InvalidMessage", CLOUD_MESSAGE, 0},
	{"TooManyMobiles", CLOUD_MESSAGE, 0},
	{"IllegalMac", CLOUD_CONFIG, 0},
	{"IllegalSignId", CLOUD_CONFIG, 0},
	{"NoSignId", CLOUD_CONFIG, 0},
	{"InvalidUsrOrPwd", CLOUD_CONFIG, 0},
	{"NOT_WHITE_IP", CLOUD_CONFIG, 0},
	{NULL, CLOUD_RETRY, 0},
};
