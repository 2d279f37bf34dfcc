/* What happened, in lines. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "i18n.h"
#include "say.h"
#include "text.h"
#include "word.h"

static void print_value(const json_t *v)
{
	char reason[SAY_REASON_SIZE];
	if (json_is_integer(v))
		printf(" %lld", (long long)json_integer_value(v));
	else if (json_is_string(v))
		printf(" %s", say_reason(word_of(json_string_value(v)), reason));
}

/* The values that say something; a first attempt and an empty reason do not. */
static void print_detail(const json_t *detail)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)(uintptr_t)detail, key, v)
	{
		const char *s = json_string_value(v);
		bool is_first = strcmp(key, "attempt") == 0 && json_integer_value(v) == 1;
		if (is_first || (s && (!*s || strcmp(s, "-") == 0)))
			continue;
		if (strcmp(key, "attempt") == 0)
			printf(_(" attempt %lld"), (long long)json_integer_value(v));
		else
			print_value(v);
	}
}

static void print_row(const json_t *h)
{
	char at[64];
	printf("%6lld  %s  ", cli_number(h, "id"), say_civil(cli_text(h, "at"), at));
	cli_pad(stdout, word_of(cli_text(h, "kind")), 14);
	printf(" %-11s", cli_text(h, "actor"));
	if (cli_number(h, "message"))
		printf(" #%lld", cli_number(h, "message"));
	if (*cli_text(h, "obligation"))
		printf(" %s", cli_text(h, "obligation"));
	if (*cli_text(h, "person"))
		printf(" %s", cli_text(h, "person"));
	print_detail(json_object_get(h, "detail"));
	putchar('\n');
}

/* "7" and "#7" are messages, what has a slash an obligation, the rest a person. */
static bool take_operand(const char *s, const char **obligation, const char **person, long *message)
{
	if (text_parse_int(s + (*s == '#'), 1, 0x7fffffffL, message))
		return true;
	if (*s == '#')
		return false;
	*(strchr(s, '/') ? obligation : person) = s;
	return true;
}

int cmd_history(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	long limit = 50, message = 0;
	const char *obligation = NULL, *person = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"limit", OPTION_INT, &limit},
		{"message", OPTION_INT, &message}, {"person", OPTION_TEXT, &person}};
	int status;
	json_t *data, *h;
	size_t i;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 1, &status);
	if (n < 0)
		return status;
	if (n == 1 && !take_operand(argv[1], &obligation, &person, &message))
		return cli_usage(self);
	json_t *args = json_pack("{s:s?,s:s?,s:I}", "obligation", obligation, "person", person,
		"limit", (json_int_t)limit);
	if (args && message)
		json_object_set_new(args, "message", json_integer(message));
	if (!cli_call(&where, "history", args, &data, &status))
		return status;
	if (where.json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	json_array_foreach(json_object_get(data, "rows"), i, h) print_row(h);
	json_decref(data);
	return EXIT_DONE;
}
