/* The commands that ask a running daemon: acts and reload. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "i18n.h"

static const char *item_state_word(const char *state)
{
	if (strcmp(state, "missing") == 0)
		return _("missing");
	return strcmp(state, "reported") == 0 ? _("reported") : _("received");
}

static const char *form_word(const char *form)
{
	return strcmp(form, "paper") == 0 ? _("paper") : _("electronic");
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

static void print_obligation(const json_t *o)
{
	size_t i;
	json_t *item;
	printf("%s: %s\n", text_of(o, "id"), _(text_of(o, "state")));
	json_array_foreach(json_object_get(o, "items"), i, item)
		printf("  %s（%s）: %s\n", text_of(item, "name"), form_word(text_of(item, "form")),
			item_state_word(text_of(item, "state")));
}

static void set_text(json_t *args, const char *key, const char *value)
{
	if (value)
		json_object_set_new(args, key, json_string(value));
}

static int finish_act(const struct cli_daemon *where, const char *verb, json_t *args)
{
	json_t *data;
	int status;
	if (!cli_call(where, verb, args, &data, &status))
		return status;
	if (where->json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	print_obligation(json_object_get(data, "obligation"));
	json_decref(data);
	return EXIT_DONE;
}

int cmd_act(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *form = NULL, *item = NULL, *reason = NULL, *by = NULL;
	bool nil = false;
	const struct option_row rows[] = {
		CLI_DAEMON_OPTIONS(where),
		{"form", OPTION_TEXT, &form},
		{"item", OPTION_TEXT, &item},
		{"reason", OPTION_TEXT, &reason},
		{"by", OPTION_TEXT, &by},
		{"nil", OPTION_FLAG, &nil},
	};
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 1, 1, &status) < 0)
		return status;
	json_t *args = json_pack("{s:s}", "obligation", argv[1]);
	set_text(args, "form", form);
	set_text(args, "item", item);
	set_text(args, "reason", reason);
	set_text(args, "by", by);
	return finish_act(&where, nil ? "nil" : self->name, args);
}

int cmd_occasion(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *by = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"by", OPTION_TEXT, &by}};
	int status;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 2, 3, &status);
	if (n < 0)
		return status;
	struct date ignored;
	if (n == 3 && !date_parse(argv[3], strlen(argv[3]), &ignored)) {
		fprintf(stderr, _("deadlinectl: \"%s\" is not a date such as 2024-09-15\n"), argv[3]);
		return EXIT_USAGE;
	}
	json_t *args = json_pack("{s:s,s:s}", "obligation", argv[1], "what", argv[2]);
	set_text(args, "date", n == 3 ? argv[3] : NULL);
	set_text(args, "by", by);
	return finish_act(&where, "occasion", args);
}

static json_int_t number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

int cmd_reload(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	bool confirm = false;
	const struct option_row rows[] = {
		CLI_DAEMON_OPTIONS(where), {"confirm", OPTION_FLAG, &confirm}};
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0)
		return status;
	json_t *data;
	if (!cli_call(&where, "reload", json_pack("{s:b}", "confirm", confirm), &data, &status))
		return status;
	if (where.json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	printf(_("Reloaded: %lld obligations; %lld appeared, %lld vanished, %lld moved; %lld reminders planned, %lld cancelled.\n"),
		(long long)number(data, "obligations"), (long long)number(data, "appeared"),
		(long long)number(data, "vanished"), (long long)number(data, "moved"),
		(long long)number(data, "planned"), (long long)number(data, "cancelled"));
	json_decref(data);
	return EXIT_DONE;
}
