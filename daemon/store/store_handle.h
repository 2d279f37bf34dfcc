/*
 * store_handle - the inside of struct store, for store.c and store_sql.c only
 */
#ifndef STORE_STORE_HANDLE_H
#define STORE_STORE_HANDLE_H

#include "store.h"

struct sqlite3;
struct sqlite3_stmt;

struct cached {
	const char *text; /* a literal: its address is the key */
	struct sqlite3_stmt *stmt;
};

struct store {
	struct sqlite3 *db;
	int lock_fd; /* -1 if read-only */
	bool poisoned;
	struct cached cache[96];
	size_t n_cached;
	char path[1024];
};

enum rc store_sql_failure(struct store *s, int code, struct diag *d);

#endif
