/*
 * page_visitor - who asks through the web program, and what that link may do
 *
 * The web program says which link was shown to it ("as", "id"); everything about rights is decided
 * here, anew with every question.
 *
 *   page    a person: reports, answers and takes back for the obligations the person leads, prepares
 *           or is deputy for
 *   clerk   an office: receives, returns, answers and takes back what is owed to that office
 *   admin   the same for every office
 *   leader  one of the leaders: sees everything and does nothing
 */
#ifndef APP_PAGE_VISITOR_H
#define APP_PAGE_VISITOR_H

#include "obligation.h"
#include "verbs_call.h"

enum visitor_kind { VISITOR_PAGE, VISITOR_CLERK, VISITOR_ADMIN, VISITOR_LEADER };

struct visitor {
	enum visitor_kind kind;
	const struct person *person; /* PAGE, LEADER; CLERK: the office's contact, or NULL */
	const struct office *office; /* CLERK */
	const char *who;             /* as the history names it */
	struct date today;           /* what was passed on by then is no longer theirs */
};

/* Arguments "as" and "id".  RC_NOTFOUND: the configuration no longer has it. */
enum rc visitor_read(const struct call *c, struct visitor *ret) NODISCARD;

/* Whether the obligation concerns the visitor at all: others it does not even name. */
bool visitor_sees(const struct visitor *v, const struct obligation *o);

/* Whether a link of that kind can do this at all. */
bool visitor_may(const struct visitor *v, enum act_kind kind);

/* last: submission_undoable; NULL is fine. */
bool visitor_may_undo(const struct visitor *v, const struct act *last);

#endif
