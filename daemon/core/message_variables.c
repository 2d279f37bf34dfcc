#include "message_variables.h"

#include <string.h>

#include "buf.h"
#include "mustache.h"
#include "text.h"

struct checking {
	const struct sms_variable *variable;
	struct diag *d;
};

static void check_name(void *ctx, const char *name, int line)
{
	struct checking *x = ctx;
	(void)line;
	if (x->d->rc)
		return;
	if (!message_view_knows(name))
		diag_set(x->d, RC_INVALID, N_("there is no name '%s' for templates"), name);
	else if (strcmp(name, "link") == 0)
		diag_set(x->d, RC_INVALID,
			N_("variable %s: gateways refuse an address of the web in a variable"),
			x->variable->name);
}

bool message_variable_has_link(const char *s)
{
	return strstr(s, "http://") || strstr(s, "https://");
}

enum rc message_variable_check(const struct sms_variable *variable, struct arena *a, struct diag *d)
{
	struct diag found = DIAG_INIT;
	struct checking x = {.variable = variable, .d = &found};
	const struct mustache *m = NULL;
	if (mustache_parse(variable->text, variable->src.file, a, &m, &found) == RC_OK) {
		mustache_names(m, check_name, &x);
		if (!found.rc && message_variable_has_link(variable->text))
			diag_set(&found, RC_INVALID,
				N_("variable %s: gateways refuse an address of the web in a "
				   "variable"),
				variable->name);
	}
	if (found.rc)
		*d = found;
	return found.rc;
}

static enum rc make_one(const struct viewing *x, const struct sms_variable *variable,
	const struct view *v, const char **ret, size_t *ret_points, struct diag *d)
{
	const struct mustache *m;
	enum rc rc = mustache_parse(variable->text, variable->src.file, x->a, &m, d);
	if (rc)
		return rc;
	struct buf b;
	buf_init(&b, MESSAGE_SMS_MAX);
	mustache_render(m, v, ESCAPE_NONE, &b);
	/* What does not fit the buffer is cut anyway. */
	const char *s =
		message_clean_sms(arena_strndup(x->a, b.data, text_cut(b.data, b.len)), x->a);
	buf_done(&b);
	*ret_points = text_count_points(s);
	*ret = s[0] ? message_variable_cut(s, (size_t)variable->max, x->a) : x->w->nothing;
	return RC_OK;
}

enum rc message_variables_make(
	const struct viewing *x, const struct view *v, struct message_text *ret, struct diag *d)
{
	size_t n = x->c->sms.n_variables;
	const char **text = ARENA_ARRAY(x->a, n, const char *);
	size_t *points = ARENA_ARRAY(x->a, n, size_t);
	for (size_t i = 0; i < n; i++) {
		enum rc rc = make_one(x, &x->c->sms.variable[i], v, &text[i], &points[i], d);
		if (rc)
			return rc;
	}
	ret->variable = text;
	ret->variable_points = points;
	return RC_OK;
}
