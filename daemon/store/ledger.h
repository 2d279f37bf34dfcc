/*
 * ledger - the acts of submissions, and the versions of feed events
 *
 * Decides nothing: core/submission folds the acts to states.
 *
 * Memory: rows returned are in the arena.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "history.h"
#include "store.h"
#include "submission.h"

/* Appends the history row and the act; *ret_id is the id of both. */
enum rc ledger_add_act(struct store *s, const struct act *act, int64_t *ret_id, struct diag *d)
	NODISCARD;

/* Mark an act as taken back; RC_STATE if it is already, RC_NOTFOUND if there is none.  *ret_id: the history row of the undoing. */
enum rc ledger_undo(struct store *s, int64_t act_id, const char *who, struct instant now,
	int64_t *ret_id, struct diag *d) NODISCARD;

/* Every act, by obligation, then id. */
enum rc ledger_acts_all(struct store *s, struct arena *a, const struct act **ret, size_t *ret_n,
	struct diag *d) NODISCARD;
enum rc ledger_acts_of(struct store *s, const char *obligation, struct arena *a,
	const struct act **ret, size_t *ret_n, struct diag *d) NODISCARD;

/* A roster change: the acts of `from` become those of `to`; *ret_n = how many. */
enum rc ledger_move(struct store *s, const char *from, const char *to, struct instant now,
	size_t *ret_n, struct diag *d) NODISCARD;

/* ---- versions of calendar events ------------------------------------------------------------ */
enum { LEDGER_DIGEST_SIZE = 65 };
struct ledger_event {
	char digest[LEDGER_DIGEST_SIZE];
	int sequence;
	struct instant modified;
};
enum rc ledger_get_event(struct store *s, const char *uid, struct ledger_event *ret, bool *ret_found,
	struct diag *d) NODISCARD;
enum rc ledger_put_event(struct store *s, const char *uid, const struct ledger_event *ev,
	struct diag *d) NODISCARD;

#endif
