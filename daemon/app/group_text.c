#include "group_text.h"

static enum rc check(const struct obligation *o, struct diag *d)
{
	if (date_is_none(o->due))
		return diag_set(d, RC_STATE, N_("%s waits for its date"), o->id);
	if (o->conditional)
		return RC_OK;
	if (o->state != STATE_OPEN || !obligation_is_missing(o, FORM_NONE))
		return diag_set(d, RC_STATE, N_("nothing of %s is missing"), o->id);
	return RC_OK;
}

static const char *template_of(const struct obligation *o, struct instant now)
{
	if (o->conditional)
		return "ask";
	return now.s > o->due_at.s ? "overdue" : "due";
}

static enum rc make_one(const struct config *c, const struct templates *t,
	const struct obligation *o, struct instant now, struct arena *a, const char **ret,
	struct diag *d)
{
	struct message_text text;
	const struct reminder r = {.obligation = o,
		.obligation_id = o->id,
		.step_id = "text",
		.template = template_of(o, now),
		.channel = CHANNEL_CHAT,
		.role = ROLE_GROUP,
		.at = now,
		.asked = now,
		.deadline = INSTANT_NONE};
	const struct message_part part = {.reminder = &r, .note = ""};
	enum rc rc = check(o, d);
	if (rc == RC_OK)
		rc = message_render(c, t, &part, 1, now, a, &text, d);
	if (rc == RC_OK)
		*ret = text.sms;
	return rc;
}

enum rc group_text_make(const struct config *c, const struct templates *t,
	const struct obligation *const *o, size_t n, struct instant now, struct arena *a,
	const char **ret, struct diag *d)
{
	const char *all = "", *one = "";
	for (size_t i = 0; i < n; i++) {
		enum rc rc = make_one(c, t, o[i], now, a, &one, d);
		if (rc)
			return rc;
		all = arena_printf(a, "%s%s%s", all, i ? "\n\n" : "", one);
	}
	*ret = all;
	return RC_OK;
}
