/*
 * verbs_call - one call of a verb, for the files verbs*.c only
 *
 * A handler answers with data (given) or a fault in c->d.
 */
#ifndef APP_VERBS_CALL_H
#define APP_VERBS_CALL_H

#include "verbs.h"

struct call {
	struct verbs *v;
	const char *verb;
	json_t *args;
	const struct control_peer *peer;
	struct instant now;
	struct diag *d;
};

const struct config *call_config(const struct call *c);
json_t *call_time(const struct call *c, struct instant t);
/* A text argument; "" if absent.  What an outsider typed is capped and checked. */
enum rc call_text(const struct call *c, const char *name, const char **ret) NODISCARD;
/* "by", or the caller's account. */
enum rc call_who(const struct call *c, const char **ret) NODISCARD;
/* False if it is absent or no date: *ret is left alone. */
bool call_date(const struct call *c, const char *name, struct date *ret);
/* Something changed that a tick should see: soon. */
void call_acted(const struct call *c);
size_t call_limit(const struct call *c);
/* A message's number; 0 if absent, RC_INVALID if it is none. */
enum rc call_message(const struct call *c, int64_t *ret) NODISCARD;

/* ---- verbs_show.c */
enum rc verb_status(struct call *c, json_t **ret);
enum rc verb_next(struct call *c, json_t **ret);
enum rc verb_obligations(struct call *c, json_t **ret);
enum rc verb_history(struct call *c, json_t **ret);
enum rc verb_message(struct call *c, json_t **ret);

/* ---- verbs_operator.c */
enum rc verb_settle(struct call *c, json_t **ret);
enum rc verb_retry(struct call *c, json_t **ret);
enum rc verb_clock_ok(struct call *c, json_t **ret);
enum rc verb_test_message(struct call *c, json_t **ret);

/* ---- verbs_backup.c */
enum rc verb_after_restore(struct call *c, json_t **ret);
enum rc verb_erase(struct call *c, json_t **ret);

/* ---- verbs_evidence.c */
enum rc verb_evidence(struct call *c, json_t **ret);

/* ---- verbs_preflight.c */
enum rc verb_preflight(struct call *c, json_t **ret);

/* ---- verbs_text.c */
enum rc verb_text(struct call *c, json_t **ret);

/* ---- verbs_web.c */
enum rc verb_receipts(struct call *c, json_t **ret);
enum rc verb_health(struct call *c, json_t **ret);

/* ---- verbs_link.c */
enum rc verb_links(struct call *c, json_t **ret);
enum rc verb_link(struct call *c, json_t **ret);
enum rc verb_fetched(struct call *c, json_t **ret);

#endif
