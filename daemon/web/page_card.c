/* One obligation: what it is, by when, what is missing, and what the visitor can do. */
#include "page_card.h"
#include "page_texts.h"

enum { URGE_ROWS_MAX = 14 };

const char *page_card_form(const struct page_view *x, const char *form)
{
	return x->w->forms[card_is(form, "paper") ? FORM_PAPER : FORM_ELECTRONIC];
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

/* A quota says how far it is. */
static void put_open(const struct card *c)
{
	const json_t *count = json_object_get(c->o, "count");
	if (!json_is_object(count)) {
		add_chip(c, "open", "待报送");
		return;
	}
	add_chip(c, page_get_flag(count, "behind") ? "late" : "open",
		arena_printf(c->x->a, page_get_flag(count, "behind") ? "%d／%d次，落后" : "%d／%d次",
			page_get_int(count, "done"), page_get_int(count, "quota")));
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
	bool late = card_is(page_get(c->o, "group"), "overdue");
	for (size_t i = 0; i < sizeof STATE / sizeof *STATE; i++)
		if (card_is(state, STATE[i].state))
			add_chip(c, STATE[i].kind, STATE[i].text);
	if (late)
		add_chip(c, "late", "逾期未报");
	if (card_is(state, "open") && page_get_flag(c->o, "conditional"))
		add_chip(c, "quiet", "待确认是否开展");
	else if (card_is(state, "open") && !late)
		put_open(c);
	if (!c->over && has_returned(c->o))
		add_chip(c, "late", "退回补正");
	view_set(c->v, "tone", late ? "is-late" : c->over ? "is-over" : "");
}

void page_card_chips(const struct card *c)
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
	bool paper = both || card_is(page_get(form, "form"), "paper");
	view_set(v, "what",
		both ? arena_printf(x->a, "%s、%s", x->w->forms[FORM_ELECTRONIC],
			       x->w->forms[FORM_PAPER])
		     : page_card_form(x, page_get(form, "form")));
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
	bool both = first && second && card_is(page_get(first, "at"), page_get(second, "at")) &&
		    !page_get_int(first, "missing") == !page_get_int(second, "missing");
	bool due = page_get(c->o, "due")[0] != '\0';
	view_set_flag(c->v, "has_dates", due);
	view_set_flag(c->v, "no_date", !due);
	if (!due)
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

const char *page_card_date(const struct card *c, struct date d)
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
		add_hint(c, arena_printf(c->x->a, "%s适逢%s，纸质版须提前送达。",
				    page_card_date(c, due), rest));
	if (!date_is_none(internal))
		add_hint(c, arena_printf(c->x->a, "材料还要转报，请在%s前先交%s。",
				    page_card_date(c, internal), page_get(c->o, "office")));
	json_array_foreach(json_object_get(c->o, "indicators"), i, indicator)
		add_hint(c, arena_printf(c->x->a, "★ %s", json_string_value(indicator)));
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
	if (!json_is_object(occ) || card_is(page_get(c->o, "state"), "cancelled") ||
		page_get_flag(c->o, "nil"))
		return;
	view_set(c->v, "occasion", page_get(occ, "name"));
	view_set_flag(c->v, "question", conditional && !c->over);
	if (conditional || c->over || date_is_none(last) || date_is_none(planned))
		return;
	/* Its planned end has come: this is what is asked now. */
	bool asked = !ended && date_compare(last, c->x->today) <= 0;
	view_set(c->v, "activity",
		arena_printf(c->x->a,
			ended   ? "活动已于%s结束，更改"
			: asked ? "活动计划%s结束，现在结束了吗？"
				: "活动计划%s结束，登记结束、延期或未开展",
			page_card_date(c, last)));
	view_set_flag(c->v, "activity_open", asked);
	put_day(c, "day", ended ? last : date_min(last, c->x->today));
	put_day(c, "day_min", date_add(planned, -180));
	put_day(c, "day_max", date_add(planned, 365));
	view_set(c->v, asked ? "activity_first" : "activity_last",
		page_fill(c->x, PAGE_TEXT_activity, "activity", c->v));
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
	view_set_flag(c->v, "open", card_is(anchor, x->at->opened));
	view_set(c->v, "self", x->at->self);
	page_copy(c->v, c->o, "title");
	page_copy(c->v, c->o, "basis");
	page_copy(c->v, c->o, "document");
	if (c->side == PAGE_SIDE_OFFICE && !json_is_object(json_object_get(c->o, "count")))
		page_copy(c->v, c->o, "unit");
	/* What the bureau as a whole owes is no unit's record. */
	if (c->side == PAGE_SIDE_OFFICE && !card_is(page_get(c->o, "unit_id"), "bureau"))
		page_copy(c->v, c->o, "unit_id");
}

static void put_owed(const struct card *c)
{
	put_dates(c);
	put_hints(c);
	page_card_items(c);
	if (page_get(c->o, "id")[0])
		view_set(c->v, "slip",
			page_path(c->x, arena_printf(c->x->a, "print/%s", page_get(c->o, "id"))));
}

const char *page_card(const struct page_view *x, const json_t *o, enum page_side side, bool fold)
{
	struct card c = {x, o, side, card_is(page_get(o, "group"), "done"), view_new(x->a)};
	view_set_flag(c.v, "fold", fold);
	put_identity(&c);
	if (fold)
		page_put_date(x, c.v, "fold_due", page_get_date(o, "due"), STYLE_DATE_WEEKDAY);
	page_card_chips(&c);
	if (json_is_object(json_object_get(o, "count")))
		page_card_quota(&c);
	else
		put_owed(&c);
	put_activity(&c);
	page_card_acts(&c);
	page_put_urge(x, c.v, side == PAGE_SIDE_OFFICE ? o : NULL);
	view_set_flag(c.v, "can_nil",
		page_get_flag(o, "nil_allowed") && !c.over &&
			!json_is_object(json_object_get(o, "occasion")));
	return page_fill(x, PAGE_TEXT_card, "card", c.v);
}
