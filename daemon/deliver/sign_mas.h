/*
 * sign_mas - the mac of China Mobile's 云MAS: MD5 over the request's values, no separators.  Pure.
 *
 * MD5 only because the peer demands it; an OpenSSL in FIPS mode has none.
 */
#ifndef DELIVER_SIGN_MAS_H
#define DELIVER_SIGN_MAS_H

#include "buf.h"
#include "diag.h"

enum { MAS_MAC_SIZE = 33 };

/* template_code NULL: norsubmit, `content` is the text; else tmpsubmit, `content` the JSON array of the
 * variables' values. */
struct mas_request {
	const char *enterprise, *ap_id, *secret, *template_code, *mobiles, *content;
	const char *sign_code, *add_serial;
};

/* What is hashed; it holds the secret. */
void mas_mac_input(const struct mas_request *r, struct buf *out);

/* RC_STATE: no MD5 here. */
enum rc mas_mac(
	const struct mas_request *r, char ret[static MAS_MAC_SIZE], struct diag *d) NODISCARD;

/* The document with its mac, compact, without the secret, and its base64, which is the body of the
 * request. */
enum rc mas_document(const struct mas_request *r, struct buf *json, struct buf *base64,
	struct diag *d) NODISCARD;

#endif
