#include "message.h"

#include <string.h>

#include "message_template.h"
#include "message_variables.h"
#include "message_view.h"
#include "text.h"

struct making {
	struct viewing x;
	const struct templates *t;
	int language;
	const struct message_part *part;
	size_t n_parts;
	VEC(struct part_group) group;
	const char *name; /* of the template */
	struct view *view;
	struct diag *d;
};

/* ---- which text ------------------------------------------------------------------------------ */

static struct part_group *find_group(struct making *k, const struct obligation *o)
{
	for (size_t i = 0; i < k->group.n && o; i++)
		if (k->group.item[i].o && text_equal(k->group.item[i].o->id, o->id))
			return &k->group.item[i];
	return NULL;
}

static void add_part(struct making *k, const struct message_part *p)
{
	const struct reminder *r = p->reminder;
	struct part_group *g = find_group(k, r->obligation);
	if (!g) {
		struct part_group fresh = {.o = r->obligation,
			.part = p,
			.template = r->template,
			.line = "",
			.deadline = ""};
		VEC_PUSH(k->x.a, &k->group, fresh);
		g = &k->group.item[k->group.n - 1];
	}
	if (template_rank(r->template) > template_rank(g->template)) {
		g->part = p;
		g->template = r->template;
	}
	if (r->form != FORM_NONE)
		g->forms |= BIT(r->form);
	g->late = g->late || p->late;
}

static const char *choose_template(const struct making *k)
{
	const char *name = k->group.item[0].template;
	for (size_t i = 1; i < k->group.n; i++)
		if (!text_equal(k->group.item[i].template, name))
			return "digest";
	return k->group.n == 1 || template_is_list(name) ? name : "digest";
}

/* ---- rendering ------------------------------------------------------------------------------- */

/* Renders into the arena; RC_NOTFOUND if there is no such text. */
static enum rc render(struct making *k, const char *name, enum template_kind kind,
	const struct view *v, const char **ret)
{
	const struct mustache *m = template_find(k->t, k->language, name, kind);
	if (!m)
		return diag_set(k->d, RC_NOTFOUND,
			N_("there is no text '%s' for this channel in %s"), name,
			LANGUAGE[k->language]);
	struct buf b;
	buf_init(&b, MESSAGE_BODY_MAX);
	mustache_render(m, v, kind == KIND_HTML ? ESCAPE_HTML : ESCAPE_NONE, &b);
	enum rc rc = RC_OK;
	if (b.overflow)
		rc = diag_set(k->d, RC_LIMIT, N_("the text '%s' is longer than %d bytes"), name,
			MESSAGE_BODY_MAX);
	else
		*ret = arena_strndup(k->x.a, b.data, b.len);
	buf_done(&b);
	return rc;
}

static const char *trim_end(struct arena *a, const char *s)
{
	size_t n = strlen(s);
	while (n && strchr(" \t\r\n", s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

/* A digest's line and a sentence's "by when" are texts of their own; "" if there is none.  v is of g. */
static const char *make_line(
	struct making *k, const struct part_group *g, const struct view *v, const char *name)
{
	const char *s = "";
	if (!g->o || !template_find(k->t, k->language, name, KIND_LINE))
		return s;
	return render(k, name, KIND_LINE, v, &s) ? "" : trim_end(k->x.a, s);
}

/* The sentence is made first: the line may use it. */
static void put_group(struct making *k, struct part_group *g, struct view *v)
{
	message_view_group(&k->x, g, v);
	g->deadline = make_line(k, g, v, "deadline");
	view_put(&k->x, v, "deadline", g->deadline);
	g->line = make_line(k, g, v, g->template);
	view_put(&k->x, v, "line", g->line);
}

static void add_note_lines(struct making *k, const char *note)
{
	for (size_t n; note && *note; note += n + (note[n] == '\n')) {
		n = strcspn(note, "\n");
		view_set(view_add(k->view, "note_lines"), "note",
			message_view_clean(arena_strndup(k->x.a, note, n), k->x.a));
	}
}

static void make_view(struct making *k)
{
	k->view = view_new(k->x.a);
	for (size_t i = 0; i < k->group.n; i++) {
		struct part_group *g = &k->group.item[i];
		struct view *one = view_add(k->view, "items");
		/* One that is alone is known outside the list, too, and inside it by falling back. */
		put_group(k, g, k->group.n == 1 ? k->view : one);
		view_set_flag(one, "last", i + 1 == k->group.n);
		if (!g->o)
			add_note_lines(k, g->part->note);
	}
	message_view_root(&k->x, k->group.item, k->group.n, k->view);
}

/* One line, cut at MESSAGE_SUBJECT_MAX. */
static const char *make_subject(struct making *k, const char *s)
{
	s = message_view_clean(trim_end(k->x.a, s), k->x.a);
	if (strlen(s) <= MESSAGE_SUBJECT_MAX)
		return s;
	const char *mark = k->x.w->cut;
	return arena_printf(
		k->x.a, "%.*s%s", (int)text_cut(s, MESSAGE_SUBJECT_MAX - strlen(mark)), s, mark);
}

/* The frame around the body: greeting and end are the same in every mail. */
static enum rc make_body(struct making *k, enum template_kind kind, const char **ret)
{
	const char *body;
	enum rc rc = render(k, k->name, kind, k->view, &body);
	if (rc)
		return rc;
	view_set(k->view, "body", kind == KIND_HTML ? body : trim_end(k->x.a, body));
	return render(k, "mail", kind, k->view, ret);
}

static enum rc make_mail(struct making *k, struct message_text *ret)
{
	struct message_text m = {0};
	enum rc rc = render(k, k->name, KIND_SUBJECT, k->view, &m.subject);
	if (rc)
		return rc;
	m.subject = make_subject(k, m.subject);
	view_set(k->view, "subject", m.subject);
	rc = make_body(k, KIND_TXT, &m.text);
	if (rc)
		return rc;
	rc = make_body(k, KIND_HTML, &m.html);
	if (rc == RC_OK)
		*ret = m;
	return rc;
}

static enum rc make_sms(struct making *k, struct message_text *ret)
{
	const char *s;
	enum rc rc = render(k, k->name, KIND_SMS, k->view, &s);
	if (rc)
		return rc;
	const struct sms_settings *set = &k->x.c->sms;
	size_t sign = set->sign ? text_count_utf16(set->sign) + 2 : 0;
	size_t max = set->max_units > 0 && (size_t)set->max_units > sign
			     ? (size_t)set->max_units - sign
			     : MESSAGE_SMS_MAX;
	s = message_clean_sms(s, k->x.a);
	struct message_text m = {.sms = message_sms_cut(s, max, k->x.w->cut, k->x.a),
		.sms_units = text_count_utf16(s) + sign};
	if (set->n_variables)
		rc = message_variables_make(&k->x, k->view, &m, k->d);
	if (rc == RC_OK)
		*ret = m;
	return rc;
}

/* ---- groups ------------------------------------------------------------------------------------ */

/* A keyword goes behind the text, and a mark before it. */
static size_t room_in_chat(const struct making *k)
{
	enum { MARK_MAX = 32 };
	const struct person *p = k->part[0].reminder->person;
	const struct chat_room *room = p ? p->room : NULL;
	size_t max = room && room->kind == TRANSPORT_WECOM ? MESSAGE_WECOM_MAX : MESSAGE_CHAT_MAX;
	return max - MARK_MAX - (room && room->keyword ? strlen(room->keyword) + 1 : 0);
}

/* One obligation as a group reads it. */
static const char *make_chat_part(struct making *k, struct part_group *g)
{
	const struct mustache *m = template_find_chat(k->t, k->language, g->template);
	struct view *v = view_new(k->x.a);
	struct buf b;
	if (!m || !g->o)
		return "";
	message_view_group(&k->x, g, v);
	g->deadline = make_line(k, g, v, "deadline");
	view_put(&k->x, v, "deadline", g->deadline);
	message_view_root(&k->x, g, 1, v);
	/* A mail may name whom to call; in a group that would be a person. */
	view_put(&k->x, v, "contact", "");
	buf_init(&b, MESSAGE_CHAT_MAX);
	mustache_render(m, v, ESCAPE_NONE, &b);
	const char *s = trim_end(k->x.a, arena_strndup(k->x.a, b.data ? b.data : "", b.len));
	buf_done(&b);
	return s;
}

/* As many as fit, whole; only one that is alone is cut. */
static enum rc make_chat(struct making *k, struct message_text *ret)
{
	size_t max = room_in_chat(k), n = 0;
	const char *mark = k->x.w->cut, *all = "";
	for (; n < k->group.n; n++) {
		const char *one = make_chat_part(k, &k->group.item[n]);
		const char *more = n + 1 < k->group.n ? arena_printf(k->x.a, k->x.w->not_listed,
								k->group.n - n - 1)
						      : "";
		const char *next = n ? arena_printf(k->x.a, "%s\n\n%s", all, one) : one;
		if (!n && strlen(next) + strlen(more) + 2 > max)
			next = arena_printf(k->x.a, "%.*s%s",
				(int)text_cut(next, max - strlen(more) - strlen(mark) - 2), next,
				mark);
		else if (strlen(next) + strlen(more) + 2 > max)
			break;
		all = next;
	}
	if (n < k->group.n)
		all = arena_printf(k->x.a, "%s\n\n%s", all,
			arena_printf(k->x.a, k->x.w->not_listed, k->group.n - n));
	ret->sms = all;
	ret->sms_units = text_count_utf16(all);
	return RC_OK;
}

/* Every part needs a text of its own. */
static bool has_text(const struct making *k, enum channel ch)
{
	if (ch != CHANNEL_CHAT)
		return template_find_for(k->t, k->language, k->name, ch) != NULL;
	for (size_t i = 0; i < k->group.n; i++)
		if (!k->group.item[i].o ||
			!template_find_chat(k->t, k->language, k->group.item[i].template))
			return false;
	return true;
}

enum rc message_render(const struct config *c, const struct templates *t,
	const struct message_part *part, size_t n, struct instant now, struct arena *a,
	struct message_text *ret, struct diag *d)
{
	int language = words_language(c->language);
	struct making k = {
		.x = {.c = c, .w = words_of(language), .now = now, .a = a},
		.t = t,
		.language = language,
		.part = part,
		.n_parts = n,
		.d = d,
	};
	for (size_t i = 0; i < n; i++)
		add_part(&k, &part[i]);
	k.name = choose_template(&k);
	enum channel ch = part[0].reminder->channel;
	/* Before the work of the view: most callers ask for what is not there only once. */
	if (!has_text(&k, ch))
		return diag_set(d, RC_NOTFOUND, N_("there is no text '%s' for this channel in %s"),
			k.name, LANGUAGE[language]);
	if (ch == CHANNEL_CHAT)
		return make_chat(&k, ret);
	make_view(&k);
	return ch == CHANNEL_SMS ? make_sms(&k, ret) : make_mail(&k, ret);
}
