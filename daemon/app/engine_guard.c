#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "engine_state.h"
#include "i18n.h"
#include "say.h"
#include "text.h"
#include "zone.h"

#define META_OUTAGES "outages"

enum { BURST_S = 5, DESTINATIONS_MAX = 1000 };

/* ---- destinations --------------------------------------------------------------------------------- */

static bool has_one_destination(enum channel ch)
{
	return ch == CHANNEL_EMAIL || ch == CHANNEL_SMS;
}

static struct destination *destination_of(struct engine *e, enum channel ch, const char *person_id)
{
	struct guard *g = &e->guard;
	const char *room = has_one_destination(ch) ? "" : person_id;
	for (size_t i = 0; i < g->n; i++)
		if (g->destination[i].channel == ch && strcmp(g->destination[i].room, room) == 0)
			return &g->destination[i];
	if (g->n == g->cap) {
		g->cap = g->cap ? g->cap * 2 : 4;
		g->destination = mem_grow(g->destination, g->cap, sizeof *g->destination);
	}
	struct destination *x = &g->destination[g->n++];
	*x = (struct destination){.channel = ch};
	snprintf(x->room, sizeof x->room, "%s", room);
	snprintf(x->name, sizeof x->name, "%s%s%s", channel_text(ch), *room ? "/" : "", room);
	breaker_init(&x->breaker);
	return x;
}

static json_t *outage_json(const struct breaker *b)
{
	return json_pack("{s:I,s:I,s:I,s:i,s:s}", "since", (json_int_t)b->down_since.s, "told",
		(json_int_t)b->told_at.s, "probe", (json_int_t)b->probe_at.s, "fault", (int)b->fault,
		"reason", b->reason);
}

static enum rc save(struct engine *e, struct diag *d)
{
	json_t *all = json_object();
	for (size_t i = 0; i < e->guard.n; i++)
		if (breaker_is_open(&e->guard.destination[i].breaker))
			json_object_set_new(all, e->guard.destination[i].name,
				outage_json(&e->guard.destination[i].breaker));
	char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
	enum rc rc = store_set_meta(e->store, META_OUTAGES, text, strlen(text), d);
	free(text);
	json_decref(all);
	return rc;
}

static void load_outage(struct engine *e, const char *name, const json_t *o)
{
	const char *slash = strchr(name, '/');
	char word[20];
	enum channel ch;
	snprintf(word, sizeof word, "%.*s", slash ? (int)(slash - name) : 19, name);
	if (!channel_parse(word, &ch) || has_one_destination(ch) != !slash)
		return;
	struct breaker *b = &destination_of(e, ch, slash ? slash + 1 : "")->breaker;
	b->down_since.s = json_integer_value(json_object_get(o, "since"));
	b->told_at.s = json_integer_value(json_object_get(o, "told"));
	b->probe_at.s = json_integer_value(json_object_get(o, "probe"));
	b->fault = (enum outcome_fault)json_integer_value(json_object_get(o, "fault"));
	const char *reason = json_string_value(json_object_get(o, "reason"));
	snprintf(b->reason, sizeof b->reason, "%s", reason ? reason : "");
}

enum rc engine_guard_load(struct engine *e, struct diag *d)
{
	const char *text, *name;
	size_t len;
	json_t *one;
	e->guard.again = INSTANT_NONE;
	e->guard.capped = DATE_NONE;
	enum rc rc = store_get_meta(e->store, META_OUTAGES, &e->tick, &text, &len, d);
	if (rc)
		return rc == RC_NOTFOUND ? RC_OK : rc;
	json_t *all = json_loadb(text, len, 0, NULL);
	json_object_foreach(all, name, one)
		if (e->guard.n < DESTINATIONS_MAX)
			load_outage(e, name, one);
	json_decref(all);
	return RC_OK;
}

void engine_guard_done(struct engine *e)
{
	free(e->guard.destination);
	e->guard = (struct guard){0};
}

/* ---- limits --------------------------------------------------------------------------------------- */

static const struct guard_settings *limits_of(const struct engine *e, enum channel ch,
	const char *person_id)
{
	static const struct guard_settings NONE;
	const struct config *c = e->config;
	if (ch == CHANNEL_EMAIL)
		return &c->email.guard;
	if (ch == CHANNEL_SMS)
		return &c->sms.guard;
	for (size_t i = 0; i < c->n_chat_rooms; i++)
		if (strcmp(c->chat_room[i]->id, person_id) == 0)
			return &c->chat_room[i]->guard;
	return &NONE;
}

/* At most n claims within the last `window` seconds; else when the oldest of them leaves it.  What was
 * claimed later than now is of a clock that has gone back: it would hold everything until then. */
static enum rc check_window(struct engine *e, enum channel ch, const char *person_id, int n,
	int window, struct instant now, struct instant *again, struct diag *d)
{
	struct instant at, since = {now.s - window + 1};
	if (n <= 0 || !instant_is_none(*again))
		return RC_OK;
	enum rc rc = outbox_nth_last_claim(e->store, ch, person_id, n, since, now, &at, d);
	if (rc == RC_OK && !instant_is_none(at))
		*again = (struct instant){at.s + window};
	return rc;
}

/* At most n claims since `first`; else not before `next`. */
static enum rc check_span(struct engine *e, enum channel ch, int n, struct date first,
	struct date next, struct instant *again, struct diag *d)
{
	const struct zone *z = e->config->zone;
	struct instant at;
	if (n <= 0 || !instant_is_none(*again))
		return RC_OK;
	enum rc rc = outbox_nth_last_claim(
		e->store, ch, NULL, n, zone_to_instant(z, first, 0), INSTANT_NONE, &at, d);
	if (rc == RC_OK && !instant_is_none(at))
		*again = zone_to_instant(z, next, 0);
	return rc;
}

static enum rc check_limits(struct engine *e, enum channel ch, const char *person_id,
	struct instant now, struct instant *again, struct diag *d)
{
	const struct guard_settings *g = limits_of(e, ch, person_id);
	const char *who = has_one_destination(ch) ? NULL : person_id;
	struct date today = zone_to_civil(e->config->zone, now).date;
	struct date month = date_clamped(date_year(today), date_month(today), 1);
	int next = date_month(today) % 12 + 1;
	struct date next_month = date_clamped(date_year(today) + (next == 1), next, 1);
	enum rc rc = check_window(
		e, ch, who, g->per_second * BURST_S, BURST_S, now, again, d);
	if (rc == RC_OK)
		rc = check_span(e, ch, g->per_day, today, date_add(today, 1), again, d);
	if (rc == RC_OK)
		rc = check_span(e, ch, g->per_month, month, next_month, again, d);
	if (!instant_is_none(*again) && again->s > now.s + BURST_S)
		e->guard.over_cap = date_compare(today, e->guard.capped) != 0;
	const struct {
		int n, window;
	} person[] = {{g->person_minute, 60}, {g->person_quarter_hour, 900}, {g->person_hour, 3600},
		{g->person_three_hours, 10800}};
	for (size_t i = 0; i < sizeof person / sizeof *person && rc == RC_OK; i++)
		rc = check_window(
			e, ch, person_id, person[i].n, person[i].window, now, again, d);
	return rc;
}

/* ---- asking --------------------------------------------------------------------------------------- */

static void ask_again(struct engine *e, struct instant at)
{
	struct guard *g = &e->guard;
	if (!instant_is_none(at) && (instant_is_none(g->again) || at.s < g->again.s))
		g->again = at;
}

/* What cannot be taken back waits for a clock that is believed, and for a record that is whole. */
static bool is_held(const struct engine *e, enum channel ch)
{
	bool held = e->watch.hold != HOLD_NONE || !instant_is_none(e->restored_at);
	return held && ch != CHANNEL_EMAIL;
}

enum rc engine_guard_allows(struct engine *e, enum channel ch, const char *person_id,
	struct instant now, bool *ret, struct diag *d)
{
	struct instant again = INSTANT_NONE;
	struct destination *x = destination_of(e, ch, person_id);
	*ret = false;
	if (is_held(e, ch))
		return RC_OK; /* the hold itself is looked at again and again */
	if (!breaker_allows(&x->breaker, now)) {
		ask_again(e, breaker_next(&x->breaker));
		return RC_OK;
	}
	enum rc rc = check_limits(e, ch, person_id, now, &again, d);
	*ret = rc == RC_OK && instant_is_none(again);
	ask_again(e, again);
	return rc;
}

void engine_guard_depart(struct engine *e, enum channel ch, const char *person_id)
{
	breaker_depart(&destination_of(e, ch, person_id)->breaker);
}

void engine_guard_return(struct engine *e, enum channel ch, const char *person_id)
{
	destination_of(e, ch, person_id)->breaker.probing = false;
}

bool engine_guard_knows_number(const struct engine *e, const char *number)
{
	const struct sms_settings *s = &e->config->sms;
	for (size_t i = 0; i < s->n_allow_prefix; i++)
		if (text_has_prefix(number, s->allow_prefix[i]))
			return true;
	return s->n_allow_prefix == 0;
}

bool engine_guard_is_down_for(const struct engine *e, int64_t seconds, struct instant now)
{
	for (size_t i = 0; i < e->guard.n; i++) {
		const struct breaker *b = &e->guard.destination[i].breaker;
		if (breaker_is_open(b) && now.s - b->down_since.s >= seconds)
			return true;
	}
	return false;
}

enum rc engine_guard_reset(struct engine *e, struct instant now, struct diag *d)
{
	enum rc rc = RC_OK;
	for (size_t i = 0; i < e->guard.n && rc == RC_OK; i++) {
		struct destination *x = &e->guard.destination[i];
		int n;
		if (!breaker_is_open(&x->breaker))
			continue;
		breaker_reset(&x->breaker, now);
		rc = outbox_hasten(e->store, x->channel, x->room[0] ? x->room : NULL, now, &n, d);
	}
	return rc;
}

size_t engine_destinations(const struct engine *e, struct engine_destination *ret, size_t max)
{
	size_t n = e->guard.n < max ? e->guard.n : max;
	for (size_t i = 0; i < n; i++) {
		const struct destination *x = &e->guard.destination[i];
		ret[i] = (struct engine_destination){.name = x->name,
			.down_since = x->breaker.down_since,
			.next_probe = breaker_next(&x->breaker),
			.reason = x->breaker.reason};
	}
	return n;
}

/* ---- alarms --------------------------------------------------------------------------------------- */

static bool speaks_chinese(const struct engine *e)
{
	return text_has_prefix(e->config->language, "zh");
}

static const char *destination_word(const struct engine *e, const struct destination *x)
{
	bool zh = speaks_chinese(e);
	if (x->channel == CHANNEL_EMAIL)
		return zh ? "邮件" : "mail";
	if (x->channel == CHANNEL_SMS)
		return zh ? "短信" : "SMS";
	const struct person *room = config_person(e->config, x->room);
	return room ? room->name : x->room;
}

static const char *outage_text(struct engine *e, const struct destination *x)
{
	const struct breaker *b = &x->breaker;
	char since[ZONE_TEXT_SIZE], reason[SAY_REASON_SIZE];
	zone_format(e->config->zone, b->down_since, since);
	const char *form = speaks_chinese(e)
		? (b->fault == FAULT_CONFIG
				  ? "%s自%.10s %.5s起发不出去：对方拒绝了本系统的设置（%s）。提醒都在等待，没有丢失；请检查帐号、密码和签名，改好后执行 deadlinectl retry"
				  : "%s自%.10s %.5s起发不出去：%s。提醒都在等待，没有丢失；恢复后会自动补发")
		: (b->fault == FAULT_CONFIG
				  ? "%s has failed since %.10s %.5s: the other side refuses our settings (%s). Reminders wait, none is lost; check account, password and signature, then run deadlinectl retry"
				  : "%s has failed since %.10s %.5s: %s. Reminders wait, none is lost; they go out when it works again");
	return arena_printf(&e->tick, form, destination_word(e, x), since, since + 11,
		say_reason_in(e->config->language, b->reason, reason));
}

static const char *mended_text(struct engine *e, const struct destination *x,
	struct instant down_since, struct instant now)
{
	char since[ZONE_TEXT_SIZE], until[ZONE_TEXT_SIZE];
	zone_format(e->config->zone, down_since, since);
	zone_format(e->config->zone, now, until);
	return arena_printf(&e->tick,
		speaks_chinese(e) ? "%s已恢复：%.10s %.5s起中断，%.10s %.5s恢复；仍有用的提醒正在补发"
				  : "%s works again: down from %.10s %.5s to %.10s %.5s; what is still "
				    "useful goes out now",
		destination_word(e, x), since, since + 11, until, until + 11);
}

/* The channels by which admins are told: those that work; all, if none does. */
static unsigned working_channels(struct engine *e)
{
	unsigned works = BIT(CHANNEL_EMAIL) | BIT(CHANNEL_SMS), all = works;
	for (size_t i = 0; i < e->guard.n; i++)
		if (breaker_is_open(&e->guard.destination[i].breaker))
			works &= ~BIT(e->guard.destination[i].channel);
	return works ? works : all;
}

enum rc engine_tell_admins(struct engine *e, const char *id, const char *note, unsigned channels,
	struct instant now, struct diag *d)
{
	enum rc rc = RC_OK;
	engine_tell(e, &(struct engine_event){.kind = EVENT_TROUBLE, .at = now, .text = note,
		.obligation = "", .n = 1});
	for (size_t i = 0; i < e->config->n_admins && rc == RC_OK; i++) {
		const struct person *p = e->config->admin[i];
		unsigned reach = (p->email[0] ? BIT(CHANNEL_EMAIL) : 0) |
				 (p->phone[0] ? BIT(CHANNEL_SMS) : 0);
		/* Who can only be reached by what is broken reads it when that works again. */
		struct notice n = {.obligation_id = id, .step = "alarm", .person = p,
			.role = ROLE_ADMIN, .note = note, .on_rest_days = true,
			.channels = (channels & reach) ? channels & reach : reach};
		rc = engine_notify(e, &n, now, d);
	}
	return rc;
}

static enum rc tell_outage(struct engine *e, struct destination *x, struct instant now,
	struct diag *d)
{
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	const char *id = arena_printf(&e->tick, "alarm/%s", x->name);
	x->breaker.told_at = now;
	rc = engine_tell_admins(e, id, outage_text(e, x), working_channels(e), now, d);
	if (rc == RC_OK)
		rc = save(e, d);
	if (rc == RC_OK)
		return store_commit(e->store, d);
	store_rollback(e->store);
	x->breaker.told_at = INSTANT_NONE;
	return rc;
}

/* A cap is told on the day that it is reached. */
static enum rc tell_cap(struct engine *e, struct instant now, struct diag *d)
{
	e->guard.over_cap = false;
	enum rc rc = engine_tell_admins(e, "alarm/cap",
		speaks_chinese(e) ? "今天或本月的发送数量已到设定的上限（limits），其余的在等待"
				  : "the cap on messages a day or a month (limits) is reached; the "
				    "others wait",
		BIT(CHANNEL_EMAIL), now, d);
	if (rc == RC_OK)
		e->guard.capped = zone_to_civil(e->config->zone, now).date;
	return rc;
}

enum rc engine_guard_alarm(struct engine *e, struct instant now, struct diag *d)
{
	enum rc rc = RC_OK;
	for (size_t i = 0; i < e->guard.n && rc == RC_OK; i++) {
		struct instant at = breaker_alarm_at(&e->guard.destination[i].breaker);
		if (!instant_is_none(at) && at.s <= now.s)
			rc = tell_outage(e, &e->guard.destination[i], now, d);
	}
	return rc == RC_OK && e->guard.over_cap ? tell_cap(e, now, d) : rc;
}

struct instant engine_guard_next(const struct engine *e)
{
	struct instant next = e->guard.again;
	for (size_t i = 0; i < e->guard.n; i++) {
		struct instant at = breaker_alarm_at(&e->guard.destination[i].breaker);
		if (!instant_is_none(at) && (instant_is_none(next) || at.s < next.s))
			next = at;
	}
	return next;
}

/* ---- answers -------------------------------------------------------------------------------------- */

/* All that waited for it goes now, and the plan first: what became stale meanwhile stays. */
static enum rc reopen(struct engine *e, const struct destination *x, const struct breaker *was,
	struct instant now, struct diag *d)
{
	int n;
	enum rc rc = outbox_hasten(e->store, x->channel,
		has_one_destination(x->channel) ? NULL : x->room, now, &n, d);
	if (rc == RC_OK && !instant_is_none(was->told_at))
		rc = engine_tell_admins(e, arena_printf(&e->tick, "alarm/%s", x->name),
			mended_text(e, x, was->down_since, now), BIT(CHANNEL_EMAIL), now, d);
	engine_want_plan(e);
	return rc;
}

enum rc engine_guard_answer(struct engine *e, const struct outbox_message *m,
	const struct outcome *o, struct instant now, struct diag *d)
{
	struct destination *x = destination_of(e, m->channel, m->person_id);
	struct breaker was = x->breaker;
	enum breaker_news news = breaker_answer(&x->breaker, o, now);
	enum rc rc = RC_OK;
	if (news == BREAKER_CLOSED)
		rc = reopen(e, x, &was, now, d);
	if (rc == RC_OK && news != BREAKER_SAME)
		rc = save(e, d);
	if (rc)
		x->breaker = was;
	return rc;
}
