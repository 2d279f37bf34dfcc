#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"
#include "i18n.h"
#include "say.h"
#include "simulate.h"
#include "word.h"

enum { RECEIPTS_MAX = CLI_LIST_MAX, NOTES_MAX = 20000 };

/* What the summary says: counts, and each reminder that did not simply go out at its time. */
struct note {
	enum event_kind kind;
	struct instant at;
	char *obligation, *step, *person;
	enum channel channel;
	const char *why;
};

struct summary {
	const struct zone *zone;
	size_t reminders[CHANNEL_COUNT], messages[CHANNEL_COUNT];
	size_t failed;
	struct note *note;
	size_t n_notes, n_unlisted;
	bool progress;
};

static void count_event(void *ctx, const struct engine_event *ev)
{
	struct summary *s = ctx;
	if (ev->kind == EVENT_CLAIMED) {
		s->messages[ev->channel]++;
		s->reminders[ev->channel] += ev->n;
	} else if (ev->kind == EVENT_FAILED) {
		s->failed++;
	} else if (ev->kind == EVENT_MOVED || ev->kind == EVENT_SUPERSEDED) {
		if (s->n_notes == NOTES_MAX) {
			s->n_unlisted++;
			return;
		}
		s->note[s->n_notes++] = (struct note){ev->kind, ev->at, mem_strdup(ev->obligation),
			mem_strdup(ev->step), mem_strdup(ev->person), ev->channel, ev->text};
	}
}

static void show_day(void *ctx, struct date day)
{
	struct summary *s = ctx;
	char text[DATE_TEXT_SIZE];
	if (s->progress)
		fprintf(stderr, "\r%s ", date_format(day, text));
}

/* ---- receipts ------------------------------------------------------------------------------------ */

static int compare_receipts(const void *left, const void *right)
{
	const struct simulate_receipt *a = left, *b = right;
	return (a->at.s > b->at.s) - (a->at.s < b->at.s);
}

/* ID@INSTANT */
static enum rc parse_receipts(const struct text_list *list, const struct zone *z,
	struct simulate_receipt *ret, struct diag *d)
{
	for (size_t i = 0; i < list->n; i++) {
		char *id = mem_strdup(list->item[i]);
		char *at = strrchr(id, '@');
		if (!at || !zone_parse(z, at + 1, &ret[i].at)) {
			free(id);
			return diag_set(d, RC_INVALID,
				N_("--receive wants ID@INSTANT such as "
				   "monthly/2024-05/brigade-10@2024-05-10T10:00, not \"%s\""),
				list->item[i]);
		}
		*at = '\0';
		ret[i].obligation = id;
	}
	qsort(ret, list->n, sizeof *ret, compare_receipts);
	return RC_OK;
}

/* ---- printing ------------------------------------------------------------------------------------ */

static const char *kind_text(enum event_kind k)
{
	return k == EVENT_MOVED ? "moved" : "superseded";
}

static void print_text(const struct summary *s, const char *dir)
{
	printf(_("Mails: %zu with %zu reminders, in %s/mail\n"), s->messages[CHANNEL_EMAIL],
		s->reminders[CHANNEL_EMAIL], dir);
	printf(_("SMS: %zu with %zu reminders, in %s/sms\n"), s->messages[CHANNEL_SMS],
		s->reminders[CHANNEL_SMS], dir);
	if (s->messages[CHANNEL_CHAT])
		printf(_("Messages to groups: %zu with %zu reminders, in %s/chat\n"),
			s->messages[CHANNEL_CHAT], s->reminders[CHANNEL_CHAT], dir);
	printf(_("Feeds as they are at the end: %s/feeds\n"), dir);
	size_t moved = 0;
	for (size_t i = 0; i < s->n_notes; i++)
		moved += s->note[i].kind == EVENT_MOVED;
	printf(_("Moved to another moment: %zu; merged, too late or not needed: %zu\n"), moved,
		s->n_notes - moved);
	for (size_t i = 0; i < s->n_notes; i++) {
		const struct note *n = &s->note[i];
		char at[SAY_TIME_SIZE];
		printf("  %-10s %s  %s %s %s %s: %s\n", _(kind_text(n->kind)),
			say_time(s->zone, n->at, at), n->obligation, n->step,
			word_of(channel_text(n->channel)), n->person, _(n->why));
	}
	if (s->n_unlisted)
		printf(_("... and %zu more\n"), s->n_unlisted);
}

static void print_json(const struct summary *s)
{
	json_t *notes = json_array();
	for (size_t i = 0; i < s->n_notes; i++) {
		const struct note *n = &s->note[i];
		char at[ZONE_TEXT_SIZE];
		json_array_append_new(notes,
			json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "what", kind_text(n->kind), "at",
				zone_format(s->zone, n->at, at), "obligation", n->obligation,
				"step", n->step, "channel", channel_text(n->channel), "person",
				n->person, "why", n->why));
	}
	cli_print_json(json_pack("{s:{s:I,s:I},s:{s:I,s:I},s:{s:I,s:I},s:I,s:o}", "email",
		"messages", (json_int_t)s->messages[CHANNEL_EMAIL], "reminders",
		(json_int_t)s->reminders[CHANNEL_EMAIL], "sms", "messages",
		(json_int_t)s->messages[CHANNEL_SMS], "reminders",
		(json_int_t)s->reminders[CHANNEL_SMS], "chat", "messages",
		(json_int_t)s->messages[CHANNEL_CHAT], "reminders",
		(json_int_t)s->reminders[CHANNEL_CHAT], "failed", (json_int_t)s->failed, "changes",
		notes));
}

/* ---- command ------------------------------------------------------------------------------------- */

static void summary_done(struct summary *s)
{
	for (size_t i = 0; i < s->n_notes; i++) {
		free(s->note[i].obligation);
		free(s->note[i].step);
		free(s->note[i].person);
	}
	free(s->note);
}

static void receipts_free(struct simulate_receipt *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free((void *)(uintptr_t)r[i].obligation);
	free(r);
}

static int simulate(
	struct loaded *l, struct simulate_options *opt, const struct text_list *receive, bool json)
{
	struct diag d = DIAG_INIT;
	struct zone *zone;
	enum rc rc = zone_open(zone_name(l->config->zone), &zone, &d);
	if (rc)
		return cli_fail(&d);
	struct simulate_receipt *receipt = mem_new(RECEIPTS_MAX, sizeof *receipt);
	struct summary s = {.zone = zone, .progress = isatty(STDERR_FILENO) == 1};
	s.note = mem_new(NOTES_MAX, sizeof *s.note);
	opt->receipt = receipt;
	opt->n_receipts = receive->n;
	opt->on_event = count_event;
	opt->on_day = show_day;
	opt->ctx = &s;
	rc = parse_receipts(receive, zone, receipt, &d);
	if (rc == RC_OK)
		rc = simulate_run(l, opt, &d);
	if (s.progress)
		fprintf(stderr, "\r            \r");
	int status = s.failed ? EXIT_PROBLEMS : EXIT_DONE;
	if (rc)
		status = cli_fail(&d);
	else if (json)
		print_json(&s);
	else
		print_text(&s, opt->dir);
	summary_done(&s);
	receipts_free(receipt, receive->n);
	zone_free(zone);
	return status;
}

int cmd_simulate(const struct command *self, int argc, char **argv)
{
	static struct text_list receive;
	const char *path = NULL;
	bool json = false;
	struct simulate_options opt = {.from = DATE_NONE, .to = DATE_NONE};
	const struct option_row rows[] = {
		{"c", OPTION_TEXT, &path},
		{"from", OPTION_DATE, &opt.from},
		{"to", OPTION_DATE, &opt.to},
		{"out", OPTION_TEXT, &opt.dir},
		{"receive", OPTION_LIST, &receive},
		{"json", OPTION_FLAG, &json},
	};
	int status;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0)
		return status;
	if (date_is_none(opt.from) || date_is_none(opt.to) || !opt.dir ||
		date_compare(opt.from, opt.to) > 0)
		return cli_usage(self);
	struct diags ds = {0};
	struct loaded l;
	enum rc rc = reload_read(cli_config_path(path), 0, &l, &ds);
	if (rc)
		cli_print_diags(&ds, stderr);
	diags_done(&ds);
	if (rc)
		return EXIT_PROBLEMS;
	status = simulate(&l, &opt, &receive, json);
	loaded_done(&l);
	return status;
}
