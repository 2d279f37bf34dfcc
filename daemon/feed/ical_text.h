/*
 * ical_text - the bytes of iCalendar: what may stand in a value, how a line is folded
 *
 * Every text from outside passes ical_clean before it is escaped; every line of a feed or an
 * attachment leaves through ical_put_line.  Escaping of TEXT (RFC 5545 section 3.3.11) is ical_escape's,
 * the same as libical's but for X- properties, which that leaves unescaped.
 *
 * Failure: text that cannot stand is replaced or dropped; a line that cannot stand is refused.
 */
#ifndef FEED_ICAL_TEXT_H
#define FEED_ICAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "diag.h"
#include "mem.h"

enum {
	ICAL_LINE_OCTETS = 75,
	ICAL_SUMMARY_MAX = 400, /* bytes after cleaning, as for the next two */
	ICAL_LOCATION_MAX = 400,
	ICAL_DESCRIPTION_MAX = 8 * 1024,
	ICAL_URI_MAX = 2000,
};

/*
 * len bytes of anything as valid UTF-8 of at most max bytes, in the arena.  Invalid bytes become
 * U+FFFD; TAB a space; C0, DEL, C1, bidirectional controls, U+FEFF and noncharacters vanish; CR,
 * CRLF, LF, U+2028 and U+2029 become `newline` ("\n", or what a single line wants instead).  White
 * space at both ends goes.  What is too long ends with U+2026 on a character boundary.
 */
char *ical_clean(struct arena *a, const char *s, size_t len, size_t max, const char *newline);

/* TEXT escaping of a cleaned string, appended. */
void ical_escape(const char *s, struct buf *out);

/* An absolute http or https URI with a host, percent-encoded (RFC 3986), at most ICAL_URI_MAX. */
bool ical_uri_is_valid(const char *uri);

/*
 * `name:value` CRLF, folded at 75 octets (RFC 5545 section 3.1): never inside a character or an
 * escape, no empty continuation.  name holds the parameters too.  False, nothing written, if
 * either has a C0 control or DEL.
 */
bool ical_put_line(struct buf *out, const char *name, const char *value) NODISCARD;

#endif
