/*
 * deadlined - the daemon: options, then serve
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "i18n.h"
#include "log.h"
#include "serve.h"
#include "text.h"
#include "versions.h"

enum { OPT_STATE = 256, OPT_WITH_WEB, OPT_REHEARSE, OPT_SPEED, OPT_HELP, OPT_VERSION, EXIT_BAD_USAGE = 2 };

static const struct option OPTIONS[] = {
	{"config", required_argument, NULL, 'c'},
	{"state", required_argument, NULL, OPT_STATE},
	{"with-web", no_argument, NULL, OPT_WITH_WEB},
	{"rehearse", required_argument, NULL, OPT_REHEARSE},
	{"speed", required_argument, NULL, OPT_SPEED},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{0},
};

static int print_usage(FILE *f)
{
	fprintf(f, _("usage: deadlined [-c FILE] [--state DIR] [--with-web] [--rehearse INSTANT --speed N]\n"));
	return f == stdout ? EXIT_SUCCESS : EXIT_BAD_USAGE;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], CONF_VET_ARG) == 0)
		return conf_vet_child();
	struct serve_options opt = {
		.config = DEADLINED_SYSCONFDIR "/deadlined/deadlined.cfg", .speed = 1, .program = argv[0]};
	i18n_init();
	log_init("deadlined");
	for (int o; (o = getopt_long(argc, argv, "c:", OPTIONS, NULL)) != -1;) {
		switch (o) {
		case 'c':
			opt.config = optarg;
			break;
		case OPT_STATE:
			opt.state = optarg;
			break;
		case OPT_WITH_WEB:
			opt.with_web = true;
			break;
		case OPT_REHEARSE:
			opt.rehearse = optarg;
			break;
		case OPT_SPEED:
			if (!text_parse_int(optarg, 1, 100000, &opt.speed))
				return print_usage(stderr);
			break;
		case OPT_HELP:
			return print_usage(stdout);
		case OPT_VERSION:
			versions_print("deadlined");
			return EXIT_SUCCESS;
		default:
			return print_usage(stderr);
		}
	}
	if (optind != argc || (opt.speed > 1 && !opt.rehearse))
		return print_usage(stderr);
	if (opt.rehearse && !opt.state)
		opt.state = "build/rehearsal";
	versions_warn();
	return serve_run(&opt);
}
