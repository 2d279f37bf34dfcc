/*
 * What needs a hand: messages that did not go through while their matter is open, destinations that do
 * not work.  For `status`, and as lines of the admin's digest with the command to type.
 */
#include <string.h>

#include "buf.h"
#include "engine_digest.h"
#include "engine_preflight.h"
#include "engine_render.h"
#include "retry.h"
#include "say.h"
#include "word.h"

enum { TROUBLE_SCAN_MAX = 2000, PSEUDO_DAYS = 2, LINES_MAX = 20, DESTINATIONS_MAX = 64,
	BACKUP_WARN_S = 2 * 86400 };

static bool is_missing(const struct obligation *o)
{
	return o && (o->state == STATE_OPEN || o->state == STATE_WAITING);
}

/* A lost message whose matter is closed needs nobody; a lost digest or test is news for two days. */
static enum rc needs_hand(struct engine *e, const struct outbox_message *m, struct instant now,
	bool *ret, struct diag *d)
{
	const struct outbox_reminder *part;
	size_t n;
	if (m->state == MESSAGE_RETRY) {
		*ret = true;
		return RC_OK;
	}
	enum rc rc = outbox_parts(e->store, m->id, &e->tick, &part, &n, d);
	bool needs = false;
	for (size_t i = 0; rc == RC_OK && i < n; i++) {
		bool pseudo = engine_digest_is(&part[i]) || engine_is_test(&part[i]);
		needs = needs || (pseudo ? now.s - m->first_at.s < PSEUDO_DAYS * (int64_t)86400
					 : is_missing(engine_subject(e, part[i].obligation_id)));
	}
	if (rc == RC_OK)
		*ret = needs;
	return rc;
}

enum rc engine_trouble(struct engine *e, size_t limit, struct instant now,
	const struct outbox_message **ret, size_t *ret_n, struct diag *d)
{
	const struct outbox_message *m;
	size_t n, kept = 0;
	enum rc rc = outbox_trouble(e->store, TROUBLE_SCAN_MAX, &e->tick, &m, &n, d);
	if (rc)
		return rc;
	struct outbox_message *list =
		ARENA_ARRAY(&e->tick, limit < n ? limit : n, struct outbox_message);
	for (size_t i = 0; i < n && kept < limit && rc == RC_OK; i++) {
		bool needs = false;
		rc = needs_hand(e, &m[i], now, &needs, d);
		if (rc == RC_OK && needs)
			list[kept++] = m[i];
	}
	if (rc == RC_OK) {
		*ret = list;
		*ret_n = kept;
	}
	return rc;
}

/* ---- lines of the digest ------------------------------------------------------------------------ */

struct telling {
	struct engine *e;
	struct instant now;
	bool zh;
	struct buf *out;
};

static const char *channel_word(const struct telling *t, enum channel ch)
{
	if (ch == CHANNEL_EMAIL)
		return t->zh ? "邮件" : "mail";
	return ch == CHANNEL_SMS ? (t->zh ? "短信" : "SMS") : (t->zh ? "群消息" : "chat");
}

/* What it is, and what to do about it. */
static void say_message(const struct telling *t, const struct outbox_message *m)
{
	static const struct {
		const char *zh, *en;
	} FORM[MESSAGE_STATES] = {
		[MESSAGE_UNKNOWN] =
			{"消息%lld（%s，%s）发送结果待核实：%s。请核实对方是否收到，再执行 "
			 "deadlinectl settle %lld sent 或 resend\n",
				"message %lld (%s, %s): nobody knows whether it arrived: %s. Ask, "
				"then run deadlinectl settle %lld sent, or resend\n"},
		[MESSAGE_DEAD] = {"消息%lld（%s，%s）发送失败：%s。请改正联系方式后执行 "
				  "deadlinectl reload，或执行 deadlinectl settle %lld resend\n",
			"message %lld (%s, %s) was not sent: %s. Correct the contact and run "
			"deadlinectl reload, or deadlinectl settle %lld resend\n"},
		[MESSAGE_UNDELIVERED] =
			{"消息%lld（%s，%s）未送达：%s。请核对联系方式，详情：deadlinectl history "
			 "--message %lld\n",
				"message %lld (%s, %s) was not delivered: %s. Check the contact; "
				"deadlinectl history --message %lld says more\n"},
	};
	const struct person *p = config_person(t->e->config, m->person_id);
	char reason[SAY_REASON_SIZE];
	const char *form = t->zh ? FORM[m->state].zh : FORM[m->state].en;
	if (form)
		buf_printf(t->out, form, (long long)m->id, p ? p->name : m->person_id,
			channel_word(t, m->channel),
			say_reason_in(t->e->config->language, m->reason, reason),
			(long long)m->id);
}

static const char *civil(const struct telling *t, struct instant at)
{
	char text[ZONE_TEXT_SIZE];
	zone_format(t->e->config->zone, at, text);
	return arena_printf(&t->e->tick, "%.10s %.5s", text, text + 11);
}

static void say_destinations(const struct telling *t)
{
	struct engine_destination x[DESTINATIONS_MAX];
	char reason[SAY_REASON_SIZE];
	size_t n = engine_destinations(t->e, x, DESTINATIONS_MAX);
	for (size_t i = 0; i < n; i++) {
		enum channel ch;
		bool named = channel_parse(x[i].name, &ch);
		if (instant_is_none(x[i].down_since) ||
			t->now.s - x[i].down_since.s < RETRY_WARN_AFTER_S)
			continue;
		buf_printf(t->out,
			t->zh ? "%s自%s起发不出去：%s\n" : "%s has failed since %s: %s\n",
			named ? channel_word(t, ch) : x[i].name, civil(t, x[i].down_since),
			say_reason_in(t->e->config->language, x[i].reason, reason));
	}
}

static void say_waiting(const struct telling *t, const struct outbox_message *m, size_t n)
{
	struct instant oldest = t->now;
	size_t waiting = 0;
	for (size_t i = 0; i < n; i++)
		if (m[i].state == MESSAGE_RETRY) {
			waiting++;
			oldest = m[i].first_at.s < oldest.s ? m[i].first_at : oldest;
		}
	if (waiting && t->now.s - oldest.s >= RETRY_WARN_AFTER_S)
		buf_printf(t->out,
			t->zh ? "有%zu条消息在等待重试，最早的自%s起；要立即重试请执行 deadlinectl "
				"retry\n"
			      : "%zu messages wait to be tried again, the oldest since %s; "
				"deadlinectl retry tries now\n",
			waiting, civil(t, oldest));
}

static void say_hold(const struct telling *t)
{
	if (engine_hold(t->e) != HOLD_NONE)
		buf_printf(t->out,
			t->zh ? "服务器时钟不可信（%s），短信暂停发送；核对时间后执行 deadlinectl "
				"clock-ok\n"
			      : "the clock is not believed (%s): SMS wait; when it is right, run "
				"deadlinectl clock-ok\n",
			word_in(t->e->config->language, hold_text(engine_hold(t->e))));
}

static void say_restored(const struct telling *t)
{
	struct instant at = engine_restored_at(t->e);
	if (!instant_is_none(at))
		buf_printf(t->out,
			t->zh ? "数据库于%s从备份恢复，短信暂停发送；请执行 deadlinectl after-restore "
				"--assume-sent-until 时间\n"
			      : "the database was restored from a copy on %s: SMS wait for "
				"deadlinectl after-restore --assume-sent-until TIME\n",
			civil(t, at));
}

static void say_backup(const struct telling *t)
{
	struct instant last = engine_last_backup(t->e);
	if (!instant_is_none(last) && t->now.s - last.s > BACKUP_WARN_S)
		buf_printf(t->out,
			t->zh ? "数据库自%s起没有新的备份，请检查磁盘\n"
			      : "no copy of the database has been made since %s: look at the disk\n",
			civil(t, last));
}

/* Reminders that did not even become a message, and not because somebody handed in. */
static enum rc say_unsent(const struct telling *t, struct instant since, struct diag *d)
{
	static const struct {
		const char *why, *zh, *en;
	} REASON[] = {
		{ENGINE_WHY_NO_TEXT,
			"有%zu条提醒因文本无法生成而未发送，请运行 deadlinectl check\n",
			"%zu reminders were not sent because their text could not be made: run "
			"deadlinectl check\n"},
		{ENGINE_WHY_ENDED,
			"有%zu条提醒因生成文本时服务程序三次意外终止而未发送，请人工通知，并查看日志\n",
			"%zu reminders were not sent because the daemon ended three times while their "
			"text was being made: tell people by hand, and look at the journal\n"},
		{ENGINE_WHY_PLACEHOLDER,
			"有%zu条提醒因联系方式是占位的或数据是示例而未发送，请运行 deadlinectl "
			"check\n",
			"%zu reminders were not sent because a contact is a placeholder or data a "
			"sample: run deadlinectl check\n"},
	};
	enum rc rc = RC_OK;
	for (size_t i = 0; i < sizeof REASON / sizeof *REASON && rc == RC_OK; i++) {
		size_t n = 0;
		rc = outbox_count_superseded(t->e->store, REASON[i].why, since, &n, d);
		if (rc == RC_OK && n)
			buf_printf(t->out, t->zh ? REASON[i].zh : REASON[i].en, n);
	}
	return rc;
}

/* Sentences are for the command, which speaks its reader's language. */
static enum rc say_preflight(const struct telling *t, struct diag *d)
{
	struct diags ds = {0};
	struct date first;
	if (!engine_preflight_is_due(t->e, zone_to_civil(t->e->config->zone, t->now).date, &first))
		return RC_OK;
	int year = date_year(first), month = date_month(first);
	enum rc rc = engine_preflight(t->e, year, month, t->now, &ds, d);
	if (rc == RC_OK && ds.n_errors + ds.n_warnings)
		buf_printf(t->out,
			t->zh ? "%d年%d月的月前检查：%zu项须处理，%zu项须留意，见 deadlinectl preflight "
				"--month %04d-%02d\n"
			      : "preflight of %d-%02d: %zu to mend, %zu to look at: deadlinectl "
				"preflight --month %04d-%02d\n",
			year, month, ds.n_errors, ds.n_warnings, year, month);
	diags_done(&ds);
	return rc;
}

static void say_older(const struct telling *t, size_t older)
{
	if (older)
		buf_printf(t->out,
			t->zh ? "另有%zu条此前已通报的消息仍待处理，见 deadlinectl status\n"
			      : "%zu more that were told before still wait for you: deadlinectl "
				"status\n",
			older);
}

enum rc engine_trouble_lines(
	struct engine *e, struct instant since, struct instant now, struct buf *out, struct diag *d)
{
	struct telling t = {
		.e = e, .now = now, .out = out, .zh = strncmp(e->config->language, "zh", 2) == 0};
	const struct outbox_message *m;
	size_t n, older = 0, said = 0;
	enum rc rc = engine_trouble(e, TROUBLE_SCAN_MAX, now, &m, &n, d);
	if (rc)
		return rc;
	say_hold(&t);
	say_restored(&t);
	say_backup(&t);
	say_destinations(&t);
	say_waiting(&t, m, n);
	/* A week's worth where everything is told again. */
	struct instant recent = {instant_is_none(since) ? now.s - 7 * (int64_t)86400 : since.s};
	rc = say_unsent(&t, recent, d);
	if (rc == RC_OK)
		rc = say_preflight(&t, d);
	for (size_t i = 0; i < n; i++) {
		bool is_new = instant_is_none(since) || m[i].settled_at.s >= since.s;
		if (m[i].state == MESSAGE_RETRY)
			continue;
		if (!is_new || said == LINES_MAX) {
			older++;
			continue;
		}
		say_message(&t, &m[i]);
		said++;
	}
	/* What was told before is no news, so by itself it makes no digest. */
	if (out->len)
		say_older(&t, older);
	return rc;
}
