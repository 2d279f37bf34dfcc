#include "submission.h"

#include <string.h>

static const char *const ACT_TEXT[] = {"report", "receive", "return", "nil", "waive", "held",
	"not-held", "ended", "extended", "date", "entry"};
static const char *const ITEM_TEXT[] = {"missing", "reported", "received"};
static const char *const STATE_TEXT[] = {
	"waiting", "open", "reported", "done", "waived", "cancelled"};

enum { N_ACTS = sizeof ACT_TEXT / sizeof *ACT_TEXT };

const char *act_text(enum act_kind k)
{
	return ACT_TEXT[k];
}

bool act_parse(const char *s, enum act_kind *ret)
{
	for (int i = 0; i < N_ACTS; i++)
		if (strcmp(s, ACT_TEXT[i]) == 0) {
			*ret = (enum act_kind)i;
			return true;
		}
	return false;
}

const char *item_state_text(enum item_state s)
{
	return ITEM_TEXT[s];
}

const char *obligation_state_text(enum obligation_state s)
{
	return STATE_TEXT[s];
}

/* "It is held" takes back an earlier "it is not". */
static void confirm(struct standing *s)
{
	s->confirmed = true;
	if (s->cancelled)
		s->nil = false;
	s->cancelled = false;
}

static void stand(const struct act *a, struct standing *s)
{
	switch (a->kind) {
	case ACT_WAIVE:
		s->waived = true;
		break;
	case ACT_HELD:
		confirm(s);
		break;
	case ACT_NOT_HELD:
		s->cancelled = true;
		s->confirmed = false;
		s->nil = true;
		break;
	case ACT_ENDED:
	case ACT_EXTENDED:
		confirm(s);
		s->ended = a->kind == ACT_ENDED;
		s->last_day = a->date;
		break;
	case ACT_DATE:
		s->announced = a->date;
		break;
	case ACT_NIL:
		s->nil = true;
		break;
	case ACT_REPORT:
	case ACT_RECEIVE:
		/* Material of an activity says that it was held. */
		s->confirmed = s->confirmed || !s->cancelled;
		break;
	case ACT_RETURN:
		s->nil = false;
		break;
	case ACT_ENTRY:
		break;
	}
}

void submission_standing(const struct act *act, size_t n, struct standing *ret)
{
	*ret = (struct standing){.last_day = DATE_NONE, .announced = DATE_NONE};
	for (size_t i = 0; i < n; i++)
		if (!act[i].undone)
			stand(&act[i], ret);
}

static bool act_means(const struct act *a, const struct item *it)
{
	if (a->form != FORM_NONE && a->form != it->form)
		return false;
	return a->deliverable[0] == '\0' || strcmp(a->deliverable, it->deliverable->id) == 0;
}

static void apply(const struct act *a, struct item *it)
{
	switch (a->kind) {
	case ACT_REPORT:
	case ACT_NIL:
	case ACT_NOT_HELD:
		if (it->state == ITEM_MISSING)
			it->state = ITEM_REPORTED;
		break;
	case ACT_RECEIVE:
		it->state = ITEM_RECEIVED;
		break;
	case ACT_RETURN:
		if (it->state == ITEM_MISSING)
			return;
		it->state = ITEM_MISSING;
		it->returned = a->reason;
		it->returned_by_act = a->id;
		return;
	case ACT_WAIVE:
	case ACT_HELD:
	case ACT_ENDED:
	case ACT_EXTENDED:
	case ACT_DATE:
	case ACT_ENTRY:
		return;
	}
	it->returned = NULL;
	it->returned_by_act = 0;
}

/* Acts before the last "it is held": a "not held" among them reported nothing. */
static size_t count_overruled(const struct act *act, size_t n)
{
	for (size_t i = n; i > 0; i--) {
		enum act_kind k = act[i - 1].kind;
		if (!act[i - 1].undone && (k == ACT_HELD || k == ACT_ENDED || k == ACT_EXTENDED))
			return i;
	}
	return 0;
}

void submission_apply(const struct act *act, size_t n, struct item *item, size_t n_items)
{
	size_t overruled = count_overruled(act, n);
	for (size_t i = 0; i < n; i++) {
		if (act[i].undone || (act[i].kind == ACT_NOT_HELD && i < overruled))
			continue;
		for (size_t k = 0; k < n_items; k++)
			if (act_means(&act[i], &item[k]))
				apply(&act[i], &item[k]);
	}
}

static void trace(const struct act *a, struct item *it, struct handed_in *h)
{
	enum item_state before = it->state;
	apply(a, it);
	if (before == ITEM_MISSING && it->state != ITEM_MISSING)
		h->at = a->at;
	if (before != ITEM_RECEIVED && it->state == ITEM_RECEIVED)
		h->received = a->at;
	if (before == ITEM_MISSING || it->state != ITEM_MISSING)
		return;
	h->at = h->received = INSTANT_NONE;
	h->returned++;
}

void submission_handed_in(
	const struct act *act, size_t n, const struct item *item, struct handed_in *ret)
{
	struct item it = {.deliverable = item->deliverable, .form = item->form};
	size_t overruled = count_overruled(act, n);
	*ret = (struct handed_in){.at = INSTANT_NONE, .received = INSTANT_NONE};
	for (size_t i = 0; i < n; i++) {
		if (act[i].undone || (act[i].kind == ACT_NOT_HELD && i < overruled))
			continue;
		if (act_means(&act[i], &it))
			trace(&act[i], &it, ret);
	}
}

const struct act *submission_undoable(const struct act *act, size_t n, struct instant now)
{
	for (size_t i = n; i-- > 0;)
		if (!act[i].undone)
			return now.s - act[i].at.s <= UNDO_WINDOW_S ? &act[i] : NULL;
	return NULL;
}
