/* evidence OBLIGATION: one page that answers "nobody told me". */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "i18n.h"
#include "say.h"
#include "word.h"

static void print_head(const json_t *data)
{
	const json_t *o = json_object_get(data, "obligation");
	char now[SAY_TIME_SIZE], due[SAY_TIME_SIZE];
	printf("%s\n", cli_text(data, "id"));
	if (!json_is_object(o))
		printf(_("The configuration in force does not have it any more.\n"));
	else
		printf(_("%s, %s, due %s: %s\n"), cli_text(o, "unit"), cli_text(o, "office"),
			say_civil(cli_text(o, "due_at"), due), word_of(cli_text(o, "state")));
	printf(_("As of %s.\n"), say_civil(cli_text(data, "now"), now));
}

/* What the other side said, or why; every value but those that have a place of their own. */
static void print_detail(const json_t *row)
{
	const json_t *detail = json_object_get(row, "detail");
	char reason[SAY_REASON_SIZE];
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)(uintptr_t)detail, key, v)
	{
		const char *s = json_string_value(v);
		bool told = strcmp(key, "channel") == 0 || strcmp(key, "attempt") == 0;
		if (!told && s && *s && strcmp(s, "-") != 0)
			printf(" · %s", say_reason(word_of(s), reason));
	}
}

static void print_whom(const json_t *row)
{
	const char *name = cli_text(row, "name"), *person = cli_text(row, "person");
	const char *channel = cli_text(json_object_get(row, "detail"), "channel");
	if (cli_number(row, "message") && *channel)
		printf(" #%lld %s", cli_number(row, "message"), word_of(channel));
	if (*name || *person)
		printf(" %s", *name ? name : person);
	if (*cli_text(row, "to"))
		printf(" <%s>", cli_text(row, "to"));
}

static void print_row(const json_t *row)
{
	char at[SAY_TIME_SIZE];
	const char *actor = cli_text(row, "actor");
	printf("  %s  ", say_civil(cli_text(row, "at"), at));
	cli_pad(stdout, word_of(cli_text(row, "kind")), 14);
	print_whom(row);
	print_detail(row);
	if (strcmp(actor, "deadlined") != 0)
		printf(_(" (by %s)"), actor);
	putchar('\n');
}

/* What was planned and did not go out, or not yet. */
static void print_rest(const json_t *reminders)
{
	size_t i, n = 0;
	json_t *r;
	char at[SAY_TIME_SIZE];
	json_array_foreach(reminders, i, r)
	{
		if (cli_number(r, "message"))
			continue;
		if (n++ == 0)
			printf(_("Not sent, or not yet:\n"));
		printf("  %s  ", say_civil(cli_text(r, "at"), at));
		cli_pad(stdout, word_of(cli_text(r, "state")), 14);
		printf(" %s %s %s", word_of(cli_text(r, "channel")),
			*cli_text(r, "name") ? cli_text(r, "name") : cli_text(r, "person"),
			cli_text(r, "step"));
		if (*cli_text(r, "why"))
			printf(" · %s", _(cli_text(r, "why")));
		putchar('\n');
	}
}

static void print_evidence(const json_t *data)
{
	const json_t *chain = json_object_get(data, "chain"), *rows = json_object_get(data, "rows");
	size_t i;
	json_t *row;
	print_head(data);
	printf(json_array_size(rows) ? _("What happened:\n") : _("Nothing has happened yet.\n"));
	json_array_foreach(rows, i, row) print_row(row);
	print_rest(json_object_get(data, "reminders"));
	if (json_is_true(json_object_get(chain, "holds")))
		printf(_("The history has not been changed: its chain of hashes holds.\n"));
	else
		printf(_("THE HISTORY HAS BEEN CHANGED: its chain of hashes breaks at row %lld.\n"),
			cli_number(chain, "broken"));
}

int cmd_evidence(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	bool full = false;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"full", OPTION_FLAG, &full}};
	int status;
	json_t *data;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 1, 1, &status) < 0)
		return status;
	json_t *args = json_pack("{s:s,s:b}", "obligation", argv[1], "full", full);
	if (!cli_call(&where, "evidence", args, &data, &status))
		return status;
	bool holds = json_is_true(json_object_get(json_object_get(data, "chain"), "holds"));
	if (where.json) {
		cli_print_json(data);
		return holds ? EXIT_DONE : EXIT_PROBLEMS;
	}
	print_evidence(data);
	json_decref(data);
	return holds ? EXIT_DONE : EXIT_PROBLEMS;
}
