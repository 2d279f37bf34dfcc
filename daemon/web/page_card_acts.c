/* What was done about an obligation, by whom, and what of it can be taken back. */
#include "page_card.h"

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
		{"entry", "登记活动"},
	};
	for (size_t i = 0; i < sizeof WORD / sizeof *WORD; i++)
		if (card_is(act, WORD[i].act))
			return WORD[i].word;
	return act;
}

/* 核收 活动总结（纸质版）; 活动改期 5月15日（周三） */
static const char *act_what(const struct card *c, const json_t *act)
{
	bool counts = json_is_object(json_object_get(c->o, "count"));
	bool struck = counts && card_is(page_get(act, "do"), "return");
	const char *word = struck ? "不计" : act_word(page_get(act, "do")), *item = page_get(act, "item");
	const char *form =
		page_get(act, "form")[0] ? page_card_form(c->x, page_get(act, "form")) : "";
	struct date d = page_get_date(act, "date");
	if (!date_is_none(d))
		return arena_printf(c->x->a, "%s %s%s%s", word, page_card_date(c, d), item[0] ? " " : "",
			item);
	if (item[0] && form[0])
		item = arena_printf(c->x->a, c->x->w->of_form, item, form);
	else if (form[0])
		item = form;
	return item[0] ? arena_printf(c->x->a, "%s %s", word, item) : word;
}

static void put_undo(const struct card *c)
{
	const json_t *undo = json_object_get(c->o, "undo");
	if (!json_is_object(undo))
		return;
	view_set_flag(c->v, "undo", page_get_flag(c->o, "may_undo"));
	view_set(c->v, "undo_what", act_what(c, undo));
	view_set(c->v, "undo_by", page_get(undo, "name"));
	view_set(c->v, "undo_until", page_moment(c->x, page_get(undo, "until")));
}

static void put_history(const struct card *c)
{
	const json_t *acts = json_object_get(c->o, "acts");
	size_t i;
	json_t *act;
	view_set_flag(c->v, "has_acts", json_array_size(acts));
	json_array_foreach(acts, i, act)
	{
		struct view *v = view_add(c->v, "acts");
		view_set(v, "when", page_moment(c->x, page_get(act, "at")));
		page_copy(v, act, "name");
		page_copy(v, act, "reason");
		view_set(v, "what", act_what(c, act));
		view_set_flag(v, "undone", page_get_flag(act, "undone"));
	}
}

void page_card_acts(const struct card *c)
{
	put_undo(c);
	put_history(c);
}
