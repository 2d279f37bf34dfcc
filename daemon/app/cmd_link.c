/* link: the addresses of feeds, pages and gateways' receipts, which are secrets in themselves. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "i18n.h"
#include "say.h"

static void print_fetch(const json_t *l)
{
	const char *fetched = cli_text(l, "fetched"), *client = cli_text(l, "client");
	char when[SAY_TIME_SIZE];
	if (!fetched[0])
		return;
	say_civil(fetched, when);
	if (client[0])
		printf(_(", last fetched %s, %s"), when, client);
	else
		printf(_(", last fetched %s"), when);
}

static void print_list(const json_t *data)
{
	size_t i;
	json_t *l;
	char when[SAY_TIME_SIZE];
	json_array_foreach(json_object_get(data, "links"), i, l)
	{
		const char *revoked = cli_text(l, "revoked");
		cli_pad(stdout, cli_text(l, "kind"), 10);
		cli_pad(stdout, cli_text(l, "id"), 24);
		if (revoked[0])
			printf(_("revoked %s"), say_civil(revoked, when));
		else
			printf(_("in force, number %lld"),
				(long long)json_integer_value(json_object_get(l, "generation")));
		print_fetch(l);
		putchar('\n');
	}
}

static void print_link(const json_t *l)
{
	const char *url = cli_text(l, "url"), *path = cli_text(l, "path");
	if (!path[0])
		printf(_("This link is revoked; deadlinectl link rotate makes a new one.\n"));
	else
		printf("%s\n", url[0] ? url : path);
}

int cmd_link(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *by = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"by", OPTION_TEXT, &by}};
	int status;
	json_t *data;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 1, 3, &status);
	if (n < 0)
		return status;
	bool list = strcmp(argv[1], "list") == 0;
	if (list != (n == 1))
		return cli_usage(self);
	json_t *args = list ? json_object()
			    : json_pack("{s:s,s:s,s:s,s:s?}", "do", argv[1], "kind", argv[2], "id",
				      n == 3 ? argv[3] : "", "by", by);
	if (!cli_call(&where, list ? "links" : "link", args, &data, &status))
		return status;
	if (where.json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	if (list)
		print_list(data);
	else
		print_link(data);
	json_decref(data);
	return EXIT_DONE;
}
