/*
 * sms_exchange - one request to an SMS gateway on a connection of its own, and its reply (F1)
 *
 * HTTP/1.1, never reused, no redirects, no compression, no Expect, replies over 64 KiB are cut, headers
 * over 64 KiB end the exchange.  Judges nothing.
 *
 * Completion: an exchange that began ends with exactly one call of its function, from the loop or
 *             from exchange_abandon; the reply is valid during the call.
 */
#ifndef DELIVER_SMS_EXCHANGE_H
#define DELIVER_SMS_EXCHANGE_H

#include "sms.h"
#include "sms_classify.h"

struct sms_exchange;
typedef void exchange_end_fn(void *ctx, const struct sms_reply *reply);

void request_init(struct sms_request *req);
void request_done(struct sms_request *req);

/* Takes the request's content over; it is empty afterwards.  secret: for HTTP Basic.  RC_IO: libcurl
 * could not be set up; nothing began. */
enum rc exchange_begin(struct wire *wire, const struct limits *limits, const char *ca_file,
	struct sms_request *req, const char *secret, exchange_end_fn *end, void *ctx,
	struct sms_exchange **ret, struct diag *d) NODISCARD;
void exchange_abandon(struct sms_exchange *x);

#endif
