/*
 * smtp_session - one connection to the relay, and the mail transaction on it
 *
 *   CONNECTING --> IDLE --> MAIL --> RCPT --> DATA --> BODY --> DOT --> IDLE
 *                    ^        |        |        |
 *                    |        +--------+--------+--> RSET --+
 *                    +--------------------------------------+
 *
 * Any state ends in closed on a lost connection, silence, or bytes that are not SMTP.  BODY becomes
 * DOT when the last byte of the mail was accepted by the connection: from there on only a reply
 * can say that the mail was not taken (F8).
 *
 * One command at a time, no pipelining: a reply can only belong to the command before it.
 */
#ifndef DELIVER_SMTP_SESSION_H
#define DELIVER_SMTP_SESSION_H

#include "buf.h"
#include "smtp_reply.h"
#include "transport.h"
#include "wire.h"

struct email;

enum { MAILS_PER_SESSION = 100 };

enum session_state {
	SESSION_CONNECTING,
	SESSION_IDLE,
	SESSION_MAIL,
	SESSION_RCPT,
	SESSION_DATA,
	SESSION_BODY,
	SESSION_DOT,
	SESSION_RSET,
	SESSION_QUIT,
};

struct smtp_session {
	struct transfer transfer; /* first: on_end finds the session by it */
	struct smtp_session *prev, *next;
	struct email *pool;
	struct sd_event *loop;
	struct wire *wire;
	const struct limits *limits;
	struct settings *settings; /* a reference */
	struct sd_event_source *io, *timer;
	enum session_state state;
	struct attempt *attempt; /* NULL while IDLE and QUIT; in RSET the next one, if any */
	unsigned n_mails;        /* transactions begun */
	struct buf out;
	size_t out_sent;
	uint64_t body_end; /* when the whole mail must have been taken */
	size_t said_bytes; /* of the peer until AUTH is through */
	struct smtp_reply reply;
	struct redact *redact; /* the login's, or NULL */
	char error[CURL_ERROR_SIZE];
};

/* What the session tells its pool. */
void session_closed(struct smtp_session *s);                   /* unlink it; it frees itself */
void session_stale(struct smtp_session *s, struct attempt *a); /* a needs another session */

/* Connects and then sends a's mail.  Ends `a` at once if it cannot even begin. */
struct smtp_session *session_open(struct email *pool, struct sd_event *loop, struct wire *wire,
	const struct limits *limits, struct attempt *a);
/* Takes another mail: IDLE, or RSET with nothing waiting for its reply. */
bool session_is_free(const struct smtp_session *s);
void session_begin(struct smtp_session *s, struct attempt *a); /* on a free one */
void session_quit(struct smtp_session *s);                     /* an IDLE one: politely */
void session_close(struct smtp_session *s);                    /* at once, without an outcome */

#endif
