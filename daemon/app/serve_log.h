/*
 * serve_log - what the daemon says in the journal
 *
 * One line per outcome, without telephone numbers, addresses or texts: whoever reads the journal need
 * not be whoever may read the messages.
 */
#ifndef APP_SERVE_LOG_H
#define APP_SERVE_LOG_H

#include "engine.h"
#include "log.h"

void serve_log_diag(enum log_level level, const struct diag *d);
void serve_log_diags(const struct diags *ds);
/* obligation: those that the event's message speaks of; each is a field of the line. */
enum { SERVE_LOG_OBLIGATIONS_MAX = 8 };
void serve_log_event(
	const struct engine_event *ev, const char *const *obligation, size_t n_obligations);
/* ev->text names the hold of the clock, or that there is none. */
void serve_log_clock(const struct engine_event *ev);

#endif
