/* The commands that show what a running daemon knows. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "i18n.h"
#include "say.h"
#include "status_screen.h"
#include "text.h"
#include "word.h"

/* Ask, and print as JSON if that is wanted; true = the caller prints text. */
static bool ask(const struct cli_daemon *where, const char *verb, json_t *args, json_t **ret,
	int *ret_status)
{
	if (!cli_call(where, verb, args, ret, ret_status))
		return false;
	*ret_status = EXIT_DONE;
	if (!where->json)
		return true;
	cli_print_json(*ret);
	return false;
}

/* ---- status --------------------------------------------------------------------------------------- */

int cmd_status(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where)};
	int status;
	json_t *data;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0 ||
		!cli_call(&where, "status", json_object(), &data, &status))
		return status;
	status = status_is_well(data) ? EXIT_DONE : EXIT_PROBLEMS;
	if (where.json) {
		cli_print_json(data);
		return status;
	}
	status_print(data);
	json_decref(data);
	return status;
}

/* ---- next ----------------------------------------------------------------------------------------- */

int cmd_next(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	long limit = 20;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"limit", OPTION_INT, &limit}};
	int status;
	json_t *data, *r;
	size_t i;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 1, &status);
	if (n < 0)
		return status;
	if (n == 1 && !text_parse_int(argv[1], 1, 10000, &limit))
		return cli_usage(self);
	if (!ask(&where, "next", json_pack("{s:I}", "limit", (json_int_t)limit), &data, &status))
		return status;
	json_array_foreach(json_object_get(data, "reminders"), i, r)
	{
		char at[64];
		printf("%s  ", say_civil(cli_text(r, "at"), at));
		cli_pad(stdout, word_of(cli_text(r, "channel")), 5);
		cli_pad(stdout, cli_text(r, "name"), 20);
		printf("  %s %s%s\n", cli_text(r, "obligation"), cli_text(r, "step"),
			json_is_true(json_object_get(r, "late")) ? _(" (late)") : "");
	}
	json_decref(data);
	return EXIT_DONE;
}

/* ---- list ----------------------------------------------------------------------------------------- */

static size_t count_missing(const json_t *items)
{
	size_t i, n = 0;
	json_t *item;
	json_array_foreach(items, i, item) n += strcmp(cli_text(item, "state"), "missing") == 0;
	return n;
}

static void print_missing(const json_t *items)
{
	size_t i, n = 0, missing = count_missing(items);
	json_t *item;
	if (missing && missing == json_array_size(items)) {
		fputs(_("everything is missing"), stdout);
		return;
	}
	json_array_foreach(items, i, item)
	{
		if (strcmp(cli_text(item, "state"), "missing") != 0)
			continue;
		fputs(n++ ? _(", ") : _("missing: "), stdout);
		printf(_("%s (%s)"), cli_text(item, "name"), word_of(cli_text(item, "form")));
	}
}

static void print_left(const json_t *o)
{
	const json_t *count = json_object_get(o, "count");
	char said[SAY_COUNT_SIZE];
	if (json_is_object(count))
		fputs(say_count(cli_number(count, "done"), cli_number(count, "quota"), said),
			stdout);
	else
		print_missing(json_object_get(o, "items"));
}

int cmd_list(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	bool all = false;
	const char *from = NULL, *to = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"all", OPTION_FLAG, &all},
		{"from", OPTION_TEXT, &from}, {"to", OPTION_TEXT, &to}};
	int status;
	json_t *data, *o;
	size_t i;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0)
		return status;
	json_t *args = json_pack("{s:b,s:s?,s:s?}", "all", all, "from", from, "to", to);
	if (!ask(&where, "obligations", args, &data, &status))
		return status;
	json_array_foreach(json_object_get(data, "obligations"), i, o)
	{
		char due[64];
		const char *due_at = cli_text(o, "due_at");
		cli_pad(stdout, due_at[0] ? say_civil(due_at, due) : _("no date yet"), 22);
		cli_pad(stdout, cli_text(o, "id"), 38);
		putchar(' ');
		cli_pad(stdout, word_of(cli_text(o, "state")), 10);
		putchar(' ');
		print_left(o);
		putchar('\n');
	}
	json_decref(data);
	return EXIT_DONE;
}
