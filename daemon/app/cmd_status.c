/* The commands that show what a running daemon knows. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "control.h"
#include "i18n.h"
#include "say.h"
#include "text.h"
#include "word.h"

/* Ask, and print as JSON if that is wanted; true = the caller prints text. */
static bool ask(const struct cli_daemon *where, const char *verb, json_t *args, json_t **ret,
	int *ret_status)
{
	if (!cli_call(where, verb, args, ret, ret_status))
		return false;
	*ret_status = EXIT_DONE;
	if (!where->json)
		return true;
	cli_print_json(*ret);
	return false;
}

/* ---- status --------------------------------------------------------------------------------------- */

/* What to type; NULL where only the contact can be corrected. */
static const char *remedy(const char *state)
{
	if (strcmp(state, "retry") == 0)
		return "deadlinectl retry %lld\n";
	if (strcmp(state, "unknown") == 0)
		return "deadlinectl settle %lld sent|resend\n";
	return strcmp(state, "dead") == 0 ? "deadlinectl settle %lld resend\n" : NULL;
}

static void print_remedy(const json_t *t)
{
	const char *form = remedy(cli_text(t, "state"));
	fputs("       ", stdout);
	if (!form)
		puts(_("correct the contact, then: deadlinectl reload"));
	else if (strcmp(cli_text(t, "state"), "retry") == 0)
		printf(form, cli_number(t, "message"));
	else {
		fputs(strcmp(cli_text(t, "state"), "dead") == 0
				? _("correct the contact and reload, or: ")
				: _("ask whether it arrived, then: "),
			stdout);
		printf(form, cli_number(t, "message"));
	}
}

static void print_trouble(const json_t *trouble, const struct cli_style *st)
{
	size_t i;
	json_t *t;
	char since[64], reason[SAY_REASON_SIZE];
	json_array_foreach(trouble, i, t)
	{
		printf("  %s#%lld%s %s %s: %s, %s (%s)\n", st->red, cli_number(t, "message"), st->off,
			word_of(cli_text(t, "channel")), cli_text(t, "person"),
			word_of(cli_text(t, "state")), say_reason(cli_text(t, "reason"), reason),
			say_civil(cli_text(t, "since"), since));
		print_remedy(t);
	}
}

/* The sentence for each hold of the clock. */
static void print_hold(const char *hold, const struct cli_style *st)
{
	if (!*hold)
		return;
	printf("%s%s%s\n       deadlinectl clock-ok\n", st->red,
		strcmp(hold, "behind") == 0
			? _("The clock is behind the last record: SMS wait until it is right.")
		: strcmp(hold, "jumped") == 0
			? _("The clock has jumped by more than a day: SMS wait until somebody says "
			    "it is right.")
			: _("The clock is not synchronised yet: SMS wait, 15 minutes at most."),
		st->off);
}

static void print_restored(const char *at, const struct cli_style *st)
{
	char text[64];
	if (*at)
		printf(_("%sThe database was restored from a copy on %s: SMS wait.%s\n"
			 "       deadlinectl after-restore --assume-sent-until TIME\n"),
			st->red, say_civil(at, text), st->off);
}

static void print_destinations(const json_t *list, const struct cli_style *st)
{
	size_t i;
	json_t *x;
	char since[64], next[64], reason[SAY_REASON_SIZE];
	json_array_foreach(list, i, x)
	{
		if (!*cli_text(x, "down_since"))
			continue;
		printf(_("%s%s does not work%s since %s: %s\n"), st->red,
			word_of(cli_text(x, "name")), st->off,
			say_civil(cli_text(x, "down_since"), since),
			say_reason(cli_text(x, "reason"), reason));
		printf(_("       next try %s; at once: deadlinectl retry\n"),
			say_civil(cli_text(x, "next_probe"), next));
	}
}

static bool has_outage(const json_t *list)
{
	size_t i;
	json_t *x;
	json_array_foreach(list, i, x) if (*cli_text(x, "down_since")) return true;
	return false;
}

static void print_fault(const json_t *fault)
{
	struct diag d;
	char line[DIAG_TEXT_MAX + 300];
	control_fault_from_json(fault, &d);
	diag_line(&d, i18n_translate, line, sizeof line);
	printf("  %s\n", line);
}

/* Is there something that only a person can mend? */
static bool is_well(const json_t *s)
{
	const json_t *config = json_object_get(s, "config");
	return !json_is_true(json_object_get(config, "stale")) && !*cli_text(s, "hold") &&
	       !*cli_text(s, "restored") &&
	       !has_outage(json_object_get(s, "destinations")) &&
	       json_array_size(json_object_get(s, "trouble")) == 0;
}

/* What a tired reader needs first. */
static void print_needs(const json_t *s, const struct cli_style *st)
{
	const json_t *w = json_object_get(s, "waiting");
	char oldest[64];
	print_hold(cli_text(s, "hold"), st);
	print_restored(cli_text(s, "restored"), st);
	print_destinations(json_object_get(s, "destinations"), st);
	if (cli_number(w, "needs_hand"))
		printf(_("Messages lost or of unknown fate, see below: %lld.\n"),
			cli_number(w, "needs_hand"));
	if (cli_number(w, "messages"))
		printf(_("Messages that wait to be tried again: %lld, the oldest since %s.\n"),
			cli_number(w, "messages"), say_civil(cli_text(w, "oldest"), oldest));
}

static void print_status(const json_t *s)
{
	const struct cli_style *st = cli_style(stdout);
	const json_t *config = json_object_get(s, "config"), *o = json_object_get(s, "obligations"),
		     *r = json_object_get(s, "reminders"), *m = json_object_get(s, "messages"),
		     *trouble = json_object_get(s, "trouble");
	bool stale = json_is_true(json_object_get(config, "stale"));
	size_t n_trouble = json_array_size(trouble), i;
	json_t *fault;
	char now[64], next[64], loaded[64], copied[64];
	bool well = is_well(s);
	printf("%s%s%s  %s  (deadlined %s, pid %lld)\n", well ? st->green : st->red,
		well ? _("All is well.") : _("Something needs you."), st->off,
		say_civil(cli_text(s, "now"), now), cli_text(s, "version"), cli_number(s, "pid"));
	print_needs(s, st);
	printf(_("Obligations  open %lld (overdue %lld), reported %lld, done %lld, waived %lld, "
		 "waiting %lld\n"),
		cli_number(o, "open"), cli_number(o, "overdue"), cli_number(o, "reported"), cli_number(o, "done"),
		cli_number(o, "waived"), cli_number(o, "waiting"));
	printf(_("Reminders    planned %lld, sent %lld, merged %lld, cancelled %lld; next %s\n"),
		cli_number(r, "planned"), cli_number(r, "sent"), cli_number(r, "superseded"),
		cli_number(r, "cancelled"), say_civil(cli_text(s, "next_wake"), next));
	printf(_("Messages     sent %lld, waiting to retry %lld, unknown %lld, dead %lld\n"),
		cli_number(m, "sent") + cli_number(m, "delivered"), cli_number(m, "retry"),
		cli_number(m, "unknown"), cli_number(m, "dead"));
	printf(_("Configuration %s, loaded %s\n"), cli_text(config, "path"),
		say_civil(cli_text(config, "loaded_at"), loaded));
	if (*cli_text(s, "last_backup"))
		printf(_("Last copy of the database %s\n"), say_civil(cli_text(s, "last_backup"), copied));
	if (stale)
		printf("%s%s%s\n", st->red,
			_("The files have faults; the last good set is in force:"), st->off);
	json_array_foreach(json_object_get(config, "diags"), i, fault) print_fault(fault);
	if (n_trouble)
		printf(_("Messages that did not go through:\n"));
	print_trouble(trouble, st);
}

int cmd_status(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where)};
	int status;
	json_t *data;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0 ||
		!cli_call(&where, "status", json_object(), &data, &status))
		return status;
	status = is_well(data) ? EXIT_DONE : EXIT_PROBLEMS;
	if (where.json) {
		cli_print_json(data);
		return status;
	}
	print_status(data);
	json_decref(data);
	return status;
}

/* ---- next ----------------------------------------------------------------------------------------- */

int cmd_next(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	long limit = 20;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"limit", OPTION_INT, &limit}};
	int status;
	json_t *data, *r;
	size_t i;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 1, &status);
	if (n < 0)
		return status;
	if (n == 1 && !text_parse_int(argv[1], 1, 10000, &limit))
		return cli_usage(self);
	if (!ask(&where, "next", json_pack("{s:I}", "limit", (json_int_t)limit), &data, &status))
		return status;
	json_array_foreach(json_object_get(data, "reminders"), i, r)
	{
		char at[64];
		printf("%s  ", say_civil(cli_text(r, "at"), at));
		cli_pad(stdout, word_of(cli_text(r, "channel")), 5);
		cli_pad(stdout, cli_text(r, "name"), 20);
		printf("  %s %s%s\n", cli_text(r, "obligation"), cli_text(r, "step"),
			json_is_true(json_object_get(r, "late")) ? _(" (late)") : "");
	}
	json_decref(data);
	return EXIT_DONE;
}

/* ---- list ----------------------------------------------------------------------------------------- */

static size_t count_missing(const json_t *items)
{
	size_t i, n = 0;
	json_t *item;
	json_array_foreach(items, i, item) n += strcmp(cli_text(item, "state"), "missing") == 0;
	return n;
}

static void print_missing(const json_t *items)
{
	size_t i, n = 0, missing = count_missing(items);
	json_t *item;
	if (missing && missing == json_array_size(items)) {
		fputs(_("everything is missing"), stdout);
		return;
	}
	json_array_foreach(items, i, item)
	{
		if (strcmp(cli_text(item, "state"), "missing") != 0)
			continue;
		fputs(n++ ? _(", ") : _("missing: "), stdout);
		printf(_("%s (%s)"), cli_text(item, "name"), word_of(cli_text(item, "form")));
	}
}

static void print_left(const json_t *o)
{
	const json_t *count = json_object_get(o, "count");
	char said[SAY_COUNT_SIZE];
	if (json_is_object(count))
		fputs(say_count(cli_number(count, "done"), cli_number(count, "quota"), said),
			stdout);
	else
		print_missing(json_object_get(o, "items"));
}

int cmd_list(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	bool all = false;
	const char *from = NULL, *to = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"all", OPTION_FLAG, &all},
		{"from", OPTION_TEXT, &from}, {"to", OPTION_TEXT, &to}};
	int status;
	json_t *data, *o;
	size_t i;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0)
		return status;
	json_t *args = json_pack("{s:b,s:s?,s:s?}", "all", all, "from", from, "to", to);
	if (!ask(&where, "obligations", args, &data, &status))
		return status;
	json_array_foreach(json_object_get(data, "obligations"), i, o)
	{
		char due[64];
		const char *due_at = cli_text(o, "due_at");
		cli_pad(stdout, due_at[0] ? say_civil(due_at, due) : _("no date yet"), 22);
		cli_pad(stdout, cli_text(o, "id"), 38);
		putchar(' ');
		cli_pad(stdout, word_of(cli_text(o, "state")), 10);
		putchar(' ');
		print_left(o);
		putchar('\n');
	}
	json_decref(data);
	return EXIT_DONE;
}
