/* The board of a clerk or the admin. */
#include <string.h>

#include "page_texts.h"
#include "page_view.h"

enum { REMINDERS_MAX = 12, NEAR_DAYS = 10 };
enum place { PLACE_OVERDUE, PLACE_CONFIRM, PLACE_NOW, PLACE_DONE, PLACES };

struct word {
	const char *key, *text;
};

static const char *word_of(const struct word *list, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].key, key) == 0)
			return list[i].text;
	return key;
}
#define WORD(list, key) word_of(list, sizeof(list) / sizeof *(list), key)

static const struct word CHANNEL[] = {{"email", "邮件"}, {"sms", "短信"}, {"chat", "工作群"}};
static const struct word MESSAGE[] = {{"retry", "稍后再试"}, {"unknown", "结果待核实"},
	{"dead", "发送失败"}, {"undelivered", "未送达"}};
static const struct word UNSURE[] = {{"roster", "责任单位未确认"}, {"days", "节假日安排未公布"},
	{"held", "待确认是否开展"}, {"date", "待通知"}};

/* ---- obligations ---------------------------------------------------------------------------------------- */

static enum place place_of(const json_t *o)
{
	const char *group = page_get(o, "group");
	if (strcmp(group, "overdue") == 0)
		return PLACE_OVERDUE;
	if (strcmp(page_get(o, "state"), "reported") == 0)
		return PLACE_CONFIRM;
	return strcmp(group, "done") == 0 ? PLACE_DONE : PLACE_NOW;
}

/* What is over, and what nobody has to look at yet. */
static bool is_folded(const struct page_view *x, const json_t *o, enum place p)
{
	struct date due = page_get_date(o, "due"), hand_in = page_get_date(o, "hand_in");
	if (p == PLACE_DONE || date_is_none(due) || date_is_none(x->today))
		return p == PLACE_DONE;
	struct date first = date_is_none(hand_in) ? due : date_min(due, hand_in);
	return p == PLACE_NOW && date_compare(first, date_add(x->today, NEAR_DAYS)) > 0;
}

static void put_count(
	const struct page_view *x, struct view *v, const char *kind, const char *text, size_t n)
{
	struct view *c = view_add(v, "counts");
	view_set(c, "kind", n ? kind : "none");
	view_set(c, "text", text);
	view_set(c, "n", arena_printf(x->a, "%zu", n));
}

static void put_cards(const struct page_view *x, const json_t *data, struct view *v)
{
	static const struct {
		const char *list, *has, *kind, *count;
	} PLACE[PLACES] = {
		{"overdue", "has_overdue", "late", "逾期未报"},
		{"confirm", "has_confirm", "wait", "等待核收"},
		{"now_cards", "has_now", "open", "近期应报"},
		{"done", "has_done", "ok", "已办结"},
	};
	size_t i, n[PLACES] = {0};
	json_t *o;
	json_array_foreach(json_object_get(data, "obligations"), i, o)
	{
		enum place p = place_of(o);
		n[p]++;
		view_set(view_add(v, PLACE[p].list), "card",
			page_card(x, o, PAGE_SIDE_OFFICE, is_folded(x, o, p)));
		view_set_flag(v, PLACE[p].has, true);
	}
	for (int p = 0; p < PLACES; p++)
		put_count(x, v, PLACE[p].kind, PLACE[p].count, n[p]);
}

/* What is filled is folded. */
static void put_quotas(const struct page_view *x, const json_t *data, struct view *v)
{
	const json_t *list = json_object_get(data, "quotas");
	size_t i;
	json_t *o;
	view_set_flag(v, "has_quotas", json_array_size(list));
	json_array_foreach(list, i, o) view_set(view_add(v, "quotas"), "card",
		page_card(x, o, PAGE_SIDE_OFFICE, true));
}

/* ---- lists ---------------------------------------------------------------------------------------------- */

/* What the reader should do about it.  A mail that may have arrived is sent again by itself. */
static const char *next_step(const char *state, const char *channel)
{
	bool goes_again = strcmp(state, "retry") == 0 ||
			  (strcmp(state, "unknown") == 0 && strcmp(channel, "email") == 0);
	if (goes_again)
		return "系统会自动再发，暂不必处理；时间紧的，请先电话告知本人";
	if (strcmp(state, "unknown") == 0)
		return "可能已收到，也可能没有：请电话向本人核实，并把结果告诉管理员登记";
	return "请电话告知本人；联系方式有误的，请管理员更正后重发";
}

static void put_trouble(const struct page_view *x, const json_t *data, struct view *v)
{
	const json_t *list = json_object_get(data, "trouble");
	size_t i;
	json_t *m;
	view_set_flag(v, "has_trouble", json_array_size(list));
	json_array_foreach(list, i, m)
	{
		struct view *row = view_add(v, "trouble");
		const char *state = page_get(m, "state");
		page_copy(row, m, "name");
		page_copy(row, m, "reason");
		view_set(row, "state", WORD(MESSAGE, state));
		view_set(row, "kind", strcmp(state, "retry") == 0 ? "wait" : "late");
		view_set(row, "channel", WORD(CHANNEL, page_get(m, "channel")));
		view_set(row, "since", page_moment(x, page_get(m, "since")));
		view_set(row, "next", next_step(state, page_get(m, "channel")));
	}
}

struct told {
	const json_t *first;
	struct view *row;
	const char *names;
};

static bool is_same(const json_t *a, const json_t *b, const char *name)
{
	return strcmp(page_get(a, name), page_get(b, name)) == 0;
}

/* The line of those who are told the same at the same time; a new one at the end. */
static struct told *find_told(struct told *list, size_t *n, const json_t *r)
{
	for (size_t i = 0; i < *n; i++)
		if (is_same(list[i].first, r, "at") && is_same(list[i].first, r, "title") &&
			is_same(list[i].first, r, "unit"))
			return &list[i];
	return *n < REMINDERS_MAX ? &list[(*n)++] : NULL;
}

static void put_reminders(const struct page_view *x, const json_t *data, struct view *v)
{
	const json_t *list = json_object_get(data, "reminders");
	struct told told[REMINDERS_MAX] = {0};
	size_t i, n = 0;
	json_t *r;
	view_set_flag(v, "has_reminders", json_array_size(list));
	json_array_foreach(list, i, r)
	{
		const char *who = arena_printf(x->a, "%s（%s）", page_get(r, "name"),
			WORD(CHANNEL, page_get(r, "channel")));
		struct told *t = find_told(told, &n, r);
		if (!t)
			return;
		if (!t->row)
			*t = (struct told){r, view_add(v, "reminders"), who};
		else if (!strstr(t->names, who))
			t->names = arena_printf(x->a, "%s、%s", t->names, who);
		page_copy(t->row, r, "title");
		view_set(t->row, "at", page_moment(x, page_get(r, "at")));
		view_set(t->row, "names", t->names);
	}
}

static void put_unsure(const struct page_view *x, const json_t *data, struct view *v)
{
	const json_t *list = json_object_get(data, "unsure");
	size_t i;
	json_t *o;
	view_set_flag(v, "has_unsure", json_array_size(list));
	json_array_foreach(list, i, o)
	{
		struct view *row = view_add(v, "unsure");
		page_copy(row, o, "title");
		page_copy(row, o, "unit");
		page_put_date(x, row, "due", page_get_date(o, "due"), STYLE_DATE_WEEKDAY);
		view_set(row, "why", WORD(UNSURE, page_get(o, "why")));
	}
}

static void put_papers(const struct page_view *x, struct view *v)
{
	if (date_is_none(x->today))
		return;
	int year = date_year(x->today), month = date_month(x->today);
	view_set(v, "table", page_path(x, arena_printf(x->a, "report-%04d-%02d", year, month)));
	view_set(v, "year_table", page_path(x, arena_printf(x->a, "report-%04d", year)));
}

/* ---- whole ------------------------------------------------------------------------------------------------ */

enum rc page_board(const json_t *data, const struct page_place *at, struct buf *out)
{
	struct arena a = ARENA_INIT;
	struct page_view x = page_begin(&a, data, at);
	struct view *v = view_new(&a);
	const json_t *feeds = json_object_get(data, "feeds");
	page_copy(v, data, "organisation");
	page_copy(v, data, "name");
	page_copy(v, data, "notice");
	view_set(v, "now", page_moment(&x, page_get(data, "now")));
	page_put_said(&x, v);
	put_cards(&x, data, v);
	put_quotas(&x, data, v);
	put_trouble(&x, data, v);
	put_reminders(&x, data, v);
	put_unsure(&x, data, v);
	put_papers(&x, v);
	page_put_urge(&x, v, data);
	page_put_year(&x, v, "year", json_object_get(data, "year"));
	view_set_flag(v, "has_feeds", json_array_size(feeds));
	page_put_feeds(&x, v, "feeds", feeds);
	enum rc rc =
		page_finish(&x, "报送情况一览", page_fill(&x, PAGE_TEXT_board, "board", v), out);
	arena_done(&a);
	return rc;
}
