/* preflight: is everything ready for a month? */
#include <stdio.h>
#include <string.h>

#include "engine_preflight.h"
#include "verbs_call.h"

/* "2027-01"; absent: the month after this one. */
static enum rc month_arg(const struct call *c, int *ret_year, int *ret_month)
{
	const char *text;
	struct date first, today = zone_to_civil(call_config(c)->zone, c->now).date;
	char day[DATE_TEXT_SIZE];
	enum rc rc = call_text(c, "month", &text);
	if (rc)
		return rc;
	if (!text[0]) {
		first = date_add(date_clamped(date_year(today), date_month(today), 1), 31);
	} else if (strlen(text) != 7 || snprintf(day, sizeof day, "%s-01", text) != 10 ||
		   !date_parse(day, 10, &first)) {
		return diag_set(c->d, RC_INVALID, N_("\"%s\" is no month such as 2027-01"), text);
	}
	*ret_year = date_year(first);
	*ret_month = date_month(first);
	return RC_OK;
}

static json_t *finding_json(const struct diag *d)
{
	json_t *f = control_fault_to_json(d);
	json_object_set_new(
		f, "severity", json_string(d->severity == SEV_ERROR ? "error" : "warning"));
	return f;
}

enum rc verb_preflight(struct call *c, json_t **ret)
{
	struct engine *e = c->v->engine;
	struct diags ds = {0};
	int year, month;
	char text[16];
	enum rc rc = month_arg(c, &year, &month);
	if (rc)
		return rc;
	if (json_is_true(json_object_get(c->args, "ask")))
		engine_preflight_ask(e, c->now);
	rc = engine_preflight(e, year, month, c->now, &ds, c->d);
	if (rc == RC_OK) {
		json_t *list = json_array();
		diags_sort(&ds);
		for (size_t i = 0; i < ds.n; i++)
			json_array_append_new(list, finding_json(&ds.item[i]));
		snprintf(text, sizeof text, "%04d-%02d", year, month);
		*ret = json_pack("{s:s,s:b,s:o}", "month", text, "waits", engine_preflight_waits(e),
			"findings", list);
	}
	diags_done(&ds);
	return rc;
}
