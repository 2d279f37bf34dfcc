/* text ID... - the reminder to paste into a group: of what the daemon says is missing, or, without a
 * daemon, as if nothing had been handed in. */
#include <stdio.h>

#include "cli.h"
#include "clock.h"
#include "commands.h"
#include "explain.h"
#include "group_text.h"
#include "i18n.h"
#include "reload.h"

static void show(bool json, const char *text)
{
	if (json)
		cli_print_json(json_pack("{s:s}", "text", text));
	else
		printf("%s\n", text);
}

static enum rc find_all(const struct loaded *l, char **id, size_t n, struct arena *a,
	const struct obligation **ret, struct diag *d)
{
	enum rc rc = RC_OK;
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = explain_obligation(l->config, id[i], a, &ret[i], d);
	return rc;
}

static int say_offline(const struct cli_daemon *where, char **id, size_t n)
{
	struct loaded l = {0};
	struct diags ds = {0};
	struct diag d = DIAG_INIT;
	struct arena a = ARENA_INIT;
	const struct obligation *o[GROUP_TEXT_OBLIGATIONS_MAX];
	const char *text;
	int status = EXIT_PROBLEMS;
	if (reload_read(cli_config_path(where->config), 0, &l, &ds)) {
		cli_print_diags(&ds, stderr);
		goto out;
	}
	enum rc rc = find_all(&l, id, n, &a, o, &d);
	if (rc == RC_OK)
		rc = group_text_make(l.config, l.templates, o, n, clock_now(), &a, &text, &d);
	if (rc) {
		status = cli_fail(&d);
		goto out;
	}
	fprintf(stderr,
		_("deadlinectl: no daemon answers: as if nothing had been handed in yet\n"));
	show(where->json, text);
	status = EXIT_DONE;
out:
	loaded_done(&l);
	diags_done(&ds);
	arena_done(&a);
	return status;
}

int cmd_text(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where)};
	struct diag d = DIAG_INIT;
	json_t *data, *ids = json_array();
	int status;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 1,
		GROUP_TEXT_OBLIGATIONS_MAX, &status);
	if (n < 0) {
		json_decref(ids);
		return status;
	}
	for (int i = 1; i <= n; i++) {
		json_t *id = json_string(argv[i]);
		json_array_append_new(ids, id ? id : json_string(""));
	}
	enum rc rc = cli_try(&where, "text", json_pack("{s:o}", "obligations", ids), &data, &d);
	if (rc == RC_UNREACHABLE)
		return say_offline(&where, argv + 1, (size_t)n);
	if (rc)
		return cli_fail(&d);
	const char *text = json_string_value(json_object_get(data, "text"));
	show(where.json, text ? text : "");
	json_decref(data);
	return EXIT_DONE;
}
