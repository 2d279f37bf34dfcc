#include "message_view.h"

#include <string.h>

#include "leave.h"
#include "message_owed.h"
#include "message_titles.h"
#include "occasion.h"
#include "text.h"
#include "zone.h"

enum { TEXT_BYTES = 8000, NOTE_UNITS = 30 };

/* What is missing, and by when: needed by several names. */
struct facts {
	const struct part_group *g;
	const struct obligation *o;
	bool overdue;
	struct item_words missing;
	struct date by;    /* the next date of a missing form */
	struct instant at; /* when the text is read, at the earliest */
};

/* ---- small texts ------------------------------------------------------------------------------ */

static const char *keep(const struct viewing *x, struct buf *b)
{
	const char *s = arena_strdup(x->a, b->data);
	buf_done(b);
	return s;
}

static const char *date_text(const struct viewing *x, struct date d, enum date_style style)
{
	if (date_is_none(d))
		return "";
	struct buf b;
	buf_init(&b, TEXT_BYTES);
	x->w->put_date(&b, d, style);
	return keep(x, &b);
}

static void put_date(const struct viewing *x, struct view *v, const char *name, struct date d,
	enum date_style style)
{
	view_put(x, v, name, date_text(x, d, style));
}

static const char *closing_text(const struct viewing *x, const struct office *o, struct date d)
{
	if (date_is_none(d))
		return "";
	int minute = office_closes(o, d);
	return arena_printf(x->a, "%d:%02d", minute / 60, minute % 60);
}

static bool is_month(const struct obligation *o)
{
	return o->rule->kind == RULE_MONTHLY;
}

/* In a text that names the month anyway the day is enough. */
static enum date_style short_style(const struct obligation *o, struct date d, bool weekday)
{
	bool named =
		is_month(o) && !date_is_none(d) && date_month(d) == date_month(o->period_first);
	if (weekday)
		return named ? STYLE_DAY_WEEKDAY : STYLE_DATE_WEEKDAY;
	return named ? STYLE_DAY : STYLE_DATE;
}

/* ---- names of things --------------------------------------------------------------------------- */

static bool is_own(enum role r)
{
	return r == ROLE_LEAD || r == ROLE_PREPARER || r == ROLE_DEPUTY;
}

static void put_names(const struct viewing *x, const struct facts *f, struct view *v)
{
	const struct obligation *o = f->o;
	enum role role = f->g->part->reminder->role;
	/* What the bureau owes the office itself hands in. */
	bool own = o->unit ? is_own(role) : role == ROLE_CLERK;
	view_put(x, v, "title", title_full(x, o));
	view_put(x, v, "title_short", title_short(x, o));
	view_put(x, v, "period", title_period(x, o));
	view_put(x, v, "rule", o->rule->name);
	view_put(x, v, "unit", title_unit(x, o));
	view_put(x, v, "your_unit", own && o->unit ? x->w->your_unit : title_unit(x, o));
	view_put_flag(v, "own", own);
	view_put(x, v, "office", o->rule->office->name);
	view_put(x, v, "office_short", title_office(x, o->rule->office));
	view_put(x, v, "place", title_place(o->rule->office));
	view_put(x, v, "room", title_room(o->rule->office));
	view_put(x, v, "basis", o->rule->basis);
	view_put(x, v, "document", o->rule->document);
	view_put_number(x, v, "points", o->rule->points);
	view_put_number(x, v, "days", o->rule->days);
	view_put_flag(v, "is_month", is_month(o) && !o->rule->by_indicator);
	view_put_flag(v, "is_count", o->rule->kind == RULE_COUNT);
	if (o->count) {
		view_put(x, v, "count_done", arena_printf(x->a, "%d", o->count->done));
		view_put_number(x, v, "count_quota", o->count->quota);
		view_put_number(x, v, "count_left", o->count->quota - o->count->done);
	}
	view_put(x, v, "occasion", o->occasion ? o->occasion->name : "");
	view_put_flag(v, "conditional", o->conditional);
	view_put_flag(v, "ended", o->standing.ended);
	view_put_flag(v, "nil", o->standing.nil);
	view_put_flag(v, "nil_allowed", o->rule->nil_allowed);
}

static void put_activity(const struct viewing *x, const struct obligation *o, struct view *v)
{
	const char *last = date_text(x, o->last_day, STYLE_DATE);
	bool one_day = date_is_none(o->planned_first) || o->standing.ended ||
		       date_compare(o->planned_first, o->last_day) >= 0;
	view_put(x, v, "activity",
		!o->occasion || one_day
			? last
			: arena_printf(x->a, x->w->span, date_text(x, o->planned_first, STYLE_DATE),
				  last));
}

/* ---- dates ----------------------------------------------------------------------------------- */

static bool has_passed(const struct facts *f, enum form form)
{
	struct instant end = obligation_form_at(f->o, form);
	return !instant_is_none(end) && f->at.s > end.s;
}

/* The next date of a form that is missing; the last of them if all have passed. */
static struct date next_date(const struct facts *f)
{
	struct date open = DATE_NONE, last = DATE_NONE;
	for (int i = FORM_PAPER; i < FORM_COUNT; i++) {
		enum form form = (enum form)i;
		struct date d = obligation_form_date(f->o, form);
		if (!(f->missing.forms & BIT(form)) || date_is_none(d))
			continue;
		last = date_is_none(last) ? d : date_max(last, d);
		if (!has_passed(f, form))
			open = date_is_none(open) ? d : date_min(open, d);
	}
	if (date_is_none(last))
		return f->o->due;
	return date_is_none(open) ? last : open;
}

static void put_dates(const struct viewing *x, const struct facts *f, struct view *v)
{
	const struct obligation *o = f->o;
	const struct office *office = o->rule->office;
	bool paper = (o->forms & BIT(FORM_PAPER)) != 0;
	struct date hand_in = paper ? o->hand_in : DATE_NONE;
	put_date(x, v, "due", o->due, STYLE_DATE_WEEKDAY);
	put_date(x, v, "due_date", o->due, STYLE_DATE);
	put_date(x, v, "due_short", o->due, short_style(o, o->due, false));
	put_date(x, v, "due_full", o->due, STYLE_FULL);
	view_put(x, v, "due_closes", closing_text(x, office, o->due));
	view_put(x, v, "rest", title_rest_day(x, o->due));
	put_date(x, v, "hand_in", hand_in, STYLE_DATE_WEEKDAY);
	put_date(x, v, "hand_in_short", hand_in, short_style(o, hand_in, true));
	put_date(x, v, "hand_in_plain", hand_in, STYLE_PLAIN);
	put_date(x, v, "hand_in_full", hand_in, STYLE_FULL);
	view_put(x, v, "hand_in_closes", closing_text(x, office, hand_in));
	view_put_flag(v, "hand_in_late", paper && o->hand_in_late);
	put_date(x, v, "internal", o->internal, STYLE_FULL);
	view_put_flag(v, "paper", paper);
	view_put_flag(v, "electronic", (o->forms & BIT(FORM_ELECTRONIC)) != 0);
	view_put_flag(v, "both", o->forms == (BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC)));
	view_put_flag(v, "differs", paper && date_compare(o->due, o->hand_in) != 0);
	view_put_flag(v, "provisional", o->provisional);
	view_put_flag(v, "provisional_days", o->provisional_days);
}

/* One clause of "by when": of a form, or of all of them if form is FORM_NONE. */
static void put_clause(
	const struct viewing *x, const struct facts *f, enum form form, struct view *v)
{
	const struct obligation *o = f->o;
	bool paper = form == FORM_PAPER ||
		     (form == FORM_NONE && (f->missing.forms & BIT(FORM_PAPER)) != 0);
	struct date d = form == FORM_NONE ? f->by : obligation_form_date(o, form);
	view_put(x, v, "by", date_text(x, d, short_style(o, d, true)));
	put_date(x, v, "by_date", d, STYLE_DATE);
	view_put(x, v, "closes", closing_text(x, o->rule->office, d));
	view_put_flag(v, "by_paper", paper);
	view_put_flag(v, "passed", has_passed(f, paper ? FORM_PAPER : FORM_ELECTRONIC));
	view_put_flag(v, "moved", paper && date_compare(o->due, o->hand_in) != 0);
}

static void put_clauses(const struct viewing *x, const struct facts *f, struct view *v)
{
	const unsigned both = BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC);
	bool split =
		(f->missing.forms & both) == both && (date_compare(f->o->due, f->o->hand_in) != 0);
	view_put_flag(v, "split", split);
	put_clause(x, f, FORM_NONE, v);
	static const enum form ORDER[] = {FORM_ELECTRONIC, FORM_PAPER};
	for (int i = 0; i < 2 && split; i++) {
		struct view *clause = view_add(v, "forms");
		view_put(x, clause, "form", x->w->forms[ORDER[i]]);
		put_clause(x, f, ORDER[i], clause);
		view_put_flag(clause, "last", i == 1);
	}
}

/* ---- the part's own ---------------------------------------------------------------------------- */

static const char *cut_units(const struct viewing *x, const char *s, size_t units)
{
	size_t used = 0, len = strlen(s), n;
	for (size_t i = 0; i < len; i += n) {
		used += text_decode(s + i, len - i, &n) > 0xffff ? 2 : 1;
		if (used > units)
			return arena_printf(x->a, "%.*s%s", (int)i, s, x->w->cut);
	}
	return s;
}

/* "2024-07-19 → 2024-07-18" in words; any other note as it is. */
static const char *note_text(const struct viewing *x, const char *note)
{
	enum { DATE_LEN = 10 };
	static const char ARROW[] = " → ";
	size_t arrow = sizeof ARROW - 1;
	struct date old, new;
	if (strlen(note) != 2 * DATE_LEN + arrow || strncmp(note + DATE_LEN, ARROW, arrow) != 0 ||
		!date_parse(note, DATE_LEN, &old) ||
		!date_parse(note + DATE_LEN + arrow, DATE_LEN, &new))
		return note;
	return arena_printf(x->a, x->w->changed, date_text(x, old, STYLE_DATE_WEEKDAY),
		date_text(x, new, STYLE_DATE_WEEKDAY));
}

static void put_note(const struct viewing *x, const struct message_part *p, struct view *v)
{
	const char *note = message_view_clean(p->note ? p->note : "", x->a);
	note = note_text(x, note);
	view_put(x, v, "note", note);
	view_put(x, v, "note_short", cut_units(x, note, NOTE_UNITS));
}

static void put_also(const struct viewing *x, const struct obligation *also, struct view *v)
{
	if (!also || date_is_none(also->due))
		return;
	struct view *one = view_add(v, "also");
	view_put(x, one, "also_title",
		also->unit && is_month(also) ? arena_printf(x->a, x->w->month_title,
						       title_period(x, also), title_short(x, also))
					     : title_full(x, also));
	put_date(x, one, "also_due", also->due, short_style(also, also->due, false));
	view_put(x, one, "also_place", title_place(also->rule->office));
}

/* The handover that the reader, or whom they stand in for, takes part in. */
static const struct succession *handover_of(const struct obligation *o, const struct person *p)
{
	const struct succession *any = NULL;
	for (size_t i = 0; i < o->n_who; i++) {
		const struct stakeholder *w = &o->who[i];
		const struct succession *h = w->enters ? w->enters : w->leaves;
		if (w->role != ROLE_LEAD || !h)
			continue;
		if (w->person == p)
			return h;
		any = h;
	}
	return any;
}

static void put_handover(const struct viewing *x, const struct part_group *g, struct view *v)
{
	const struct obligation *o = g->o;
	bool of_handover = text_equal(g->template, "handover") ||
			   text_equal(g->template, "handed-over");
	const struct succession *h =
		of_handover ? handover_of(o, g->part->reminder->person) : NULL;
	for (size_t i = 0; h && i < o->n_who; i++) {
		const struct stakeholder *w = &o->who[i];
		if (w->role == ROLE_LEAD && w->leaves == h)
			view_put(x, v, "predecessor", w->person->name);
		if (w->role == ROLE_LEAD && w->enters == h)
			view_put(x, v, "successor", w->person->name);
	}
	put_date(x, v, "handover_from", h ? h->from : DATE_NONE, STYLE_DATE);
}

/* ---- the two views --------------------------------------------------------------------------- */

/* Overdue texts speak only of what has passed. */
static unsigned forms_spoken_of(const struct facts *f)
{
	unsigned forms = f->g->forms;
	if (!f->overdue || !forms)
		return f->o->forms;
	for (int i = FORM_PAPER; i < FORM_COUNT; i++)
		if (has_passed(f, (enum form)i))
			forms |= BIT(i);
	return forms & f->o->forms;
}

void message_view_group(const struct viewing *x, const struct part_group *g, struct view *v)
{
	view_put_flag(v, "late", g->late);
	put_note(x, g->part, v);
	view_put(x, v, "line", g->line);
	view_put(x, v, "deadline", g->deadline);
	if (!g->o)
		return;
	const struct obligation *o = g->o;
	struct facts f = {.g = g, .o = o, .overdue = text_equal(g->template, "overdue")};
	f.at = g->part->reminder->at.s > x->now.s ? g->part->reminder->at : x->now;
	message_items_in(o, forms_spoken_of(&f), ITEM_MISSING, x->w, x->a, &f.missing);
	f.by = next_date(&f);
	view_put_flag(v, "overdue", f.overdue);
	put_names(x, &f, v);
	put_handover(x, g, v);
	put_activity(x, o, v);
	put_dates(x, &f, v);
	put_clauses(x, &f, v);
	message_view_owed(x, o, &f.missing, v);
	put_also(x, g->part->also, v);
	view_put_number(x, v, "told_sms", g->part->told_sms);
	view_put_number(x, v, "told_mail", g->part->told_mail);
	view_put_flag(v, "told", g->part->told_sms > 0 || g->part->told_mail > 0);
}

static void put_bases(const struct viewing *x, const struct part_group *g, size_t n, struct view *v)
{
	for (size_t i = 0; i < n; i++) {
		const char *basis = g[i].o ? g[i].o->rule->basis : NULL;
		bool seen = !basis || !basis[0];
		for (size_t k = 0; k < i && !seen; k++)
			seen = g[k].o && g[k].o->rule->basis &&
			       text_equal(g[k].o->rule->basis, basis);
		if (!seen)
			view_put(x, view_add(v, "bases"), "basis", basis);
	}
}

/* Lists have tables of their own, and who owes nothing any more needs no details. */
static bool has_box(const char *template)
{
	static const char *const without[] = {"released", "handed-over", "nil", "digest", "weekly", "admin",
		"alarm", "leaders-month", "year-end", "counts"};
	for (size_t i = 0; i < sizeof without / sizeof *without; i++)
		if (text_equal(template, without[i]))
			return false;
	return true;
}

/* Does "please ignore this if it is in" fit these texts? */
static bool asks_for_something(const struct part_group *g, size_t n)
{
	static const char *const other[] = {
		"leaders", "nil", "released", "handed-over", "confirm", "ask", "weekly", "admin", "alarm",
		"leaders-month", "year-end", "counts"};
	for (size_t i = 0; i < n; i++) {
		bool found = false;
		for (size_t k = 0; k < sizeof other / sizeof *other; k++)
			found = found || text_equal(g[i].template, other[k]);
		if (!found)
			return true;
	}
	return false;
}

static const char *link_of(const struct part_group *g, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (g[i].part->link && g[i].part->link[0])
			return g[i].part->link;
	return "";
}

/* Somebody is away and somebody stands in: both read it, once. */
static void put_leave(
	const struct viewing *x, const struct part_group *g, size_t n, struct view *v)
{
	struct date today = zone_to_civil(x->c->zone, x->now).date;
	const struct person *p = g[0].part->reminder->person;
	for (size_t i = 0; i < n && p && !p->room; i++) {
		const struct obligation *o = g[i].o;
		const struct stakeholder *w = o ? leave_absent(o, p, today) : NULL;
		const struct person *in = NULL;
		for (size_t k = 0; o && k < o->n_who && !w && !in; k++)
			if (o->who[k].person == p && leave_holds(&o->who[k], today))
				in = leave_stand_in(o, &o->who[k], today);
		if (!w && !in)
			continue;
		const struct person *away = w ? w->person : p;
		view_put(x, v, "absent", w ? away->name : "");
		view_put(x, v, "stand_in", in ? in->name : "");
		put_date(x, v, "absent_until", leave_on(away, today)->last, STYLE_DATE);
		return;
	}
}

void message_view_root(
	const struct viewing *x, const struct part_group *g, size_t n, struct view *v)
{
	const struct message_part *p = g[0].part;
	struct civil now = zone_to_civil(x->c->zone, x->now);
	struct buf b;
	buf_init(&b, TEXT_BYTES);
	x->w->put_moment(&b, now.date, now.second / 60);
	view_put(x, v, "as_of", keep(x, &b));
	put_date(x, v, "today", now.date, STYLE_FULL);
	view_put(x, v, "person", p->reminder->person ? p->reminder->person->name : "");
	view_put(x, v, "organisation", x->c->organisation);
	view_put(x, v, "notice", x->c->notice);
	view_put(x, v, "community", x->c->community);
	view_put(x, v, "campaign", x->c->campaign);
	view_put(x, v, "contact", x->c->contact);
	view_put(x, v, "link", link_of(g, n));
	view_put(x, v, "page", p->page);
	if (p->period)
		view_put(x, v, "period", p->period);
	view_put(x, v, "count", arena_printf(x->a, "%zu", n));
	view_put_flag(v, "several", n > 1);
	view_put_flag(v, "box", n == 1 && g[0].o && has_box(g[0].template));
	view_put_flag(v, "ignorable", asks_for_something(g, n));
	put_bases(x, g, n, v);
	bool sample = false, late = false;
	for (size_t i = 0; i < n; i++) {
		sample = sample || (g[i].o && g[i].o->sample);
		late = late || g[i].late;
	}
	put_leave(x, g, n, v);
	view_put_flag(v, "sample", sample);
	view_put_flag(v, "late", late);
}
