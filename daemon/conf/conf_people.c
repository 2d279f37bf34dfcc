/* Persons, offices, units, leaders, admins. */
#include <stddef.h>
#include <string.h>

#include "text.h"
#include "conf_field.h"
#include "conf_value.h"
#include "occasion.h"

enum { HOURS_MAX = 12, LEADERS_MAX = 50, LEAVES_MAX = 40, LEAVE_DAYS_MAX = 400 };

/* Lists grow here and are handed to the config at the end. */
struct people {
	VEC(const struct person *) person;
	VEC(const struct unit *) unit;
	VEC(const struct office *) office;
};

static const struct field PERSON_FIELD[] = {
	FIELD("id", ID, struct person, id, .required = true),
	FIELD("name", TEXT, struct person, name, .required = true, .max = 120),
	FIELD("email", EMAIL, struct person, email, .fallback_text = ""),
	FIELD("phone", PHONE, struct person, phone, .fallback_text = ""),
	FIELD_ELSEWHERE("leave", ARRAY),
};

static bool was_given(config_setting_t *group, const char *name)
{
	return config_setting_get_member(group, name) != NULL;
}

static bool is_leave(const char *text, struct span *ret)
{
	return value_parse_span(text, ret) && ret->last.days - ret->first.days < LEAVE_DAYS_MAX;
}

static void read_leave(struct conf_state *st, config_setting_t *s, struct person *p)
{
	const char *const *text = NULL;
	size_t n = s ? field_texts(st, s, &text) : 0;
	struct span *span = ARENA_ARRAY(st->a, n, struct span), *k = span;
	if (n > LEAVES_MAX)
		conf_error(st, conf_here(st, s), N_("take out what is long past"),
			N_("leave has more than %d entries"), LEAVES_MAX);
	for (size_t i = 0; i < n && i < LEAVES_MAX; i++)
		if (!is_leave(text[i], k))
			conf_error(st, conf_here(st, s),
				N_("write it as \"2024-05-01\" or \"2024-05-01/2024-05-05\""),
				N_("\"%s\" is not a day and not a span of at most %d days"),
				text[i], LEAVE_DAYS_MAX);
		else if (k++ > span && date_compare(k[-1].first, k[-2].last) <= 0)
			conf_error(st, conf_here(st, s), N_("the earliest first"),
				N_("leave \"%s\" overlaps the one before, or is not in order"),
				text[i]);
	p->leave = span;
	p->n_leave = (size_t)(k - span);
}

static void read_person(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct people *all = obj;
	struct person *p = ARENA_NEW(st->a, struct person);
	p->src = conf_here(st, group);
	field_read(st, group, FIELDS(PERSON_FIELD), p);
	p->placeholder =
		value_is_placeholder_email(p->email) || value_is_placeholder_phone(p->phone);
	if (!p->email[0] && !p->phone[0] && !was_given(group, "email") &&
		!was_given(group, "phone"))
		conf_error(st, p->src, NULL, N_("%s has neither email nor phone"), p->id);
	read_leave(st, config_setting_get_member(group, "leave"), p);
	field_register(st, SECTION_PERSON, p->id, p, p->src);
	VEC_PUSH(st->a, &all->person, p);
}

/* ---- units ------------------------------------------------------------------------------------ */

static const struct field UNIT_FIELD[] = {
	FIELD("id", ID, struct unit, id, .required = true),
	FIELD("name", TEXT, struct unit, name, .required = true, .max = 120),
	FIELD("lead", PERSON, struct unit, lead),
	FIELD("preparer", PERSON, struct unit, preparer),
	FIELD("deputy", PERSON, struct unit, deputy),
	FIELD_ELSEWHERE("handover", GROUP),
};

static void read_unit(struct conf_state *st, config_setting_t *group, void *obj)
{
	static const char *const RESERVED[] = {"bureau", "duty-unit", "every-unit"};
	struct people *all = obj;
	struct unit *u = ARENA_NEW(st->a, struct unit);
	u->src = conf_here(st, group);
	field_read(st, group, FIELDS(UNIT_FIELD), u);
	u->handover = conf_read_handover(st, group, u->lead, NULL);
	for (size_t i = 0; i < sizeof RESERVED / sizeof *RESERVED; i++)
		if (strcmp(u->id, RESERVED[i]) == 0)
			conf_error(st, u->src, NULL, N_("a unit cannot be called \"%s\""), u->id);
	field_register(st, SECTION_UNIT, u->id, u, u->src);
	VEC_PUSH(st->a, &all->unit, u);
}

/* ---- offices ---------------------------------------------------------------------------------- */

/* open, close and noon stand in an office (the whole year) and in its seasons. */
struct hours_settings {
	const char *from, *to;
	int open, close;
	const char *noon;
};
static const struct field SEASON_FIELD[] = {
	FIELD("from", TEXT, struct hours_settings, from, .required = true),
	FIELD("to", TEXT, struct hours_settings, to, .required = true),
	FIELD("open", MINUTE, struct hours_settings, open, .fallback_text = "08:30"),
	FIELD("close", MINUTE, struct hours_settings, close, .fallback_text = "17:30"),
	FIELD("noon", TEXT, struct hours_settings, noon, .fallback_text = ""),
};

struct office_settings {
	struct office office;
	struct hours_settings hours;
};
static const struct field OFFICE_FIELD[] = {
	FIELD("id", ID, struct office_settings, office.id, .required = true),
	FIELD("name", TEXT, struct office_settings, office.name, .required = true, .max = 120),
	FIELD("place", TEXT, struct office_settings, office.place, .fallback_text = "", .max = 120),
	FIELD("short", TEXT, struct office_settings, office.short_name, .max = 60),
	FIELD("clerk", PERSON, struct office_settings, office.clerk),
	FIELD("open", MINUTE, struct office_settings, hours.open, .fallback_text = "08:30"),
	FIELD("close", MINUTE, struct office_settings, hours.close, .fallback_text = "17:30"),
	FIELD("noon", TEXT, struct office_settings, hours.noon, .fallback_text = ""),
	FIELD_ELSEWHERE("seasons", LIST),
};

static struct hours to_hours(
	struct conf_state *st, struct source at, const struct hours_settings *s)
{
	struct hours h = {1, 1, 12, 31, s->open, s->close, 0, 0};
	struct quiet_window noon;
	if (h.open >= h.close)
		conf_error(st, at, NULL, N_("close is not after open"));
	if (!s->noon[0])
		return h;
	if (!value_parse_window(s->noon, &noon))
		conf_error(st, at, N_("write it as \"12:00-14:30\""),
			N_("\"%s\" is not a part of the day"), s->noon);
	else if (noon.from <= h.open || noon.to <= noon.from || noon.to >= h.close)
		conf_error(st, at, NULL, N_("noon does not lie between open and close"));
	else {
		h.noon_close = noon.from;
		h.noon_open = noon.to;
	}
	return h;
}

struct season_list {
	struct hours *item;
	size_t n;
};

static void read_season(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct season_list *l = obj;
	struct hours_settings s = {0};
	struct source at = conf_here(st, group);
	field_read(st, group, FIELDS(SEASON_FIELD), &s);
	struct hours h = to_hours(st, at, &s);
	if (!value_parse_month_day(s.from, &h.from_month, &h.from_day) ||
		!value_parse_month_day(s.to, &h.to_month, &h.to_day))
		conf_error(st, at, N_("write them as from = \"05-01\"; to = \"09-30\""),
			N_("from or to is not a day of the year"));
	l->item[l->n++] = h;
}

static const char *or_else(const char *a, const char *b)
{
	return a && a[0] ? a : b;
}

static void read_office(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct people *all = obj;
	struct office_settings s = {0};
	struct office *o = ARENA_NEW(st->a, struct office);
	s.office.src = conf_here(st, group);
	field_read(st, group, FIELDS(OFFICE_FIELD), &s);
	*o = s.office;
	o->short_name = or_else(o->short_name, or_else(o->place, o->name));
	struct season_list l = {ARENA_ARRAY(st->a, HOURS_MAX + 1, struct hours), 0};
	conf_each_in(st, config_setting_get_member(group, "seasons"), HOURS_MAX, read_season, &l);
	l.item[l.n++] = to_hours(st, o->src, &s.hours);
	o->hours = l.item;
	o->n_hours = l.n;
	field_register(st, SECTION_OFFICE, o->id, o, o->src);
	VEC_PUSH(st->a, &all->office, o);
}

/* ---- lists of persons -------------------------------------------------------------------------- */

static size_t read_persons(
	struct conf_state *st, const char *name, const struct person *const **ret)
{
	const char *const *id = NULL;
	config_setting_t *s = conf_top(st, name);
	size_t n = s ? field_texts(st, s, &id) : 0, kept = 0;
	if (n > LEADERS_MAX) {
		conf_error(st, conf_here(st, s), NULL, N_("%s has more than %zu entries"), name,
			(size_t)LEADERS_MAX);
		return 0;
	}
	const struct person **list = ARENA_ARRAY(st->a, n, const struct person *);
	for (size_t i = 0; i < n; i++) {
		const struct person *p = field_refer(st, conf_here(st, s), SECTION_PERSON, id[i]);
		for (size_t k = 0; p && k < kept; k++)
			if (list[k] == p) {
				conf_error(st, conf_here(st, s), NULL, N_("%s names \"%s\" twice"),
					name, id[i]);
				p = NULL;
			}
		if (p)
			list[kept++] = p;
	}
	*ret = list;
	return kept;
}

void conf_read_people(struct conf_state *st)
{
	struct people all = {0};
	struct config *c = st->c;
	conf_each(st, "persons", CONFIG_PERSONS_MAX, read_person, &all);
	conf_each(st, "offices", CONFIG_UNITS_MAX, read_office, &all);
	conf_each(st, "units", CONFIG_UNITS_MAX, read_unit, &all);
	c->person = all.person.item;
	c->n_persons = all.person.n;
	c->office = all.office.item;
	c->n_offices = all.office.n;
	c->unit = all.unit.item;
	c->n_units = all.unit.n;
	c->n_leaders = read_persons(st, "leaders", &c->leader);
	c->n_admins = read_persons(st, "admins", &c->admin);
}
