/*
 * fixture_outbox - a model of the outbox: what the store would do with plan_reconcile's changes
 *
 * `settle` reconciles, applies, and fails the test if a second time there is anything left to do.
 */
#ifndef TESTS_FIXTURE_OUTBOX_H
#define TESTS_FIXTURE_OUTBOX_H

#include "fixture.h"

static struct arena arena; /* of obligations and plans */

enum { ROWS_MAX = 3000 };

/* A model of the outbox: rows ascending by key. */
struct outbox {
	struct outbox_view row[ROWS_MAX];
	size_t n;
};
static struct outbox box, seen; /* seen: what plan_reconcile was shown */

static struct outbox_view *find_row(const char *key)
{
	for (size_t i = 0; i < box.n; i++)
		if (strcmp(box.row[i].key, key) == 0)
			return &box.row[i];
	return NULL;
}

static struct outbox_view *add_row(const char *key)
{
	assert_true(box.n < ROWS_MAX);
	assert_null(find_row(key));
	size_t i = box.n++;
	for (; i > 0 && strcmp(box.row[i - 1].key, key) > 0; i--)
		box.row[i] = box.row[i - 1];
	box.row[i] = (struct outbox_view){.form_date = DATE_NONE};
	memcpy(box.row[i].key, key, REMINDER_KEY_SIZE);
	return &box.row[i];
}

/* Rows outlive the plan they came from. */
static const char *keep_id(const char *id)
{
	static char kept[32][80];
	size_t i = 0;
	while (kept[i][0] && strcmp(kept[i], id) != 0)
		i++;
	assert_true(i < 31);
	snprintf(kept[i], sizeof kept[i], "%s", id);
	return kept[i];
}

static void set_row(struct outbox_view *r, const struct reminder *w, enum reminder_state state)
{
	r->state = state;
	r->obligation_id = keep_id(w->obligation_id), r->step_id = w->step_id,
	r->person_id = w->person->id;
	r->channel = w->channel, r->form = w->form, r->at = w->at;
	r->due = w->obligation->due;
}

/* What the store does with a change; every change must fit the row it finds (5.1). */
static void apply(const struct change *ch)
{
	struct outbox_view *r = find_row(ch->key);
	switch (ch->kind) {
	case CHANGE_PLAN:
		assert_null(r);
		set_row(add_row(ch->key), ch->want, REMINDER_PLANNED);
		break;
	case CHANGE_REVIVE:
		assert_true(r->state == REMINDER_CANCELLED || r->state == REMINDER_SUPERSEDED);
		set_row(r, ch->want, REMINDER_PLANNED);
		break;
	case CHANGE_MOVE:
		assert_int_equal(r->state, REMINDER_PLANNED);
		set_row(r, ch->want, REMINDER_PLANNED);
		break;
	case CHANGE_CANCEL:
		assert_int_equal(r->state, REMINDER_PLANNED);
		r->state = REMINDER_CANCELLED;
		break;
	case CHANGE_SUPERSEDE:
		assert_true(!r || r->state == REMINDER_PLANNED);
		set_row(r ? r : add_row(ch->key), ch->want, REMINDER_SUPERSEDED);
		break;
	}
}

static struct changes reconcile(struct fixture *f, struct fixture_acts *acts, struct instant now)
{
	struct obligations os;
	struct reminders rs;
	struct changes ch;
	assert_int_equal(obligation_expand(&f->c, on(20240101), on(20241231),
				 acts ? fixture_acts_of : NULL, acts, &arena, &os, NULL),
		RC_OK);
	assert_int_equal(plan_reminders(&f->c, &os, PLAN_AS_IS, &arena, &rs, NULL), RC_OK);
	seen = box;
	plan_reconcile(&f->c, &rs, seen.row, seen.n, now, &arena, &ch);
	return ch;
}

/* Reconcile, apply, and see that a second time there is nothing to do. */
static struct changes settle(struct fixture *f, struct fixture_acts *acts, struct instant now)
{
	struct changes ch = reconcile(f, acts, now);
	for (size_t i = 0; i < ch.n; i++)
		apply(&ch.item[i]);
	struct changes again = reconcile(f, acts, now);
	if (again.n)
		fail_msg("a second time: %s, kind %d", again.item[0].why, (int)again.item[0].kind);
	return ch;
}

static void send_due(struct instant now)
{
	for (size_t i = 0; i < box.n; i++)
		if (box.row[i].state == REMINDER_PLANNED && box.row[i].at.s <= now.s)
			box.row[i].state = REMINDER_SENT;
}

static size_t count_kind(const struct changes *ch, enum change_kind kind)
{
	size_t n = 0;
	for (size_t i = 0; i < ch->n; i++)
		n += ch->item[i].kind == kind;
	return n;
}

static size_t count_state(enum reminder_state state)
{
	size_t n = 0;
	for (size_t i = 0; i < box.n; i++)
		n += box.row[i].state == state;
	return n;
}

#endif
