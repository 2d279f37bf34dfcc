/*
 * text - UTF-8 strings from outside
 *
 * Everything that a person typed passes text_check before anything else sees it.
 * Lengths are bytes unless the name says otherwise.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What text_check found first; offsets are in bytes. */
enum text_fault {
	TEXT_OK,
	TEXT_BAD_UTF8, /* invalid, overlong, surrogate or beyond U+10FFFF (RFC 3629 section 3) */
	TEXT_CONTROL,  /* C0 (but LF and TAB if allowed), DEL, C1 */
	TEXT_BIDI,     /* bidirectional override or isolate: shows other text than it says */
};
enum text_fault text_check(const char *s, size_t len, bool allow_newline, size_t *ret_offset);

/* One code point from s (len > 0); *ret_n = bytes taken.  Invalid input gives U+FFFD and 1. */
uint32_t text_decode(const char *s, size_t len, size_t *ret_n);
size_t text_encode(uint32_t cp, char ret[static 4]); /* bytes written, 0 if not encodable */

size_t text_count_utf16(const char *s);   /* UTF-16 code units, as SMS counts (surrogates = 2) */
size_t text_count_points(const char *s);
size_t text_columns(const char *s);       /* terminal columns: East Asian wide = 2 */

/* Largest n' <= n that does not cut a UTF-8 sequence of s. */
size_t text_cut(const char *s, size_t n);

bool text_is_id(const char *s); /* [a-z0-9-]+, at most 64 bytes, no leading or trailing '-' */
bool text_equal(const char *a, const char *b);
bool text_has_prefix(const char *s, const char *prefix);

/* Whole-string decimal integer in [min, max]; false leaves *ret alone.  No sign but '-', no space. */
bool text_parse_int(const char *s, long min, long max, long *ret);

/* Edit distance (Damerau-Levenshtein, bytes), for "did you mean"; strings over 63 bytes: 64. */
unsigned text_distance(const char *a, const char *b);

/* A URL or host as it may be told to anybody: without user and password before an @ and without its
 * query, cut to fit. */
void text_show_url(const char *url, char *ret, size_t size);

#endif
