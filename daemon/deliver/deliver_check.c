#include "deliver.h"

#include <string.h>

#include "address.h"
#include "chat.h"
#include "credential.h"
#include "sms_template.h"
#include "text.h"

static void add_fault(
	struct diags *ds, struct source src, enum rc rc, const char *msgid, const char *arg)
{
	struct diag d = DIAG_INIT;
	(void)diag_set(&d, rc, msgid, arg);
	d.severity = SEV_ERROR;
	diag_at(&d, src.file ? src.file : "", src.line);
	diags_add(ds, &d);
}

/* A warning: the file may be put there later, and another machine may check for this one. */
static void check_credential(struct diags *ds, struct source src, const char *name)
{
	struct diag d = DIAG_INIT;
	if (!name || !credential_check(name, &d))
		return;
	d.severity = SEV_WARNING;
	diag_at(&d, src.file ? src.file : "", src.line);
	diags_add(ds, &d);
}

static bool host_is_plain(const char *s)
{
	size_t len = strlen(s);
	return len > 0 && len < 254 &&
	       s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:")] ==
		       '\0';
}

static bool header_is_clean(const char *s)
{
	return !s || (strlen(s) <= 500 && text_check(s, strlen(s), false, NULL) == TEXT_OK);
}

static void check_email(const struct email_settings *e, struct diags *ds)
{
	if (!e->from_address || !address_is_valid(e->from_address))
		add_fault(ds, e->src, RC_INVALID, N_("\"%s\" is not a mail address to send from"),
			e->from_address ? e->from_address : "");
	if (e->reply_to && !address_is_valid(e->reply_to))
		add_fault(ds, e->src, RC_INVALID, N_("\"%s\" is not a mail address to reply to"),
			e->reply_to);
	if (!header_is_clean(e->from_name))
		add_fault(ds, e->src, RC_INVALID,
			N_("the sender's name \"%s\" is too long or holds control characters"),
			e->from_name);
	if (e->kind == TRANSPORT_SPOOL)
		return;
	if (!e->host || !host_is_plain(e->host)) {
		char shown[200] = "";
		if (e->host)
			text_show_url(e->host, shown, sizeof shown);
		add_fault(ds, e->src, RC_INVALID, N_("\"%s\" is not the name of a mail relay"),
			shown);
		return;
	}
	if (e->port < 1 || e->port > 65535)
		add_fault(ds, e->src, RC_RANGE,
			N_("the port of the mail relay %s is not 1 to 65535"), e->host);
	if (e->user && !e->password_credential)
		add_fault(ds, e->src, RC_INVALID,
			N_("the user %s of the mail relay has no password"), e->user);
	if (e->user && e->tls == TLS_NONE && !host_is_loopback(e->host))
		add_fault(ds, e->src, RC_INVALID,
			N_("the password would go to the mail relay %s without TLS"), e->host);
}

void deliver_check(const struct email_settings *email, const struct sms_settings *sms,
	const struct chat_room *const *room, size_t n_rooms, struct diags *ds)
{
	check_email(email, ds);
	sms_template_check(sms, ds);
	if (email->kind != TRANSPORT_SPOOL)
		check_credential(ds, email->src, email->password_credential);
	if (sms->kind != TRANSPORT_SPOOL)
		check_credential(ds, sms->src, sms->password_credential);
	chat_check(room, n_rooms, ds);
}
