/*
 * linkbook - which generation of a link is in force, which were revoked when, who fetched last
 *
 * Nothing secret is here: tokens are made of the link key, see app/links.h.  A link that was never
 * touched has no row: its generation is 1.  The highest generation of a link is the present one.
 *
 * Memory: rows returned are in the arena.
 */
#ifndef STORE_LINKBOOK_H
#define STORE_LINKBOOK_H

#include "store.h"

struct linkbook_row {
	const char *kind, *id; /* id "" where the kind has only one */
	int generation;
	struct instant revoked_at; /* INSTANT_NONE: in force */
};

/* By kind, id, generation. */
enum rc linkbook_all(struct store *s, struct arena *a, const struct linkbook_row **ret,
	size_t *ret_n, struct diag *d) NODISCARD;

/* Adds or replaces the row of that generation. */
enum rc linkbook_put(struct store *s, const struct linkbook_row *row, struct diag *d) NODISCARD;

struct linkbook_fetch {
	const char *kind, *id;
	int generation;
	struct instant at;
	const char *client; /* "" if unknown */
};
/* The last of each link; by kind, id. */
enum rc linkbook_fetches(struct store *s, struct arena *a, const struct linkbook_fetch **ret,
	size_t *ret_n, struct diag *d) NODISCARD;
enum rc linkbook_put_fetch(
	struct store *s, const struct linkbook_fetch *f, struct diag *d) NODISCARD;

#endif
