#include "smtp_classify.h"

#include <string.h>

#include "transport.h"

static const char *const stage_text[] = {
	[SMTP_CONNECT] = N_("connect"),
	[SMTP_TLS] = "TLS",
	[SMTP_HELLO] = N_("greeting"),
	[SMTP_AUTH] = "AUTH",
	[SMTP_MAIL] = "MAIL",
	[SMTP_RCPT] = "RCPT",
	[SMTP_DATA] = "DATA",
	[SMTP_BODY] = N_("body"),
	[SMTP_DOT] = N_("end of data"),
};

static const char *const cause_text[] = {
	[SMTP_REPLIED] = N_("replied"),
	[SMTP_DROPPED] = N_("the connection was lost"),
	[SMTP_TIMED_OUT] = N_("no answer in time"),
	[SMTP_GARBLED] = N_("the answer was not SMTP"),
	[SMTP_ABANDONED] = N_("stopped by us"),
	[SMTP_LOCAL] = N_("could not be tried"),
};

struct verdict {
	enum outcome_class class;
	enum outcome_fault fault;
	bool too_big;
};

static const struct verdict dead_recipient = {OUTCOME_DEAD, FAULT_RECIPIENT, false};
static const struct verdict dead_message = {OUTCOME_DEAD, FAULT_MESSAGE, false};
static const struct verdict dead_too_big = {OUTCOME_DEAD, FAULT_MESSAGE, true};
static const struct verdict retry_peer = {OUTCOME_RETRY, FAULT_PEER, false};
static const struct verdict retry_config = {OUTCOME_RETRY, FAULT_CONFIG, false};

/* 4xx.  What concerns the relay cools it, what concerns one recipient or message does not. */
static struct verdict judge_temporary(enum smtp_stage stage, const struct smtp_reply *r)
{
	/* Greylisting (450, x.2.x, x.7.x) may be said at DATA, too. */
	bool about_mail = stage >= SMTP_RCPT && (stage != SMTP_DATA || r->code == 450 ||
							r->subject == 2 || r->subject == 7);
	if (r->code == 421 || !about_mail || r->subject == 3 || r->subject == 4)
		return retry_peer;
	if (r->code == 452 && !r->class) /* no enhanced code: the relay's disk is full */
		return retry_peer;
	return (struct verdict){
		OUTCOME_RETRY, stage == SMTP_RCPT ? FAULT_RECIPIENT : FAULT_MESSAGE, false};
}

/* RFC 3463: x.3.4 message too big for system, x.2.3 for the mailbox. */
static bool is_size(const struct smtp_reply *r)
{
	if (r->class)
		return (r->subject == 3 && r->detail == 4) || (r->subject == 2 && r->detail == 3);
	return r->code == 552;
}

/* Of the sender, although the subject is an address: x.1.7 bad syntax, x.1.8 bad domain.  Relays
 * that delay their judgement say it at RCPT. */
static bool is_sender(const struct smtp_reply *r)
{
	return r->subject == 1 && (r->detail == 7 || r->detail == 8);
}

static struct verdict judge_recipient(const struct smtp_reply *r)
{
	if (is_sender(r))
		return retry_config;
	if (r->class && is_size(r))
		return dead_too_big;
	/* 5.4.1 is what one large provider says for an unknown mailbox, 5.6.7 is an address that
	 * needs SMTPUTF8. */
	if (r->subject == 1 || r->subject == 2 || (r->subject == 4 && r->detail == 1) ||
		(r->subject == 6 && r->detail == 7))
		return dead_recipient;
	if (r->subject == 5 || r->subject == 7)
		return retry_config;
	if (r->subject)
		return retry_peer;
	switch (r->code) {
	case 501:
	case 550:
	case 551:
	case 552:
	case 553:
		return dead_recipient;
	default:
		return retry_peer;
	}
}

static struct verdict judge_content(const struct smtp_reply *r)
{
	if (is_size(r))
		return dead_too_big;
	/* 5.7.8 and beyond are about who sends (login, SPF, DKIM, DMARC), what is below about this
	 * mail (spam): the former would make every mail dead. */
	if (is_sender(r) || (r->subject == 7 && r->detail >= 8))
		return retry_config;
	if (r->subject == 1 || r->subject == 2)
		return dead_recipient;
	if (r->subject == 3 || r->subject == 4)
		return retry_peer;
	return dead_message;
}

static struct verdict judge_permanent(enum smtp_stage stage, const struct smtp_reply *r)
{
	if (r->code == 530 || r->code == 534 || r->code == 535 || r->code == 538)
		return retry_config;
	switch (stage) {
	case SMTP_CONNECT:
	case SMTP_HELLO:
		return retry_peer;
	case SMTP_TLS:
	case SMTP_AUTH:
		return retry_config;
	case SMTP_MAIL:
		return is_size(r) ? dead_too_big : retry_config;
	case SMTP_RCPT:
		return judge_recipient(r);
	case SMTP_DATA:
		return is_size(r) ? dead_too_big : retry_peer;
	case SMTP_BODY:
	case SMTP_DOT:
		break;
	}
	return judge_content(r);
}

/* The queue id that the relay names, for who searches its log: "queued as ID" or "id=ID". */
static void read_queue_id(const char *text, char ret[static OUTCOME_ID_MAX])
{
	static const char *const mark[] = {"queued as ", "id="};
	for (size_t i = 0; i < sizeof mark / sizeof *mark; i++) {
		const char *p = strstr(text, mark[i]);
		if (!p)
			continue;
		p += strlen(mark[i]);
		size_t n = strspn(
			p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");
		if (n >= OUTCOME_ID_MAX)
			n = OUTCOME_ID_MAX - 1;
		memcpy(ret, p, n);
		ret[n] = '\0';
		return;
	}
}

static void classify_reply(const struct smtp_end *end, struct outcome *ret)
{
	const struct smtp_reply *r = end->reply;
	struct verdict v =
		r->code >= 500 ? judge_permanent(end->stage, r) : judge_temporary(end->stage, r);
	ret->code = r->code;
	if (r->code < 300) {
		v = (struct verdict){OUTCOME_SENT, FAULT_NONE, false};
		read_queue_id(r->text, ret->peer_id);
		outcome_set_reason(ret, "%s", r->text);
	} else {
		outcome_set_reason(ret, "%s: %s", stage_text[end->stage], r->text);
	}
	ret->class = v.class;
	ret->fault = v.fault;
	ret->too_big = v.too_big;
}

static void classify_silence(const struct smtp_end *end, struct outcome *ret)
{
	bool config = end->stage == SMTP_TLS || end->cause == SMTP_LOCAL;
	ret->class = end->stage == SMTP_DOT ? OUTCOME_UNKNOWN : OUTCOME_RETRY;
	ret->fault = config ? FAULT_CONFIG : FAULT_PEER;
	if (end->cause == SMTP_ABANDONED)
		ret->fault = FAULT_NONE;
	outcome_set_reason(ret, "%s: %s%s%s", stage_text[end->stage], cause_text[end->cause],
		end->detail ? ": " : "", end->detail ? end->detail : "");
}

void smtp_classify(const struct smtp_end *end, struct outcome *ret)
{
	struct smtp_end e = *end;
	struct outcome o = {0};
	bool final = e.cause == SMTP_REPLIED &&
		     (e.reply->code >= 400 || (e.reply->code == 250 && e.stage == SMTP_DOT));
	if (e.cause == SMTP_REPLIED && !final) {
		e.cause = SMTP_GARBLED;
		e.detail = e.reply->text;
	}
	if (final)
		classify_reply(&e, &o);
	else
		classify_silence(&e, &o);
	*ret = o;
}
