/*
 * conf_value - the grammars of single values: addresses, telephone numbers, spans of days, windows
 *
 * Pure; false leaves *ret alone.
 */
#ifndef CONF_CONF_VALUE_H
#define CONF_CONF_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "occasion.h"

/* addr-spec of RFC 5321 without quoting: dot-atom@domain, ASCII, at most 254 bytes.  libcurl puts
 * whatever it is given on the wire, so nothing else may come through. */
bool value_is_email(const char *s);
bool value_is_placeholder_email(const char *s); /* .invalid, .example, example.com ... */
bool value_is_domain(const char *s);

enum { VALUE_PHONE_SIZE = 20 };
/* "+86 139 0000 0000" -> "+8613900000000": E.164, 8..15 digits; spaces and '-' are dropped. */
bool value_parse_phone(const char *s, char ret[static VALUE_PHONE_SIZE]);
bool value_is_placeholder_phone(const char *s); /* +86 100 0000 ... */

bool value_parse_window(const char *s, struct quiet_window *ret); /* "21:00-07:30" */
bool value_parse_span(
	const char *s, struct span *ret); /* "2024-05-01" or "2024-05-01/2024-06-30" */
bool value_parse_month_day(const char *s, int *ret_month, int *ret_day); /* "05-01"; 02-29 is one */
bool value_parse_month(const char *s, int *ret_year, int *ret_month);    /* "2024-05" */

bool value_is_loopback_host(const char *s, size_t len);

#endif
