/*
 * message - what a person or a group reads: mail subject, text, HTML, SMS, chat.  Pure.
 *
 * One person, one channel, one time: one message, of one or several reminders.  The words are in
 * templates/<language>/<name>.{subject,txt,html,sms,chat} (Mustache: variables, sections, inverted
 * sections; no lambdas, no partials).  mail.txt and mail.html are the frame around every mail
 * ({{{body}}}), <name>.line is how a digest says it, deadline.line how a sentence says until when.
 * HTML escapes, plain text does not, SMS drops what gateways refuse.
 *
 * Several parts of one obligation make one text; parts of several obligations make a digest, but
 * for the templates that are lists themselves (leaders, weekly, admin, ...).  A group reads all of them one
 * after the other, each with its unit; what does not fit is counted.  No text for a group has a name
 * of a person: nothing of the configuration's people is put into it.
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

enum { MESSAGE_BODY_MAX = 256 * 1024, MESSAGE_SUBJECT_MAX = 400, MESSAGE_SMS_MAX = 2000,
	/* bytes of a text for a group; a robot of WeCom takes no more than MESSAGE_WECOM_MAX */
	MESSAGE_CHAT_MAX = 6000, MESSAGE_WECOM_MAX = 2000 };

/* All template texts, parsed and checked; part of what a reload swaps. */
struct templates;

/* read(ctx, "zh_CN/start.sms", ...) gives the file's text in the arena, RC_NOTFOUND if there is
 * none.  Faults name template file and line.  Memory: templates_new gives. */
typedef enum rc template_read_fn(void *ctx, const char *name, struct arena *a, const char **ret_text,
	struct diag *d);
enum rc templates_new(template_read_fn *read, void *ctx, struct templates **ret, struct diags *ds)
	NODISCARD;
void templates_free(struct templates *t);

/* Can a step name this template?  For `check`: a step that names another one cannot be rendered. */
bool templates_has(const struct templates *t, const char *language, const char *name,
	enum channel ch);

/* One reminder as the text needs it. */
struct message_part {
	const struct reminder *reminder;
	bool late;             /* 补发 */
	const char *note;      /* reason of a return; "2024-07-19 → 2024-07-18" of a move; "" if none */
	const char *link;      /* the person's page, where it is reported; NULL or "" if none */
	/* Regular mails: what they are about (5月, 2024年), a page to read on, a table as CSV that goes
	 * with them; NULL: none. */
	const char *period, *page, *csv;
	int told_sms, told_mail; /* leaders: reminders sent so far; 0 is not mentioned */
	/* nil: the month's obligation that stays owed beside it; NULL: nothing is said about one. */
	const struct obligation *also;
};

struct message_text {
	const char *subject; /* mail */
	const char *text;    /* mail, LF line ends */
	const char *html;    /* mail */
	const char *sms;     /* SMS without signature; what a group reads, without the keyword */
	size_t sms_units;    /* its UTF-16 units with the signature, before it was cut */
	/* SMS of a gateway with templates: a text for each of c->sms.variable, else NULL.  Never empty,
	 * for gateways refuse that: a value that says nothing is 无. */
	const char *const *variable;
	const size_t *variable_points; /* their characters before they were cut; 0: says nothing */
};

/* parts: n >= 1, all of one person and channel, in order of their deadlines.  Only the fields of
 * the channel are filled in; texts are in the arena.  now is for "截至" lines, and so that nobody is
 * asked for something by a date that has passed.  A part without an obligation (the admin's digest)
 * says its note, line by line.
 * A subject or SMS beyond its ceiling (config's max_units, signature counted) is cut, and ends so; a
 * gateway's variable at its max, and ends in "..".
 * RC_NOTFOUND: there is no such text for this channel or language.  RC_LIMIT: a body too long. */
enum rc message_render(const struct config *c, const struct templates *t,
	const struct message_part *part, size_t n, struct instant now, struct arena *a,
	struct message_text *ret, struct diag *d) NODISCARD;

/* What gateways refuse or phones garble is said otherwise where it says something: 【】 become [],
 * √ ✓ OK, ✗ X, ① (1), → ->, ★ and other shapes *, ¥ RMB, ○ 〇, 『』 “”, an ideograph beyond the BMP ?.
 * Emoji and other symbols, controls, invisible and invalid characters vanish.  Blanks and line ends
 * become one space, none at the ends; [] that would stand at an end become ().
 * The result has only characters of the BMP; cleaned again it is the same.  In the arena. */
const char *message_clean_sms(const char *s, struct arena *a);

/* Can a configured variable be rendered?  RC_INVALID: not Mustache, an unknown name, or a web address,
 * which gateways refuse.  Memory: what is parsed stays in the arena. */
enum rc message_variable_check(const struct sms_variable *variable, struct arena *a, struct diag *d)
	NODISCARD;
bool message_variable_has_link(const char *s);

#endif
