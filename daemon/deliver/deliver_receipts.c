/* Receipts of transports that know none: a driver's own definitions stand before these. */
#include "deliver.h"

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

UNLESS_A_DRIVER_KNOWS enum rc deliver_parse_push(const struct sms_settings *sms, const char *query,
	const char *body, size_t len, struct receipt *ret, size_t max, size_t *ret_n,
	const char **ret_reply, struct diag *d)
{
	(void)sms;
	(void)query;
	(void)body;
	(void)len;
	(void)ret;
	(void)max;
	(void)ret_n;
	(void)ret_reply;
	return diag_set(d, RC_INVALID, N_("this gateway sends no receipts"));
}
