#include "preview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "i18n.h"
#include "leave.h"
#include "mem.h"
#include "occasion.h"
#include "say.h"
#include "text.h"
#include "word.h"

enum { DAY_COLUMNS = 11, ID_COLUMNS_MAX = 38, UNIT_COLUMNS = 13 };

/* Reminders of one obligation by channel. */
struct tally {
	unsigned n[CHANNEL_COUNT];
};

struct table {
	const struct preview *p;
	const struct cli_style *st;
	struct tally *tally; /* as p->obligations.item */
	int id_columns;
	bool conditional, provisional;
};

static void count_reminders(struct table *t)
{
	const struct preview *p = t->p;
	for (size_t i = 0; i < p->n_reminders; i++) {
		const struct preview_reminder *r = &p->reminder[i];
		if (r->obligation)
			t->tally[r->obligation - p->obligations.item].n[r->channel]++;
	}
}

static void measure(struct table *t)
{
	t->id_columns = (int)text_columns(_("Obligation")) + 1;
	for (size_t i = 0; i < t->p->obligations.n; i++) {
		const struct obligation *o = &t->p->obligations.item[i];
		int width = (int)strlen(o->id) + 1;
		if (preview_shows(t->p, o) && width > t->id_columns)
			t->id_columns = width < ID_COLUMNS_MAX ? width : ID_COLUMNS_MAX;
	}
}

/* A cell, and at least one space after it. */
static void cell(const char *s, int columns)
{
	cli_pad(stdout, s, columns - 1);
	putchar(' ');
}

/* "20 Sat" of the month in the heading; the full date of another month. */
static void print_day(struct date d, struct date heading, const char *mark)
{
	char text[64];
	if (date_month(d) == date_month(heading))
		snprintf(text, sizeof text, "%02d %s%s", date_day(d), say_weekday(d), mark);
	else
		snprintf(text, sizeof text, "%02d-%02d %s%s", date_month(d), date_day(d),
			say_weekday(d), mark);
	cell(text, DAY_COLUMNS);
}

static const char *mark_of(struct table *t, const struct obligation *o)
{
	t->conditional = t->conditional || o->conditional;
	t->provisional = t->provisional || o->provisional;
	return o->conditional ? (o->provisional ? " ?~" : " ?") : o->provisional ? " ~" : "";
}

static void print_row(struct table *t, const struct obligation *o)
{
	const struct tally *n = &t->tally[o - t->p->obligations.item];
	const char *mark = mark_of(t, o);
	fputs("  ", stdout);
	if (date_is_none(o->due)) {
		cell("-", DAY_COLUMNS);
		cell("-", DAY_COLUMNS);
	} else {
		print_day(o->due, o->due, mark);
		if (o->forms & BIT(FORM_PAPER))
			print_day(o->hand_in, o->due, "");
		else
			cell("-", DAY_COLUMNS);
	}
	cell(o->id, t->id_columns);
	cell(o->unit ? o->unit->name : _("the bureau"), UNIT_COLUMNS);
	printf("%4u %3u", n->n[CHANNEL_EMAIL], n->n[CHANNEL_SMS]);
	if (t->p->c->n_chat_rooms)
		printf(" %4u", n->n[CHANNEL_CHAT]);
	putchar('\n');
}

static void print_heading(const struct table *t, struct date month)
{
	if (date_is_none(month))
		printf("%s%s%s\n", t->st->bold, _("No date yet"), t->st->off);
	else
		printf("%s%04d-%02d%s\n", t->st->bold, date_year(month), date_month(month),
			t->st->off);
}

static void princhannel_columns(const struct table *t)
{
	fputs("  ", stdout);
	cell(_("Due"), DAY_COLUMNS);
	cell(_("Paper by"), DAY_COLUMNS);
	cell(_("Obligation"), t->id_columns);
	cell(_("Unit"), UNIT_COLUMNS);
	printf("%s\n", t->p->c->n_chat_rooms ? _("mail SMS chat") : _("mail SMS"));
}

static int month_number(struct date d)
{
	return date_is_none(d) ? 0 : date_year(d) * 12 + date_month(d);
}

static void print_rows(struct table *t)
{
	int month = -1;
	size_t shown = 0;
	for (size_t i = 0; i < t->p->obligations.n; i++) {
		const struct obligation *o = &t->p->obligations.item[i];
		if (!preview_shows(t->p, o))
			continue;
		if (shown++ == 0)
			princhannel_columns(t);
		if (month_number(o->due) != month)
			print_heading(t, o->due);
		month = month_number(o->due);
		print_row(t, o);
	}
	if (!shown)
		printf(_("No obligations in these days.\n"));
}

static void print_legend(const struct table *t)
{
	size_t n[CHANNEL_COUNT] = {0};
	for (size_t i = 0; i < t->p->n_reminders; i++)
		n[t->p->reminder[i].channel]++;
	printf(_("Reminders in these days: %zu by mail, %zu by SMS.\n"), n[CHANNEL_EMAIL],
		n[CHANNEL_SMS]);
	if (t->p->c->n_chat_rooms)
		printf(_("Messages to groups in these days: %zu.\n"), n[CHANNEL_CHAT]);
	if (t->conditional)
		printf(_("? only if an activity is held\n"));
	if (t->provisional)
		printf(_("~ provisional: the roster or the workdays of that time are not settled "
			 "yet\n"));
}

/* "群消息" needs more than "mail". */
static int channel_columns(const struct preview *p)
{
	return p->c->n_chat_rooms ? 7 : 5;
}

static void print_absent(const struct preview *p, const struct preview_reminder *r)
{
	char day[SAY_DATE_SIZE];
	const struct span *s =
		r->absent ? leave_on(r->absent, zone_to_civil(p->c->zone, r->at).date) : NULL;
	if (s)
		printf(_("  (%s on leave until %s)"), r->absent->name, say_date(s->last, day));
}

void preview_print_reminders(const struct preview *p)
{
	char at[SAY_TIME_SIZE];
	for (size_t i = 0; i < p->n_reminders; i++) {
		const struct preview_reminder *r = &p->reminder[i];
		printf("%s  ", say_time(p->c->zone, r->at, at));
		cli_pad(stdout, word_of(channel_text(r->channel)), channel_columns(p));
		cli_pad(stdout, r->person->name, 20);
		printf(" %s %s%s%s", r->obligation ? r->obligation->id : "-", r->step_id,
			r->form == FORM_NONE ? "" : " ",
			r->form == FORM_NONE ? "" : form_text(r->form));
		print_absent(p, r);
		putchar('\n');
	}
}

void preview_print(const struct preview *p)
{
	struct table t = {.p = p, .st = cli_style(stdout)};
	t.tally = mem_new(p->obligations.n ? p->obligations.n : 1, sizeof *t.tally);
	count_reminders(&t);
	measure(&t);
	print_rows(&t);
	print_legend(&t);
	free(t.tally);
}
