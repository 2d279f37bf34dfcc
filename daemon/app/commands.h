/*
 * commands - every command of deadlinectl, in the order of the help
 */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

#include "cli.h"

extern const struct command COMMAND[];
extern const size_t COMMANDS;

/* Each in a file cmd_NAME.c. */
int cmd_check(const struct command *self, int argc, char **argv);
int cmd_preview(const struct command *self, int argc, char **argv);
int cmd_explain(const struct command *self, int argc, char **argv);
int cmd_diff(const struct command *self, int argc, char **argv);
int cmd_simulate(const struct command *self, int argc, char **argv);
int cmd_status(const struct command *self, int argc, char **argv);
int cmd_next(const struct command *self, int argc, char **argv);
int cmd_list(const struct command *self, int argc, char **argv);
int cmd_act(const struct command *self, int argc, char **argv); /* report receive return waive undo */
int cmd_occasion(const struct command *self, int argc, char **argv);
int cmd_history(const struct command *self, int argc, char **argv);
int cmd_reload(const struct command *self, int argc, char **argv);
int cmd_settle(const struct command *self, int argc, char **argv);
int cmd_retry(const struct command *self, int argc, char **argv);
int cmd_clock_ok(const struct command *self, int argc, char **argv);
int cmd_test_message(const struct command *self, int argc, char **argv);
int cmd_text(const struct command *self, int argc, char **argv);
int cmd_link(const struct command *self, int argc, char **argv);
int cmd_evidence(const struct command *self, int argc, char **argv);
int cmd_preflight(const struct command *self, int argc, char **argv);
int cmd_backup(const struct command *self, int argc, char **argv);
int cmd_restore(const struct command *self, int argc, char **argv);
int cmd_after_restore(const struct command *self, int argc, char **argv);
int cmd_erase(const struct command *self, int argc, char **argv);
int cmd_import(const struct command *self, int argc, char **argv);
int cmd_workdays(const struct command *self, int argc, char **argv);
int cmd_edit(const struct command *self, int argc, char **argv);
int cmd_roster(const struct command *self, int argc, char **argv);
int cmd_feed(const struct command *self, int argc, char **argv);

#endif
