#include "engine_digest.h"

#include "engine_render.h"
#include "next_year.h"
#include "regular.h"

#include <stdio.h>
#include <string.h>

enum {
	HORIZON_DAYS = 14,   /* planned that far ahead; every midnight adds a day */
	LIST_DAYS = 31,      /* the clerk's list looks that far */
	PARTS_MAX = 200,
	ADMIN_MINUTE = 8 * 60 + 30,
	CLERK_MINUTE = 8 * 60 + 40, /* the ladders speak on the hour: two messages, two times */
	GRACE_S = 15 * 60,
	REGULAR_GRACE_DAYS = 5, /* what comes once a month is of use a little longer */
	KNOWN_MARGIN_DAYS = 45,
};

static bool is_first_workday_of_week(const struct workdays *w, struct date d)
{
	int since_monday = ((int)date_weekday(d) + 6) % 7;
	return date_compare(workday_on_or_after(w, date_add(d, -since_monday)), d) == 0;
}

/* ---- planning ------------------------------------------------------------------------------------- */

struct digest_plan {
	struct engine *e;
	struct instant now;
	VEC(struct reminder) found;
};

static void want(struct digest_plan *p, const char *kind, const char *template, struct date day,
	int minute, enum role role, const struct person *person)
{
	char text[DATE_TEXT_SIZE];
	if (!person || !person->email[0])
		return;
	struct reminder r = {.step_id = kind, .template = template, .form = FORM_NONE,
		.channel = CHANNEL_EMAIL, .role = role, .person = person, .deadline = INSTANT_NONE};
	r.at = r.asked = zone_to_instant(p->e->config->zone, day, minute * 60);
	if (r.at.s <= p->now.s - GRACE_S)
		return;
	r.obligation_id = arena_printf(&p->e->tick, "%s/%s", kind, date_format(day, text));
	plan_key(r.obligation_id, DATE_NONE, FORM_NONE, kind, CHANNEL_EMAIL, person->id, 0, r.key);
	for (size_t i = 0; i < p->found.n; i++)
		if (memcmp(p->found.item[i].key, r.key, sizeof r.key) == 0)
			return; /* one clerk for two offices */
	VEC_PUSH(&p->e->tick, &p->found, r);
}

static void want_day(struct digest_plan *p, struct date day)
{
	const struct config *c = p->e->config;
	if (!workday_is(&c->workdays, day))
		return;
	for (size_t i = 0; i < c->n_admins; i++)
		want(p, "digest", "admin", day, ADMIN_MINUTE, ROLE_ADMIN, c->admin[i]);
	for (size_t i = 0; i < c->n_offices && is_first_workday_of_week(&c->workdays, day); i++)
		want(p, "weekly", "weekly", day, CLERK_MINUTE, ROLE_CLERK, c->office[i]->clerk);
}

/* Once a month or a year: late is better than never, but not from before the first start. */
static void want_regular(struct digest_plan *p, struct date today)
{
	const struct config *c = p->e->config;
	struct date from = date_max(p->e->start, date_add(today, -REGULAR_GRACE_DAYS));
	struct reminders rs;
	regular_plan(c, from, date_add(today, HORIZON_DAYS), &p->e->tick, &rs);
	for (size_t i = 0; i < rs.n; i++)
		VEC_PUSH(&p->e->tick, &p->found, rs.item[i]);
}

void engine_digest_plan(struct engine *e, struct instant now, struct reminders *ladders)
{
	struct digest_plan p = {.e = e, .now = now};
	struct date today = zone_to_civil(e->config->zone, now).date;
	for (int i = 0; i < HORIZON_DAYS; i++)
		want_day(&p, date_add(today, i));
	want_regular(&p, today);
	struct reminder *all = ARENA_ARRAY(&e->tick, ladders->n + p.found.n, struct reminder);
	if (ladders->n)
		memcpy(all, ladders->item, ladders->n * sizeof *all);
	if (p.found.n)
		memcpy(all + ladders->n, p.found.item, p.found.n * sizeof *all);
	*ladders = (struct reminders){all, ladders->n + p.found.n};
}

bool engine_digest_is(const struct outbox_reminder *row)
{
	static const char *const STEP[] = {"digest", "weekly", "alarm"};
	for (size_t i = 0; i < sizeof STEP / sizeof *STEP; i++)
		if (strcmp(row->step_id, STEP[i]) == 0)
			return true;
	return regular_is(row->step_id);
}

/* ---- content -------------------------------------------------------------------------------------- */

struct reminder *engine_digest_reminder(
	struct engine *e, const struct outbox_reminder *row, const struct person *person)
{
	struct reminder *r = ARENA_NEW(&e->tick, struct reminder);
	*r = (struct reminder){.obligation_id = row->obligation_id, .step_id = row->step_id,
		.template = row->template, .channel = row->channel, .role = row->role,
		.person = person, .at = row->at, .asked = row->asked, .deadline = INSTANT_NONE};
	memcpy(r->key, row->key, sizeof r->key);
	return r;
}

static bool belongs_on_list(const struct obligation *o, const struct person *clerk,
	struct date until)
{
	bool open = o->state == STATE_OPEN || o->state == STATE_REPORTED;
	return open && !o->backfill && o->rule->office->clerk == clerk &&
		date_compare(o->due, until) <= 0;
}

static size_t list_open(struct engine *e, const struct outbox_reminder *row,
	const struct person *clerk, struct instant now, struct message_part *ret)
{
	struct date until = date_add(zone_to_civil(e->config->zone, now).date, LIST_DAYS);
	size_t n = 0;
	for (size_t i = 0; i < e->obligations.n && n < PARTS_MAX; i++) {
		const struct obligation *o = &e->obligations.item[i];
		if (!belongs_on_list(o, clerk, until))
			continue;
		struct reminder *r = engine_digest_reminder(e, row, clerk);
		r->obligation = o;
		r->deadline = o->due_at;
		ret[n++] = (struct message_part){.reminder = r, .note = ""};
	}
	return n;
}

static size_t count_provisional(const struct engine *e, struct date until)
{
	size_t n = 0;
	for (size_t i = 0; i < e->obligations.n; i++) {
		const struct obligation *o = &e->obligations.item[i];
		n += o->provisional && o->state == STATE_OPEN && date_compare(o->due, until) <= 0;
	}
	return n;
}

/* When the last digest was due; once a week everything is told again. */
static struct instant digest_before(const struct engine *e, struct date today)
{
	const struct workdays *w = &e->config->workdays;
	if (is_first_workday_of_week(w, today))
		return INSTANT_NONE;
	struct date day = workday_on_or_before(w, date_add(today, -1));
	return zone_to_instant(e->config->zone, day, ADMIN_MINUTE * 60);
}

/* One line for each thing that needs a hand; the language is the messages'. */
static enum rc admin_lines(struct engine *e, struct instant now, struct buf *out, struct diag *d)
{
	bool zh = strncmp(e->config->language, "zh", 2) == 0;
	struct date today = zone_to_civil(e->config->zone, now).date;
	enum rc rc = engine_trouble_lines(e, digest_before(e, today), now, out, d);
	size_t provisional = count_provisional(e, date_add(today, KNOWN_MARGIN_DAYS));
	if (provisional)
		buf_printf(out,
			zh ? "近%d天内有%zu项报送任务的日期或责任单位是暂定的\n"
			   : "within %d days %zu obligations have provisional dates or units\n",
			KNOWN_MARGIN_DAYS, provisional);
	struct date known = e->config->workdays.known_through;
	char day[DATE_TEXT_SIZE];
	if (date_compare(known, date_add(today, KNOWN_MARGIN_DAYS)) < 0)
		buf_printf(out,
			zh ? "节假日安排只到%s，请录入新的放假通知\n"
			   : "workdays are known through %s only: enter the new notice\n",
			date_format(known, day));
	return rc;
}

static void lack_line(const struct lack *l, bool zh, struct buf *out)
{
	switch (l->kind) {
	case LACK_ROSTER:
		buf_printf(out,
			zh ? "还没有%d年的活动安排表，请用 deadlinectl import roster 录入\n"
			   : "there is no roster of %d yet: deadlinectl import roster\n",
			l->year);
		break;
	case LACK_CONFIRMED:
		buf_printf(out,
			zh ? "%d年有%zu个月沿用%d年的活动安排表，请录入新表或逐月确认\n"
			   : "of %d, %zu months are only carried over from %d: import the new roster or "
			     "confirm them\n",
			l->year, l->n, l->roster->year);
		break;
	case LACK_WORKDAYS:
		buf_printf(out,
			zh ? "还没有%d年的放假安排，请用 deadlinectl workdays import 录入\n"
			   : "the holidays of %d are not known yet: deadlinectl workdays import\n",
			l->year);
		break;
	case LACK_INDICATORS:
		buf_printf(out,
			zh ? "%s（%s）还没有%d年的指标，请按指标分工表录入\n"
			   : "%s (%s) has no indicators for %d: enter them\n",
			l->rule->name, l->rule->id, l->year);
		break;
	}
}

/* From 1 November, once a week. */
static void next_year_lines(struct engine *e, struct instant now, struct buf *out)
{
	bool zh = strncmp(e->config->language, "zh", 2) == 0;
	struct date today = zone_to_civil(e->config->zone, now).date;
	struct lack lack[LACKS_MAX];
	if (!is_first_workday_of_week(&e->config->workdays, today))
		return;
	size_t n = next_year_lacks(e->config, today, lack);
	for (size_t i = 0; i < n; i++)
		lack_line(&lack[i], zh, out);
}

/* Once a week it also says that all is well: silence must mean trouble. */
static void alive_line(struct engine *e, struct instant now, struct buf *out)
{
	bool zh = strncmp(e->config->language, "zh", 2) == 0;
	struct date today = zone_to_civil(e->config->zone, now).date;
	struct outbox_counts n;
	struct diag ignored;
	if (!is_first_workday_of_week(&e->config->workdays, today) ||
		outbox_count(e->store, &n, &ignored) != RC_OK)
		return;
	buf_printf(out,
		zh ? "程序运行正常：已发消息%zu条，待发提醒%zu条\n"
		   : "running: %zu messages sent, %zu reminders planned\n",
		n.message[MESSAGE_SENT] + n.message[MESSAGE_DELIVERED], n.planned);
}

static enum rc admin_part(struct engine *e, const struct outbox_reminder *row,
	const struct person *admin, struct instant now, struct message_part *ret, size_t *ret_n,
	struct diag *d)
{
	struct buf out;
	buf_init(&out, 16 * 1024);
	enum rc rc = admin_lines(e, now, &out, d);
	if (rc == RC_OK) {
		next_year_lines(e, now, &out);
		alive_line(e, now, &out);
	}
	*ret_n = rc == RC_OK && out.len ? 1 : 0;
	if (out.len && out.data[out.len - 1] == '\n')
		buf_truncate(&out, out.len - 1);
	*ret = (struct message_part){.reminder = engine_digest_reminder(e, row, admin),
		.note = arena_strndup(&e->tick, out.data, out.len)};
	buf_done(&out);
	return rc;
}

enum rc engine_digest_parts(struct engine *e, const struct outbox_reminder *row,
	const struct person *person, struct instant now, const struct message_part **ret,
	size_t *ret_n, struct diag *d)
{
	struct message_part *part = ARENA_ARRAY(&e->tick, PARTS_MAX, struct message_part);
	enum rc rc = RC_OK;
	if (strcmp(row->step_id, "weekly") == 0) {
		*ret_n = list_open(e, row, person, now, part);
	} else if (strcmp(row->step_id, REGULAR_COUNTS) == 0) {
		engine_counts_part(e, row, person, now, part, ret_n);
	} else if (regular_is(row->step_id)) {
		rc = engine_leaders_part(e, row, person, now, part, ret_n, d);
	} else if (row->cause) {
		part[0] = (struct message_part){.reminder = engine_digest_reminder(e, row, person),
			.note = engine_note_of(e, row->cause)};
		*ret_n = 1;
	} else {
		rc = admin_part(e, row, person, now, part, ret_n, d);
	}
	*ret = part;
	return rc;
}
