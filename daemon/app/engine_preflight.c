/*
 * Is everything ready for a month?  What the configuration lacks (core/preflight), what the database knows
 * (has anybody ever got something from us?), what the machine has left, and two questions that take
 * time: do the relay and the SMS gateway let us in, does the address of the pages answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "check_texts.h"
#include "engine_preflight.h"
#include "engine_state.h"
#include "ping.h"
#include "preflight.h"

enum {
	PROVEN_DAYS = 90,
	NAMES_MAX = 8,
	DISK_FREE_MB = 200,
	CERT_WARN_DAYS = 21,
	BACKUP_OLD_S = 2 * DAY_S,
	KNOWN_MARGIN = 10,
};

/* What the two questions found; kept until they are asked again. */
struct preflight {
	struct ping *ping;
	bool mail_asked, sms_asked, web_asked; /* on their way */
	bool mail_known, sms_known, web_known;
	struct outcome mail, sms;
	struct instant cert_until;
	char web[300]; /* why not; "" if it answered */
};

static void add(struct diags *ds, enum severity severity, const char *hint, const char *msgid, ...)
	PRINTF_LIKE(4, 5);
static void add(struct diags *ds, enum severity severity, const char *hint, const char *msgid, ...)
{
	struct diag d = DIAG_INIT;
	va_list ap;
	va_start(ap, msgid);
	(void)diag_vset(&d, RC_STATE, msgid, ap);
	va_end(ap);
	d.severity = severity;
	d.hint = hint;
	diags_add(ds, &d);
}

/* ---- contacts that nothing has reached ---------------------------------------------------------------- */

struct unproven {
	struct buf names;
	size_t n;
};

static void note(struct unproven *u, const struct person *p)
{
	if (u->n++ < NAMES_MAX)
		buf_printf(&u->names, "%s%s", u->names.len ? ", " : "", p->id);
	else if (u->n == NAMES_MAX + 1)
		buf_printf(&u->names, ", ...");
}

static enum rc check_proven(struct engine *e, enum channel ch, const struct person *const *p,
	size_t n, struct instant now, bool *ret_any, struct diags *ds, struct diag *d)
{
	struct unproven u = {.n = 0};
	struct instant since = {now.s - PROVEN_DAYS * (int64_t)DAY_S}, last;
	enum rc rc = RC_OK;
	buf_init(&u.names, 4096);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		const char *contact = engine_contact(p[i], ch);
		if (!contact[0] || p[i]->placeholder)
			continue;
		rc = outbox_last_success(e->store, ch, p[i]->id, contact, since, &last, d);
		if (rc == RC_OK && instant_is_none(last))
			note(&u, p[i]);
		else if (rc == RC_OK)
			*ret_any = true;
	}
	if (rc == RC_OK && u.n)
		add(ds, SEV_WARNING, "deadlinectl test-message PERSON --channel email|sms",
			ch == CHANNEL_SMS ? N_("no SMS has reached these in the last %d days (%zu "
					       "in all): %s")
					  : N_("no mail has reached these in the last %d days (%zu "
					       "in all): %s"),
			PROVEN_DAYS, u.n, u.names.data);
	buf_done(&u.names);
	return rc;
}

/* Leaders and admins get no SMS. */
static enum rc check_contacts(struct engine *e, int year, int month, struct instant now,
	bool *ret_sms_works, struct diags *ds, struct diag *d)
{
	bool mail_works = false;
	*ret_sms_works = false;
	const struct person *told[PREFLIGHT_PEOPLE_MAX];
	preflight_people(e->config, year, month, ds);
	size_t n = preflight_told(e->config, year, month, told);
	enum rc rc = check_proven(e, CHANNEL_EMAIL, told, n, now, &mail_works, ds, d);
	return rc ? rc : check_proven(e, CHANNEL_SMS, told, n, now, ret_sms_works, ds, d);
}

/* ---- gateways and their limits -------------------------------------------------------------------------- */

static void check_transports(struct engine *e, struct diags *ds)
{
	struct engine_destination x[16];
	size_t n = engine_destinations(e, x, sizeof x / sizeof *x);
	if (deliver_is_spool(e->deliver, CHANNEL_EMAIL))
		add(ds, SEV_ERROR, "email = { transport = \"smtp\"; ... }",
			N_("mails are written to files and sent to nobody"));
	if (deliver_is_spool(e->deliver, CHANNEL_SMS))
		add(ds, SEV_WARNING, "sms = { transport = ...; ... }",
			N_("SMS are written to files and sent to nobody"));
	for (size_t i = 0; i < n; i++)
		if (!instant_is_none(x[i].down_since))
			add(ds, SEV_ERROR, N_("mend it, then: deadlinectl retry"),
				N_("%s does not work: %s"), x[i].name, x[i].reason);
}

static enum rc check_quota(struct engine *e, enum channel ch, const struct guard_settings *g,
	struct date first, struct diags *ds, struct diag *d)
{
	struct date next = date_add(first, 31 - date_day(date_add(first, 31)) + 1);
	size_t planned = 0;
	enum rc rc = outbox_count_planned(e->store, ch, zone_to_instant(e->config->zone, first, 0),
		zone_to_instant(e->config->zone, next, 0), &planned, d);
	if (rc == RC_OK && g->per_month && planned > (size_t)g->per_month)
		add(ds, SEV_WARNING, N_("raise per_month, or buy more"),
			ch == CHANNEL_SMS
				? N_("up to %zu SMS are planned for the month, the limit is %d")
				: N_("up to %zu mails are planned for the month, the limit is %d"),
			planned, g->per_month);
	return rc;
}

/* ---- machine ---------------------------------------------------------------------------------------------- */

static void check_machine(struct engine *e, struct instant now, struct diags *ds)
{
	struct statvfs fs;
	struct instant last = engine_last_backup(e);
	if (statvfs(e->opt.state_dir, &fs) == 0) {
		unsigned long long mb = (unsigned long long)fs.f_bavail * fs.f_frsize >> 20;
		if (mb < DISK_FREE_MB)
			add(ds, SEV_ERROR, N_("make room: on a full disk nothing is sent"),
				N_("the disk of %s has %llu MB left"), e->opt.state_dir, mb);
	}
	if (engine_hold(e) != HOLD_NONE)
		add(ds, SEV_ERROR, "deadlinectl clock-ok",
			N_("the clock is not believed: SMS wait"));
	if (!instant_is_none(e->restored_at))
		add(ds, SEV_ERROR, "deadlinectl after-restore --assume-sent-until TIME",
			N_("the database was restored from a copy: SMS wait"));
	if (!instant_is_none(last) && now.s - last.s > BACKUP_OLD_S)
		add(ds, SEV_WARNING, N_("look at the disk, then: deadlinectl backup"),
			N_("no copy of the database has been made for two days"));
}

static void check_calendar(struct engine *e, struct date first, struct diags *ds)
{
	char text[DATE_TEXT_SIZE];
	struct date last = date_add(first, 30 + KNOWN_MARGIN);
	if (!workday_is_known(&e->config->workdays, last))
		add(ds, SEV_WARNING, N_("deadlinectl workdays import reads the yearly notice"),
			N_("working days are known through %s only"),
			date_format(e->config->workdays.known_through, text));
}

/* ---- what takes time ---------------------------------------------------------------------------------------- */

static void on_relay(void *ctx, const struct outcome *o, struct instant cert_until)
{
	struct preflight *p = ctx;
	p->mail_asked = false;
	p->mail_known = true;
	p->mail = *o;
	p->cert_until = cert_until;
}

static void on_gateway(void *ctx, const struct outcome *o, struct instant cert_until)
{
	struct preflight *p = ctx;
	(void)cert_until;
	p->sms_asked = false;
	p->sms_known = true;
	p->sms = *o;
}

static void on_web(void *ctx, const char *why_not)
{
	struct preflight *p = ctx;
	p->web_asked = false;
	p->web_known = true;
	snprintf(p->web, sizeof p->web, "%s", why_not ? why_not : "");
}

void engine_preflight_ask(struct engine *e, struct instant now)
{
	struct diag ignored;
	char url[600];
	if (!e->opt.loop)
		return;
	if (!e->preflight)
		e->preflight = mem_new(1, sizeof *e->preflight);
	struct preflight *p = e->preflight;
	if (engine_preflight_waits(e))
		return;
	p->mail_known = p->sms_known = p->web_known = false;
	p->mail_asked = true;
	if (deliver_probe(e->deliver, on_relay, p, &ignored))
		p->mail_asked = false;
	p->sms_asked = true;
	if (deliver_probe_sms(e->deliver, now, on_gateway, p, &ignored))
		p->sms_asked = false;
	if (!e->config->base_url || (!p->ping && ping_new(e->opt.loop, &p->ping, &ignored)))
		return;
	snprintf(url, sizeof url, "%s/healthz", e->config->base_url);
	p->web_asked = ping_send(p->ping, url, on_web, p, &ignored) == RC_OK;
}

bool engine_preflight_waits(const struct engine *e)
{
	const struct preflight *p = e->preflight;
	return p && (p->mail_asked || p->sms_asked || p->web_asked);
}

void engine_preflight_done(struct engine *e)
{
	if (!e->preflight)
		return;
	ping_free(e->preflight->ping);
	free(e->preflight);
	e->preflight = NULL;
}

/* What an SMS that arrived has proved needs no other proof. */
static void check_gateway(const struct preflight *p, bool sms_works, struct diags *ds)
{
	if (p->sms.class != OUTCOME_SENT)
		add(ds, SEV_ERROR, NULL,
			p->sms.fault == FAULT_CONFIG ? N_("the SMS gateway does not let us in: %s")
						     : N_("the SMS gateway does not answer: %s"),
			p->sms.reason);
	else if (!p->sms.code && !sms_works)
		add(ds, SEV_WARNING, "deadlinectl test-message PERSON --channel sms",
			N_("the SMS gateway can be reached; whether it takes our credentials "
			   "cannot be tried without sending"));
}

static void check_answers(struct engine *e, struct instant now, bool sms_works, struct diags *ds)
{
	const struct preflight *p = e->preflight;
	char text[ZONE_TEXT_SIZE];
	if (p && p->mail_known && p->mail.class != OUTCOME_SENT)
		add(ds, SEV_ERROR, NULL, N_("the relay does not let us in: %s"), p->mail.reason);
	if (p && p->mail_known && !instant_is_none(p->cert_until) &&
		p->cert_until.s - now.s < CERT_WARN_DAYS * (int64_t)DAY_S)
		add(ds, SEV_WARNING, N_("tell whoever runs it"),
			N_("the relay's certificate is valid until %.10s only"),
			zone_format(e->config->zone, p->cert_until, text));
	if (p && p->sms_known)
		check_gateway(p, sms_works, ds);
	if (p && p->web_known && p->web[0])
		add(ds, SEV_WARNING, N_("links in mails lead there"), N_("%s does not answer: %s"),
			e->config->base_url, p->web);
	if (!e->config->base_url)
		add(ds, SEV_WARNING, "base_url = \"https://...\"",
			N_("there is no address for pages, so that messages carry no links"));
}

/* ---- by itself ---------------------------------------------------------------------------------------------- */

/* Ten workdays before a month begins, then five, then on the last. */
bool engine_preflight_is_due(const struct engine *e, struct date today, struct date *ret_first)
{
	static const int BEFORE[] = {10, 5, 1};
	struct date first = date_add(date_clamped(date_year(today), date_month(today), 1), 31);
	first = date_clamped(date_year(first), date_month(first), 1);
	for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++) {
		struct date day = workday_add(&e->config->workdays, first, -BEFORE[i]);
		if (date_compare(day, today) != 0)
			continue;
		*ret_first = first;
		return true;
	}
	return false;
}

/* ---- all --------------------------------------------------------------------------------------------------- */

enum rc engine_preflight(
	struct engine *e, int year, int month, struct instant now, struct diags *ds, struct diag *d)
{
	struct date first = date_clamped(year, month, 1);
	bool sms_works;
	enum rc rc = check_contacts(e, year, month, now, &sms_works, ds, d);
	if (rc == RC_OK)
		rc = check_quota(e, CHANNEL_EMAIL, &e->config->email.guard, first, ds, d);
	if (rc == RC_OK)
		rc = check_quota(e, CHANNEL_SMS, &e->config->sms.guard, first, ds, d);
	if (rc)
		return engine_fail(e, rc, d);
	check_texts(e->config, e->templates, zone_to_civil(e->config->zone, now).date, ds);
	check_transports(e, ds);
	check_machine(e, now, ds);
	check_calendar(e, first, ds);
	check_answers(e, now, sms_works, ds);
	return RC_OK;
}
