/*
 * address - the grammar of what may be a recipient.  Pure.
 *
 * Stricter than RFC 5321 4.1.2 on purpose: ASCII dot-atom local part, host name with at least one
 * dot or "localhost", no quoting, no comments, no address literals.  So nothing that passes can end
 * a command or start another one (libcurl passes CR LF through).
 */
#ifndef DELIVER_ADDRESS_H
#define DELIVER_ADDRESS_H

#include <stdbool.h>

enum { ADDRESS_LOCAL_MAX = 64, ADDRESS_MAX = 254 };

bool address_is_valid(const char *s);

/* E.164: '+', 7 to 15 digits, the first not 0.  Spaces and dashes must be gone already. */
bool phone_is_valid(const char *s);

/* [A-Za-z0-9_:-]{1,255} */
bool client_ref_is_valid(const char *s);

bool host_is_loopback(const char *host); /* localhost, 127.0.0.0/8, ::1 */

#endif
