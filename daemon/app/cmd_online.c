/* The commands that ask a running daemon: acts and reload. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "i18n.h"
#include "say.h"
#include "word.h"

static void print_obligation(const json_t *o)
{
	size_t i;
	json_t *item;
	const json_t *count = json_object_get(o, "count");
	printf("%s: %s\n", cli_text(o, "id"), word_of(cli_text(o, "state")));
	if (json_is_object(count)) {
		char said[SAY_COUNT_SIZE];
		printf("  %s\n",
			say_count(cli_number(count, "done"), cli_number(count, "quota"), said));
		return;
	}
	json_array_foreach(json_object_get(o, "items"), i, item)
		printf(_("  %s (%s): %s\n"), cli_text(item, "name"),
			word_of(cli_text(item, "form")), word_of(cli_text(item, "state")));
}

static void set_text(json_t *args, const char *key, const char *value)
{
	if (value)
		json_object_set_new(args, key, json_string(value));
}

static int finish_act(const struct cli_daemon *where, const char *verb, json_t *args)
{
	json_t *data;
	int status;
	if (!cli_call(where, verb, args, &data, &status))
		return status;
	if (where->json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	print_obligation(json_object_get(data, "obligation"));
	json_decref(data);
	return EXIT_DONE;
}

/* What is not UTF-8 is no id: the daemon says so. */
static void set_items(json_t *args, const struct text_list *items)
{
	json_t *list = json_array();
	for (size_t i = 0; i < items->n; i++) {
		json_t *item = json_string(items->item[i]);
		json_array_append_new(list, item ? item : json_string(""));
	}
	json_object_set_new(args, "items", list);
}

/* What was given on the command line about one obligation. */
struct act_options {
	const char *form, *reason, *by, *kind, *title;
	struct date date;
	bool nil;
};

static bool is_entry(const struct act_options *o)
{
	return o->title || o->kind || !date_is_none(o->date);
}

/* Does the verb take these together? */
static bool fits(const char *verb, const struct act_options *o, bool items)
{
	bool report = strcmp(verb, "report") == 0, counts = report || strcmp(verb, "return") == 0;
	bool needs_reason = strcmp(verb, "return") == 0 || strcmp(verb, "waive") == 0;
	if (is_entry(o) && (!counts || o->nil || o->form || items || date_is_none(o->date)))
		return false;
	if ((o->title && !report) || (o->title && o->reason))
		return false;
	return (!needs_reason || o->reason) && (!o->nil || (report && !o->form && !items));
}

static void set_options(json_t *args, const struct act_options *o)
{
	char day[DATE_TEXT_SIZE];
	set_text(args, "form", o->form);
	set_text(args, "reason", o->title ? o->title : o->reason);
	set_text(args, "by", o->by);
	set_text(args, "kind", o->kind);
	set_text(args, "date", date_is_none(o->date) ? NULL : date_format(o->date, day));
}

int cmd_act(const struct command *self, int argc, char **argv)
{
	static struct text_list items;
	struct cli_daemon where = {0};
	struct act_options o = {.date = DATE_NONE};
	const struct option_row rows[] = {
		CLI_DAEMON_OPTIONS(where),
		{"by", OPTION_TEXT, &o.by},
		{"form", OPTION_TEXT, &o.form},
		{"item", OPTION_LIST, &items},
		{"reason", OPTION_TEXT, &o.reason},
		{"nil", OPTION_FLAG, &o.nil},
		{"date", OPTION_DATE, &o.date},
		{"kind", OPTION_TEXT, &o.kind},
		{"title", OPTION_TEXT, &o.title},
	};
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 1, 1, &status) < 0)
		return status;
	if (!fits(self->name, &o, items.n))
		return cli_usage(self);
	json_t *args = json_pack("{s:s}", "obligation", argv[1]);
	if (!args) {
		fprintf(stderr, _("deadlinectl: the id is not UTF-8 text\n"));
		return EXIT_USAGE;
	}
	bool entry = strcmp(self->name, "report") == 0 && is_entry(&o);
	set_options(args, &o);
	set_items(args, &items);
	return finish_act(&where, o.nil ? "nil" : entry ? "entry" : self->name, args);
}

int cmd_occasion(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *by = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"by", OPTION_TEXT, &by}};
	int status;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 2, 3, &status);
	if (n < 0)
		return status;
	struct date ignored;
	bool wants_date = strcmp(argv[2], "held") != 0 && strcmp(argv[2], "not-held") != 0;
	if (wants_date != (n == 3))
		return cli_usage(self);
	if (n == 3 && !date_parse(argv[3], strlen(argv[3]), &ignored)) {
		fprintf(stderr, _("deadlinectl: \"%s\" is not a date such as 2024-09-15\n"),
			argv[3]);
		return EXIT_USAGE;
	}
	json_t *args = json_pack("{s:s,s:s}", "obligation", argv[1], "what", argv[2]);
	set_text(args, "date", n == 3 ? argv[3] : NULL);
	set_text(args, "by", by);
	return finish_act(&where, "occasion", args);
}

int cmd_reload(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	bool confirm = false;
	const struct option_row rows[] = {
		CLI_DAEMON_OPTIONS(where), {"confirm", OPTION_FLAG, &confirm}};
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0)
		return status;
	json_t *data;
	if (!cli_call(&where, "reload", json_pack("{s:b}", "confirm", confirm), &data, &status))
		return status;
	if (where.json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	printf(_("Reloaded: %lld obligations; %lld appeared, %lld vanished, %lld moved; %lld "
		 "reminders planned, %lld cancelled.\n"),
		(long long)cli_number(data, "obligations"), (long long)cli_number(data, "appeared"),
		(long long)cli_number(data, "vanished"), (long long)cli_number(data, "moved"),
		(long long)cli_number(data, "planned"), (long long)cli_number(data, "cancelled"));
	if (cli_number(data, "revived"))
		printf(_("Contacts were corrected; lost messages that are replaced: %lld.\n"),
			(long long)cli_number(data, "revived"));
	json_decref(data);
	return EXIT_DONE;
}
