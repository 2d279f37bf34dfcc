/*
 * workdays import FILE - a holiday notice as a configuration file
 *
 * Shows which days are new, other than in the configuration, or in it alone; the configuration itself
 * is not touched.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "file_put.h"
#include "i18n.h"
#include "say.h"
#include "sheet.h"
#include "text.h"
#include "workdays_import.h"

enum { OUT_MAX = 256 * 1024 };

struct days_import {
	const char *file, *config, *source, *out;
	bool force, json;
	struct config *c;
	struct workdays_import days;
	struct arena arena;
	struct diags ds;
	char path[PATH_MAX];
};

static const char *file_name(const struct days_import *im)
{
	return strcmp(im->file, "-") == 0 ? "stdin" : file_base_name(im->file);
}

/* ---- reading --------------------------------------------------------------------------------------- */

static bool read_days(struct days_import *im)
{
	struct buf bytes;
	struct diag d = DIAG_INIT;
	buf_init(&bytes, TABLE_BYTES_MAX);
	enum rc rc = sheet_take(im->file, &bytes, &d);
	if (rc) {
		diag_at(&d, file_name(im), 0);
		diags_add(&im->ds, &d);
	} else {
		rc = workdays_import_read(bytes.data ? bytes.data : "", bytes.len, file_name(im),
			&im->arena, &im->days, &im->ds);
	}
	buf_done(&bytes);
	return rc == RC_OK;
}

/* ---- what changes ----------------------------------------------------------------------------------- */

static bool lists(const struct date *d, size_t n, struct date day)
{
	for (size_t i = 0; i < n; i++)
		if (date_compare(d[i], day) == 0)
			return true;
	return false;
}

/* "new", "same", "changed": words of the JSON. */
static const char *change_of(const struct days_import *im, const struct special_day *s)
{
	const struct workdays *w = &im->c->workdays;
	bool off = lists(w->off, w->n_off, s->date), work = lists(w->work, w->n_work, s->date);
	if (!off && !work)
		return "new";
	return work == s->work ? "same" : "changed";
}

static bool is_in_file(const struct days_import *im, struct date day)
{
	for (size_t i = 0; i < im->days.n; i++)
		if (date_compare(im->days.day[i].date, day) == 0)
			return true;
	return false;
}

/* A day of the file's years that only the configuration has. */
static bool is_gone(const struct days_import *im, struct date day)
{
	int first = date_year(im->days.day[0].date);
	/* A first December belongs to the notice of the year after. */
	if (first < im->days.last_year && date_month(im->days.day[0].date) == 12)
		first++;
	return date_year(day) >= first && date_year(day) <= im->days.last_year &&
	       !is_in_file(im, day);
}

typedef void gone_fn(void *ctx, struct date day, bool work);

static void each_gone(const struct days_import *im, gone_fn *fn, void *ctx)
{
	const struct workdays *w = &im->c->workdays;
	for (size_t i = 0; i < w->n_off; i++)
		if (is_gone(im, w->off[i]))
			fn(ctx, w->off[i], false);
	for (size_t i = 0; i < w->n_work; i++)
		if (is_gone(im, w->work[i]))
			fn(ctx, w->work[i], true);
}

/* ---- showing ---------------------------------------------------------------------------------------- */

static void add_gone(void *ctx, struct date day, bool work)
{
	char text[DATE_TEXT_SIZE];
	json_array_append_new(ctx, json_pack("{s:s,s:s}", "date", date_format(day, text), "kind",
					   work ? "work" : "off"));
}

static void show_json(struct days_import *im, bool good)
{
	json_t *days = json_array(), *gone = json_array();
	char text[DATE_TEXT_SIZE];
	for (size_t i = 0; good && i < im->days.n; i++) {
		const struct special_day *s = &im->days.day[i];
		json_array_append_new(
			days, json_pack("{s:s,s:s,s:s,s:s}", "date", date_format(s->date, text),
				      "kind", s->work ? "work" : "off", "holiday", s->holiday,
				      "change", change_of(im, s)));
	}
	if (good) {
		each_gone(im, add_gone, gone);
		date_format(im->days.known_through, text);
	}
	cli_print_json(json_pack("{s:s?,s:s?,s:s?,s:o,s:o,s:o}", "source", im->source,
		"known_through", good ? text : NULL, "written", im->path[0] ? im->path : NULL,
		"days", days, "gone", gone, "faults", cli_faults(&im->ds)));
}

static const char *kind_text(bool work)
{
	return work ? _("make-up day") : _("day off");
}

static void print_gone(void *ctx, struct date day, bool work)
{
	char text[SAY_DATE_SIZE];
	size_t *n = ctx;
	++*n;
	printf("- %s  %s\n", say_date(day, text), kind_text(work));
}

/* Returns how many are in the configuration already. */
static size_t print_days(const struct days_import *im)
{
	size_t known = 0;
	for (size_t i = 0; i < im->days.n; i++) {
		const struct special_day *s = &im->days.day[i];
		const char *change = change_of(im, s);
		char text[SAY_DATE_SIZE];
		known += strcmp(change, "new") != 0;
		if (strcmp(change, "same") == 0)
			continue;
		printf("%c %s  ", strcmp(change, "new") == 0 ? '+' : '!', say_date(s->date, text));
		cli_pad(stdout, kind_text(s->work), 12);
		printf("%s\n", s->holiday);
	}
	return known;
}

static void show_text(struct days_import *im, bool good)
{
	size_t gone = 0;
	cli_print_diags(&im->ds, stdout);
	if (im->ds.n && good)
		putchar('\n');
	if (good) {
		puts(_("Against the configuration (+ new, ! of the other kind, - not in the "
		       "file):"));
		size_t known = print_days(im);
		each_gone(im, print_gone, &gone);
		if (known == im->days.n && !gone)
			puts(_("Nothing is new."));
		else if (known)
			printf(_("%zu of the days stand in the configuration already: take those "
				 "out, or check warns of them.\n"),
				known);
		putchar('\n');
	}
	if (!im->path[0]) {
		puts(_("Nothing was written."));
		return;
	}
	printf(_("Written: %s\n"), im->path);
	printf(_("Next: put \"%s\" into `include`, then deadlinectl check and deadlinectl diff.\n"),
		file_base_name(im->path));
}

/* ---- writing ---------------------------------------------------------------------------------------- */

static bool write_days(struct days_import *im)
{
	struct buf text;
	struct diag d = DIAG_INIT;
	const char *config = cli_config_path(im->config);
	int dir = (int)(file_base_name(config) - config);
	if (im->out)
		snprintf(im->path, sizeof im->path, "%s", im->out);
	else
		snprintf(im->path, sizeof im->path, "%.*sworkdays-%d.cfg", dir, config,
			im->days.last_year);
	buf_init(&text, OUT_MAX);
	workdays_import_write(&im->days, im->source ? im->source : file_name(im),
		text_has_prefix(im->c->language, "zh"), &text);
	enum rc rc = file_put(im->path, text.data, text.len, im->force, &d);
	if (rc == RC_EXISTS)
		diag_hint(&d, N_("--force replaces it, --out FILE writes elsewhere"));
	if (rc) {
		im->path[0] = '\0';
		diag_at(&d, file_name(im), 0);
		diags_add(&im->ds, &d);
	}
	buf_done(&text);
	return rc == RC_OK;
}

static int run(struct days_import *im)
{
	bool good = read_days(im);
	bool written = good && write_days(im);
	if (im->json)
		show_json(im, good);
	else
		show_text(im, good);
	return written ? EXIT_DONE : EXIT_PROBLEMS;
}

int cmd_workdays(const struct command *self, int argc, char **argv)
{
	struct days_import im = {0};
	const struct option_row rows[] = {
		{"c", OPTION_TEXT, &im.config},
		{"source", OPTION_TEXT, &im.source},
		{"out", OPTION_TEXT, &im.out},
		{"force", OPTION_FLAG, &im.force},
		{"json", OPTION_FLAG, &im.json},
	};
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 2, 2, &status) < 0)
		return status;
	if (strcmp(argv[1], "import") != 0)
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
