/*
 * roster set|swap|confirm - one month of the configuration changed, its comments kept
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
#include "diff.h"
#include "file_put.h"
#include "i18n.h"
#include "text.h"

enum { DUTIES_MAX = 64 };

struct edit {
	const char *config;
	bool dry_run, json;
	int year;
	struct config *before, *after;
	struct conf_bundle bundle;
	size_t file; /* of the bundle: which one changes */
	struct buf text;
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

/* The roster that answers for a month. */
static const struct roster *roster_of(const struct edit *e, int year, int month, bool *ret_provisional)
{
	const struct duty *duty[DUTIES_MAX];
	const struct roster *r;
	roster_duties(e->before, year, month, duty, DUTIES_MAX, &r, ret_provisional);
	return r;
}

static enum rc find_file(struct edit *e, const struct roster *r, struct diag *d)
{
	for (size_t i = 0; i < e->bundle.n_files; i++)
		if (strcmp(e->bundle.file[i].name, r->src.file) == 0) {
			e->file = i;
			return RC_OK;
		}
	return diag_set(d, RC_NOTFOUND, N_("the file %s is not found"), r->src.file);
}

/* The roster of that very year; one that is lent from an earlier year is not changed for later ones. */
static enum rc own_roster(struct edit *e, int year, int month, const struct roster **ret,
	struct diag *d)
{
	bool provisional;
	const struct roster *r = roster_of(e, year, month, &provisional);
	if (r && r->year == year) {
		*ret = r;
		return find_file(e, r, d);
	}
	diag_set(d, RC_STATE, N_("there is no roster of %d to change"), year);
	diag_hint(d, N_("deadlinectl import roster makes one"));
	return RC_STATE;
}

static enum rc edit_set(struct edit *e, int year, int month, const char *unit, struct diag *d)
{
	const struct roster *r;
	const struct unit *u = config_unit(e->before, unit);
	enum rc rc = own_roster(e, year, month, &r, d);
	if (rc)
		return rc;
	if (!u)
		return diag_set(d, RC_NOTFOUND, N_("there is no unit \"%s\""), unit);
	return conf_edit_set(e->bundle.file[e->file].data, r, month, u, &e->text, d);
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
	return conf_edit_swap(
		e->bundle.file[e->file].data, r, month, other_month, &e->text, d);
}

static enum rc edit_confirm(struct edit *e, int year, int month, struct diag *d)
{
	bool provisional;
	const struct roster *r = roster_of(e, year, month, &provisional);
	if (!r || !provisional)
		return diag_set(d, RC_STATE, N_("%d-%02d is not carried over: nothing to confirm"),
			year, month);
	enum rc rc = find_file(e, r, d);
	if (rc)
		return rc;
	return conf_edit_confirm(
		e->bundle.file[e->file].data, r, year, month, &e->text, d);
}

/* ---- checked, shown, written ------------------------------------------------------------------------ */

/* The bundle with the new text in the old one's place; the files stay the bundle's. */
static bool load_changed(struct edit *e, int *ret_status)
{
	struct diags ds = {0};
	struct conf_bundle b = e->bundle;
	b.file = mem_new(b.n_files, sizeof *b.file);
	memcpy(b.file, e->bundle.file, b.n_files * sizeof *b.file);
	b.file[e->file].data = e->text.data;
	b.file[e->file].len = e->text.len;
	enum rc rc = conf_vet(&b, NULL, &ds);
	if (rc == RC_OK) {
		struct diags again = {0};
		rc = conf_load_bundle(&b, &e->after, &again);
		diags_done(&again);
	}
	if (rc) {
		cli_print_diags(&ds, stderr);
		*ret_status = EXIT_PROBLEMS;
	}
	diags_done(&ds);
	free(b.file);
	return rc == RC_OK;
}

static enum rc show(struct edit *e, struct diag *d)
{
	struct diff x = {.names = e->after};
	enum rc rc = diff_compare(e->before, e->after, date_clamped(e->year, 1, 1),
		date_clamped(e->year + 1, 1, 31), &x, d);
	if (rc == RC_OK)
		diff_show(&x, e->json);
	arena_done(&x.arena);
	return rc;
}

/* Somebody may have saved the file while we looked at it. */
static enum rc refuse_changed(const struct edit *e, const char *path, struct diag *d)
{
	struct buf now;
	const struct conf_file *f = &e->bundle.file[e->file];
	buf_init(&now, CONFIG_FILE_MAX);
	enum rc rc = file_take(path, &now, d);
	if (rc == RC_OK && (now.len != f->len || memcmp(now.data, f->data, f->len) != 0))
		rc = diag_set(d, RC_STATE, N_("%s has just been changed by somebody else"), path);
	buf_done(&now);
	return rc;
}

static enum rc write_changed(const struct edit *e, struct diag *d)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/%s", e->bundle.dir, e->bundle.file[e->file].name) >=
		(int)sizeof path)
		return diag_set(d, RC_RANGE, N_("the path is too long: %s"), e->bundle.dir);
	enum rc rc = refuse_changed(e, path, d);
	if (rc == RC_OK)
		rc = file_put(path, e->text.data, e->text.len, true, d);
	if (rc == RC_OK && !e->json)
		printf(_("Written: %s.  It holds after deadlinectl reload.\n"), path);
	return rc;
}

static int finish(struct edit *e)
{
	struct diag d = DIAG_INIT;
	int status;
	if (e->text.overflow) {
		diag_set(&d, RC_LIMIT, N_("the roster is too long"));
		return cli_fail(&d);
	}
	if (!load_changed(e, &status))
		return status;
	enum rc rc = show(e, &d);
	if (rc == RC_OK && !e->dry_run)
		rc = write_changed(e, &d);
	return rc ? cli_fail(&d) : EXIT_DONE;
}

static bool load(struct edit *e, int *ret_status)
{
	struct diags ds = {0};
	enum rc rc = conf_load_path(cli_config_path(e->config), &e->before, &e->bundle, &ds);
	if (rc) {
		cli_print_diags(&ds, stderr);
		*ret_status = EXIT_PROBLEMS;
	}
	diags_done(&ds);
	return rc == RC_OK;
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
	else
		rc = edit_confirm(e, e->year, month, &d);
	return rc ? cli_fail(&d) : finish(e);
}

int cmd_roster(const struct command *self, int argc, char **argv)
{
	struct edit e = {0};
	const struct option_row rows[] = {
		{"c", OPTION_TEXT, &e.config},
		{"dry-run", OPTION_FLAG, &e.dry_run},
		{"json", OPTION_FLAG, &e.json},
	};
	int status;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 2, 3, &status);
	if (n < 0)
		return status;
	bool confirm = strcmp(argv[1], "confirm") == 0;
	if (n != (confirm ? 2 : 3) ||
		(!confirm && strcmp(argv[1], "set") != 0 && strcmp(argv[1], "swap") != 0))
		return cli_usage(self);
	if (!load(&e, &status))
		return status;
	buf_init(&e.text, CONFIG_FILE_MAX);
	status = run(&e, argv);
	buf_done(&e.text);
	config_free(e.before);
	config_free(e.after);
	conf_bundle_done(&e.bundle);
	return status;
}
