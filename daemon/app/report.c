#include "report.h"

#include <stdio.h>
#include <string.h>

#include "ledger.h"
#include "zone.h"

bool report_parse_period(const char *s, int *ret_year, int *ret_month)
{
	struct date d;
	char day[DATE_TEXT_SIZE];
	size_t len = strlen(s);
	if (len != 4 && len != 7)
		return false;
	snprintf(day, sizeof day, "%s%s", s, len == 4 ? "-01-01" : "-01");
	if (!date_parse(day, strlen(day), &d))
		return false;
	*ret_year = date_year(d);
	*ret_month = len == 4 ? 0 : date_month(d);
	return true;
}

struct making {
	struct engine *e;
	struct arena *a;
	struct instant now;
	struct report r;
	VEC(struct report_row) row;
};

static bool is_in(const struct report *r, const struct obligation *o)
{
	return !date_is_none(o->due) && date_year(o->due) == r->year &&
	       (r->month == 0 || date_month(o->due) == r->month);
}

static void add_rows(struct making *m, const struct obligation *o, const struct act *act, size_t n)
{
	const struct config *c = engine_config(m->e);
	struct report_row row = {.o = o};
	if (m->r.month == 0) {
		handover_of_all(c, o, act, n, m->now, &row.in);
		VEC_PUSH(m->a, &m->row, row);
		return;
	}
	/* A deliverable's forms follow each other. */
	for (size_t k = 0; k < o->rule->n_deliverables; k++)
		for (size_t i = 0; i < o->n_items; i++) {
			row.item = &o->item[i];
			if (row.item->deliverable != &o->rule->deliverable[k])
				continue;
			handover_of_item(c, o, row.item, act, n, m->now, &row.in);
			VEC_PUSH(m->a, &m->row, row);
		}
}

enum rc report_make(struct engine *e, int year, int month, report_sees_fn *sees, const void *ctx,
	struct instant now, struct report *ret, struct diag *d)
{
	const struct obligations *os = engine_obligations(e);
	struct making m = {
		.e = e, .a = engine_arena(e), .now = now, .r = {.year = year, .month = month}};
	for (size_t i = 0; i < os->n; i++) {
		const struct obligation *o = &os->item[i];
		const struct act *act;
		size_t n;
		if (!is_in(&m.r, o) || (sees && !sees(ctx, o)))
			continue;
		if (m.row.n + o->n_items > REPORT_ROWS_MAX) {
			m.r.cut = true;
			break;
		}
		enum rc rc = ledger_acts_of(engine_store(e), o->id, m.a, &act, &n, d);
		if (rc)
			return rc;
		add_rows(&m, o, act, n);
	}
	*ret = m.r;
	ret->row = m.row.item;
	ret->n = m.row.n;
	return RC_OK;
}

int report_points_lost(const struct report_row *row)
{
	return row->in.days_late ? row->o->rule->points : 0;
}

static bool is_same_basis(const struct rule *a, const struct rule *b)
{
	return a == b || (a->basis && b->basis && a->basis[0] && strcmp(a->basis, b->basis) == 0);
}

int report_points_lost_by_all(const struct report *r)
{
	int sum = 0;
	for (size_t i = 0; i < r->n; i++) {
		int lost = report_points_lost(&r->row[i]);
		for (size_t k = 0; k < i && lost; k++)
			if (report_points_lost(&r->row[k]) &&
				is_same_basis(r->row[k].o->rule, r->row[i].o->rule))
				lost = 0;
		sum += lost;
	}
	return sum;
}
