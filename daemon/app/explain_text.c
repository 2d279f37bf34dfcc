#include "explain.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "i18n.h"
#include "occasion.h"
#include "say.h"
#include "text.h"
#include "word.h"
#include "workday.h"

enum { LABEL_COLUMNS = 12, STEP_COLUMNS = 12, FORM_COLUMNS = 11, TIME_COLUMNS = 22 };

/* ---- pieces -------------------------------------------------------------------------------------- */

static void label(const char *name)
{
	cli_pad(stdout, name, LABEL_COLUMNS);
}

static void more(void)
{
	label("");
}

static void place(struct source s)
{
	const struct cli_style *st = cli_style(stdout);
	printf("  %s%s:%d%s\n", st->dim, s.file, s.line, st->off);
}

static const char *form_word(enum form f)
{
	static const char *const WORDS[FORM_COUNT] = {[FORM_NONE] = "-",
		[FORM_PAPER] = N_("paper"),
		[FORM_ELECTRONIC] = N_("electronic")};
	return _(WORDS[f]);
}

static const char *role_word(enum role r)
{
	static const char *const WORDS[ROLE_COUNT] = {
		[ROLE_LEAD] = N_("lead"),
		[ROLE_PREPARER] = N_("preparer"),
		[ROLE_DEPUTY] = N_("deputy"),
		[ROLE_CLERK] = N_("clerk"),
		[ROLE_LEADER] = N_("leader"),
		[ROLE_ADMIN] = N_("admin"),
		[ROLE_GROUP] = N_("group"),
	};
	return _(WORDS[r]);
}

/* ---- rule ---------------------------------------------------------------------------------------- */

static void print_how(const struct obligation *o)
{
	const struct rule *r = o->rule;
	switch (r->kind) {
	case RULE_MONTHLY:
		printf(r->day_included ? _("every month by day %d, that day included")
				       : _("every month before day %d, that day not included"),
			r->day);
		break;
	case RULE_AFTER:
		printf(r->last_day_counts ? _("within %d calendar days after the activity; its "
					      "last day counts")
					  : _("within %d calendar days after the activity; its "
					      "last day does not count"),
			r->days);
		break;
	case RULE_ONCE:
		fputs(date_is_none(o->rule_due) ? _("once; the date is still to be announced")
						: _("once, on a date"),
			stdout);
		break;
	case RULE_COUNT:
		printf(r->per_half_year ? _("%d in every half-year") : _("%d in every year"),
			r->target);
		break;
	}
}

static void print_rule(const struct obligation *o)
{
	const struct rule *r = o->rule;
	label(_("Rule"));
	printf("%s: ", r->id);
	print_how(o);
	place(r->src);
	if (r->basis && r->basis[0]) {
		more();
		printf("%s", r->basis);
		if (r->points)
			printf(_(", %d points"), r->points);
		putchar('\n');
	}
	for (size_t i = 0; i < r->n_deliverables; i++) {
		const struct deliverable *d = &r->deliverable[i];
		label(i ? "" : _("Material"));
		printf("%s (%s%s%s)", d->name,
			d->forms & BIT(FORM_PAPER) ? form_word(FORM_PAPER) : "",
			d->forms == (BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC)) ? ", " : "",
			d->forms & BIT(FORM_ELECTRONIC) ? form_word(FORM_ELECTRONIC) : "");
		if (d->seal)
			printf(", %s", d->seal);
		place(d->src);
		for (size_t k = 0; k < d->n_checklist; k++) {
			more();
			printf("  - %s\n", d->checklist[k]);
		}
	}
	for (size_t i = 0; i < o->n_indicators; i++) {
		label(i ? "" : _("Indicators"));
		printf("★ %s\n", o->indicator[i]);
	}
}

/* ---- who ----------------------------------------------------------------------------------------- */

static void print_roster(const struct obligation *o)
{
	if (!o->duty)
		return;
	char day[SAY_DATE_SIZE];
	label(_("Roster"));
	printf(_("month %d: %s"), o->duty->month, o->duty->unit->name);
	if (o->roster->notice)
		printf(", %s", o->roster->notice);
	if (!date_is_none(o->roster->notice_date))
		printf(_(" of %s"), say_date(o->roster->notice_date, day));
	place(o->duty->src);
	if (o->provisional_roster) {
		more();
		printf(_("provisional: the roster of %d repeated, not confirmed yet\n"),
			o->roster->year);
	}
	if (o->backfill) {
		more();
		printf(_("before the roster came into force: no messages\n"));
	}
}

static void print_handover(const struct stakeholder *w)
{
	char day[SAY_DATE_SIZE];
	if (w->enters)
		printf(_(", from %s on"), say_date(w->enters->from, day));
	if (w->leaves)
		printf(_(", until the day before %s"), say_date(w->leaves->from, day));
}

/* Leave between the first reminder and the last. */
static void print_leaves(const struct person *p, const struct explain *x)
{
	char first[SAY_DATE_SIZE], last[SAY_DATE_SIZE];
	size_t n = x->reminders.n;
	struct date from = n ? zone_to_civil(x->c->zone, x->reminders.item[0].at).date : DATE_NONE;
	struct date to =
		n ? zone_to_civil(x->c->zone, x->reminders.item[n - 1].at).date : DATE_NONE;
	for (size_t i = 0; n && i < p->n_leave; i++) {
		const struct span *s = &p->leave[i];
		if (date_compare(s->last, from) < 0 || date_compare(s->first, to) > 0)
			continue;
		more();
		printf(_("  on leave from %s to %s\n"), say_date(s->first, first),
			say_date(s->last, last));
	}
}

static void print_people(const struct explain *x)
{
	const struct obligation *o = x->o;
	char day[SAY_DATE_SIZE];
	label(_("Unit"));
	printf("%s", o->unit ? o->unit->name : _("the bureau"));
	if (o->joint_unit)
		printf(" + %s", o->joint_unit->name);
	if (o->handover)
		printf(_(", %s from %s on"), o->handover->unit->name,
			say_date(o->handover->from, day));
	if (o->unit)
		place(o->unit->src);
	else
		putchar('\n');
	label(_("Office"));
	printf("%s %s", o->rule->office->name, o->rule->office->place);
	place(o->rule->office->src);
	for (size_t i = 0; i < o->n_who; i++) {
		label(i ? "" : _("People"));
		printf("%s: %s", role_word(o->who[i].role), o->who[i].person->name);
		print_handover(&o->who[i]);
		place(o->who[i].person->src);
		print_leaves(o->who[i].person, x);
	}
}

/* ---- dates --------------------------------------------------------------------------------------- */

static void print_occasion(const struct obligation *o)
{
	char first[SAY_DATE_SIZE], last[SAY_DATE_SIZE];
	if (!o->occasion)
		return;
	label(_("Occasion"));
	say_date(o->planned_first, first);
	if (date_compare(o->planned_first, o->planned_last) == 0)
		printf("%s: %s", o->occasion->name, first);
	else
		printf("%s: %s - %s", o->occasion->name, first, say_date(o->planned_last, last));
	place(o->occasion->src);
	if (o->conditional) {
		more();
		printf(_("only if an activity is held: it is asked first\n"));
	}
}

/* Each day from the deadline to the day that was taken, and why. */
static void print_walk(const struct config *c, struct date from, struct date to)
{
	int step = date_compare(to, from) < 0 ? -1 : 1;
	char day[SAY_DATE_SIZE];
	for (struct date d = from;; d = date_add(d, step)) {
		more();
		printf("  %s: %s%s\n", say_date(d, day), _(explain_day(&c->workdays, d)),
			workday_is_known(&c->workdays, d) ? "" : _(" (no notice yet)"));
		if (date_compare(d, to) == 0)
			return;
	}
}

static void print_paper(const struct explain *x)
{
	const struct obligation *o = x->o;
	char day[SAY_TIME_SIZE];
	label(_("Paper by"));
	printf("%s\n", say_time(x->c->zone, o->hand_in_at, day));
	more();
	if (!o->hand_in_late)
		printf(_("the last workday on or before the deadline\n"));
	else if (date_is_none(o->last_day))
		printf(_("no workday on or before the deadline: the first one after it\n"));
	else
		printf(_("no workday between the activity and the deadline: the first after it\n"));
	print_walk(x->c, o->due, o->hand_in);
}

/* From what the rule counts. */
static void print_origin(const struct obligation *o)
{
	char last[SAY_DATE_SIZE], due[SAY_DATE_SIZE];
	const struct rule *r = o->rule;
	say_date(o->rule_due, due);
	more();
	switch (r->kind) {
	case RULE_MONTHLY:
		printf(r->day_included ? _("day %d of %s: %s\n")
				       : _("the day before day %d of %s: %s\n"),
			r->day, o->period, due);
		break;
	case RULE_AFTER:
		printf(_("last day %s, and %d days: %s\n"), say_date(o->last_day, last),
			r->last_day_counts ? r->days - 1 : r->days, due);
		break;
	case RULE_ONCE:
		printf(_("the date of the rule: %s\n"), due);
		break;
	case RULE_COUNT:
		printf(_("the last day of %s: %s\n"), o->period, due);
		break;
	}
}

/* What becomes of a day on which the office is closed. */
static void print_roll(const struct config *c, const struct obligation *o)
{
	char day[SAY_DATE_SIZE];
	if (date_compare(o->rule_due, o->due) != 0) {
		more();
		printf(_("moved to a workday from %s, as the rule says (roll = %s)\n"),
			say_date(o->rule_due, day),
			o->rule->roll == ROLL_BEFORE ? "before" : "after");
		print_walk(c, o->rule_due, o->due);
	} else if (!workday_is(&c->workdays, o->due)) {
		more();
		printf(_("%s is %s: roll = none keeps it\n"), say_date(o->due, day),
			_(explain_day(&c->workdays, o->due)));
	}
}

static void print_dates(const struct explain *x)
{
	const struct obligation *o = x->o;
	char day[SAY_TIME_SIZE];
	label(_("Due"));
	if (date_is_none(o->due)) {
		printf(_("no date yet: it is listed, nobody is reminded\n"));
		return;
	}
	printf("%s\n", say_time(x->c->zone, o->due_at, day));
	print_origin(o);
	print_roll(x->c, o);
	if (o->forms & BIT(FORM_PAPER))
		print_paper(x);
	if (!date_is_none(o->internal)) {
		label(_("Internal"));
		printf(_("%s, %d workdays before it is due\n"), say_date(o->internal, day),
			o->rule->internal);
	}
	if (o->provisional_days) {
		more();
		printf(_("provisional: the workdays of that time are not announced yet\n"));
	}
}

/* ---- ladder -------------------------------------------------------------------------------------- */

static bool is_same_moment(const struct reminder *a, const struct reminder *b)
{
	return a->at.s == b->at.s && a->superseded == b->superseded &&
	       a->stands_in == b->stands_in && (!a->stands_in || a->instead == b->instead);
}

/* People and channels of reminder i and those like it: "lead mail+SMS, preparer mail". */
static void print_told(const struct explain *x, const struct step *s, enum form f, size_t i)
{
	const struct reminder *r = &x->reminders.item[i];
	size_t listed = 0;
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int ch = 0; ch < CHANNEL_COUNT; ch++)
			for (size_t k = i; k < x->reminders.n; k++) {
				const struct reminder *other = &x->reminders.item[k];
				if (other->step != s || other->form != f ||
					other->role != (enum role)role ||
					other->channel != (enum channel)ch ||
					!is_same_moment(r, other))
					continue;
				printf("%s%s %s", listed++ ? ", " : "", role_word(other->role),
					word_of(channel_text(other->channel)));
				break;
			}
}

/* "on leave until D, deputy X instead". */
static void print_leave(const struct reminder *r)
{
	char day[SAY_DATE_SIZE];
	cli_pad(stdout, "", 2 + STEP_COLUMNS + FORM_COLUMNS);
	printf(_("  %s on leave until %s, %s instead\n"), r->instead->name,
		say_date(r->leave->last, day), r->person->name);
}

static void print_moment(
	const struct explain *x, const struct step *s, enum form f, size_t i, bool first)
{
	const struct reminder *r = &x->reminders.item[i];
	char asked[SAY_TIME_SIZE], at[SAY_TIME_SIZE];
	say_time(x->c->zone, r->asked, asked);
	cli_pad(stdout, asked, TIME_COLUMNS);
	print_told(x, s, f, i);
	if (first)
		place(s->src);
	else
		putchar('\n');
	if (r->stands_in)
		print_leave(r);
	if (!r->moved && !r->superseded)
		return;
	cli_pad(stdout, "", 2 + STEP_COLUMNS + FORM_COLUMNS);
	if (r->superseded)
		printf("  %s\n", r->why ? _(r->why) : _("not sent"));
	else
		printf("  -> %s  %s\n", say_time(x->c->zone, r->at, at), r->why ? _(r->why) : "");
}

static bool is_repeat(const struct explain *x, const struct step *s, enum form f, size_t i)
{
	for (size_t k = explain_find(x, s, f, 0); k < i; k = explain_find(x, s, f, k + 1))
		if (is_same_moment(&x->reminders.item[k], &x->reminders.item[i]))
			return true;
	return false;
}

static const char *why_nobody(const struct obligation *o, const struct step *s)
{
	if (date_is_none(o->due))
		return _("once it has a date");
	if (o->conditional && !s->ask)
		return _("only after a yes");
	if (o->backfill)
		return _("before the roster came into force");
	if (o->provisional_roster)
		return _("provisional: only the office is told");
	return _("nobody to tell, or too late");
}

static void print_step(const struct explain *x, const struct step *s, enum form f)
{
	size_t shown = 0, n = x->reminders.n;
	for (size_t i = explain_find(x, s, f, 0); i < n; i = explain_find(x, s, f, i + 1)) {
		if (is_repeat(x, s, f, i))
			continue;
		fputs("  ", stdout);
		cli_pad(stdout, shown ? "" : s->id, STEP_COLUMNS);
		cli_pad(stdout, shown ? "" : form_word(f), FORM_COLUMNS);
		print_moment(x, s, f, i, shown++ == 0);
	}
	if (!shown) {
		fputs("  ", stdout);
		cli_pad(stdout, s->id, STEP_COLUMNS);
		cli_pad(stdout, form_word(f), FORM_COLUMNS);
		fputs(why_nobody(x->o, s), stdout);
		place(s->src);
	}
}

static void print_ladder(const struct explain *x)
{
	const struct ladder *l = x->o->rule->ladder;
	label(_("Ladder"));
	if (!l) {
		printf(_("none: nobody is reminded\n"));
		return;
	}
	printf("%s", l->id);
	place(l->src);
	for (size_t i = 0; i < l->n_steps; i++) {
		const struct step *s = &l->step[i];
		for (int f = FORM_NONE; f < FORM_COUNT; f++)
			if (explain_step_has_form(x->o, s, (enum form)f))
				print_step(x, s, (enum form)f);
	}
}

/* To whom a handover is told, and when. */
static void print_notices(const struct explain *x)
{
	char at[SAY_TIME_SIZE];
	size_t n = x->reminders.n;
	for (size_t i = explain_find(x, NULL, FORM_NONE, 0); i < n;
		i = explain_find(x, NULL, FORM_NONE, i + 1)) {
		const struct reminder *r = &x->reminders.item[i];
		if (r->superseded)
			continue;
		fputs("  ", stdout);
		cli_pad(stdout, r->step_id, STEP_COLUMNS);
		cli_pad(stdout, form_word(FORM_NONE), FORM_COLUMNS);
		cli_pad(stdout, say_time(x->c->zone, r->at, at), TIME_COLUMNS);
		printf("%s %s\n", r->person->name, word_of(channel_text(r->channel)));
		if (r->stands_in)
			print_leave(r);
	}
}

void explain_print(const struct explain *x)
{
	const struct cli_style *st = cli_style(stdout);
	printf("%s%s%s  %s, %s\n", st->bold, x->o->id, st->off, x->o->rule->name, x->o->period);
	print_rule(x->o);
	print_roster(x->o);
	print_people(x);
	print_occasion(x->o);
	print_dates(x);
	print_ladder(x);
	print_notices(x);
}
