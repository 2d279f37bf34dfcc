/*
 * diff - what an edit changes: which obligations appear, vanish, move, or are others' now
 *
 * Two configurations, or one and the running daemon.  Against the daemon both sides have the same
 * window, and what was reported about activities (an earlier end, an announced date) is put on the
 * new side too: an edit did not change it.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "commands.h"
#include "diff.h"
#include "i18n.h"
#include "obligation_json.h"
#include "zone.h"

enum { DAYS_BACK = 60, PEOPLE_MAX = 16 };

struct window {
	struct date from, to;
};

/* ---- everybody counts ---------------------------------------------------------------------------- */

/* core/difference compares leads; here everybody who is reminded does count, so both sides list them
 * as leads. */
static void list_people(struct obligation *o, const char **id, size_t n, struct arena *a)
{
	struct stakeholder *who = ARENA_ARRAY(a, n ? n : 1, struct stakeholder);
	for (size_t i = 0; i < n; i++) {
		struct person *p = ARENA_NEW(a, struct person);
		p->id = id[i];
		who[i] = (struct stakeholder){.role = ROLE_LEAD, .person = p};
	}
	o->who = who;
	o->n_who = n;
}

static enum rc expand(const struct config *c, const struct window *w, acts_of_fn *acts, void *ctx,
	struct arena *a, struct obligations *ret, struct diag *d)
{
	enum rc rc = obligation_expand(c, w->from, w->to, acts, ctx, a, ret, d);
	for (size_t i = 0; rc == RC_OK && i < ret->n; i++) {
		const char *id[PEOPLE_MAX];
		size_t n = obligation_people(&ret->item[i], id, PEOPLE_MAX);
		list_people(&ret->item[i], id, n, a);
	}
	return rc;
}

static struct window default_window(const struct config *c)
{
	struct date today = zone_to_civil(c->zone, clock_now()).date;
	return (struct window){
		date_add(today, -DAYS_BACK), date_clamped(date_year(today) + 1, 12, 31)};
}

static void narrow(struct window *w, const struct window *wish)
{
	if (!date_is_none(wish->from))
		w->from = wish->from;
	if (!date_is_none(wish->to))
		w->to = wish->to;
}

/* ---- two configurations --------------------------------------------------------------------------- */

static enum rc compare_files(const struct config *before, const struct config *after,
	const struct window *wish, struct diff *x, struct diag *d)
{
	struct window w = default_window(after);
	narrow(&w, wish);
	enum rc rc = expand(before, &w, NULL, NULL, &x->arena, &x->before, d);
	if (rc == RC_OK)
		rc = expand(after, &w, NULL, NULL, &x->arena, &x->after, d);
	return rc;
}

enum rc diff_compare(const struct config *before, const struct config *after, struct date from,
	struct date to, struct diff *x, struct diag *d)
{
	const struct window w = {from, to};
	return compare_files(before, after, &w, x, d);
}

static int diff_files(
	const char *old_path, const char *new_path, const struct window *wish, bool json)
{
	struct config *before, *after;
	struct diag d = DIAG_INIT;
	int status;
	if (!cli_load(old_path, &before, &status))
		return status;
	if (!cli_load(new_path, &after, &status)) {
		config_free(before);
		return status;
	}
	struct diff x = {.names = after};
	if (compare_files(before, after, wish, &x, &d))
		status = cli_fail(&d);
	else
		status = diff_show(&x, json);
	arena_done(&x.arena);
	config_free(before);
	config_free(after);
	return status;
}

/* ---- the daemon ----------------------------------------------------------------------------------- */

static bool date_of(const json_t *row, const char *key, struct date *ret)
{
	const char *s = json_string_value(json_object_get(row, key));
	return s && date_parse(s, strlen(s), ret);
}

static const char *text_of(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));
	return s ? s : "";
}

static enum obligation_state state_of(const char *text)
{
	for (int s = STATE_WAITING; s < STATE_CANCELLED; s++)
		if (strcmp(text, obligation_state_text((enum obligation_state)s)) == 0)
			return (enum obligation_state)s;
	return STATE_CANCELLED;
}

/* One row of the daemon's answer as an obligation: as much as a comparison needs. */
static struct obligation read_row(const json_t *row, struct arena *a)
{
	struct rule *r = ARENA_NEW(a, struct rule);
	struct obligation o = {.id = text_of(row, "id"),
		.period = text_of(row, "period"),
		.rule = r,
		.due = DATE_NONE,
		.hand_in = DATE_NONE,
		.unit_id = text_of(row, "unit")};
	r->id = text_of(row, "rule");
	r->name = "";
	o.state = state_of(text_of(row, "state"));
	date_of(row, "due", &o.due);
	date_of(row, "hand_in", &o.hand_in);
	const char *id[PEOPLE_MAX];
	size_t n = 0, i;
	json_t *p;
	json_array_foreach(json_object_get(row, "people"), i, p)
	{
		if (n < PEOPLE_MAX && json_is_string(p))
			id[n++] = json_string_value(p);
	}
	list_people(&o, id, n, a);
	return o;
}

static void read_rows(const json_t *rows, const struct window *w, struct diff *x)
{
	size_t i;
	json_t *row;
	x->before.item = ARENA_ARRAY(&x->arena, json_array_size(rows) + 1, struct obligation);
	json_array_foreach(rows, i, row)
	{
		struct obligation o = read_row(row, &x->arena);
		bool outside = !date_is_none(o.due) &&
			       (date_compare(o.due, w->from) < 0 || date_compare(o.due, w->to) > 0);
		if (!outside)
			x->before.item[x->before.n++] = o;
	}
}

/* What the daemon knows of the activity behind one id, as the acts that say it. */
static const struct act *acts_of(void *ctx, const char *id, size_t *ret_n)
{
	struct diff *x = ctx;
	const json_t *row = diff_row(x, id);
	struct act *act = ARENA_ARRAY(&x->arena, 2, struct act);
	*ret_n = 0;
	if (!row)
		return act;
	struct act base = {.id = 1, .obligation = id, .deliverable = "", .who = "", .reason = ""};
	if (date_of(row, "last_day", &base.date)) {
		base.kind = json_is_true(json_object_get(row, "ended")) ? ACT_ENDED : ACT_EXTENDED;
		act[(*ret_n)++] = base;
	}
	if (date_of(row, "announced", &base.date)) {
		base.kind = ACT_DATE;
		base.id = 2;
		act[(*ret_n)++] = base;
	}
	return act;
}

static enum rc compare_daemon(const struct config *c, const json_t *data, const struct window *wish,
	struct diff *x, struct diag *d)
{
	struct window w = default_window(c);
	date_of(data, "from", &w.from);
	date_of(data, "to", &w.to);
	narrow(&w, wish);
	x->rows = json_object_get(data, "obligations");
	read_rows(x->rows, &w, x);
	diff_index(x);
	return expand(c, &w, acts_of, x, &x->arena, &x->after, d);
}

static int diff_daemon(const struct cli_daemon *where, const struct window *wish)
{
	struct config *c;
	struct diag d = DIAG_INIT;
	json_t *data;
	int status;
	if (!cli_load(cli_config_path(where->config), &c, &status))
		return status;
	if (!cli_call(where, "obligations", json_pack("{s:b}", "all", 1), &data, &status)) {
		config_free(c);
		return status;
	}
	struct diff x = {.names = c};
	if (compare_daemon(c, data, wish, &x, &d))
		status = cli_fail(&d);
	else
		status = diff_show(&x, where->json);
	arena_done(&x.arena);
	json_decref(x.by_id);
	json_decref(data);
	config_free(c);
	return status;
}

int cmd_diff(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	struct window wish = {DATE_NONE, DATE_NONE};
	const struct option_row rows[] = {
		CLI_DAEMON_OPTIONS(where),
		{"from", OPTION_DATE, &wish.from},
		{"to", OPTION_DATE, &wish.to},
	};
	int status;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 2, &status);
	if (n < 0)
		return status;
	if (n == 2 && !where.config)
		return diff_files(argv[1], argv[2], &wish, where.json);
	return n == 0 ? diff_daemon(&where, &wish) : cli_usage(self);
}
