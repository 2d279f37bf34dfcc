/*
 * Due reminders become messages: rendered, frozen, claimed durably, and only then handed to their next
 * hop.  One transaction claims as many as there is room for.  Outcomes come back through
 * engine_delivery_done and are settled at once or at the next tick.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_digest.h"
#include "engine_render.h"
#include "retry.h"

enum { BATCH_MAX = 200 };

/* A claimed message on the threshold. */
struct departure {
	struct delivery job;
	struct engine_event event;
	const char *refusal; /* it does not leave: why */
};

/* What one transaction claims. */
struct batch {
	struct engine *e;
	struct instant now;
	size_t room[CHANNEL_COUNT];
	VEC(struct departure) departure;
	VEC(struct due_group *) taken;
	struct diag *d;
};

/* ---- one group ----------------------------------------------------------------------------------- */

static enum rc retire(struct batch *b, const struct due_item *item, size_t n, const char *why,
	enum event_kind kind)
{
	for (size_t i = 0; i < n; i++) {
		enum rc rc = outbox_supersede(b->e->store, item[i].row->key, why, b->now, b->d);
		if (rc)
			return rc;
		engine_tell(b->e, &(struct engine_event){.kind = kind,
					  .at = b->now,
					  .text = why,
					  .n = 1,
					  .obligation = item[i].row->obligation_id,
					  .step = item[i].row->step_id,
					  .person = item[i].person->id,
					  .person_name = item[i].person->name,
					  .channel = item[i].row->channel});
	}
	return RC_OK;
}

/* A row whose person or subject is gone from the configuration has nobody to go to. */
static enum rc collect(
	struct batch *b, const struct due_group *g, struct due_item *ret, size_t *ret_n)
{
	struct engine *e = b->e;
	*ret_n = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct outbox_reminder *row = g->row[i];
		struct due_item it = {row, NULL, config_person(e->config, row->person_id)};
		bool alone = engine_digest_is(row) || engine_is_test(row);
		if (!alone)
			it.obligation = engine_subject(e, row->obligation_id);
		if (it.person && (alone || it.obligation)) {
			ret[(*ret_n)++] = it;
			continue;
		}
		enum rc rc = outbox_cancel(e->store, row->key, N_("nobody to tell"), b->now, b->d);
		if (rc && rc != RC_STATE)
			return rc;
	}
	return RC_OK;
}

/* A reminder whose message was replaced goes out under a name that was never used. */
static int generation_of(const struct due_item *item, size_t n)
{
	int g = 0;
	for (size_t i = 0; i < n; i++)
		g = item[i].row->generation > g ? item[i].row->generation : g;
	return g;
}

static struct delivery delivery_of(const struct batch *b, const struct due_item *it,
	const struct rendered *r, const char *client_ref)
{
	return (struct delivery){
		.channel = it->row->channel,
		.recipient = engine_contact(it->person, it->row->channel),
		.client_ref = client_ref,
		.person_id = it->person->id,
		.bytes = r->bytes,
		.len = r->len,
		.at = b->now,
		.placeholder = it->person->placeholder,
		.sample = r->sample,
	};
}

static void add_departure(struct batch *b, const struct due_item *it, size_t n,
	const struct rendered *r, const struct delivery *job)
{
	struct departure x = {.job = *job};
	x.event = (struct engine_event){.kind = EVENT_CLAIMED,
		.at = b->now,
		.obligation = it->row->obligation_id,
		.step = it->row->step_id,
		.person = it->person->id,
		.person_name = it->person->name,
		.channel = it->row->channel,
		.text = r->subject ? r->subject : r->sms,
		.n = n,
		.message_id = job->message_id};
	if (job->channel == CHANNEL_SMS && !engine_guard_knows_number(b->e, job->recipient))
		x.refusal = N_("numbers that begin so are not in allow_prefixes");
	VEC_PUSH(&b->e->tick, &b->departure, x);
	engine_guard_depart(b->e, job->channel, job->person_id);
	b->room[job->channel]--;
}

static enum rc claim(
	struct batch *b, const struct due_item *item, size_t n, const struct rendered *r)
{
	struct engine *e = b->e;
	const char *ref =
		arena_printf(&e->tick, "%.40s-%d", item->row->key, generation_of(item, n));
	struct delivery job = delivery_of(b, item, r, ref);
	if (deliver_refuses(e->deliver, &job))
		return retire(b, item, n, ENGINE_WHY_PLACEHOLDER, EVENT_REFUSED);
	const char **keys = ARENA_ARRAY(&e->tick, n, const char *);
	for (size_t i = 0; i < n; i++)
		keys[i] = item[i].row->key;
	struct outbox_claim c = {
		.channel = job.channel,
		.person_id = item->person->id,
		.recipient = job.recipient,
		.rfc_message_id = r->rfc_message_id,
		.bytes = r->bytes,
		.len = r->len,
		.client_ref = ref,
		.generation = generation_of(item, n),
		.sample = r->sample,
		.deadline = r->deadline,
		.give_up_at = retry_give_up(b->now, r->deadline),
		.key = keys,
		.n_keys = n,
	};
	enum rc rc = outbox_claim(e->store, &c, b->now, &job.message_id, b->d);
	if (rc == RC_OK)
		add_departure(b, item, n, r, &job);
	return rc;
}

/* A digest: one row, many parts or none. */
static enum rc render_alone(struct batch *b, const struct due_item *it, struct rendered *ret)
{
	const struct message_part *part;
	size_t n = 0;
	enum rc rc = engine_digest_parts(b->e, it->row, it->person, b->now, &part, &n, b->d);
	if (rc == RC_OK && n == 0)
		return diag_set(b->d, RC_EXISTS, N_("nothing to say"));
	return rc ? rc
		  : engine_render_parts(b->e, part, n, it->row->channel, it->row->generation,
			    b->now, ret, b->d);
}

static enum rc claim_group(struct batch *b, const struct due_group *g)
{
	struct due_item *item = ARENA_ARRAY(&b->e->tick, g->n, struct due_item);
	struct rendered r;
	size_t n;
	enum rc rc = collect(b, g, item, &n);
	if (rc || n == 0)
		return rc;
	if (engine_digest_is(item->row))
		rc = render_alone(b, item, &r);
	else
		rc = engine_render(b->e, item, n, item->row->channel, generation_of(item, n),
			b->now, &r, b->d);
	/* One that cannot be rendered must not keep the others from going out. */
	if (rc == RC_EXISTS)
		rc = retire(b, item, n, N_("nothing to say"), EVENT_SUPERSEDED);
	else if (rc == RC_NOTFOUND)
		rc = retire(b, item, n, N_("no text for this channel"), EVENT_SUPERSEDED);
	else if (rc == RC_INVALID || rc == RC_LIMIT || rc == RC_RANGE)
		rc = retire(b, item, n, ENGINE_WHY_NO_TEXT, EVENT_REFUSED);
	else if (rc == RC_OK)
		rc = claim(b, item, n, &r);
	return rc == RC_STATE ? RC_OK : rc; /* cancelled or claimed since it was read */
}

/* While its text is made, a note says whose it is. */
static enum rc claim_marked(struct batch *b, const struct due_group *g)
{
	const char **key = ARENA_ARRAY(&b->e->tick, g->n, const char *);
	for (size_t i = 0; i < g->n; i++)
		key[i] = g->row[i]->key;
	engine_marks_begin(b->e, key, g->n);
	enum rc rc = claim_group(b, g);
	engine_marks_end(b->e);
	return rc;
}

/* ---- batches -------------------------------------------------------------------------------------- */

static bool has_room(const struct batch *b)
{
	for (int ch = 0; ch < CHANNEL_COUNT; ch++)
		if (b->room[ch])
			return b->departure.n < BATCH_MAX;
	return false;
}

static enum rc claim_groups(struct batch *b)
{
	struct send_queue *q = &b->e->queue;
	enum rc rc = RC_OK;
	for (size_t i = q->first; i < q->n && rc == RC_OK && has_room(b); i++) {
		struct due_group *g = &q->group[i];
		const struct outbox_reminder *row = g->row[0];
		bool may = false;
		if (g->taken || !b->room[row->channel])
			continue;
		/* If it ends the process, nothing else was claimed with it. */
		bool suspect = engine_marks_suspects(b->e, row->key);
		if (suspect && b->taken.n)
			break;
		rc = engine_guard_allows(b->e, row->channel, row->person_id, b->now, &may, b->d);
		if (rc || !may)
			continue;
		rc = claim_marked(b, g);
		if (rc == RC_OK)
			VEC_PUSH(&b->e->tick, &b->taken, g);
		if (suspect)
			break;
	}
	return rc;
}

/* All of it is on disk before the first byte leaves. */
static enum rc claim_batch(struct batch *b)
{
	enum rc rc = store_begin(b->e->store, b->d);
	if (rc)
		return rc;
	rc = claim_groups(b);
	if (rc == RC_OK)
		rc = store_commit(b->e->store, b->d);
	else
		store_rollback(b->e->store);
	for (size_t i = 0; rc && i < b->departure.n; i++)
		engine_guard_return(
			b->e, b->departure.item[i].job.channel, b->departure.item[i].job.person_id);
	for (size_t i = 0; rc == RC_OK && i < b->taken.n; i++)
		engine_queue_take(b->e, b->taken.item[i]);
	return rc;
}

static void hand_over(struct engine *e, const struct departure *x)
{
	engine_tell(e, &x->event);
	if (!x->refusal) {
		engine_depart(e, &x->job);
		return;
	}
	struct outcome o = {.class = OUTCOME_DEAD, .fault = FAULT_RECIPIENT};
	snprintf(o.reason, sizeof o.reason, "%s", x->refusal);
	e->n_once++;
	engine_delivery_done(e, x->job.message_id, &o);
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Mails are claimed when half of those before have left: a transaction that claims many costs little
 * more than one that claims a few. */
static size_t room_for(const struct engine *e, enum channel channel)
{
	size_t room = engine_is_alone(e) ? 0 : deliver_room(e->deliver, channel);
	if (channel == CHANNEL_EMAIL && room < deliver_in_flight(e->deliver))
		return 0;
	return min_size(room, BATCH_MAX);
}

static enum rc send_batch(struct engine *e, struct instant now, size_t *ret_n, struct diag *d)
{
	struct batch b = {.e = e, .now = now, .d = d};
	for (int ch = 0; ch < CHANNEL_COUNT; ch++)
		b.room[ch] = room_for(e, (enum channel)ch);
	*ret_n = 0;
	if (!has_room(&b))
		return RC_OK;
	enum rc rc = claim_batch(&b);
	for (size_t i = 0; i < b.departure.n && rc == RC_OK; i++)
		hand_over(e, &b.departure.item[i]);
	*ret_n = b.taken.n;
	return rc;
}

enum rc engine_send(struct engine *e, struct instant now, struct diag *d)
{
	size_t n = 1;
	enum rc rc = engine_queue_fill(e, now, d);
	while (rc == RC_OK && n && e->queue.first < e->queue.n) {
		rc = send_batch(e, now, &n, d);
		/* What failed at once may have shown that the rest should wait. */
		if (rc == RC_OK)
			rc = engine_settle(e, now, d);
	}
	return rc;
}
