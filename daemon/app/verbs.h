/*
 * verbs - what the control socket can ask of a running engine
 *
 *   status next obligations history report receive return nil waive undo occasion reload
 *
 * Shapes of arguments and answers stand in deadlinectl(1).  Answers are data, never sentences: the
 * client speaks the admin's language.
 */
#ifndef APP_VERBS_H
#define APP_VERBS_H

#include <jansson.h>

#include "clock.h"
#include "control.h"
#include "engine.h"

/* What the verbs need besides the engine. */
struct verbs {
	struct engine *engine;
	const struct clock *clock;
	const char *config_path;
	struct instant started, loaded_at;
	struct diags *faults; /* of the last failed reload; empty = the configuration is current */
	/* Read the configuration anew and hand it to the engine: the daemon's own SIGHUP path. */
	enum rc (*reload)(void *ctx, bool confirm, struct engine_reload *ret, struct diag *d);
	void (*acted)(void *ctx); /* something changed: tick soon */
	void *ctx;
};

/* The same for web.sock: only what strangers may cause. */
enum rc verbs_handle_web(void *verbs, const char *verb, json_t *args,
	const struct control_peer *peer, json_t **ret_data, struct diag *d);

enum rc verbs_handle(void *verbs, const char *verb, json_t *args, const struct control_peer *peer,
	json_t **ret_data, struct diag *d);

#endif
