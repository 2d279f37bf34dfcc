/*
 * Due reminders become messages: grouped by person and channel, rendered, frozen, claimed durably,
 * and only then handed to their next hop.  Outcomes come back through engine_delivery_done and are
 * settled at once or at the next tick.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_digest.h"
#include "engine_render.h"
#include "retry.h"

enum { PARTS_MAX = 60 };

/* ---- collecting -------------------------------------------------------------------------------- */

/* A row whose person or subject is gone from the configuration has nobody to go to. */
static enum rc collect(struct engine *e, const struct outbox_reminder *row, size_t n,
	struct due_item *ret, size_t *ret_n, struct instant now, struct diag *d)
{
	*ret_n = 0;
	for (size_t i = 0; i < n; i++) {
		if (engine_digest_is(&row[i]))
			continue;
		struct due_item it = {&row[i], engine_subject(e, row[i].obligation_id),
			config_person(e->config, row[i].person_id)};
		if (it.obligation && it.person) {
			ret[(*ret_n)++] = it;
			continue;
		}
		enum rc rc = outbox_cancel(e->store, row[i].key, N_("nobody to tell"), now, d);
		if (rc)
			return rc;
	}
	return RC_OK;
}

static int compare_addressee(const struct due_item *a, const struct due_item *b)
{
	int order = strcmp(a->person->id, b->person->id);
	return order ? order : (int)a->row->channel - (int)b->row->channel;
}

/* By the most urgent deadline of the addressee would be ideal; rows come in that order already, so
 * a stable sort by addressee keeps it within each group. */
static int compare_items(const void *left, const void *right)
{
	const struct due_item *a = left, *b = right;
	int order = compare_addressee(a, b);
	return order ? order : (a->row > b->row) - (a->row < b->row);
}

/* ---- claiming ---------------------------------------------------------------------------------- */

static const char *address_of(const struct person *p, enum channel ch)
{
	return ch == CHANNEL_EMAIL ? p->email : p->phone;
}

static enum rc retire(struct engine *e, const struct due_item *item, size_t n, const char *why,
	enum event_kind kind, struct instant now, struct diag *d)
{
	for (size_t i = 0; i < n; i++) {
		enum rc rc = outbox_supersede(e->store, item[i].row->key, why, now, d);
		if (rc)
			return rc;
		engine_tell(e, &(struct engine_event){.kind = kind, .at = now, .text = why, .n = 1,
			.obligation = item[i].row->obligation_id, .step = item[i].row->step_id,
			.person = item[i].person->id, .person_name = item[i].person->name,
			.channel = item[i].row->channel});
	}
	return RC_OK;
}

static struct delivery delivery_of(const struct due_item *it, const struct rendered *r,
	const char *client_ref, int64_t id, struct instant now)
{
	return (struct delivery){
		.message_id = id,
		.channel = it->row->channel,
		.recipient = address_of(it->person, it->row->channel),
		.client_ref = client_ref,
		.person_id = it->person->id,
		.bytes = r->bytes,
		.len = r->len,
		.at = now,
		.placeholder = it->person->placeholder,
		.sample = r->sample,
	};
}

static void tell_sending(struct engine *e, const struct due_item *it, const struct rendered *r,
	size_t n, int64_t id, struct instant now)
{
	engine_tell(e, &(struct engine_event){.kind = EVENT_CLAIMED, .at = now,
		.obligation = it->row->obligation_id, .step = it->row->step_id,
		.person = it->person->id, .person_name = it->person->name,
		.channel = it->row->channel, .text = r->subject ? r->subject : r->sms, .n = n,
		.message_id = id});
}

/* A reminder whose message was replaced goes out under a name that was never used. */
static int generation_of(const struct due_item *item, size_t n)
{
	int g = 0;
	for (size_t i = 0; i < n; i++)
		g = item[i].row->generation > g ? item[i].row->generation : g;
	return g;
}

/* Claim durably, then hand over. */
static enum rc submit(struct engine *e, const struct due_item *item, size_t n,
	const struct rendered *rendered, struct instant now, struct diag *d)
{
	enum channel ch = item->row->channel;
	const struct rendered r = *rendered;
	const char *ref = arena_printf(&e->tick, "%.40s-%d", item->row->key, generation_of(item, n));
	struct delivery job = delivery_of(item, &r, ref, 0, now);
	if (deliver_refuses(e->deliver, &job))
		return retire(e, item, n, N_("placeholder or sample: not sent by a real transport"),
			EVENT_REFUSED, now, d);
	const char **keys = ARENA_ARRAY(&e->tick, n, const char *);
	for (size_t i = 0; i < n; i++)
		keys[i] = item[i].row->key;
	struct outbox_claim c = {
		.channel = ch,
		.person_id = item->person->id,
		.recipient = address_of(item->person, ch),
		.rfc_message_id = r.rfc_message_id,
		.bytes = r.bytes,
		.len = r.len,
		.client_ref = ref,
		.generation = generation_of(item, n),
		.sample = r.sample,
		.deadline = r.deadline,
		.give_up_at = retry_give_up(now, r.deadline),
		.key = keys,
		.n_keys = n,
	};
	enum rc rc = outbox_claim(e->store, &c, now, &job.message_id, d);
	if (rc)
		return rc;
	tell_sending(e, item, &r, n, job.message_id, now);
	if (deliver_submit(e->deliver, &job, d) != RC_OK)
		engine_not_taken(e, job.message_id, d);
	return RC_OK;
}

static enum rc claim(struct engine *e, const struct due_item *item, size_t n, struct instant now,
	struct diag *d)
{
	struct rendered r;
	enum rc rc = engine_render(e, item, n, item->row->channel, generation_of(item, n), now, &r,
		d);
	if (rc == RC_NOTFOUND)
		return retire(e, item, n, N_("no text for this channel"), EVENT_SUPERSEDED, now, d);
	/* One that cannot be rendered must not keep the others from going out. */
	if (rc == RC_INVALID || rc == RC_LIMIT || rc == RC_RANGE)
		return retire(e, item, n, N_("its text cannot be made"), EVENT_REFUSED, now, d);
	if (rc == RC_OK)
		rc = submit(e, item, n, &r, now, d);
	return rc == RC_STATE ? RC_OK : rc; /* cancelled or claimed since it was read */
}

/* A digest: one row, many parts or none. */
static enum rc claim_digest(struct engine *e, const struct outbox_reminder *row, struct instant now,
	struct diag *d)
{
	struct due_item it = {.row = row, .person = config_person(e->config, row->person_id)};
	const struct message_part *part;
	struct rendered r;
	size_t n = 0;
	if (!it.person)
		return outbox_cancel(e->store, row->key, N_("nobody to tell"), now, d);
	if (!deliver_has_room(e->deliver, row->channel))
		return RC_OK;
	enum rc rc = engine_digest_parts(e, row, it.person, now, &part, &n, d);
	if (rc == RC_OK && n == 0)
		return outbox_supersede(e->store, row->key, N_("nothing to say"), now, d);
	if (rc == RC_OK)
		rc = engine_render_parts(e, part, n, row->channel, row->generation, now, &r, d);
	return rc ? rc : submit(e, &it, 1, &r, now, d);
}

static enum rc claim_digests(struct engine *e, const struct outbox_reminder *row, size_t n,
	struct instant now, struct diag *d)
{
	enum rc rc = RC_OK;
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		if (engine_digest_is(&row[i]))
			rc = claim_digest(e, &row[i], now, d);
	return rc;
}

static enum rc claim_groups(struct engine *e, const struct due_item *item, size_t n,
	struct instant now, struct diag *d)
{
	for (size_t i = 0, k; i < n; i += k) {
		for (k = 1; i + k < n && k < PARTS_MAX; k++)
			if (compare_addressee(&item[i], &item[i + k]) != 0)
				break;
		if (!deliver_has_room(e->deliver, item[i].row->channel))
			continue; /* stays due; the next completion brings a tick */
		enum rc rc = claim(e, &item[i], k, now, d);
		if (rc)
			return rc;
	}
	return RC_OK;
}

enum rc engine_send(struct engine *e, struct instant now, struct diag *d)
{
	const struct outbox_reminder *row;
	size_t n_rows, n;
	enum rc rc = outbox_due(e->store, now, &e->tick, &row, &n_rows, d);
	if (rc || n_rows == 0)
		return rc;
	struct due_item *item = ARENA_ARRAY(&e->tick, n_rows, struct due_item);
	rc = collect(e, row, n_rows, item, &n, now, d);
	if (rc == RC_OK && n)
		qsort(item, n, sizeof *item, compare_items);
	if (rc == RC_OK)
		rc = claim_groups(e, item, n, now, d);
	return rc ? rc : claim_digests(e, row, n_rows, now, d);
}
