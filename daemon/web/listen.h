/*
 * listen - the socket that this server accepts from
 */
#ifndef WEB_LISTEN_H
#define WEB_LISTEN_H

#include <stdbool.h>

#include "diag.h"

/* text: "127.0.0.1:8417", "[::1]:8417", "*:8417"; port 0 takes a free one.  No names.
 * RC_INVALID, RC_IO. */
enum rc listen_open(const char *text, int *ret_fd, struct diag *d) NODISCARD;

/* "127.0.0.1:8417" as bound; `loopback`: only this machine can reach it. */
enum { LISTEN_TEXT_SIZE = 80 };
void listen_describe(int fd, char ret[static LISTEN_TEXT_SIZE], bool *ret_loopback);

#endif
