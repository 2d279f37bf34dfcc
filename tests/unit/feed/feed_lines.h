/*
 * feed_lines - the byte rules of RFC 5545 section 3.1 as assertions, and its unfolding
 */
#ifndef TEST_FEED_LINES_H
#define TEST_FEED_LINES_H

#include <stdlib.h>
#include <string.h>

#include "text.h"

static inline void check_line(const char *line, size_t n)
{
	assert_true(n > 0 && n <= 75);
	assert_false(n == 1 && line[0] == ' ');
	size_t at;
	assert_int_equal(text_check(line, n, false, &at), TEXT_OK);
}

/* Every line ends with CRLF, has 1..75 octets, is whole UTF-8 without controls. */
static inline void check_lines(const char *s, size_t len)
{
	assert_int_equal(strlen(s), len);
	while (len) {
		const char *end = memchr(s, '\r', len);
		assert_non_null(end);
		assert_int_equal(end[1], '\n');
		check_line(s, (size_t)(end - s));
		len -= (size_t)(end - s) + 2;
		s = end + 2;
	}
}

/* A heap copy with CRLF SPACE taken out. */
static inline char *unfold(const char *s)
{
	char *out = malloc(strlen(s) + 1);
	size_t n = 0;
	for (; *s; s++) {
		if (strncmp(s, "\r\n ", 3) == 0)
			s += 2;
		else
			out[n++] = *s;
	}
	out[n] = '\0';
	return out;
}

#endif
