/* Where mails go. */
#include <stddef.h>
#include <string.h>

#include "text.h"
#include "conf_field.h"
#include "conf_guard.h"
#include "conf_value.h"

enum { KIND_SPOOL, KIND_SMTP };
static const char *const TRANSPORT[] = {"spool", "smtp", NULL};
/* In the order of enum tls_mode. */
static const char *const TLS[] = {"none", "starttls", "wrapped", NULL};
static const int TLS_PORT[] = {[TLS_NONE] = 25, [TLS_STARTTLS] = 587, [TLS_WRAPPED] = 465};

struct settings {
	struct email_settings email;
	int transport;
};
#define EMAIL(name, kind, member, ...) FIELD(name, kind, struct settings, email.member, __VA_ARGS__)

/* A spool may keep the settings of the relay, so that one word switches between them. */
static const struct field EMAIL_FIELD[] = {
	FIELD("transport", CHOICE, struct settings, transport, .choice = TRANSPORT),
	EMAIL("host", TEXT, host, .fallback_text = "", .max = 253),
	EMAIL("port", INT, port, .min = 1, .max = 65535),
	EMAIL("tls", CHOICE, tls, .choice = TLS, .fallback = TLS_STARTTLS),
	EMAIL("ca_file", TEXT, ca_file),
	EMAIL("user", TEXT, user, .max = 200),
	EMAIL("password_credential", TEXT, password_credential, .max = 200),
	FIELD_ELSEWHERE("password", REFUSED,
		.hint = N_("put it into a file of its own and name that in password_credential")),
	EMAIL("from", EMAIL, from_address),
	EMAIL("from_name", TEXT, from_name, .max = 120),
	EMAIL("reply_to", EMAIL, reply_to),
	FIELD_ELSEWHERE("limits", GROUP),
	EMAIL("max_parallel", INT, max_parallel, .fallback = 2, .min = 1, .max = 10),
};

static void check_smtp(struct conf_state *st, const struct email_settings *e)
{
	bool loopback = value_is_loopback_host(e->host, strlen(e->host));
	char shown[200];
	text_show_url(e->host, shown, sizeof shown);
	if (!e->host[0])
		conf_error(st, e->src, NULL, N_("transport \"smtp\" needs host"));
	else if (!value_is_domain(e->host) && !loopback &&
		 strspn(e->host, "0123456789abcdefABCDEF:[]") != strlen(e->host))
		conf_error(st, e->src, NULL, N_("\"%s\" is not the name of a host"), shown);
	if (e->user && !e->password_credential)
		conf_error(st, e->src, NULL, N_("user needs password_credential"));
	if (e->user && e->tls == TLS_NONE && !loopback)
		conf_error(st, e->src, N_("tls = \"starttls\" or \"wrapped\""),
			N_("the password would be sent without encryption"));
	if (value_is_placeholder_email(e->from_address))
		conf_warn(st, e->src, N_("write the bureau's own address"),
			N_("mails would come from the placeholder %s"), e->from_address);
}

void conf_read_email(struct conf_state *st)
{
	struct settings s = {0};
	config_setting_t *group = conf_top(st, "email");
	bool given = group && config_setting_is_group(group);
	field_default(FIELDS(EMAIL_FIELD), &s);
	s.email.src = given ? conf_here(st, group) : st->c->src;
	if (given)
		field_apply(st, group, FIELDS(EMAIL_FIELD), &s);
	struct email_settings *e = &s.email;
	conf_read_guard(st, given ? group : NULL, &GUARD_NONE, &e->guard);
	e->kind = s.transport == KIND_SMTP ? TRANSPORT_SMTP : TRANSPORT_SPOOL;
	if (!e->port)
		e->port = TLS_PORT[e->tls];
	if (!e->from_name)
		e->from_name = st->c->organisation;
	if (!e->from_address)
		e->from_address = arena_printf(st->a, "deadlined@%s", st->c->domain);
	if (e->kind == TRANSPORT_SMTP)
		check_smtp(st, e);
	st->c->email = *e;
}
