/*
 * smtp_connect - the part of an SMTP session that libcurl does: name, TCP, TLS, EHLO, AUTH
 */
#ifndef DELIVER_SMTP_CONNECT_H
#define DELIVER_SMTP_CONNECT_H

#include "smtp_session.h"

/* False with an outcome if it cannot begin: no credential, plaintext password to a far host. */
bool connect_start(struct smtp_session *s, struct outcome *ret);

/* What libcurl's verdict means for the mail that waited for it. */
void connect_classify(const struct smtp_session *s, CURLcode rc, struct outcome *ret);

#endif
