/*
 * host_list - under which names this server may be addressed
 *
 * Against DNS rebinding: a page of somebody else's must not reach us under a name of its own.  An
 * address in digits is always right (rebinding needs a name), and so is localhost.
 *
 * Memory: names are kept by value.
 */
#ifndef WEB_HOST_LIST_H
#define WEB_HOST_LIST_H

#include <stdbool.h>
#include <stddef.h>

enum { HOST_NAME_SIZE = 254, HOST_LIST_MAX = 16 };

struct host_list {
	char name[HOST_LIST_MAX][HOST_NAME_SIZE]; /* lower case, no port */
	size_t n;
};

/* "name", "name:port" or "https://name:port/path".  False: no name in it, or the list is full. */
bool host_list_add(struct host_list *l, const char *text);

/* The Host field (RFC 9110 section 7.2); NULL (HTTP/1.0) and any port are fine. */
bool host_list_has(const struct host_list *l, const char *field);

#endif
