/* What one unit owed, and what became of it: to read, nothing to press. */
#include "page_card.h"
#include "page_texts.h"

static void put_row(const struct page_view *x, const json_t *o, struct view *v)
{
	bool over = card_is(page_get(o, "group"), "done");
	struct card c = {x, o, PAGE_SIDE_OFFICE, over, view_add(v, "rows")};
	page_copy(c.v, o, "title");
	page_put_date(x, c.v, "due", page_get_date(o, "due"), STYLE_DATE_WEEKDAY);
	page_card_chips(&c);
	page_card_acts(&c);
}

static void put_people(const json_t *data, struct view *v)
{
	static const struct {
		const char *role, *text;
	} ROLE[] = {{"lead", "责任人"}, {"preparer", "经办人"}, {"deputy", "B岗"}};
	size_t i;
	json_t *p;
	json_array_foreach(json_object_get(data, "people"), i, p)
	{
		struct view *row = view_add(v, "people");
		page_copy(row, p, "name");
		page_copy(row, p, "phone");
		for (size_t k = 0; k < sizeof ROLE / sizeof *ROLE; k++)
			if (card_is(page_get(p, "role"), ROLE[k].role))
				view_set(row, "role", ROLE[k].text);
	}
}

enum rc page_unit(const json_t *data, const struct page_place *at, struct buf *out)
{
	struct arena a = ARENA_INIT;
	struct page_view x = page_begin(&a, data, at);
	struct view *v = view_new(&a);
	const json_t *list = json_object_get(data, "obligations");
	size_t i;
	json_t *o;
	page_copy(v, data, "organisation");
	page_copy(v, data, "unit");
	page_copy(v, data, "notice");
	view_set(v, "self", at->self);
	view_set(v, "now", page_moment(&x, page_get(data, "now")));
	view_set_flag(v, "has_rows", json_array_size(list));
	json_array_foreach(list, i, o) put_row(&x, o, v);
	put_people(data, v);
	const char *title = arena_printf(&a, "%s · 报送记录", page_get(data, "unit"));
	enum rc rc = page_finish(&x, title, page_fill(&x, PAGE_TEXT_unit, "unit", v), out);
	arena_done(&a);
	return rc;
}
