#include <string.h>

#include "control.h"
#include "mem.h"
#include "text.h"

static const char *const RC_TEXT[] = {
	[RC_OK] = "ok",
	[RC_INVALID] = "invalid",
	[RC_RANGE] = "range",
	[RC_NOTFOUND] = "notfound",
	[RC_EXISTS] = "exists",
	[RC_LIMIT] = "limit",
	[RC_STATE] = "state",
	[RC_BUSY] = "busy",
	[RC_IO] = "io",
	[RC_CORRUPT] = "corrupt",
	[RC_UNREACHABLE] = "unreachable",
};

/* jansson recurses by depth on parsing; its own limit is 2048, ours is lower and checked before. */
static bool is_too_deep(const char *s, size_t len)
{
	int depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < len; i++) {
		if (in_string && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			in_string = !in_string;
		else if (!in_string && (s[i] == '{' || s[i] == '['))
			depth++;
		else if (!in_string && (s[i] == '}' || s[i] == ']'))
			depth--;
		if (depth > CONTROL_DEPTH_MAX)
			return true;
	}
	return false;
}

enum rc control_parse_request(
	const char *line, size_t len, const char **ret_verb, json_t **ret_root, struct diag *d)
{
	json_error_t error;
	if (len > CONTROL_REQUEST_MAX || is_too_deep(line, len))
		return diag_set(d, RC_LIMIT, N_("the request is too large"));
	json_t *root = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	const char *verb = json_string_value(json_object_get(root, "verb"));
	json_t *args = json_object_get(root, "args");
	if (!verb || (args && !json_is_object(args))) {
		json_decref(root);
		return diag_set(d, RC_INVALID, N_("the request is not a verb with arguments"));
	}
	*ret_verb = verb;
	*ret_root = root;
	return RC_OK;
}

json_t *control_fault_to_json(const struct diag *d)
{
	json_t *args = json_array();
	bool has_file = text_check(d->file, strlen(d->file), false, NULL) == TEXT_OK;
	const char *p = d->args;
	for (unsigned i = 0; i < d->n_args; i++) {
		json_t *s = json_string(p);
		json_array_append_new(args, s ? s : json_string("?"));
		p += strlen(p) + 1;
	}
	return json_pack("{s:b,s:s,s:s,s:o,s:s?,s:s,s:i,s:i}", "ok", 0, "rc", RC_TEXT[d->rc],
		"msgid", d->msgid ? d->msgid : "", "args", args, "hint", d->hint, "file",
		has_file ? d->file : "?", "line", d->line, "sys", d->sys);
}

static enum rc rc_parse(const char *text)
{
	for (size_t i = 1; text && i < sizeof RC_TEXT / sizeof *RC_TEXT; i++)
		if (strcmp(text, RC_TEXT[i]) == 0)
			return (enum rc)i;
	return RC_INVALID;
}

/* A diag points at literals; what came over the wire is kept for the life of the process instead, each
 * sentence once, and not without end. */
static const char *keep(const json_t *value)
{
	enum { KEPT_MAX = 64 };
	static char *kept[KEPT_MAX];
	const char *s = json_string_value(value);
	for (size_t i = 0; s && i < KEPT_MAX; i++) {
		if (!kept[i])
			kept[i] = mem_strdup(s);
		if (strcmp(kept[i], s) == 0)
			return kept[i];
	}
	return NULL;
}

void control_fault_from_json(const json_t *fault, struct diag *ret)
{
	const char *msgid = keep(json_object_get(fault, "msgid"));
	const char *file = json_string_value(json_object_get(fault, "file"));
	*ret = (struct diag){.rc = rc_parse(json_string_value(json_object_get(fault, "rc"))),
		.msgid = msgid ? msgid : N_("the daemon refused without a reason"),
		.hint = keep(json_object_get(fault, "hint")),
		.sys = (int)json_integer_value(json_object_get(fault, "sys"))};
	if (file && file[0])
		diag_at(ret, file, (int)json_integer_value(json_object_get(fault, "line")));
	size_t i;
	json_t *arg;
	json_array_foreach(json_object_get(fault, "args"), i, arg)
	{
		const char *s = json_string_value(arg);
		size_t room = sizeof ret->args - ret->args_len;
		if (!s || ret->n_args == DIAG_ARGS_MAX || room < 2)
			break;
		size_t n = text_cut(s, room - 1);
		memcpy(ret->args + ret->args_len, s, n);
		ret->args[ret->args_len + n] = '\0';
		ret->args_len += (unsigned)n + 1;
		ret->n_args++;
	}
}

struct library control_library(void)
{
	return (struct library){"jansson", jansson_version_str()};
}
