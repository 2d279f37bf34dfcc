#include "feed_event.h"

#include <string.h>

#include "feed_words.h"
#include "ical_text.h"

enum { MAIL_BLOCK_S = 30 * 60, MAIL_ALARM_S = 2 * 3600, RAW_MAX = 16 << 20 };

/* A cleaned copy in the arena. */
static const char *clean(struct arena *a, const char *s, size_t max, const char *newline)
{
	return ical_clean(a, s, strlen(s), max, newline);
}

static const char *join(struct arena *a, const char *x, const char *y, const char *z)
{
	size_t nx = strlen(x), ny = strlen(y), nz = strlen(z);
	char *s = ARENA_ARRAY(a, nx + ny + nz + 1, char);
	memcpy(s, x, nx);
	memcpy(s + nx, y, ny);
	memcpy(s + nx + ny, z, nz);
	return s;
}

/* libical prints a category's comma as it is, which would make two of it. */
static const char *clean_category(struct arena *a, const char *s)
{
	char *plain = arena_strdup(a, s);
	for (char *p = plain; *p; p++)
		if (strchr(",;\\", *p))
			*p = ' ';
	return clean(a, plain, ICAL_SUMMARY_MAX, " ");
}

/* Turn what a builder wrote into an arena string and release it. */
static const char *take(struct buf *b, struct arena *a, size_t max, const char *newline)
{
	const char *s = ical_clean(a, b->data, b->len, max, newline);
	buf_done(b);
	return s;
}

static const char *take_line(struct buf *b, struct arena *a)
{
	return take(b, a, ICAL_SUMMARY_MAX, " ");
}

static struct ical_event new_event(const struct config *c, const char *id, struct arena *a)
{
	return (struct ical_event){
		.uid = clean(a, join(a, id, "@", c->domain), ICAL_SUMMARY_MAX, ""),
		.start = INSTANT_NONE,
		.end = INSTANT_NONE,
	};
}

/* ---- summary ------------------------------------------------------------------------------- */

static const char *state_prefix(const struct feed_words *w, const struct obligation *o)
{
	switch (o->state) {
	case STATE_DONE:
		return w->done;
	case STATE_WAIVED:
		return w->waived;
	case STATE_CANCELLED:
		return w->cancelled;
	default:
		return "";
	}
}

static bool is_over(const struct obligation *o)
{
	return o->state == STATE_DONE || o->state == STATE_WAIVED || o->state == STATE_CANCELLED;
}

/* Which month, half-year or occasion: 7月, 2024年上半年, 中秋节. */
static void put_period(const struct feed_words *w, const struct obligation *o, struct buf *b)
{
	int year = date_year(o->period_first);
	switch (o->rule->kind) {
	case RULE_MONTHLY:
		w->put_month(b, year, date_month(o->period_first));
		break;
	case RULE_AFTER:
		if (o->occasion)
			buf_printf(b, "%s%s", o->occasion->name, w->gap);
		break;
	case RULE_COUNT:
		buf_printf(b,
			!o->rule->per_half_year            ? w->year
			: date_month(o->period_first) <= 6 ? w->first_half
							   : w->second_half,
			year);
		break;
	case RULE_ONCE:
		break;
	}
}

static const char *unit_names(const struct config *c, const struct feed_words *w,
	const struct obligation *o, struct arena *a)
{
	if (!o->unit)
		return c->organisation;
	/* Whose the deadline is. */
	const char *name = obligation_unit_on(o, false, o->due)->name;
	if (!o->joint_unit)
		return name;
	return join(a, name, w->list_sep, obligation_unit_on(o, true, o->due)->name);
}

static const char *obligation_summary(const struct config *c, const struct feed_words *w,
	const struct obligation *o, struct arena *a)
{
	struct buf b;
	buf_init(&b, RAW_MAX);
	buf_puts(&b, state_prefix(w, o));
	if (o->provisional && !is_over(o))
		buf_puts(&b, w->provisional);
	if (o->conditional && !is_over(o))
		buf_puts(&b, w->unconfirmed);
	buf_puts(&b, w->due);
	put_period(w, o, &b);
	buf_puts(&b, o->rule->name);
	feed_words_put(&b, w->by_unit, (const char *const[]){unit_names(c, w, o, a)});
	return take_line(&b, a);
}

/* ---- description ------------------------------------------------------------------------------ */

/* Where lines of a description are gathered. */
struct page {
	const struct feed_words *w;
	struct buf b;
	struct buf day; /* scratch */
	struct arena *a;
};

static void put_words(
	struct page *p, const char *format, const char *x, const char *y, const char *z)
{
	feed_words_put(&p->b, format, (const char *const[]){x, y, z});
	buf_putc(&p->b, '\n');
}

static void put_text(struct page *p, const char *format, const char *text)
{
	if (text && *text)
		put_words(p, format, text, "", "");
}

static void put_line(struct page *p, const char *line)
{
	put_text(p, "%s", line);
}

static const char *day_text(struct page *p, struct date d)
{
	buf_clear(&p->day);
	p->w->put_day(&p->day, d);
	return arena_strdup(p->a, p->day.data);
}

/* The day and the office's closing time on it. */
static const char *closing_text(struct page *p, const struct office *o, struct date d)
{
	int minute = office_closes(o, d);
	buf_clear(&p->day);
	p->w->put_day(&p->day, d);
	buf_printf(&p->day, "%s%02d:%02d", p->w->gap, minute / 60, minute % 60);
	return arena_strdup(p->a, p->day.data);
}

static void put_deadlines(struct page *p, const struct obligation *o)
{
	const struct office *office = o->rule->office;
	put_text(p, p->w->due_at, closing_text(p, office, o->due));
	if ((o->forms & BIT(FORM_PAPER)) && date_compare(o->hand_in, o->due) != 0)
		put_words(p, o->hand_in_late ? p->w->paper_late : p->w->paper_by,
			closing_text(p, office, o->hand_in), office->name, office->place);
}

static void put_activity(struct page *p, const struct obligation *o)
{
	if (!o->occasion || date_is_none(o->last_day))
		return;
	const char *last = day_text(p, o->last_day);
	bool one_day =
		date_is_none(o->planned_first) || date_compare(o->planned_first, o->last_day) >= 0;
	put_text(p, p->w->activity,
		one_day ? last
			: arena_printf(p->a, p->w->span, day_text(p, o->planned_first), last));
}

static void put_state(struct page *p, const struct obligation *o)
{
	const struct feed_words *w = p->w;
	put_line(p, o->state == STATE_REPORTED    ? w->state_reported
		    : o->state == STATE_DONE      ? w->state_done
		    : o->state == STATE_WAIVED    ? w->state_waived
		    : o->state == STATE_CANCELLED ? w->state_cancelled
						  : "");
}

/* The forms in which a deliverable is still missing, as BIT(form). */
static unsigned missing_forms(const struct obligation *o, const struct deliverable *d)
{
	unsigned forms = 0;
	for (size_t i = 0; i < o->n_items; i++)
		if (o->item[i].deliverable == d && o->item[i].state == ITEM_MISSING)
			forms |= BIT(o->item[i].form);
	return forms;
}

static void put_deliverable(struct page *p, const struct deliverable *d, unsigned forms)
{
	const struct feed_words *w = p->w;
	bool paper = forms & BIT(FORM_PAPER), electronic = forms & BIT(FORM_ELECTRONIC);
	const char *text = join(p->a, paper ? w->forms[FORM_PAPER] : "",
		paper && electronic ? w->list_sep : "",
		electronic ? w->forms[FORM_ELECTRONIC] : "");
	put_words(p, w->deliverable, d->name, text, "");
	put_text(p, w->seal, d->seal);
	for (size_t i = 0; i < d->n_checklist; i++)
		put_text(p, w->check, d->checklist[i]);
}

static void put_missing(struct page *p, const struct obligation *o)
{
	if (is_over(o) || !obligation_is_missing(o, FORM_NONE))
		return;
	put_line(p, p->w->missing);
	for (size_t i = 0; i < o->rule->n_deliverables; i++) {
		const struct deliverable *d = &o->rule->deliverable[i];
		unsigned forms = missing_forms(o, d);
		if (forms)
			put_deliverable(p, d, forms);
	}
}

static void put_indicators(struct page *p, const struct obligation *o)
{
	struct buf b;
	buf_init(&b, RAW_MAX);
	for (size_t i = 0; i < o->n_indicators; i++) {
		buf_puts(&b, i ? p->w->list_sep : "");
		buf_puts(&b, o->indicator[i]);
	}
	put_text(p, p->w->indicators, b.data);
	buf_done(&b);
}

static const char *office_text(struct page *p, const struct office *o)
{
	return *o->place ? arena_printf(p->a, p->w->place, o->name, o->place) : o->name;
}

static void put_basis(struct page *p, const struct obligation *o)
{
	put_text(p, p->w->document, o->rule->document);
	put_text(p, p->w->basis, o->rule->basis);
	if (o->rule->points > 0) {
		buf_printf(&p->b, p->w->points, o->rule->points);
		buf_putc(&p->b, '\n');
	}
}

static void put_remarks(struct page *p, const struct obligation *o)
{
	if (o->conditional && !is_over(o))
		put_text(p, p->w->ask, o->rule->office->name);
	if (o->provisional_roster)
		put_line(p, p->w->roster_unsure);
	if (o->provisional_days)
		put_line(p, p->w->days_unsure);
	if (o->backfill)
		put_line(p, p->w->backfill);
}

static const char *obligation_description(const struct config *c, const struct feed_words *w,
	const struct obligation *o, struct arena *a)
{
	struct page p = {.w = w, .a = a};
	buf_init(&p.b, RAW_MAX);
	buf_init(&p.day, 200);
	put_deadlines(&p, o);
	if (!date_is_none(o->internal))
		put_text(&p, w->internal, day_text(&p, o->internal));
	put_activity(&p, o);
	put_text(&p, w->office, office_text(&p, o->rule->office));
	put_text(&p, w->unit, unit_names(c, w, o, a));
	put_state(&p, o);
	put_missing(&p, o);
	put_indicators(&p, o);
	put_basis(&p, o);
	put_remarks(&p, o);
	buf_done(&p.day);
	return take(&p.b, a, ICAL_DESCRIPTION_MAX, "\n");
}

/* ---- events -------------------------------------------------------------------------------- */

static void fill_obligation(
	const struct config *c, const struct obligation *o, struct arena *a, struct ical_event *e)
{
	const struct feed_words *w = feed_words_of(c->language);
	const struct office *office = o->rule->office;
	e->summary = obligation_summary(c, w, o, a);
	e->description = obligation_description(c, w, o, a);
	e->location =
		clean(a, join(a, office->name, " ", office->place), ICAL_LOCATION_MAX, w->newline);
	e->category[0] = w->category_task;
	e->category[1] = clean_category(a, o->rule->name);
	e->cancelled = o->state == STATE_WAIVED || o->state == STATE_CANCELLED;
}

struct ical_event feed_event_of_obligation(
	const struct config *c, const struct obligation *o, bool alarms, struct arena *a)
{
	struct ical_event e = new_event(c, o->id, a);
	fill_obligation(c, o, a, &e);
	e.first = e.last = date_min(o->hand_in, o->due);
	e.alarm_s = alarms && o->state == STATE_OPEN && !o->backfill ? FEED_ALARM_S : 0;
	return e;
}

struct ical_event feed_event_of_deadline(const struct config *c, const struct obligation *o,
	enum form form, const char *url, struct arena *a)
{
	struct ical_event e = new_event(c, join(a, o->id, "-mail", ""), a);
	fill_obligation(c, o, a, &e);
	if (url && ical_uri_is_valid(url)) {
		/* Google shows no URL field, so the text has it too. */
		const char *line = arena_printf(a, feed_words_of(c->language)->link, url);
		e.description = join(a, e.description, "\n", line);
		e.url = url;
	}
	e.end = obligation_form_at(o, form);
	e.start = (struct instant){e.end.s - MAIL_BLOCK_S};
	e.alarm_s = e.cancelled ? 0 : MAIL_ALARM_S;
	return e;
}

const char *feed_id_of_duty(const struct unit *u, int year, int month, struct arena *a)
{
	return arena_printf(a, "duty/%04d-%02d/%s", year, month, u->id);
}

const char *feed_id_of_occasion(const struct occasion *o, struct span s, struct arena *a)
{
	return arena_printf(a, "occasion/%s-%d", o->id, date_year(s.last));
}

struct ical_event feed_event_of_duty(const struct config *c, const struct unit *u, int year,
	int month, bool provisional, struct arena *a)
{
	const struct feed_words *w = feed_words_of(c->language);
	struct ical_event e = new_event(c, feed_id_of_duty(u, year, month, a), a);
	struct buf name, b;
	buf_init(&name, 100);
	buf_init(&b, RAW_MAX);
	w->put_month(&name, year, month);
	buf_puts(&b, provisional ? w->provisional : "");
	feed_words_put(&b, w->duty, (const char *const[]){name.data, u->name});
	buf_done(&name);
	e.summary = take_line(&b, a);
	e.description = provisional ? w->roster_unsure : "";
	e.category[0] = w->category_duty;
	e.first = date_clamped(year, month, 1);
	e.last = date_clamped(year, month, 31);
	return e;
}

struct ical_event feed_event_of_occasion(
	const struct config *c, const struct occasion *o, struct span s, struct arena *a)
{
	struct ical_event e = new_event(c, feed_id_of_occasion(o, s, a), a);
	e.summary = clean(a, o->name, ICAL_SUMMARY_MAX, " ");
	if (!*e.summary)
		e.summary = o->id;
	e.category[0] = feed_words_of(c->language)->category_occasion;
	e.first = s.first;
	e.last = s.last;
	return e;
}

struct ical_event feed_event_of_nothing(
	const struct config *c, const char *tag, struct date day, bool revoked, struct arena *a)
{
	const struct feed_words *w = feed_words_of(c->language);
	struct ical_event e = new_event(c, tag, a);
	e.summary = revoked ? w->revoked : w->nothing;
	e.description = revoked ? w->revoked_more : w->nothing_more;
	e.category[0] = w->category_note;
	e.first = e.last = day;
	return e;
}
