#include "sms.h"

#include <string.h>

#include "credential.h"
#include "sms_classify.h"
#include "sms_cloud.h"
#include "sms_exchange.h"
#include "sms_text.h"
#include "text.h"

/* The parts of the frozen bytes: the text, then the values of a template's variables. */
struct parts {
	const char *text;
	const char *value[SMS_VARIABLES_MAX];
	size_t n_values;
	bool too_many;
};

static void split(struct attempt *a, struct parts *ret)
{
	const char *p = a->job.bytes, *end = p + a->job.len;
	*ret = (struct parts){0};
	for (bool first = true; p <= end; first = false) {
		const char *mark = memchr(p, SMS_VARIABLE_MARK, (size_t)(end - p));
		const char *part = arena_strndup(&a->arena, p, (size_t)((mark ? mark : end) - p));
		if (first)
			ret->text = part;
		else if (ret->n_values < SMS_VARIABLES_MAX)
			ret->value[ret->n_values++] = part;
		else
			ret->too_many = true;
		p = mark ? mark + 1 : end + 1;
	}
}

static void judge(void *ctx, const struct sms_reply *r)
{
	struct attempt *a = ctx;
	const struct sms_settings *s = &a->settings->sms;
	const struct cloud *cloud = cloud_of(s->kind);
	struct outcome o;
	if (cloud)
		cloud_classify(cloud, r, a->job.at, &o);
	else if (s->kind == TRANSPORT_KANNEL)
		sms_classify_kannel(r, &o);
	else
		sms_classify_http(s, r, &o);
	attempt_end(a, &o);
}

static void on_abandon(struct attempt *a)
{
	exchange_abandon(a->transport);
}

/* Values for a gateway that has been replaced since are of no use to this one. */
static void fill_values(
	struct attempt *a, const char *text, const char *secret, struct sms_values *ret)
{
	const struct sms_settings *s = &a->settings->sms;
	const char *to = a->job.recipient;
	*ret = (struct sms_values){{
		[SMS_TO] = to,
		[SMS_TO_DIGITS] = to + 1,
		[SMS_TO_LOCAL] = cloud_local_number(to),
		[SMS_TEXT] = sms_sign(s->sign, text, &a->arena),
		[SMS_BARE_TEXT] = text,
		[SMS_SIGN] = s->sign,
		[SMS_FROM] = s->from,
		[SMS_REF] = a->job.client_ref,
		[SMS_USER] = s->user,
		[SMS_SECRET] = secret,
	}};
}

static enum rc build_cloud(struct attempt *a, const struct cloud *cloud, const struct parts *p,
	const char *secret, struct sms_request *req, struct diag *d)
{
	const struct sms_settings *s = &a->settings->sms;
	struct cloud_call c = {.s = s,
		.secret = secret,
		.to = a->job.recipient,
		.ref = a->job.client_ref,
		.text = p->text,
		.value = p->value,
		.n_values = p->n_values,
		.at = a->job.at,
		.arena = &a->arena};
	if (cloud->has_template && (p->too_many || p->n_values != s->n_variables))
		return diag_set(d, RC_STATE,
			N_("the message was made for a template with %zu variables, and there are "
			   "%zu now"),
			p->n_values, s->n_variables);
	return cloud->build(&c, req, d);
}

static enum rc build(struct attempt *a, const char *secret, struct sms_request *req, struct diag *d)
{
	const struct sms_settings *s = &a->settings->sms;
	const struct cloud *cloud = cloud_of(s->kind);
	struct sms_values v;
	struct parts p;
	split(a, &p);
	fill_values(a, p.text, secret, &v);
	/* What a template makes of its variables is for the gateway to measure. */
	if (!(cloud && cloud->has_template) && s->max_units > 0 &&
		text_count_utf16(v.value[SMS_TEXT]) > (size_t)s->max_units)
		return diag_set(d, RC_RANGE, N_("the text is longer than the gateway's max_units"));
	enum rc rc = sms_drop_header(req, "Expect", d);
	if (rc)
		return rc;
	if (cloud)
		return build_cloud(a, cloud, &p, secret, req, d);
	return s->kind == TRANSPORT_KANNEL ? sms_kannel_build(s, &v, req, d)
					   : sms_http_build(s, &v, req, d);
}

/* RC_RANGE is a text that is too long: dead, where all else is a fault of the configuration. */
static void refuse(struct attempt *a, enum rc rc, const struct diag *d)
{
	char why[DIAG_TEXT_MAX];
	bool dead = rc == RC_RANGE;
	struct outcome o = {.class = dead ? OUTCOME_DEAD : OUTCOME_RETRY,
		.fault = dead ? FAULT_MESSAGE : FAULT_CONFIG};
	diag_text(d, NULL, why, sizeof why);
	outcome_set_reason(&o, "%s", why);
	attempt_end(a, &o);
}

void sms_start(struct wire *wire, const struct limits *limits, struct attempt *a)
{
	const struct sms_settings *s = &a->settings->sms;
	struct sms_request req;
	struct sms_exchange *x = NULL;
	struct credential secret = {""};
	struct diag d = DIAG_INIT;
	enum rc rc = RC_OK;
	request_init(&req);
	a->abandon = on_abandon;
	if (s->password_credential)
		rc = credential_read(limits->credentials_dir, s->password_credential, &secret, &d);
	if (!rc && secret.text[0])
		a->redact = redact_new(s->user, secret.text);
	if (!rc)
		rc = build(a, secret.text, &req, &d);
	if (!rc)
		rc = exchange_begin(wire, limits, s->ca_file, &req, secret.text, judge, a, &x, &d);
	credential_wipe(&secret);
	request_done(&req);
	if (rc)
		refuse(a, rc, &d);
	else
		a->transport = x;
}
