#include "mustache.h"

#include <string.h>

#include "mustache_node.h"

enum { NAME_MAX_BYTES = 64 };

struct parser {
	const char *text, *file;
	size_t len, pos;
	int line; /* of pos */
	struct arena *a;
	VEC(struct node) nodes;
	size_t open[MUSTACHE_DEPTH_MAX]; /* indexes of the sections that are open */
	size_t depth;
	struct diag *d;
};

/* One {{tag}}. */
struct tag {
	char sigil;       /* '#', '^', '/', '!', '&', '{', or 0 for a plain variable */
	const char *name; /* trimmed, borrowed */
	size_t name_len;
	size_t start, end; /* bytes of the whole tag in the text */
	int line;
};

#define FAULT(p, at_line, ...)                                                                     \
	(diag_set((p)->d, RC_INVALID, __VA_ARGS__), diag_at((p)->d, (p)->file, (at_line)),         \
		RC_INVALID)

static void advance(struct parser *p, size_t to)
{
	for (; p->pos < to; p->pos++)
		p->line += p->text[p->pos] == '\n';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_name(const char *s, size_t len)
{
	if (len == 1 && s[0] == '.')
		return true;
	if (len == 0 || len > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z');
		bool digit = s[i] >= '0' && s[i] <= '9';
		if (!letter && s[i] != '_' && (i == 0 || !(digit || s[i] == '-')))
			return false;
	}
	return true;
}

static const char *find(const struct parser *p, size_t from, const char *what)
{
	return memmem(p->text + from, p->len - from, what, strlen(what));
}

static void trim(struct tag *t)
{
	while (t->name_len && is_blank(t->name[0])) {
		t->name++;
		t->name_len--;
	}
	while (t->name_len && is_blank(t->name[t->name_len - 1]))
		t->name_len--;
}

static enum rc check_name(struct parser *p, const struct tag *t)
{
	if (t->sigil == '!' || is_name(t->name, t->name_len))
		return RC_OK;
	if (t->name_len && strchr("><=$*", t->name[0]))
		return FAULT(
			p, t->line, N_("tags that start with '%c' are not supported"), t->name[0]);
	return FAULT(p, t->line, N_("this is not a name: '%s'"),
		arena_strndup(p->a, t->name, t->name_len < 40 ? t->name_len : 40));
}

/* The tag at start, where "{{" stands. */
static enum rc read_tag(struct parser *p, size_t start, struct tag *ret)
{
	struct tag t = {.start = start, .line = p->line};
	size_t body = start + 2;
	if (body < p->len && strchr("#^/!&{", p->text[body]) && p->text[body])
		t.sigil = p->text[body++];
	const char *closing = t.sigil == '{' ? "}}}" : "}}";
	const char *close = find(p, body, closing);
	if (!close)
		return FAULT(p, t.line, N_("this tag is not closed by %s"), closing);
	t.name = p->text + body;
	t.name_len = (size_t)(close - t.name);
	t.end = body + t.name_len + strlen(closing);
	trim(&t);
	enum rc rc = check_name(p, &t);
	if (rc == RC_OK)
		*ret = t;
	return rc;
}

/* A section or comment tag alone on its line takes the whole line with it. */
static void widen_standalone(const struct parser *p, size_t *start, size_t *end)
{
	size_t s = *start, e = *end;
	while (s > 0 && (p->text[s - 1] == ' ' || p->text[s - 1] == '\t'))
		s--;
	while (e < p->len && (p->text[e] == ' ' || p->text[e] == '\t' || p->text[e] == '\r'))
		e++;
	bool begins = s == 0 || p->text[s - 1] == '\n';
	bool ends = e == p->len || p->text[e] == '\n';
	if (!begins || !ends)
		return;
	*start = s;
	*end = e < p->len ? e + 1 : e;
}

static void add_text(struct parser *p, size_t from, size_t to)
{
	if (to <= from)
		return;
	struct node n = {.kind = NODE_TEXT, .text = p->text + from, .len = to - from};
	VEC_PUSH(p->a, &p->nodes, n);
}

static void add_tag(struct parser *p, enum node_kind kind, const struct tag *t)
{
	struct node n = {.kind = kind,
		.line = t->line,
		.len = t->name_len,
		.text = arena_strndup(p->a, t->name, t->name_len)};
	n.hash = node_hash(n.text);
	VEC_PUSH(p->a, &p->nodes, n);
}

static enum rc open_section(struct parser *p, const struct tag *t)
{
	if (p->depth == MUSTACHE_DEPTH_MAX)
		return FAULT(p, t->line, N_("sections are nested more than %d deep"),
			MUSTACHE_DEPTH_MAX);
	p->open[p->depth++] = p->nodes.n;
	add_tag(p, t->sigil == '#' ? NODE_SECTION : NODE_INVERTED, t);
	return RC_OK;
}

static enum rc close_section(struct parser *p, const struct tag *t)
{
	const char *name = arena_strndup(p->a, t->name, t->name_len);
	if (p->depth == 0)
		return FAULT(p, t->line, N_("{{/%s}} closes a section that is not open"), name);
	struct node *n = &p->nodes.item[p->open[p->depth - 1]];
	if (strcmp(n->text, name) != 0)
		return FAULT(p, t->line, N_("{{/%s}} does not close {{%s}} of line %d"), name,
			n->text, n->line);
	n->end = p->nodes.n;
	p->depth--;
	return RC_OK;
}

static enum rc take_tag(struct parser *p, const struct tag *t)
{
	switch (t->sigil) {
	case '#':
	case '^':
		return open_section(p, t);
	case '/':
		return close_section(p, t);
	case '!':
		return RC_OK;
	default:
		add_tag(p, t->sigil ? NODE_RAW : NODE_VALUE, t);
		return RC_OK;
	}
}

static enum rc parse_all(struct parser *p)
{
	while (p->pos < p->len) {
		const char *brace = find(p, p->pos, "{{");
		size_t from = p->pos, at = brace ? (size_t)(brace - p->text) : p->len;
		advance(p, at);
		if (!brace) {
			add_text(p, from, at);
			break;
		}
		struct tag t;
		enum rc rc = read_tag(p, at, &t);
		if (rc)
			return rc;
		size_t end = t.end;
		if (t.sigil && strchr("#^/!", t.sigil))
			widen_standalone(p, &at, &end);
		add_text(p, from, at);
		rc = take_tag(p, &t);
		if (rc)
			return rc;
		advance(p, end);
	}
	if (p->depth == 0)
		return RC_OK;
	const struct node *n = &p->nodes.item[p->open[p->depth - 1]];
	return FAULT(p, n->line, N_("the section {{%s}} is not closed"), n->text);
}

enum rc mustache_parse(const char *text, const char *file, struct arena *a,
	const struct mustache **ret, struct diag *d)
{
	struct parser p = {
		.text = text, .file = file, .len = strlen(text), .line = 1, .a = a, .d = d};
	if (p.len > MUSTACHE_FILE_MAX) {
		diag_set(d, RC_LIMIT, N_("a template is at most %d bytes long"), MUSTACHE_FILE_MAX);
		diag_at(d, file, 0);
		return RC_LIMIT;
	}
	enum rc rc = parse_all(&p);
	if (rc)
		return rc;
	struct mustache *m = ARENA_NEW(a, struct mustache);
	*m = (struct mustache){p.nodes.item, p.nodes.n};
	*ret = m;
	return RC_OK;
}

void mustache_names(
	const struct mustache *m, void (*each)(void *ctx, const char *name, int line), void *ctx)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->node[i].kind != NODE_TEXT)
			each(ctx, m->node[i].text, m->node[i].line);
}
