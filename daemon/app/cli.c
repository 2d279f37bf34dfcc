#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "i18n.h"
#include "mem.h"
#include "paths.h"
#include "text.h"

/* ---- options -------------------------------------------------------------------------------------- */

static void print_help(const struct command *self)
{
	printf("deadlinectl %s\n\n%s\n\n", self->usage, _(self->summary));
	printf(_("Example:\n    %s\n"), self->example);
}

int cli_usage(const struct command *self)
{
	fprintf(stderr, _("usage: deadlinectl %s\n"), self->usage);
	return EXIT_USAGE;
}

static int bad_option(const struct command *self, const char *what, int *ret_status)
{
	fprintf(stderr, _("deadlinectl %s: %s\n"), self->name, what);
	*ret_status = cli_usage(self);
	return -1;
}

static const struct option_row *find_row(const struct option_row *row, size_t n, const char *name,
	size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(row[i].name) == len && strncmp(row[i].name, name, len) == 0)
			return &row[i];
	return NULL;
}

static bool set_value(const struct option_row *row, const char *value)
{
	struct text_list *list = row->target;
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)row->target = true;
		return true;
	case OPTION_TEXT:
		*(const char **)row->target = value;
		return true;
	case OPTION_DATE:
		return date_parse(value, strlen(value), row->target);
	case OPTION_INT:
		return text_parse_int(value, 0, 1000000, row->target);
	case OPTION_LIST:
		if (list->n == CLI_LIST_MAX)
			return false;
		list->item[list->n++] = value;
		return true;
	}
	return false;
}

/* --name VALUE, --name=VALUE, -c VALUE.  Returns how many of argv it took, 0 on a fault. */
static int take_option(const struct option_row *row, size_t n_rows, int left, char **argv,
	char *fault, size_t fault_size)
{
	const char *name = argv[0] + (argv[0][1] == '-' ? 2 : 1);
	size_t len = strcspn(name, "=");
	const struct option_row *r = find_row(row, n_rows, name, len);
	if (!r) {
		snprintf(fault, fault_size, _("unknown option %s"), argv[0]);
		return 0;
	}
	if (r->kind == OPTION_FLAG) {
		set_value(r, NULL);
		return 1;
	}
	const char *value = name[len] == '=' ? name + len + 1 : left > 1 ? argv[1] : NULL;
	if (!value || !set_value(r, value)) {
		snprintf(fault, fault_size, value ? _("option %s cannot be \"%s\"")
						  : _("option %s needs a value"),
			argv[0], value);
		return 0;
	}
	return name[len] == '=' ? 1 : 2;
}

int cli_options(const struct command *self, const struct option_row *row, size_t n_rows, int argc,
	char **argv, int min, int max, int *ret_status)
{
	int operands = 0;
	bool only_operands = false;
	char fault[300];
	for (int i = 1; i < argc;) {
		bool is_option = !only_operands && argv[i][0] == '-' && argv[i][1];
		if (is_option && strcmp(argv[i], "--help") == 0) {
			print_help(self);
			*ret_status = EXIT_DONE;
			return -1;
		}
		if (is_option && strcmp(argv[i], "--") == 0) {
			only_operands = true;
			i++;
		} else if (is_option) {
			int n = take_option(row, n_rows, argc - i, argv + i, fault, sizeof fault);
			if (n == 0)
				return bad_option(self, fault, ret_status);
			i += n;
		} else {
			argv[++operands] = argv[i++];
		}
	}
	if (operands >= min && operands <= max)
		return operands;
	return bad_option(self, operands < min ? _("something is missing") : _("too much is given"),
		ret_status);
}

/* ---- saying things -------------------------------------------------------------------------------- */

int cli_fail(const struct diag *d)
{
	char line[DIAG_TEXT_MAX + 300];
	diag_line(d, i18n_translate, line, sizeof line);
	fprintf(stderr, "deadlinectl: %s\n", line);
	return d->rc == RC_UNREACHABLE ? EXIT_NO_DAEMON : EXIT_PROBLEMS;
}

void cli_print_diags(struct diags *ds, FILE *f)
{
	char line[DIAG_TEXT_MAX + 300];
	diags_sort(ds);
	for (size_t i = 0; i < ds->n; i++) {
		diag_line(&ds->item[i], i18n_translate, line, sizeof line);
		fprintf(f, "%s\n", line);
	}
	size_t total = ds->n_errors + ds->n_warnings;
	if (total > ds->n)
		fprintf(f, _("... and %zu more\n"), total - ds->n);
}

static json_t *fault_to_json(const struct diag *d)
{
	char text[DIAG_TEXT_MAX];
	diag_text(d, i18n_translate, text, sizeof text);
	return json_pack("{s:s,s:i,s:s,s:s,s:s?}", "file", d->file, "line", d->line, "severity",
		d->severity == SEV_WARNING ? "warning" : "error", "text", text, "hint",
		d->hint ? i18n_translate(d->hint) : NULL);
}

json_t *cli_faults(struct diags *ds)
{
	json_t *list = json_array();
	diags_sort(ds);
	for (size_t i = 0; i < ds->n; i++)
		json_array_append_new(list, fault_to_json(&ds->item[i]));
	return list;
}

const struct cli_style *cli_style(FILE *f)
{
	static const struct cli_style PLAIN = {"", "", "", "", "", ""};
	static const struct cli_style COLOUR = {
		"\033[1m", "\033[31m", "\033[33m", "\033[32m", "\033[2m", "\033[0m"};
	const char *no = getenv("NO_COLOR");
	return isatty(fileno(f)) && !(no && no[0]) ? &COLOUR : &PLAIN;
}

void cli_pad(FILE *f, const char *s, int columns)
{
	int width = (int)text_columns(s);
	fprintf(f, "%s%*s", s, width < columns ? columns - width : 0, "");
}

void cli_print_json(json_t *given)
{
	json_dumpf(given, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(given);
}

/* ---- configuration --------------------------------------------------------------------------------- */

const char *cli_config_path(const char *option)
{
	return option ? option : DEADLINED_SYSCONFDIR "/deadlined/deadlined.cfg";
}

bool cli_load(const char *path, struct config **ret, int *ret_status)
{
	struct diags ds = {0};
	enum rc rc = conf_load_path(path, ret, NULL, &ds);
	if (rc) {
		cli_print_diags(&ds, stderr);
		*ret_status = EXIT_PROBLEMS;
	}
	diags_done(&ds);
	return rc == RC_OK;
}

/* ---- the daemon ------------------------------------------------------------------------------------ */

/* The state directory that a configuration names, or NULL; a faulty one names none. */
static char *configured_state(const char *path)
{
	struct config *c;
	struct diags ds = {0};
	char *state = NULL;
	if (path && conf_load_path(path, &c, NULL, &ds) == RC_OK) {
		state = c->state_dir ? mem_strdup(c->state_dir) : NULL;
		config_free(c);
	}
	diags_done(&ds);
	return state;
}

enum rc cli_paths(const struct cli_daemon *where, struct paths *ret, struct diag *d)
{
	char *state = where->state ? NULL : configured_state(where->config);
	enum rc rc = paths_find(where->state, state, ret, d);
	free(state);
	return rc;
}

/* The places where a daemon of this user or of the system listens. */
static const char *find_socket(const struct cli_daemon *where, struct paths *p)
{
	static const char SYSTEM[] = "/run/deadlined/ctl.sock";
	struct diag d;
	if (where->socket)
		return where->socket;
	if (cli_paths(where, p, &d))
		return SYSTEM;
	bool is_ours = where->state || access(p->socket, F_OK) == 0;
	return is_ours || access(SYSTEM, F_OK) ? p->socket : SYSTEM;
}

enum rc cli_try(const struct cli_daemon *where, const char *verb, json_t *given_args,
	json_t **ret_data, struct diag *d)
{
	struct paths p;
	enum rc rc = control_call(find_socket(where, &p), verb, given_args, ret_data, d);
	json_decref(given_args);
	return rc;
}

bool cli_call(const struct cli_daemon *where, const char *verb, json_t *given_args, json_t **ret_data,
	int *ret_status)
{
	struct diag d = DIAG_INIT;
	enum rc rc = cli_try(where, verb, given_args, ret_data, &d);
	if (rc)
		*ret_status = cli_fail(&d);
	return rc == RC_OK;
}

const char *cli_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

long long cli_number(const json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}
