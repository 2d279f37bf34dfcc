/*
 * credential - a password from a file that nobody else can read
 *
 * A name is looked up in the credentials directory (systemd's $CREDENTIALS_DIRECTORY), an absolute
 * path is opened as it is.  Refuses symbolic links, files of other owners than root and ourselves,
 * files with any permission for group or others, empty ones and ones over 4 KiB.  One newline at
 * the end is cut.
 */
#ifndef DELIVER_CREDENTIAL_H
#define DELIVER_CREDENTIAL_H

#include "diag.h"

enum { CREDENTIAL_MAX = 4096 };

struct credential {
	char text[CREDENTIAL_MAX + 1];
};

/* On failure ret is wiped.  dir may be NULL. */
enum rc credential_read(
	const char *dir, const char *name, struct credential *ret, struct diag *d) NODISCARD;
/* Looks at an absolute path without reading it, as anybody may: a file that credential_read will
 * refuse for what it is, its mode or its size, whoever asks.  RC_OK for a name and for what cannot be
 * seen from here. */
enum rc credential_check(const char *name, struct diag *d) NODISCARD;
void credential_wipe(struct credential *c);

#endif
