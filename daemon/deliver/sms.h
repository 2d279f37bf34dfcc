/*
 * sms - one SMS, one HTTP request, one connection (F1)
 *
 * The request is built by sms_http.c, sms_kannel.c or a driver of sms_cloud.h, made by sms_exchange.c and
 * judged by sms_classify.c or sms_cloud.c.
 */
#ifndef DELIVER_SMS_H
#define DELIVER_SMS_H

#include "buf.h"
#include "sms_template.h"
#include "transport.h"

enum {
	SMS_PARALLEL = 4,
	SMS_REPLY_MAX = 64 * 1024,
	SMS_HEADERS_MAX = 64 * 1024,
	SMS_HEADER_COST = 48, /* of libcurl, beside its bytes */
	SMS_REQUEST_MAX = 64 * 1024
};

struct curl_slist;

/* What goes out; see request_init. */
struct sms_request {
	const char *method;
	struct buf url, body;
	bool has_body;
	struct curl_slist *headers;
	const char *basic_user; /* HTTP Basic with the secret, or NULL */
	bool connect_only;      /* a connection, and no request on it */
};

void sms_start(struct wire *wire, const struct limits *limits, struct attempt *a);

/* Fill in the request.  Faults (RC_INVALID, RC_LIMIT) are what check missed. */
enum rc sms_http_build(const struct sms_settings *s, const struct sms_values *v,
	struct sms_request *req, struct diag *d) NODISCARD;
enum rc sms_kannel_build(const struct sms_settings *s, const struct sms_values *v,
	struct sms_request *req, struct diag *d) NODISCARD;

/* `Name: value`; refuses values with control characters (RC_INVALID). */
enum rc sms_add_header(
	struct sms_request *req, const char *name, const char *value, struct diag *d) NODISCARD;

/* Has libcurl leave out a header of its own. */
enum rc sms_drop_header(struct sms_request *req, const char *name, struct diag *d) NODISCARD;

/* The settings' own headers and the idempotency key, rendered. */
enum rc sms_add_settings_headers(const struct sms_settings *s, const struct sms_values *v,
	struct sms_request *req, struct diag *d) NODISCARD;

#endif
