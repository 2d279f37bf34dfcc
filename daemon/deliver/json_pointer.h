/*
 * json_pointer - the value a gateway's reply has at an RFC 6901 pointer, as text.  Pure.
 */
#ifndef DELIVER_JSON_POINTER_H
#define DELIVER_JSON_POINTER_H

#include <stddef.h>

#include <jansson.h>

/* Strings as they are, numbers and true/false in words; "" if json or pointer is NULL, nothing is
 * there, or it is something else. */
void json_pointer_text(const json_t *json, const char *pointer, char *ret, size_t size);

#endif
