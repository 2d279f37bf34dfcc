/*
 * deadlined-web - feeds and gateway receipts over HTTP: options, then serve
 *
 * Holds no secret and no data but the published feeds; questions go to the engine over web.sock.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "control.h"
#include "host_list.h"
#include "http_server.h"
#include "i18n.h"
#include "library.h"
#include "listen.h"
#include "log.h"
#include "qr_svg.h"
#include "site.h"
#include "text.h"

enum { REFUSALS_MAX = 30, REFUSALS_MS = 60000 };
enum { PATH_BYTES = 1024, PER_ADDRESS = 8, DEADLINE_MAX_S = 3600, ASK_S = 5, EXIT_BAD_USAGE = 2 };
enum {
	OPT_LISTEN = 256,
	OPT_STATE,
	OPT_FEEDS,
	OPT_SOCKET,
	OPT_HOST,
	OPT_PER_ADDRESS,
	OPT_DEADLINE,
	OPT_NO_GZIP,
	OPT_HELP,
	OPT_VERSION
};

static const struct option OPTIONS[] = {
	{"listen", required_argument, NULL, OPT_LISTEN},
	{"state", required_argument, NULL, OPT_STATE},
	{"feeds", required_argument, NULL, OPT_FEEDS},
	{"socket", required_argument, NULL, OPT_SOCKET},
	{"host", required_argument, NULL, OPT_HOST},
	{"per-address", required_argument, NULL, OPT_PER_ADDRESS},
	{"request-deadline", required_argument, NULL, OPT_DEADLINE},
	{"no-gzip", no_argument, NULL, OPT_NO_GZIP},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{0},
};

struct settings {
	const char *listen;
	char feeds[PATH_BYTES], socket[PATH_BYTES];
	struct host_list hosts;
	long per_address;
	long deadline_s;
	bool no_gzip;
};

static int print_usage(FILE *f)
{
	fprintf(f, _("usage: deadlined-web [--listen ADDRESS:PORT] [--state DIR | --feeds DIR "
		     "--socket FILE]\n"
		     "       [--host NAME]... [--per-address N] [--request-deadline SECONDS] "
		     "[--no-gzip]\n"));
	return f == stdout ? EXIT_SUCCESS : EXIT_BAD_USAGE;
}

static void print_version(void)
{
	const struct library l[] = {http_library(), qr_library(), control_library()};
	library_print(stdout, "deadlined-web", l, sizeof l / sizeof *l);
}

static int die(const struct diag *d)
{
	char line[DIAG_TEXT_MAX + 300];
	diag_line(d, i18n_translate, line, sizeof line);
	log_line(LOG_LEVEL_ERR, "%s", line);
	return EXIT_FAILURE;
}

/* ---- settings ------------------------------------------------------------------------------------ */

static bool set_path(char ret[static PATH_BYTES], const char *dir, const char *name)
{
	int n = snprintf(ret, PATH_BYTES, "%s%s", dir, name);
	return n > 0 && n < PATH_BYTES;
}

/* What systemd or the packages give, until an option says otherwise. */
static bool set_default_paths(struct settings *s)
{
	const char *cache = getenv("CACHE_DIRECTORY"), *run = getenv("RUNTIME_DIRECTORY");
	return set_path(s->feeds, cache ? cache : "/var/cache/deadlined", "/feeds") &&
	       set_path(s->socket, run ? run : "/run/deadlined", "/web.sock");
}

static bool take_option(struct settings *s, int o, const char *value)
{
	switch (o) {
	case OPT_LISTEN:
		s->listen = value;
		return true;
	case OPT_STATE:
		return set_path(s->feeds, value, "/feeds") &&
		       set_path(s->socket, value, "/web.sock");
	case OPT_FEEDS:
		return set_path(s->feeds, value, "");
	case OPT_SOCKET:
		return set_path(s->socket, value, "");
	case OPT_HOST:
		return host_list_add(&s->hosts, value);
	case OPT_PER_ADDRESS:
		return text_parse_int(value, 0, HTTP_CONNECTIONS_MAX, &s->per_address);
	case OPT_DEADLINE:
		return text_parse_int(value, 1, DEADLINE_MAX_S, &s->deadline_s);
	case OPT_NO_GZIP:
		s->no_gzip = true;
		return true;
	default:
		return false;
	}
}

/* ---- the engine ---------------------------------------------------------------------------------- */

static enum rc ask_engine(
	void *ctx, const char *verb, json_t *args, json_t **ret_data, struct diag *d)
{
	return control_call_within(ctx, ASK_S, verb, args, ret_data, d);
}

/* ---- serving ------------------------------------------------------------------------------------- */

static int watch_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The one that systemd made, else one of our own. */
static enum rc open_listening(const struct settings *s, int *ret_fd, struct diag *d)
{
	int n = sd_listen_fds(1);
	if (n > 1)
		return diag_set(d, RC_INVALID, N_("systemd gave %d sockets; one is wanted"), n);
	if (n == 1) {
		*ret_fd = SD_LISTEN_FDS_START;
		return RC_OK;
	}
	return listen_open(s->listen, ret_fd, d);
}

/* ---- refusals -------------------------------------------------------------------------------------- */

static const char *const ROUTE_NAMES[ROUTES_N] = {
	[ROUTE_NONE] = N_("nothing of ours"),
	[ROUTE_HEALTH] = "/healthz",
	[ROUTE_METRICS] = "/metrics",
	[ROUTE_FEED] = N_("a feed"),
	[ROUTE_RECEIPTS] = N_("receipts"),
	[ROUTE_LANDING] = N_("how to subscribe"),
	[ROUTE_PAGE] = N_("a person's page"),
	[ROUTE_ENTRY] = N_("the way to the board"),
	[ROUTE_BOARD] = N_("the board"),
	[ROUTE_STYLE] = N_("the stylesheet"),
	[ROUTE_SLIP] = N_("a slip to print"),
	[ROUTE_TABLE] = N_("a table to read or print"),
};

/* Some lines a minute: strangers must not fill the disk.  Never a path: there are tokens in it. */
struct refusals {
	int64_t since_ms;
	unsigned n;
};

static void log_refusal(void *ctx, unsigned status, enum route r, const char *client)
{
	struct refusals *f = ctx;
	int64_t now = http_now_ms();
	if (now - f->since_ms >= REFUSALS_MS) {
		if (f->n > REFUSALS_MAX)
			log_notice(_("%u further requests were refused"), f->n - REFUSALS_MAX);
		f->since_ms = now;
		f->n = 0;
	}
	if (f->n++ < REFUSALS_MAX)
		log_notice(_("refused: %u for %s, asked by %s"), status, _(ROUTE_NAMES[r]), client);
}

static int serve(struct settings *s)
{
	struct diag d = DIAG_INIT;
	char at[LISTEN_TEXT_SIZE];
	bool loopback;
	struct tally tally = {0};
	struct refusals refusals = {0};
	int fd, stop = watch_signals();
	prctl(PR_SET_DUMPABLE, 0);
	if (open_listening(s, &fd, &d))
		return die(&d);
	listen_describe(fd, at, &loopback);
	struct site *site = site_new(&(struct site_options){.feeds_dir = s->feeds,
		.hosts = &s->hosts,
		.no_gzip = s->no_gzip,
		.tally = &tally,
		.ask = ask_engine,
		.ask_ctx = s->socket});
	struct http_options opt = {.listen_fd = fd,
		.site = site_handlers(site),
		.tally = &tally,
		.refused = log_refusal,
		.refused_ctx = &refusals,
		.per_address = (unsigned)s->per_address,
		.deadline_s = (unsigned)s->deadline_s};
	struct http_server *server;
	if (http_server_new(&opt, &server, &d)) {
		site_free(site);
		return die(&d);
	}
	log_notice(_("listening at http://%s/"), at);
	sd_notify(0, "READY=1");
	http_server_watch(server, stop);
	sd_notify(0, "STOPPING=1");
	site_stop(site);
	http_server_free(server);
	site_free(site);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct settings s = {.listen = "127.0.0.1:8417",
		.per_address = PER_ADDRESS,
		.deadline_s = HTTP_DEADLINE_S};
	i18n_init();
	log_init("deadlined-web");
	if (!set_default_paths(&s))
		return print_usage(stderr);
	for (int o; (o = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
		if (o == OPT_HELP)
			return print_usage(stdout);
		if (o == OPT_VERSION) {
			print_version();
			return EXIT_SUCCESS;
		}
		if (!take_option(&s, o, optarg))
			return print_usage(stderr);
	}
	return optind == argc ? serve(&s) : print_usage(stderr);
}
