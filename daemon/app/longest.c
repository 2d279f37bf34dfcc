#include "longest.h"

#include <string.h>

#include "text.h"
#include "zone.h"

enum { TOLD_MAX = 64 };

/* As long as an SMS gives a reason. */
static const char REASON[] = "活动总结未盖公章，图片未附说明，请补正后连同纸质版一并重报。";
static const char REASON_EN[] = "the summary is not sealed yet.";

enum missing { MISSING_ALL, MISSING_PAPER, MISSING_SOME, MISSING_COUNT };

struct reading {
	const struct config *c;
	const struct templates *t;
	const struct obligations *os;
	const struct obligation *o;
	enum channel channel;
	struct arena *a;
	longest_fn *each;
	void *ctx;
	/* What has been read already. */
	struct told {
		const char *template;
		enum role role;
	} told[TOLD_MAX];
	size_t n_told;
};

/* ---- what is missing --------------------------------------------------------------------------- */

static bool is_in(const struct obligation *o, size_t i, enum missing m)
{
	if (m == MISSING_PAPER)
		return o->item[i].form == FORM_ELECTRONIC;
	return m == MISSING_SOME && o->item[i].deliverable == o->item[0].deliverable;
}

static bool can_miss(const struct obligation *o, enum missing m)
{
	if (m == MISSING_PAPER)
		return o->forms == (BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC));
	return m == MISSING_ALL || o->rule->n_deliverables > 1;
}

static const struct obligation *copy_missing(
	struct reading *x, enum missing m, enum item_state others, const char *returned)
{
	struct obligation *o = ARENA_NEW(x->a, struct obligation);
	*o = *x->o;
	o->state = STATE_OPEN;
	o->item = ARENA_ARRAY(x->a, o->n_items, struct item);
	for (size_t i = 0; i < o->n_items; i++) {
		o->item[i] = x->o->item[i];
		o->item[i].state = is_in(x->o, i, m) ? ITEM_RECEIVED : others;
		o->item[i].returned = others == ITEM_MISSING ? returned : NULL;
	}
	return o;
}

/* ---- one text ---------------------------------------------------------------------------------- */

static const struct person *person_of(
	const struct config *c, const struct obligation *o, enum role role)
{
	if (role == ROLE_GROUP)
		return c->n_chat_rooms ? c->chat_room[0]->as_person : NULL;
	for (size_t i = 0; i < o->n_who; i++)
		if (o->who[i].role == role)
			return o->who[i].person;
	return NULL;
}

static const char *note_of(const struct reading *x, const char *template)
{
	char before[DATE_TEXT_SIZE], after[DATE_TEXT_SIZE];
	if (strcmp(template, "returned") == 0)
		return text_equal(x->c->language, "en") ? REASON_EN : REASON;
	if (strcmp(template, "moved") != 0)
		return "";
	return arena_printf(x->a, "%s → %s", date_format(date_add(x->o->hand_in, 1), before),
		date_format(x->o->hand_in, after));
}

static void read_one(struct reading *x, const struct told *told, const struct step *step,
	const struct obligation *o, const char *note)
{
	bool overdue = strcmp(told->template, "overdue") == 0;
	bool nil = strcmp(told->template, "nil") == 0;
	struct reminder *r = ARENA_NEW(x->a, struct reminder);
	*r = (struct reminder){
		.obligation = o,
		.obligation_id = o->id,
		.step = step,
		.step_id = step ? step->id : told->template,
		.template = told->template,
		.person = person_of(x->c, o, told->role),
		.at = {overdue ? o->due_at.s + DAY_S : o->due_at.s - 10 * DAY_S},
		.deadline = o->due_at,
		.form = FORM_NONE,
		.channel = x->channel,
		.role = told->role,
	};
	r->asked = r->at;
	struct message_part *p = ARENA_NEW(x->a, struct message_part);
	*p = (struct message_part){.reminder = r,
		.late = true,
		.note = note,
		.also = nil ? obligation_month_beside(x->os, o) : NULL};
	x->each(x->ctx, p);
}

static bool is_new(struct reading *x, const struct told *told)
{
	for (size_t i = 0; i < x->n_told; i++)
		if (x->told[i].role == told->role &&
			strcmp(x->told[i].template, told->template) == 0)
			return false;
	if (x->n_told < TOLD_MAX)
		x->told[x->n_told++] = *told;
	return true;
}

static void read_template(
	struct reading *x, const char *template, enum role role, const struct step *step)
{
	struct told told = {template, role};
	if (!person_of(x->c, x->o, role) || !is_new(x, &told) ||
		!templates_has(x->t, x->c->language, template, x->channel))
		return;
	const char *note = note_of(x, template);
	if (strcmp(template, "nil") == 0 || strcmp(template, "confirm") == 0) {
		read_one(x, &told, step, copy_missing(x, MISSING_ALL, ITEM_REPORTED, NULL), note);
		return;
	}
	const char *returned = strcmp(template, "returned") == 0 ? note : NULL;
	for (enum missing m = MISSING_ALL; m < MISSING_COUNT; m++)
		if (can_miss(x->o, m))
			read_one(x, &told, step, copy_missing(x, m, ITEM_MISSING, returned), note);
}

/* ---- all of an obligation ----------------------------------------------------------------------- */

static void read_steps(struct reading *x)
{
	const struct ladder *l = x->o->rule->ladder;
	for (size_t i = 0; l && i < l->n_steps; i++)
		for (int role = 0; role < ROLE_COUNT; role++)
			if (l->step[i].channels[role] & BIT(x->channel))
				read_template(x, l->step[i].template, (enum role)role, &l->step[i]);
}

/* As app/engine_act.c and app/engine_plan.c send them. */
static void read_notices(struct reading *x)
{
	static const char *const lead[] = {"returned", "moved", "released", "catch-up", "handover",
		"handed-over"};
	for (size_t i = 0; i < sizeof lead / sizeof *lead; i++)
		read_template(x, lead[i], ROLE_LEAD, NULL);
	if (x->o->occasion || x->o->rule->nil_allowed)
		read_template(x, "nil", ROLE_LEAD, NULL);
	if (x->channel == CHANNEL_EMAIL)
		read_template(x, "confirm", ROLE_CLERK, NULL);
}

void longest_each(const struct config *c, const struct templates *t, const struct obligations *os,
	const struct obligation *o, enum channel ch, struct arena *a, longest_fn *each, void *ctx)
{
	struct reading x = {
		.c = c, .t = t, .os = os, .o = o, .channel = ch, .a = a, .each = each, .ctx = ctx};
	if (date_is_none(o->due) || o->n_items == 0)
		return;
	read_steps(&x);
	read_notices(&x);
}

/* ---- a guess ----------------------------------------------------------------------------------- */

static size_t units_of(const char *s)
{
	return s ? text_count_utf16(s) : 0;
}

size_t longest_guess(const struct obligation *o)
{
	const struct office *office = o->rule->office;
	size_t n = o->unit ? units_of(o->unit->name) : 0;
	n += o->joint_unit ? units_of(o->joint_unit->name) + 1 : 0;
	n += units_of(o->occasion ? o->occasion->name : o->rule->name);
	n += units_of(office->short_name ? office->short_name : office->name);
	n += date_is_none(o->due) ? 0 : date_month(o->due) >= 10;
	n += date_is_none(o->due) ? 0 : date_day(o->due) >= 10;
	n += !date_is_none(o->hand_in) && date_compare(o->hand_in, o->due) != 0 ? 10 : 0;
	return n;
}
