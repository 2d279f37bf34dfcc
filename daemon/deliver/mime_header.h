/*
 * mime_header - one header field at a time, encoded and folded (RFC 5322 2.2.3, RFC 2047).  Pure.
 *
 * Lines are <= 76 characters; an encoded word is UTF-8 in B encoding, <= 75 characters, and never
 * ends inside a character.  Values with control characters or invalid UTF-8 are refused, so that no
 * value can start a field of its own.
 */
#ifndef DELIVER_MIME_HEADER_H
#define DELIVER_MIME_HEADER_H

#include "buf.h"
#include "diag.h"

/* `Name: text`, encoded if it is not plain printable ASCII. */
enum rc header_add_text(
	struct buf *out, const char *name, const char *text, struct diag *d) NODISCARD;

/* `Name: "display name" <address>`; display may be NULL or "". */
enum rc header_add_mailbox(struct buf *out, const char *name, const char *display,
	const char *address, struct diag *d) NODISCARD;

/* `Name: token` for values that must not be touched (dates, ids): printable ASCII only. */
enum rc header_add_raw(
	struct buf *out, const char *name, const char *value, struct diag *d) NODISCARD;

/* `;CRLF <param>*=UTF-8''percent` (RFC 2231 4; continuations when it does not fit one line) if utf8
 * is not NULL, then `;CRLF <param>="ascii"` for readers that do not know it. */
enum rc header_add_filename(struct buf *out, const char *param, const char *ascii, const char *utf8,
	struct diag *d) NODISCARD;

/* base64 in lines of 76, CRLF each. */
void header_add_base64(struct buf *out, const void *data, size_t len);

#endif
