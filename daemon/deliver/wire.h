/*
 * wire - libcurl's multi interface in an sd-event loop
 *
 * Every handle made here: no signals, no redirects, no proxy, no .netrc, TLS >= 1.2 with host and
 * peer checked, protocols pinned, names looked up in libcurl's thread without waiting for it.
 *
 * libcurl's own SMTP upload is not used: it waits for the reply to the final dot and for the one to
 * QUIT inside curl_multi_socket_action (measured: the call returned after the peer's 4 s), so that
 * one slow relay would stop the whole loop.
 */
#ifndef DELIVER_WIRE_H
#define DELIVER_WIRE_H

#include <stdbool.h>

#include <curl/curl.h>

#include "diag.h"

struct sd_event;
struct wire;

/* on_end is called once when libcurl is through with the handle (which stays in the multi, as
 * curl_easy_send wants it): the owner drops it then or later. */
struct transfer {
	CURL *easy;
	void (*on_end)(struct transfer *t, CURLcode rc);
};

/* Faults: RC_IO, RC_STATE (libcurl without asynchronous name lookup). */
enum rc wire_new(struct sd_event *loop, struct wire **ret, struct diag *d) NODISCARD;
void wire_free(struct wire *w); /* all transfers must have been dropped; NULL is fine */

/* A handle with the rules above.  protocols: "smtp", "https", ...  ca_file may be NULL. */
CURL *wire_easy(const char *protocols, const char *ca_file, long connect_ms, long total_ms);

/* Why a transfer failed, as words that the catalogue knows where it can: libcurl's error buffer names
 * hosts and milliseconds.  What certificates lack stays libcurl's own account.  detail may be "". */
const char *wire_words(CURLcode rc, const char *detail);

bool wire_start(struct wire *w, struct transfer *t);
void wire_drop(struct wire *w, struct transfer *t); /* closes the connection at once */

#endif
