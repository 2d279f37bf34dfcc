#include "deliver.h"

#include <stdlib.h>
#include <string.h>

#include <systemd/sd-event.h>

#include "address.h"
#include "chat.h"
#include "email.h"
#include "probe.h"
#include "mime.h"
#include "sms.h"
#include "sms_ask.h"
#include "sms_probe.h"
#include "spool.h"
#include "text.h"
#include "transport.h"
#include "wire.h"

struct deliver {
	struct sd_event *loop;
	struct arena arena; /* the options' strings */
	struct limits limits;
	const char *spool_dir;
	bool spool_only, stopped;
	deliver_done_fn *done;
	void *ctx;
	struct settings *settings;
	struct wire *wire;   /* made with the first real transport */
	struct email *email; /* likewise */
	struct spool *spool; /* made with the first spool transport */
	struct attempt *attempts;
	struct probe *probe;    /* NULL: none is on its way */
	struct sms_probe *sms_probe;
	struct sms_ask *asking; /* NULL: no question is on its way */
	size_t in_flight[CHANNEL_COUNT];
};

static bool has_robot(const struct settings *s)
{
	for (size_t i = 0; i < s->n_rooms; i++)
		if (s->room[i]->kind != TRANSPORT_SPOOL)
			return true;
	return false;
}

static bool wants_spool(const struct deliver *dv, const struct settings *s, enum channel c)
{
	if (dv->spool_only)
		return true;
	if (c == CHANNEL_CHAT)
		return !has_robot(s);
	return (c == CHANNEL_EMAIL ? s->email.kind : s->sms.kind) == TRANSPORT_SPOOL;
}

/* Each group has a transport of its own. */
static bool goes_to_spool(const struct deliver *dv, const struct delivery *job)
{
	const struct chat_room *room;
	if (dv->spool_only || job->channel != CHANNEL_CHAT)
		return deliver_is_spool(dv, job->channel);
	room = settings_room(dv->settings, job->recipient);
	return room && room->kind == TRANSPORT_SPOOL;
}

/* Groups may spool beside others that do not. */
static bool needs_spool(const struct deliver *dv, const struct settings *s)
{
	for (enum channel c = 0; c < CHANNEL_CHAT; c++)
		if (wants_spool(dv, s, c))
			return true;
	for (size_t i = 0; i < s->n_rooms; i++)
		if (dv->spool_only || s->room[i]->kind == TRANSPORT_SPOOL)
			return true;
	return false;
}

static bool needs_wire(const struct deliver *dv, const struct settings *s)
{
	for (enum channel c = 0; c < CHANNEL_COUNT; c++)
		if (!wants_spool(dv, s, c))
			return true;
	return false;
}

bool deliver_is_spool(const struct deliver *dv, enum channel channel)
{
	return wants_spool(dv, dv->settings, channel);
}

static enum rc prepare_wire(struct deliver *dv, struct diag *d)
{
	if (dv->wire)
		return RC_OK;
	if (!dv->loop)
		return diag_set(d, RC_STATE, N_("only a spool can be used here"));
	enum rc rc = wire_new(dv->loop, &dv->wire, d);
	if (!rc)
		dv->email = email_new(dv->loop, dv->wire, &dv->limits);
	return rc;
}

static enum rc prepare_spool(struct deliver *dv, struct diag *d)
{
	if (dv->spool)
		return RC_OK;
	if (!dv->spool_dir)
		return diag_set(d, RC_STATE, N_("there is no folder to spool into"));
	return spool_new(dv->spool_dir, &dv->spool, d);
}

static enum rc check_settings(const struct email_settings *email, const struct sms_settings *sms,
	const struct chat_room *const *room, size_t n_rooms, struct diag *d)
{
	struct diags ds = {0};
	enum rc rc = RC_OK;
	deliver_check(email, sms, room, n_rooms, &ds);
	if (ds.n_errors) {
		rc = RC_INVALID;
		for (size_t i = 0; d && i < ds.n; i++) {
			if (ds.item[i].severity == SEV_ERROR) {
				*d = ds.item[i];
				break;
			}
		}
	}
	diags_done(&ds);
	return rc;
}

enum rc deliver_configure(struct deliver *dv, const struct email_settings *email,
	const struct sms_settings *sms, const struct chat_room *const *room, size_t n_rooms,
	struct diag *d)
{
	struct settings *s = NULL;
	enum rc rc = dv->spool_only ? RC_OK : check_settings(email, sms, room, n_rooms, d);
	if (rc)
		return rc;
	s = settings_new(email, sms, room, n_rooms);
	if (needs_spool(dv, s))
		rc = prepare_spool(dv, d);
	if (!rc && needs_wire(dv, s))
		rc = prepare_wire(dv, d);
	if (rc) {
		settings_unref(s);
		return rc;
	}
	settings_unref(dv->settings);
	dv->settings = s;
	if (dv->email)
		email_close_idle(dv->email);
	return RC_OK;
}

static int or_default(int ms, int standard)
{
	return ms > 0 ? ms : standard;
}

enum rc deliver_new(struct sd_event *loop, const struct email_settings *email,
	const struct sms_settings *sms, const struct chat_room *const *room, size_t n_rooms,
	const struct deliver_options *opt, deliver_done_fn *done, void *ctx, struct deliver **ret,
	struct diag *d)
{
	struct deliver *dv = mem_new(1, sizeof *dv);
	dv->loop = sd_event_ref(loop);
	dv->limits = (struct limits){
		.connect_ms = or_default(opt->connect_ms, 15 * 1000),
		.reply_ms = or_default(opt->reply_ms, 120 * 1000),
		.dot_ms = or_default(opt->dot_ms, 600 * 1000),
		.idle_ms = or_default(opt->idle_ms, 10 * 1000),
	};
	if (opt->credentials_dir)
		dv->limits.credentials_dir = arena_strdup(&dv->arena, opt->credentials_dir);
	if (opt->spool_dir)
		dv->spool_dir = arena_strdup(&dv->arena, opt->spool_dir);
	dv->spool_only = opt->spool_only;
	dv->done = done;
	dv->ctx = ctx;
	enum rc rc = deliver_configure(dv, email, sms, room, n_rooms, d);
	if (rc) {
		deliver_free(dv);
		return rc;
	}
	*ret = dv;
	return RC_OK;
}

void deliver_free(struct deliver *dv)
{
	if (!dv)
		return;
	deliver_abandon(dv);
	if (dv->probe)
		probe_abandon(dv->probe);
	sms_probe_abandon(dv->sms_probe);
	email_free(dv->email);
	wire_free(dv->wire);
	spool_free(dv->spool);
	settings_unref(dv->settings);
	sd_event_unref(dv->loop);
	arena_done(&dv->arena);
	free(dv);
}

enum rc deliver_probe(struct deliver *dv, deliver_probe_fn *done, void *ctx, struct diag *d)
{
	if (deliver_is_spool(dv, CHANNEL_EMAIL) || dv->stopped)
		return diag_set(d, RC_STATE, N_("mails are written to files here"));
	if (dv->probe)
		return diag_set(d, RC_BUSY, N_("the relay is being tried already"));
	probe_start(dv->wire, &dv->limits, dv->settings, done, ctx, &dv->probe);
	return RC_OK;
}

enum rc deliver_probe_sms(struct deliver *dv, struct instant now, deliver_probe_fn *done, void *ctx,
	struct diag *d)
{
	if (deliver_is_spool(dv, CHANNEL_SMS) || dv->stopped)
		return diag_set(d, RC_STATE, N_("SMS are written to files here"));
	if (dv->sms_probe)
		return diag_set(d, RC_BUSY, N_("the gateway is being tried already"));
	sms_probe_start(dv->wire, &dv->limits, dv->settings, now, done, ctx, &dv->sms_probe);
	return RC_OK;
}

bool deliver_refuses(const struct deliver *dv, const struct delivery *job)
{
	return (job->placeholder || job->sample) && !goes_to_spool(dv, job);
}

size_t deliver_room(const struct deliver *dv, enum channel channel)
{
	size_t max = channel == CHANNEL_SMS    ? (size_t)SMS_PARALLEL
		     : channel == CHANNEL_CHAT ? (size_t)CHAT_PARALLEL
					       : 1;
	if (dv->stopped)
		return 0;
	if (deliver_is_spool(dv, channel))
		return SIZE_MAX;
	if (channel == CHANNEL_EMAIL)
		max = EMAIL_WAITING_MAX + (size_t)dv->settings->email.max_parallel;
	return dv->in_flight[channel] < max ? max - dv->in_flight[channel] : 0;
}

bool deliver_has_room(const struct deliver *dv, enum channel channel)
{
	return deliver_room(dv, channel) > 0;
}

size_t deliver_in_flight(const struct deliver *dv)
{
	size_t n = 0;
	for (enum channel c = 0; c < CHANNEL_COUNT; c++)
		n += dv->in_flight[c];
	return n;
}

static struct attempt *make_attempt(struct deliver *dv, const struct delivery *job)
{
	struct attempt *a = mem_new(1, sizeof *a);
	char *bytes;
	a->owner = dv;
	a->settings = settings_ref(dv->settings);
	a->job = *job;
	a->job.recipient = arena_strdup(&a->arena, job->recipient);
	if (job->client_ref)
		a->job.client_ref = arena_strdup(&a->arena, job->client_ref);
	a->job.person_id = NULL;
	bytes = arena_alloc(&a->arena, job->len + 1, 1);
	memcpy(bytes, job->bytes, job->len);
	a->job.bytes = bytes;
	a->next = dv->attempts;
	if (a->next)
		a->next->prev = a;
	dv->attempts = a;
	dv->in_flight[job->channel]++;
	return a;
}

void attempt_redact(struct attempt *a, struct redact *r)
{
	struct redact *old = a->redact;
	a->redact = redact_ref(r);
	redact_unref(old);
}

void attempt_end(struct attempt *a, const struct outcome *o)
{
	struct deliver *dv = a->owner;
	int64_t id = a->job.message_id;
	enum channel channel = a->job.channel;
	bool was_waiting = a->waiting;
	struct outcome copy = *o;
	redact_outcome(a->redact, &copy);
	redact_unref(a->redact);
	if (a->prev)
		a->prev->next = a->next;
	else
		dv->attempts = a->next;
	if (a->next)
		a->next->prev = a->prev;
	dv->in_flight[a->job.channel]--;
	struct settings *settings = a->settings;
	arena_done(&a->arena);
	free(a);
	dv->done(dv->ctx, id, &copy);
	if (channel == CHANNEL_EMAIL)
		email_ended(dv->email, settings, was_waiting, &copy);
	settings_unref(settings);
}

/* The text, and each value behind it, on its own. */
static bool sms_is_clean(const char *bytes, size_t len)
{
	for (;;) {
		const char *mark = memchr(bytes, SMS_VARIABLE_MARK, len);
		size_t n = mark ? (size_t)(mark - bytes) : len;
		if (text_check(bytes, n, true, NULL) != TEXT_OK)
			return false;
		if (!mark)
			return true;
		bytes = mark + 1;
		len -= n + 1;
	}
}

static const char *find_recipient_fault(const struct deliver *dv, const struct delivery *job)
{
	const char *to = job->recipient;
	switch (job->channel) {
	case CHANNEL_SMS:
		return phone_is_valid(to) ? NULL : N_("the number is not +, country and digits");
	case CHANNEL_CHAT:
		return settings_room(dv->settings, to) ? NULL : N_("there is no such group any more");
	default:
		return address_is_valid(to) ? NULL : N_("the address is not a plain ASCII address");
	}
}

static void start(struct deliver *dv, const struct delivery *job)
{
	struct attempt *a = make_attempt(dv, job);
	if (job->channel == CHANNEL_SMS)
		sms_start(dv->wire, &dv->limits, a);
	else if (job->channel == CHANNEL_CHAT)
		chat_start(dv->wire, &dv->limits, settings_room(a->settings, job->recipient), a);
	else
		email_start(dv->email, a);
}

static const char *mark_of(const struct deliver *dv, const struct delivery *job)
{
	const struct chat_room *room = settings_room(dv->settings, job->recipient);
	if (job->channel == CHANNEL_CHAT)
		return room ? room->keyword : NULL;
	return dv->settings->sms.sign;
}

/* What the config promised and what a restored or hand-edited database may break (F2, F3). */
static const char *find_fault(
	const struct deliver *dv, const struct delivery *job, enum outcome_fault *ret_fault)
{
	bool mail = job->channel == CHANNEL_EMAIL;
	*ret_fault = FAULT_MESSAGE;
	if (job->len == 0 || job->len > (mail ? DELIVER_BYTES_MAX : DELIVER_SMS_BYTES_MAX))
		return N_("the message is empty or too long");
	if (!mail && !sms_is_clean(job->bytes, job->len))
		return N_("the text holds control characters or broken UTF-8");
	if (mail && !mime_bytes_are_clean(job->bytes, job->len))
		return N_("the mail holds bare line ends, NUL or 8-bit bytes");
	if (!mail && !client_ref_is_valid(job->client_ref))
		return N_("the client reference is not valid");
	*ret_fault = FAULT_RECIPIENT;
	if (goes_to_spool(dv, job))
		return NULL;
	return find_recipient_fault(dv, job);
}

enum rc deliver_submit(struct deliver *dv, const struct delivery *job, struct diag *d)
{
	enum outcome_fault fault;
	struct outcome o = {.class = OUTCOME_DEAD};
	if (dv->stopped)
		return diag_set(d, RC_STATE, N_("delivery has been stopped"));
	if (deliver_refuses(dv, job))
		return diag_set(d, RC_STATE,
			job->placeholder
				? N_("%s is a placeholder: nothing real is sent to it")
				: N_("sample data: nothing real is sent to %s because of it"),
			job->recipient);
	if (!deliver_has_room(dv, job->channel))
		return diag_set(d, RC_BUSY, N_("as many messages are on their way as may be"));
	const char *why = find_fault(dv, job, &fault);
	if (why) {
		o.fault = fault;
		outcome_set_reason(&o, "%s", why);
		dv->done(dv->ctx, job->message_id, &o);
	} else if (goes_to_spool(dv, job)) {
		spool_put(dv->spool, job, mark_of(dv, job), &o);
		dv->done(dv->ctx, job->message_id, &o);
	} else {
		start(dv, job);
	}
	return RC_OK;
}

void deliver_stop(struct deliver *dv)
{
	dv->stopped = true;
	if (dv->email)
		email_stop(dv->email);
}

void deliver_abandon(struct deliver *dv)
{
	deliver_stop(dv);
	while (dv->attempts)
		dv->attempts->abandon(dv->attempts);
	sms_ask_abandon(dv->asking);
}

bool deliver_can_ask(const struct deliver *dv)
{
	return !deliver_is_spool(dv, CHANNEL_SMS) && sms_can_ask(&dv->settings->sms);
}

enum rc deliver_ask(struct deliver *dv, const struct question *q, deliver_answer_fn *answer,
	void *ctx, struct diag *d)
{
	if (dv->stopped)
		return diag_set(d, RC_STATE, N_("delivery has been stopped"));
	if (!deliver_can_ask(dv))
		return diag_set(d, RC_STATE, N_("this gateway cannot be asked"));
	if (dv->asking)
		return diag_set(d, RC_BUSY, N_("a question to the gateway is on its way"));
	if (!phone_is_valid(q->recipient) || !client_ref_is_valid(q->client_ref))
		return diag_set(d, RC_INVALID, N_("the client reference is not valid"));
	sms_ask(&dv->asking, dv->wire, &dv->limits, dv->settings, q, answer, ctx);
	return RC_OK;
}
