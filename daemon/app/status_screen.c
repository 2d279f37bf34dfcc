#include "status_screen.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "control.h"
#include "i18n.h"
#include "say.h"
#include "word.h"

enum { SHOWN_MAX = 5, LABEL_COLUMNS = 16 };

struct screen {
	const json_t *s;
	const struct cli_style *st;
	int n; /* things to do so far */
};

static bool is_stale(const json_t *s)
{
	return json_is_true(json_object_get(json_object_get(s, "config"), "stale"));
}

static bool is_lost(const json_t *message)
{
	return strcmp(cli_text(message, "state"), "retry") != 0;
}

static int count_outages(const json_t *s)
{
	const json_t *list = json_object_get(s, "destinations");
	size_t i;
	json_t *x;
	int n = 0;
	json_array_foreach(list, i, x) n += *cli_text(x, "down_since") != '\0';
	return n;
}

static long long count_things(const json_t *s)
{
	return (*cli_text(s, "hold") != '\0') + (*cli_text(s, "restored") != '\0') +
	       count_outages(s) + is_stale(s) +
	       cli_number(json_object_get(s, "waiting"), "needs_hand");
}

bool status_is_well(const json_t *s)
{
	return count_things(s) == 0 && json_array_size(json_object_get(s, "trouble")) == 0;
}

/* ---- things to do ----------------------------------------------------------------------------------- */

static void begin_thing(struct screen *x)
{
	printf("%s%2d.%s ", x->st->red, ++x->n, x->st->off);
}

static void print_hold(struct screen *x)
{
	const char *hold = cli_text(x->s, "hold");
	if (!*hold)
		return;
	begin_thing(x);
	puts(strcmp(hold, "behind") == 0
			? _("The clock is behind the last record: SMS wait until it is right.")
		: strcmp(hold, "jumped") == 0
			? _("The clock has jumped by more than a day: SMS wait.")
			: _("The clock is not synchronised yet: SMS wait, 15 "
			    "minutes at most."));
	puts(_("    when it is right: deadlinectl clock-ok"));
}

static void print_restored(struct screen *x)
{
	char at[SAY_TIME_SIZE];
	if (!*cli_text(x->s, "restored"))
		return;
	begin_thing(x);
	printf(_("The database was restored from a copy on %s: SMS wait.\n"),
		say_civil(cli_text(x->s, "restored"), at));
	puts(_("    say up to when all was sent: deadlinectl after-restore --assume-sent-until "
	       "TIME"));
}

static void print_stale(struct screen *x)
{
	struct diag d;
	char line[DIAG_TEXT_MAX + 300];
	size_t i;
	json_t *fault;
	if (!is_stale(x->s))
		return;
	begin_thing(x);
	puts(_("The files have faults; the last good set is in force:"));
	json_array_foreach(json_object_get(json_object_get(x->s, "config"), "diags"), i, fault)
	{
		control_fault_from_json(fault, &d);
		diag_line(&d, i18n_translate, line, sizeof line);
		printf("    %s\n", line);
	}
	puts(_("    mend them, then: deadlinectl reload"));
}

static void print_outages(struct screen *x)
{
	size_t i;
	json_t *to;
	char since[SAY_TIME_SIZE], next[SAY_TIME_SIZE], reason[SAY_REASON_SIZE];
	json_array_foreach(json_object_get(x->s, "destinations"), i, to)
	{
		if (!*cli_text(to, "down_since"))
			continue;
		begin_thing(x);
		printf(_("%s does not work since %s:\n"), word_of(cli_text(to, "name")),
			say_civil(cli_text(to, "down_since"), since));
		printf("    %s\n", say_reason(cli_text(to, "reason"), reason));
		printf(_("    next try %s; at once: deadlinectl retry\n"),
			say_civil(cli_text(to, "next_probe"), next));
	}
}

static void print_lost(struct screen *x, const json_t *m)
{
	char since[SAY_TIME_SIZE], reason[SAY_REASON_SIZE];
	const char *state = cli_text(m, "state");
	long long id = cli_number(m, "message");
	begin_thing(x);
	printf(_("%s #%lld to %s, %s: %s\n"), word_of(cli_text(m, "channel")), id,
		cli_text(m, "person"), say_civil(cli_text(m, "since"), since), word_of(state));
	printf("    %s\n", say_reason(cli_text(m, "reason"), reason));
	if (strcmp(state, "unknown") == 0)
		printf(_("    ask whether it arrived, then: deadlinectl settle %lld sent|resend\n"),
			id);
	else if (strcmp(state, "dead") == 0)
		printf(_("    correct the contact and reload, or: deadlinectl settle %lld "
			 "resend\n"),
			id);
	else
		puts(_("    correct the contact, then: deadlinectl reload"));
}

static void print_messages(struct screen *x)
{
	const json_t *trouble = json_object_get(x->s, "trouble");
	long long more = cli_number(json_object_get(x->s, "waiting"), "needs_hand");
	int shown = 0;
	size_t i;
	json_t *m;
	json_array_foreach(trouble, i, m)
	{
		if (shown == SHOWN_MAX || !is_lost(m))
			continue;
		print_lost(x, m);
		shown++;
	}
	if (more > shown)
		printf(_("    and %lld messages more: deadlinectl status --json\n"), more - shown);
}

/* ---- figures ------------------------------------------------------------------------------------------- */

struct figure {
	const char *key, *msgid;
};

static void print_label(const char *label)
{
	cli_pad(stdout, label, LABEL_COLUMNS);
}

static void print_figures(
	const char *label, const json_t *from, const struct figure *f, size_t n, const char *none)
{
	int said = 0;
	print_label(label);
	for (size_t i = 0; i < n; i++) {
		long long value = cli_number(from, f[i].key);
		if (!value)
			continue;
		fputs(said++ ? _(", ") : "", stdout);
		printf(i18n_translate(f[i].msgid), value);
	}
	puts(said ? "" : none);
}

static void print_counts(const json_t *s)
{
	static const struct figure DEADLINE[] = {{"open", N_("%lld open")},
		{"overdue", N_("%lld overdue")},
		{"reported", N_("%lld reported")}, {"done", N_("%lld done")},
		{"waived", N_("%lld waived")}, {"waiting", N_("%lld undated")}};
	static const struct figure MESSAGE[] = {{"sent", N_("%lld sent")},
		{"delivered", N_("%lld delivered")}, {"retry", N_("%lld to be tried again")},
		{"unknown", N_("%lld of unknown fate")}, {"dead", N_("%lld lost")}};
	print_figures(_("Deadlines"), json_object_get(s, "obligations"), DEADLINE,
		sizeof DEADLINE / sizeof *DEADLINE, _("none"));
	print_figures(_("Messages"), json_object_get(s, "messages"), MESSAGE,
		sizeof MESSAGE / sizeof *MESSAGE, _("none"));
}

static void print_rest(const json_t *s)
{
	const json_t *config = json_object_get(s, "config");
	char text[SAY_TIME_SIZE];
	print_label(_("Next to go out"));
	printf(_("%s; reminders planned: %lld\n"), say_civil(cli_text(s, "next_wake"), text),
		cli_number(json_object_get(s, "reminders"), "planned"));
	print_label(_("Last copy"));
	puts(say_civil(cli_text(s, "last_backup"), text));
	print_label(_("Configuration"));
	printf(_("%s, read %s\n"), cli_text(config, "path"),
		say_civil(cli_text(config, "loaded_at"), text));
	print_label(_("Program"));
	printf("deadlined %s, pid %lld\n", cli_text(s, "version"), cli_number(s, "pid"));
}

/* ---- all ------------------------------------------------------------------------------------------------- */

static void print_headline(const struct screen *x)
{
	long long things = count_things(x->s);
	char now[SAY_TIME_SIZE];
	bool well = status_is_well(x->s);
	fputs(things ? x->st->red : well ? x->st->green : x->st->yellow, stdout);
	if (things)
		printf(_("Something needs you: %lld to do."), things);
	else
		fputs(well ? _("All is well.") : _("Messages wait; nothing to do yet."), stdout);
	printf("%s  %s\n", x->st->off, say_civil(cli_text(x->s, "now"), now));
}

static void print_waiting(const json_t *s)
{
	const json_t *w = json_object_get(s, "waiting");
	char oldest[SAY_TIME_SIZE];
	if (cli_number(w, "messages"))
		printf(_("Messages that wait to be tried again: %lld, the oldest since %s.\n"),
			cli_number(w, "messages"), say_civil(cli_text(w, "oldest"), oldest));
}

void status_print(const json_t *s)
{
	struct screen x = {.s = s, .st = cli_style(stdout)};
	print_headline(&x);
	print_hold(&x);
	print_restored(&x);
	print_stale(&x);
	print_outages(&x);
	print_messages(&x);
	print_waiting(s);
	print_counts(s);
	print_rest(s);
}
