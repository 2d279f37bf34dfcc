/* The tables in words: CSV, and JSON for a page. */
#include <stdio.h>
#include <string.h>

#include "csv.h"
#include "message_titles.h"
#include "page_json.h"
#include "report.h"
#include "report_words.h"
#include "zone.h"

enum { CELL_BYTES = 2000 };

static const struct report_words *words(const struct viewing *x)
{
	return &REPORT_WORDS[words_language(x->c->language)];
}

const char *report_period(const struct viewing *x, const struct report *r)
{
	return r->month ? arena_printf(x->a, words(x)->month_of_year, r->year, r->month)
			: arena_printf(x->a, words(x)->year, r->year);
}

const char *report_lead(const struct viewing *x, const struct obligation *o)
{
	const char *s = "";
	for (size_t i = 0; i < o->n_who; i++)
		if (o->who[i].role == ROLE_LEAD)
			s = arena_printf(
				x->a, "%s%s%s", s, s[0] ? x->w->sep : "", o->who[i].person->name);
	return s;
}

/* ---- state ---------------------------------------------------------------------------------------- */

/* Nobody waits for it; NULL: somebody does. */
static const char *excused(const struct viewing *x, const struct obligation *o)
{
	if (o->state == STATE_CANCELLED)
		return words(x)->cancelled;
	if (o->state == STATE_WAIVED)
		return words(x)->waived;
	return o->conditional ? words(x)->conditional : NULL;
}

static const char *item_status(const struct viewing *x, const struct report_row *row)
{
	const struct report_words *w = words(x);
	if (row->item->state == ITEM_RECEIVED)
		return w->received;
	if (row->item->state == ITEM_REPORTED)
		return w->reported;
	if (row->item->returned)
		return w->returned;
	return row->in.days_late ? w->overdue : w->open;
}

/* How far a quota is, and for how long it should have been filled. */
static const char *counted(const struct viewing *x, const struct report_row *row)
{
	const struct report_words *w = words(x);
	const struct count *c = row->o->count;
	const char *far = arena_printf(x->a, w->counted, c->done, c->quota);
	if (!row->in.days_late)
		return far;
	return arena_printf(x->a, "%s%s%s", arena_printf(x->a, w->is_late, row->in.days_late),
		x->w->sep, far);
}

const char *report_status(const struct viewing *x, const struct report_row *row)
{
	const struct report_words *w = words(x);
	const char *why = excused(x, row->o);
	bool missing = instant_is_none(row->in.at);
	if (why || row->item)
		return why ? why : item_status(x, row);
	if (row->o->count && missing)
		return counted(x, row);
	if (row->in.days_late)
		return arena_printf(x->a, missing ? w->is_late : w->came_late, row->in.days_late);
	return missing ? w->open : w->in_time;
}

const char *report_kind(const struct viewing *x, const struct report_row *row)
{
	if (excused(x, row->o))
		return "quiet";
	if (instant_is_none(row->in.at))
		return row->in.days_late ? "late" : "open";
	bool reported =
		row->item ? row->item->state == ITEM_REPORTED : row->o->state == STATE_REPORTED;
	return reported ? "wait" : row->in.days_late ? "late" : "ok";
}

static void add_remark(const struct viewing *x, struct buf *b, const char *s)
{
	if (b->len)
		buf_puts(b, x->w->sep);
	buf_puts(b, s);
}

static const char *remarks(const struct viewing *x, const struct report_row *row)
{
	const struct report_words *w = words(x);
	const struct obligation *o = row->o;
	struct buf b;
	buf_init(&b, CELL_BYTES);
	if (row->in.days_late && !excused(x, o))
		add_remark(x, &b,
			arena_printf(x->a, instant_is_none(row->in.at) ? w->is_late : w->came_late,
				row->in.days_late));
	if (o->count && o->state == STATE_OPEN)
		add_remark(x, &b, arena_printf(x->a, w->counted, o->count->done, o->count->quota));
	if (row->in.returned)
		add_remark(x, &b, arena_printf(x->a, w->sent_back, row->in.returned));
	if (o->standing.nil)
		add_remark(x, &b, w->nil);
	if (o->backfill)
		add_remark(x, &b, w->backfill);
	if (o->provisional)
		add_remark(x, &b, w->provisional);
	const char *s = arena_strdup(x->a, b.data ? b.data : "");
	buf_done(&b);
	return s;
}

/* ---- cells ---------------------------------------------------------------------------------------- */

static struct date due_of(const struct report_row *row)
{
	return row->item ? obligation_form_date(row->o, row->item->form) : row->o->due;
}

static const char *day_cell(const struct viewing *x, struct date d)
{
	char text[DATE_TEXT_SIZE];
	return date_is_none(d) ? "" : arena_strdup(x->a, date_format(d, text));
}

static const char *moment_cell(const struct viewing *x, struct instant t)
{
	if (instant_is_none(t))
		return "";
	struct civil c = zone_to_civil(x->c->zone, t);
	char text[DATE_TEXT_SIZE];
	return arena_printf(x->a, "%s %02d:%02d", date_format(c.date, text), c.second / 3600,
		c.second / 60 % 60);
}

static const char *count_cell(const struct viewing *x, int n)
{
	return n ? arena_printf(x->a, "%d", n) : "";
}

struct cells {
	const char *month, *unit, *lead, *title, *deliverable, *form, *due, *at, *status, *remarks,
		*days_late, *returned, *points;
};

static struct cells cells_of(const struct viewing *x, const struct report_row *row)
{
	return (struct cells){
		.month = arena_printf(x->a, words(x)->month, date_month(row->o->due)),
		.unit = title_unit(x, row->o),
		.lead = report_lead(x, row->o),
		.title = title_full(x, row->o),
		.deliverable = row->item ? row->item->deliverable->name : "",
		.form = row->item ? x->w->forms[row->item->form] : "",
		.due = day_cell(x, due_of(row)),
		.at = moment_cell(x, row->in.at),
		.status = report_status(x, row),
		.remarks = remarks(x, row),
		.days_late = count_cell(x, row->in.days_late),
		.returned = count_cell(x, (int)row->in.returned),
		.points = count_cell(x, report_points_lost(row)),
	};
}

/* ---- the two forms -------------------------------------------------------------------------------- */

void report_csv(const struct viewing *x, const struct report *r, struct buf *out)
{
	csv_begin(out);
	csv_row(out, r->month ? words(x)->month_head : words(x)->year_head,
		r->month ? REPORT_MONTH_COLUMNS : REPORT_YEAR_COLUMNS);
	for (size_t i = 0; i < r->n; i++) {
		struct cells c = cells_of(x, &r->row[i]);
		const char *const month[] = {c.month, c.unit, c.lead, c.title, c.deliverable,
			c.form, c.due, c.at, c.status, c.remarks};
		const char *const year[] = {c.month, c.unit, c.lead, c.title, c.due, c.at,
			c.days_late, c.returned, c.points, c.status};
		csv_row(out, r->month ? month : year,
			r->month ? REPORT_MONTH_COLUMNS : REPORT_YEAR_COLUMNS);
	}
}

static json_t *row_json(const struct viewing *x, const struct report_row *row)
{
	struct cells c = cells_of(x, row);
	json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "id", row->o->id, "month",
		c.month, "unit", c.unit, "lead", c.lead, "title", c.title, "deliverable",
		c.deliverable, "form", c.form, "kind", report_kind(x, row));
	json_object_set_new(o, "due", page_date(due_of(row)));
	json_object_set_new(o, "at", json_string(c.at));
	json_object_set_new(o, "status", json_string(c.status));
	json_object_set_new(o, "remarks", json_string(c.remarks));
	json_object_set_new(o, "days_late", json_integer(row->in.days_late));
	json_object_set_new(o, "returned", json_integer((json_int_t)row->in.returned));
	json_object_set_new(o, "points", json_integer(report_points_lost(row)));
	return o;
}

json_t *report_json(const struct viewing *x, const struct report *r)
{
	json_t *rows = json_array();
	bool sample = false;
	for (size_t i = 0; i < r->n; i++) {
		json_array_append_new(rows, row_json(x, &r->row[i]));
		sample = sample || r->row[i].o->sample;
	}
	return json_pack("{s:s,s:i,s:i,s:b,s:b,s:o}", "period", report_period(x, r), "year",
		r->year, "month", r->month, "cut", r->cut, "sample", sample, "rows", rows);
}
