#include "email.h"

#include <stdlib.h>

#include "smtp_session.h"

struct email {
	struct sd_event *loop;
	struct wire *wire;
	struct limits limits;
	struct smtp_session *sessions;
};

struct email *email_new(struct sd_event *loop, struct wire *wire, const struct limits *limits)
{
	struct email *e = mem_new(1, sizeof *e);
	e->loop = loop;
	e->wire = wire;
	e->limits = *limits;
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

void email_start(struct email *e, struct attempt *a)
{
	for (struct smtp_session *s = e->sessions; s; s = s->next) {
		if (session_is_free(s) && s->settings == a->settings) {
			session_begin(s, a);
			return;
		}
	}
	open_session(e, a);
}

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
