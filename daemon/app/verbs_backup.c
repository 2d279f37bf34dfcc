/* The database as a whole: after-restore, erase. */
#include "verbs_call.h"

enum rc verb_after_restore(struct call *c, json_t **ret)
{
	struct engine_assumed r;
	struct instant until;
	const char *who, *text;
	enum rc rc = call_text(c, "until", &text);
	if (rc == RC_OK)
		rc = call_who(c, &who);
	if (rc == RC_OK && !zone_parse(call_config(c)->zone, text, &until))
		rc = diag_set(
			c->d, RC_INVALID, N_("\"%s\" is no time such as 2024-05-06T15:30"), text);
	if (rc == RC_OK)
		rc = engine_after_restore(c->v->engine, until, who, c->now, &r, c->d);
	if (rc)
		return rc;
	*ret = json_pack("{s:o,s:I,s:I}", "until", call_time(c, until), "reminders",
		(json_int_t)r.reminders, "messages", (json_int_t)r.messages);
	call_acted(c);
	return RC_OK;
}

enum rc verb_erase(struct call *c, json_t **ret)
{
	struct engine_erased r;
	const char *who, *person;
	enum rc rc = call_text(c, "person", &person);
	if (rc == RC_OK)
		rc = call_who(c, &who);
	if (rc == RC_OK)
		rc = engine_erase(c->v->engine, person, who, c->now, &r, c->d);
	if (rc)
		return rc;
	*ret = json_pack("{s:s,s:i,s:i}", "person", person, "rows", r.rows, "messages", r.messages);
	return RC_OK;
}
