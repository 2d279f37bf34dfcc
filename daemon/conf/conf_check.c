/* What only the whole configuration can tell. */
#include <string.h>

#include "text.h"
#include "conf_state.h"
#include "conf_value.h"

enum { NAMED_MAX = 3 };

/* ---- placeholders and samples: one warning a section, not forty ---------------------------------- */

struct group {
	struct source first;
	const char *names;
	size_t n;
};

static void add_to_group(struct conf_state *st, struct group *g, struct source at, const char *name)
{
	if (g->n == 0) {
		g->first = at;
		g->names = name;
	} else if (g->n < NAMED_MAX) {
		g->names = arena_printf(st->a, "%s, %s", g->names, name);
	} else if (g->n == NAMED_MAX) {
		g->names = arena_printf(st->a, "%s, ...", g->names);
	}
	g->n++;
}

static void check_placeholders(struct conf_state *st)
{
	const struct config *c = st->c;
	struct group g = {0};
	for (size_t i = 0; i < c->n_persons; i++)
		if (c->person[i]->placeholder)
			add_to_group(st, &g, c->person[i]->src, c->person[i]->id);
	if (g.n)
		conf_warn(st, g.first, N_("nothing but the spool transport sends to them"),
			N_("placeholder contacts in persons, %zu in all: %s"), g.n, g.names);
}

static void check_samples(struct conf_state *st)
{
	const struct config *c = st->c;
	struct group occasions = {0}, rules = {0}, indicators = {0};
	for (size_t i = 0; i < c->n_occasions; i++)
		if (c->occasion[i]->sample)
			add_to_group(st, &occasions, c->occasion[i]->src, c->occasion[i]->id);
	for (size_t i = 0; i < c->n_rules; i++) {
		const struct rule *r = c->rule[i];
		if (r->sample)
			add_to_group(st, &rules, r->src, r->id);
		for (size_t k = 0; k < r->n_indicators; k++)
			if (r->indicator[k].sample)
				add_to_group(
					st, &indicators, r->indicator[k].src, r->indicator[k].name);
	}
	const char *hint = N_("replace it and take sample = true out");
	if (occasions.n)
		conf_warn(st, occasions.first, hint, N_("samples in occasions, %zu in all: %s"),
			occasions.n, occasions.names);
	if (rules.n)
		conf_warn(st, rules.first, hint, N_("samples in rules, %zu in all: %s"), rules.n,
			rules.names);
	if (indicators.n)
		conf_warn(st, indicators.first, hint, N_("samples in indicators, %zu in all: %s"),
			indicators.n, indicators.names);
}

/* ---- rules and their ladders --------------------------------------------------------------------- */

static bool has_month(const struct rule *r)
{
	int y, m;
	return r->kind == RULE_MONTHLY ||
	       (r->kind == RULE_ONCE && r->period && value_parse_month(r->period, &y, &m));
}

static void check_ladder(struct conf_state *st, const struct rule *r)
{
	if (!r->ladder)
		return;
	for (size_t i = 0; i < r->ladder->n_steps; i++) {
		const struct step *s = &r->ladder->step[i];
		if (s->anchor == ANCHOR_PERIOD && !has_month(r))
			conf_error(st, r->src, N_("use a ladder without anchor = \"period\""),
				N_("step \"%s\" of the ladder \"%s\" counts from a month, but "
				   "\"%s\" has none"),
				s->id, r->ladder->id, r->id);
		if (s->anchor == ANCHOR_END && r->kind != RULE_AFTER)
			conf_error(st, r->src, N_("use a ladder without anchor = \"end\""),
				N_("step \"%s\" of the ladder \"%s\" counts from an activity, but "
				   "\"%s\" has none"),
				s->id, r->ladder->id, r->id);
	}
}

static unsigned channels_of(const struct ladder *l, enum role role)
{
	unsigned all = 0;
	for (size_t i = 0; l && i < l->n_steps; i++)
		all |= l->step[i].channels[role];
	return all;
}

/* A conditional occasion whose ladder never asks would stay silent for ever. */
static void check_question(struct conf_state *st, const struct rule *r)
{
	bool asks = false;
	for (size_t i = 0; r->ladder && i < r->ladder->n_steps; i++)
		asks = asks || r->ladder->step[i].ask;
	for (size_t i = 0; i < r->n_occasions && r->ladder; i++)
		if (r->occasion[i]->confirm && !asks)
			conf_error(st, r->src, N_("add a step with ask = true, or confirm = false"),
				N_("\"%s\" waits for an answer about \"%s\", but its ladder never "
				   "asks"),
				r->id, r->occasion[i]->id);
}

static void check_toward(struct conf_state *st, const struct rule *r, const char *id)
{
	const struct rule *to = conf_index_find(&st->index[SECTION_RULE], id);
	if (!to)
		conf_error(st, r->src, NULL, N_("the rule \"%s\" counts toward \"%s\", which is no rule"),
			r->id, id);
	else if (to == r || to->kind != RULE_COUNT || to->n_kinds || to->owed_by != r->owed_by ||
		 to->unit != r->unit)
		conf_error(st, r->src, N_("a count without kinds, owed by the same"),
			N_("the rule \"%s\" cannot count toward \"%s\""), r->id, id);
}

static void check_rule(struct conf_state *st, const struct rule *r)
{
	check_ladder(st, r);
	check_question(st, r);
	for (size_t i = 0; r->kind == RULE_COUNT && i < r->n_toward && !st->partial; i++)
		check_toward(st, r, r->toward[i]);
	if (r->ladder && r->office && !r->office->clerk &&
		(r->owed_by == OWED_BUREAU || channels_of(r->ladder, ROLE_CLERK)))
		conf_error(st, r->src, N_("add clerk to the office"),
			N_("\"%s\" reminds the clerk of \"%s\", but there is none"), r->id,
			r->office->id);
	if (channels_of(r->ladder, ROLE_LEADER) && st->c->n_leaders == 0)
		conf_warn(st, r->src, N_("leaders = [ \"...\" ]"),
			N_("\"%s\" tells the leaders, but there are none"), r->id);
	if (r->owed_by != OWED_EVERY_UNIT)
		return;
	for (size_t i = 0; i < st->c->n_units; i++)
		if (!st->c->unit[i]->lead)
			conf_error(st, st->c->unit[i]->src, NULL,
				N_("the unit \"%s\" owes \"%s\", but has no lead"),
				st->c->unit[i]->id, r->id);
}

static bool is_reached(const struct person *p, unsigned channels)
{
	return (channels & BIT(CHANNEL_EMAIL) && p->email[0]) ||
	       (channels & BIT(CHANNEL_SMS) && p->phone[0]);
}

/* Leads who have a contact, but not one that the ladder uses. */
static void check_reach(struct conf_state *st, const struct ladder *l)
{
	const struct config *c = st->c;
	unsigned channels = channels_of(l, ROLE_LEAD);
	struct group g = {0};
	for (size_t i = 0; channels && i < c->n_units; i++) {
		const struct person *p = c->unit[i]->lead;
		if (p && !is_reached(p, channels))
			add_to_group(st, &g, p->src, p->id);
	}
	if (g.n)
		conf_warn(st, g.first, N_("add the email or phone that its steps use"),
			N_("leads whom the ladder \"%s\" cannot reach, %zu in all: %s"), l->id, g.n,
			g.names);
}

static bool is_told_by_some(const struct config *c)
{
	for (size_t i = 0; i < c->n_ladders; i++)
		if (channels_of(c->ladder[i], ROLE_GROUP))
			return true;
	return false;
}

static void check_groups(struct conf_state *st)
{
	const struct config *c = st->c;
	for (size_t i = 0; i < c->n_ladders && !c->n_chat_rooms; i++)
		if (channels_of(c->ladder[i], ROLE_GROUP))
			conf_warn(st, c->ladder[i]->src, N_("chat = ( { id = \"...\"; ... } )"),
				N_("the ladder \"%s\" tells chat groups, but there are none"),
				c->ladder[i]->id);
	if (c->n_chat_rooms && !is_told_by_some(c))
		conf_warn(st, c->chat_room[0]->src,
			N_("add group = [ \"chat\" ] to the steps that it should get"),
			N_("no step of a ladder tells chat groups, so that none gets anything"));
}

static bool needs_roster(const struct config *c)
{
	for (size_t i = 0; i < c->n_rules; i++)
		if (c->rule[i]->owed_by == OWED_DUTY_UNIT)
			return true;
	return false;
}

static void check_rules(struct conf_state *st)
{
	const struct config *c = st->c;
	for (size_t i = 0; i < c->n_rules; i++)
		check_rule(st, c->rule[i]);
	if (c->n_rules == 0 && !c->allow_empty)
		conf_error(st, c->src, N_("if that is meant, set allow_empty = true"),
			N_("there are no rules, so nobody would be reminded of anything"));
	if (needs_roster(c) && c->n_rosters == 0)
		conf_error(st, c->src, N_("add rosters = ( { year = ...; months = ( ... ); } )"),
			N_("rules ask for the unit on duty, but there is no roster"));
}

/* ---- the rest ------------------------------------------------------------------------------------ */

static void check_known_through(struct conf_state *st)
{
	const struct config *c = st->c;
	char day[DATE_TEXT_SIZE];
	if (c->n_rosters == 0 || date_is_none(c->workdays.known_through))
		return;
	int year = c->roster[c->n_rosters - 1]->year;
	if (date_year(c->workdays.known_through) < year ||
		date_compare(c->workdays.known_through, date_clamped(year, 12, 31)) < 0)
		conf_warn(st, c->roster[c->n_rosters - 1]->src, N_("enter the yearly notice"),
			N_("working days are known through %s only, the roster is of %d"),
			date_format(c->workdays.known_through, day), year);
}

static void check_base_url(struct conf_state *st)
{
	const char *url = st->c->base_url;
	const char *host = url ? strstr(url, "//") : NULL;
	if (!host)
		return;
	host += 2;
	size_t n = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
	config_setting_t *s = conf_top(st, "base_url");
	if (n == 0)
		conf_error(st, conf_here(st, s), NULL, N_("base_url names no host"));
	else if (value_is_loopback_host(host, n) && st->c->sms.kind != TRANSPORT_SPOOL)
		conf_warn(st, conf_here(st, s), N_("set it to a name that telephones can reach"),
			N_("base_url points to this machine, so SMS carry no link"));
}

static void check_admins(struct conf_state *st)
{
	const struct config *c = st->c;
	for (size_t i = 0; i < c->n_admins; i++)
		if (c->admin[i]->email[0])
			return;
	if (c->n_rules)
		conf_warn(st, c->src, N_("admins = [ \"...\" ], one of them with email"),
			N_("no admin can be reached by mail: failures would go unnoticed"));
}

void conf_check(struct conf_state *st)
{
	check_placeholders(st);
	check_samples(st);
	if (st->partial)
		return;
	check_rules(st);
	check_known_through(st);
	check_base_url(st);
	/* A contact that was refused would count as missing. */
	if (st->ds->n_errors)
		return;
	check_admins(st);
	check_groups(st);
	for (size_t i = 0; i < st->c->n_ladders; i++)
		check_reach(st, st->c->ladder[i]);
}
