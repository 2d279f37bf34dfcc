/* Festivals, key dates, campaigns. */
#include <stddef.h>
#include <string.h>

#include "conf_field.h"
#include "conf_value.h"

enum { DAYS_MAX = 366, DATES_MAX = 200, NEVER_YEARS = 40 };

struct occasion_settings {
	struct occasion occasion;
	const char *rule, *solar_term, *from, *to;
};

/* `only` counts in enum occasion_kind. */
static const struct field OCCASION_FIELD[] = {
	FIELD("id", ID, struct occasion_settings, occasion.id, .required = true),
	FIELD("name", TEXT, struct occasion_settings, occasion.name, .required = true, .max = 120),
	FIELD("rule", TEXT, struct occasion_settings, rule, .only = BIT(OCCASION_RECUR)),
	FIELD("solar_term", TEXT, struct occasion_settings, solar_term, .only = BIT(OCCASION_TERM)),
	FIELD("from", TEXT, struct occasion_settings, from, .only = BIT(OCCASION_RANGE)),
	FIELD("to", TEXT, struct occasion_settings, to, .only = BIT(OCCASION_RANGE)),
	FIELD_ELSEWHERE("dates", ARRAY, .only = BIT(OCCASION_DATES)),
	FIELD("days", INT, struct occasion_settings, occasion.days, .fallback = 1, .min = 1,
		.max = DAYS_MAX, .only = BIT(OCCASION_RECUR) | BIT(OCCASION_TERM)),
	FIELD("confirm", BOOL, struct occasion_settings, occasion.confirm),
	FIELD("sample", BOOL, struct occasion_settings, occasion.sample),
};

static bool happens(const struct recur *r)
{
	struct date d[2];
	for (int year = 2000; year < 2000 + NEVER_YEARS; year++)
		if (recur_in_year(r, year, d))
			return true;
	return false;
}

static void read_rule(struct conf_state *st, config_setting_t *s,
	const struct occasion_settings *set, struct occasion *o)
{
	struct diag d = DIAG_INIT;
	if (!set->rule)
		return;
	if (recur_parse(set->rule, &o->recur, &d))
		conf_error_diag(st, conf_here(st, s), &d);
	else if (!happens(&o->recur))
		conf_error(st, conf_here(st, s), NULL, N_("\"%s\" never gives a date"), set->rule);
}

static void read_term(struct conf_state *st, config_setting_t *s,
	const struct occasion_settings *set, struct occasion *o)
{
	if (set->solar_term && !solarterm_parse(set->solar_term, &o->term))
		conf_error(st, conf_here(st, s), N_("known: \"qingming\", \"dongzhi\""),
			N_("there is no solar term \"%s\""), set->solar_term);
}

static void read_range(struct conf_state *st, config_setting_t *s,
	const struct occasion_settings *set, struct occasion *o)
{
	if (!set->from || !set->to)
		conf_error(st, o->src, NULL, N_("from and to belong together"));
	else if (!value_parse_month_day(set->from, &o->from_month, &o->from_day) ||
		 !value_parse_month_day(set->to, &o->to_month, &o->to_day))
		conf_error(st, conf_here(st, s),
			N_("write them as from = \"05-01\"; to = \"06-30\""),
			N_("from or to is not a day of the year"));
}

/* The year of a span's last day names its period, so there is room for one a year. */
static void check_span(struct conf_state *st, config_setting_t *s, const struct span *d)
{
	if (date_year(d[-1].last) == date_year(d->last))
		conf_error(st, conf_here(st, s), N_("make it an occasion of its own"),
			N_("two of the dates end in %d"), date_year(d->last));
	else if (date_compare(d->first, d[-1].last) <= 0)
		conf_error(st, conf_here(st, s), NULL, N_("dates overlap or are not in order"));
}

static void read_dates(struct conf_state *st, config_setting_t *s,
	const struct occasion_settings *set, struct occasion *o)
{
	(void)set;
	const char *const *text = NULL;
	size_t n = field_texts(st, s, &text);
	struct span *span = ARENA_ARRAY(st->a, n, struct span);
	for (size_t i = 0; i < n && i < DATES_MAX; i++) {
		if (!value_parse_span(text[i], &span[o->n_dates]))
			conf_error(st, conf_here(st, s),
				N_("write it as \"2024-05-01\" or \"2024-05-01/2024-06-30\""),
				N_("\"%s\" is not a day and not a span of days"), text[i]);
		else if (o->n_dates++)
			check_span(st, s, &span[o->n_dates - 1]);
	}
	if (n == 0 || n > DATES_MAX)
		conf_error(
			st, conf_here(st, s), NULL, N_("dates needs 1 to %d entries"), DATES_MAX);
	o->dates = span;
}

static const struct {
	const char *name; /* the setting that makes the kind */
	void (*read)(struct conf_state *, config_setting_t *, const struct occasion_settings *,
		struct occasion *);
} KIND[] = {
	[OCCASION_RECUR] = {"rule", read_rule},
	[OCCASION_TERM] = {"solar_term", read_term},
	[OCCASION_RANGE] = {"from", read_range},
	[OCCASION_DATES] = {"dates", read_dates},
};
enum { N_KINDS = sizeof KIND / sizeof *KIND };

struct occasions {
	VEC(const struct occasion *) item;
};

static void read_occasion(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct occasions *all = obj;
	struct occasion_settings set = {0};
	struct occasion *o = ARENA_NEW(st->a, struct occasion);
	field_read(st, group, FIELDS(OCCASION_FIELD), &set);
	*o = set.occasion;
	o->src = conf_here(st, group);
	config_setting_t *found = NULL;
	unsigned n = 0;
	for (int k = 0; k < N_KINDS; k++) {
		config_setting_t *s = config_setting_get_member(group, KIND[k].name);
		n += s != NULL;
		if (s && !found) {
			found = s;
			o->kind = (enum occasion_kind)k;
		}
	}
	if (n == 1) {
		field_check_only(st, group, FIELDS(OCCASION_FIELD), (int)o->kind,
			N_("%s does not go together with %s"), KIND[o->kind].name);
		KIND[o->kind].read(st, found, &set, o);
	} else {
		conf_error(st, o->src, N_("one of rule, solar_term, from and to, dates"),
			N_("the occasion \"%s\" has to say its day in one way"), o->id);
	}
	field_register(st, SECTION_OCCASION, o->id, o, o->src);
	VEC_PUSH(st->a, &all->item, o);
}

void conf_read_occasions(struct conf_state *st)
{
	struct occasions all = {0};
	conf_each(st, "occasions", CONFIG_OCCASIONS_MAX, read_occasion, &all);
	st->c->occasion = all.item.item;
	st->c->n_occasions = all.item.n;
}
