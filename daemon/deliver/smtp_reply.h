/*
 * smtp_reply - reads replies (RFC 5321 4.2) out of a stream of bytes.  Pure.
 *
 * Lenient where servers are (a bare LF ends a line), strict where it matters: a line that does not
 * start with three digits, codes that differ within one reply, lines over 1,000 bytes and replies
 * over 100 lines are garbage.
 */
#ifndef DELIVER_SMTP_REPLY_H
#define DELIVER_SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

enum { SMTP_LINE_MAX = 1000, SMTP_LINES_MAX = 100, SMTP_TEXT_MAX = 480 };

enum smtp_parse { SMTP_MORE, SMTP_REPLY, SMTP_GARBAGE };

struct smtp_reply {
	int code;                   /* 200..599 once SMTP_REPLY, else 0 */
	int class, subject, detail; /* RFC 3463, 0 0 0 if there is none */
	char text[SMTP_TEXT_MAX];   /* the reply as it came, lines joined by a blank */
	/* From EHLO's reply. */
	long size_limit; /* SIZE, 0 = none said */
	/* Of the line being read. */
	char line[SMTP_LINE_MAX + 1];
	size_t line_len;
	unsigned n_lines;
	int first_code;
};

void smtp_reply_init(struct smtp_reply *r);

/* Takes bytes up to the end of one reply; *ret_used says how many.  A new reply begins by itself at
 * the next call. */
enum smtp_parse smtp_reply_feed(
	struct smtp_reply *r, const char *data, size_t len, size_t *ret_used);

#endif
