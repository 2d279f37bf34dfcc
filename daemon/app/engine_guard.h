/*
 * engine_guard - what may leave now.  Private to app/engine*.
 *
 * Three guards stand between a due reminder and its claim:
 *
 *   the clock       while it is not believed (core/hold) no SMS and no chat message leaves
 *   destinations    the mail relay, the SMS gateway, each chat room: a breaker each (core/breaker)
 *   limits          per person and overall (struct guard_settings), counted from the outbox
 *
 * What a guard holds back stays planned, or in retry, and is asked for again when the guard says.  An
 * outage is told to the admins once, by a channel that works, and its end to those who were told.
 *
 * Outages survive a restart (meta "outages"): the alarm comes once, with the right hour.
 */
#ifndef APP_ENGINE_GUARD_H
#define APP_ENGINE_GUARD_H

#include "breaker.h"
#include "config.h"
#include "hold.h"
#include "outbox.h"

struct engine;

struct guard {
	struct destination {
		char name[100]; /* "email", "sms", "chat/ROOM" */
		enum channel channel;
		char room[70];
		struct breaker breaker;
	} *destination; /* heap */
	size_t n, cap;
	struct instant again; /* of this tick: when something held may go; INSTANT_NONE */
	bool over_cap;        /* a cap of the day or month held something back in this tick */
	struct date capped;   /* the day on which that was told */
};

enum rc engine_guard_load(struct engine *e, struct diag *d) NODISCARD;
void engine_guard_done(struct engine *e);

/* person_id: the room's id for chat.  Says when to ask again in guard.again if it does not allow it. */
enum rc engine_guard_allows(struct engine *e, enum channel ch, const char *person_id,
	struct instant now, bool *ret, struct diag *d) NODISCARD;
/* One leaves; or it does not after all. */
void engine_guard_depart(struct engine *e, enum channel ch, const char *person_id);
void engine_guard_return(struct engine *e, enum channel ch, const char *person_id);
/* What its next hop said.  Inside the transaction that settles it. */
enum rc engine_guard_answer(struct engine *e, const struct outbox_message *m,
	const struct outcome *o, struct instant now, struct diag *d) NODISCARD;

/* Alarms that are owed by now become reminders. */
enum rc engine_guard_alarm(struct engine *e, struct instant now, struct diag *d) NODISCARD;
/* The journal, and a notice to each admin, if one of these channels reaches them by it.  id: "alarm/...".
 * Inside the caller's transaction. */
enum rc engine_tell_admins(struct engine *e, const char *id, const char *note, unsigned channels,
	struct instant now, struct diag *d) NODISCARD;
/* When guards want a tick: something held may go, an alarm is owed; INSTANT_NONE. */
struct instant engine_guard_next(const struct engine *e);
/* A destination is down for so long that stale steps have to make way before the next probe. */
bool engine_guard_is_down_for(const struct engine *e, int64_t seconds, struct instant now);

/* May this number be sent to (sms.allow_prefixes)? */
bool engine_guard_knows_number(const struct engine *e, const char *number);

#endif
