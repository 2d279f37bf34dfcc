/*
 * roster set|swap|confirm|handover - one month of the configuration changed, its comments kept
 *
 * The new text is loaded and checked as anything a person types, what it changes is shown, and only
 * then does it take the file's place.  The daemon is not told: that is reload's.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "conf_edit.h"
#include "config_edit.h"
#include "i18n.h"
#include "text.h"

enum { DUTIES_MAX = 64 };

struct edit {
	bool dry_run;
	int year;
	struct config_edit e;
};

/* ---- what is meant -------------------------------------------------------------------------------- */

static bool parse_month(const char *s, int *ret_year, int *ret_month)
{
	char day[DATE_TEXT_SIZE];
	struct date d;
	snprintf(day, sizeof day, "%s-01", s);
	if (strlen(s) != 7 || !date_parse(day, strlen(day), &d))
		return false;
	*ret_year = date_year(d);
	*ret_month = date_month(d);
	return true;
}

static const char *text_of(const struct edit *e)
{
	return e->e.bundle.file[e->e.file].data;
}

/* The roster that answers for a month. */
static const struct roster *roster_of(
	const struct edit *e, int year, int month, bool *ret_provisional)
{
	const struct duty *duty[DUTIES_MAX];
	const struct roster *r;
	roster_duties(e->e.before, year, month, duty, DUTIES_MAX, &r, ret_provisional);
	return r;
}

/* The roster of that very year; one that is lent from an earlier year is not changed for later ones. */
static enum rc own_roster(
	struct edit *e, int year, int month, const struct roster **ret, struct diag *d)
{
	bool provisional;
	const struct roster *r = roster_of(e, year, month, &provisional);
	if (r && r->year == year) {
		*ret = r;
		return config_edit_choose(&e->e, r->src.file, d);
	}
	diag_set(d, RC_STATE, N_("there is no roster of %d to change"), year);
	diag_hint(d, N_("deadlinectl import roster makes one"));
	return RC_STATE;
}

static enum rc edit_set(struct edit *e, int year, int month, const char *unit, struct diag *d)
{
	const struct roster *r;
	const struct unit *u = config_unit(e->e.before, unit);
	enum rc rc = own_roster(e, year, month, &r, d);
	if (rc)
		return rc;
	if (!u)
		return diag_set(d, RC_NOTFOUND, N_("there is no unit \"%s\""), unit);
	return conf_edit_set(text_of(e), r, month, u, &e->e.text, d);
}

static enum rc edit_swap(struct edit *e, int year, int month, const char *other, struct diag *d)
{
	const struct roster *r;
	int other_year, other_month;
	enum rc rc = own_roster(e, year, month, &r, d);
	if (rc)
		return rc;
	if (!parse_month(other, &other_year, &other_month))
		return diag_set(d, RC_INVALID, N_("\"%s\" is not a month"), other);
	if (other_year != year || other_month == month)
		return diag_set(d, RC_INVALID, N_("two months of one year change places"));
	return conf_edit_swap(text_of(e), r, month, other_month, &e->e.text, d);
}

/* To a unit or to a person, whichever has the id. */
static enum rc edit_handover(
	struct edit *e, int year, int month, const char *to, const char *day, struct diag *d)
{
	const struct config *c = e->e.before;
	const struct roster *r;
	struct succession h = {.unit = config_unit(c, to), .lead = config_person(c, to)};
	enum rc rc = own_roster(e, year, month, &r, d);
	if (rc)
		return rc;
	if (!h.unit && !h.lead)
		return diag_set(d, RC_NOTFOUND, N_("there is no unit and no person \"%s\""), to);
	if (!date_parse(day, strlen(day), &h.from))
		return diag_set(d, RC_INVALID, N_("\"%s\" is not a day"), day);
	return conf_edit_handover(text_of(e), r, month, &h, &e->e.text, d);
}

static enum rc edit_confirm(struct edit *e, int year, int month, struct diag *d)
{
	bool provisional;
	const struct roster *r = roster_of(e, year, month, &provisional);
	if (!r || !provisional)
		return diag_set(d, RC_STATE, N_("%d-%02d is not carried over: nothing to confirm"),
			year, month);
	enum rc rc = config_edit_choose(&e->e, r->src.file, d);
	if (rc)
		return rc;
	return conf_edit_confirm(text_of(e), r, year, month, &e->e.text, d);
}

/* ---- checked, shown, written ------------------------------------------------------------------------ */

static enum rc write_changed(const struct config_edit *e, struct diag *d)
{
	char path[PATH_MAX];
	enum rc rc = config_edit_path(e, path, d);
	if (rc == RC_OK)
		rc = config_edit_install(e, d);
	if (rc == RC_OK && !e->json)
		printf(_("Written: %s.  It holds after deadlinectl reload.\n"), path);
	return rc;
}

static int finish(struct edit *e)
{
	struct diag d = DIAG_INIT;
	struct diags ds = {0};
	enum rc rc = config_edit_check(&e->e, &ds);
	if (rc)
		cli_print_diags(&ds, stderr);
	diags_done(&ds);
	if (rc)
		return EXIT_PROBLEMS;
	rc = config_edit_show(
		&e->e, date_clamped(e->year, 1, 1), date_clamped(e->year + 1, 1, 31), &d);
	if (rc == RC_OK && !e->dry_run)
		rc = write_changed(&e->e, &d);
	return rc ? cli_fail(&d) : EXIT_DONE;
}

static int run(struct edit *e, char **argv)
{
	struct diag d = DIAG_INIT;
	int month;
	enum rc rc;
	if (!parse_month(argv[2], &e->year, &month))
		rc = diag_set(&d, RC_INVALID, N_("\"%s\" is not a month"), argv[2]);
	else if (strcmp(argv[1], "set") == 0)
		rc = edit_set(e, e->year, month, argv[3], &d);
	else if (strcmp(argv[1], "swap") == 0)
		rc = edit_swap(e, e->year, month, argv[3], &d);
	else if (strcmp(argv[1], "handover") == 0)
		rc = edit_handover(e, e->year, month, argv[3], argv[4], &d);
	else
		rc = edit_confirm(e, e->year, month, &d);
	return rc ? cli_fail(&d) : finish(e);
}

/* How many words there are with the verb, 0 if it is none. */
static int count_words(const char *verb)
{
	static const struct {
		const char *verb;
		int words;
	} V[] = {{"confirm", 2}, {"set", 3}, {"swap", 3}, {"handover", 4}};
	for (size_t i = 0; i < sizeof V / sizeof *V; i++)
		if (strcmp(verb, V[i].verb) == 0)
			return V[i].words;
	return 0;
}

int cmd_roster(const struct command *self, int argc, char **argv)
{
	struct edit e = {0};
	const struct option_row rows[] = {
		{"c", OPTION_TEXT, &e.e.config},
		{"dry-run", OPTION_FLAG, &e.dry_run},
		{"json", OPTION_FLAG, &e.e.json},
	};
	int status;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 2, 4, &status);
	if (n < 0)
		return status;
	if (n != count_words(argv[1]))
		return cli_usage(self);
	if (config_edit_begin(&e.e, false, &status))
		status = run(&e, argv);
	config_edit_done(&e.e);
	return status;
}
