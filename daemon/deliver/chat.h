/*
 * chat - one message to one group, one HTTP request to its robot, one connection (F1)
 *
 *   WeCom     POST .../cgi-bin/webhook/send?key=TOKEN                       no signature
 *   DingTalk  POST .../robot/send?access_token=TOKEN[&timestamp=MS&sign=S]  signed in the address
 *   Feishu    POST .../open-apis/bot/v2/hook/TOKEN                          signed in the body
 *
 * All three answer 200 to what they refuse: only their own code in the body counts.  The address is
 * a secret: it stands in no reason and no log.  The moment of a signature is the delivery's.
 */
#ifndef DELIVER_CHAT_H
#define DELIVER_CHAT_H

#include "sms.h"
#include "sms_classify.h"
#include "transport.h"

enum {
	CHAT_PARALLEL = 4,
	CHAT_WECOM_TEXT_MAX = 2048, /* bytes of the text */
	CHAT_BODY_MAX = 20000,      /* bytes of the request, DingTalk and Feishu */
	CHAT_SIGN_SIZE = 45,        /* 32 bytes in base64, and NUL */
};

void chat_start(struct wire *wire, const struct limits *limits, const struct chat_room *room,
	struct attempt *a);

/* The text with the word that the robot insists on behind it, unless it is in it.  keyword may be
 * NULL. */
const char *chat_text(const char *text, const char *keyword, struct arena *a);

/* token and secret ("" if none) as the files have them.  RC_RANGE: the text is longer than the service
 * takes.  RC_INVALID: the token is none. */
enum rc chat_build(const struct chat_room *room, const char *token, const char *secret,
	const char *text, struct instant at, struct sms_request *ret, struct diag *d) NODISCARD;

/* Base64 of HMAC-SHA-256: of "timestamp LF secret" under the secret; of nothing under both. */
void chat_sign_dingtalk(int64_t timestamp_ms, const char *secret, char ret[static CHAT_SIGN_SIZE]);
void chat_sign_feishu(int64_t timestamp_s, const char *secret, char ret[static CHAT_SIGN_SIZE]);

/* What a robot's answer means; the service's codes are a table.  A code that is not in it is no
 * verdict: UNKNOWN. */
void chat_classify(enum transport_kind kind, const struct sms_reply *r, struct outcome *ret);

/* What conf/ cannot know: the address, the files. */
void chat_check(const struct chat_room *const *room, size_t n, struct diags *ds);

#endif
