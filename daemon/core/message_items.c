#include "message_items.h"

#include "text.h"

enum { BRIEF_UNITS = 18, LIST_BYTES = 8000 };

/* As a text names them: what can be sent at once comes first. */
static const enum form FORM_ORDER[] = {FORM_ELECTRONIC, FORM_PAPER};
enum { N_FORMS = sizeof FORM_ORDER / sizeof *FORM_ORDER };

struct counting {
	const struct obligation *o;
	unsigned forms;
	enum item_state state;
	const struct words *w;
	struct arena *a;
	VEC(const char *) piece;
};

static bool is_looked_at(const struct counting *x, const struct item *it)
{
	return (x->forms & BIT(it->form)) != 0;
}

static bool has_state(const struct counting *x, const struct item *it)
{
	return is_looked_at(x, it) && it->state == x->state;
}

/* Forms of which every item is in the state. */
static unsigned whole_forms(const struct counting *x)
{
	unsigned some = 0, other = 0;
	for (size_t i = 0; i < x->o->n_items; i++) {
		const struct item *it = &x->o->item[i];
		if (has_state(x, it))
			some |= BIT(it->form);
		else if (is_looked_at(x, it))
			other |= BIT(it->form);
	}
	return some & ~other;
}

/* Forms in which this deliverable is in the state; *ret_every: in all it is owed in. */
static unsigned forms_of(const struct counting *x, const struct deliverable *dl, bool *ret_every)
{
	unsigned forms = 0;
	*ret_every = true;
	for (size_t i = 0; i < x->o->n_items; i++) {
		const struct item *it = &x->o->item[i];
		if (it->deliverable != dl || !is_looked_at(x, it))
			continue;
		if (it->state == x->state)
			forms |= BIT(it->form);
		else
			*ret_every = false;
	}
	return forms;
}

static const char *join(struct arena *a, const char *const *piece, size_t n, const char *sep)
{
	struct buf b;
	buf_init(&b, LIST_BYTES);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_puts(&b, sep);
		buf_puts(&b, piece[i]);
	}
	const char *s = arena_strdup(a, b.data);
	buf_done(&b);
	return s;
}

const char *message_items_forms(const struct words *w, unsigned forms, struct arena *a)
{
	const char *piece[N_FORMS];
	size_t n = 0;
	for (size_t i = 0; i < N_FORMS; i++)
		if (forms & BIT(FORM_ORDER[i]))
			piece[n++] = w->forms[FORM_ORDER[i]];
	return join(a, piece, n, w->form_list_sep);
}

/* Items of one deliverable follow each other nowhere for sure: the first one speaks for it. */
static bool is_first_of(const struct obligation *o, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (o->item[k].deliverable == o->item[i].deliverable)
			return false;
	return true;
}

static void add_deliverables(struct counting *x, unsigned whole)
{
	const struct words *w = x->w;
	for (int bare = 1; bare >= 0; bare--) {
		for (size_t i = 0; i < x->o->n_items; i++) {
			const struct deliverable *dl = x->o->item[i].deliverable;
			bool every;
			unsigned forms = forms_of(x, dl, &every);
			if (!is_first_of(x->o, i) || !(forms & ~whole) || every != (bare == 1))
				continue;
			const char *name = dl->name;
			if (!every)
				name = arena_printf(x->a, w->of_form, name,
					message_items_forms(w, forms & ~whole, x->a));
			VEC_PUSH(x->a, &x->piece, name);
		}
		if (bare == 0)
			continue;
		for (size_t i = 0; i < N_FORMS; i++)
			if (whole & BIT(FORM_ORDER[i]))
				VEC_PUSH(x->a, &x->piece, w->forms[FORM_ORDER[i]]);
	}
}

static const char *shorten(struct counting *x, const char *full)
{
	if (x->piece.n <= 1 || text_count_utf16(full) <= BRIEF_UNITS)
		return full;
	if (text_count_utf16(x->piece.item[0]) <= BRIEF_UNITS)
		return arena_printf(x->a, x->w->and_more, x->piece.item[0], x->piece.n);
	return arena_printf(x->a, x->w->only_count, x->piece.n);
}

/* One deliverable in one form, with a name of its own, needs no "everything". */
static bool is_one_thing(const struct obligation *o)
{
	return o->n_items == 1 && !text_equal(o->item[0].deliverable->name, o->rule->name);
}

void message_items_in(const struct obligation *o, unsigned forms, enum item_state state,
	const struct words *w, struct arena *a, struct item_words *ret)
{
	struct counting x = {.o = o, .forms = forms, .state = state, .w = w, .a = a};
	*ret = (struct item_words){.full = "", .brief = ""};
	for (size_t i = 0; i < o->n_items; i++) {
		if (!has_state(&x, &o->item[i]))
			continue;
		ret->n++;
		ret->forms |= BIT(o->item[i].form);
	}
	ret->all = ret->n == o->n_items;
	if (ret->n == 0)
		return;
	if (ret->all) {
		ret->full = ret->brief = is_one_thing(o)
						 ? o->item[0].deliverable->name
						 : arena_printf(a, w->everything,
							   message_items_forms(w, ret->forms, a));
		return;
	}
	unsigned whole = whole_forms(&x);
	add_deliverables(&x, whole);
	ret->full = join(a, x.piece.item, x.piece.n, w->sep);
	ret->brief = shorten(&x, ret->full);
}

const char *message_items_received(
	const struct obligation *o, const struct words *w, struct arena *a)
{
	struct counting x = {.o = o, .forms = o->forms, .state = ITEM_RECEIVED, .w = w, .a = a};
	return message_items_forms(w, whole_forms(&x), a);
}

static const char *state_of_form(const struct obligation *o, enum form f, const struct words *w)
{
	size_t n = 0, missing = 0, received = 0;
	for (size_t i = 0; i < o->n_items; i++) {
		if (o->item[i].form != f)
			continue;
		n++;
		missing += o->item[i].state == ITEM_MISSING;
		received += o->item[i].state == ITEM_RECEIVED;
	}
	if (missing)
		return missing == n ? w->not_got : w->partly;
	return received == n ? w->got : w->waiting;
}

const char *message_items_states(const struct obligation *o, const struct words *w, struct arena *a)
{
	const char *piece[N_FORMS];
	size_t n = 0;
	for (size_t i = 0; i < N_FORMS; i++)
		if (o->forms & BIT(FORM_ORDER[i]))
			piece[n++] = arena_printf(a, w->form_state, w->forms[FORM_ORDER[i]],
				state_of_form(o, FORM_ORDER[i], w));
	return join(a, piece, n, w->sep);
}
