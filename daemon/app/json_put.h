/*
 * json_put - JSON to a file as it comes, without a tree in memory
 *
 * For lists of a hundred thousand rows.  The caller writes the punctuation (json_put_raw) and is
 * trusted with it; values are escaped here (RFC 8259 section 7).  Text must be valid UTF-8.
 *
 * Memory:  one block of 64 KiB.
 * Failure: a write that fails is remembered; json_put_done says so.
 */
#ifndef APP_JSON_PUT_H
#define APP_JSON_PUT_H

#include <stdbool.h>
#include <stddef.h>

#include "date.h"
#include "zone.h"

struct json_put {
	int fd;
	bool failed;
	size_t len;
	char *block;
};

void json_put_init(struct json_put *w, int fd);
bool json_put_done(struct json_put *w); /* false: not everything was written; errno says why */

void json_put_raw(struct json_put *w, const char *s);
void json_put_text(struct json_put *w, const char *s);                      /* "..." */
void json_put_key_text(struct json_put *w, const char *key, const char *s); /* key as `,"unit":` */
void json_put_int(struct json_put *w, long long n);
void json_put_bool(struct json_put *w, bool b);
void json_put_date(struct json_put *w, struct date d); /* "2024-05-20" or null */
void json_put_time(
	struct json_put *w, const struct zone *z, struct instant t); /* RFC 3339 or null */

#endif
