#include "check_texts.h"

#include <stdlib.h>
#include <string.h>

#include "longest.h"

/* CANDIDATES of each group are rendered; cloud gateways take CLOUD_MAX characters in all. */
enum { CANDIDATES = 2, GROUPS_MAX = 64, TEMPLATES_MAX = 32, CLOUD_MAX = 500, SEGMENTS_MAX = 3 };

/* The longest of its kind so far. */
struct longest {
	const char *name; /* of the template */
	size_t n;
	const char *obligation;
};

struct candidate {
	const struct obligation *o;
	size_t guess; /* of how long its texts are */
};

struct checking {
	const struct config *c;
	const struct templates *t;
	struct diags *ds;
	struct arena parts, scratch;
	struct obligations os;
	struct candidate *order;                /* heap: by kind, longest first */
	const struct message_part *one, *other; /* about two obligations */
	struct longest text[TEMPLATES_MAX];
	size_t n_texts;
	struct longest variable[SMS_VARIABLES_MAX], link[SMS_VARIABLES_MAX];
	bool failed;
};

static void complain(struct checking *x, struct diag *d, struct source at, enum severity severity)
{
	d->severity = severity;
	diag_at(d, at.file, at.line);
	diags_add(x->ds, d);
}

/* ---- rendering --------------------------------------------------------------------------------- */

static struct longest *longest_text(struct checking *x, const char *template)
{
	for (size_t i = 0; i < x->n_texts; i++)
		if (strcmp(x->text[i].name, template) == 0)
			return &x->text[i];
	if (x->n_texts == TEMPLATES_MAX)
		return &x->text[TEMPLATES_MAX - 1];
	x->text[x->n_texts].name = template;
	return &x->text[x->n_texts++];
}

static void keep_longer(struct longest *l, size_t n, const char *obligation)
{
	if (n <= l->n)
		return;
	l->n = n;
	l->obligation = obligation;
}

static void measure(struct checking *x, const struct message_part *p, const struct message_text *m)
{
	const char *id = p->reminder->obligation->id;
	keep_longer(longest_text(x, p->reminder->template), m->sms_units, id);
	for (size_t i = 0; i < x->c->sms.n_variables && m->variable; i++) {
		keep_longer(&x->variable[i], m->variable_points[i], id);
		if (message_variable_has_link(m->variable[i]))
			keep_longer(&x->link[i], 1, id);
	}
}

/* Two readings about two obligations make a digest. */
static void keep_pair(struct checking *x, const struct message_part *p)
{
	if (!x->one)
		x->one = p;
	else if (!x->other && x->one->reminder->obligation_id != p->reminder->obligation_id)
		x->other = p;
}

static void render(void *ctx, const struct message_part *p)
{
	struct checking *x = ctx;
	struct message_text m = {0};
	struct diag d = DIAG_INIT;
	if (message_render(x->c, x->t, p, 1, p->reminder->at, &x->scratch, &m, &d) == RC_OK)
		measure(x, p, &m);
	else if (!x->failed)
		complain(x, &d, x->c->sms.src, SEV_ERROR);
	x->failed = x->failed || d.rc;
	keep_pair(x, p);
	arena_reset(&x->scratch);
}

/* ---- which obligations ------------------------------------------------------------------------- */

static int compare_kinds(const struct obligation *a, const struct obligation *b)
{
	const struct rule *r = a->rule, *s = b->rule;
	const char *left = r->ladder ? r->ladder->id : "", *right = s->ladder ? s->ladder->id : "";
	int order = strcmp(left, right);
	if (order == 0)
		order = (int)r->kind - (int)s->kind;
	return order == 0 ? (int)r->forms - (int)s->forms : order;
}

static int compare(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int order = compare_kinds(a->o, b->o);
	if (order)
		return order;
	if (a->guess != b->guess)
		return a->guess < b->guess ? 1 : -1;
	return strcmp(a->o->id, b->o->id);
}

static void render_longest(struct checking *x)
{
	const struct obligations *os = &x->os;
	size_t groups = 0, taken = 0;
	for (size_t i = 0; i < os->n; i++) {
		bool first = i == 0 || compare_kinds(x->order[i - 1].o, x->order[i].o) != 0;
		taken = first ? 0 : taken + 1;
		groups += first;
		if (groups <= GROUPS_MAX && taken < CANDIDATES)
			longest_each(
				x->c, x->t, os, x->order[i].o, CHANNEL_SMS, &x->parts, render, x);
	}
}

static enum rc expand(struct checking *x, struct date today, struct diag *d)
{
	const struct config *c = x->c;
	int first = c->n_rosters ? c->roster[0]->year : date_year(today);
	int last = c->n_rosters ? c->roster[c->n_rosters - 1]->year : first;
	enum rc rc = obligation_expand(c, date_clamped(first, 1, 1), date_clamped(last, 12, 31),
		NULL, NULL, &x->parts, &x->os, d);
	if (rc)
		return rc;
	x->order = mem_new(x->os.n + 1, sizeof *x->order);
	for (size_t i = 0; i < x->os.n; i++)
		x->order[i] = (struct candidate){&x->os.item[i], longest_guess(&x->os.item[i])};
	qsort(x->order, x->os.n, sizeof *x->order, compare);
	return RC_OK;
}

/* ---- what is too long -------------------------------------------------------------------------- */

/* A spool keeps the settings of the gateway. */
static bool is_cloud(const struct sms_settings *s)
{
	return s->kind == TRANSPORT_ALIYUN || s->kind == TRANSPORT_TENCENT ||
	       (s->kind == TRANSPORT_SPOOL && s->n_variables);
}

static void check_text_lengths(struct checking *x)
{
	const struct sms_settings *s = &x->c->sms;
	size_t max = (size_t)s->max_units;
	struct longest all = {0};
	if (is_cloud(s) && max > CLOUD_MAX)
		max = CLOUD_MAX;
	for (size_t i = 0; i < x->n_texts; i++) {
		const struct longest *l = &x->text[i];
		struct diag d = DIAG_INIT;
		if (l->n > all.n)
			all = *l;
		if (l->n <= max)
			continue;
		diag_set(&d, RC_LIMIT,
			N_("the SMS \"%s\" of %s has %zu characters with its signature, at most "
			   "%zu "
			   "fit"),
			l->name, l->obligation, l->n, max);
		diag_hint(&d, max < CLOUD_MAX ? N_("raise max_units, or shorten the template")
					      : N_("shorten the template"));
		complain(x, &d, s->src, SEV_ERROR);
	}
	size_t segments = all.n <= 70 ? 1 : (all.n + 66) / 67;
	if (segments <= SEGMENTS_MAX || all.n > max)
		return;
	struct diag d = DIAG_INIT;
	diag_set(&d, RC_LIMIT,
		N_("the SMS \"%s\" of %s has %zu characters with its signature: each costs as much "
		   "as %zu"),
		all.name, all.obligation, all.n, segments);
	diag_hint(&d, N_("70 characters are one, 67 each of several"));
	complain(x, &d, s->src, SEV_WARNING);
}

static void check_variable(struct checking *x, const struct sms_variable *v,
	const struct longest *longest, const struct longest *link)
{
	struct diag d = DIAG_INIT;
	if (longest->n > (size_t)v->max) {
		diag_set(&d, RC_LIMIT, N_("variable %s has %zu characters for %s, at most %d fit"),
			v->name, longest->n, longest->obligation, v->max);
		diag_hint(&d, N_("it would be cut: shorten it, or have the gateway raise max"));
		complain(x, &d, v->src, SEV_ERROR);
	}
	if (link->n) {
		d = (struct diag)DIAG_INIT;
		diag_set(&d, RC_INVALID,
			N_("variable %s has a web address for %s, which gateways refuse"), v->name,
			link->obligation);
		complain(x, &d, v->src, SEV_ERROR);
	}
}

/* Names of one obligation are empty in a message about several: 无 would be sent. */
static void check_digest(struct checking *x)
{
	const struct sms_settings *s = &x->c->sms;
	struct message_text m = {0};
	struct diag d = DIAG_INIT;
	if (!x->other)
		return;
	const struct message_part part[] = {*x->one, *x->other};
	if (message_render(x->c, x->t, part, 2, part[0].reminder->at, &x->scratch, &m, &d) != RC_OK)
		return;
	for (size_t i = 0; i < s->n_variables; i++) {
		if (m.variable_points[i] || !x->variable[i].n)
			continue;
		diag_set(&d, RC_INVALID,
			N_("variable %s says nothing in a message about several things"),
			s->variable[i].name);
		diag_hint(&d, N_("{{#items}}...{{/items}} names each of them"));
		complain(x, &d, s->variable[i].src, SEV_WARNING);
		d = (struct diag)DIAG_INIT;
	}
}

/* The brackets are the gateway's; what else a text may not have a signature may not have either. */
static void check_sign(struct checking *x)
{
	const struct sms_settings *s = &x->c->sms;
	struct diag d = DIAG_INIT;
	if (!s->sign || strcmp(message_clean_sms(s->sign, &x->scratch), s->sign) == 0)
		return;
	diag_set(&d, RC_INVALID, N_("sign has characters that gateways refuse: %s"), s->sign);
	complain(x, &d, s->src, SEV_ERROR);
}

void check_texts(
	const struct config *c, const struct templates *t, struct date today, struct diags *ds)
{
	struct checking x = {.c = c, .t = t, .ds = ds};
	struct diag d = DIAG_INIT;
	check_sign(&x);
	if (expand(&x, today, &d) == RC_OK) {
		render_longest(&x);
		check_text_lengths(&x);
		for (size_t i = 0; i < c->sms.n_variables; i++)
			check_variable(&x, &c->sms.variable[i], &x.variable[i], &x.link[i]);
		if (c->sms.n_variables)
			check_digest(&x);
	}
	free(x.order);
	arena_done(&x.scratch);
	arena_done(&x.parts);
}
