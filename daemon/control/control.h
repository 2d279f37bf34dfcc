/*
 * control - the admin's verbs over a unix stream socket, one JSON object per line
 *
 *   request  {"verb":"receive","args":{...}}
 *   reply    {"ok":true,"data":{...}}
 *            {"ok":false,"rc":"notfound","msgid":"...","args":["..."],"hint":"...","file":"","line":0}
 *
 * A fault travels as message id and arguments, so that the client says it in its own language.
 * Who may talk: the socket's mode and the peer's credentials (SO_PEERCRED); the handler sees them.
 *
 * Limits:  requests 128 KiB, replies 8 MiB, 16 connections, one request at a time, idle 30 s.
 * Thread:  one; the handler runs in the loop and answers before it returns.
 */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include <sys/types.h>

#include <jansson.h>

#include "diag.h"
#include "library.h"

enum {
	CONTROL_REQUEST_MAX = 128 * 1024,
	CONTROL_REPLY_MAX = 8 << 20,
	CONTROL_CONNECTIONS_MAX = 16,
	CONTROL_IDLE_S = 30,
	CONTROL_DEPTH_MAX = 32,
};

struct sd_event;
struct control_server;

struct control_peer {
	uid_t uid;
	pid_t pid;
	const char *name; /* account name, or the number; borrowed for the call */
};

/* *ret_data (a new reference, taken) on RC_OK. */
typedef enum rc control_handler_fn(void *ctx, const char *verb, json_t *args,
	const struct control_peer *peer, json_t **ret_data, struct diag *d);

/* A stale socket is replaced; one that somebody answers on is RC_EXISTS. */
enum rc control_listen(struct sd_event *loop, const char *path, mode_t mode,
	control_handler_fn *handler, void *ctx, struct control_server **ret, struct diag *d)
	NODISCARD;
void control_free(struct control_server *s); /* closes and unlinks; NULL is fine */

/* One call, at most CONTROL_IDLE_S.  RC_UNREACHABLE: nobody answers.  A fault of the daemon comes
 * back as it was there; its message id is kept for the life of the process. */
enum rc control_call(const char *path, const char *verb, json_t *args, json_t **ret_data,
	struct diag *d) NODISCARD;
/* The same, giving up when the socket says nothing for limit_s seconds. */
enum rc control_call_within(const char *path, int limit_s, const char *verb, json_t *args,
	json_t **ret_data, struct diag *d) NODISCARD;

/* ---- codec, for tests and fuzzing ---------------------------------------------------------- */
enum rc control_parse_request(const char *line, size_t len, const char **ret_verb, json_t **ret_root,
	struct diag *d) NODISCARD;
json_t *control_fault_to_json(const struct diag *d);
void control_fault_from_json(const json_t *fault, struct diag *ret);

struct library control_library(void);

#endif
