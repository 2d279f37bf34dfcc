/* One obligation: what it is, by when, what is missing, and what the visitor can do. */
#include <stdio.h>
#include <string.h>

#include "roster.h"

#include "page_texts.h"
#include "page_view.h"

enum { URGE_ROWS_MAX = 14 };

/* What the functions below pass on. */
struct card {
	const struct page_view *x;
	const json_t *o;
	enum page_side side;
	bool over; /* done, waived, cancelled */
	struct view *v;
};

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static const char *form_name(const struct page_view *x, const char *form)
{
	return x->w->forms[is(form, "paper") ? FORM_PAPER : FORM_ELECTRONIC];
}

/* ---- chips ------------------------------------------------------------------------------------------ */

static void add_chip(const struct card *c, const char *kind, const char *text)
{
	struct view *chip = view_add(c->v, "chips");
	view_set(chip, "kind", kind);
	view_set(chip, "text", text);
}

static bool has_returned(const json_t *o)
{
	size_t i, k;
	json_t *del, *form;
	json_array_foreach(json_object_get(o, "deliverables"), i, del)
		json_array_foreach(json_object_get(del, "forms"), k,
			form) if (page_get(form, "returned")[0]) return true;
	return false;
}

static void put_state(const struct card *c)
{
	static const struct {
		const char *state, *kind, *text;
	} STATE[] = {
		{"waiting", "quiet", "待定日期"},
		{"reported", "wait", "已自报待核收"},
		{"done", "ok", "已报结"},
		{"waived", "quiet", "免报"},
		{"cancelled", "quiet", "已取消"},
	};
	const char *state = page_get(c->o, "state");
	bool late = is(page_get(c->o, "group"), "overdue");
	for (size_t i = 0; i < sizeof STATE / sizeof *STATE; i++)
		if (is(state, STATE[i].state))
			add_chip(c, STATE[i].kind, STATE[i].text);
	if (late)
		add_chip(c, "late", "逾期未报");
	if (is(state, "open") && page_get_flag(c->o, "conditional"))
		add_chip(c, "quiet", "待确认是否开展");
	else if (is(state, "open") && !late)
		add_chip(c, "open", "待报送");
	if (!c->over && has_returned(c->o))
		add_chip(c, "late", "退回补正");
	view_set(c->v, "tone", late ? "is-late" : c->over ? "is-over" : "");
}

static void put_chips(const struct card *c)
{
	int points = page_get_int(c->o, "points");
	put_state(c);
	if (page_get_flag(c->o, "nil"))
		add_chip(c, "quiet", "零报告");
	if (points)
		add_chip(c, "quiet", arena_printf(c->x->a, "分值%d分", points));
	if (page_get_flag(c->o, "provisional"))
		add_chip(c, "quiet", "日期暂定");
}

/* ---- dates ------------------------------------------------------------------------------------------ */

static void put_left(const struct card *c, const json_t *form, struct date by, struct view *v)
{
	bool known = !date_is_none(by) && !date_is_none(c->x->today);
	int days = known ? by.days - c->x->today.days : 0;
	if (!page_get_int(form, "missing") || c->over)
		return;
	if (page_get_flag(form, "late")) {
		view_set(v, "left",
			days < 0 ? arena_printf(c->x->a, "已逾期%d天", -days) : "已过时限");
		view_set(v, "left_kind", "late");
	} else if (days >= 0) {
		view_set(v, "left", days ? arena_printf(c->x->a, "还有%d天", days) : "当日截止");
		view_set(v, "left_kind", days <= 3 ? "soon" : "");
	}
}

static void add_date(const struct card *c, const json_t *form, bool both)
{
	const struct page_view *x = c->x;
	struct view *v = view_add(c->v, "dates");
	struct date by = page_get_date(form, "by");
	bool paper = both || is(page_get(form, "form"), "paper");
	view_set(v, "what",
		both ? arena_printf(x->a, "%s、%s", x->w->forms[FORM_ELECTRONIC],
			       x->w->forms[FORM_PAPER])
		     : form_name(x, page_get(form, "form")));
	page_put_date(x, v, "date", by, STYLE_DATE_WEEKDAY);
	view_set(v, "clock", page_clock(x, page_get(form, "at")));
	view_set(v, "where",
		paper ? arena_printf(
				x->a, "送%s%s", page_get(c->o, "office"), page_get(c->o, "room"))
		      : arena_printf(x->a, "报%s", page_get(c->o, "office")));
	put_left(c, form, by, v);
}

static void put_dates(const struct card *c)
{
	const json_t *forms = json_object_get(c->o, "forms");
	const json_t *first = json_array_get(forms, 0), *second = json_array_get(forms, 1);
	bool both = first && second && is(page_get(first, "at"), page_get(second, "at")) &&
		    page_get_int(first, "missing") == page_get_int(second, "missing");
	view_set_flag(c->v, "has_dates", page_get(c->o, "due")[0] != '\0');
	if (!page_get(c->o, "due")[0])
		return;
	if (first)
		add_date(c, first, both);
	if (second && !both)
		add_date(c, second, false);
}

static void add_hint(const struct card *c, const char *text)
{
	view_set(view_add(c->v, "hints"), "text", text);
}

static const char *date_text(const struct card *c, struct date d)
{
	struct view *v = view_new(c->x->a);
	static const struct page_place NOWHERE;
	struct page_view x = {c->x->a, c->x->w, &NOWHERE, c->x->today};
	page_put_date(&x, v, "d", d, STYLE_DATE_WEEKDAY);
	return page_fill(&x, "{{d}}", "date", v);
}

static void put_hints(const struct card *c)
{
	const char *rest = page_get(c->o, "due_rest_day");
	struct date due = page_get_date(c->o, "due"), hand_in = page_get_date(c->o, "hand_in");
	struct date internal = page_get_date(c->o, "internal");
	size_t i;
	json_t *indicator;
	if (c->over)
		return;
	if (page_get_flag(c->o, "hand_in_late"))
		add_hint(c, "截止日前没有工作日，纸质版可在节后第一个工作日送达。");
	else if (rest[0] && !date_is_none(due) && date_compare(hand_in, due) < 0)
		add_hint(c, arena_printf(c->x->a, "%s适逢%s，纸质版须提前送达。", date_text(c, due),
				    rest));
	if (!date_is_none(internal))
		add_hint(c, arena_printf(c->x->a, "材料还要转报，请在%s前先交%s。",
				    date_text(c, internal), page_get(c->o, "office")));
	json_array_foreach(json_object_get(c->o, "indicators"), i, indicator)
		add_hint(c, arena_printf(c->x->a, "★ %s", json_string_value(indicator)));
}

/* ---- items ------------------------------------------------------------------------------------------ */

static const char *state_text(const char *state)
{
	return is(state, "received") ? "已核收" : is(state, "reported") ? "已自报待核收" : "未报";
}

/* What the visitor can say about one item; "" if nothing. */
static const char *button_text(const struct card *c, const char *form, const char *state)
{
	if (c->over || page_get_flag(c->o, "conditional"))
		return "";
	if (c->side == PAGE_SIDE_OFFICE)
		return is(state, "received") ? "" : "核收";
	if (!is(state, "missing"))
		return "";
	return is(form, "paper") ? "已送达" : "已报送";
}

static void add_returnable(const struct card *c, const json_t *del, const char *form)
{
	struct view *v = view_add(c->v, "returnable");
	view_set(v, "value", arena_printf(c->x->a, "%s %s", page_get(del, "id"), form));
	view_set(v, "text",
		arena_printf(
			c->x->a, c->x->w->of_form, page_get(del, "name"), form_name(c->x, form)));
}

static void put_row(const struct card *c, const json_t *del, const json_t *f, struct view *item)
{
	const char *form = page_get(f, "form"), *state = page_get(f, "state");
	const char *button = button_text(c, form, state);
	struct view *row = view_add(item, "rows");
	view_set(row, "form_name", form_name(c->x, form));
	view_set(row, "state", state);
	view_set(row, "state_text", state_text(state));
	view_set(row, "returned", page_get(f, "returned"));
	view_set(row, "button", button);
	view_set(row, "value",
		arena_printf(c->x->a, "%s %s %s",
			c->side == PAGE_SIDE_OFFICE ? "receive" : "report", page_get(del, "id"),
			form));
	if (is(state, "missing") || c->side != PAGE_SIDE_OFFICE)
		return;
	add_returnable(c, del, form);
	view_set_flag(c->v, "can_return", true);
}

/* Electronic first: it is what can be done from where one sits. */
static void put_rows(const struct card *c, const json_t *del, struct view *item)
{
	static const char *const ORDER[] = {"electronic", "paper"};
	size_t i;
	json_t *f;
	for (size_t k = 0; k < 2; k++)
		json_array_foreach(json_object_get(del, "forms"), i,
			f) if (is(page_get(f, "form"), ORDER[k])) put_row(c, del, f, item);
}

static void put_item(const struct card *c, const json_t *del)
{
	struct view *item = view_add(c->v, "deliverables");
	const json_t *list = json_object_get(del, "checklist");
	size_t i;
	json_t *line;
	page_copy(item, del, "name");
	page_copy(item, del, "seal");
	put_rows(c, del, item);
	view_set_flag(item, "has_checklist", json_array_size(list) && !c->over);
	json_array_foreach(list, i, line)
		view_set(view_add(item, "checklist"), "text", json_string_value(line));
}

static void add_whole(const struct card *c, const char *value, const char *text, bool first)
{
	struct view *v = view_add(c->v, "wholes");
	view_set(v, "value", value);
	view_set(v, "text", text);
	view_set(v, "kind", first ? "main" : "plain");
	view_set_flag(c->v, "all_button", true);
}

/* How many items of a form the visitor could say something about. */
static int count_wanted(const struct card *c, const json_t *form)
{
	int reported = c->side == PAGE_SIDE_OFFICE ? page_get_int(form, "reported") : 0;
	return page_get_int(form, "missing") + reported;
}

/* One tap for everything, and for a whole form. */
static void put_wholes(const struct card *c)
{
	const json_t *forms = json_object_get(c->o, "forms");
	bool office = c->side == PAGE_SIDE_OFFICE;
	int items = 0, kinds = 0;
	size_t i;
	json_t *f;
	json_array_foreach(forms, i, f)
	{
		items += count_wanted(c, f);
		kinds += count_wanted(c, f) > 0;
	}
	if (c->over || page_get_flag(c->o, "conditional") || items < 2)
		return;
	add_whole(
		c, office ? "receive - -" : "report - -", office ? "全部核收" : "全部已报送", true);
	json_array_foreach(forms, i, f)
	{
		const char *form = page_get(f, "form");
		bool paper = is(form, "paper");
		if (kinds < 2 || count_wanted(c, f) < 2)
			continue;
		add_whole(c, arena_printf(c->x->a, office ? "receive - %s" : "report - %s", form),
			office  ? (paper ? "纸质版核收" : "电子版核收")
			: paper ? "纸质版已送达"
				: "电子版已报送",
			false);
	}
}

static void put_items(const struct card *c)
{
	size_t i;
	json_t *del;
	view_set_flag(c->v, "items",
		!page_get_flag(c->o, "conditional") && !is(page_get(c->o, "state"), "cancelled"));
	json_array_foreach(json_object_get(c->o, "deliverables"), i, del) put_item(c, del);
	put_wholes(c);
}

/* ---- activity ---------------------------------------------------------------------------------------- */

static void put_day(const struct card *c, const char *name, struct date d)
{
	char text[DATE_TEXT_SIZE];
	view_set(c->v, name, date_is_none(d) ? "" : arena_strdup(c->x->a, date_format(d, text)));
}

static void put_activity(const struct card *c)
{
	const json_t *occ = json_object_get(c->o, "occasion");
	bool conditional = page_get_flag(c->o, "conditional");
	bool ended = page_get_flag(occ, "ended");
	struct date last = page_get_date(occ, "last_day"), planned = page_get_date(occ, "last");
	if (!json_is_object(occ) || is(page_get(c->o, "state"), "cancelled") ||
		page_get_flag(c->o, "nil"))
		return;
	view_set(c->v, "occasion", page_get(occ, "name"));
	view_set_flag(c->v, "question", conditional && !c->over);
	if (conditional || c->over || date_is_none(last) || date_is_none(planned))
		return;
	view_set(c->v, "activity",
		arena_printf(c->x->a,
			ended ? "活动已于%s结束，更改" : "活动计划%s结束，登记结束、延期或未开展",
			date_text(c, last)));
	/* Its planned end has come: this is what is asked now. */
	view_set_flag(c->v, "activity_open", !ended && date_compare(last, c->x->today) <= 0);
	put_day(c, "day", ended ? last : date_min(last, c->x->today));
	put_day(c, "day_min", date_add(planned, -180));
	put_day(c, "day_max", date_add(planned, 365));
}

/* ---- texts ---------------------------------------------------------------------------------------------- */

/* A line of it takes about two on a phone. */
void page_put_urge(const struct page_view *x, struct view *v, const json_t *o)
{
	const char *urge = page_get(o, "urge");
	int rows = 2;
	for (const char *p = urge; *p && rows < URGE_ROWS_MAX; p++)
		rows += *p == '\n' ? 2 : 0;
	view_set(v, "urge", urge);
	page_put_number(x, v, "urge_rows", rows);
}

/* ---- taking back --------------------------------------------------------------------------------------- */

static const char *act_word(const char *act)
{
	static const struct {
		const char *act, *word;
	} WORD[] = {
		{"report", "自报"},
		{"receive", "核收"},
		{"return", "退回补正"},
		{"nil", "零报告"},
		{"waive", "免报"},
		{"held", "将开展"},
		{"not-held", "未开展"},
		{"ended", "活动结束"},
		{"extended", "活动改期"},
		{"date", "登记日期"},
	};
	for (size_t i = 0; i < sizeof WORD / sizeof *WORD; i++)
		if (is(act, WORD[i].act))
			return WORD[i].word;
	return act;
}

static void put_undo(const struct card *c)
{
	const json_t *undo = json_object_get(c->o, "undo");
	if (!json_is_object(undo))
		return;
	view_set_flag(c->v, "undo", page_get_flag(c->o, "may_undo"));
	view_set(c->v, "undo_what",
		arena_printf(c->x->a, "%s，%s登记“%s”", page_moment(c->x, page_get(undo, "at")),
			page_get(undo, "name"), act_word(page_get(undo, "do"))));
}

/* ---- whole -------------------------------------------------------------------------------------------- */

static void put_identity(const struct card *c)
{
	const struct page_view *x = c->x;
	const char *id = page_get(c->o, "id"), *version = page_get(c->o, "version");
	char *anchor = arena_printf(x->a, "o-%s", id);
	char *token = arena_alloc(x->a, PAGE_TOKEN_SIZE, 1);
	for (char *p = anchor; *p; p++)
		if (*p == '/')
			*p = '-';
	page_form_token(x->at->secret, id, version, token);
	view_set(c->v, "id", id);
	view_set(c->v, "version", version);
	view_set(c->v, "token", token);
	view_set(c->v, "anchor", anchor);
	view_set(c->v, "self", x->at->self);
	page_copy(c->v, c->o, "title");
	page_copy(c->v, c->o, "basis");
	page_copy(c->v, c->o, "document");
	if (c->side == PAGE_SIDE_OFFICE)
		page_copy(c->v, c->o, "unit");
}

const char *page_card(const struct page_view *x, const json_t *o, enum page_side side, bool fold)
{
	struct card c = {x, o, side, is(page_get(o, "group"), "done"), view_new(x->a)};
	view_set_flag(c.v, "fold", fold);
	put_identity(&c);
	if (fold)
		page_put_date(x, c.v, "fold_due", page_get_date(o, "due"), STYLE_DATE_WEEKDAY);
	put_chips(&c);
	put_dates(&c);
	put_hints(&c);
	put_items(&c);
	put_activity(&c);
	put_undo(&c);
	page_put_urge(x, c.v, side == PAGE_SIDE_OFFICE ? o : NULL);
	view_set_flag(c.v, "can_nil",
		page_get_flag(o, "nil_allowed") && !c.over &&
			!json_is_object(json_object_get(o, "occasion")));
	return page_fill(x, PAGE_TEXT_card, "card", c.v);
}
