/*
 * percent - the percent encoding of RFC 3986: all but A-Z a-z 0-9 - _ . ~, upper-case hex.  Pure.
 */
#ifndef DELIVER_PERCENT_H
#define DELIVER_PERCENT_H

#include "buf.h"

void percent_add(struct buf *out, const char *s);

/* The value of one parameter of a query or form, decoded ('+' is a blank, what is no escape stays as
 * it is), cut to size; false if it is not there. */
bool percent_get(const char *query, const char *name, char *ret, size_t size);

#endif
