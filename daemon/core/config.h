/*
 * config - the snapshot: everything the configuration says, as core values
 *
 * Immutable once loaded, owned by one arena, freed whole, swapped between ticks.  conf/ makes it.
 */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "date.h"
#include "mem.h"
#include "roster.h"
#include "rule.h"
#include "workday.h"
#include "zone.h"

/* Minutes of the day; to < from wraps over midnight.  Half-open: [from, to). */
struct quiet_window {
	int from, to;
};

enum transport_kind {
	TRANSPORT_SPOOL,
	TRANSPORT_SMTP, /* email */
	TRANSPORT_HTTP, /* SMS: generic, Kannel, Aliyun, Tencent Cloud, 云MAS free text and templates */
	TRANSPORT_KANNEL,
	TRANSPORT_ALIYUN,
	TRANSPORT_TENCENT,
	TRANSPORT_MAS,
	TRANSPORT_MAS_TEMPLATE,
	TRANSPORT_WECOM, /* chat: group robots */
	TRANSPORT_DINGTALK,
	TRANSPORT_FEISHU,
};
enum tls_mode { TLS_NONE, TLS_STARTTLS, TLS_WRAPPED };

/* Ceilings on what may leave by one channel; 0 = none.  What they hold back waits, and the admin is
 * told. */
struct guard_settings {
	int person_minute, person_quarter_hour, person_hour, person_three_hours; /* to one person */
	int per_second;        /* overall, averaged over five seconds */
	int per_day, per_month; /* overall, civil days and months */
};

struct email_settings {
	enum transport_kind kind; /* SPOOL or SMTP */
	const char *host;
	int port;
	enum tls_mode tls;
	const char *ca_file;  /* NULL: the system's */
	const char *user;     /* NULL: no AUTH */
	const char *password_credential; /* name in $CREDENTIALS_DIRECTORY or an absolute path, or NULL */
	const char *from_address, *from_name;
	const char *reply_to; /* NULL if none */
	int max_parallel;     /* sessions, 1..10 */
	struct guard_settings guard;
	struct source src;
};

/* name = value with {{placeholders}} in value; see sms_settings. */
struct pair {
	const char *name, *value;
	struct source src;
};

/* One variable of a gateway's approved template: what the reminder puts there. */
struct sms_variable {
	const char *name; /* Aliyun's ${name}; the others count {1}, {2} in the order of the list */
	const char *text; /* over the names of an SMS template: "{{unit}}" */
	int max;          /* characters that the gateway takes */
	struct source src;
};

/* A frozen SMS is its text; for a gateway with templates each variable's value follows, behind this
 * mark (ASCII unit separator), so that a retry sends what was claimed. */
enum { SMS_VARIABLE_MARK = 0x1f, SMS_VARIABLES_MAX = 20 };

struct sms_settings {
	enum transport_kind kind;
	const char *url;          /* placeholders only in query values */
	const char *method;       /* GET, POST, PUT */
	const char *content_type; /* decides the escaping of placeholders in body */
	const struct pair *header;
	size_t n_headers;
	const char *body;         /* template, or NULL */
	const struct pair *field; /* form fields, instead of body */
	size_t n_fields;
	const char *user;
	const char *password_credential; /* for basic auth, Kannel, or {{secret}} */
	const char *from;                /* sender number, or NULL */
	const char *sign;                /* 【…】 put before the text, without the brackets; or NULL */
	/* What a reply means; values are compared as text. */
	const char *success_status;  /* "200-299" list of ranges */
	const char *success_pointer; /* RFC 6901, or NULL */
	const char *const *success_values;
	size_t n_success_values;
	const char *success_regex; /* POSIX extended, on the body, or NULL */
	const char *const *temporary_values; /* values at success_pointer that mean: not taken, later */
	size_t n_temporary_values;
	const char *const *permanent_values; /* ... not taken, never */
	size_t n_permanent_values;
	const char *id_pointer;
	const char *idempotency_header; /* NULL if the gateway has none */
	int64_t idempotency_window_s;
	int max_units; /* UTF-16 units of a whole text, signature included */
	/* Aliyun, Tencent Cloud, 云MAS; their key id is `user`, their secret `password_credential`. */
	const char *template_code; /* TemplateCode, TemplateId, templateId; NULL: free text */
	const struct sms_variable *variable;
	size_t n_variables;
	const char *region;      /* Tencent: "ap-guangzhou" */
	const char *app_id;      /* Tencent: SmsSdkAppId */
	const char *enterprise;  /* 云MAS: ecName, exactly as registered */
	const char *sign_code;   /* 云MAS: the code of the signature */
	const char *add_serial;  /* 云MAS: "" if the service code is used as it is */
	/* What deliveries are asked about, and pushed reports believed. */
	bool receipts;           /* ask the gateway (or have it report) what became of an SMS */
	const char *receipt_url; /* Kannel: where it reports to, "http://127.0.0.1:8417/r/SECRET"; NULL */
	const char *const *allow_prefix; /* "+86": numbers that may be sent to; empty: all */
	size_t n_allow_prefix;
	struct guard_settings guard;
	const char *ca_file;
	bool allow_http; /* plain http:// to a host that is not loopback */
	struct source src;
};

/* A group of a chat service that a robot may write to. */
struct chat_room {
	const char *id;
	enum transport_kind kind;          /* SPOOL, WECOM, DINGTALK or FEISHU */
	const char *base_url;              /* of a private installation; the service's own if not set */
	const char *token_credential;      /* file with the key or token of the robot's address */
	const char *secret_credential;     /* file with the secret it signs with, or NULL */
	const char *keyword;               /* a word the robot insists on, or NULL */
	const char *ca_file;
	bool allow_http;
	struct guard_settings guard;
	const struct unit *const *unit;    /* whose reminders it gets; none: all, the bureau's too */
	size_t n_units;
	const struct person *as_person;    /* the group as somebody who is reminded: same id */
	struct source src;
};

struct config {
	struct arena arena;
	struct zone *zone; /* given: config_free frees it */

	const char *organisation; /* 晋城市城市管理局 */
	const char *notice;       /* 晋市城函〔2024〕70号 */
	const char *community;    /* 圪塔社区 */
	const char *campaign;     /* 联点共建: what the month's work is called */
	const char *contact;      /* whom to call, as printed at the end of a mail; "" if none */
	const char *domain;       /* of Message-ID and UID; ASCII */
	const char *language;     /* of messages: "zh_CN" or "en" */
	const char *base_url;     /* NULL if none */
	const char *state_dir;    /* NULL: decided by the command line and environment */
	const char *templates_dir; /* absolute or relative to the main file; resolved on load */
	struct date start;        /* DATE_NONE: the first start of the daemon */
	struct source src;

	struct workdays workdays;
	const struct quiet_window *quiet;
	size_t n_quiet;
	int retention_days;
	const char *heartbeat_url; /* NULL: nobody listens */
	int heartbeat_minutes;
	bool feed_alarms;  /* VALARM in feeds */
	bool allow_empty;  /* no rules at all is meant */
	int feed_port;     /* reserved for the web program: where base_url points */
	/* Ranges of addresses (net.h), for the web program: whom it believes whose request it is, and who
	 * may see its metrics. */
	const char *const *trusted_proxy;
	size_t n_trusted_proxies;
	const char *const *metrics_for;
	size_t n_metrics_for;

	const struct person *const *person;
	size_t n_persons;
	const struct unit *const *unit;
	size_t n_units;
	const struct office *const *office;
	size_t n_offices;
	const struct roster *const *roster; /* ascending by year */
	size_t n_rosters;
	const struct occasion *const *occasion;
	size_t n_occasions;
	const struct rule *const *rule;
	size_t n_rules;
	const struct ladder *const *ladder;
	size_t n_ladders;
	const struct person *const *leader;
	size_t n_leaders;
	const struct person *const *admin;
	size_t n_admins;

	struct email_settings email;
	struct sms_settings sms;
	const struct chat_room *const *chat_room;
	size_t n_chat_rooms;

	/* By id, for config_person and config_unit; NULL: not made. */
	const struct person **person_by_id;
	const struct unit **unit_by_id;
};

void config_free(struct config *c); /* NULL is fine */

/* To be called once persons and units are complete; look-ups before that are linear. */
void config_index(struct config *c);

/* A chat group counts as a person here. */
const struct person *config_person(const struct config *c, const char *id);
const struct unit *config_unit(const struct config *c, const char *id);
const struct office *config_office(const struct config *c, const char *id);
const struct rule *config_rule(const struct config *c, const char *id);
const struct occasion *config_occasion(const struct config *c, const char *id);
const struct ladder *config_ladder(const struct config *c, const char *id);

/* Ceilings, all checked on load. */
enum {
	CONFIG_FILE_MAX = 1 << 20,
	CONFIG_FILES_MAX = 32,
	CONFIG_TEXT_MAX = 500,      /* bytes of a name, title, note */
	CONFIG_PERSONS_MAX = 100000,
	CONFIG_UNITS_MAX = 10000,
	CONFIG_RULES_MAX = 10000,
	CONFIG_OCCASIONS_MAX = 1000,
	CONFIG_STEPS_MAX = 40,
	CONFIG_DELIVERABLES_MAX = 40,
	CONFIG_DUTIES_MAX = 200000,
	CONFIG_ROOMS_MAX = 100,
};

#endif
