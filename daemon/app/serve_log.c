#include "serve_log.h"

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

void serve_log_clock(const struct engine_event *ev)
{
	if (strcmp(ev->text, hold_text(HOLD_NONE)) == 0)
		log_notice(_("the clock is believed again"));
	else
		log_err(_("the clock is not believed (%s): SMS wait; when it is right: deadlinectl "
			  "clock-ok"),
			word_of(ev->text));
}

void serve_log_event(const struct engine_event *ev)
{
	char reason[SAY_REASON_SIZE];
	switch (ev->kind) {
	case EVENT_SENT:
		log_info(_("message %lld: sent to %s by %s"), (long long)ev->message_id, ev->person,
			channel_text(ev->channel));
		break;
	case EVENT_DELIVERED:
		log_info(_("message %lld: delivered to %s by %s"), (long long)ev->message_id,
			ev->person, channel_text(ev->channel));
		break;
	case EVENT_FAILED:
		log_warn(_("message %lld to %s by %s: %s"), (long long)ev->message_id, ev->person,
			channel_text(ev->channel), say_reason(ev->text, reason));
		break;
	case EVENT_REFUSED:
		log_warn(_("%s %s: %s (%s by %s)"), ev->obligation, ev->step,
			i18n_translate(ev->text), ev->person, channel_text(ev->channel));
		break;
	case EVENT_PLANNED:
		log_info(_("plan: %zu reminders planned or cancelled"), ev->n);
		break;
	case EVENT_ACT:
		log_notice(_("%s: %s by %s"), ev->obligation, word_of(ev->text), ev->person);
		break;
	case EVENT_NO_BACKUP:
		log_err(_("no copy of the database could be made: %s"), i18n_translate(ev->text));
		break;
	case EVENT_TROUBLE:
		log_err("%s", i18n_translate(ev->text));
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
