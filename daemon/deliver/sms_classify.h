/*
 * sms_classify - what became of an SMS, from what the gateway answered.  Pure.
 *
 * The rule that nothing overrules: once a byte of the request left us, only a documented refusal
 * (a 4xx, or the gateway's own code in temporary_values or permanent_values of a reply that is not
 * 5xx) makes it RETRY or DEAD, only the success rule makes it SENT, and everything else is UNKNOWN.
 */
#ifndef DELIVER_SMS_CLASSIFY_H
#define DELIVER_SMS_CLASSIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "outcome.h"

struct sms_reply {
	int curl;              /* CURLcode; 0: the reply is complete */
	const char *curl_text; /* its words */
	int64_t request_bytes; /* that left us */
	int status;            /* HTTP status, 0 = none came */
	const char *body;      /* NUL-terminated */
	size_t body_len;
	bool cut;              /* the body was longer than we take */
	int64_t retry_after_s; /* 0 = none */
	int64_t date_s;        /* the reply's Date, 0 = none */
	bool abandoned;        /* we stopped */
};

void sms_classify_http(
	const struct sms_settings *s, const struct sms_reply *r, struct outcome *ret);
void sms_classify_kannel(const struct sms_reply *r, struct outcome *ret);

/* A reply whose body says nothing that we know: by how far it came and its status alone.  Never SENT. */
void sms_classify_plain(const struct sms_reply *r, struct outcome *ret);

/* What was said, for a person. */
void sms_give_reason(struct outcome *o, const struct sms_reply *r, const char *what);

/* "200-299, 304": numbers 100..599 and ranges. */
bool sms_status_list_is_valid(const char *list);
bool sms_status_is_in(const char *list, int status);

#endif
