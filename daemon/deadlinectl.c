/*
 * deadlinectl - the admin's tool: a table of commands and a loop
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "i18n.h"
#include "text.h"
#include "versions.h"

static int print_version(void)
{
	versions_print("deadlinectl");
	return EXIT_DONE;
}

static int print_overview(FILE *f)
{
	fprintf(f, _("usage: deadlinectl COMMAND [OPTION]...   (each command has --help)\n\n"));
	for (size_t i = 0; i < COMMANDS; i++) {
		fputs("  ", f);
		cli_pad(f, COMMAND[i].name, 14);
		fprintf(f, "%s\n", _(COMMAND[i].summary));
	}
	return f == stdout ? EXIT_DONE : EXIT_USAGE;
}

static int unknown_command(const char *name)
{
	const char *near = NULL;
	unsigned best = 3;
	for (size_t i = 0; i < COMMANDS; i++) {
		unsigned distance = text_distance(name, COMMAND[i].name);
		if (distance < best) {
			best = distance;
			near = COMMAND[i].name;
		}
	}
	if (near)
		fprintf(stderr, _("deadlinectl: there is no command \"%s\" (did you mean %s?)\n"), name,
			near);
	else
		fprintf(stderr, _("deadlinectl: there is no command \"%s\"\n"), name);
	return EXIT_USAGE;
}

/* "deadlinectl --state DIR status" is "deadlinectl status --state DIR": the command comes first, what
 * stood before it behind it. */
static void put_command_first(int argc, char **argv)
{
	int i = 1;
	while (i + 1 < argc && (strcmp(argv[i], "--state") == 0 || strcmp(argv[i], "--socket") == 0 ||
				       strcmp(argv[i], "-c") == 0))
		i += 2;
	if (i == 1 || i >= argc)
		return;
	char *command = argv[i];
	memmove(&argv[2], &argv[1], (size_t)(i - 1) * sizeof *argv);
	argv[1] = command;
}

/* A full disk or a closed pipe must not look like success. */
static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	struct diag d;
	diag_set_errno(&d, RC_IO, errno, N_("cannot write the answer"));
	return cli_fail(&d);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], CONF_VET_ARG) == 0)
		return conf_vet_child();
	i18n_init();
	put_command_first(argc, argv);
	if (argc < 2)
		return print_overview(stderr);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return finish(print_overview(stdout));
	if (strcmp(argv[1], "--version") == 0)
		return finish(print_version());
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], COMMAND[i].name) == 0)
			return finish(COMMAND[i].run(&COMMAND[i], argc - 1, argv + 1));
	return unknown_command(argv[1]);
}
