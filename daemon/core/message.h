/*
 * message - what a person reads: mail subject, text, HTML, SMS.  Pure.
 *
 * One person, one channel, one time: one message, of one or several reminders.  The words are in
 * templates/<language>/<name>.{subject,txt,html,sms} (Mustache: variables, sections, inverted
 * sections; no lambdas, no partials).  HTML escapes, plain text does not, SMS drops what gateways
 * refuse.
 *
 * Texts name only what is missing, with date and weekday, never 今天 or 明天: a retried message
 * would lie.  The SMS signature 【…】 is added by the caller's transport, not here.
 */
#ifndef CORE_MESSAGE_H
#define CORE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "config.h"
#include "diag.h"
#include "mem.h"
#include "obligation.h"
#include "plan.h"

enum { MESSAGE_BODY_MAX = 256 * 1024, MESSAGE_SUBJECT_MAX = 400, MESSAGE_SMS_MAX = 2000 };

/* All template texts, parsed and checked; part of what a reload swaps. */
struct templates;

/* read(ctx, "zh_CN/start.sms", ...) gives the file's text in the arena, RC_NOTFOUND if there is
 * none.  Faults name template file and line.  Memory: templates_new gives. */
typedef enum rc template_read_fn(void *ctx, const char *name, struct arena *a, const char **ret_text,
	struct diag *d);
enum rc templates_new(template_read_fn *read, void *ctx, struct templates **ret, struct diags *ds)
	NODISCARD;
void templates_free(struct templates *t);

/* One reminder as the text needs it. */
struct message_part {
	const struct reminder *reminder;
	bool late;             /* 补发 */
	const char *note;      /* reason of a return, old and new date of a move, ...; "" if none */
};

struct message_text {
	const char *subject; /* mail */
	const char *text;    /* mail, LF line ends */
	const char *html;    /* mail */
	const char *sms;     /* SMS without signature */
};

/* parts: n >= 1, all of one person and channel, in order of their deadlines.  Only the fields of
 * the channel are filled in.  now is for "截至" lines only. */
enum rc message_render(const struct config *c, const struct templates *t,
	const struct message_part *part, size_t n, struct instant now, struct arena *a,
	struct message_text *ret, struct diag *d) NODISCARD;

/* What gateways refuse or garble: emoji and other non-BMP become nothing, 【】 become [], ★ becomes *,
 * CR LF TAB become a space, controls vanish.  Returns text in the arena. */
const char *message_clean_sms(const char *s, struct arena *a);

#endif
