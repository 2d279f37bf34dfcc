#include "engine_render.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "feed.h"
#include "mime.h"
#include "text.h"

enum { ICS_MAX = 64 * 1024, TOLD_MAX = 200 };

/* ---- what it is about ------------------------------------------------------------------------- */

static const struct obligation *same_rule_and_period(const struct engine *e,
	const struct obligation_name *name)
{
	for (size_t i = 0; i < e->obligations.n; i++) {
		const struct obligation *o = &e->obligations.item[i];
		if (strcmp(o->rule->id, name->rule) == 0 && strcmp(o->period, name->period) == 0)
			return o;
	}
	return NULL;
}

const struct obligation *engine_subject(struct engine *e, const char *obligation_id)
{
	const struct obligation *o = obligation_find(&e->obligations, obligation_id);
	struct obligation_name name;
	if (o || !obligation_name_parse(obligation_id, &name))
		return o;
	const struct obligation *successor = same_rule_and_period(e, &name);
	const struct unit *unit = config_unit(e->config, name.unit);
	if (!successor || !unit)
		return NULL;
	struct obligation *copy = ARENA_NEW(&e->tick, struct obligation);
	*copy = *successor;
	copy->id = arena_strdup(&e->tick, obligation_id);
	copy->unit = unit;
	copy->unit_id = unit->id;
	copy->joint_unit = NULL;
	return copy;
}

/* ---- parts ------------------------------------------------------------------------------------ */

/* The note of a notice lies in the history row that caused it. */
const char *engine_note_of(struct engine *e, int64_t cause)
{
	struct history_row row;
	struct diag ignored;
	if (!cause || history_get(e->store, cause, &e->tick, &row, &ignored) != RC_OK)
		return "";
	json_t *detail = json_loads(row.detail, 0, NULL);
	const char *note = json_string_value(json_object_get(detail, "note"));
	const char *copy = arena_strdup(&e->tick, note ? note : "");
	json_decref(detail);
	return copy;
}

static const struct step *step_of(const struct obligation *o, const char *id)
{
	const struct ladder *l = o->rule->ladder;
	for (size_t i = 0; l && i < l->n_steps; i++)
		if (strcmp(l->step[i].id, id) == 0)
			return &l->step[i];
	return NULL;
}

static bool is_told_lead(const struct obligation *o, const struct outbox_view *v)
{
	for (size_t i = 0; i < o->n_who; i++)
		if (o->who[i].role == ROLE_LEAD && strcmp(o->who[i].person->id, v->person_id) == 0)
			return v->state == REMINDER_SENT && strcmp(v->obligation_id, o->id) == 0;
	return false;
}

/* The leaders read how often the lead has been told: messages, not the reminders in them, so rows of
 * one channel and moment count once.  Failure: the line leaves the counts out. */
static void count_told(struct engine *e, const struct due_item *it, struct message_part *p)
{
	const struct outbox_view *view, *told[TOLD_MAX];
	struct diag ignored;
	size_t n, n_told = 0;
	if (it->row->role != ROLE_LEADER ||
		outbox_view_all(e->store, &e->tick, &view, &n, &ignored) != RC_OK)
		return;
	for (size_t i = 0; i < n && n_told < TOLD_MAX; i++) {
		bool again = !is_told_lead(it->obligation, &view[i]);
		for (size_t k = 0; k < n_told && !again; k++)
			again = told[k]->at.s == view[i].at.s && told[k]->channel == view[i].channel;
		if (again)
			continue;
		told[n_told++] = &view[i];
		p->told_sms += view[i].channel == CHANNEL_SMS;
		p->told_mail += view[i].channel == CHANNEL_EMAIL;
	}
}

static struct message_part part_of(struct engine *e, const struct due_item *it)
{
	const struct outbox_reminder *row = it->row;
	struct reminder *r = ARENA_NEW(&e->tick, struct reminder);
	*r = (struct reminder){
		.obligation = it->obligation,
		.obligation_id = it->obligation->id,
		.step = row->cause ? NULL : step_of(it->obligation, row->step_id),
		.step_id = row->step_id,
		.template = row->template,
		.form = row->form,
		.channel = row->channel,
		.role = row->role,
		.person = it->person,
		.at = row->at,
		.asked = row->asked,
		.deadline = row->deadline,
		.cause = row->cause,
	};
	memcpy(r->key, row->key, sizeof r->key);
	struct message_part p = {
		.reminder = r,
		.late = row->late,
		.note = engine_note_of(e, row->cause),
		.also = obligation_month_beside(&e->obligations, it->obligation),
	};
	count_told(e, it, &p);
	return p;
}

static int compare_instants(struct instant a, struct instant b)
{
	bool none_a = instant_is_none(a), none_b = instant_is_none(b);
	if (none_a || none_b)
		return none_a - none_b;
	return (a.s > b.s) - (a.s < b.s);
}

/* Insertion sort by deadline: a message has few parts. */
static struct message_part *sorted_parts(struct engine *e, const struct due_item *item, size_t n)
{
	struct message_part *part = ARENA_ARRAY(&e->tick, n, struct message_part);
	for (size_t i = 0; i < n; i++) {
		struct message_part p = part_of(e, &item[i]);
		size_t j = i;
		for (; j > 0 && compare_instants(part[j - 1].reminder->deadline,
				       p.reminder->deadline) > 0;
			j--)
			part[j] = part[j - 1];
		part[j] = p;
	}
	return part;
}

/* ---- mail -------------------------------------------------------------------------------------- */

/* One attachment: the first part whose deadline is still ahead and is not about the past. */
static const char *attachment(struct engine *e, const struct message_part *part, size_t n,
	struct instant now)
{
	for (size_t i = 0; i < n; i++) {
		const struct reminder *r = part[i].reminder;
		bool ahead = !instant_is_none(r->deadline) && r->deadline.s > now.s;
		bool list = !r->obligation || strcmp(r->step_id, "weekly") == 0;
		if (list || !ahead || r->obligation->state != STATE_OPEN)
			continue;
		struct buf ics;
		struct diag ignored;
		buf_init(&ics, ICS_MAX);
		enum rc rc = feed_attachment(e->config, r->obligation, r->form, now, NULL, &ics,
			&ignored);
		const char *text = rc || ics.overflow ? NULL : arena_strndup(&e->tick, ics.data, ics.len);
		buf_done(&ics);
		return text;
	}
	return NULL;
}

static enum rc build_mail(struct engine *e, const struct message_part *part, size_t n,
	const struct message_text *text, int generation, struct instant now, struct rendered *ret,
	struct diag *d)
{
	const struct config *c = e->config;
	const struct reminder *first = part[0].reminder;
	char date[MIME_DATE_SIZE];
	mime_date(now, zone_offset_s(c->zone, now), date);
	ret->rfc_message_id = arena_printf(&e->tick, "<deadlined.%.32s.%d@%s>", first->key, generation,
		c->domain);
	struct mime_mail mail = {
		.from_address = c->email.from_address,
		.from_name = c->email.from_name,
		.to_address = first->person->email,
		.to_name = first->person->name,
		.reply_to = c->email.reply_to,
		.subject = text->subject,
		.date = date,
		.message_id = ret->rfc_message_id,
		.text = text->text,
		.html = text->html,
		.ics = attachment(e, part, n, now),
		.ics_name = "截止提醒.ics",
		.csv = part[0].csv,
		.csv_name = "报送情况表.csv",
		.key = first->key,
	};
	struct buf out;
	buf_init(&out, MIME_MAX);
	enum rc rc = mime_build(&mail, &out, d);
	if (rc == RC_OK) {
		ret->bytes = arena_strndup(&e->tick, out.data, out.len);
		ret->len = out.len;
	}
	buf_done(&out);
	return rc;
}

/* ---- all --------------------------------------------------------------------------------------- */

/* As much of an SMS as fits behind the mark; a gateway's variables, if any, follow the text and stay. */
static const char *mark_sms(struct engine *e, const char *mark, const char *sms)
{
	const struct sms_settings *set = &e->config->sms;
	const char *variables = strchr(sms, SMS_VARIABLE_MARK);
	size_t len = variables ? (size_t)(variables - sms) : strlen(sms), n = 0, used = 0;
	size_t sign = set->sign ? text_count_utf16(set->sign) + 2 : 0;
	size_t room = set->max_units > 0 ? (size_t)set->max_units : MESSAGE_SMS_MAX;
	used = text_count_utf16(mark) + sign;
	for (size_t k; n < len; n += k) {
		used += text_decode(sms + n, len - n, &k) > 0xffff ? 2 : 1;
		if (used > room)
			break;
	}
	return arena_printf(&e->tick, "%s%.*s%s", mark, (int)n, sms, variables ? variables : "");
}

static void put_mark(
	struct engine *e, const char *mark, enum channel channel, struct message_text *text)
{
	if (!mark[0])
		return;
	/* message_render left room for it. */
	if (channel == CHANNEL_CHAT)
		text->sms = arena_printf(&e->tick, "%s%s", mark, text->sms);
	else if (text->sms)
		text->sms = mark_sms(e, mark, text->sms);
	if (text->subject)
		text->subject = arena_printf(&e->tick, "%s%s", mark, text->subject);
	if (text->text)
		text->text = arena_printf(&e->tick, "%s\n\n%s", mark, text->text);
	const char *body = text->html ? strstr(text->html, "<body") : NULL;
	const char *end = body ? strchr(body, '>') : NULL;
	if (end)
		text->html = arena_printf(&e->tick, "%.*s<p>%s</p>%s", (int)(end + 1 - text->html),
			text->html, mark, end + 1);
}

/* A retry sends what was claimed, so a gateway's variables are frozen with the text. */
static enum rc freeze_sms(
	struct engine *e, const struct message_text *text, struct rendered *ret, struct diag *d)
{
	enum rc rc = RC_OK;
	struct buf b;
	buf_init(&b, DELIVER_SMS_BYTES_MAX);
	buf_puts(&b, text->sms);
	for (size_t i = 0; i < e->config->sms.n_variables && text->variable; i++) {
		buf_putc(&b, SMS_VARIABLE_MARK);
		buf_puts(&b, text->variable[i]);
	}
	if (b.overflow)
		rc = diag_set(d, RC_LIMIT, N_("an SMS with its variables is longer than %d bytes"),
			DELIVER_SMS_BYTES_MAX);
	ret->bytes = arena_strndup(&e->tick, b.data, b.len);
	ret->len = b.len;
	ret->rfc_message_id = "";
	buf_done(&b);
	return rc;
}

enum rc engine_render_parts(struct engine *e, const struct message_part *part, size_t n,
	enum channel channel, int generation, struct instant now, struct rendered *ret,
	struct diag *d)
{
	return engine_render_marked(e, part, n, channel, generation, "", now, ret, d);
}

enum rc engine_render_marked(struct engine *e, const struct message_part *part, size_t n,
	enum channel channel, int generation, const char *mark, struct instant now,
	struct rendered *ret, struct diag *d)
{
	struct message_text text = {0};
	enum rc rc = message_render(e->config, e->templates, part, n, now, &e->tick, &text, d);
	if (rc)
		return rc;
	put_mark(e, mark, channel, &text);
	struct rendered r = {.subject = text.subject, .sms = text.sms, .deadline = INSTANT_NONE};
	for (size_t i = 0; i < n; i++) {
		const struct reminder *m = part[i].reminder;
		r.sample = r.sample || (m->obligation && m->obligation->sample);
		if (!instant_is_none(m->deadline) && m->deadline.s > now.s &&
			compare_instants(m->deadline, r.deadline) < 0)
			r.deadline = m->deadline;
	}
	if (channel == CHANNEL_EMAIL) {
		rc = build_mail(e, part, n, &text, generation, now, &r, d);
	} else {
		rc = freeze_sms(e, &text, &r, d);
	}
	if (rc == RC_OK)
		*ret = r;
	return rc;
}

enum rc engine_render(struct engine *e, const struct due_item *item, size_t n, enum channel channel,
	int generation, struct instant now, struct rendered *ret, struct diag *d)
{
	struct message_part *part = sorted_parts(e, item, n);
	return engine_render_parts(e, part, n, channel, generation, now, ret, d);
}
