/*
 * sms_cloud - gateways that are known to the letter: Aliyun, Tencent Cloud, 云MAS
 *
 * A driver is a struct of functions without state: it builds a request, reads a verdict and a table
 * (sms_codes_*.c) says what each code means.  One number a request: only so a refusal speaks of it.
 * Free text is for 云MAS alone; the others fill an approved template with the message's values.
 *
 * The rule of sms_classify.h holds: a documented code in a whole reply that is not 5xx counts, whatever
 * else is said after a byte of the request left us is UNKNOWN.
 */
#ifndef DELIVER_SMS_CLOUD_H
#define DELIVER_SMS_CLOUD_H

#include <jansson.h>

#include "receipt.h"
#include "sms.h"
#include "sms_classify.h"

/* ---- what codes mean ------------------------------------------------------------------------------ */

enum cloud_class {
	CLOUD_RETRY,   /* not taken, for now */
	CLOUD_WAIT,    /* not taken: too many to this number; wait_s */
	CLOUD_BUSY,    /* the same, to all numbers */
	CLOUD_NUMBER,  /* never to this number */
	CLOUD_MESSAGE, /* never this message */
	CLOUD_CONFIG,  /* refuses us: credentials, template, balance */
	CLOUD_CLOCK,   /* refuses our time */
};

enum { CLOUD_DAY_END = -1, CLOUD_IN_MESSAGE = -2 };

struct cloud_code {
	const char *code; /* the whole of it, or up to a '*' */
	enum cloud_class class;
	int wait_s; /* WAIT, BUSY: seconds; until China's midnight; as the reply's words say */
};

extern const struct cloud_code aliyun_codes[], tencent_codes[], mas_codes[]; /* up to NULL */

const struct cloud_code *cloud_find_code(const struct cloud_code *table, const char *code);

/* ---- drivers ---------------------------------------------------------------------------------------- */

struct cloud_call {
	const struct sms_settings *s;
	const char *secret;
	const char *to, *ref, *text;
	const char *const *value; /* of the template's variables */
	size_t n_values;
	struct instant at; /* now */
	struct arena *arena;
};

struct cloud_verdict {
	bool accepted;
	char code[OUTCOME_ID_MAX]; /* "" if the reply has none */
	char message[300];
	char id[OUTCOME_ID_MAX];
};

struct cloud_question {
	struct cloud_call call; /* s, secret, to, ref, at, arena */
	const char *peer_id;
	struct instant sent_at;
};

struct cloud {
	enum transport_kind kind;
	bool has_template;
	const struct cloud_code *codes;
	enum rc (*build)(const struct cloud_call *c, struct sms_request *req, struct diag *d);
	void (*read)(const json_t *json, struct cloud_verdict *ret);
	/* NULL: it cannot be asked. */
	enum rc (*ask)(const struct cloud_question *q, struct sms_request *req, struct diag *d);
	void (*answer)(const json_t *json, const struct cloud_question *q, struct receipt *ret);
};

extern const struct cloud cloud_aliyun, cloud_tencent, cloud_mas, cloud_mas_template;
const struct cloud *cloud_of(enum transport_kind kind); /* NULL: not a cloud */

/* What became of it; at: when it was signed. */
void cloud_classify(const struct cloud *cloud, const struct sms_reply *r, struct instant at,
	struct outcome *ret);

/* ---- for the drivers ---------------------------------------------------------------------------------- */

struct cloud_place {
	const char *base; /* https://host:port */
	const char *host; /* as the Host header has it: the port only if it is not the scheme's */
	const char *path; /* "/" at least */
};
enum rc cloud_place(
	const char *url, struct arena *a, struct cloud_place *ret, struct diag *d) NODISCARD;

/* "2026-09-21T08:30:00Z" */
const char *cloud_utc(struct instant at, struct arena *a);
/* 20260921: the day in China. */
const char *cloud_china_day(struct instant at, struct arena *a);
const char *cloud_local_number(const char *e164); /* without +86; others without the + */
/* 32 hexadecimal digits that were never used. */
enum rc cloud_nonce(struct arena *a, const char **ret, struct diag *d) NODISCARD;

/* One printable line of what stands there, "" if nothing does. */
void cloud_text(const json_t *json, const char *pointer, char *ret, size_t size);

/* ret becomes r if r says more: delivered is more than under way, which is more than undelivered. */
void cloud_merge(const struct receipt *r, struct receipt *ret);

#endif
