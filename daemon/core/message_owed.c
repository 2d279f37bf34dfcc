#include "message_owed.h"

#include <string.h>

static void put_missing(const struct viewing *x, const struct obligation *o,
	const struct item_words *missing, struct view *v)
{
	view_put(x, v, "missing", missing->full);
	view_put(x, v, "missing_short", missing->brief);
	view_put_flag(v, "missing_all", missing->all);
	view_put_flag(v, "missing_paper", (missing->forms & BIT(FORM_PAPER)) != 0);
	view_put(x, v, "received", message_items_received(o, x->w, x->a));
	struct item_words reported;
	message_items_in(o, o->forms, ITEM_REPORTED, x->w, x->a, &reported);
	view_put(x, v, "reported", reported.full);
	view_put(x, v, "reported_short", reported.brief);
	view_put(x, v, "states", message_items_states(o, x->w, x->a));
}

static bool is_last_of(const struct obligation *o, size_t i)
{
	for (size_t k = i + 1; k < o->n_items; k++)
		if (o->item[k].deliverable == o->item[i].deliverable)
			return false;
	return true;
}

static const char *missing_forms(const struct viewing *x, const struct obligation *o,
	unsigned looked_at, const struct deliverable *dl)
{
	unsigned forms = 0;
	for (size_t i = 0; i < o->n_items; i++)
		if (o->item[i].deliverable == dl && o->item[i].state == ITEM_MISSING)
			forms |= BIT(o->item[i].form);
	return message_items_forms(x->w, forms & looked_at, x->a);
}

static void put_deliverables(
	const struct viewing *x, const struct obligation *o, unsigned looked_at, struct view *v)
{
	bool summary = false;
	for (size_t i = 0; i < o->n_items; i++) {
		const struct deliverable *dl = o->item[i].deliverable;
		summary = summary || strstr(dl->name, x->w->summary) != NULL;
		/* The last item of a deliverable stands for all of it. */
		if (!is_last_of(o, i))
			continue;
		struct view *one = view_add(v, "deliverables");
		view_put(x, one, "name", dl->name);
		view_put(x, one, "seal", dl->seal);
		const char *forms = missing_forms(x, o, looked_at, dl);
		view_put(x, one, "missing_forms", forms);
		view_put_flag(one, "open", forms[0] != '\0');
		for (size_t k = 0; k < dl->n_checklist; k++)
			view_put(x, view_add(one, "checks"), "check", dl->checklist[k]);
		if (dl->seal && dl->seal[0])
			view_put_flag(v, "seals", true);
	}
	view_put(x, v, "materials", summary ? x->w->material_and_summary : x->w->material);
}

static void put_returned(const struct viewing *x, const struct obligation *o, struct view *v)
{
	struct view *one = NULL;
	for (size_t i = 0; i < o->n_items; i++) {
		const struct item *it = &o->item[i];
		if (it->state != ITEM_MISSING || !it->returned)
			continue;
		if (one)
			view_put_flag(one, "last", false);
		one = view_add(v, "returned");
		view_put(x, one, "what",
			arena_printf(
				x->a, x->w->of_form, it->deliverable->name, x->w->forms[it->form]));
		view_put(x, one, "why", it->returned);
		view_put_flag(one, "last", true);
	}
}

static void put_indicators(const struct viewing *x, const struct obligation *o, struct view *v)
{
	for (size_t i = 0; i < o->n_indicators; i++) {
		struct view *one = view_add(v, "indicators");
		view_put(x, one, "indicator", o->indicator[i]);
		view_put_flag(one, "last", i + 1 == o->n_indicators);
	}
}

void message_view_owed(const struct viewing *x, const struct obligation *o,
	const struct item_words *missing, struct view *v)
{
	put_missing(x, o, missing, v);
	put_deliverables(x, o, missing->forms, v);
	put_returned(x, o, v);
	put_indicators(x, o, v);
}
