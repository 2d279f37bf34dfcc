#include "email.h"

#include <stdlib.h>

#include "smtp_session.h"

struct email {
	struct sd_event *loop;
	struct wire *wire;
	struct limits limits;
	struct smtp_session *sessions;
	struct attempt *waiting, **last_waiting; /* first come, first served */
	bool stopped, serving;
};

struct email *email_new(struct sd_event *loop, struct wire *wire, const struct limits *limits)
{
	struct email *e = mem_new(1, sizeof *e);
	e->loop = loop;
	e->wire = wire;
	e->limits = *limits;
	e->last_waiting = &e->waiting;
	return e;
}

void email_free(struct email *e)
{
	if (!e)
		return;
	while (e->sessions)
		session_close(e->sessions);
	free(e);
}

static void open_session(struct email *e, struct attempt *a)
{
	struct smtp_session *s = session_open(e, e->loop, e->wire, &e->limits, a);
	if (!s)
		return;
	s->next = e->sessions;
	if (s->next)
		s->next->prev = s;
	e->sessions = s;
}

static void start(struct email *e, struct attempt *a)
{
	for (struct smtp_session *s = e->sessions; s; s = s->next) {
		if (session_is_free(s) && s->settings == a->settings) {
			session_begin(s, a);
			return;
		}
	}
	open_session(e, a);
}

/* ---- waiting ------------------------------------------------------------------------------------ */

static void on_abandon_waiting(struct attempt *a)
{
	struct outcome o = {.class = OUTCOME_RETRY};
	struct email *e = a->transport;
	struct attempt **p = &e->waiting;
	while (*p != a)
		p = &(*p)->next_waiting;
	*p = a->next_waiting;
	if (!*p)
		e->last_waiting = p;
	outcome_set_reason(&o, "%s", N_("stopped before it began"));
	attempt_end(a, &o);
}

static struct attempt *take_waiting(struct email *e)
{
	struct attempt *a = e->waiting;
	e->waiting = a->next_waiting;
	if (!e->waiting)
		e->last_waiting = &e->waiting;
	return a;
}

static void end_waiting(struct email *e, const struct outcome *o)
{
	while (e->waiting)
		attempt_end(take_waiting(e), o);
}

/* Sessions of an older generation end by themselves and are in nobody's way. */
static size_t count_busy(const struct email *e, const struct settings *settings)
{
	size_t n = 0;
	for (const struct smtp_session *s = e->sessions; s; s = s->next)
		n += s->settings == settings && s->attempt;
	return n;
}

static bool has_session_for(const struct email *e, const struct attempt *a)
{
	int most = a->settings->email.max_parallel;
	return count_busy(e, a->settings) < (size_t)(most > 1 ? most : 1);
}

void email_start(struct email *e, struct attempt *a)
{
	if (!e->waiting && has_session_for(e, a)) {
		start(e, a);
		return;
	}
	a->waiting = true;
	a->transport = e;
	a->abandon = on_abandon_waiting;
	*e->last_waiting = a;
	e->last_waiting = &a->next_waiting;
}

/* They would only meet the same: the relay does not work, or we are not let in. */
static bool dooms_all(
	const struct email *e, const struct settings *settings, const struct outcome *o)
{
	return e->waiting && e->waiting->settings == settings && count_busy(e, settings) == 0 &&
	       o->class != OUTCOME_SENT && (o->fault == FAULT_PEER || o->fault == FAULT_CONFIG);
}

/* Attempts may end at once, and come back here: only the outermost call serves. */
void email_ended(
	struct email *e, const struct settings *settings, bool was_waiting, const struct outcome *o)
{
	if (e->stopped || e->serving)
		return;
	e->serving = true;
	if (!was_waiting && dooms_all(e, settings, o)) {
		struct outcome untried = *o;
		untried.class = OUTCOME_RETRY;
		end_waiting(e, &untried);
	}
	while (e->waiting && has_session_for(e, e->waiting)) {
		struct attempt *a = take_waiting(e);
		a->waiting = false;
		start(e, a);
	}
	e->serving = false;
}

void email_stop(struct email *e)
{
	struct outcome o = {.class = OUTCOME_RETRY};
	outcome_set_reason(&o, "%s", N_("stopped before it began"));
	e->stopped = true;
	end_waiting(e, &o);
	email_close_idle(e);
}

/* ---- sessions ----------------------------------------------------------------------------------- */

void email_close_idle(struct email *e)
{
	for (struct smtp_session *s = e->sessions, *next; s; s = next) {
		next = s->next;
		if (s->state == SESSION_IDLE)
			session_quit(s);
	}
}

void session_stale(struct smtp_session *s, struct attempt *a)
{
	open_session(s->pool, a);
}

void session_closed(struct smtp_session *s)
{
	if (s->prev)
		s->prev->next = s->next;
	else if (s->pool->sessions == s)
		s->pool->sessions = s->next;
	if (s->next)
		s->next->prev = s->prev;
}
