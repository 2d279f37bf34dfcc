#include "message_template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message_view.h"
#include "text.h"

/* What has to be there for a name; the rest is optional. */
enum {
	MAIL = BIT(KIND_SUBJECT) | BIT(KIND_TXT) | BIT(KIND_HTML),
	FRAME = BIT(KIND_TXT) | BIT(KIND_HTML),
	LINE = BIT(KIND_LINE)
};

static const struct {
	const char *name;
	unsigned must, may;
	int rank;
	bool list, step; /* a step or notice may name it */
} TEMPLATE[] = {
	{"heads-up", MAIL | LINE, BIT(KIND_SMS) | BIT(KIND_CHAT), 1, false, true},
	{"start", MAIL | LINE, BIT(KIND_SMS) | BIT(KIND_CHAT), 2, false, true},
	{"ask", MAIL | LINE, BIT(KIND_SMS) | BIT(KIND_CHAT), 3, false, true},
	{"confirm", MAIL | LINE, BIT(KIND_SMS), 4, false, true},
	{"due", MAIL | LINE, BIT(KIND_SMS) | BIT(KIND_CHAT), 5, false, true},
	{"catch-up", MAIL | LINE, BIT(KIND_SMS), 6, false, true},
	{"moved", MAIL | LINE, BIT(KIND_SMS), 7, false, true},
	{"overdue", MAIL | LINE, BIT(KIND_SMS) | BIT(KIND_CHAT), 8, false, true},
	{"leaders", MAIL | LINE, 0, 9, true, true},
	{"returned", MAIL | LINE, BIT(KIND_SMS), 10, false, true},
	{"released", MAIL | LINE, BIT(KIND_SMS), 11, false, true},
	{"nil", MAIL | LINE, BIT(KIND_SMS), 11, false, true},
	{"handover", MAIL | LINE, BIT(KIND_SMS), 12, false, true},
	{"handed-over", MAIL | LINE, BIT(KIND_SMS), 12, false, true},
	{"weekly", MAIL, LINE, 0, true, true},
	{"leaders-month", MAIL, 0, 0, true, false},
	{"year-end", MAIL, 0, 0, true, false},
	{"counts", MAIL, 0, 0, true, false},
	{"admin", MAIL, BIT(KIND_SMS), 0, true, true},
	{"alarm", MAIL | BIT(KIND_SMS), 0, 0, true, true},
	{"digest", MAIL, BIT(KIND_SMS), 0, true, false},
	{"mail", FRAME, 0, 0, false, false},
	{"deadline", LINE, 0, 0, false, false},
};
enum { N_TEMPLATES = sizeof TEMPLATE / sizeof *TEMPLATE };

static const char *const SUFFIX[KIND_COUNT] = {"subject", "txt", "html", "sms", "line", "chat"};

struct templates {
	struct arena arena;
	const struct mustache *text[LANGUAGES][N_TEMPLATES][KIND_COUNT];
};

struct loading {
	struct templates *t;
	template_read_fn *read;
	void *ctx;
	struct diags *ds;
	const char *file; /* being checked */
};

/* ---- look-up --------------------------------------------------------------------------------- */

static size_t index_of(const char *name)
{
	size_t i = 0;
	while (i < N_TEMPLATES && strcmp(TEMPLATE[i].name, name) != 0)
		i++;
	return i;
}

const struct mustache *template_find(
	const struct templates *t, int language, const char *name, enum template_kind kind)
{
	size_t i = index_of(name);
	return i < N_TEMPLATES ? t->text[language][i][kind] : NULL;
}

const struct mustache *template_find_chat(const struct templates *t, int language, const char *name)
{
	size_t i = index_of(name);
	if (i == N_TEMPLATES || !(TEMPLATE[i].may & BIT(KIND_CHAT)))
		return NULL;
	const struct mustache *own = t->text[language][i][KIND_CHAT];
	return own ? own : t->text[language][i][KIND_SMS];
}

const struct mustache *template_find_for(
	const struct templates *t, int language, const char *name, enum channel ch)
{
	if (ch == CHANNEL_CHAT)
		return template_find_chat(t, language, name);
	return template_find(t, language, name, ch == CHANNEL_SMS ? KIND_SMS : KIND_TXT);
}

bool template_is_list(const char *name)
{
	size_t i = index_of(name);
	return i < N_TEMPLATES && TEMPLATE[i].list;
}

int template_rank(const char *name)
{
	size_t i = index_of(name);
	return i < N_TEMPLATES ? TEMPLATE[i].rank : 0;
}

bool templates_has(
	const struct templates *t, const char *language, const char *name, enum channel ch)
{
	size_t i = index_of(name);
	return i < N_TEMPLATES && TEMPLATE[i].step &&
	       template_find_for(t, words_language(language), name, ch);
}

/* ---- loading --------------------------------------------------------------------------------- */

static void check_name(void *ctx, const char *name, int line)
{
	struct loading *l = ctx;
	if (message_view_knows(name))
		return;
	struct diag d = DIAG_INIT;
	diag_set(&d, RC_INVALID, N_("there is no name '%s' for templates"), name);
	diag_at(&d, l->file, line);
	diags_add(l->ds, &d);
}

static size_t ceiling_of(enum template_kind kind)
{
	if (kind == KIND_CHAT)
		return MESSAGE_CHAT_MAX;
	return kind == KIND_TXT || kind == KIND_HTML ? MESSAGE_BODY_MAX : MESSAGE_SMS_MAX;
}

/* Does the text stay within its ceiling with long values, and say anything at all? */
static void try_text(
	struct loading *l, const struct mustache *m, enum template_kind kind, bool full)
{
	struct arena a = ARENA_INIT;
	struct view *v = view_new(&a);
	struct buf out;
	struct diag d = DIAG_INIT;
	message_view_dummy(&a, full, v);
	buf_init(&out, ceiling_of(kind));
	mustache_render(m, v, kind == KIND_HTML ? ESCAPE_HTML : ESCAPE_NONE, &out);
	if (out.overflow)
		diag_set(&d, RC_LIMIT, N_("with long names this text is longer than %zu bytes"),
			ceiling_of(kind));
	else if (full && kind != KIND_LINE && out.data[strspn(out.data, " \t\r\n")] == '\0')
		diag_set(&d, RC_INVALID, N_("this text says nothing"));
	if (d.rc) {
		diag_at(&d, l->file, 0);
		diags_add(l->ds, &d);
	}
	buf_done(&out);
	arena_done(&a);
}

static enum rc parse_text(
	struct loading *l, const char *text, const struct mustache **ret, struct diag *d)
{
	size_t at = 0;
	if (text_check(text, strlen(text), true, &at)) {
		int line = 1;
		for (size_t i = 0; i < at; i++)
			line += text[i] == '\n';
		diag_set(d, RC_INVALID, N_("control characters or text that is not UTF-8"));
		diag_at(d, l->file, line);
		return RC_INVALID;
	}
	return mustache_parse(text, l->file, &l->t->arena, ret, d);
}

static void load_text(struct loading *l, int language, size_t i, enum template_kind kind)
{
	const char *text = NULL;
	const struct mustache *m = NULL;
	struct diag d = DIAG_INIT;
	l->file = arena_printf(
		&l->t->arena, "%s/%s.%s", LANGUAGE[language], TEMPLATE[i].name, SUFFIX[kind]);
	enum rc rc = l->read(l->ctx, l->file, &l->t->arena, &text, &d);
	if (rc == RC_OK)
		rc = parse_text(l, text, &m, &d);
	else if (rc == RC_NOTFOUND && !(TEMPLATE[i].must & BIT(kind)))
		return;
	if (rc) {
		diag_at(&d, l->file, 0);
		diags_add(l->ds, &d);
		return;
	}
	mustache_names(m, check_name, l);
	try_text(l, m, kind, true);
	try_text(l, m, kind, false);
	l->t->text[language][i][kind] = m;
}

/* A language is there if the frame of its mails is. */
static bool is_there(struct loading *l, int language)
{
	const char *text = NULL;
	struct diag d = DIAG_INIT;
	const char *file = arena_printf(&l->t->arena, "%s/mail.txt", LANGUAGE[language]);
	return l->read(l->ctx, file, &l->t->arena, &text, &d) != RC_NOTFOUND;
}

static void load_language(struct loading *l, int language)
{
	for (size_t i = 0; i < N_TEMPLATES; i++)
		for (int kind = 0; kind < KIND_COUNT; kind++)
			if ((TEMPLATE[i].must | TEMPLATE[i].may) & BIT(kind))
				load_text(l, language, i, (enum template_kind)kind);
}

enum rc templates_new(template_read_fn *read, void *ctx, struct templates **ret, struct diags *ds)
{
	struct templates *t = mem_new(1, sizeof *t);
	struct loading l = {.t = t, .read = read, .ctx = ctx, .ds = ds};
	size_t errors = ds->n_errors;
	bool any = false;
	for (int i = 0; i < LANGUAGES; i++) {
		if (!is_there(&l, i))
			continue;
		load_language(&l, i);
		any = true;
	}
	if (!any) {
		struct diag d = DIAG_INIT;
		diag_set(&d, RC_NOTFOUND, N_("there are no templates, neither %s/ nor %s/"),
			LANGUAGE[0], LANGUAGE[1]);
		diags_add(ds, &d);
	}
	if (ds->n_errors != errors) {
		templates_free(t);
		return any ? RC_INVALID : RC_NOTFOUND;
	}
	*ret = t;
	return RC_OK;
}

void templates_free(struct templates *t)
{
	if (!t)
		return;
	arena_done(&t->arena);
	free(t);
}
