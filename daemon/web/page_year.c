/* The picture of a year: twelve small calendars with who is responsible and what is due when. */
#include <string.h>

#include "date.h"

#include "page_texts.h"
#include "page_view.h"

enum { CELL = 26, ROW = 21, HEAD = 17, DOT_Y = 11, BASELINE = 15 };

/* The most urgent of a day gives its colour. */
enum tone { TONE_NONE, TONE_QUIET, TONE_OK, TONE_OPEN, TONE_WAIT, TONE_LATE };

static enum tone tone_of(const json_t *line)
{
	const char *state = page_get(line, "state");
	if (strcmp(page_get(line, "group"), "overdue") == 0)
		return TONE_LATE;
	if (strcmp(state, "done") == 0)
		return TONE_OK;
	if (strcmp(state, "reported") == 0)
		return TONE_WAIT;
	bool quiet = strcmp(state, "open") != 0 || page_get_flag(line, "conditional") ||
		     page_get_flag(line, "backfill");
	return quiet ? TONE_QUIET : TONE_OPEN;
}

static const char *tone_text(enum tone t)
{
	static const char *const TEXT[] = {"", "quiet", "ok", "open", "wait", "late"};
	return TEXT[t];
}

/* Colours alone say nothing to some, and nothing on grey paper. */
static const char *tone_word(enum tone t)
{
	static const char *const WORD[] = {"", "", "已报结", "", "待核收", "逾期"};
	return WORD[t];
}

/* Named only where it is another than the month's. */
static bool is_on_duty(const json_t *month, const char *unit)
{
	size_t i;
	json_t *name;
	json_array_foreach(json_object_get(month, "units"), i, name)
	{
		const char *s = json_string_value(name);
		if (s && strcmp(s, unit) == 0)
			return json_array_size(json_object_get(month, "units")) == 1;
	}
	return false;
}

static void put_lines(
	const struct page_view *x, const json_t *month, struct view *v, enum tone day[32])
{
	size_t i;
	json_t *line;
	json_array_foreach(json_object_get(month, "lines"), i, line)
	{
		struct date due = page_get_date(line, "due");
		struct view *row = view_add(v, "lines");
		enum tone t = tone_of(line);
		view_set(row, "kind", tone_text(t));
		view_set(row, "word", tone_word(t));
		view_set(row, "text", page_get(line, "short"));
		if (!is_on_duty(month, page_get(line, "unit")))
			view_set(row, "unit",
				strcmp(page_get(line, "unit_id"), "bureau") == 0
					? "全局"
					: page_get(line, "unit"));
		page_put_date(x, row, "when", due, STYLE_DAY);
		if (!date_is_none(due) && t > day[date_day(due)])
			day[date_day(due)] = t;
	}
}

static void put_day(
	const struct page_view *x, struct date d, int column, int row, enum tone t, struct view *v)
{
	struct view *day = view_add(v, "days");
	page_put_number(x, day, "day", date_day(d));
	page_put_number(x, day, "x", column * CELL + CELL / 2);
	page_put_number(x, day, "y", HEAD + row * ROW + BASELINE);
	page_put_number(x, day, "cy", HEAD + row * ROW + DOT_Y);
	view_set(day, "mark", tone_text(t));
	view_set_flag(day, "square", t == TONE_LATE);
	page_put_number(x, day, "left", column * CELL + CELL / 2 - 9);
	page_put_number(x, day, "top", HEAD + row * ROW + DOT_Y - 9);
	view_set_flag(day, "now", date_compare(d, x->today) == 0);
	view_set_flag(day, "rest", column > 4);
}

/* Weeks begin on Monday. */
static void put_days(
	const struct page_view *x, int year, int month, const enum tone day[32], struct view *v)
{
	struct date first = date_clamped(year, month, 1);
	int before = ((int)date_weekday(first) + 6) % 7, n = date_days_in_month(year, month);
	for (int i = 0; i < n; i++)
		put_day(x, date_add(first, i), (before + i) % 7, (before + i) / 7, day[i + 1], v);
	page_put_number(x, v, "height", HEAD + (before + n + 6) / 7 * ROW);
}

static void put_units(const struct page_view *x, const json_t *month, struct view *v)
{
	const json_t *ids = json_object_get(month, "unit_ids");
	size_t i;
	json_t *unit;
	json_array_foreach(json_object_get(month, "units"), i, unit)
	{
		struct view *row = view_add(v, "units");
		const char *name = json_string_value(unit),
			   *id = json_string_value(json_array_get(ids, i));
		view_set(row, "name", name ? name : "");
		view_set(row, "sep", i ? x->w->sep : "");
		view_set(row, "record", id ? arena_printf(x->a, "%s?u=%s", x->at->self, id) : "");
	}
}

static void put_weekdays(const struct page_view *x, struct view *v)
{
	static const char *const NAME[] = {"一", "二", "三", "四", "五", "六", "日"};
	for (int i = 0; i < 7; i++) {
		struct view *day = view_add(v, "weekdays");
		view_set(day, "name", NAME[i]);
		page_put_number(x, day, "x", i * CELL + CELL / 2);
	}
}

static const char *month_html(const struct page_view *x, int year, const json_t *month)
{
	struct view *v = view_new(x->a);
	int number = page_get_int(month, "month");
	size_t n = json_array_size(json_object_get(month, "lines"));
	enum tone day[32] = {TONE_NONE};
	if (number < 1 || number > 12)
		return "";
	page_put_number(x, v, "month", number);
	put_units(x, month, v);
	put_weekdays(x, v);
	view_set_flag(v, "provisional", page_get_flag(month, "provisional"));
	view_set_flag(v, "present", date_year(x->today) == year && date_month(x->today) == number);
	view_set_flag(v, "past", date_year(x->today) == year && date_month(x->today) > number);
	view_set(v, "label", arena_printf(x->a, "%d年%d月，%zu项任务到期", year, number, n));
	put_lines(x, month, v, day);
	put_days(x, year, number, day, v);
	return page_fill(x, PAGE_TEXT_month, "month", v);
}

void page_put_year(const struct page_view *x, struct view *v, const char *name, const json_t *year)
{
	int number = page_get_int(year, "year");
	struct buf b;
	size_t i;
	json_t *month;
	if (number < DATE_YEAR_MIN || number > DATE_YEAR_MAX)
		return;
	buf_init(&b, PAGE_MAX);
	buf_puts(&b, "<div class=\"year\">\n");
	json_array_foreach(json_object_get(year, "months"), i, month)
		buf_puts(&b, month_html(x, number, month));
	buf_puts(&b, "</div>\n");
	view_set(v, name, arena_strndup(x->a, b.data, b.len));
	buf_done(&b);
	page_put_number(x, v, "year_number", number);
}
