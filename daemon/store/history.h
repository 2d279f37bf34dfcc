/*
 * history - what happened, append-only
 *
 * Every change of a message or submission appends a row in the same transaction.  Rows are chained:
 * hash = SHA-256 over the hash before and the row's fields; personal fields enter as a salted hash
 * of their own, so that erasing them leaves the chain verifiable.
 *
 * Memory: rows returned are in the arena.
 */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "store.h"

struct history_row {
	int64_t id; /* out */
	struct instant at;
	const char *actor; /* "deadlined", or who did it */
	const char *kind;  /* "act", "undo", "notice", "claimed", "sent", "retry", ... */
	const char *obligation_id; /* "" if none */
	int64_t message_id;        /* 0 if none */
	const char *reminder_key;  /* NULL if none */
	const char *person;        /* id; NULL if none */
	const char *detail;        /* JSON object; NULL = {} */
	const char *personal;      /* address or number; NULL if none or erased */
};

enum rc history_append(struct store *s, const struct history_row *row, int64_t *ret_id,
	struct diag *d) NODISCARD;

/* RC_NOTFOUND. */
enum rc history_get(struct store *s, int64_t id, struct arena *a, struct history_row *ret,
	struct diag *d) NODISCARD;

/* The last `limit` rows, oldest first; obligation NULL = all. */
enum rc history_list(struct store *s, const char *obligation, size_t limit, struct arena *a,
	const struct history_row **ret, size_t *ret_n, struct diag *d) NODISCARD;

/* The same of those that fit.  person: whom it is about, or who did it. */
struct history_filter {
	const char *obligation, *person; /* NULL: any */
	int64_t message;                 /* 0: any */
};
enum rc history_find(struct store *s, const struct history_filter *f, size_t limit, struct arena *a,
	const struct history_row **ret, size_t *ret_n, struct diag *d) NODISCARD;

/* *ret_broken = id of the first row whose hash does not fit or which is gone from the end, 0 if the
 * chain holds. */
enum rc history_verify(struct store *s, int64_t *ret_broken, struct diag *d) NODISCARD;

/* Take the personal fields of a person's rows away, and the salts with which they could be guessed;
 * *ret_n = rows changed. */
enum rc history_erase(struct store *s, const char *person, int *ret_n, struct diag *d) NODISCARD;

/* The same for everybody, of rows before t. */
enum rc history_erase_before(struct store *s, struct instant t, int *ret_n, struct diag *d) NODISCARD;

/* For details: s (NULL is "") as the inside of a JSON string, cut where it does not fit. */
void history_escape(const char *s, char *ret, size_t size);

#endif
