/* What is known of a person leaves the database; the history's chain still holds. */
#include <stdio.h>

#include "engine_state.h"

static enum rc erase(
	struct engine *e, const char *person, struct engine_erased *ret, struct diag *d)
{
	enum rc rc = history_erase(e->store, person, &ret->rows, d);
	if (rc == RC_OK)
		rc = outbox_erase(e->store, person, &ret->messages, d);
	return rc;
}

/* The row says that it was done, not to whom it had been sent. */
static enum rc record(struct engine *e, const char *person, const char *who,
	const struct engine_erased *r, struct instant now, struct diag *d)
{
	char detail[80];
	snprintf(detail, sizeof detail, "{\"rows\":%d,\"messages\":%d}", r->rows, r->messages);
	struct history_row row = {
		.at = now, .actor = who, .kind = "erased", .person = person, .detail = detail};
	return history_append(e->store, &row, NULL, d);
}

enum rc engine_erase(struct engine *e, const char *person, const char *who, struct instant now,
	struct engine_erased *ret, struct diag *d)
{
	struct engine_erased r = {0};
	if (config_person(e->config, person)) {
		diag_set(d, RC_STATE, N_("%s still stands in the configuration"), person);
		diag_hint(d, N_("take the person out of it and reload, or the next reminder writes "
				"it all again"));
		return RC_STATE;
	}
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return engine_fail(e, rc, d);
	rc = erase(e, person, &r, d);
	if (rc == RC_OK && r.rows + r.messages == 0)
		rc = diag_set(d, RC_NOTFOUND, N_("nothing that could be erased is known of \"%s\""),
			person);
	if (rc == RC_OK)
		rc = record(e, person, who, &r, now, d);
	if (rc == RC_OK)
		rc = store_commit(e->store, d);
	else
		store_rollback(e->store);
	if (rc)
		return engine_fail(e, rc, d);
	*ret = r;
	return RC_OK;
}
