/* What a robot's answer means. */
#include <string.h>

#include <jansson.h>

#include "chat.h"
#include "json_pointer.h"
#include "retry.h"
#include "text.h"

enum { WORDS_MAX = 300 };

/* Seconds: each robot's window is a minute; DingTalk shuts out for ten. */
enum { MINUTE = 60, TEN_MINUTES = 600, SOON = 30 };

struct verdict {
	int code;
	enum outcome_class class;
	enum outcome_fault fault;
	int wait_s;
	const char *what; /* NULL: as CLASS_WHAT says */
};

static const char *const CLASS_WHAT[] = {
	[OUTCOME_SENT] = N_("taken"),
	[OUTCOME_RETRY] = N_("not taken, for now"),
	[OUTCOME_DEAD] = N_("the robot refuses the message"),
};

#define SENT(code)                                                                                 \
	{                                                                                          \
		code, OUTCOME_SENT, FAULT_NONE, 0, NULL                                            \
	}
#define LATER(code, wait)                                                                          \
	{                                                                                          \
		code, OUTCOME_RETRY, FAULT_PEER, wait, NULL                                        \
	}
#define CONFIG(code, what)                                                                         \
	{                                                                                          \
		code, OUTCOME_RETRY, FAULT_CONFIG, 0, what                                         \
	}
#define NEVER(code)                                                                                \
	{                                                                                          \
		code, OUTCOME_DEAD, FAULT_MESSAGE, 0, NULL                                         \
	}

static const struct verdict WECOM[] = {
	SENT(0),
	LATER(-1, SOON),
	LATER(45009, MINUTE),
	{93000, OUTCOME_RETRY, FAULT_CONFIG, MINUTE, N_("the key of the robot is not valid")},
	NEVER(40008),
	NEVER(40033),
	NEVER(40058),
	NEVER(44004),
};

static const struct verdict DINGTALK[] = {
	SENT(0),
	LATER(-1, SOON),
	LATER(130101, TEN_MINUTES),
	LATER(410100, TEN_MINUTES),
	CONFIG(310000, N_("keyword, signature, clock or network address do not suit the robot")),
	CONFIG(300001, N_("the token of the robot is not valid")),
	CONFIG(300005, N_("the token of the robot is not valid")),
	CONFIG(400101, N_("the token of the robot is not valid")),
	CONFIG(400013, N_("the group is gone")),
	CONFIG(400102, N_("the robot has been stopped")),
	CONFIG(400106, N_("the robot is gone")),
	CONFIG(40035, N_("the robot refuses the request")),
	CONFIG(43002, N_("the robot refuses the request")),
	CONFIG(43004, N_("the robot refuses the request")),
	CONFIG(400105, N_("the robot refuses the request")),
};

static const struct verdict FEISHU[] = {
	SENT(0),
	LATER(11232, MINUTE),
	CONFIG(19001, N_("the token of the robot is not valid")),
	CONFIG(19021, N_("signature or clock do not suit the robot")),
	CONFIG(19022, N_("the robot does not accept our network address")),
	CONFIG(19024, N_("the keyword of the robot is missing")),
	NEVER(9499),
};

/* code: where it stands; code2: where older replies have it, or NULL. */
static const struct {
	const struct verdict *verdict;
	size_t n;
	const char *code, *code2, *words;
} SERVICE[] = {
	{WECOM, sizeof WECOM / sizeof *WECOM, "/errcode", NULL, "/errmsg"},
	{DINGTALK, sizeof DINGTALK / sizeof *DINGTALK, "/errcode", NULL, "/errmsg"},
	{FEISHU, sizeof FEISHU / sizeof *FEISHU, "/code", "/StatusCode", "/msg"},
};

static const struct verdict *find_verdict(enum transport_kind kind, const char *code)
{
	const struct verdict *v = SERVICE[kind - TRANSPORT_WECOM].verdict;
	char text[24];
	for (size_t i = 0; i < SERVICE[kind - TRANSPORT_WECOM].n; i++) {
		snprintf(text, sizeof text, "%d", v[i].code);
		if (strcmp(code, text) == 0)
			return &v[i];
	}
	return NULL;
}

static void set_reason(struct outcome *o, const struct sms_reply *r, const char *what,
	const char *code, const char *words)
{
	outcome_set_reason(o, "HTTP %d: %s%s%s%s%.*s", r->status, what, *code ? ": " : "", code,
		*words ? " " : "", (int)text_cut(words, WORDS_MAX), words);
}

static int64_t bound_wait(int64_t s)
{
	return s < 0 ? 0 : s < RETRY_AFTER_MAX_S ? s : RETRY_AFTER_MAX_S;
}

/* {"status":1111,"wait":5,"punish":"deny"}: DingTalk's gate, before the robot. */
static bool is_gate(const json_t *json)
{
	return json_is_integer(json_object_get(json, "wait")) &&
	       json_is_string(json_object_get(json, "punish"));
}

static bool classify_json(
	enum transport_kind kind, const struct sms_reply *r, const json_t *json, struct outcome *o)
{
	char code[24], words[OUTCOME_REASON_MAX];
	json_pointer_text(json, SERVICE[kind - TRANSPORT_WECOM].code, code, sizeof code);
	json_pointer_text(json, SERVICE[kind - TRANSPORT_WECOM].words, words, sizeof words);
	if (!*code)
		json_pointer_text(json, SERVICE[kind - TRANSPORT_WECOM].code2, code, sizeof code);
	const struct verdict *v = find_verdict(kind, code);
	if (v && (v->class != OUTCOME_SENT || (r->status >= 200 && r->status < 300))) {
		o->class = v->class;
		o->fault = v->fault;
		o->retry_after_s = v->wait_s;
		set_reason(o, r, v->what ? v->what : CLASS_WHAT[v->class], code, words);
	} else if (!*code && kind == TRANSPORT_DINGTALK && is_gate(json)) {
		o->class = OUTCOME_RETRY;
		o->fault = FAULT_PEER;
		o->retry_after_s = bound_wait(json_integer_value(json_object_get(json, "wait")));
		set_reason(o, r, N_("not taken, for now"), "", "");
	} else if (r->status >= 200 && r->status < 300) {
		o->class = OUTCOME_UNKNOWN;
		o->fault = FAULT_PEER;
		set_reason(o, r, N_("the robot's answer is not one that we know"), code, words);
	} else {
		return false;
	}
	return true;
}

void chat_classify(enum transport_kind kind, const struct sms_reply *r, struct outcome *ret)
{
	struct outcome o = {.code = r->status};
	json_t *json = NULL;
	bool judged = false;
	if (!r->curl && !r->cut && r->status < 500)
		json = json_load_reply(r->body, r->body_len);
	if (json)
		judged = classify_json(kind, r, json, &o);
	if (!judged)
		sms_classify_plain(r, &o);
	json_decref(json);
	*ret = o;
}
