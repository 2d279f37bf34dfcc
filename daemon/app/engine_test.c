/*
 * A test message: the real path with real values, so that it fails where a reminder would, and not
 * for a blank variable that a gateway refuses.
 */
#include <stdio.h>
#include <string.h>

#include "engine_render.h"
#include "longest.h"
#include "text.h"

enum { OBLIGATIONS_TRIED = 8, RENDERINGS_MAX = 400, PATIENCE_S = 3600 };

bool engine_is_test(const struct outbox_reminder *r)
{
	return strcmp(r->step_id, "test") == 0 && strncmp(r->obligation_id, "test/", 5) == 0;
}

/* ---- the longest text -------------------------------------------------------------------------- */

struct search {
	struct engine *e;
	const struct person *person;
	enum channel channel;
	struct instant now;
	bool own; /* only what the person is really told; else what anybody is: admins, leaders */
	int tries;
	size_t units;
	struct message_part part; /* .reminder NULL: none yet */
};

static void try_part(void *ctx, const struct message_part *part)
{
	struct search *x = ctx;
	struct message_text text = {0};
	struct diag ignored;
	if (x->own && strcmp(part->reminder->person->id, x->person->id) != 0)
		return;
	if (x->tries++ >= RENDERINGS_MAX || message_render(x->e->config, x->e->templates, part, 1,
						    x->now, &x->e->tick, &text, &ignored) != RC_OK)
		return;
	size_t units = text_count_utf16(x->channel == CHANNEL_EMAIL ? text.text : text.sms);
	if (x->part.reminder && units <= x->units)
		return;
	x->units = units;
	x->part = *part;
}

static bool is_candidate(const struct search *x, const struct obligation *o)
{
	bool told = !x->own;
	for (size_t i = 0; i < o->n_who && !told; i++)
		told = strcmp(o->who[i].person->id, x->person->id) == 0;
	return told && !date_is_none(o->due);
}

/* The obligation with the longest names that is not longer than the last one. */
static const struct obligation *next_longest(const struct search *x, const struct obligation *last)
{
	const struct obligations *os = &x->e->obligations;
	const struct obligation *best = NULL;
	for (size_t i = 0; i < os->n; i++) {
		const struct obligation *o = &os->item[i];
		size_t guess = longest_guess(o), limit = last ? longest_guess(last) : SIZE_MAX;
		bool after = guess < limit || (guess == limit && last && o > last);
		if (after && is_candidate(x, o) && (!best || guess > longest_guess(best)))
			best = o;
	}
	return best;
}

static void try_obligations(struct search *x, bool own)
{
	const struct obligation *o = NULL;
	x->own = own;
	x->tries = 0;
	for (int i = 0; i < OBLIGATIONS_TRIED && (o = next_longest(x, o)); i++)
		longest_each(x->e->config, x->e->templates, &x->e->obligations, o, x->channel,
			&x->e->tick, try_part, x);
}

static enum rc find_longest(struct search *x, struct diag *d)
{
	try_obligations(x, true);
	if (!x->part.reminder)
		try_obligations(x, false);
	if (!x->part.reminder)
		return diag_set(
			d, RC_STATE, N_("there is no obligation to make a test message of"));
	return RC_OK;
}

/* ---- sending ----------------------------------------------------------------------------------- */

static enum rc check(
	const struct engine *e, const struct engine_test *t, const struct person *p, struct diag *d)
{
	if (!p)
		return diag_set(d, RC_NOTFOUND, N_("there is no person \"%s\""), t->person);
	if (!engine_contact(p, t->channel)[0])
		return diag_set(d, RC_STATE,
			t->channel == CHANNEL_EMAIL ? N_("%s has no mail address")
						    : N_("%s has no number for this channel"),
			p->id);
	if (!engine_can_reach(e, p, t->channel))
		return diag_set(d, RC_STATE,
			N_("the contact of %s is a placeholder: put in the real one and reload"),
			p->id);
	if (t->channel == CHANNEL_SMS && !engine_guard_knows_number(e, p->phone))
		return diag_set(d, RC_STATE, N_("numbers that begin so are not in allow_prefixes"));
	return RC_OK;
}

static enum rc plan_and_claim(struct engine *e, const struct reminder *r,
	const struct rendered *made, const char *ref, struct instant now, int64_t *ret_id,
	struct diag *d)
{
	const char *const key[] = {r->key};
	struct outbox_claim c = {.channel = r->channel,
		.person_id = r->person->id,
		.recipient = engine_contact(r->person, r->channel),
		.rfc_message_id = made->rfc_message_id,
		.client_ref = ref,
		.bytes = made->bytes,
		.len = made->len,
		.deadline = INSTANT_NONE,
		.give_up_at = {now.s + PATIENCE_S},
		.key = key,
		.n_keys = 1};
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	rc = outbox_plan(e->store, r, now, d);
	if (rc == RC_OK)
		rc = outbox_claim(e->store, &c, now, ret_id, d);
	if (rc) {
		store_rollback(e->store);
		return rc == RC_STATE
			       ? diag_set(d, RC_STATE, N_("one was sent in this very second"))
			       : rc;
	}
	return store_commit(e->store, d);
}

/* Its name in the history: test/<instant>.  The row is nobody's step, so it escalates to nobody. */
static void name_it(struct engine *e, struct reminder *r, struct instant now)
{
	char text[ZONE_TEXT_SIZE];
	r->obligation = NULL;
	r->step = NULL;
	r->step_id = "test";
	r->deadline = INSTANT_NONE;
	r->at = r->asked = now;
	r->obligation_id =
		arena_printf(&e->tick, "test/%s", zone_format(e->config->zone, now, text));
	plan_key(r->obligation_id, DATE_NONE, FORM_NONE, r->step_id, r->channel, r->person->id, 0,
		r->key);
}

static enum rc send(struct engine *e, const struct message_part *part, const struct engine_test *t,
	struct instant now, int64_t *ret_id, struct diag *d)
{
	bool zh = strncmp(e->config->language, "zh", 2) == 0;
	/* 【】 is a gateway's own mark: in an SMS it would read as the signature. */
	const char *mark = zh ? (t->channel == CHANNEL_SMS ? "[测试]" : "【测试】") : "[test] ";
	struct reminder about = *part->reminder, row;
	about.person = config_person(e->config, t->person);
	row = about;
	name_it(e, &row, now);
	memcpy(about.key, row.key, sizeof about.key);
	struct message_part p = *part;
	p.reminder = &about;
	struct rendered r;
	enum rc rc = engine_render_marked(e, &p, 1, t->channel, 0, mark, now, &r, d);
	const char *ref = arena_printf(&e->tick, "%.40s-0", row.key);
	int64_t id = 0;
	if (rc == RC_OK)
		rc = plan_and_claim(e, &row, &r, ref, now, &id, d);
	if (rc)
		return rc;
	struct delivery job = {.message_id = id,
		.channel = t->channel,
		.recipient = engine_contact(row.person, t->channel),
		.client_ref = ref,
		.person_id = row.person->id,
		.bytes = r.bytes,
		.len = r.len,
		.at = now,
		.placeholder = row.person->placeholder};
	engine_tell(e, &(struct engine_event){.kind = EVENT_CLAIMED,
			       .at = now,
			       .obligation = row.obligation_id,
			       .step = row.step_id,
			       .person = row.person->id,
			       .person_name = row.person->name,
			       .channel = t->channel,
			       .text = r.subject ? r.subject : r.sms,
			       .n = 1,
			       .message_id = id});
	if (deliver_submit(e->deliver, &job, d) != RC_OK)
		engine_not_taken(e, id, d);
	*ret_id = id;
	return RC_OK;
}

enum rc engine_test_message(struct engine *e, const struct engine_test *t, struct instant now,
	int64_t *ret_message, struct diag *d)
{
	struct search x = {.e = e,
		.person = config_person(e->config, t->person),
		.channel = t->channel,
		.now = now};
	enum rc rc = check(e, t, x.person, d);
	if (rc == RC_OK)
		rc = find_longest(&x, d);
	if (rc == RC_OK)
		rc = send(e, &x.part, t, now, ret_message, d);
	return engine_fail(e, rc, d);
}
