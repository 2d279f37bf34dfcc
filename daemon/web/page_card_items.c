/* What an obligation is made of: each deliverable in each form, and the buttons beside it. */
#include "page_card.h"

static const char *state_text(const char *state)
{
	return card_is(state, "received")   ? "已核收"
	       : card_is(state, "reported") ? "已自报待核收"
					    : "未报";
}

/* What the visitor can say about one item; "" if nothing. */
static const char *button_text(const struct card *c, const char *form, const char *state)
{
	if (c->over || page_get_flag(c->o, "conditional"))
		return "";
	if (c->side == PAGE_SIDE_OFFICE)
		return card_is(state, "received") ? "" : "核收";
	if (!card_is(state, "missing"))
		return "";
	return card_is(form, "paper") ? "已送达" : "已报送";
}

static void add_returnable(const struct card *c, const json_t *del, const char *form)
{
	struct view *v = view_add(c->v, "returnable");
	view_set(v, "value", arena_printf(c->x->a, "%s %s", page_get(del, "id"), form));
	view_set(v, "text",
		arena_printf(c->x->a, c->x->w->of_form, page_get(del, "name"),
			page_card_form(c->x, form)));
}

static void put_row(const struct card *c, const json_t *del, const json_t *f, struct view *item)
{
	const char *form = page_get(f, "form"), *state = page_get(f, "state");
	const char *button = button_text(c, form, state);
	struct view *row = view_add(item, "rows");
	view_set(row, "form_name", page_card_form(c->x, form));
	view_set(row, "state", state);
	view_set(row, "state_text", state_text(state));
	view_set(row, "returned", page_get(f, "returned"));
	view_set(row, "button", button);
	view_set(row, "value",
		arena_printf(c->x->a, "%s %s %s",
			c->side == PAGE_SIDE_OFFICE ? "receive" : "report", page_get(del, "id"),
			form));
	if (card_is(state, "missing") || c->side != PAGE_SIDE_OFFICE)
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
			f) if (card_is(page_get(f, "form"), ORDER[k])) put_row(c, del, f, item);
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
		bool paper = card_is(form, "paper");
		if (kinds < 2 || count_wanted(c, f) < 2)
			continue;
		add_whole(c, arena_printf(c->x->a, office ? "receive - %s" : "report - %s", form),
			office  ? (paper ? "纸质版核收" : "电子版核收")
			: paper ? "纸质版已送达"
				: "电子版已报送",
			false);
	}
}

void page_card_items(const struct card *c)
{
	size_t i;
	json_t *del;
	view_set_flag(c->v, "items",
		!page_get_flag(c->o, "conditional") &&
			!card_is(page_get(c->o, "state"), "cancelled"));
	json_array_foreach(json_object_get(c->o, "deliverables"), i, del) put_item(c, del);
	put_wholes(c);
}
