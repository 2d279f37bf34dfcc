#include "page_visitor.h"

#include <string.h>

#include "zone.h"

static enum rc read_page(const struct call *c, const char *id, struct visitor *ret)
{
	ret->kind = VISITOR_PAGE;
	ret->person = config_person(call_config(c), id);
	if (!ret->person)
		return diag_set(c->d, RC_NOTFOUND, N_("there is no person \"%s\""), id);
	ret->who = ret->person->id;
	return RC_OK;
}

static enum rc read_leader(const struct call *c, const char *id, struct visitor *ret)
{
	const struct config *config = call_config(c);
	ret->kind = VISITOR_LEADER;
	for (size_t i = 0; i < config->n_leaders; i++)
		if (strcmp(config->leader[i]->id, id) == 0)
			ret->person = config->leader[i];
	if (!ret->person)
		return diag_set(c->d, RC_NOTFOUND, N_("there is no leader \"%s\""), id);
	ret->who = ret->person->id;
	return RC_OK;
}

static enum rc read_clerk(const struct call *c, const char *id, struct visitor *ret)
{
	ret->kind = VISITOR_CLERK;
	ret->office = config_office(call_config(c), id);
	if (!ret->office)
		return diag_set(c->d, RC_NOTFOUND, N_("there is no office \"%s\""), id);
	ret->person = ret->office->clerk;
	ret->who = ret->person ? ret->person->id : ret->office->id;
	return RC_OK;
}

enum rc visitor_read(const struct call *c, struct visitor *ret)
{
	struct visitor v = {.kind = VISITOR_ADMIN,
		.who = "admin",
		.today = zone_to_civil(call_config(c)->zone, c->now).date};
	const char *as, *id;
	enum rc rc = call_text(c, "as", &as);
	if (rc == RC_OK)
		rc = call_text(c, "id", &id);
	if (rc)
		return rc;
	if (strcmp(as, "page") == 0)
		rc = read_page(c, id, &v);
	else if (strcmp(as, "clerk") == 0)
		rc = read_clerk(c, id, &v);
	else if (strcmp(as, "leader") == 0)
		rc = read_leader(c, id, &v);
	else if (strcmp(as, "admin") != 0)
		rc = diag_set(
			c->d, RC_INVALID, N_("a visitor comes by page, clerk, leader or admin"));
	if (rc == RC_OK)
		*ret = v;
	return rc;
}

static bool is_own(const struct person *p, const struct obligation *o, struct date today)
{
	for (size_t i = 0; i < o->n_who; i++) {
		enum role r = o->who[i].role;
		const struct succession *h = o->who[i].leaves;
		bool acts = (r == ROLE_LEAD || r == ROLE_PREPARER || r == ROLE_DEPUTY) &&
			    (!h || date_compare(today, h->from) < 0);
		if (acts && strcmp(o->who[i].person->id, p->id) == 0)
			return true;
	}
	return false;
}

bool visitor_sees(const struct visitor *v, const struct obligation *o)
{
	if (v->kind == VISITOR_PAGE)
		return is_own(v->person, o, v->today);
	return v->kind != VISITOR_CLERK || v->office == o->rule->office;
}

bool visitor_may(const struct visitor *v, enum act_kind kind)
{
	if (v->kind == VISITOR_LEADER)
		return false;
	switch (kind) {
	case ACT_REPORT:
		return v->kind == VISITOR_PAGE;
	case ACT_RECEIVE:
	case ACT_RETURN:
	case ACT_ENTRY:
		return v->kind != VISITOR_PAGE;
	case ACT_NIL:
	case ACT_HELD:
	case ACT_NOT_HELD:
	case ACT_ENDED:
	case ACT_EXTENDED:
		return true;
	case ACT_WAIVE:
	case ACT_DATE:
		return false;
	}
	return false;
}

bool visitor_may_undo(const struct visitor *v, const struct act *last)
{
	return last && v->kind != VISITOR_LEADER &&
	       (v->kind != VISITOR_PAGE || strcmp(last->who, v->who) == 0);
}
