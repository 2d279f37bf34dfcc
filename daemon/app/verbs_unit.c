/* What one unit owed, for the board: verb "unit-page". */
#include <string.h>

#include "page_json.h"
#include "verbs_page.h"

enum { SHOWN_MAX = 200 };

static void add_person(json_t *list, const struct person *p, enum role r)
{
	if (p)
		json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "role", role_text(r), "name",
						    p->name, "phone", p->phone ? p->phone : ""));
}

static json_t *people_json(const struct unit *u)
{
	json_t *list = json_array();
	add_person(list, u->lead, ROLE_LEAD);
	add_person(list, u->preparer, ROLE_PREPARER);
	add_person(list, u->deputy, ROLE_DEPUTY);
	return list;
}

/* The first unit's, and the next one's if it was passed on. */
static bool is_of(const struct obligation *o, const struct unit *u)
{
	return strcmp(o->unit_id, u->id) == 0 || (o->handover && o->handover->unit == u);
}

/* By due date, as the engine keeps them. */
static enum rc put_obligations(
	const struct call *c, const struct visitor *v, const struct unit *u, json_t *list)
{
	const struct obligations *os = engine_obligations(c->v->engine);
	enum rc rc = RC_OK;
	for (size_t i = 0; i < os->n && rc == RC_OK; i++)
		if (is_of(&os->item[i], u) && visitor_sees(v, &os->item[i]) &&
			json_array_size(list) < SHOWN_MAX)
			rc = page_put(c, v, &os->item[i], list);
	return rc;
}

enum rc verb_unit_page(struct call *c, json_t **ret)
{
	struct visitor v;
	const char *id;
	enum rc rc = visitor_read(c, &v);
	if (rc == RC_OK)
		rc = call_text(c, "unit", &id);
	if (rc)
		return rc;
	const struct unit *u = config_unit(call_config(c), id);
	if (v.kind == VISITOR_PAGE || v.kind == VISITOR_LEADER || !u)
		return diag_set(c->d, RC_NOTFOUND, N_("this link does not open that"));
	json_t *list = json_array();
	rc = put_obligations(c, &v, u, list);
	if (rc) {
		json_decref(list);
		return rc;
	}
	*ret = page_root(c, &v);
	json_object_set_new(*ret, "unit", json_string(u->name));
	json_object_set_new(*ret, "people", people_json(u));
	json_object_set_new(*ret, "obligations", list);
	return RC_OK;
}
