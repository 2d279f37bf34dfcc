/*
 * import roster FILE - the table of a notice as next year's roster
 *
 * Shows what changes against the configuration in force for that year, names everybody who cannot be
 * reached yet, and writes one configuration file.  The configuration itself is not touched.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "file_put.h"
#include "i18n.h"
#include "roster_import.h"
#include "sheet.h"
#include "table_read.h"

enum { DUTIES_MAX = 64, FILE_MAX = 256 * 1024 };

struct import {
	const char *file, *config, *notice, *out;
	struct date date;
	long year;
	bool force, json;
	struct config *c;
	struct roster_import roster;
	struct arena arena;
	struct diags ds;
	char path[PATH_MAX]; /* of the file written */
};

static struct roster_head head_of(const struct import *im)
{
	return (struct roster_head){im->notice ? im->notice : "",
		strcmp(im->file, "-") == 0 ? "stdin" : file_base_name(im->file), im->date};
}

/* ---- reading --------------------------------------------------------------------------------------- */

static void add_fault(struct import *im, struct diag *d)
{
	diag_at(d, head_of(im).source, d->line);
	diags_add(&im->ds, d);
}

static bool read_table(struct import *im, struct table *ret)
{
	struct buf bytes;
	struct diag d = DIAG_INIT;
	buf_init(&bytes, TABLE_BYTES_MAX);
	enum rc rc = sheet_take(im->file, &bytes, &d);
	if (rc == RC_OK)
		rc = table_read(bytes.data ? bytes.data : "", bytes.len, &im->arena, ret, &d);
	if (rc)
		add_fault(im, &d);
	buf_done(&bytes);
	return rc == RC_OK;
}

static bool read_roster(struct import *im)
{
	struct table t;
	return read_table(im, &t) &&
	       roster_import_read(&t, im->c, (int)im->year, head_of(im).source, &im->arena,
		       &im->roster, &im->ds) == RC_OK;
}

/* ---- what changes ----------------------------------------------------------------------------------- */

/* The duties of one month on both sides. */
struct month {
	int month;
	const struct roster_row *row;
	size_t n;
	const struct duty *old[DUTIES_MAX];
	size_t n_old;
};

static struct month month_of(const struct import *im, int m)
{
	struct month x = {.month = m};
	const struct roster *from;
	bool provisional;
	x.n_old = roster_duties(im->c, (int)im->year, m, x.old, DUTIES_MAX, &from, &provisional);
	for (size_t i = 0; i < im->roster.n_rows; i++) {
		if (im->roster.row[i].month != m)
			continue;
		if (x.n++ == 0)
			x.row = &im->roster.row[i];
	}
	return x;
}

static const struct person *lead_before(const struct duty *d)
{
	return d->lead ? d->lead : d->unit->lead;
}

static const struct duty *find_before(const struct month *x, const struct unit *u)
{
	for (size_t i = 0; i < x->n_old; i++)
		if (x->old[i]->unit == u)
			return x->old[i];
	return NULL;
}

/* "same", "lead", "unit", "new", "missing": stable words of the JSON. */
static const char *change_of(const struct month *x)
{
	bool lead = false;
	if (!x->n)
		return "missing";
	if (!x->n_old)
		return "new";
	if (x->n != x->n_old)
		return "unit";
	for (size_t i = 0; i < x->n; i++) {
		const struct duty *old = find_before(x, x->row[i].unit);
		if (!old)
			return "unit";
		/* An unknown name is a new person, whoever is reminded until then. */
		lead |= lead_before(old) != roster_row_lead(&x->row[i]) ||
			(x->row[i].lead_name[0] && !x->row[i].lead);
	}
	return lead ? "lead" : "same";
}

/* ---- JSON ------------------------------------------------------------------------------------------- */

static json_t *person_to_json(const struct roster_row *r)
{
	const char *name = r->lead_name[0] ? r->lead_name
			   : r->unit->lead ? r->unit->lead->name
					   : "";
	const struct person *p = r->lead_name[0] ? r->lead : r->unit->lead;
	return json_pack("{s:s,s:s,s:s?,s:s?,s:b,s:s?,s:s?}", "unit", r->unit->id, "unit_name",
		r->unit->name, "lead", p ? p->id : NULL, "lead_name", name[0] ? name : NULL,
		"needs_contact", roster_row_needs_contact(r), "phone",
		r->phone[0] ? r->phone : NULL, "email", r->email[0] ? r->email : NULL);
}

static json_t *month_to_json(const struct month *x)
{
	json_t *units = json_array(), *before = json_array();
	for (size_t i = 0; i < x->n; i++)
		json_array_append_new(units, person_to_json(&x->row[i]));
	for (size_t i = 0; i < x->n_old; i++) {
		const struct person *lead = lead_before(x->old[i]);
		json_array_append_new(before, json_pack("{s:s,s:s?}", "unit", x->old[i]->unit->id,
						      "lead", lead ? lead->id : NULL));
	}
	return json_pack("{s:i,s:s,s:i,s:o,s:o}", "month", x->month, "change", change_of(x), "row",
		x->n ? x->row->line : 0, "units", units, "before", before);
}

static void show_json(struct import *im, bool good)
{
	json_t *months = json_array();
	for (int m = 1; good && m <= 12; m++) {
		struct month x = month_of(im, m);
		json_array_append_new(months, month_to_json(&x));
	}
	cli_print_json(json_pack("{s:I,s:s?,s:s?,s:o,s:o}", "year", (json_int_t)im->year, "notice",
		im->notice, "written", im->path[0] ? im->path : NULL, "months", months, "faults",
		cli_faults(&im->ds)));
}

/* ---- text ------------------------------------------------------------------------------------------- */

static void print_old(const struct month *x)
{
	for (size_t i = 0; i < x->n_old; i++) {
		const struct person *lead = lead_before(x->old[i]);
		printf("%s%s%s%s%s", i ? ", " : "", x->old[i]->unit->name, lead ? " (" : "",
			lead ? lead->name : "", lead ? ")" : "");
	}
}

static void print_month(const struct month *x)
{
	const char *change = change_of(x);
	bool same = strcmp(change, "same") == 0;
	printf("%c %2d  ", same ? ' ' : '>', x->month);
	for (size_t i = 0; i < x->n; i++) {
		const struct roster_row *r = &x->row[i];
		const struct person *lead = roster_row_lead(r);
		const char *name = r->lead_name[0] ? r->lead_name : lead ? lead->name : "";
		printf("%s%s%s%s%s", i ? ", " : "", r->unit->name, name[0] ? " (" : "", name,
			name[0] ? ")" : "");
	}
	if (!x->n)
		fputs("-", stdout);
	if (!same && x->n_old) {
		printf("  <- ");
		print_old(x);
	}
	putchar('\n');
}

static const char *why_unreachable(const struct roster_row *r)
{
	const struct person *p = r->lead_name[0] ? r->lead : r->unit->lead;
	if (!p)
		return _("not in the configuration");
	if (p->placeholder)
		return _("only a placeholder as contact");
	if (roster_row_needs_contact(r))
		return _("no contact");
	return p->phone[0] ? _("no mail address") : _("no number");
}

/* What the table says; it goes into the file as a comment to be copied. */
static void print_contact(const struct roster_row *r)
{
	const char *phone = roster_row_new_phone(r), *email = roster_row_new_email(r);
	if (phone[0] || email[0])
		printf(_("; the table has %s%s%s"), phone, phone[0] && email[0] ? ", " : "", email);
	putchar('\n');
}

static bool is_worth_showing(const struct roster_row *r)
{
	return roster_row_needs_contact(r) || roster_row_new_phone(r)[0] ||
	       roster_row_new_email(r)[0];
}

static void print_people(const struct import *im)
{
	size_t n = 0;
	for (size_t i = 0; i < im->roster.n_rows; i++) {
		const struct roster_row *r = &im->roster.row[i];
		if (!is_worth_showing(r))
			continue;
		if (n++ == 0)
			printf("\n%s\n", _("Contacts are still needed for"));
		const char *name = r->lead_name[0] ? r->lead_name
				   : r->unit->lead ? r->unit->lead->name
						   : "?";
		fputs("  ", stdout);
		cli_pad(stdout, name, 24);
		printf("%s: %s", r->unit->name, why_unreachable(r));
		print_contact(r);
	}
}

/* The file stands in the configuration already, or another roster of that year does. */
static void print_next(const struct import *im)
{
	for (size_t i = 0; i < im->c->n_rosters; i++) {
		const struct roster *r = im->c->roster[i];
		if (r->year != im->year)
			continue;
		if (strcmp(r->src.file, file_base_name(im->path)) != 0)
			printf(_("A roster of %ld stands in %s already: take it out of "
				 "`include`.\n"),
				im->year, r->src.file);
		return;
	}
	printf(_("Next: put \"%s\" into `include`, then deadlinectl check and deadlinectl diff.\n"),
		file_base_name(im->path));
}

static void show_text(struct import *im, bool good)
{
	cli_print_diags(&im->ds, stdout);
	if (im->ds.n && good)
		putchar('\n');
	if (good) {
		printf(_("Roster of %ld (> differs from the configuration):\n"), im->year);
		for (int m = 1; m <= 12; m++) {
			struct month x = month_of(im, m);
			print_month(&x);
		}
		print_people(im);
		putchar('\n');
	}
	if (!im->path[0]) {
		puts(_("Nothing was written."));
		return;
	}
	printf(_("Written: %s\n"), im->path);
	print_next(im);
}

/* ---- writing ---------------------------------------------------------------------------------------- */

/* Beside the configuration, unless told where. */
static void choose_path(struct import *im)
{
	const char *config = cli_config_path(im->config);
	int dir = (int)(file_base_name(config) - config);
	if (im->out)
		snprintf(im->path, sizeof im->path, "%s", im->out);
	else
		snprintf(im->path, sizeof im->path, "%.*sroster-%ld.cfg", dir, config, im->year);
}

static bool write_file(struct import *im)
{
	struct buf text;
	struct diag d = DIAG_INIT;
	struct roster_head head = head_of(im);
	buf_init(&text, FILE_MAX);
	roster_import_write(&im->roster, &head, &text);
	enum rc rc = text.overflow ? diag_set(&d, RC_LIMIT, N_("the roster is too long")) : RC_OK;
	choose_path(im);
	if (rc == RC_OK)
		rc = file_put(im->path, text.data, text.len, im->force, &d);
	if (rc == RC_EXISTS)
		diag_hint(&d, N_("--force replaces it, --out FILE writes elsewhere"));
	if (rc) {
		im->path[0] = '\0';
		add_fault(im, &d);
	}
	buf_done(&text);
	return rc == RC_OK;
}

static void warn_no_notice(struct import *im)
{
	struct diag d = DIAG_INIT;
	if (im->notice)
		return;
	diag_set(&d, RC_NOTFOUND, N_("the notice's number is not given"));
	diag_hint(&d, N_("give --notice NUMBER and --date DATE: reminders print it"));
	d.severity = SEV_WARNING;
	add_fault(im, &d);
}

static int run(struct import *im)
{
	bool good = read_roster(im);
	if (good)
		warn_no_notice(im);
	bool written = good && write_file(im);
	if (im->json)
		show_json(im, good);
	else
		show_text(im, good);
	return written ? EXIT_DONE : EXIT_PROBLEMS;
}

int cmd_import(const struct command *self, int argc, char **argv)
{
	struct import im = {.date = DATE_NONE};
	const struct option_row rows[] = {
		{"c", OPTION_TEXT, &im.config},
		{"year", OPTION_INT, &im.year},
		{"notice", OPTION_TEXT, &im.notice},
		{"date", OPTION_DATE, &im.date},
		{"out", OPTION_TEXT, &im.out},
		{"force", OPTION_FLAG, &im.force},
		{"json", OPTION_FLAG, &im.json},
	};
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 2, 2, &status) < 0)
		return status;
	if (strcmp(argv[1], "roster") != 0 || im.year < DATE_YEAR_MIN || im.year > DATE_YEAR_MAX)
		return cli_usage(self);
	im.file = argv[2];
	if (!cli_load(cli_config_path(im.config), &im.c, &status))
		return status;
	status = run(&im);
	config_free(im.c);
	arena_done(&im.arena);
	diags_done(&im.ds);
	return status;
}
