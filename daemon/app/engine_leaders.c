/* What the regular mails say: the leaders' month, and the table of a year. */
#include <stdio.h>
#include <string.h>

#include "engine_digest.h"
#include "leave.h"
#include "links.h"
#include "message_titles.h"
#include "regular.h"
#include "report.h"

enum { LINES_MAX = 200, DUTIES_MAX = 16, TEXT_MAX = 128 * 1024, CSV_BYTES = 256 * 1024 };

/* One mail in the making. */
struct mailing {
	struct engine *e;
	struct viewing x;
	bool zh;
	int year, month; /* month 0: the table of a year */
	const struct person *person;
	enum role role;
	struct instant now;
	struct buf text;
	struct diag *d;
};

/* ---- pieces ---------------------------------------------------------------------------------------- */

static const char *day(const struct mailing *m, struct date d)
{
	struct buf b;
	buf_init(&b, 100);
	m->x.w->put_date(&b, d, STYLE_DATE);
	const char *s = arena_strdup(m->x.a, b.data);
	buf_done(&b);
	return s;
}

static const char *points(const struct mailing *m, int n)
{
	return n ? arena_printf(m->x.a, m->zh ? "｜涉及测评分值%d分" : " | %d points", n) : "";
}

static void put_line(struct mailing *m, const struct report_row *row, bool late)
{
	const struct obligation *o = row->o;
	buf_printf(&m->text,
		m->zh ? late ? "· %s到期｜%s｜%s｜%s%s\n" : "· %s前｜%s｜%s｜%s%s\n"
		      : "- %s | %s | %s | %s%s\n",
		day(m, o->due), title_unit(&m->x, o), title_full(&m->x, o),
		report_status(&m->x, row), points(m, o->rule->points));
}

/* Where it can be read on; NULL without an address to put it behind. */
static const char *page_of(struct engine *e, const struct person *p)
{
	const char *base = e->config->base_url;
	char path[LINK_URL_SIZE];
	struct engine_link l;
	struct diag ignored;
	size_t len = base ? strlen(base) : 0;
	if (!len || engine_link(e, LINK_LEADER, p->id, &l, &ignored) ||
		!instant_is_none(l.revoked_at))
		return NULL;
	link_path(LINK_LEADER, l.token, path);
	while (len && base[len - 1] == '/')
		len--;
	return arena_printf(&e->tick, "%.*s%s", (int)len, base, path);
}

/* ---- the leaders' month ---------------------------------------------------------------------------- */

static void put_duties(struct mailing *m)
{
	const struct duty *duty[DUTIES_MAX];
	const struct roster *roster;
	bool provisional;
	size_t n = roster_duties(
		m->e->config, m->year, m->month, duty, DUTIES_MAX, &roster, &provisional);
	if (n > DUTIES_MAX)
		n = DUTIES_MAX;
	buf_puts(&m->text, m->zh ? n ? "本月责任单位：" : "本月没有责任单位"
			   : n   ? "Responsible this month: "
				 : "Nobody is responsible this month");
	struct date today = zone_to_civil(m->e->config->zone, m->now).date;
	for (size_t i = 0; i < n; i++) {
		const struct unit *unit;
		const struct person *lead;
		leave_duty_in(duty[i], m->year, today, &unit, &lead);
		buf_printf(&m->text, m->zh ? "%s%s（%s）" : "%s%s (%s)", i ? m->x.w->sep : "",
			unit->name, lead ? lead->name : "-");
	}
	buf_puts(&m->text, n && provisional ? m->zh ? "，暂定\n" : ", provisional\n" : "\n");
}

/* A contact reads of what is owed to the own office. */
static bool is_owed_to(const void *clerk, const struct obligation *o)
{
	return o->rule->office->clerk == clerk;
}

static bool is_shown(const struct report_row *row)
{
	return !row->o->backfill && row->o->state != STATE_CANCELLED;
}

static void put_month(struct mailing *m, const struct report *r)
{
	buf_printf(&m->text, m->zh ? "本月到期%zu项" : "Due this month: %zu", r->n);
	buf_puts(&m->text, r->n ? m->zh ? "：\n" : ":\n" : "\n");
	for (size_t i = 0; i < r->n && i < LINES_MAX; i++)
		put_line(m, &r->row[i], false);
}

static void put_late(struct mailing *m, const struct report *r)
{
	int lost = report_points_lost_by_all(r);
	if (!r->n) {
		buf_puts(&m->text, m->zh ? "没有逾期未报的材料\n" : "Nothing is overdue\n");
		return;
	}
	buf_printf(&m->text, m->zh ? "逾期未报%zu项" : "Overdue: %zu", r->n);
	if (lost)
		buf_printf(&m->text, m->zh ? "，涉及测评分值共%d分" : ", %d points at risk", lost);
	buf_puts(&m->text, m->zh ? "：\n" : ":\n");
	for (size_t i = 0; i < r->n && i < LINES_MAX; i++)
		put_line(m, &r->row[i], true);
}

static bool is_late(const struct report_row *row)
{
	return row->in.days_late && instant_is_none(row->in.at) && !row->o->backfill;
}

static enum rc report_of(struct mailing *m, int year, struct report *ret)
{
	const struct person *clerk = m->role == ROLE_CLERK ? m->person : NULL;
	return report_make(m->e, year, 0, clerk ? is_owed_to : NULL, clerk, m->now, ret, m->d);
}

/* What is late was due last year, perhaps. */
static enum rc fill_month(struct mailing *m)
{
	struct report both[2], month = {0}, late = {0};
	enum rc rc = report_of(m, m->year - 1, &both[0]);
	if (rc == RC_OK)
		rc = report_of(m, m->year, &both[1]);
	if (rc)
		return rc;
	month.row = ARENA_ARRAY(m->x.a, both[1].n, struct report_row);
	late.row = ARENA_ARRAY(m->x.a, both[0].n + both[1].n, struct report_row);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < both[k].n; i++) {
			const struct report_row *row = &both[k].row[i];
			if (k == 1 && date_month(row->o->due) == m->month && is_shown(row))
				month.row[month.n++] = *row;
			if (is_late(row))
				late.row[late.n++] = *row;
		}
	put_duties(m);
	put_month(m, &month);
	put_late(m, &late);
	return RC_OK;
}

/* ---- the year -------------------------------------------------------------------------------------- */

struct sums {
	size_t owed, in_time, late, missing, returned;
	int lost;
};

static bool is_counted(const struct report_row *row)
{
	const struct obligation *o = row->o;
	return !o->backfill && !o->conditional && o->state != STATE_CANCELLED &&
	       o->state != STATE_WAIVED;
}

static struct sums sum_up(const struct report *r)
{
	struct sums s = {0};
	for (size_t i = 0; i < r->n; i++) {
		const struct report_row *row = &r->row[i];
		if (!is_counted(row))
			continue;
		bool missing = instant_is_none(row->in.at);
		s.owed++;
		s.missing += missing;
		s.in_time += !missing && !row->in.days_late;
		s.late += !missing && row->in.days_late;
		s.returned += row->in.returned;
	}
	s.lost = report_points_lost_by_all(r);
	return s;
}

static void put_row(struct mailing *m, const struct report_row *row)
{
	const struct obligation *o = row->o;
	buf_printf(&m->text, m->zh ? "· %s到期｜%s｜%s｜%s" : "- %s | %s | %s | %s", day(m, o->due),
		title_unit(&m->x, o), title_full(&m->x, o), report_status(&m->x, row));
	if (row->in.returned)
		buf_printf(&m->text, m->zh ? "｜退回%zu次" : " | returned %zu times",
			row->in.returned);
	buf_printf(&m->text, "%s\n", points(m, report_points_lost(row)));
}

static void put_sums(struct mailing *m, const struct sums *s)
{
	buf_printf(&m->text,
		m->zh ? "全年应报%zu项：按时报送%zu项，逾期报送%zu项，未报%zu项；退回补正%zu次"
		      : "%zu owed: %zu in time, %zu late, %zu missing; returned %zu times",
		s->owed, s->in_time, s->late, s->missing, s->returned);
	if (s->lost)
		buf_printf(&m->text, m->zh ? "；逾期涉及测评分值共%d分" : "; %d points at risk",
			s->lost);
	buf_putc(&m->text, '\n');
}

/* A year in which nothing was owed makes no mail. */
static enum rc fill_year(struct mailing *m, const char **ret_csv, bool *ret_empty)
{
	struct report r;
	struct buf csv;
	enum rc rc = report_of(m, m->year, &r);
	if (rc)
		return rc;
	struct sums s = sum_up(&r);
	put_sums(m, &s);
	for (size_t i = 0; i < r.n && i < LINES_MAX; i++)
		put_row(m, &r.row[i]);
	if (r.n > LINES_MAX)
		buf_puts(&m->text, m->zh ? "其余见附表\n" : "The rest is in the attached table\n");
	buf_init(&csv, CSV_BYTES);
	report_csv(&m->x, &r, &csv);
	*ret_csv = csv.overflow ? NULL : arena_strndup(m->x.a, csv.data, csv.len);
	*ret_empty = s.owed == 0;
	buf_done(&csv);
	return RC_OK;
}

/* ---- all ------------------------------------------------------------------------------------------- */

static const char *period_of(const struct mailing *m)
{
	if (!m->month)
		return arena_printf(m->x.a, m->zh ? "%d年" : "%d", m->year);
	struct buf b;
	buf_init(&b, 100);
	m->x.w->put_month(&b, m->month);
	const char *s = arena_strdup(m->x.a, b.data);
	buf_done(&b);
	return s;
}

static struct mailing begin(struct engine *e, struct instant now, struct diag *d)
{
	int language = words_language(e->config->language);
	struct mailing m = {.e = e, .now = now, .zh = language == 0, .d = d};
	m.x = (struct viewing){e->config, words_of(language), now, &e->tick};
	buf_init(&m.text, TEXT_MAX);
	return m;
}

enum rc engine_leaders_part(struct engine *e, const struct outbox_reminder *row,
	const struct person *person, struct instant now, struct message_part *ret, size_t *ret_n,
	struct diag *d)
{
	struct mailing m = begin(e, now, d);
	m.person = person;
	m.role = row->role;
	const char *csv = NULL;
	bool empty = false;
	enum rc rc = RC_OK;
	if (!regular_parse(row->obligation_id, &m.year, &m.month))
		empty = true;
	else
		rc = m.month ? fill_month(&m) : fill_year(&m, &csv, &empty);
	if (m.text.len)
		buf_truncate(&m.text, m.text.len - 1);
	if (rc == RC_OK) {
		*ret = (struct message_part){.reminder = engine_digest_reminder(e, row, person),
			.note = arena_strndup(&e->tick, m.text.data ? m.text.data : "", m.text.len),
			.period = period_of(&m),
			.page = page_of(e, person),
			.csv = csv};
		*ret_n = empty ? 0 : 1;
	}
	buf_done(&m.text);
	return rc;
}
