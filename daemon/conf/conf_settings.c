/* The top level: who we are, when we keep quiet, and which other settings may stand there. */
#include <stddef.h>
#include <string.h>

#include "net.h"
#include "text.h"
#include "conf_field.h"
#include "conf_value.h"

enum { QUIET_MAX = 8 };

static const char *const LANGUAGE[] = {"zh_CN", "en", NULL};

struct settings {
	int language;
	const char *zone;
};

/* Members of struct config. */
static const struct field CONFIG_FIELD[] = {
	FIELD("organisation", TEXT, struct config, organisation, .required = true, .max = 120),
	FIELD("notice", TEXT, struct config, notice, .fallback_text = "", .max = 120),
	FIELD("community", TEXT, struct config, community, .fallback_text = "", .max = 60),
	FIELD("campaign", TEXT, struct config, campaign, .fallback_text = "", .max = 60),
	FIELD("contact", TEXT, struct config, contact, .fallback_text = "", .max = 200),
	FIELD("domain", TEXT, struct config, domain, .required = true, .max = 120),
	FIELD("base_url", TEXT, struct config, base_url, .max = 200),
	FIELD("state_dir", TEXT, struct config, state_dir),
	FIELD("templates", TEXT, struct config, templates_dir, .fallback_text = "templates"),
	FIELD("start", DATE, struct config, start),
	FIELD("retention_days", INT, struct config, retention_days, .fallback = 730, .min = 30,
		.max = 3660),
	FIELD("heartbeat_url", TEXT, struct config, heartbeat_url, .max = 500),
	FIELD("heartbeat_minutes", INT, struct config, heartbeat_minutes, .fallback = 5, .min = 1,
		.max = 1440),
	FIELD("feed_alarms", BOOL, struct config, feed_alarms),
	FIELD("feed_port", INT, struct config, feed_port, .fallback = 8417, .min = 1, .max = 65535),
	FIELD("trusted_proxies", TEXTS, struct config, trusted_proxy,
		.count = offsetof(struct config, n_trusted_proxies)),
	FIELD("metrics_for", TEXTS, struct config, metrics_for,
		.count = offsetof(struct config, n_metrics_for)),
	FIELD("allow_empty", BOOL, struct config, allow_empty),
};

/* What else stands at the top level; read by others, or below. */
static const struct field OTHER_FIELD[] = {
	FIELD("zone", TEXT, struct settings, zone, .fallback_text = "Asia/Shanghai"),
	FIELD("language", CHOICE, struct settings, language, .choice = LANGUAGE),
	FIELD_ELSEWHERE("quiet", ARRAY),
	FIELD_ELSEWHERE("include", ARRAY),
	FIELD_ELSEWHERE("leaders", ARRAY),
	FIELD_ELSEWHERE("admins", ARRAY),
	FIELD_ELSEWHERE("workdays", GROUP),
	FIELD_ELSEWHERE("email", GROUP),
	FIELD_ELSEWHERE("sms", GROUP),
	FIELD_ELSEWHERE("chat", LIST),
	FIELD_ELSEWHERE("persons", LIST),
	FIELD_ELSEWHERE("units", LIST),
	FIELD_ELSEWHERE("offices", LIST),
	FIELD_ELSEWHERE("rosters", LIST),
	FIELD_ELSEWHERE("occasions", LIST),
	FIELD_ELSEWHERE("rules", LIST),
	FIELD_ELSEWHERE("ladders", LIST),
};

enum {
	N_CONFIG = sizeof CONFIG_FIELD / sizeof *CONFIG_FIELD,
	N_OTHER = sizeof OTHER_FIELD / sizeof *OTHER_FIELD,
};

/* Both tables as one, on one object. */
struct top {
	struct config config;
	struct settings settings;
};

static bool may_stand_in_several_files(const struct field *f)
{
	return f->kind == FIELD_LIST || strcmp(f->name, "workdays") == 0;
}

static void check_once(struct conf_state *st, const struct field *f)
{
	config_setting_t *first = NULL;
	struct source first_at = {0};
	for (st->at = 0; st->at < st->n_files; st->at++) {
		if (!st->file[st->at].ok)
			continue;
		config_setting_t *s = config_setting_get_member(
			config_root_setting(&st->file[st->at].tree), f->name);
		if (s && first)
			conf_error(st, conf_here(st, s), NULL,
				N_("%s is set twice, first in %s:%d"), f->name, first_at.file,
				first_at.line);
		else if (s) {
			first = s;
			first_at = conf_here(st, s);
		}
	}
}

static void read_top(struct conf_state *st, struct top *top)
{
	struct field table[N_CONFIG + N_OTHER];
	memcpy(table, CONFIG_FIELD, sizeof CONFIG_FIELD);
	memcpy(table + N_CONFIG, OTHER_FIELD, sizeof OTHER_FIELD);
	for (size_t i = 0; i < N_CONFIG; i++)
		table[i].offset += offsetof(struct top, config);
	for (size_t i = N_CONFIG; i < N_CONFIG + N_OTHER; i++)
		table[i].offset += offsetof(struct top, settings);
	field_default(FIELDS(table), top);
	for (st->at = 0; st->at < st->n_files; st->at++)
		if (st->file[st->at].ok)
			field_apply(st, config_root_setting(&st->file[st->at].tree), FIELDS(table),
				top);
	for (size_t i = 0; i < N_CONFIG + N_OTHER; i++) {
		if (!may_stand_in_several_files(&table[i]))
			check_once(st, &table[i]);
		if (table[i].required && !st->partial && !conf_top(st, table[i].name))
			conf_error(st, st->c->src, NULL, N_("%s is missing"), table[i].name);
	}
}

static void read_include(struct conf_state *st)
{
	for (st->at = 1; st->at < st->n_files; st->at++) {
		config_setting_t *s =
			st->file[st->at].ok
				? config_setting_get_member(
					  config_root_setting(&st->file[st->at].tree), "include")
				: NULL;
		if (s)
			conf_error(st, conf_here(st, s), NULL,
				N_("include stands in the main file only"));
	}
	const char *const *name;
	config_setting_t *s = conf_top(st, "include");
	if (s && st->at == 0)
		(void)field_texts(st, s, &name);
}

static void read_zone(struct conf_state *st, const char *name)
{
	struct diag d = DIAG_INIT;
	struct source at = st->c->src;
	config_setting_t *s = conf_top(st, "zone");
	if (s)
		at = conf_here(st, s);
	if (zone_open(name, &st->c->zone, &d))
		conf_error_diag(st, at, &d);
}

/* Is there a minute of the day outside all windows? */
static bool leaves_a_minute(const struct quiet_window *w, size_t n)
{
	for (int minute = 0; minute < 1440; minute++) {
		bool quiet = false;
		for (size_t i = 0; i < n; i++)
			quiet = quiet ||
				(w[i].from < w[i].to ? minute >= w[i].from && minute < w[i].to
						     : minute >= w[i].from || minute < w[i].to);
		if (!quiet)
			return true;
	}
	return false;
}

static void read_quiet(struct conf_state *st)
{
	const char *const *text = NULL;
	config_setting_t *s = conf_top(st, "quiet");
	size_t n = s ? field_texts(st, s, &text) : 0;
	if (n > QUIET_MAX) {
		conf_error(st, conf_here(st, s), NULL, N_("%s has more than %zu entries"), "quiet",
			(size_t)QUIET_MAX);
		return;
	}
	struct quiet_window *w = ARENA_ARRAY(st->a, n, struct quiet_window);
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (value_parse_window(text[i], &w[kept]))
			kept++;
		else
			conf_error(st, conf_here(st, s), N_("write it as \"21:00-07:30\""),
				N_("\"%s\" is not a part of the day"), text[i]);
	}
	if (kept && !leaves_a_minute(w, kept))
		conf_error(st, conf_here(st, s), NULL,
			N_("quiet leaves no minute of the day for reminders"));
	st->c->quiet = w;
	st->c->n_quiet = kept;
}

static void check_texts(struct conf_state *st)
{
	struct config *c = st->c;
	char shown[200];
	config_setting_t *s = conf_top(st, "domain");
	if (s && !value_is_domain(c->domain))
		conf_error(st, conf_here(st, s), N_("write it as \"reminders.example.org\""),
			N_("\"%s\" is not a domain name"), c->domain);
	s = conf_top(st, "base_url");
	if (s && c->base_url && !text_has_prefix(c->base_url, "https://") &&
		!text_has_prefix(c->base_url, "http://")) {
		text_show_url(c->base_url, shown, sizeof shown);
		conf_error(st, conf_here(st, s), N_("write it as \"https://name.example.org\""),
			N_("base_url is \"%s\", which is not a web address"), shown);
	} else if (s && c->base_url && strpbrk(c->base_url, " \"<>\\#?@")) {
		conf_error(st, conf_here(st, s), NULL,
			N_("base_url holds a character that cannot stand in a web address"));
	}
}

static void check_heartbeat(struct conf_state *st)
{
	const char *url = st->c->heartbeat_url;
	config_setting_t *s = conf_top(st, "heartbeat_url");
	bool is_web = url && (text_has_prefix(url, "https://") || text_has_prefix(url, "http://"));
	if (s && url && (!is_web || strpbrk(url, " \"<>\\#")))
		conf_error(st, conf_here(st, s), N_("write it as \"https://monitor.example.org/ping/name\""),
			N_("heartbeat_url is not a web address"));
}

/* Not set: this machine alone. */
static void check_nets(struct conf_state *st, const char *name, const char *const **net, size_t *n)
{
	static const char *const HERE[] = {"127.0.0.0/8", "::1"};
	config_setting_t *s = conf_top(st, name);
	struct net ignored;
	if (!s) {
		*net = HERE;
		*n = sizeof HERE / sizeof *HERE;
		return;
	}
	if (*n > NET_LIST_MAX)
		conf_error(st, conf_here(st, s), NULL, N_("%s has more than %zu entries"), name,
			(size_t)NET_LIST_MAX);
	for (size_t i = 0; i < *n; i++)
		if (!net_parse((*net)[i], &ignored))
			conf_error(st, conf_here(st, s),
				N_("write it as \"192.0.2.1\", \"10.0.0.0/8\" or \"fd00::/8\""),
				N_("\"%s\" is no range of addresses"), (*net)[i]);
}

void conf_read_settings(struct conf_state *st)
{
	struct top top = {.config = *st->c};
	st->c->src = (struct source){st->file[0].name, 1};
	top.config.src = st->c->src;
	read_top(st, &top);
	struct arena arena = st->c->arena; /* grew meanwhile */
	*st->c = top.config;
	st->c->arena = arena;
	st->c->language = LANGUAGE[top.settings.language];
	read_include(st);
	read_zone(st, top.settings.zone);
	read_quiet(st);
	check_nets(st, "trusted_proxies", &st->c->trusted_proxy, &st->c->n_trusted_proxies);
	check_nets(st, "metrics_for", &st->c->metrics_for, &st->c->n_metrics_for);
	check_texts(st);
	check_heartbeat(st);
}
