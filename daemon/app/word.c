#include "word.h"

#include <stddef.h>
#include <string.h>

#include "i18n.h"

static const struct {
	const char *word, *msgid;
} WORDS[] = {
	/* forms, channels, roles */
	{"paper", N_("paper")},
	{"electronic", N_("electronic")},
	{"email", N_("mail")},
	{"sms", N_("SMS")},
	{"chat", N_("chat")},
	{"lead", N_("lead")},
	{"preparer", N_("preparer")},
	{"deputy", N_("deputy")},
	{"clerk", N_("clerk")},
	{"leader", N_("leader")},
	{"admin", N_("admin")},
	{"group", N_("group")},
	/* items and obligations */
	{"missing", N_("missing")},
	{"reported", N_("reported")},
	{"received", N_("received")},
	{"waiting", N_("waiting for its date")},
	{"open", N_("open")},
	{"done", N_("done")},
	{"waived", N_("waived")},
	{"cancelled", N_("cancelled")},
	/* reminders and messages */
	{"planned", N_("planned")},
	{"claimed", N_("claimed")},
	{"sent", N_("sent")},
	{"failed", N_("failed")},
	{"superseded", N_("superseded")},
	{"moved", N_("moved")},
	{"retry", N_("to be retried")},
	{"behind", N_("it went back")},
	{"jumped", N_("it jumped ahead")},
	{"unsynchronised", N_("not synchronised since the machine came up")},
	{"unknown", N_("outcome unknown")},
	{"delivered", N_("delivered")},
	{"undelivered", N_("not delivered")},
	{"dead", N_("not sent")},
	{"replaced", N_("replaced")},
	/* acts */
	{"report", N_("reported")},
	{"entry", N_("counted")},
	{"receive", N_("received")},
	{"return", N_("sent back")},
	{"nil", N_("nil report")},
	{"waive", N_("waived")},
	{"held", N_("activity held")},
	{"not-held", N_("activity not held")},
	{"ended", N_("activity ended")},
	{"extended", N_("activity extended")},
	{"date", N_("date announced")},
	{"undo", N_("taken back")},
	{"notice", N_("notice")},
	{"hurried", N_("to go at once")},
	{"planned-again", N_("planned again")},
	{"restored", N_("restored from a copy")},
	{"after-restore", N_("counts as sent")},
	{"erased", N_("erased")},
	{"clock-ok", N_("the clock is right")},
	{"moved-acts", N_("moved to a successor")},
};

static const char *find_msgid(const char *word)
{
	for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
		if (strcmp(WORDS[i].word, word) == 0)
			return WORDS[i].msgid;
	return NULL;
}

const char *word_of(const char *word)
{
	const char *msgid = find_msgid(word);
	return msgid ? _(msgid) : word;
}

const char *word_in(const char *language, const char *word)
{
	const char *msgid = find_msgid(word);
	return msgid ? i18n_translate_to(language, msgid) : word;
}
