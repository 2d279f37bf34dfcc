/*
 * mime - the frozen bytes of one mail (RFC 5322, 2045, 2047, 2183, 2231).  Pure.
 *
 * multipart/mixed { multipart/alternative { text/plain, text/html }, text/calendar attachment,
 * text/csv attachment },
 * every body part in base64, so that a body can hold neither a bare LF nor a lone dot nor a line
 * over 76 characters.  The same input gives the same bytes: retries are byte-identical.
 *
 * Refuses:  any header value with CR, LF, NUL or other control characters, invalid UTF-8, addresses
 *           outside the grammar of address.h (RC_INVALID); messages over MIME_MAX (RC_LIMIT).
 * Output:   ASCII, CRLF line ends only, lines <= 76 (a Message-ID or address may need more, never
 *           over 998).
 */
#ifndef DELIVER_MIME_H
#define DELIVER_MIME_H

#include "buf.h"
#include "date.h"
#include "diag.h"

enum { MIME_MAX = 1 << 20, MIME_NAME_MAX = 500, MIME_SUBJECT_MAX = 998 };

struct mime_mail {
	const char *from_address, *from_name; /* name: UTF-8, or NULL */
	const char *to_address, *to_name;
	const char *reply_to;   /* address, or NULL */
	const char *subject;    /* UTF-8 */
	const char *date;       /* RFC 5322 date-time, as mime_date makes it */
	const char *message_id; /* "<...@...>" with the brackets */
	const char *text;       /* UTF-8, LF or CRLF line ends */
	const char *html;       /* or NULL: then text/plain alone */
	const char *ics;        /* iCalendar bytes with METHOD:PUBLISH, or NULL: no attachment */
	const char *ics_name;   /* UTF-8 file name (截止提醒.ics); NULL: only the ASCII one */
	const char *ics_ascii_name; /* NULL: "deadline.ics" */
	const char *csv;            /* a table, or NULL: no such attachment */
	const char *csv_name, *csv_ascii_name; /* NULL: only the ASCII one; "table.csv" */
	const char *key;            /* boundaries are derived from it: the message's key */
};

/* out must be initialised with a ceiling >= MIME_MAX; it is cleared first. */
enum rc mime_build(const struct mime_mail *mail, struct buf *out, struct diag *d) NODISCARD;

/* "Mon, 20 May 2024 09:00:00 +0800": civil time is what the instant shows at that offset. */
enum { MIME_DATE_SIZE = 40 };
void mime_date(struct instant at, int offset_s, char ret[static MIME_DATE_SIZE]);

/* What may go on the wire: every CR before an LF, every LF after a CR, no NUL, nothing above 0x7e,
 * lines <= 998, CRLF at the end. */
bool mime_bytes_are_clean(const char *bytes, size_t len);

#endif
