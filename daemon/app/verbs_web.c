/* What the web program may ask for its callers out there. */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "deliver.h"
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

enum { OVERDUE_S = 120 };

/* For anybody out there: is it awake, and is the configuration the one in the files? */
enum rc verb_health(struct call *c, json_t **ret)
{
	struct engine_pulse p = engine_pulse(c->v->engine);
	bool overdue = !instant_is_none(p.promised) && c->now.s - p.promised.s > OVERDUE_S;
	bool failed = engine_has_failed(c->v->engine, NULL);
	bool current = c->v->faults->n_errors == 0;
	*ret = json_pack("{s:b,s:s,s:s,s:o}", "ok", !overdue && !failed, "engine",
		failed ? "failed" : overdue ? "late" : "running", "config",
		current ? "current" : "old", "last_tick", call_time(c, p.last_tick));
	return RC_OK;
}
