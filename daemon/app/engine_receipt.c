/*
 * What a gateway says later about an SMS: pushed, or as the answer to a question.  Extra knowledge: a
 * message that is over stays what it is, whoever says what.
 */
#include <stdlib.h>
#include <string.h>

#include "engine_state.h"
#include "retry.h"

/* Sent again because the gateway never took it: so often, then the person has had the mail. */
enum { NOT_TAKEN_MAX = 3, NOTED_MAX = 1000 };

#define META_GATEWAY "asked-gateway"

static const char ACTOR[] = "gateway";

/* ---- what follows from a receipt ---------------------------------------------------------------- */

static enum message_state next_state(
	const struct outbox_message *m, enum receipt_class class, struct instant now)
{
	bool is_unknown = m->state == MESSAGE_UNKNOWN;
	if (!is_unknown && m->state != MESSAGE_SENT)
		return m->state;
	switch (class) {
	case RECEIPT_DELIVERED:
		return MESSAGE_DELIVERED;
	case RECEIPT_UNDELIVERED:
		return MESSAGE_UNDELIVERED;
	case RECEIPT_WAITING:
		return MESSAGE_SENT;
	case RECEIPT_NOT_TAKEN:
		if (!is_unknown)
			break;
		return m->attempt < NOT_TAKEN_MAX && now.s < m->give_up_at.s ? MESSAGE_RETRY
									     : MESSAGE_DEAD;
	case RECEIPT_NONE:
		break;
	}
	return m->state;
}

static const char *reason_of(struct engine *e, const struct receipt *r)
{
	static const char *const WORD[] = {
		[RECEIPT_NONE] = "",
		[RECEIPT_WAITING] = N_("the gateway says that it took it"),
		[RECEIPT_DELIVERED] = N_("the gateway says that it was delivered"),
		[RECEIPT_UNDELIVERED] = N_("the gateway says that it was not delivered"),
		[RECEIPT_NOT_TAKEN] = N_("the gateway says that it never took it"),
	};
	return r->reason[0] ? arena_printf(&e->tick, "%s: %s", WORD[r->class], r->reason)
			    : WORD[r->class];
}

static enum rc recall_ways(
	struct engine *e, int64_t id, const char *why, struct instant now, struct diag *d)
{
	int n = 0;
	enum rc rc = outbox_recall_ways(e->store, id, why, now, &n, d);
	if (n)
		engine_queue_drop(e);
	return rc;
}

static enum rc follow(struct engine *e, const struct outbox_message *m, enum message_state to,
	const char *reason, struct instant now, struct diag *d)
{
	enum rc rc = RC_OK;
	if (to == MESSAGE_RETRY)
		return outbox_not_taken(e->store, m->id, ACTOR, reason,
			(struct instant){
				now.s + retry_wait_s((unsigned)m->attempt, m->client_ref, 0)},
			now, d);
	rc = outbox_resolve(e->store, m->id, to, ACTOR, reason, now, d);
	if (rc)
		return rc;
	if (to == MESSAGE_SENT)
		rc = engine_ask_later(e, m, to, now, d);
	if (to == MESSAGE_UNDELIVERED || to == MESSAGE_DEAD)
		return engine_go_round(e, m, now, d);
	return rc ? rc : recall_ways(e, m->id, N_("the SMS arrived after all"), now, d);
}

struct told {
	const struct outbox_message *message;
	enum message_state to;
	const char *reason;
};

static void tell(struct engine *e, const struct told *t, struct instant now)
{
	const struct person *p = config_person(e->config, t->message->person_id);
	engine_tell(e, &(struct engine_event){
			       .kind = t->to == MESSAGE_DELIVERED ? EVENT_DELIVERED
				       : t->to == MESSAGE_SENT    ? EVENT_SENT
								  : EVENT_FAILED,
			       .at = now,
			       .obligation = "",
			       .step = "",
			       .person = t->message->person_id,
			       .person_name = p ? p->name : t->message->person_id,
			       .channel = t->message->channel,
			       .text = t->reason,
			       .n = 1,
			       .message_id = t->message->id,
		       });
}

/* ---- notes: what has to wait ------------------------------------------------------------------------ */

static void note(struct engine *e, int64_t message_id, const struct receipt *r)
{
	if (e->n_noted == NOTED_MAX)
		return;
	e->noted = mem_grow(e->noted, e->n_noted + 1, sizeof *e->noted);
	e->noted[e->n_noted++] = (struct noted){message_id, *r};
}

/* A gateway may report before its reply to the request has been read: then the message is still
 * claimed, and the report waits for its outcome. */
static bool is_early(const struct outbox_message *m, const struct receipt *r)
{
	return m->state == MESSAGE_CLAIMED &&
	       (r->class == RECEIPT_DELIVERED || r->class == RECEIPT_UNDELIVERED);
}

/* Within the caller's transaction.  ret->message NULL: nothing changed. */
static enum rc apply(struct engine *e, const struct outbox_message *m, const struct receipt *r,
	struct instant now, struct told *ret, struct diag *d)
{
	enum message_state to = next_state(m, r->class, now);
	*ret = (struct told){.to = to};
	if (to == m->state)
		return RC_OK;
	ret->reason = reason_of(e, r);
	enum rc rc = follow(e, m, to, ret->reason, now, d);
	if (rc == RC_OK)
		ret->message = m;
	return rc;
}

static enum rc hear_one(struct engine *e, const struct noted *x, struct instant now,
	bool *ret_waits, struct diag *d)
{
	struct outbox_message m;
	struct told t = {0};
	enum rc rc = outbox_get_state(e->store, x->message_id, &e->tick, &m, d);
	if (rc)
		return rc;
	*ret_waits = is_early(&m, &x->receipt);
	if (*ret_waits)
		return RC_OK;
	rc = store_begin(e->store, d);
	if (rc)
		return rc;
	rc = apply(e, &m, &x->receipt, now, &t, d);
	if (rc) {
		store_rollback(e->store);
		return rc;
	}
	rc = store_commit(e->store, d);
	if (rc == RC_OK && t.message)
		tell(e, &t, now);
	return rc;
}

/* What could not be recorded (busy, disk full) stays for the next tick. */
static enum rc hear_noted(struct engine *e, struct instant now, struct diag *d)
{
	size_t kept = 0, i = 0;
	enum rc rc = RC_OK;
	for (; i < e->n_noted; i++) {
		bool waits = false;
		rc = hear_one(e, &e->noted[i], now, &waits, d);
		if (rc)
			break;
		if (waits)
			e->noted[kept++] = e->noted[i];
	}
	for (; i < e->n_noted; i++)
		e->noted[kept++] = e->noted[i];
	e->n_noted = kept;
	return rc;
}

/* ---- pushed ------------------------------------------------------------------------------------- */

static enum rc hear_pushed(struct engine *e, const struct receipt *r, struct instant now,
	struct told *ret, struct engine_heard *heard, struct diag *d)
{
	struct outbox_message *m = ARENA_NEW(&e->tick, struct outbox_message);
	*ret = (struct told){0};
	enum rc rc = outbox_find_ref(e->store, r->client_ref, r->peer_id, &e->tick, m, d);
	if (rc == RC_NOTFOUND) {
		heard->strange++;
		return RC_OK;
	}
	if (rc)
		return rc;
	if (is_early(m, r)) {
		note(e, m->id, r);
		heard->early++;
		return RC_OK;
	}
	rc = apply(e, m, r, now, ret, d);
	heard->changed += ret->message != NULL;
	return rc;
}

enum rc engine_receipts(struct engine *e, const struct receipt *r, size_t n, struct instant now,
	struct engine_heard *ret, struct diag *d)
{
	struct engine_heard heard = {0};
	struct told *told = ARENA_ARRAY(&e->tick, n, struct told);
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return engine_fail(e, rc, d);
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = hear_pushed(e, &r[i], now, &told[i], &heard, d);
	if (rc) {
		store_rollback(e->store);
		return engine_fail(e, rc, d);
	}
	rc = store_commit(e->store, d);
	if (rc)
		return engine_fail(e, rc, d);
	for (size_t i = 0; i < n; i++)
		if (told[i].message)
			tell(e, &told[i], now);
	*ret = heard;
	return RC_OK;
}

/* ---- questions ---------------------------------------------------------------------------------- */

/* Another gateway knows nothing of these messages, and its "never took it" would be true and wrong:
 * with the settings that name it all open questions go. */
static enum rc mind_gateway(struct engine *e, struct diag *d)
{
	const struct sms_settings *s = &e->config->sms;
	const char *part[] = {s->url, s->user, s->app_id, s->enterprise}, *known = "";
	char *name = arena_printf(&e->tick, "%d", (int)s->kind);
	size_t len = 0;
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		name = arena_printf(&e->tick, "%s\n%s", name, part[i] ? part[i] : "");
	enum rc rc = store_get_meta(e->store, META_GATEWAY, &e->tick, &known, &len, d);
	if (rc == RC_OK && len == strlen(name) && memcmp(known, name, len) == 0)
		return RC_OK;
	if (rc == RC_OK || rc == RC_NOTFOUND)
		rc = outbox_ask_nobody(e->store, d);
	return rc ? rc : store_set_meta(e->store, META_GATEWAY, name, strlen(name), d);
}

enum rc engine_ask_later(struct engine *e, const struct outbox_message *m, enum message_state as,
	struct instant now, struct diag *d)
{
	if (m->channel != CHANNEL_SMS || (as != MESSAGE_SENT && as != MESSAGE_UNKNOWN) ||
		!deliver_can_ask(e->deliver))
		return RC_OK;
	enum rc rc = mind_gateway(e, d);
	return rc ? rc
		  : outbox_ask_at(e->store, m->id, receipt_ask_at(as == MESSAGE_UNKNOWN, now, now),
			    false, d);
}

static void take_answer(void *ctx, int64_t message_id, const struct receipt *receipt)
{
	struct engine *e = ctx;
	e->asking = 0;
	if (receipt->class != RECEIPT_NONE)
		note(e, message_id, receipt);
	if (!e->in_tick && e->opt.on_wake)
		e->opt.on_wake(e->opt.ctx, true);
}

/* The next question is on disk before this one leaves: a crash in between costs one question. */
static enum rc ask_one(
	struct engine *e, const struct outbox_message *m, struct instant now, struct diag *d)
{
	struct instant next = receipt_ask_at(m->state == MESSAGE_UNKNOWN, m->settled_at, now);
	struct diag ignored;
	struct question q = {.message_id = m->id,
		.recipient = m->recipient,
		.client_ref = m->client_ref,
		.peer_id = m->peer_id,
		.sent_at = m->claimed_at,
		.now = now};
	enum rc rc = outbox_ask_at(e->store, m->id, next, true, d);
	if (rc)
		return rc;
	e->asking = m->id;
	if (deliver_ask(e->deliver, &q, take_answer, e, &ignored) != RC_OK)
		e->asking = 0;
	return RC_OK;
}

enum rc engine_ask(struct engine *e, struct instant now, struct diag *d)
{
	const struct outbox_message *m;
	size_t n;
	enum rc rc = hear_noted(e, now, d);
	/* A signature of a wrong time would only be refused. */
	if (rc || e->asking || e->watch.hold != HOLD_NONE)
		return rc;
	rc = outbox_to_ask(e->store, now, 1, &e->tick, &m, &n, d);
	if (rc || n == 0)
		return rc;
	if (!deliver_can_ask(e->deliver))
		return outbox_ask_nobody(e->store, d);
	rc = mind_gateway(e, d);
	if (rc == RC_OK)
		rc = outbox_to_ask(e->store, now, 1, &e->tick, &m, &n, d);
	if (rc == RC_OK && n)
		rc = ask_one(e, m, now, d);
	/* It may have been answered at once. */
	return rc ? rc : hear_noted(e, now, d);
}
