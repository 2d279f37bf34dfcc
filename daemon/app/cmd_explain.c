/* explain ID - why an obligation is due when it is, and every reminder of it, with file:line. */
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "commands.h"
#include "explain.h"
#include "i18n.h"
#include "mem.h"
#include "text.h"
#include "workday.h"
#include "zone.h"

enum { NEAR_MAX = 12, YEAR_DIGITS = 4 };

bool explain_step_has_form(const struct obligation *o, const struct step *s, enum form f)
{
	if (s->anchor != ANCHOR_DUE)
		return f == FORM_NONE;
	return f != FORM_NONE && (o->forms & BIT(f));
}

size_t explain_find(const struct explain *x, const struct step *s, enum form f, size_t from)
{
	size_t i = from;
	while (i < x->reminders.n &&
		(x->reminders.item[i].step != s || x->reminders.item[i].form != f))
		i++;
	return i;
}

const char *explain_day(const struct workdays *w, struct date d)
{
	bool weekend = date_weekday(d) == SATURDAY || date_weekday(d) == SUNDAY;
	if (workday_is(w, d))
		return weekend ? N_("a make-up workday") : N_("a workday");
	return weekend ? N_("a rest day") : N_("a public holiday");
}

/* ---- finding it ---------------------------------------------------------------------------------- */

/* The last number of four digits in a period ("2024-05", "mid-autumn-2024"); else `otherwise`. */
static int year_of_period(const char *period, int otherwise)
{
	long year = otherwise;
	for (const char *p = period; *p;) {
		size_t n = strspn(p, "0123456789");
		char digits[YEAR_DIGITS + 1] = "";
		if (n == YEAR_DIGITS && (p == period || p[-1] == '-'))
			text_parse_int(memcpy(digits, p, n), DATE_YEAR_MIN, DATE_YEAR_MAX, &year);
		p += n ? n : 1;
	}
	return (int)year;
}

/* The year an id speaks of; a one-off has its own date, and what has none is in every year. */
static int year_of(const struct config *c, const char *id)
{
	int year = date_year(zone_to_civil(c->zone, clock_now()).date);
	struct obligation_name name;
	if (!obligation_name_parse(id, &name))
		return year_of_period(id, year);
	const struct rule *r = config_rule(c, name.rule);
	if (r && r->kind == RULE_ONCE && !date_is_none(r->date))
		return date_year(r->date);
	return year_of_period(name.period, year);
}

static const char *nearest(const struct obligations *os, const char *id)
{
	const char *near = NULL;
	unsigned best = NEAR_MAX;
	for (size_t i = 0; i < os->n; i++) {
		unsigned distance = text_distance(id, os->item[i].id);
		if (distance < best) {
			best = distance;
			near = os->item[i].id;
		}
	}
	return near;
}

static enum rc not_found(const struct obligations *os, const char *id, struct diag *d)
{
	const char *near = nearest(os, id);
	if (near)
		return diag_set(d, RC_NOTFOUND,
			N_("there is no obligation \"%s\": did you mean %s?"), id, near);
	return diag_set(d, RC_NOTFOUND, N_("there is no obligation \"%s\""), id);
}

/* ---- command ------------------------------------------------------------------------------------- */

enum rc explain_obligation(const struct config *c, const char *id, struct arena *a,
	const struct obligation **ret, struct diag *d)
{
	int year = year_of(c, id);
	struct date from = date_clamped(year > DATE_YEAR_MIN ? year - 1 : year, 1, 1);
	struct date to = date_clamped(year < DATE_YEAR_MAX ? year + 1 : year, 12, 31);
	struct obligations all;
	enum rc rc = obligation_expand(c, from, to, NULL, NULL, a, &all, d);
	if (rc)
		return rc;
	const struct obligation *o = obligation_find(&all, id);
	if (!o)
		return not_found(&all, id, d);
	*ret = o;
	return RC_OK;
}

static enum rc plan(struct explain *x, struct arena *a, struct diag *d)
{
	struct obligation *one = ARENA_NEW(a, struct obligation);
	*one = *x->o;
	struct obligations os = {.item = one, .n = 1};
	return plan_reminders(x->c, &os, PLAN_AS_MISSING, a, &x->reminders, d);
}

static int explain(const struct config *c, const char *id, bool json)
{
	struct explain x = {.c = c};
	struct arena a = ARENA_INIT;
	struct diag d = DIAG_INIT;
	enum rc rc = explain_obligation(c, id, &a, &x.o, &d);
	if (rc == RC_OK)
		rc = plan(&x, &a, &d);
	if (rc == RC_OK && json)
		explain_print_json(&x);
	else if (rc == RC_OK)
		explain_print(&x);
	arena_done(&a);
	return rc ? cli_fail(&d) : EXIT_DONE;
}

int cmd_explain(const struct command *self, int argc, char **argv)
{
	const char *path = NULL;
	bool json = false;
	const struct option_row rows[] = {
		{"c", OPTION_TEXT, &path},
		{"json", OPTION_FLAG, &json},
	};
	struct config *c;
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 1, 1, &status) < 0 ||
		!cli_load(cli_config_path(path), &c, &status))
		return status;
	status = explain(c, argv[1], json);
	config_free(c);
	return status;
}
