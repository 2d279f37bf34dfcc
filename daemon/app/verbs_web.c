/* What the web program may ask for its callers out there. */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "deliver.h"
#include "hold.h"
#include "outbox.h"
#include "verbs_call.h"

enum { RECEIPTS_MAX = 1000, PUSH_MAX = 64 * 1024 };

/* ---- receipts ----------------------------------------------------------------------------------- */

struct push {
	const char *query, *body;
	size_t len;
};

static enum rc decode_base64(const struct call *c, const char *text, struct push *ret)
{
	size_t len = strlen(text);
	unsigned char *bytes =
		(unsigned char *)ARENA_ARRAY(engine_arena(c->v->engine), len + 4, char);
	int n = len % 4 || len > 2 * PUSH_MAX
			? -1
			: EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)len);
	if (n < 0)
		return diag_set(c->d, RC_INVALID, N_("body_base64 is not base64"));
	/* It counts the padding as zero bytes. */
	for (size_t i = len; i && text[i - 1] == '=' && n; i--)
		n--;
	ret->body = (const char *)bytes;
	ret->len = (size_t)n;
	return RC_OK;
}

static enum rc push_arg(const struct call *c, struct push *ret)
{
	const char *query = json_string_value(json_object_get(c->args, "query"));
	const json_t *body = json_object_get(c->args, "body");
	const char *coded = json_string_value(json_object_get(c->args, "body_base64"));
	*ret = (struct push){.query = query ? query : "", .body = ""};
	if (json_is_string(body)) {
		ret->body = json_string_value(body);
		ret->len = json_string_length(body);
	}
	enum rc rc = coded ? decode_base64(c, coded, ret) : RC_OK;
	if (rc == RC_OK && (ret->len > PUSH_MAX || strlen(ret->query) > PUSH_MAX))
		rc = diag_set(
			c->d, RC_LIMIT, N_("a push of receipts is longer than %d bytes"), PUSH_MAX);
	return rc;
}

/* Only what cannot be read or recorded is a fault: a gateway repeats that. */
enum rc verb_receipts(struct call *c, json_t **ret)
{
	struct push p;
	struct engine_heard heard = {0};
	const char *reply = "";
	size_t n = 0;
	enum rc rc = push_arg(c, &p);
	if (rc)
		return rc;
	struct receipt *r = mem_new(RECEIPTS_MAX, sizeof *r);
	rc = deliver_parse_push(
		&call_config(c)->sms, p.query, p.body, p.len, r, RECEIPTS_MAX, &n, &reply, c->d);
	if (rc == RC_OK)
		rc = engine_receipts(c->v->engine, r, n, c->now, &heard, c->d);
	free(r);
	if (rc)
		return rc;
	if (heard.changed && c->v->acted)
		c->v->acted(c->v->ctx);
	*ret = json_pack("{s:s,s:I,s:I,s:I}", "reply", reply, "n", (json_int_t)n, "changed",
		(json_int_t)heard.changed, "strange", (json_int_t)heard.strange);
	return RC_OK;
}

/* ---- health ------------------------------------------------------------------------------------- */

enum { OVERDUE_S = 120, DESTINATIONS_MAX = 64 };

static json_t *by_channel_json(const struct outbox_tally *t)
{
	json_t *all = json_object();
	for (int ch = 0; ch < CHANNEL_COUNT; ch++) {
		json_t *o = json_object();
		for (int s = 0; s < MESSAGE_STATES; s++)
			json_object_set_new(o, message_state_text((enum message_state)s),
				json_integer((json_int_t)t->message[ch][s]));
		json_object_set_new(all, channel_text((enum channel)ch), o);
	}
	return all;
}

static json_t *by_state_json(const struct obligations *os)
{
	json_int_t n[STATE_CANCELLED + 1] = {0};
	json_t *o = json_object();
	for (size_t i = 0; i < os->n; i++)
		n[os->item[i].state]++;
	for (int s = 0; s <= STATE_CANCELLED; s++)
		json_object_set_new(
			o, obligation_state_text((enum obligation_state)s), json_integer(n[s]));
	return o;
}

static json_int_t count_provisional(const struct obligations *os)
{
	json_int_t n = 0;
	for (size_t i = 0; i < os->n; i++)
		n += os->item[i].provisional && os->item[i].state == STATE_OPEN;
	return n;
}

static json_int_t count_down(const struct call *c)
{
	struct engine_destination x[DESTINATIONS_MAX];
	size_t n = engine_destinations(c->v->engine, x, DESTINATIONS_MAX);
	json_int_t down = 0;
	for (size_t i = 0; i < n; i++)
		down += !instant_is_none(x[i].down_since);
	return down;
}

/* For programs: seconds since 1970, null for never. */
static json_t *epoch(struct instant t)
{
	return instant_is_none(t) ? json_null() : json_integer((json_int_t)t.s);
}

static json_t *epochs_json(const struct call *c, struct engine_pulse p, struct instant unsent)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "now", epoch(c->now), "started",
		epoch(c->v->started), "last_tick", epoch(p.last_tick), "next_wake",
		epoch(p.promised), "oldest_unsent", epoch(unsent), "config_loaded",
		epoch(c->v->loaded_at));
}

/* What an operator's monitoring sees: numbers and moments, nobody's name. */
static enum rc add_whole(struct call *c, struct engine_pulse p, json_t *ret)
{
	struct outbox_tally t;
	const struct obligations *os = engine_obligations(c->v->engine);
	enum hold h = engine_hold(c->v->engine);
	enum rc rc = outbox_tally(engine_store(c->v->engine), c->now, &t, c->d);
	if (rc)
		return rc;
	json_object_update_new(
		ret, json_pack("{s:s,s:o,s:o,s:I,s:s?,s:o,s:o,s:I,s:I,s:I,s:o}", "version",
			     DEADLINED_VERSION, "next_wake", call_time(c, p.promised),
			     "oldest_unsent", call_time(c, t.oldest_unsent), "config_age_s",
			     (json_int_t)(c->now.s - c->v->loaded_at.s), "hold",
			     h == HOLD_NONE ? NULL : hold_text(h), "messages", by_channel_json(&t),
			     "obligations", by_state_json(os), "provisional", count_provisional(os),
			     "destinations_down", count_down(c), "feeds_made",
			     (json_int_t)engine_feeds_made(c->v->engine), "epoch",
			     epochs_json(c, p, t.oldest_unsent)));
	return RC_OK;
}

/* For anybody out there: is it awake, and is the configuration the one in the files?  With "whole" what
 * the web program shows only to those whom the settings name. */
enum rc verb_health(struct call *c, json_t **ret)
{
	struct engine_pulse p = engine_pulse(c->v->engine);
	bool overdue = !instant_is_none(p.promised) && c->now.s - p.promised.s > OVERDUE_S;
	bool failed = engine_has_failed(c->v->engine, NULL);
	bool current = c->v->faults->n_errors == 0;
	bool whole = json_is_true(json_object_get(c->args, "whole"));
	json_t *o = json_pack("{s:b,s:s,s:s,s:o}", "ok", !overdue && !failed, "engine",
		failed    ? "failed"
		: overdue ? "late"
			  : "running",
		"config", current ? "current" : "old", "last_tick", call_time(c, p.last_tick));
	enum rc rc = whole ? add_whole(c, p, o) : RC_OK;
	if (rc)
		json_decref(o);
	else
		*ret = o;
	return rc;
}
