/* What is read and printed: verbs "leaders-page", "slip" and "table". */
#include <string.h>

#include "leave.h"
#include "page_json.h"
#include "report.h"
#include "verbs_page.h"
#include "zone.h"

enum { DUTIES_MAX = 16, LATE_MAX = 100, CSV_MAX = 4 << 20 };

static bool sees(const void *visitor, const struct obligation *o)
{
	return visitor_sees(visitor, o);
}

/* ---- the leaders' page ------------------------------------------------------------------------------ */

static json_t *duties_json(const struct call *c, int year, int month, bool *ret_provisional)
{
	const struct duty *duty[DUTIES_MAX];
	const struct roster *roster;
	size_t n = roster_duties(
		call_config(c), year, month, duty, DUTIES_MAX, &roster, ret_provisional);
	struct date today = zone_to_civil(call_config(c)->zone, c->now).date;
	json_t *list = json_array();
	for (size_t i = 0; i < n && i < DUTIES_MAX; i++) {
		const struct unit *unit;
		const struct person *lead;
		leave_duty_in(duty[i], year, today, &unit, &lead);
		json_array_append_new(list, json_pack("{s:s,s:s}", "unit", unit->name, "lead",
						    lead ? lead->name : ""));
	}
	return list;
}

static json_t *line_json(const struct viewing *x, const struct report_row *row)
{
	json_t *line = page_line(x, row->o);
	json_object_set_new(line, "status", json_string(report_status(x, row)));
	json_object_set_new(line, "kind", json_string(report_kind(x, row)));
	json_object_set_new(line, "points", json_integer(row->o->rule->points));
	json_object_set_new(line, "lost", json_integer(report_points_lost(row)));
	json_object_set_new(line, "days_late", json_integer(row->in.days_late));
	json_object_set_new(line, "conditional", json_boolean(row->o->conditional));
	json_object_set_new(line, "backfill", json_boolean(row->o->backfill));
	return line;
}

static json_t *month_json(const struct call *c, const struct report *r, int month)
{
	struct viewing x = page_viewing(c);
	bool provisional = false;
	json_t *duties = duties_json(c, r->year, month, &provisional), *lines = json_array();
	for (size_t i = 0; i < r->n; i++)
		if (date_month(r->row[i].o->due) == month)
			json_array_append_new(lines, line_json(&x, &r->row[i]));
	return json_pack("{s:i,s:o,s:b,s:o}", "month", month, "duties", duties, "provisional",
		provisional, "lines", lines);
}

/* What is missing though it was due, of last year, too. */
static enum rc late_json(struct call *c, const struct visitor *v, int year, json_t *list)
{
	struct viewing x = page_viewing(c);
	for (int y = year - 1; y <= year; y++) {
		struct report r;
		enum rc rc = report_make(c->v->engine, y, 0, sees, v, c->now, &r, c->d);
		if (rc)
			return rc;
		for (size_t i = 0; i < r.n && json_array_size(list) < LATE_MAX; i++) {
			const struct report_row *row = &r.row[i];
			if (!row->in.days_late || !instant_is_none(row->in.at) || row->o->backfill)
				continue;
			json_t *line = line_json(&x, row);
			json_object_set_new(line, "lead", json_string(report_lead(&x, row->o)));
			json_array_append_new(list, line);
		}
	}
	return RC_OK;
}

static enum rc fill_leaders_page(struct call *c, const struct visitor *v, json_t *root)
{
	int year = date_year(zone_to_civil(call_config(c)->zone, c->now).date);
	json_t *late = json_array(), *months = json_array();
	struct report r;
	json_object_set_new(root, "late", late);
	json_object_set_new(root, "year", json_integer(year));
	json_object_set_new(root, "months", months);
	enum rc rc = late_json(c, v, year, late);
	if (rc == RC_OK)
		rc = report_make(c->v->engine, year, 0, sees, v, c->now, &r, c->d);
	if (rc)
		return rc;
	for (int m = 1; m <= 12; m++)
		json_array_append_new(months, month_json(c, &r, m));
	json_object_set_new(root, "lost", json_integer(report_points_lost_by_all(&r)));
	return RC_OK;
}

enum rc verb_leaders_page(struct call *c, json_t **ret)
{
	struct visitor v;
	enum rc rc = visitor_read(c, &v);
	if (rc)
		return rc;
	if (v.kind != VISITOR_LEADER)
		return diag_set(c->d, RC_INVALID, N_("this page is for the leaders"));
	json_t *root = page_root(c, &v);
	rc = fill_leaders_page(c, &v, root);
	if (rc)
		json_decref(root);
	else
		*ret = root;
	return rc;
}

/* ---- print -------------------------------------------------------------------------------------------- */

enum rc verb_slip(struct call *c, json_t **ret)
{
	struct visitor v;
	const char *id;
	enum rc rc = visitor_read(c, &v);
	if (rc == RC_OK)
		rc = call_text(c, "obligation", &id);
	if (rc)
		return rc;
	const struct obligation *o = obligation_find(engine_obligations(c->v->engine), id);
	if (!o || !visitor_sees(&v, o))
		return diag_set(c->d, RC_NOTFOUND, N_("this link does not open that"));
	json_t *list = json_array();
	rc = page_put(c, &v, o, list);
	if (rc == RC_OK) {
		*ret = page_root(c, &v);
		json_object_set(*ret, "obligation", json_array_get(list, 0));
	}
	json_decref(list);
	return rc;
}

static json_t *csv_json(const struct viewing *x, const struct report *r)
{
	struct buf b;
	buf_init(&b, CSV_MAX);
	report_csv(x, r, &b);
	json_t *s = b.overflow ? NULL : json_stringn(b.data, b.len);
	buf_done(&b);
	return s ? s : json_null();
}

/* {"period":"2024-05" or "2024"} */
enum rc verb_table(struct call *c, json_t **ret)
{
	struct visitor v;
	struct report r;
	const char *period;
	int year, month;
	enum rc rc = visitor_read(c, &v);
	if (rc == RC_OK)
		rc = call_text(c, "period", &period);
	if (rc)
		return rc;
	if (!report_parse_period(period, &year, &month))
		return diag_set(
			c->d, RC_NOTFOUND, N_("\"%s\" is neither a month nor a year"), period);
	rc = report_make(c->v->engine, year, month, sees, &v, c->now, &r, c->d);
	if (rc)
		return rc;
	struct viewing x = page_viewing(c);
	*ret = page_root(c, &v);
	json_object_set_new(*ret, "table", report_json(&x, &r));
	if (json_is_true(json_object_get(c->args, "csv")))
		json_object_set_new(*ret, "csv", csv_json(&x, &r));
	return RC_OK;
}
