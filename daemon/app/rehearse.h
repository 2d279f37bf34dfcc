/*
 * rehearse - what somebody sees who watches a rehearsal
 *
 * One line per message as it goes out, another for each act; where the files are; the line to type
 * in a second terminal.
 */
#ifndef APP_REHEARSE_H
#define APP_REHEARSE_H

#include "diag.h"
#include "engine.h"

/* Make dir ready: created, or emptied if it is a rehearsal's (it holds our marker); anything else in
 * it is an error, so that no --state can delete somebody's files. */
enum rc rehearse_prepare(const char *dir, struct diag *d) NODISCARD;

void rehearse_greet(const struct config *c, const char *dir, const char *control_program,
	struct instant from, long speed);
/* First obligation a visitor can try `receive` on: the next one due that is open. */
void rehearse_hint(const struct engine *e, const char *dir, const char *control_program,
	struct instant now);
/* Who leads that obligation; NULL if there is none. */
const struct person *rehearse_lead(const struct engine *e, struct instant now);
void rehearse_show(const struct config *c, const struct engine_event *ev);

#endif
