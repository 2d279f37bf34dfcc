/*
 * backup - the folder of copies: STATE/backup
 *
 *   deadlined-2024-05-06.db        one a night, the last seven nights are kept
 *   deadlined-2024-05-06T0730Z.db  made by hand, at that time UTC; kept for ever
 *   link.key                       without it the links of a restored machine would be other ones
 *
 * All of it is 0600, belongs to the owner of STATE, and holds addresses and telephone numbers.
 */
#ifndef APP_BACKUP_H
#define APP_BACKUP_H

#include "date.h"
#include "diag.h"
#include "paths.h"
#include "store.h"

enum { BACKUP_NIGHTS = 7, BACKUP_MINUTE = 3 * 60 + 30 };

/* The path of the night's copy on `day`, and of one made by hand. */
enum rc backup_path_night(
	const char *state, struct date day, char ret[static PATH_BYTES], struct diag *d) NODISCARD;
enum rc backup_path_hand(const char *state, struct instant now, char ret[static PATH_BYTES],
	struct diag *d) NODISCARD;

/* Makes the folder if path is in it, the copy, and the copy of the key. */
enum rc backup_make(struct store *s, const char *state, const char *path, struct diag *d) NODISCARD;

/* Nights beyond the last seven go. */
enum rc backup_prune(const char *state, struct diag *d) NODISCARD;

/* The link key that lies beside a copy, if the state has none. */
enum rc backup_bring_key(const char *state, const char *copy, struct diag *d) NODISCARD;

#endif
