/* The leaders' page: the months of a year at a glance, what is late, points in doubt. */
#include <string.h>

#include "page_texts.h"
#include "page_view.h"

static void put_line(const struct page_view *x, const json_t *line, struct view *row)
{
	page_copy(row, line, "title");
	page_copy(row, line, "unit");
	page_copy(row, line, "lead");
	page_copy(row, line, "status");
	page_copy(row, line, "kind");
	page_put_number(x, row, "points", page_get_int(line, "points"));
	page_put_date(x, row, "due", page_get_date(line, "due"), STYLE_DATE);
	page_put_date(x, row, "day", page_get_date(line, "due"), STYLE_DAY);
}

/* A unit that is not the month's only one is named with what it owes. */
static bool is_the_one(const json_t *duties, const json_t *line)
{
	return json_array_size(duties) == 1 &&
	       strcmp(page_get(json_array_get(duties, 0), "unit"), page_get(line, "unit")) == 0;
}

static void put_month(const struct page_view *x, int year, const json_t *month, struct view *v)
{
	int number = page_get_int(month, "month");
	size_t i;
	json_t *o;
	if (number < 1 || number > 12)
		return;
	struct view *m = view_add(v, "months");
	page_put_number(x, m, "month", number);
	view_set_flag(m, "present", date_year(x->today) == year && date_month(x->today) == number);
	view_set_flag(m, "provisional", page_get_flag(month, "provisional"));
	view_set(m, "table", page_path(x, arena_printf(x->a, "report-%04d-%02d", year, number)));
	json_array_foreach(json_object_get(month, "duties"), i, o)
	{
		struct view *d = view_add(m, "duties");
		page_copy(d, o, "unit");
		page_copy(d, o, "lead");
	}
	json_array_foreach(json_object_get(month, "lines"), i, o)
	{
		struct view *line = view_add(m, "lines");
		put_line(x, o, line);
		view_set_flag(line, "other", !is_the_one(json_object_get(month, "duties"), o));
	}
	view_set_flag(m, "has_lines", i);
}

static void put_count(
	const struct page_view *x, struct view *v, const char *kind, const char *text, int n)
{
	struct view *c = view_add(v, "counts");
	view_set(c, "kind", n ? kind : "none");
	view_set(c, "text", text);
	view_set(c, "n", arena_printf(x->a, "%d", n));
}

/* Lines of a kind, in the present month or in all. */
static int count_lines(const struct page_view *x, const json_t *months, const char *kind, bool all)
{
	size_t i, k;
	json_t *m, *line;
	int n = 0;
	json_array_foreach(months, i, m) json_array_foreach(json_object_get(m, "lines"), k, line)
		n += strcmp(page_get(line, "kind"), kind) == 0 &&
		     (all || page_get_int(m, "month") == date_month(x->today));
	return n;
}

enum rc page_leaders(const json_t *data, const struct page_place *at, struct buf *out)
{
	struct arena a = ARENA_INIT;
	struct page_view x = page_begin(&a, data, at);
	struct view *v = view_new(&a);
	const json_t *months = json_object_get(data, "months"),
		     *late = json_object_get(data, "late");
	int year = page_get_int(data, "year");
	size_t i;
	json_t *o;
	page_copy(v, data, "organisation");
	page_copy(v, data, "campaign");
	page_copy(v, data, "name");
	page_copy(v, data, "notice");
	page_put_number(&x, v, "year", year);
	view_set(v, "now", page_moment(&x, page_get(data, "now")));
	view_set(v, "table", page_path(&x, arena_printf(&a, "report-%04d", year)));
	put_count(&x, v, "late", "逾期未报", (int)json_array_size(late));
	put_count(&x, v, "open", "本月待报", count_lines(&x, months, "open", false));
	put_count(&x, v, "ok", "全年已报结", count_lines(&x, months, "ok", true));
	put_count(&x, v, "late", "逾期涉及分值", page_get_int(data, "lost"));
	json_array_foreach(late, i, o) put_line(&x, o, view_add(v, "late"));
	view_set_flag(v, "has_late", i);
	json_array_foreach(months, i, o) put_month(&x, year, o, v);
	const char *title = arena_printf(&a, "%d年报送情况", year);
	enum rc rc = page_finish(&x, title, page_fill(&x, PAGE_TEXT_leaders, "leaders", v), out);
	arena_done(&a);
	return rc;
}
