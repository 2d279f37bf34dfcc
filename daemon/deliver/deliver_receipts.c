/*
 * Receipts without a cloud: Kannel fetches the URL that a message named, with what became of it.  A
 * driver that can be asked, or whose gateway reports in its own way, stands before these.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver.h"
#include "text.h"

#define UNLESS_A_DRIVER_KNOWS __attribute__((weak))

UNLESS_A_DRIVER_KNOWS bool deliver_can_ask(const struct deliver *dv)
{
	(void)dv;
	return false;
}

UNLESS_A_DRIVER_KNOWS enum rc deliver_ask(struct deliver *dv, const struct question *q,
	deliver_answer_fn *answer, void *ctx, struct diag *d)
{
	(void)dv;
	(void)q;
	(void)answer;
	(void)ctx;
	return diag_set(d, RC_STATE, N_("this gateway cannot be asked"));
}

/* ---- Kannel ------------------------------------------------------------------------------------- */

static int hex_value(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* The decoded value of one parameter, cut to size; false if it is not there. */
static bool get_parameter(const char *query, const char *name, char *ret, size_t size)
{
	size_t len = strlen(name), n = 0;
	const char *p = query;
	while (strncmp(p, name, len) != 0 || p[len] != '=') {
		p = strchr(p, '&');
		if (!p)
			return false;
		p++;
	}
	for (p += len + 1; *p && *p != '&' && n + 1 < size; p++) {
		int high = *p == '%' ? hex_value(p[1]) : -1;
		int low = high >= 0 ? hex_value(p[2]) : -1;
		ret[n++] = *p == '+' ? ' ' : low >= 0 ? (char)(high * 16 + low) : *p;
		p += low >= 0 ? 2 : 0;
	}
	ret[n] = '\0';
	return true;
}

/* The user's guide, "Delivery reports": 1 delivered to the phone, 2 not delivered, 4 queued and 8
 * taken by the SMS centre, 16 rejected by it. */
static enum receipt_class kannel_class(const char *type)
{
	static const struct {
		const char *type;
		enum receipt_class class;
	} KNOWN[] = {{"1", RECEIPT_DELIVERED}, {"2", RECEIPT_UNDELIVERED}, {"4", RECEIPT_WAITING},
		{"8", RECEIPT_WAITING}, {"16", RECEIPT_UNDELIVERED}};
	for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
		if (strcmp(type, KNOWN[i].type) == 0)
			return KNOWN[i].class;
	return RECEIPT_NONE;
}

static enum rc parse_kannel(const char *query, struct receipt *ret, struct diag *d)
{
	char type[8], answer[100] = "";
	struct receipt r = {0};
	if (!get_parameter(query, "ref", r.client_ref, sizeof r.client_ref) ||
		!get_parameter(query, "type", type, sizeof type))
		return diag_set(d, RC_INVALID, N_("a report of Kannel has a ref and a type"));
	r.class = kannel_class(type);
	get_parameter(query, "ans", answer, sizeof answer);
	if (answer[0] && text_check(answer, strlen(answer), false, NULL) == TEXT_OK)
		snprintf(r.reason, sizeof r.reason, "%s", answer);
	*ret = r;
	return RC_OK;
}

UNLESS_A_DRIVER_KNOWS enum rc deliver_parse_push(const struct sms_settings *sms, const char *query,
	const char *body, size_t len, struct receipt *ret, size_t max, size_t *ret_n,
	const char **ret_reply, struct diag *d)
{
	(void)body;
	(void)len;
	if (sms->kind != TRANSPORT_KANNEL || max == 0)
		return diag_set(d, RC_INVALID, N_("this gateway sends no receipts"));
	enum rc rc = parse_kannel(query, ret, d);
	if (rc)
		return rc;
	*ret_n = 1;
	*ret_reply = "";
	return RC_OK;
}
