/*
 * deliver - hands frozen messages to their next hop and says what became of each
 *
 * Takes one message at a time as bytes that are already on disk as claimed; makes one attempt;
 * reports one outcome.  Decides nothing about retries, keeps nothing, logs nothing, reads no wall
 * clock.  The only user of libcurl.
 *
 * Transports:  email by spool or SMTP, SMS by spool, a generic HTTP gateway or Kannel, chat groups by
 *              spool or their service's robot, as the settings say.  Real (not spool) transports refuse placeholders and samples.
 * Completion:  every delivery that deliver_submit took (RC_OK) is answered by exactly one call of
 *              done(): from the loop, or BEFORE deliver_submit returns (always with spool; with real
 *              transports when the attempt fails at once).  done() best only notes the outcome; it
 *              may submit (calls nest if attempts end at once), but not call deliver_configure,
 *              deliver_abandon or deliver_free.
 * Loop:        may be NULL: then settings other than spool are refused by deliver_new and
 *              deliver_configure (RC_STATE), and every completion is synchronous.
 * Memory:      settings and deliveries are borrowed for the call and copied.
 * Time:        timeouts run on the loop's monotonic clock.
 * Promise F1:  an SMS or chat request has a connection of its own, so that libcurl never repeats it.
 * Promise F8:  whether a mail may have been taken is decided by whether its last byte was written,
 *              not by a reply code.
 * Secrets:     an outcome holds none, whatever a peer echoes (redact.h).
 */
#ifndef DELIVER_DELIVER_H
#define DELIVER_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "date.h"
#include "diag.h"
#include "library.h"
#include "outcome.h"
#include "receipt.h"
#include "roster.h"

struct sd_event;
struct deliver;

enum { DELIVER_BYTES_MAX = 2 << 20, DELIVER_SMS_BYTES_MAX = 8192, DELIVER_REF_MAX = 255 };

struct deliver_options {
	const char *spool_dir;       /* mail/, sms/ and chat/ are made below it; needed for spool */
	const char *credentials_dir; /* $CREDENTIALS_DIRECTORY; NULL: only absolute paths work */
	bool spool_only;             /* rehearsal, simulation: spool whatever the settings say */
	/* Milliseconds; 0 = the default. */
	int connect_ms; /* 15,000: HTTP until TLS is up; mail in four of these until AUTH is through */
	int reply_ms; /* 120,000: one SMTP reply; one whole HTTP exchange */
	int dot_ms;   /* 600,000: the reply to the end of a mail (RFC 5321 4.5.3.2.6) */
	int idle_ms;  /* 10,000: a mail session without work is closed */
};

/* done() gets the outcome by reference, valid during the call. */
typedef void deliver_done_fn(void *ctx, int64_t message_id, const struct outcome *outcome);

struct delivery {
	int64_t message_id; /* row id: handed back, never looked at */
	enum channel channel;
	const char *recipient;  /* ASCII addr-spec, E.164 "+861000000001", or a room's id */
	const char *client_ref; /* SMS, chat: [A-Za-z0-9_:-]{1,255}, the idempotency key and {{ref}} */
	const char *person_id;  /* for the spool's SMS files; may be NULL */
	const void *bytes; /* email: RFC 5322, CRLF (mime_build); SMS, chat: UTF-8, without signature, keyword */
	size_t len;
	struct instant at; /* when it is sent: for signatures and the spool */
	bool placeholder;  /* the contact is a placeholder */
	bool sample;       /* it exists because of sample data */
};

/* Faults: RC_STATE (no loop, spool_dir missing), RC_IO (spool not writable), RC_INVALID (settings
 * that deliver_check would refuse). */
enum rc deliver_new(struct sd_event *loop, const struct email_settings *email,
	const struct sms_settings *sms, const struct chat_room *const *room, size_t n_rooms,
	const struct deliver_options *opt, deliver_done_fn *done, void *ctx, struct deliver **ret,
	struct diag *d) NODISCARD;
void deliver_free(struct deliver *d); /* abandons what is in flight; NULL is fine */

/* Attempts in flight end under the settings that they began with.  On failure nothing changed. */
enum rc deliver_configure(struct deliver *dv, const struct email_settings *email,
	const struct sms_settings *sms, const struct chat_room *const *room, size_t n_rooms,
	struct diag *d) NODISCARD;

/*
 * RC_OK:    taken; see Completion above.  A recipient or text that cannot be sent is taken, too,
 *           and answered with OUTCOME_DEAD.
 * RC_STATE: a real transport and a placeholder or sample, or deliver_stop was called.
 * RC_BUSY:  no room: submit again after the next done().
 */
enum rc deliver_submit(struct deliver *dv, const struct delivery *job, struct diag *d) NODISCARD;

/* True if a real transport would refuse it: so that it need not be claimed at all. */
bool deliver_refuses(const struct deliver *dv, const struct delivery *job);

/* Of chat: every group. */
bool deliver_is_spool(const struct deliver *dv, enum channel channel);
bool deliver_has_room(const struct deliver *dv, enum channel channel);
/* How many more deliver_submit would take now; SIZE_MAX for a spool. */
size_t deliver_room(const struct deliver *dv, enum channel channel);
size_t deliver_in_flight(const struct deliver *dv);

/* Clean stop: deliver_stop takes nothing more and closes idle sessions; let the loop run until
 * deliver_in_flight is 0 or patience ends; then deliver_abandon reports the rest through done():
 * UNKNOWN if the peer may have the whole message (email) or any byte (SMS), else RETRY. */
void deliver_stop(struct deliver *dv);
void deliver_abandon(struct deliver *dv);

/* ---- receipts ---------------------------------------------------------------------------------- */

/* Can the gateway be asked what became of an SMS?  (Aliyun, Tencent Cloud, 云MAS; never a spool.) */
bool deliver_can_ask(const struct deliver *dv);

struct question {
	int64_t message_id; /* handed back */
	const char *recipient, *client_ref, *peer_id; /* peer_id "" if none came */
	struct instant sent_at;                       /* of the first attempt */
	struct instant now;                           /* for the signature */
};
typedef void deliver_answer_fn(void *ctx, int64_t message_id, const struct receipt *receipt);
/* One question at a time is answered by exactly one call of answer(), with RECEIPT_NONE if the gateway
 * could not be asked, from the loop or before deliver_ask returns.  RC_BUSY: one is on its way; RC_STATE:
 * deliver_can_ask is false or stopped; RC_INVALID: no such message can have been sent. */
enum rc deliver_ask(struct deliver *dv, const struct question *q, deliver_answer_fn *answer,
	void *ctx, struct diag *d) NODISCARD;

/* Would the relay let us in?  Nothing is sent.  SENT: it does; else as a mail would have ended.  cert_until: of
 * the relay's certificate, NONE without TLS.  RC_STATE: mails are spooled; RC_BUSY: one is on its way. */
typedef void deliver_probe_fn(void *ctx, const struct outcome *o, struct instant cert_until);
enum rc deliver_probe(struct deliver *dv, deliver_probe_fn *done, void *ctx, struct diag *d) NODISCARD;
/* The same of the SMS gateway: see sms_probe.h.  No certificate is looked at.  SENT with code 0: it was connected
 * to, and nobody knows whether it takes our credentials. */
enum rc deliver_probe_sms(struct deliver *dv, struct instant now, deliver_probe_fn *done, void *ctx,
	struct diag *d) NODISCARD;

/* What a gateway pushed: the query string ("" if none) and body of its request, at most 64 KiB.
 * Writes at most max receipts, returns their number; RC_INVALID if it is not what the configured
 * gateway sends, RC_LIMIT if it is longer.  ret_reply: the body that the gateway wants as an answer (static). */
enum rc deliver_parse_push(const struct sms_settings *sms, const char *query, const char *body,
	size_t len, struct receipt *ret, size_t max, size_t *ret_n, const char **ret_reply,
	struct diag *d) NODISCARD;

/* What conf/ cannot know: URL, templates, pointers, expressions, addresses, plaintext passwords.
 * All faults, each at its line. */
void deliver_check(const struct email_settings *email, const struct sms_settings *sms,
	const struct chat_room *const *room, size_t n_rooms, struct diags *ds);

struct library deliver_library(void);

#endif
