/*
 * feed export DIR - every feed of the last good configuration and the submissions so far.
 *
 * Reads the state directory itself, so that no daemon has to write where an admin may: the versions
 * of events are those that were published last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "commands.h"
#include "engine.h"
#include "i18n.h"
#include "paths.h"

int cmd_feed(const struct command *self, int argc, char **argv)
{
	const char *state = NULL, *config = NULL;
	const struct option_row rows[] = {{"state", OPTION_TEXT, &state}, {"c", OPTION_TEXT, &config}};
	int status;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 2, 2, &status);
	if (n < 0)
		return status;
	if (strcmp(argv[1], "export") != 0)
		return cli_usage(self);
	struct paths p;
	struct diag d = DIAG_INIT;
	struct diags ds = {0};
	enum rc rc = paths_find(state, NULL, &p, &d);
	if (rc == RC_OK)
		rc = engine_export_feeds(p.state, argv[2], clock_now(), &ds, &d);
	cli_print_diags(&ds, stderr);
	diags_done(&ds);
	return rc ? cli_fail(&d) : EXIT_DONE;
}
