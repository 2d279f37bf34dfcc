/* The reminder to paste into a group. */
#include "group_text.h"
#include "verbs_call.h"

static enum rc find(const struct call *c, const json_t *id, const struct obligation **ret)
{
	const char *s = json_string_value(id);
	*ret = s ? obligation_find(engine_obligations(c->v->engine), s) : NULL;
	if (!*ret)
		return diag_set(c->d, RC_NOTFOUND, N_("there is no obligation \"%s\""), s ? s : "");
	return RC_OK;
}

enum rc verb_text(struct call *c, json_t **ret)
{
	const json_t *ids = json_object_get(c->args, "obligations");
	const struct obligation *o[GROUP_TEXT_OBLIGATIONS_MAX];
	size_t n = json_array_size(ids);
	const char *text;
	enum rc rc = RC_OK;
	if (n < 1 || n > GROUP_TEXT_OBLIGATIONS_MAX)
		return diag_set(c->d, RC_INVALID, N_("a text is about 1 to %d obligations"),
			GROUP_TEXT_OBLIGATIONS_MAX);
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = find(c, json_array_get(ids, i), &o[i]);
	if (rc == RC_OK)
		rc = group_text_make(call_config(c), engine_templates(c->v->engine), o, n, c->now,
			engine_arena(c->v->engine), &text, c->d);
	if (rc == RC_OK)
		*ret = json_pack("{s:s}", "text", text);
	return rc;
}
