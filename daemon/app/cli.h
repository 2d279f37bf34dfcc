/*
 * cli - what the commands of deadlinectl share
 *
 * A command is a row of the table in deadlinectl.c: main() is the table and a loop.
 */
#ifndef APP_CLI_H
#define APP_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include <stdio.h>

#include <jansson.h>

#include "conf.h"
#include "config.h"
#include "date.h"
#include "diag.h"

#include "paths.h"

/* Exit statuses; 69 is sysexits' EX_UNAVAILABLE. */
enum { EXIT_DONE = 0, EXIT_PROBLEMS = 1, EXIT_USAGE = 2, EXIT_NO_DAEMON = 69 };

struct command {
	const char *name;
	int (*run)(const struct command *self, int argc, char **argv);
	const char *summary; /* message ids */
	const char *usage;   /* "check -c FILE [--strict] [--json]" */
	const char *example;
};

/* ---- options ------------------------------------------------------------------------------------ */

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_DATE, OPTION_INT, OPTION_LIST };
enum { CLI_LIST_MAX = 4096 };
struct text_list {
	const char *item[CLI_LIST_MAX];
	size_t n;
};
struct option_row {
	const char *name; /* without the dashes: "from"; "c" for -c */
	enum option_kind kind;
	void *target; /* bool, const char *, struct date, long, struct text_list */
};

/* Takes options off argv; what is left are the operands (at most max, at least min), in argv[1..].
 * --help prints the command's help.  Returns the number of operands, or -1 with *ret_status set to
 * what to exit with. */
int cli_options(const struct command *self, const struct option_row *row, size_t n_rows, int argc,
	char **argv, int min, int max, int *ret_status);

/* ---- saying things ------------------------------------------------------------------------------- */

/* "deadlinectl: error: ..." on stderr; the exit status for that rc. */
int cli_fail(const struct diag *d);
/* Every fault on its line, sorted, on f. */
void cli_print_diags(struct diags *ds, FILE *f);
/* ... as an array of {file, line, severity, text, hint}; given. */
json_t *cli_faults(struct diags *ds);
int cli_usage(const struct command *self);

/* Colour only on a terminal and without NO_COLOR: the escape sequences, or "". */
struct cli_style {
	const char *bold, *red, *yellow, *green, *dim, *off;
};
const struct cli_style *cli_style(FILE *f);

/* s padded with spaces to `columns` terminal columns (Chinese is wide). */
void cli_pad(FILE *f, const char *s, int columns);

/* One JSON document on stdout, then a line feed. */
void cli_print_json(json_t *given);

/* ---- configuration -------------------------------------------------------------------------------- */

/* -c FILE, or the installed one. */
const char *cli_config_path(const char *option);
/* Load and vet; on failure everything is printed and *ret_status is set. */
bool cli_load(const char *path, struct config **ret, int *ret_status);

/* ---- the daemon ----------------------------------------------------------------------------------- */

struct cli_daemon {
	const char *config, *state, *socket;
	bool json;
};
/* The options -c, --state, --socket and --json of every online command. */
#define CLI_DAEMON_OPTIONS(d)                                                                      \
	{"c", OPTION_TEXT, &(d).config}, {"state", OPTION_TEXT, &(d).state},                       \
		{"socket", OPTION_TEXT, &(d).socket}, {"json", OPTION_FLAG, &(d).json}

/* Where its state is, for commands that look for themselves. */
enum rc cli_paths(const struct cli_daemon *where, struct paths *ret, struct diag *d) NODISCARD;

/* Calls a verb (args given); prints the fault and sets *ret_status on failure. */
bool cli_call(const struct cli_daemon *where, const char *verb, json_t *given_args, json_t **ret_data,
	int *ret_status);

/* The same without a word: RC_UNREACHABLE if no daemon answers. */
enum rc cli_try(const struct cli_daemon *where, const char *verb, json_t *given_args,
	json_t **ret_data, struct diag *d) NODISCARD;

/* Members of the daemon's answers: "" and 0 where there is none. */
const char *cli_text(const json_t *o, const char *key);
long long cli_number(const json_t *o, const char *key);

#endif
