#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_texts.h"
#include "cli.h"
#include "clock.h"
#include "commands.h"
#include "deliver.h"
#include "i18n.h"
#include "message.h"
#include "next_year.h"
#include "reload.h"
#include "zone.h"

/* A step that names a template without a text for one of its channels could not be rendered. */
static void check_step(const struct config *c, const struct templates *t, const struct step *s,
	struct diags *ds)
{
	unsigned channels = 0;
	for (int role = 0; role < ROLE_COUNT; role++)
		channels |= s->channels[role];
	for (int ch = 0; ch < CHANNEL_COUNT; ch++) {
		if (!(channels & BIT(ch)) ||
			templates_has(t, c->language, s->template, (enum channel)ch))
			continue;
		struct diag d;
		diag_set(&d, RC_NOTFOUND, N_("step %s: the template \"%s\" has no text for %s"), s->id,
			s->template, channel_text((enum channel)ch));
		diag_at(&d, s->src.file, s->src.line);
		diags_add(ds, &d);
	}
}

static void check_templates(const struct loaded *l, struct diags *ds)
{
	for (size_t i = 0; i < l->config->n_ladders; i++)
		for (size_t k = 0; k < l->config->ladder[i]->n_steps; k++)
			check_step(l->config, l->templates, &l->config->ladder[i]->step[k], ds);
}

static void check_next_year(const struct config *c, struct date today, struct diags *ds)
{
	struct lack lack[LACKS_MAX];
	size_t n = next_year_lacks(c, today, lack);
	for (size_t i = 0; i < n; i++) {
		struct diag d = DIAG_INIT;
		next_year_say(&lack[i], &d);
		diags_add(ds, &d);
	}
}

static void check_day(const struct loaded *l, struct date today, struct diags *ds)
{
	if (date_is_none(today))
		today = zone_to_civil(l->config->zone, clock_now()).date;
	check_next_year(l->config, today, ds);
	conf_check_today(l->config, today, ds);
	check_texts(l->config, l->templates, today, ds);
}

static void print_json(struct diags *ds)
{
	cli_print_json(json_pack("{s:I,s:I,s:o}", "errors", (json_int_t)ds->n_errors, "warnings",
		(json_int_t)ds->n_warnings, "faults", cli_faults(ds)));
}

int cmd_check(const struct command *self, int argc, char **argv)
{
	const char *path = NULL;
	bool strict = false, json = false;
	struct date today = DATE_NONE;
	const struct option_row rows[] = {
		{"c", OPTION_TEXT, &path},
		{"strict", OPTION_FLAG, &strict},
		{"today", OPTION_DATE, &today},
		{"json", OPTION_FLAG, &json},
	};
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0)
		return status;
	struct diags ds = {0};
	struct loaded l = {0};
	if (reload_read(cli_config_path(path), 0, &l, &ds) == RC_OK) {
		check_templates(&l, &ds);
		check_day(&l, today, &ds);
		deliver_check(&l.config->email, &l.config->sms, l.config->chat_room,
			l.config->n_chat_rooms, &ds);
	}
	if (json)
		print_json(&ds);
	else
		cli_print_diags(&ds, stdout);
	status = ds.n_errors || (strict && ds.n_warnings) ? EXIT_PROBLEMS : EXIT_DONE;
	loaded_done(&l);
	diags_done(&ds);
	return status;
}
