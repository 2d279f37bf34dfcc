/* Links, for the admin: which there are, what each opens, new ones for old. */
#include <stdio.h>
#include <string.h>

#include "links.h"
#include "verbs_call.h"

enum { FETCHES_MAX = 256, CLIENT_SIZE = 32 };

/* Beside base_url, or only the path if there is none.  Without the token: what a list shows. */
static json_t *link_json(const struct call *c, const struct engine_link *l, bool secret)
{
	const char *base = call_config(c)->base_url;
	char path[LINK_URL_SIZE], url[2 * LINK_URL_SIZE];
	size_t len = base ? strlen(base) : 0;
	json_t *o = json_pack("{s:s,s:s,s:i,s:o,s:o,s:s}", "kind", link_kind_text(l->kind), "id",
		l->id, "generation", l->generation, "revoked", call_time(c, l->revoked_at),
		"fetched", call_time(c, l->fetched_at), "client", l->client);
	if (!secret || !instant_is_none(l->revoked_at))
		return o;
	link_path(l->kind, l->token, path);
	while (len && base[len - 1] == '/')
		len--;
	snprintf(url, sizeof url, "%.*s%s", (int)len, base ? base : "", path);
	json_object_set_new(o, "path", json_string(path));
	json_object_set_new(o, "url", len ? json_string(url) : json_null());
	return o;
}

enum rc verb_links(struct call *c, json_t **ret)
{
	const struct engine_link *l;
	size_t n;
	enum rc rc = engine_links(c->v->engine, &l, &n, c->d);
	if (rc)
		return rc;
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, link_json(c, &l[i], false));
	*ret = json_pack("{s:o}", "links", list);
	return RC_OK;
}

static enum rc link_args(
	const struct call *c, enum link_kind *ret_kind, const char **ret_id, const char **ret_do)
{
	const char *kind;
	enum rc rc = call_text(c, "kind", &kind);
	if (rc == RC_OK)
		rc = call_text(c, "id", ret_id);
	if (rc == RC_OK)
		rc = call_text(c, "do", ret_do);
	if (rc)
		return rc;
	if (!link_kind_parse(kind, ret_kind))
		return diag_set(c->d, RC_INVALID,
			N_("\"%s\" is none of all, unit, person, office, page, clerk, admin, "
			   "receipts, leader"),
			kind);
	return RC_OK;
}

/* {"do":"show|rotate|revoke","kind","id"} */
enum rc verb_link(struct call *c, json_t **ret)
{
	enum link_kind kind;
	const char *id, *what, *who;
	struct engine_link l;
	enum rc rc = link_args(c, &kind, &id, &what);
	if (rc == RC_OK)
		rc = call_who(c, &who);
	if (rc)
		return rc;
	bool renew = strcmp(what, "rotate") == 0, end = strcmp(what, "revoke") == 0;
	if (strcmp(what, "show") == 0)
		rc = engine_link(c->v->engine, kind, id, &l, c->d);
	else if (renew || end)
		rc = engine_link_change(c->v->engine, kind, id, renew, who, c->now, &l, c->d);
	else
		rc = diag_set(c->d, RC_INVALID, N_("a link can be shown, rotated or revoked"));
	if (rc)
		return rc;
	if ((renew || end) && c->v->acted)
		c->v->acted(c->v->ctx);
	*ret = link_json(c, &l, true);
	return RC_OK;
}

/* A program's name: what the web program says it is, checked again. */
static bool is_client(const char *s)
{
	return s && strlen(s) < CLIENT_SIZE &&
	       s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")] ==
		       '\0';
}

/* {"links":[{"hash","client"}]}, from the web program. */
enum rc verb_fetched(struct call *c, json_t **ret)
{
	const json_t *list = json_object_get(c->args, "links");
	struct engine_fetch f[FETCHES_MAX];
	size_t n = json_array_size(list);
	if (n > FETCHES_MAX)
		return diag_set(c->d, RC_LIMIT, N_("more than %d links at a time"), FETCHES_MAX);
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);
		const char *client = json_string_value(json_object_get(o, "client"));
		f[i].hash = json_string_value(json_object_get(o, "hash"));
		f[i].client = is_client(client) ? client : "";
		if (!f[i].hash)
			return diag_set(
				c->d, RC_INVALID, N_("a link that was fetched has no hash"));
	}
	enum rc rc = engine_links_fetched(c->v->engine, f, n, c->now, c->d);
	if (rc == RC_OK)
		*ret = json_object();
	return rc;
}
