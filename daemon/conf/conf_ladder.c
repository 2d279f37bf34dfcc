/* Ladders: the named series of reminders. */
#include <stddef.h>
#include <string.h>

#include "conf_field.h"

enum { LADDERS_MAX = 100 };

/* In the order of enum anchor. */
static const char *const ANCHOR[] = {"period", "due", "end", NULL};

/* `only` counts in enum anchor. */
static const struct field STEP_FIELD[] = {
	FIELD("id", ID, struct step, id, .required = true),
	FIELD("anchor", CHOICE, struct step, anchor, .required = true, .choice = ANCHOR,
		.fallback = -1),
	FIELD("month", INT, struct step, month, .min = -12, .max = 1, .only = BIT(ANCHOR_PERIOD)),
	FIELD("day", INT, struct step, day, .min = 1, .max = 31, .only = BIT(ANCHOR_PERIOD)),
	FIELD("workday", INT, struct step, workday, .min = 1, .max = 23,
		.only = BIT(ANCHOR_PERIOD)),
	FIELD("workdays", INT, struct step, workdays, .min = -60, .max = 60,
		.only = BIT(ANCHOR_DUE)),
	FIELD("days", INT, struct step, days, .min = -60, .max = 60, .only = BIT(ANCHOR_END)),
	FIELD("time", MINUTE, struct step, minute, .fallback_text = "09:00"),
	FIELD("lead", CHANNELS, struct step, channels[ROLE_LEAD]),
	FIELD("preparer", CHANNELS, struct step, channels[ROLE_PREPARER]),
	FIELD("deputy", CHANNELS, struct step, channels[ROLE_DEPUTY]),
	FIELD("clerk", CHANNELS, struct step, channels[ROLE_CLERK]),
	FIELD("leader", CHANNELS, struct step, channels[ROLE_LEADER]),
	FIELD("group", CHAT, struct step, channels[ROLE_GROUP]),
	FIELD("template", ID, struct step, template, .required = true),
	FIELD("ask", BOOL, struct step, ask, .only = BIT(ANCHOR_END)),
	FIELD("on_rest_days", BOOL, struct step, on_rest_days),
};

struct steps {
	VEC(struct step) item;
};

static void check_step(struct conf_state *st, config_setting_t *group, const struct step *s,
	const struct steps *before)
{
	unsigned told = 0;
	for (int r = 0; r < ROLE_COUNT; r++)
		told |= s->channels[r];
	if ((int)s->anchor >= 0)
		field_check_only(st, group, FIELDS(STEP_FIELD), (int)s->anchor,
			N_("%s does not go together with anchor = \"%s\""), ANCHOR[s->anchor]);
	if (s->anchor == ANCHOR_PERIOD && (s->day != 0) == (s->workday != 0))
		conf_error(
			st, s->src, NULL, N_("the step \"%s\" needs either day or workday"), s->id);
	if (!told)
		conf_error(st, s->src, N_("for example lead = [ \"email\" ]"),
			N_("the step \"%s\" tells nobody"), s->id);
	if (s->channels[ROLE_LEADER] & BIT(CHANNEL_SMS))
		conf_error(st, s->src, NULL, N_("leaders get no SMS"));
	if (s->minute >= 1440)
		conf_error(st, s->src, NULL, N_("time goes from \"00:00\" to \"23:59\""));
	for (size_t i = 0; i < before->item.n; i++)
		if (strcmp(before->item.item[i].id, s->id) == 0)
			conf_error(st, s->src, NULL,
				N_("the step \"%s\" is there twice, first in line %d"), s->id,
				before->item.item[i].src.line);
}

static void read_step(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct steps *all = obj;
	struct step s = {.src = conf_here(st, group)};
	field_read(st, group, FIELDS(STEP_FIELD), &s);
	check_step(st, group, &s, all);
	VEC_PUSH(st->a, &all->item, s);
}

static const struct field LADDER_FIELD[] = {
	FIELD("id", ID, struct ladder, id, .required = true),
	FIELD_ELSEWHERE("steps", LIST, .required = true),
};

struct ladders {
	VEC(const struct ladder *) item;
};

static void read_ladder(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct ladders *all = obj;
	struct steps steps = {0};
	struct ladder *l = ARENA_NEW(st->a, struct ladder);
	l->src = conf_here(st, group);
	field_read(st, group, FIELDS(LADDER_FIELD), l);
	conf_each_in(
		st, config_setting_get_member(group, "steps"), CONFIG_STEPS_MAX, read_step, &steps);
	l->step = steps.item.item;
	l->n_steps = steps.item.n;
	if (l->n_steps == 0)
		conf_error(st, l->src, NULL, N_("the ladder \"%s\" has no steps"), l->id);
	field_register(st, SECTION_LADDER, l->id, l, l->src);
	VEC_PUSH(st->a, &all->item, l);
}

void conf_read_ladders(struct conf_state *st)
{
	struct ladders all = {0};
	conf_each(st, "ladders", LADDERS_MAX, read_ladder, &all);
	st->c->ladder = all.item.item;
	st->c->n_ladders = all.item.n;
}
