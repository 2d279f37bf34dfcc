/*
 * form - application/x-www-form-urlencoded (the URL standard, section 5.1), and cookies
 *
 * Pure readers of what strangers send.  A value that is not UTF-8, holds control characters or is
 * longer than its place counts as absent: nobody acts on half of what was sent.
 */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>

enum { FORM_BODY_MAX = 4096, FORM_VALUE_SIZE = 512 };

/* The value of the first field of that name, decoded.  False, ret "" otherwise. */
bool form_get(const char *body, size_t len, const char *name, char ret[static FORM_VALUE_SIZE]);

/* A cookie's value as it stands in the Cookie field; NULL is no field. */
bool form_get_cookie(const char *field, const char *name, char *ret, size_t size);

#endif
