/* The commands about messages that did not go through: settle, retry, test-message. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "commands.h"
#include "i18n.h"
#include "say.h"
#include "text.h"
#include "word.h"

enum { TEST_WAIT_S = 30, TEST_LOOK_MS = 250 };

/* "7" or "#7", as status prints it. */
static bool message_operand(const char *s, long *ret)
{
	return text_parse_int(s + (*s == '#'), 1, 0x7fffffffL, ret);
}

/* ---- settle --------------------------------------------------------------------------------------- */

static void print_settled(const json_t *data)
{
	long long planned = cli_number(data, "planned");
	if (strcmp(cli_text(data, "state"), "sent") == 0)
		printf(_("Message %lld counts as sent.\n"), cli_number(data, "message"));
	else if (planned)
		printf(_("Message %lld is replaced; reminders that go out anew: %lld.\n"),
			cli_number(data, "message"), planned);
	else
		printf(_("Message %lld is replaced: later reminders say the same, so nothing goes "
			 "out anew.\n"),
			cli_number(data, "message"));
}

int cmd_settle(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *reason = NULL, *by = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where),
		{"reason", OPTION_TEXT, &reason}, {"by", OPTION_TEXT, &by}};
	int status;
	long id;
	json_t *data;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 2, 2, &status) < 0)
		return status;
	bool known = strcmp(argv[2], "sent") == 0 || strcmp(argv[2], "resend") == 0;
	if (!known || !message_operand(argv[1], &id))
		return cli_usage(self);
	json_t *args = json_pack("{s:I,s:s,s:s?,s:s?}", "message", (json_int_t)id, "as", argv[2],
		"reason", reason, "by", by);
	if (!cli_call(&where, "settle", args, &data, &status))
		return status;
	if (where.json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	print_settled(data);
	json_decref(data);
	return EXIT_DONE;
}

/* ---- retry ---------------------------------------------------------------------------------------- */

static void print_retried(const json_t *data)
{
	long long hurried = cli_number(data, "hurried"), replaced = cli_number(data, "replaced");
	if (hurried)
		printf(_("Messages that waited and are tried now: %lld.\n"), hurried);
	if (replaced)
		printf(_("Messages that were given up and are replaced: %lld; reminders that go out anew: %lld.\n"),
			replaced, cli_number(data, "planned"));
	if (!hurried && !replaced)
		printf(_("No message waits to be retried.\n"));
}

int cmd_retry(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *by = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"by", OPTION_TEXT, &by}};
	int status;
	long id;
	json_t *data, *args = json_object();
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 1, &status);
	if (n == 1 && !message_operand(argv[1], &id)) {
		status = cli_usage(self);
		n = -1;
	}
	if (n < 0) {
		json_decref(args);
		return status;
	}
	if (n == 1)
		json_object_set_new(args, "message", json_integer(id));
	if (by)
		json_object_set_new(args, "by", json_string(by));
	if (!cli_call(&where, "retry", args, &data, &status))
		return status;
	if (where.json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	print_retried(data);
	json_decref(data);
	return EXIT_DONE;
}

/* ---- clock-ok ------------------------------------------------------------------------------------- */

int cmd_clock_ok(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *by = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where), {"by", OPTION_TEXT, &by}};
	char now[64];
	int status;
	json_t *data;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 0, &status) < 0)
		return status;
	json_t *args = json_pack("{s:s?}", "by", by);
	if (!cli_call(&where, "clock-ok", args, &data, &status))
		return status;
	if (where.json) {
		cli_print_json(data);
		return EXIT_DONE;
	}
	printf(_("It is %s: believed.\n"), say_civil(cli_text(data, "now"), now));
	json_decref(data);
	return EXIT_DONE;
}

/* ---- test-message --------------------------------------------------------------------------------- */

/* Ask until its next hop has spoken, or half a minute is over. */
static bool await_outcome(
	const struct cli_daemon *where, json_int_t id, json_t **ret, int *ret_status)
{
	struct timespec look = {.tv_nsec = TEST_LOOK_MS * 1000000L};
	*ret = NULL;
	for (int ms = 0; ms <= TEST_WAIT_S * 1000; ms += TEST_LOOK_MS) {
		json_t *data;
		if (!cli_call(
			    where, "message", json_pack("{s:I}", "message", id), &data, ret_status))
			return false;
		json_decref(*ret);
		*ret = data;
		if (strcmp(cli_text(data, "state"), "claimed") != 0)
			break;
		nanosleep(&look, NULL);
	}
	return true;
}

static void print_outcome(const json_t *m)
{
	char reason[SAY_REASON_SIZE];
	const char *state = cli_text(m, "state"), *id = cli_text(m, "gateway_id");
	if (strcmp(state, "claimed") == 0) {
		printf(_("Message %lld: no answer within %d seconds; deadlinectl history --message "
			 "%lld shows it later.\n"),
			cli_number(m, "message"), TEST_WAIT_S, cli_number(m, "message"));
		return;
	}
	printf(_("Message %lld to %s by %s: %s\n"), cli_number(m, "message"), cli_text(m, "person"),
		word_of(cli_text(m, "channel")), word_of(state));
	printf(_("  the other side says: %s\n"), say_reason(cli_text(m, "reason"), reason));
	if (cli_number(m, "code"))
		printf(_("  its code: %lld\n"), cli_number(m, "code"));
	if (*id)
		printf(_("  its number for the message: %s\n"), id);
}

int cmd_test_message(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	const char *channel = NULL, *by = NULL;
	const struct option_row rows[] = {CLI_DAEMON_OPTIONS(where),
		{"channel", OPTION_TEXT, &channel}, {"by", OPTION_TEXT, &by}};
	int status;
	json_t *data, *m;
	if (cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 1, 1, &status) < 0)
		return status;
	enum channel ch;
	if (!channel || !channel_parse(channel, &ch))
		return cli_usage(self);
	json_t *args = json_pack("{s:s,s:s,s:s?}", "person", argv[1], "channel", channel, "by", by);
	if (!cli_call(&where, "test-message", args, &data, &status))
		return status;
	json_int_t id = json_integer_value(json_object_get(data, "message"));
	json_decref(data);
	if (!await_outcome(&where, id, &m, &status))
		return status;
	const char *state = cli_text(m, "state");
	status = strcmp(state, "sent") == 0 || strcmp(state, "delivered") == 0 ? EXIT_DONE
									       : EXIT_PROBLEMS;
	if (where.json) {
		cli_print_json(m);
		return status;
	}
	print_outcome(m);
	json_decref(m);
	return status;
}
