/* A quota: how far it is, what was entered, and a form for the next activity. */
#include "page_card.h"
#include "page_texts.h"

static const char *day_text(const struct card *c, struct date d)
{
	char text[DATE_TEXT_SIZE];
	return date_is_none(d) ? "" : arena_strdup(c->x->a, date_format(d, text));
}

static void put_kinds(const struct card *c, const json_t *count)
{
	const json_t *kinds = json_object_get(count, "kinds");
	size_t i;
	json_t *k;
	view_set_flag(c->v, "has_kinds", json_array_size(kinds));
	json_array_foreach(kinds, i, k)
	{
		struct view *v = view_add(c->v, "kinds");
		int done = page_get_int(k, "done"), target = page_get_int(k, "target");
		page_copy(v, k, "kind");
		view_set(v, "kind_done", arena_printf(c->x->a, "%d／%d次", done, target));
		view_set(v, "kind_state", done >= target ? "received" : "missing");
	}
}

/* Those that count are the ones that can be struck out. */
static void put_entries(const struct card *c, const json_t *count)
{
	const json_t *entries = json_object_get(count, "entries");
	size_t i;
	json_t *e;
	json_array_foreach(entries, i, e)
	{
		struct view *v = view_add(c->v, "entries");
		const char *struck = page_get(e, "struck"), *kind = page_get(e, "kind");
		struct date day = page_get_date(e, "date");
		view_set(v, "when", page_card_date(c, day));
		view_set(v, "kind", kind);
		page_copy(v, e, "title");
		view_set(v, "struck", struck);
		view_set_flag(v, "is_struck", struck[0]);
		if (struck[0] || !page_get_flag(e, "own"))
			continue;
		struct view *s = view_add(c->v, "strikable");
		view_set(s, "value", arena_printf(c->x->a, "%s %s", day_text(c, day), kind));
		view_set(s, "text",
			arena_printf(c->x->a, "%s %s%s%s", page_card_date(c, day), kind,
				kind[0] ? " " : "", page_get(e, "title")));
		view_set_flag(c->v, "can_strike", true);
	}
	view_set_flag(c->v, "has_entries", json_array_size(entries));
}

static void put_pace(const struct card *c, const json_t *count)
{
	int done = page_get_int(count, "done"), quota = page_get_int(count, "quota");
	int expected = page_get_int(count, "expected");
	bool behind = page_get_flag(count, "behind");
	view_set(c->v, "quota_max", arena_printf(c->x->a, "%d", quota));
	view_set(c->v, "quota_value", arena_printf(c->x->a, "%d", done));
	view_set(c->v, "quota_text", arena_printf(c->x->a, "已登记%d次，应有%d次", done, quota));
	view_set(c->v, "pace_kind", behind ? "late" : "");
	if (c->over)
		return;
	view_set(c->v, "pace",
		behind ? arena_printf(
				 c->x->a, "按进度应有%d次，落后%d次", expected, expected - done)
		       : arena_printf(c->x->a, "按进度应有%d次，不落后", expected));
}

void page_card_quota(const struct card *c)
{
	const json_t *count = json_object_get(c->o, "count");
	struct date first = page_get_date(count, "first"), last = page_get_date(count, "last");
	struct date today = c->x->today;
	bool over = !date_is_none(today) && !date_is_none(last) && date_compare(last, today) < 0;
	put_pace(c, count);
	put_kinds(c, count);
	put_entries(c, count);
	page_put_date(c->x, c->v, "by", page_get_date(c->o, "due"), STYLE_DATE_WEEKDAY);
	view_set_flag(c->v, "can_enter", !card_is(page_get(c->o, "state"), "waived"));
	view_set(c->v, "entry_min", day_text(c, first));
	view_set(c->v, "entry_max", day_text(c, over ? last : today));
	view_set(c->v, "entry_day", day_text(c, over ? last : today));
	view_set(c->v, "quota", page_fill(c->x, PAGE_TEXT_quota, "quota", c->v));
}
