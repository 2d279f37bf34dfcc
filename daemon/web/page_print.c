/* What is printed on A4: the receipt slip of an obligation, the table of a month or a year. */
#include <string.h>

#include "page_card.h"
#include "page_texts.h"
#include "page_view.h"

static void put_heading(const struct page_view *x, const json_t *data, struct view *v)
{
	page_copy(v, data, "organisation");
	page_copy(v, data, "campaign");
	page_copy(v, data, "notice");
	page_copy(v, data, "name");
	view_set(v, "now", page_moment(x, page_get(data, "now")));
	view_set(v, "back", x->at->self);
}

/* ---- the slip ------------------------------------------------------------------------------------- */

static void put_fact(struct view *v, const char *what, const char *value)
{
	if (!value[0])
		return;
	struct view *f = view_add(v, "facts");
	view_set(f, "what", what);
	view_set(f, "value", value);
}

static const char *date_words(const struct page_view *x, struct date d)
{
	struct view *v = view_new(x->a);
	page_put_date(x, v, "d", d, STYLE_FULL);
	return page_fill(x, "{{d}}", "date", v);
}

static const char *lead_names(const struct page_view *x, const json_t *o)
{
	const char *s = "";
	size_t i;
	json_t *p;
	json_array_foreach(
		json_object_get(o, "people"), i, p) if (card_is(page_get(p, "role"), "lead")) s =
		arena_printf(x->a, "%s%s%s", s, s[0] ? x->w->sep : "", page_get(p, "name"));
	return s;
}

static void put_form_dates(const struct page_view *x, const json_t *o, struct view *v)
{
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(o, "forms"), i, f)
	{
		const char *form = page_get(f, "form");
		bool paper = card_is(form, "paper");
		const char *clock = page_clock(x, page_get(f, "at"));
		if (date_is_none(page_get_date(f, "by")))
			continue;
		put_fact(v,
			arena_printf(
				x->a, paper ? "%s最迟送达" : "%s截止", page_card_form(x, form)),
			arena_printf(x->a, "%s %s", date_words(x, page_get_date(f, "by")), clock));
	}
}

static const char *indicators(const struct page_view *x, const json_t *o)
{
	const char *s = "";
	size_t i;
	json_t *name;
	json_array_foreach(json_object_get(o, "indicators"), i, name) s = arena_printf(x->a,
		"%s%s%s", s, i ? "；" : "", json_is_string(name) ? json_string_value(name) : "");
	return s;
}

static void put_facts(const struct page_view *x, const json_t *o, struct view *v)
{
	const json_t *occasion = json_object_get(o, "occasion");
	const char *room = page_get(o, "room"), *office = page_get(o, "office");
	int points = page_get_int(o, "points");
	put_fact(v, "报送任务", page_get(o, "title"));
	put_fact(v, "责任单位", page_get(o, "unit"));
	put_fact(v, "责任人", lead_names(x, o));
	put_fact(v, "接收部门", room[0] ? arena_printf(x->a, "%s（%s）", office, room) : office);
	put_form_dates(x, o, v);
	if (!date_is_none(page_get_date(occasion, "last_day")))
		put_fact(v, "活动结束", date_words(x, page_get_date(occasion, "last_day")));
	put_fact(v, "★指标", indicators(x, o));
	put_fact(v, "文号", page_get(o, "document"));
	put_fact(v, "依据", page_get(o, "basis"));
	if (points)
		put_fact(v, "测评分值", arena_printf(x->a, "%d分", points));
}

/* A box to tick for each form that is owed; one that was received is ticked already. */
static void put_boxes(const json_t *del, struct view *row)
{
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(del, "forms"), i, f)
	{
		bool paper = card_is(page_get(f, "form"), "paper");
		bool in = card_is(page_get(f, "state"), "received");
		view_set(row, paper ? "paper" : "electronic", in ? "☑" : "☐");
	}
}

static void put_materials(const struct page_view *x, const json_t *o, struct view *v)
{
	size_t i, k;
	json_t *del, *check;
	json_array_foreach(json_object_get(o, "deliverables"), i, del)
	{
		struct view *row = view_add(v, "materials");
		page_put_number(x, row, "number", (int)i + 1);
		page_copy(row, del, "name");
		page_copy(row, del, "seal");
		put_boxes(del, row);
		json_array_foreach(json_object_get(del, "checklist"), k, check)
			view_set(view_add(row, "checks"), "check",
				json_is_string(check) ? json_string_value(check) : "");
	}
}

enum rc page_slip(const json_t *data, const struct page_place *at, struct buf *out)
{
	struct arena a = ARENA_INIT;
	struct page_view x = page_begin(&a, data, at);
	struct view *v = view_new(&a);
	const json_t *o = json_object_get(data, "obligation");
	put_heading(&x, data, v);
	page_copy(v, o, "id");
	put_facts(&x, o, v);
	put_materials(&x, o, v);
	const char *title = arena_printf(&a, "材料报送签收单 · %s", page_get(o, "title"));
	enum rc rc = page_finish(&x, title, page_fill(&x, PAGE_TEXT_slip, "slip", v), out);
	arena_done(&a);
	return rc;
}

/* ---- the table ------------------------------------------------------------------------------------ */

static bool is_same(const json_t *a, const json_t *b, const char *name)
{
	return strcmp(page_get(a, name), page_get(b, name)) == 0;
}

/* How many rows from i on say the same in these places. */
static int span_of(const json_t *rows, size_t i, const char *name, const char *other)
{
	const json_t *first = json_array_get(rows, i), *r;
	int n = 1;
	while ((r = json_array_get(rows, i + (size_t)n)) && is_same(first, r, name) &&
		is_same(first, r, other))
		n++;
	return n;
}

static void put_row(const struct page_view *x, const json_t *rows, size_t i, struct view *row)
{
	static const char *const TEXT[] = {
		"month", "unit", "lead", "title", "form", "at", "status", "remarks", "kind"};
	const json_t *r = json_array_get(rows, i), *before = i ? json_array_get(rows, i - 1) : NULL;
	bool first = !before || !is_same(before, r, "id");
	for (size_t k = 0; k < sizeof TEXT / sizeof *TEXT; k++)
		page_copy(row, r, TEXT[k]);
	page_copy(row, r, "deliverable");
	page_put_date(x, row, "due", page_get_date(r, "due"), STYLE_DATE);
	page_put_number(x, row, "days_late", page_get_int(r, "days_late"));
	page_put_number(x, row, "returned", page_get_int(r, "returned"));
	page_put_number(x, row, "points", page_get_int(r, "points"));
	if (first)
		page_put_number(x, row, "span", span_of(rows, i, "id", "id"));
	if (first || !is_same(before, r, "deliverable"))
		page_put_number(x, row, "material_span", span_of(rows, i, "id", "deliverable"));
}

static const char *report_name(const struct page_view *x, int year, int month)
{
	return month ? arena_printf(x->a, "report-%04d-%02d", year, month)
		     : arena_printf(x->a, "report-%04d", year);
}

static void put_link(
	const struct page_view *x, struct view *v, const char *text, int year, int month)
{
	struct view *l = view_add(v, "links");
	view_set(l, "text", text);
	view_set(l, "href", page_path(x, report_name(x, year, month)));
}

static void put_links(const struct page_view *x, int year, int month, struct view *v)
{
	int y = year, m = month;
	view_set(v, "csv", page_path(x, arena_printf(x->a, "%s.csv", report_name(x, year, month))));
	if (!month) {
		put_link(x, v, "上一年", year - 1, 0);
		put_link(x, v, "下一年", year + 1, 0);
		return;
	}
	date_add_months(&y, &m, -1);
	put_link(x, v, "上月", y, m);
	date_add_months(&y, &m, 2);
	put_link(x, v, "下月", y, m);
	put_link(x, v, "全年汇总", year, 0);
}

static void put_table(const struct page_view *x, const json_t *table, struct view *v)
{
	const json_t *rows = json_object_get(table, "rows");
	int year = page_get_int(table, "year"), month = page_get_int(table, "month");
	size_t n = json_array_size(rows);
	page_copy(v, table, "period");
	view_set_flag(v, "cut", page_get_flag(table, "cut"));
	view_set_flag(v, "sample", page_get_flag(table, "sample"));
	view_set_flag(v, "is_month", month);
	view_set_flag(v, "has_rows", n);
	for (size_t i = 0; i < n; i++)
		put_row(x, rows, i, view_add(v, month ? "items" : "rows"));
	if (year > DATE_YEAR_MIN && year < DATE_YEAR_MAX && month >= 0 && month <= 12)
		put_links(x, year, month, v);
}

enum rc page_table(const json_t *data, const struct page_place *at, struct buf *out)
{
	struct arena a = ARENA_INIT;
	struct page_view x = page_begin(&a, data, at);
	struct view *v = view_new(&a);
	const json_t *table = json_object_get(data, "table");
	put_heading(&x, data, v);
	put_table(&x, table, v);
	const char *title = arena_printf(&a, "%s材料报送情况表", page_get(table, "period"));
	enum rc rc = page_finish(&x, title, page_fill(&x, PAGE_TEXT_table, "table", v), out);
	arena_done(&a);
	return rc;
}
