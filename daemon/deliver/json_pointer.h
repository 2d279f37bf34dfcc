/*
 * json_pointer - the value a gateway's reply has at an RFC 6901 pointer, as text.  Pure.
 */
#ifndef DELIVER_JSON_POINTER_H
#define DELIVER_JSON_POINTER_H

#include <stddef.h>

#include <jansson.h>

enum { JSON_PARTS_MAX = 1024, JSON_RECEIPTS_PARTS_MAX = 8192 };

/* NULL if it is not JSON, says a name twice, or has more than JSON_PARTS_MAX brackets and commas: 64
 * KiB of empty objects would be 5 MB in memory. */
json_t *json_load_reply(const char *body, size_t len);
/* The same for a list of receipts, of at most JSON_RECEIPTS_PARTS_MAX parts. */
json_t *json_load_receipts(const char *body, size_t len);

/* Strings as they are, numbers and true/false in words; "" if json or pointer is NULL, nothing is
 * there, or it is something else. */
void json_pointer_text(const json_t *json, const char *pointer, char *ret, size_t size);

#endif
