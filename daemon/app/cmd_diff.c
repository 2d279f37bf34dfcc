/* diff: two configurations, or one and the running daemon. */
#include "cli.h"
#include "commands.h"
#include "diff.h"

static int diff_files(
	const char *old_path, const char *new_path, struct date from, struct date to, bool json)
{
	struct config *before, *after;
	struct diag d = DIAG_INIT;
	int status;
	if (!cli_load(old_path, &before, &status))
		return status;
	if (!cli_load(new_path, &after, &status)) {
		config_free(before);
		return status;
	}
	struct diff x = {.names = after};
	if (diff_compare(before, after, from, to, &x, &d))
		status = cli_fail(&d);
	else
		status = diff_show(&x, json);
	arena_done(&x.arena);
	config_free(before);
	config_free(after);
	return status;
}

static int diff_daemon(const struct cli_daemon *where, struct date from, struct date to)
{
	struct config *c;
	struct diag d = DIAG_INIT;
	json_t *data;
	int status;
	if (!cli_load(cli_config_path(where->config), &c, &status))
		return status;
	if (!cli_call(where, "obligations", json_pack("{s:b}", "all", 1), &data, &status)) {
		config_free(c);
		return status;
	}
	struct diff x = {.names = c};
	if (diff_compare_daemon(c, data, from, to, &x, &d))
		status = cli_fail(&d);
	else
		status = diff_show(&x, where->json);
	arena_done(&x.arena);
	json_decref(x.by_id);
	json_decref(data);
	config_free(c);
	return status;
}

int cmd_diff(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	struct date from = DATE_NONE, to = DATE_NONE;
	const struct option_row rows[] = {
		CLI_DAEMON_OPTIONS(where),
		{"from", OPTION_DATE, &from},
		{"to", OPTION_DATE, &to},
	};
	int status;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 2, &status);
	if (n < 0)
		return status;
	if (n == 2 && !where.config)
		return diff_files(argv[1], argv[2], from, to, where.json);
	return n == 0 ? diff_daemon(&where, from, to) : cli_usage(self);
}
