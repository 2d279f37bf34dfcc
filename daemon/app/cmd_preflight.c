/* preflight [--month MONTH] - is everything ready for the next month? */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "commands.h"
#include "control.h"
#include "i18n.h"

enum { WAIT_S = 75, LOOK_MS = 250 };

static void rest(void)
{
	const struct timespec t = {.tv_nsec = LOOK_MS * 1000000L};
	nanosleep(&t, NULL);
}

/* The relay and the web address are asked; their answers take a moment. */
static bool ask(const struct cli_daemon *where, const char *month, json_t **ret, int *ret_status)
{
	for (int i = 0; i <= WAIT_S * 1000 / LOOK_MS; i++) {
		json_t *args = json_pack("{s:s?,s:b}", "month", month, "ask", i == 0);
		if (!cli_call(where, "preflight", args, ret, ret_status))
			return false;
		if (!json_is_true(json_object_get(*ret, "waits")))
			return true;
		if (i < WAIT_S * 1000 / LOOK_MS) {
			json_decref(*ret);
			rest();
		}
	}
	return true;
}

static size_t count_errors(const json_t *findings)
{
	size_t i, n = 0;
	json_t *f;
	json_array_foreach(findings, i, f) n += strcmp(cli_text(f, "severity"), "error") == 0;
	return n;
}

static void print_finding(const json_t *f)
{
	struct diag d;
	char line[DIAG_TEXT_MAX + 300];
	const struct cli_style *st = cli_style(stdout);
	control_fault_from_json(f, &d);
	d.severity = strcmp(cli_text(f, "severity"), "error") == 0 ? SEV_ERROR : SEV_WARNING;
	diag_line(&d, i18n_translate, line, sizeof line);
	printf("%s%s%s\n", d.severity == SEV_ERROR ? st->red : st->yellow, line, st->off);
}

int cmd_preflight(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *month = NULL;
	const struct option_row rows[] = {
		CLI_DAEMON_OPTIONS(where), {"month", OPTION_TEXT, &month}};
	int status;
	size_t i;
	json_t *data, *f;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0)
		return status;
	if (!ask(&where, month, &data, &status))
		return status;
	const json_t *findings = json_object_get(data, "findings");
	size_t errors = count_errors(findings);
	status = errors ? EXIT_PROBLEMS : EXIT_DONE;
	if (where.json) {
		cli_print_json(data);
		return status;
	}
	json_array_foreach(findings, i, f) print_finding(f);
	printf(json_array_size(findings) ? _("%s: %zu to mend before it begins, %zu to look at.\n")
					 : _("%s: everything is ready.\n"),
		cli_text(data, "month"), errors, json_array_size(findings) - errors);
	json_decref(data);
	return status;
}
