/*
 * backup, restore, after-restore, erase - the database as a whole.
 *
 * backup and restore work on the state directory themselves: one of them is for the day when no daemon
 * runs any more.
 */
#include <stdio.h>
#include <string.h>

#include "backup.h"
#include "cli.h"
#include "clock.h"
#include "commands.h"
#include "i18n.h"
#include "say.h"
#include "store_restore.h"

/* ---- backup --------------------------------------------------------------------------------------- */

static enum rc back_up(const char *state, const char *path, struct diag *d)
{
	struct store_options so = {.read_only = true};
	struct store *s;
	enum rc rc = store_open(state, &so, &s, d);
	if (rc)
		return rc;
	rc = backup_make(s, state, path, d);
	store_close(s);
	return rc;
}

int cmd_backup(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where)};
	struct diag d = DIAG_INIT;
	struct paths p;
	char path[PATH_BYTES] = "";
	int status;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 1, &status);
	if (n < 0)
		return status;
	enum rc rc = cli_paths(&where, &p, &d);
	if (rc == RC_OK && n == 0)
		rc = backup_path_hand(p.state, clock_now(), path, &d);
	if (rc == RC_OK)
		rc = back_up(p.state, n ? argv[1] : path, &d);
	if (rc)
		return cli_fail(&d);
	if (where.json)
		cli_print_json(json_pack("{s:s}", "path", n ? argv[1] : path));
	else
		printf(_("The database was copied to %s.\n"), n ? argv[1] : path);
	return EXIT_DONE;
}

/* ---- restore -------------------------------------------------------------------------------------- */

static void print_restored(const char *copy, const char *aside)
{
	printf(_("The database is %s now.\n"), copy);
	if (*aside)
		printf(_("The one before lies at %s.\n"), aside);
	printf(_("Start the daemon; mails go out, SMS wait until you say up to when everything had "
		 "been sent:\n"
		 "    deadlinectl after-restore --assume-sent-until TIME\n"));
}

int cmd_restore(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *by = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"by", OPTION_TEXT, &by}};
	struct diag d = DIAG_INIT;
	struct paths p;
	char aside[STORE_PATH_SIZE] = "";
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 1, 1, &status) < 0)
		return status;
	enum rc rc = cli_paths(&where, &p, &d);
	if (rc == RC_OK)
		rc = paths_make(p.state, &d);
	if (rc == RC_OK)
		rc = store_restore(
			p.state, argv[1], by ? by : "deadlinectl", clock_now(), aside, &d);
	if (rc == RC_OK)
		rc = backup_bring_key(p.state, argv[1], &d);
	if (rc)
		return cli_fail(&d);
	if (where.json)
		cli_print_json(json_pack("{s:s,s:s}", "restored", argv[1], "aside", aside));
	else
		print_restored(argv[1], aside);
	return EXIT_DONE;
}

/* ---- after-restore -------------------------------------------------------------------------------- */

int cmd_after_restore(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *by = NULL, *until = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"by", OPTION_TEXT, &by},
		{"assume-sent-until", OPTION_TEXT, &until}};
	char at[SAY_TIME_SIZE];
	int status;
	json_t *data;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0)
		return status;
	if (!until)
		return cli_usage(self);
	json_t *args = json_pack("{s:s,s:s?}", "until", until, "by", by);
	if (!cli_call(&where, "after-restore", args, &data, &status))
		return status;
	if (where.json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	printf(_("What was to go out until %s counts as sent: %lld reminders, %lld messages.  SMS "
		 "go out again.\n"),
		say_civil(cli_text(data, "until"), at), cli_number(data, "reminders"),
		cli_number(data, "messages"));
	json_decref(data);
	return EXIT_DONE;
}

/* ---- erase ---------------------------------------------------------------------------------------- */

int cmd_erase(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *by = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"by", OPTION_TEXT, &by}};
	int status;
	json_t *data;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 1, 1, &status) < 0)
		return status;
	json_t *args = json_pack("{s:s,s:s?}", "person", argv[1], "by", by);
	if (!cli_call(&where, "erase", args, &data, &status))
		return status;
	if (where.json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	printf(_("Addresses and texts of %s are gone from %lld messages and %lld rows of the "
		 "history.\n"),
		argv[1], cli_number(data, "messages"), cli_number(data, "rows"));
	printf(_("Copies of the last seven nights, and those made by hand, still hold them.\n"));
	json_decref(data);
	return EXIT_DONE;
}
