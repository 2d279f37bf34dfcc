#include "mustache.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "mustache_node.h"

struct field {
	const char *name;
	const char *value; /* NULL: a list */
	VEC(struct view *) list;
	uint32_t hash; /* of the name */
};

struct view {
	struct arena *a;
	VEC(struct field) fields;
	uint16_t *slot; /* by hash: 1 + index of the field; 0: empty */
	size_t n_slots; /* a power of two, at least twice the fields; 0: too few fields to need it */
};

enum { FIELDS_WITHOUT_SLOTS = 8, SLOTS_MAX = 1 << 16 };

/* What a name is looked up in: the innermost section first. */
struct frame {
	const struct view *view; /* NULL: only "." is known */
	const char *dot;
};

struct rendering {
	const struct mustache *m;
	enum mustache_escape escape;
	struct buf *out;
	struct frame frame[MUSTACHE_DEPTH_MAX + 1];
	size_t depth;
	long steps;
};

/* ---- views ----------------------------------------------------------------------------------- */

struct view *view_new(struct arena *a)
{
	struct view *v = ARENA_NEW(a, struct view);
	v->a = a;
	return v;
}

static bool is_named(const struct field *f, const char *name, uint32_t hash)
{
	return f->hash == hash && strcmp(f->name, name) == 0;
}

static struct field *find_field(const struct view *v, const char *name, uint32_t hash)
{
	size_t mask = v->n_slots - 1;
	for (size_t i = hash & mask; v->n_slots && v->slot[i]; i = (i + 1) & mask)
		if (is_named(&v->fields.item[v->slot[i] - 1], name, hash))
			return &v->fields.item[v->slot[i] - 1];
	for (size_t i = 0; !v->n_slots && i < v->fields.n; i++)
		if (is_named(&v->fields.item[i], name, hash))
			return &v->fields.item[i];
	return NULL;
}

static void put_slot(struct view *v, size_t field)
{
	size_t mask = v->n_slots - 1, i = v->fields.item[field].hash & mask;
	while (v->slot[i])
		i = (i + 1) & mask;
	v->slot[i] = (uint16_t)(field + 1);
}

/* A view of an obligation has a hundred names, and each is looked for when it is set. */
static void index_last(struct view *v)
{
	if (v->fields.n <= FIELDS_WITHOUT_SLOTS)
		return;
	if (2 * v->fields.n <= v->n_slots) {
		put_slot(v, v->fields.n - 1);
		return;
	}
	assert(v->n_slots < SLOTS_MAX);
	v->n_slots = v->n_slots ? 4 * v->n_slots : (size_t)4 * FIELDS_WITHOUT_SLOTS;
	v->slot = ARENA_ARRAY(v->a, v->n_slots, uint16_t);
	for (size_t i = 0; i < v->fields.n; i++)
		put_slot(v, i);
}

static struct field *want_field(struct view *v, const char *name)
{
	uint32_t hash = node_hash(name);
	struct field *f = find_field(v, name, hash);
	if (f)
		return f;
	struct field fresh = {.name = name, .hash = hash};
	VEC_PUSH(v->a, &v->fields, fresh);
	index_last(v);
	return &v->fields.item[v->fields.n - 1];
}

void view_set(struct view *v, const char *name, const char *value)
{
	want_field(v, name)->value = value ? value : "";
}

void view_set_flag(struct view *v, const char *name, bool value)
{
	view_set(v, name, value ? "1" : "");
}

struct view *view_add(struct view *v, const char *name)
{
	struct field *f = want_field(v, name);
	struct view *child = view_new(v->a);
	f->value = NULL;
	VEC_PUSH(v->a, &f->list, child);
	return child;
}

/* ---- rendering ------------------------------------------------------------------------------- */

static void put_html(struct buf *out, const char *s)
{
	for (size_t n; *s; s += n) {
		n = strcspn(s, "&<>\"'");
		buf_add(out, s, n);
		if (!s[n])
			return;
		buf_puts(out, s[n] == '&'   ? "&amp;"
			      : s[n] == '<' ? "&lt;"
			      : s[n] == '>' ? "&gt;"
			      : s[n] == '"' ? "&quot;"
					    : "&#39;");
		n++;
	}
}

static const struct field *look_up(const struct rendering *r, const struct node *n)
{
	for (size_t i = r->depth + 1; i-- > 0;) {
		const struct view *v = r->frame[i].view;
		const struct field *f = v ? find_field(v, n->text, n->hash) : NULL;
		if (f)
			return f;
	}
	return NULL;
}

static const char *look_up_value(const struct rendering *r, const struct node *n)
{
	if (strcmp(n->text, ".") == 0 && r->frame[r->depth].dot)
		return r->frame[r->depth].dot;
	const struct field *f = look_up(r, n);
	return f ? f->value : NULL;
}

static void render_range(struct rendering *r, size_t from, size_t to);

/* The text inside the section at node i, once, with one more frame. */
static void render_inside(struct rendering *r, size_t i, struct frame frame)
{
	r->frame[++r->depth] = frame;
	render_range(r, i + 1, r->m->node[i].end);
	r->depth--;
}

static void render_section(struct rendering *r, size_t i)
{
	const struct node *n = &r->m->node[i];
	const struct field *f = look_up(r, n);
	const char *value = look_up_value(r, n);
	bool truth = (value && value[0]) || (f && !f->value && f->list.n);
	if (n->kind == NODE_INVERTED) {
		if (!truth)
			render_inside(r, i, (struct frame){NULL, r->frame[r->depth].dot});
		return;
	}
	if (value && value[0])
		render_inside(r, i, (struct frame){NULL, value});
	else if (truth)
		for (size_t k = 0; k < f->list.n && !r->out->overflow; k++)
			render_inside(r, i, (struct frame){f->list.item[k], NULL});
}

static void render_range(struct rendering *r, size_t from, size_t to)
{
	for (size_t i = from; i < to && !r->out->overflow;) {
		const struct node *n = &r->m->node[i];
		/* Lists inside lists can cost time without any output. */
		if (++r->steps > MUSTACHE_STEPS_MAX) {
			r->out->overflow = true;
			return;
		}
		const char *value = n->kind == NODE_VALUE || n->kind == NODE_RAW
					    ? look_up_value(r, n)
					    : NULL;
		if (n->kind == NODE_TEXT)
			buf_add(r->out, n->text, n->len);
		else if (n->kind == NODE_SECTION || n->kind == NODE_INVERTED)
			render_section(r, i);
		else if (value && n->kind == NODE_VALUE && r->escape == ESCAPE_HTML)
			put_html(r->out, value);
		else if (value)
			buf_puts(r->out, value);
		i = n->kind == NODE_SECTION || n->kind == NODE_INVERTED ? n->end : i + 1;
	}
}

void mustache_render(const struct mustache *m, const struct view *v, enum mustache_escape escape,
	struct buf *out)
{
	struct rendering r = {.m = m, .escape = escape, .out = out};
	r.frame[0].view = v;
	render_range(&r, 0, m->n);
}
