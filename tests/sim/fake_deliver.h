/*
 * fake_deliver - deliver/ as a test wants it: answers by a function, sends nothing
 *
 * Include in one test program; its definitions stand in for those of daemon/deliver/deliver.c.  Only
 * what a real relay cannot be made to show in simulated time is tested through it: a day's outage.
 */
#ifndef TESTS_FAKE_DELIVER_H
#define TESTS_FAKE_DELIVER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver.h"

struct fake_sent {
	struct instant at;
	enum channel channel;
	char person[65], ref[80], text[400], recipient[80];
	enum outcome_class class;
};
enum { FAKE_SENT_MAX = 20000, FAKE_HELD_MAX = 64 };

static struct {
	struct outcome (*answer)(const struct delivery *job);
	struct receipt (*ask)(const struct question *q); /* NULL: it cannot be asked */
	void (*look)(const struct delivery *job); /* NULL; before it is claimed, its text is there */
	size_t room;
	struct fake_sent sent[FAKE_SENT_MAX]; /* every attempt */
	size_t n;
	bool holds; /* outcomes wait for fake_let_go */
	struct {
		int64_t id;
		struct outcome outcome;
	} held[FAKE_HELD_MAX];
	size_t n_held;
} fake = {.room = 4};

struct deliver {
	deliver_done_fn *done;
	void *ctx;
};
static struct deliver *fake_deliver; /* the one there is */

static inline struct outcome fake_outcome(
	enum outcome_class class, enum outcome_fault fault, const char *reason)
{
	struct outcome o = {.class = class, .fault = fault};
	snprintf(o.reason, sizeof o.reason, "%s", reason);
	return o;
}

enum rc deliver_new(struct sd_event *loop, const struct email_settings *email,
	const struct sms_settings *sms, const struct chat_room *const *room, size_t n_rooms,
	const struct deliver_options *opt, deliver_done_fn *done, void *ctx, struct deliver **ret,
	struct diag *d)
{
	(void)loop;
	(void)email;
	(void)sms;
	(void)room;
	(void)n_rooms;
	(void)opt;
	(void)d;
	*ret = calloc(1, sizeof **ret);
	**ret = (struct deliver){done, ctx};
	fake_deliver = *ret;
	fake.n_held = 0;
	return RC_OK;
}

void deliver_free(struct deliver *dv)
{
	free(dv);
}

enum rc deliver_configure(struct deliver *dv, const struct email_settings *email,
	const struct sms_settings *sms, const struct chat_room *const *room, size_t n_rooms,
	struct diag *d)
{
	(void)dv;
	(void)email;
	(void)sms;
	(void)room;
	(void)n_rooms;
	(void)d;
	return RC_OK;
}

enum rc deliver_submit(struct deliver *dv, const struct delivery *job, struct diag *d)
{
	(void)d;
	struct outcome o = fake.answer(job);
	if (fake.n < FAKE_SENT_MAX) {
		struct fake_sent *x = &fake.sent[fake.n++];
		*x = (struct fake_sent){.at = job->at, .channel = job->channel, .class = o.class};
		snprintf(x->person, sizeof x->person, "%s", job->person_id);
		snprintf(x->ref, sizeof x->ref, "%s", job->client_ref);
		snprintf(x->recipient, sizeof x->recipient, "%s", job->recipient);
		snprintf(x->text, sizeof x->text, "%.*s", (int)job->len, (const char *)job->bytes);
	}
	if (!fake.holds) {
		dv->done(dv->ctx, job->message_id, &o);
		return RC_OK;
	}
	fake.held[fake.n_held].id = job->message_id;
	fake.held[fake.n_held++].outcome = o;
	return RC_OK;
}

/* The oldest n in flight end. */
static inline void fake_let_go(size_t n)
{
	while (n-- && fake.n_held) {
		int64_t id = fake.held[0].id;
		struct outcome o = fake.held[0].outcome;
		memmove(fake.held, fake.held + 1, --fake.n_held * sizeof *fake.held);
		fake_deliver->done(fake_deliver->ctx, id, &o);
	}
}

bool deliver_refuses(const struct deliver *dv, const struct delivery *job)
{
	(void)dv;
	if (fake.look)
		fake.look(job);
	return false;
}

bool deliver_is_spool(const struct deliver *dv, enum channel channel)
{
	(void)dv;
	(void)channel;
	return true; /* placeholders may be sent to */
}

size_t deliver_room(const struct deliver *dv, enum channel channel)
{
	(void)dv;
	(void)channel;
	return fake.room > fake.n_held ? fake.room - fake.n_held : 0;
}

bool deliver_has_room(const struct deliver *dv, enum channel channel)
{
	return deliver_room(dv, channel) > 0;
}

size_t deliver_in_flight(const struct deliver *dv)
{
	(void)dv;
	return fake.n_held;
}

void deliver_stop(struct deliver *dv)
{
	(void)dv;
}

void deliver_abandon(struct deliver *dv)
{
	(void)dv;
}

enum rc deliver_probe(struct deliver *dv, deliver_probe_fn *done, void *ctx, struct diag *d)
{
	(void)dv;
	(void)done;
	(void)ctx;
	return diag_set(d, RC_STATE, "nobody is asked here");
}

enum rc deliver_probe_sms(struct deliver *dv, struct instant now, deliver_probe_fn *done, void *ctx,
	struct diag *d)
{
	(void)now;
	return deliver_probe(dv, done, ctx, d);
}

bool deliver_can_ask(const struct deliver *dv)
{
	(void)dv;
	return fake.ask != NULL;
}

enum rc deliver_ask(struct deliver *dv, const struct question *q, deliver_answer_fn *answer,
	void *ctx, struct diag *d)
{
	(void)dv;
	if (!fake.ask)
		return diag_set(d, RC_STATE, "nobody to ask");
	struct receipt r = fake.ask(q);
	answer(ctx, q->message_id, &r);
	return RC_OK;
}

/* Attempts on a channel within [from, to) that ended so (-1: any). */
static inline size_t fake_count(
	enum channel ch, const char *person, struct instant from, struct instant to, int class)
{
	size_t n = 0;
	for (size_t i = 0; i < fake.n; i++) {
		const struct fake_sent *x = &fake.sent[i];
		n += x->channel == ch && x->at.s >= from.s && x->at.s < to.s &&
		     (class < 0 || (int)x->class == class) &&
		     (!person || strcmp(x->person, person) == 0);
	}
	return n;
}

#endif
