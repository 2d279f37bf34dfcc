/*
 * What became of messages: outcomes to states, retries, and the other way to a person when a message
 * is dead or nobody knows.
 */
#include <stdlib.h>
#include <string.h>

#include "engine_digest.h"
#include "engine_render.h"
#include "retry.h"

enum { UNKNOWN_MAIL_WAIT_S = 60, SETTLE_MAX = 64 };

/* ---- outcomes ---------------------------------------------------------------------------------- */

void engine_delivery_done(void *ctx, int64_t message_id, const struct outcome *outcome)
{
	struct engine *e = ctx;
	if (e->n_done == e->cap_done) {
		e->cap_done = e->cap_done ? e->cap_done * 2 : 16;
		e->done = mem_grow(e->done, e->cap_done, sizeof *e->done);
	}
	e->done[e->n_done++] = (struct finished){message_id, *outcome};
	/* Mails may wait for each other, so that one transaction records several. */
	if (!e->in_tick && e->opt.on_wake)
		e->opt.on_wake(e->opt.ctx, e->n_once > 0 || deliver_in_flight(e->deliver) == 0);
}

void engine_not_taken(struct engine *e, int64_t message_id, const struct diag *d)
{
	struct outcome o = {.class = OUTCOME_RETRY, .fault = FAULT_CONFIG};
	diag_text(d, NULL, o.reason, sizeof o.reason);
	engine_delivery_done(e, message_id, &o);
}

void engine_depart(struct engine *e, const struct delivery *job)
{
	struct diag d;
	e->n_once += job->channel != CHANNEL_EMAIL;
	if (deliver_submit(e->deliver, job, &d) != RC_OK)
		engine_not_taken(e, job->message_id, &d);
}

static struct instant next_attempt(const struct outbox_message *m, const struct outcome *o,
	struct instant now)
{
	if (o->class == OUTCOME_RETRY)
		return (struct instant){
			now.s + retry_wait_s((unsigned)m->attempt, m->client_ref, o->retry_after_s)};
	/* No verdict on a mail: the same bytes again, soon.  On the others: never by itself. */
	if (o->class == OUTCOME_UNKNOWN && !channel_is_at_most_once(m->channel))
		return (struct instant){now.s + UNKNOWN_MAIL_WAIT_S};
	return INSTANT_NONE;
}

static void tell_outcome(struct engine *e, const struct outbox_message *m, const struct outcome *o,
	struct instant now)
{
	const struct person *p = config_person(e->config, m->person_id);
	engine_tell(e, &(struct engine_event){
			       .kind = o->class == OUTCOME_SENT ? EVENT_SENT : EVENT_FAILED,
			       .at = now,
			       .obligation = "",
			       .step = "",
			       .person = m->person_id,
			       .person_name = p ? p->name : m->person_id,
			       .channel = m->channel,
			       .text = o->reason,
			       .n = 1,
			       .message_id = m->id,
		       });
}

/* One outcome, within the caller's transaction. */
static enum rc settle_one(struct engine *e, const struct outbox_message *m,
	const struct outcome *o, struct instant now, struct diag *d)
{
	enum rc rc = outbox_settle(e->store, m->id, m->attempt, o, next_attempt(m, o, now), now, d);
	bool lost = o->class == OUTCOME_DEAD ||
		(o->class == OUTCOME_UNKNOWN && channel_is_at_most_once(m->channel));
	if (rc == RC_OK)
		rc = engine_guard_answer(e, m, o, now, d);
	if (rc == RC_OK && (o->class == OUTCOME_SENT || o->class == OUTCOME_UNKNOWN))
		rc = engine_ask_later(e, m,
			o->class == OUTCOME_SENT ? MESSAGE_SENT : MESSAGE_UNKNOWN, now, d);
	if (rc == RC_OK && lost)
		rc = engine_go_round(e, m, now, d);
	return rc;
}

/* The outcomes that share a transaction: mails of one tick; an SMS has one of its own, since a second
 * one of it would be worse than waiting for the disk. */
static enum rc settle_some(struct engine *e, struct instant now, size_t *ret_n, struct diag *d)
{
	struct outbox_message *m = ARENA_ARRAY(&e->tick, SETTLE_MAX, struct outbox_message);
	size_t n = 0, n_told = 0;
	bool alone = false, told[SETTLE_MAX];
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	while (n < e->n_done && n < SETTLE_MAX && !alone && rc == RC_OK) {
		rc = outbox_get_state(e->store, e->done[n].message_id, &e->tick, &m[n], d);
		alone = m[n].channel != CHANNEL_EMAIL;
		if (rc || (alone && n))
			break;
		rc = settle_one(e, &m[n], &e->done[n].outcome, now, d);
		told[n] = rc == RC_OK;
		/* An answer to an attempt that is over changes nothing and must not block the rest. */
		rc = rc == RC_STATE ? RC_OK : rc;
		n++;
	}
	if (rc) {
		store_rollback(e->store);
		return rc;
	}
	rc = store_commit(e->store, d);
	for (; n_told < n && rc == RC_OK; n_told++) {
		e->n_once -= m[n_told].channel != CHANNEL_EMAIL;
		if (m[n_told].id == e->alone.id)
			e->alone.id = 0;
		if (told[n_told])
			tell_outcome(e, &m[n_told], &e->done[n_told].outcome, now);
	}
	*ret_n = n;
	return rc;
}

/* What could not be recorded (busy, disk full) stays for the next tick. */
enum rc engine_settle(struct engine *e, struct instant now, struct diag *d)
{
	enum rc rc = RC_OK;
	while (e->n_done && rc == RC_OK) {
		size_t n = 0;
		rc = settle_some(e, now, &n, d);
		if (rc)
			break;
		e->n_done -= n;
		memmove(e->done, e->done + n, e->n_done * sizeof *e->done);
	}
	return rc;
}

/* ---- again -------------------------------------------------------------------------------------- */

bool engine_is_open(const struct outbox_reminder *r, const struct obligation *o)
{
	if (engine_digest_is(r) || engine_is_test(r))
		return true;
	if (!o)
		return false;
	if (r->cause || strcmp(r->template, "confirm") == 0)
		return true;
	return o->state == STATE_OPEN && (o->conditional || obligation_is_missing(o, r->form));
}

static enum rc resubmit(struct engine *e, const struct outbox_message *m,
	const struct outbox_bytes *bytes, bool sample, struct instant now, struct diag *d)
{
	int attempt;
	enum rc rc = outbox_reclaim(e->store, m->id, bytes, now, &attempt, d);
	if (rc)
		return rc;
	const struct person *p = config_person(e->config, m->person_id);
	struct delivery job = {
		.message_id = m->id,
		.channel = m->channel,
		.recipient = m->recipient,
		.client_ref = bytes ? bytes->client_ref : m->client_ref,
		.person_id = m->person_id,
		.bytes = bytes ? bytes->bytes : m->bytes,
		.len = bytes ? bytes->len : m->len,
		.at = now,
		.placeholder = p && p->placeholder,
		.sample = sample,
	};
	engine_guard_depart(e, m->channel, m->person_id);
	if (m->recoveries)
		e->alone.id = m->id;
	engine_depart(e, &job);
	return RC_OK;
}

/* Something in it has come in meanwhile: what is still open, under a new Message-ID. */
static enum rc render_anew(struct engine *e, const struct outbox_message *m,
	const struct due_item *item, size_t n, struct instant now, struct diag *d)
{
	struct rendered r;
	const char *const name[] = {engine_marks_message(e, m->id)};
	engine_marks_begin(e, name, 1);
	enum rc rc = engine_render(e, item, n, m->channel, m->generation + 1, now, &r, d);
	engine_marks_end(e);
	if (rc)
		return rc;
	struct outbox_bytes bytes = {r.bytes, r.len, r.rfc_message_id,
		arena_printf(&e->tick, "%.40s-%d", item->row->key, m->generation + 1)};
	return resubmit(e, m, &bytes, r.sample, now, d);
}

/* Has anything been recorded about what is in it since its bytes were last on their way? */
static enum rc has_news(struct engine *e, const struct outbox_message *m,
	const struct outbox_reminder *part, size_t n, bool *ret, struct diag *d)
{
	enum rc rc = RC_OK;
	bool news = false;
	for (size_t i = 0; i < n && rc == RC_OK && !news; i++) {
		const struct act *act;
		size_t n_acts;
		rc = ledger_acts_of(e->store, part[i].obligation_id, &e->tick, &act, &n_acts, d);
		for (size_t k = 0; rc == RC_OK && k < n_acts; k++)
			news = news || act[k].at.s >= m->claimed_at.s;
	}
	*ret = news;
	return rc;
}

static enum rc try_again(struct engine *e, const struct outbox_message *m, struct instant now,
	struct diag *d)
{
	const struct outbox_reminder *part;
	size_t n, open = 0;
	enum rc rc = outbox_parts(e->store, m->id, &e->tick, &part, &n, d);
	if (rc)
		return rc;
	struct due_item *item = ARENA_ARRAY(&e->tick, n, struct due_item);
	const struct person *p = config_person(e->config, m->person_id);
	for (size_t i = 0; i < n; i++) {
		const struct obligation *o = engine_subject(e, part[i].obligation_id);
		bool stale = false;
		if (!part[i].cause && o)
			rc = outbox_is_overtaken(e->store, &part[i], now, &stale, d);
		if (rc)
			return rc;
		if (p && !stale && engine_is_open(&part[i], o))
			item[open++] = (struct due_item){&part[i], o, p};
	}
	/* Whether the bytes went out or not is not known: only the same bytes may go again. */
	if (m->state == MESSAGE_UNKNOWN) {
		if (open == 0)
			return outbox_resolve(e->store, m->id, MESSAGE_DEAD, "deadlined",
				N_("all of it came in, or a later reminder took its place, before a verdict"), now, d);
		rc = outbox_retry_unknown(e->store, m->id, now, d);
		return rc ? rc : resubmit(e, m, NULL, m->sample, now, d);
	}
	if (open == 0)
		return outbox_drop(e->store, m->id, MESSAGE_CANCELLED, N_("all of it came in meanwhile, or a later reminder took its place"),
			now, d);
	bool news = false;
	rc = has_news(e, m, part, n, &news, d);
	if (rc)
		return rc;
	if (open < n || news)
		return render_anew(e, m, item, open, now, d);
	return resubmit(e, m, NULL, m->sample, now, d);
}

static enum rc try_again_if_allowed(struct engine *e, const struct outbox_message *m,
	struct instant now, struct diag *d)
{
	bool may = false;
	enum rc rc = RC_OK;
	if (!engine_is_alone(e) && deliver_has_room(e->deliver, m->channel))
		rc = engine_guard_allows(e, m->channel, m->person_id, now, &may, d);
	return rc == RC_OK && may ? try_again(e, m, now, d) : rc;
}

static enum rc give_up(struct engine *e, const struct outbox_message *m, struct instant now,
	struct diag *d)
{
	static const char WHY[] = "gave up: its time is over";
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	rc = m->state == MESSAGE_UNKNOWN
		? outbox_resolve(e->store, m->id, MESSAGE_DEAD, "deadlined", WHY, now, d)
		: outbox_drop(e->store, m->id, MESSAGE_DEAD, WHY, now, d);
	if (rc == RC_OK)
		rc = engine_go_round(e, m, now, d);
	if (rc) {
		store_rollback(e->store);
		return rc;
	}
	return store_commit(e->store, d);
}

/* One row that contradicts itself must not keep the others waiting. */
static enum rc pass_over(struct engine *e, enum rc rc, struct instant now, const struct diag *d)
{
	char text[DIAG_TEXT_MAX];
	if (rc != RC_STATE && rc != RC_INVALID && rc != RC_NOTFOUND)
		return rc;
	diag_text(d, NULL, text, sizeof text);
	engine_tell(e, &(struct engine_event){
			       .kind = EVENT_TROUBLE, .at = now, .text = text, .obligation = "", .n = 1});
	return RC_OK;
}

enum rc engine_retry(struct engine *e, struct instant now, struct diag *d)
{
	const struct outbox_message *m;
	VEC(const struct outbox_message *) crashed = {0};
	size_t n;
	enum rc rc = outbox_waiting(e->store, now, &e->tick, &m, &n, d);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		if (m[i].give_up_at.s <= now.s)
			rc = give_up(e, &m[i], now, d);
		else if (m[i].recoveries)
			VEC_PUSH(&e->tick, &crashed, &m[i]);
		else
			rc = try_again_if_allowed(e, &m[i], now, d);
		rc = pass_over(e, rc, now, d);
	}
	e->alone.waiting = crashed.item;
	e->alone.n = crashed.n;
	return rc;
}

/* ---- alone -------------------------------------------------------------------------------------- */

bool engine_is_alone(const struct engine *e)
{
	return e->alone.id || e->alone.is_next;
}

/* What goes by itself and what is fresh take turns: neither keeps the other waiting for long. */
enum rc engine_retry_alone(struct engine *e, struct instant now, struct diag *d)
{
	enum rc rc = RC_OK;
	bool had_turn = e->alone.is_next;
	e->alone.is_next = false;
	for (size_t i = 0; i < e->alone.n && !engine_is_alone(e) && rc == RC_OK; i++) {
		const struct outbox_message *m = e->alone.waiting[i];
		bool may;
		rc = engine_guard_allows(e, m->channel, m->person_id, now, &may, d);
		if (rc || !may)
			continue;
		e->alone.is_next = deliver_in_flight(e->deliver) > 0;
		if (e->alone.is_next)
			break;
		rc = pass_over(e, try_again(e, m, now, d), now, d);
		if (rc == RC_OK)
			rc = engine_settle(e, now, d);
	}
	e->alone.n = 0;
	e->alone.gave_way = had_turn && !engine_is_alone(e);
	return rc;
}

/* ---- after a crash ------------------------------------------------------------------------------ */

static enum rc recover(struct engine *e, struct instant now, struct diag *d)
{
	const struct outbox_message *left;
	size_t n, n_recovered;
	enum rc rc = outbox_in_flight(e->store, &e->tick, &left, &n, d);
	if (rc == RC_OK)
		rc = outbox_recover(e->store, now, &n_recovered, d);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		struct outbox_message m;
		rc = outbox_get_message(e->store, left[i].id, &e->tick, &m, d);
		if (rc)
			break;
		bool lost = m.state == MESSAGE_DEAD ||
			(m.state == MESSAGE_UNKNOWN && channel_is_at_most_once(m.channel));
		rc = engine_ask_later(e, &m, m.state, now, d);
		if (rc == RC_OK && lost)
			rc = engine_go_round(e, &m, now, d);
	}
	return rc;
}

/* One transaction with what it causes: a second crash finds either all of it or none. */
enum rc engine_recover(struct engine *e, struct instant now, struct diag *d)
{
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	rc = recover(e, now, d);
	if (rc) {
		store_rollback(e->store);
		return rc;
	}
	return store_commit(e->store, d);
}
