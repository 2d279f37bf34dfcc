/* The operator's word about messages: settle, retry, test-message. */
#include <string.h>

#include "outbox.h"
#include "verbs_call.h"

enum rc call_message(const struct call *c, int64_t *ret)
{
	const json_t *v = json_object_get(c->args, "message");
	*ret = json_integer_value(v);
	if (v && !json_is_null(v) && *ret < 1)
		return diag_set(c->d, RC_INVALID, N_("a message is named by its number"));
	return RC_OK;
}

static enum rc settle(
	struct call *c, int64_t id, bool resend, const char *who, const char *reason, json_t **ret)
{
	size_t planned = 0;
	enum rc rc =
		resend ? engine_settle_resend(c->v->engine, id, who, reason, c->now, &planned, c->d)
		       : engine_settle_sent(c->v->engine, id, who, reason, c->now, c->d);
	if (rc)
		return rc;
	*ret = json_pack("{s:I,s:s,s:I}", "message", (json_int_t)id, "state",
		message_state_text(resend ? MESSAGE_REPLACED : MESSAGE_SENT), "planned",
		(json_int_t)planned);
	call_acted(c);
	return RC_OK;
}

enum rc verb_settle(struct call *c, json_t **ret)
{
	const char *what, *reason, *who;
	int64_t id;
	enum rc rc = call_message(c, &id);
	if (rc == RC_OK)
		rc = call_text(c, "as", &what);
	if (rc == RC_OK)
		rc = call_text(c, "reason", &reason);
	if (rc == RC_OK)
		rc = call_who(c, &who);
	if (rc)
		return rc;
	bool is_sent = strcmp(what, "sent") == 0;
	if (!id || (!is_sent && strcmp(what, "resend") != 0))
		return diag_set(c->d, RC_INVALID, N_("a message is settled as sent or resend"));
	return settle(c, id, !is_sent, who, reason, ret);
}

enum rc verb_retry(struct call *c, json_t **ret)
{
	struct engine_retried r;
	const char *who;
	int64_t id;
	enum rc rc = call_message(c, &id);
	if (rc == RC_OK)
		rc = call_who(c, &who);
	if (rc == RC_OK)
		rc = engine_retry_now(c->v->engine, id, who, c->now, &r, c->d);
	if (rc)
		return rc;
	*ret = json_pack("{s:I,s:I,s:I}", "hurried", (json_int_t)r.hurried, "replaced",
		(json_int_t)r.replaced, "planned", (json_int_t)r.planned);
	call_acted(c);
	return RC_OK;
}

enum rc verb_clock_ok(struct call *c, json_t **ret)
{
	const char *who, *hold = hold_text(engine_hold(c->v->engine));
	enum rc rc = call_who(c, &who);
	if (rc == RC_OK)
		rc = engine_clock_ok(c->v->engine, who, c->now, c->d);
	if (rc)
		return rc;
	*ret = json_pack("{s:s,s:o}", "hold", hold, "now", call_time(c, c->now));
	call_acted(c);
	return RC_OK;
}

enum rc verb_test_message(struct call *c, json_t **ret)
{
	struct engine_test t = {0};
	const char *channel;
	int64_t id;
	enum rc rc = call_text(c, "person", &t.person);
	if (rc == RC_OK)
		rc = call_text(c, "channel", &channel);
	if (rc == RC_OK)
		rc = call_who(c, &t.who);
	if (rc == RC_OK && !channel_parse(channel, &t.channel))
		rc = diag_set(c->d, RC_INVALID, N_("\"%s\" is no channel"), channel);
	if (rc == RC_OK)
		rc = engine_test_message(c->v->engine, &t, c->now, &id, c->d);
	if (rc)
		return rc;
	*ret = json_pack("{s:I}", "message", (json_int_t)id);
	call_acted(c);
	return RC_OK;
}
