#include "serve_log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "say.h"
#include "word.h"

void serve_log_diag(enum log_level level, const struct diag *d)
{
	char line[DIAG_TEXT_MAX + 300];
	diag_line(d, i18n_translate, line, sizeof line);
	log_line(level, "%s", line);
}

void serve_log_diags(const struct diags *ds)
{
	for (size_t i = 0; i < ds->n; i++)
		serve_log_diag(
			ds->item[i].severity == SEV_WARNING ? LOG_LEVEL_WARNING : LOG_LEVEL_ERR,
			&ds->item[i]);
}

/* In systemd/deadlined.catalog, where each is explained. */
#define ID_SENT "4fb0d35957045283888f97a844f9bade"
#define ID_DELIVERED "3f15e5312a005334a573790c19ad5a94"
#define ID_FAILED "540d753cd23f5bd9b6a99472c4963cbb"
#define ID_REFUSED "ccc341e026725e43a8bbd460f3971966"
#define ID_ACT "8cdfccd07b1659ba9a5f92bab6fb4976"
#define ID_CLOCK "bb7ebe52ad635a02915adf286b585e00"
#define ID_NO_BACKUP "0ac87fe9bc7c59688e09040ba729fbb2"
#define ID_TROUBLE "074429f07548504787d126407747ddb3"

struct fields {
	struct log_field item[5 + SERVE_LOG_OBLIGATIONS_MAX];
	size_t n;
	char message[24];
};

static void add(struct fields *f, const char *name, const char *value)
{
	f->item[f->n++] = (struct log_field){name, value};
}

/* No names, numbers or addresses: ids. */
static struct fields fields_of(const char *id, const struct engine_event *ev)
{
	struct fields f = {0};
	/* A change of the clock stands there by its name. */
	bool is_id = ev->obligation && strchr(ev->obligation, '/');
	add(&f, "MESSAGE_ID", id);
	add(&f, "OBLIGATION", is_id ? ev->obligation : NULL);
	add(&f, "REMINDER_STEP", ev->step);
	add(&f, "PERSON", ev->person);
	return f;
}

static void name_message(struct fields *f, const struct engine_event *ev,
	const char *const *obligation, size_t n_obligations)
{
	for (size_t i = 0; i < n_obligations && i < SERVE_LOG_OBLIGATIONS_MAX; i++)
		add(f, "OBLIGATION", obligation[i]);
	snprintf(f->message, sizeof f->message, "%lld", (long long)ev->message_id);
	add(f, "DEADLINED_MESSAGE", f->message);
}

#define SAY(level, id, ...)                                                                        \
	do {                                                                                       \
		struct fields f = fields_of(id, ev);                                               \
		if (ev->message_id)                                                                \
			name_message(&f, ev, obligation, n_obligations);                           \
		log_event(level, f.item, f.n, __VA_ARGS__);                                        \
	} while (0)

void serve_log_clock(const struct engine_event *ev)
{
	const char *const *obligation = NULL;
	size_t n_obligations = 0;
	if (strcmp(ev->text, hold_text(HOLD_NONE)) == 0)
		SAY(LOG_LEVEL_NOTICE, ID_CLOCK, _("the clock is believed again"));
	else
		SAY(LOG_LEVEL_ERR, ID_CLOCK,
			_("the clock is not believed (%s): SMS wait; when it is right: deadlinectl "
			  "clock-ok"),
			word_of(ev->text));
}

void serve_log_event(
	const struct engine_event *ev, const char *const *obligation, size_t n_obligations)
{
	char reason[SAY_REASON_SIZE];
	switch (ev->kind) {
	case EVENT_SENT:
		SAY(LOG_LEVEL_INFO, ID_SENT, _("message %lld: sent to %s by %s"),
			(long long)ev->message_id, ev->person, word_of(channel_text(ev->channel)));
		break;
	case EVENT_DELIVERED:
		SAY(LOG_LEVEL_INFO, ID_DELIVERED, _("message %lld: delivered to %s by %s"),
			(long long)ev->message_id, ev->person, word_of(channel_text(ev->channel)));
		break;
	case EVENT_FAILED:
		SAY(LOG_LEVEL_WARNING, ID_FAILED, _("message %lld to %s by %s: %s"),
			(long long)ev->message_id, ev->person, word_of(channel_text(ev->channel)),
			say_reason(ev->text, reason));
		break;
	case EVENT_REFUSED:
		SAY(LOG_LEVEL_WARNING, ID_REFUSED, _("%s %s: %s (%s by %s)"), ev->obligation,
			ev->step, i18n_translate(ev->text), ev->person,
			word_of(channel_text(ev->channel)));
		break;
	case EVENT_PLANNED:
		log_info(_("plan: %zu reminders planned or cancelled"), ev->n);
		break;
	case EVENT_ACT:
		SAY(LOG_LEVEL_NOTICE, ID_ACT, _("%s: %s by %s"), ev->obligation, word_of(ev->text),
			ev->person);
		break;
	case EVENT_NO_BACKUP:
		SAY(LOG_LEVEL_ERR, ID_NO_BACKUP, _("no copy of the database could be made: %s"),
			i18n_translate(ev->text));
		break;
	case EVENT_TROUBLE:
		SAY(LOG_LEVEL_ERR, ID_TROUBLE, "%s", i18n_translate(ev->text));
		break;
	case EVENT_CLOCK:
		serve_log_clock(ev);
		break;
	case EVENT_CLAIMED:
	case EVENT_SUPERSEDED:
	case EVENT_MOVED:
		break;
	}
}
