/* Rules: what has to be handed in, by whom, where, and how its deadline arises. */
#include <stddef.h>
#include <string.h>

#include "conf_field.h"
#include "conf_value.h"

enum { CHECKLIST_MAX = 20, INDICATORS_MAX = 200, ALL_MONTHS = 0x1ffe };

static const char *const KIND[] = {"monthly", "after", "once", "count", NULL};
static const char *const ROLL[] = {"none", "before", "after", NULL};
static const char *const PER[] = {"year", "half-year", NULL};
static const char *const OWED[] = {
	[OWED_DUTY_UNIT] = "duty-unit",
	[OWED_EVERY_UNIT] = "every-unit",
	[OWED_BUREAU] = "bureau",
};

struct rule_settings {
	struct rule rule;
	const char *owed_by;
	int per;
};

#define RULE(name, kind, member, ...)                                                              \
	FIELD(name, kind, struct rule_settings, rule.member, __VA_ARGS__)

/* `only` counts in enum rule_kind. */
static const struct field RULE_FIELD[] = {
	RULE("id", ID, id, .required = true),
	RULE("name", TEXT, name, .required = true, .max = 120),
	RULE("kind", CHOICE, kind, .required = true, .choice = KIND, .fallback = -1),
	RULE("office", OFFICE, office, .required = true),
	FIELD("owed_by", TEXT, struct rule_settings, owed_by, .fallback_text = "duty-unit"),
	RULE("joint", BOOL, joint),
	RULE("forms", FORMS, forms),
	FIELD_ELSEWHERE("deliverables", LIST),
	RULE("ladder", LADDER, ladder),
	RULE("roll", CHOICE, roll, .choice = ROLL),
	RULE("basis", TEXT, basis, .fallback_text = "", .max = 200),
	RULE("document", TEXT, document, .max = 120),
	RULE("points", INT, points, .min = 0, .max = 100),
	RULE("internal", INT, internal, .min = 0, .max = 30),
	RULE("nil", BOOL, nil_allowed, .only = BIT(RULE_AFTER) | BIT(RULE_ONCE) | BIT(RULE_COUNT)),
	RULE("sample", BOOL, sample),
	RULE("day", INT, day, .min = 1, .max = 31, .only = BIT(RULE_MONTHLY)),
	RULE("day_included", BOOL, day_included, .fallback = true, .only = BIT(RULE_MONTHLY)),
	RULE("months", MONTHS, months, .only = BIT(RULE_MONTHLY)),
	FIELD_ELSEWHERE("indicators", LIST, .only = BIT(RULE_MONTHLY)),
	FIELD_ELSEWHERE("occasions", ARRAY, .only = BIT(RULE_AFTER)),
	RULE("days", INT, days, .min = 0, .max = 366, .only = BIT(RULE_AFTER)),
	RULE("last_day_counts", BOOL, last_day_counts, .only = BIT(RULE_AFTER)),
	RULE("date", DATE, date, .only = BIT(RULE_ONCE)),
	RULE("period", TEXT, period, .max = 64, .only = BIT(RULE_ONCE)),
	RULE("target", INT, target, .min = 1, .max = 1000, .only = BIT(RULE_COUNT)),
	FIELD("per", CHOICE, struct rule_settings, per, .choice = PER, .only = BIT(RULE_COUNT)),
	RULE("kinds", TEXTS, kinds, .count = offsetof(struct rule_settings, rule.n_kinds),
		.max = 50, .only = BIT(RULE_COUNT)),
	RULE("counts_toward", TEXTS, toward,
		.count = offsetof(struct rule_settings, rule.n_toward), .max = 10,
		.only = BIT(RULE_COUNT)),
};

/* ---- deliverables ------------------------------------------------------------------------------ */

static const struct field DELIVERABLE_FIELD[] = {
	FIELD("id", ID, struct deliverable, id, .required = true),
	FIELD("name", TEXT, struct deliverable, name, .required = true, .max = 120),
	FIELD("forms", FORMS, struct deliverable, forms),
	FIELD("seal", TEXT, struct deliverable, seal, .max = 120),
	FIELD("checklist", TEXTS, struct deliverable, checklist,
		.count = offsetof(struct deliverable, n_checklist), .max = CHECKLIST_MAX),
};

struct deliverables {
	VEC(struct deliverable) item;
	unsigned forms;
};

static void read_deliverable(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct deliverables *all = obj;
	struct deliverable d = {.src = conf_here(st, group)};
	field_read(st, group, FIELDS(DELIVERABLE_FIELD), &d);
	if (!d.forms)
		d.forms = all->forms;
	for (size_t i = 0; i < all->item.n; i++)
		if (strcmp(all->item.item[i].id, d.id) == 0)
			conf_error(st, d.src, NULL,
				N_("the deliverable \"%s\" is there twice, first in line %d"), d.id,
				all->item.item[i].src.line);
	VEC_PUSH(st->a, &all->item, d);
}

static void read_deliverables(struct conf_state *st, config_setting_t *group, struct rule *r)
{
	struct deliverables all = {.forms = r->forms};
	conf_each_in(st, config_setting_get_member(group, "deliverables"), CONFIG_DELIVERABLES_MAX,
		read_deliverable, &all);
	if (all.item.n == 0) {
		struct deliverable d = {
			.id = r->id, .name = r->name, .forms = r->forms, .src = r->src};
		VEC_PUSH(st->a, &all.item, d);
	}
	r->deliverable = all.item.item;
	r->n_deliverables = all.item.n;
}

/* ---- kinds ------------------------------------------------------------------------------------- */

static const struct field INDICATOR_FIELD[] = {
	FIELD("name", TEXT, struct indicator, name, .required = true, .max = 200),
	FIELD("months", MONTHS, struct indicator, months, .required = true),
	FIELD("year", INT, struct indicator, year, .min = DATE_YEAR_MIN, .max = DATE_YEAR_MAX),
	FIELD("sample", BOOL, struct indicator, sample),
};

struct indicators {
	VEC(struct indicator) item;
};

static void read_indicator(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct indicators *all = obj;
	struct indicator i = {.src = conf_here(st, group)};
	field_read(st, group, FIELDS(INDICATOR_FIELD), &i);
	VEC_PUSH(st->a, &all->item, i);
}

static void read_monthly(struct conf_state *st, config_setting_t *group, struct rule *r)
{
	config_setting_t *list = config_setting_get_member(group, "indicators");
	struct indicators all = {0};
	if (!r->months)
		r->months = ALL_MONTHS;
	if (!config_setting_get_member(group, "day"))
		conf_error(st, r->src, NULL, N_("the rule \"%s\" needs day"), r->id);
	r->by_indicator = list != NULL;
	conf_each_in(st, list, INDICATORS_MAX, read_indicator, &all);
	r->indicator = all.item.item;
	r->n_indicators = all.item.n;
}

static void read_after(struct conf_state *st, config_setting_t *group, struct rule *r)
{
	const char *const *id = NULL;
	config_setting_t *s = config_setting_get_member(group, "occasions");
	size_t n = s ? field_texts(st, s, &id) : 0;
	const struct occasion **list = ARENA_ARRAY(st->a, n, const struct occasion *);
	for (size_t i = 0; i < n && i < CONFIG_OCCASIONS_MAX; i++) {
		const struct occasion *o =
			field_refer(st, conf_here(st, s), SECTION_OCCASION, id[i]);
		for (size_t k = 0; o && k < r->n_occasions; k++)
			if (list[k] == o) {
				conf_error(st, conf_here(st, s), NULL, N_("%s names \"%s\" twice"),
					"occasions", id[i]);
				o = NULL;
			}
		if (o)
			list[r->n_occasions++] = o;
	}
	if (n == 0)
		conf_error(st, r->src, NULL, N_("the rule \"%s\" needs occasions"), r->id);
	if (!config_setting_get_member(group, "days"))
		conf_error(st, r->src, NULL, N_("the rule \"%s\" needs days"), r->id);
	if (r->last_day_counts && r->days == 0)
		conf_error(st, r->src, NULL, N_("with last_day_counts, days is at least 1"));
	r->occasion = list;
}

/* "2024-12", "2024-H1", "2024": periods that have days. */
static bool is_dated_period(const char *s)
{
	int y, m;
	size_t n = strlen(s);
	if (n == 7 && s[5] == 'H')
		return strspn(s, "0123456789") == 4 && s[4] == '-' && (s[6] == '1' || s[6] == '2');
	return value_parse_month(s, &y, &m) || (n == 4 && strspn(s, "0123456789") == 4);
}

static bool is_period(const char *s)
{
	return s[0] && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-H") == strlen(s);
}

static void read_once(struct conf_state *st, config_setting_t *group, struct rule *r)
{
	(void)group;
	if (!r->period)
		r->period = r->id;
	else if (!is_period(r->period))
		conf_error(st, r->src, N_("for example \"2024-12\", \"2024-H1\" or \"2024\""),
			N_("\"%s\" cannot be a period"), r->period);
	if (r->owed_by == OWED_DUTY_UNIT && date_is_none(r->date) && !is_dated_period(r->period))
		conf_error(st, r->src, N_("add date, or period = \"2024-12\", or owed_by"),
			N_("nobody can tell whose month the rule \"%s\" belongs to"), r->id);
}

static void read_count(struct conf_state *st, config_setting_t *group, struct rule *r)
{
	if (!config_setting_get_member(group, "target"))
		conf_error(st, r->src, NULL, N_("the rule \"%s\" needs target"), r->id);
}

static void (*const READ_KIND[])(struct conf_state *, config_setting_t *, struct rule *) = {
	[RULE_MONTHLY] = read_monthly,
	[RULE_AFTER] = read_after,
	[RULE_ONCE] = read_once,
	[RULE_COUNT] = read_count,
};

/* ---- rules ------------------------------------------------------------------------------------- */

static bool is_owed_word(const char *text, enum owed_by *ret)
{
	for (size_t i = 0; i < sizeof OWED / sizeof *OWED; i++)
		if (OWED[i] && strcmp(OWED[i], text) == 0) {
			*ret = (enum owed_by)i;
			return true;
		}
	return false;
}

static void complain_owed_by(struct conf_state *st, struct source at, const char *text)
{
	const char *near = conf_index_nearest(&st->index[SECTION_UNIT], text);
	for (size_t i = 0; i < sizeof OWED / sizeof *OWED; i++)
		near = conf_nearer(text, near, OWED[i]);
	if (near)
		conf_error(st, at, NULL, N_("owed_by is \"%s\"; did you mean \"%s\"?"), text, near);
	else
		conf_error(st, at,
			N_("\"duty-unit\", \"every-unit\", \"bureau\" or the id of a unit"),
			N_("owed_by is \"%s\", which is nobody"), text);
}

static void read_owed_by(
	struct conf_state *st, config_setting_t *group, const char *text, struct rule *r)
{
	if (is_owed_word(text, &r->owed_by))
		return;
	r->owed_by = OWED_UNIT;
	r->unit = conf_index_find(&st->index[SECTION_UNIT], text);
	if (st->partial)
		return;
	if (!r->unit)
		complain_owed_by(
			st, conf_here(st, config_setting_get_member(group, "owed_by")), text);
	else if (!r->unit->lead)
		conf_error(st, r->src, NULL, N_("the unit \"%s\" owes something, but has no lead"),
			text);
}

struct rules {
	VEC(const struct rule *) item;
};

static void read_rule(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct rules *all = obj;
	struct rule_settings s = {0};
	struct rule *r = ARENA_NEW(st->a, struct rule);
	field_read(st, group, FIELDS(RULE_FIELD), &s);
	*r = s.rule;
	r->src = conf_here(st, group);
	r->per_half_year = s.per == 1;
	if (!r->forms)
		r->forms = BIT(FORM_ELECTRONIC);
	bool is_known = (int)r->kind >= 0;
	if (is_known)
		field_check_only(st, group, FIELDS(RULE_FIELD), (int)r->kind,
			N_("%s does not go together with kind = \"%s\""), KIND[r->kind]);
	read_owed_by(st, group, s.owed_by, r);
	read_deliverables(st, group, r);
	if (is_known)
		READ_KIND[r->kind](st, group, r);
	field_register(st, SECTION_RULE, r->id, r, r->src);
	VEC_PUSH(st->a, &all->item, r);
}

void conf_read_rules(struct conf_state *st)
{
	struct rules all = {0};
	conf_each(st, "rules", CONFIG_RULES_MAX, read_rule, &all);
	st->c->rule = all.item.item;
	st->c->n_rules = all.item.n;
}
