/*
 * conf_sms_cloud - what Aliyun, Tencent Cloud and 云MAS need of sms = { ... }
 */
#ifndef CONF_CONF_SMS_CLOUD_H
#define CONF_CONF_SMS_CLOUD_H

#include "conf_state.h"

bool cloud_is(enum transport_kind kind);
/* The vendor's own address, if none is given and there is one. */
void cloud_default(struct sms_settings *s);
void cloud_check(struct conf_state *st, const struct sms_settings *s, const char *transport);

#endif
