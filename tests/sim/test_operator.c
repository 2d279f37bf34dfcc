/* What a person says about messages, corrected contacts, and the other way to a person. */
#include "sim.h"

#define MONTHLY "monthly/2024-07/enforcement"

static struct diag diag;

/* ---- fates ---------------------------------------------------------------------------------------- */

static bool lose(struct outcome *o, enum outcome_class class, enum outcome_fault fault)
{
	o->class = class;
	o->fault = fault;
	return true;
}

static bool is_to(const struct sim_message *m, const char *person, enum channel ch)
{
	return m->channel == ch && strcmp(m->person, person) == 0;
}

static bool sms_is_dead(const struct sim_message *m, struct outcome *o)
{
	return is_to(m, "lead-enforcement", CHANNEL_SMS) && lose(o, OUTCOME_DEAD, FAULT_RECIPIENT);
}

static bool sms_is_unknown(const struct sim_message *m, struct outcome *o)
{
	return is_to(m, "lead-enforcement", CHANNEL_SMS) && lose(o, OUTCOME_UNKNOWN, FAULT_PEER);
}

static bool sms_waits(const struct sim_message *m, struct outcome *o)
{
	return is_to(m, "lead-enforcement", CHANNEL_SMS) && lose(o, OUTCOME_RETRY, FAULT_PEER);
}

static bool sms_is_dead_by_config(const struct sim_message *m, struct outcome *o)
{
	return is_to(m, "lead-enforcement", CHANNEL_SMS) && lose(o, OUTCOME_DEAD, FAULT_CONFIG);
}

static bool lead_is_dead(const struct sim_message *m, struct outcome *o)
{
	return strcmp(m->person, "lead-enforcement") == 0 && lose(o, OUTCOME_DEAD, FAULT_RECIPIENT);
}

static bool lead_and_clerk_are_dead(const struct sim_message *m, struct outcome *o)
{
	return (strcmp(m->person, "lead-enforcement") == 0 ||
		       strcmp(m->person, "clerk-417") == 0) &&
	       lose(o, OUTCOME_DEAD, FAULT_RECIPIENT);
}

static bool all_are_dead(const struct sim_message *m, struct outcome *o)
{
	(void)m;
	return lose(o, OUTCOME_DEAD, FAULT_RECIPIENT);
}

/* ---- looking ---------------------------------------------------------------------------------------- */

static struct outbox_message message(struct sim *s, int64_t id)
{
	struct outbox_message m;
	if (outbox_get_message(engine_store(s->e), id, engine_arena(s->e), &m, &diag))
		sim_fail(&diag);
	return m;
}

/* The last message to a person on a channel. */
static int64_t last_to(const struct sim *s, const char *person, enum channel ch)
{
	for (size_t i = s->n_messages; i-- > 0;)
		if (is_to(&s->message[i], person, ch))
			return s->message[i].id;
	fail_msg("nothing went to %s", person);
	return 0;
}

static size_t count_to(const struct sim *s, const char *person, enum channel ch, const char *step)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_messages; i++)
		n += is_to(&s->message[i], person, ch) &&
		     (!step || strcmp(s->message[i].step, step) == 0);
	return n;
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n >= k && strcmp(s + n - k, end) == 0;
}

static void assert_refused(enum rc rc, const char *part)
{
	char text[DIAG_TEXT_MAX];
	assert_int_equal(rc, RC_STATE);
	diag_text(&diag, NULL, text, sizeof text);
	if (!strstr(text, part))
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

/* A July whose first SMS to the lead met its fate.  What waits to be retried has not been yet. */
static int64_t begin(struct sim *s, const char *name, sim_fate_fn *fate, enum message_state state)
{
	sim_new(s, name, "2024-07-01T00:00+08:00", NULL, 0);
	s->fate = fate;
	sim_run_until(
		s, state == MESSAGE_RETRY ? "2024-07-01T09:00+08:00" : "2024-07-01T10:30+08:00");
	int64_t id = last_to(s, "lead-enforcement", CHANNEL_SMS);
	assert_int_equal(message(s, id).state, state);
	return id;
}

static size_t resend(struct sim *s, int64_t id)
{
	size_t n = 0;
	if (engine_settle_resend(s->e, id, "admin", "", s->now, &n, &diag))
		sim_fail(&diag);
	return n;
}

/* ---- settle ---------------------------------------------------------------------------------------- */

static void test_settle_sent(void **state)
{
	(void)state;
	struct sim s;
	int64_t id = begin(&s, "settle-sent", sms_is_unknown, MESSAGE_UNKNOWN);
	assert_int_equal(engine_settle_sent(s.e, id, "admin", "he has it", s.now, &diag), RC_OK);
	assert_int_equal(message(&s, id).state, MESSAGE_SENT);
	assert_string_equal(message(&s, id).reason, "he has it");
	assert_refused(engine_settle_sent(s.e, id, "admin", "", s.now, &diag), "was sent already");
	size_t n;
	assert_refused(
		engine_settle_resend(s.e, id, "admin", "", s.now, &n, &diag), "was sent already");
	assert_int_equal(engine_settle_sent(s.e, 999, "admin", "", s.now, &diag), RC_NOTFOUND);
	sim_done(&s);
}

/* A new message under a name that was never used, however often. */
static void test_settle_resend(void **state)
{
	(void)state;
	struct sim s;
	int64_t id = begin(&s, "settle-resend", sms_is_dead, MESSAGE_DEAD);
	assert_true(ends_in(message(&s, id).client_ref, "-0"));
	assert_refused(engine_settle_sent(s.e, id, "admin", "", s.now, &diag), "refused for good");
	assert_true(resend(&s, id) > 0);
	assert_int_equal(message(&s, id).state, MESSAGE_REPLACED);
	sim_run_until(&s, "2024-07-01T10:35+08:00");
	int64_t second = last_to(&s, "lead-enforcement", CHANNEL_SMS);
	assert_int_not_equal(second, id);
	assert_true(ends_in(message(&s, second).client_ref, "-1"));
	assert_int_equal(message(&s, second).state, MESSAGE_DEAD);
	assert_refused(
		(enum rc)engine_settle_resend(s.e, id, "admin", "", s.now, &(size_t){0}, &diag),
		"replaced by a new one");
	s.fate = NULL;
	assert_true(resend(&s, second) > 0);
	sim_run_until(&s, "2024-07-01T10:40+08:00");
	int64_t third = last_to(&s, "lead-enforcement", CHANNEL_SMS);
	assert_true(ends_in(message(&s, third).client_ref, "-2"));
	assert_int_equal(message(&s, third).state, MESSAGE_SENT);
	sim_done(&s);
}

/* At night it waits for the morning. */
static void test_resend_at_night(void **state)
{
	(void)state;
	struct sim s;
	int64_t id = begin(&s, "resend-night", sms_is_dead, MESSAGE_DEAD);
	s.fate = NULL;
	sim_run_until(&s, "2024-07-01T23:30+08:00");
	size_t before = s.n_messages;
	assert_true(resend(&s, id) > 0);
	sim_run_until(&s, "2024-07-02T06:00+08:00");
	assert_int_equal(s.n_messages, before);
	sim_run_until(&s, "2024-07-02T12:00+08:00");
	assert_int_equal(sim_count(&s, "lead-enforcement", CHANNEL_SMS, "2024-07-02", ""), 1);
	sim_done(&s);
}

static void test_resend_of_what_came_in(void **state)
{
	(void)state;
	struct sim s;
	int64_t id = begin(&s, "resend-done", sms_is_dead, MESSAGE_DEAD);
	size_t n;
	const struct outbox_message *m;
	assert_int_equal(engine_trouble(s.e, 10, s.now, &m, &n, &diag), RC_OK);
	assert_int_equal(n, 1);
	for (size_t i = 0; i < engine_obligations(s.e)->n; i++) {
		const struct obligation *o = &engine_obligations(s.e)->item[i];
		if (o->unit && strcmp(o->unit->id, "enforcement") == 0 && o->state == STATE_OPEN) {
			sim_act(&s, ACT_RECEIVE, o->id, FORM_NONE, "", DATE_NONE);
			i = 0;
		}
	}
	assert_refused(engine_settle_resend(s.e, id, "admin", "", s.now, &n, &diag), "nothing in");
	/* Nobody is needed for it either. */
	assert_int_equal(engine_trouble(s.e, 10, s.now, &m, &n, &diag), RC_OK);
	assert_int_equal(n, 0);
	sim_done(&s);
}

/* ---- retry ------------------------------------------------------------------------------------------ */

static void test_retry_now(void **state)
{
	(void)state;
	struct sim s;
	struct engine_retried r;
	int64_t id = begin(&s, "retry", sms_waits, MESSAGE_RETRY);
	s.fate = NULL;
	assert_int_equal(engine_retry_now(s.e, id, "admin", s.now, &r, &diag), RC_OK);
	assert_int_equal(r.hurried, 1);
	assert_true(message(&s, id).next_at.s <= s.now.s);
	sim_run_until(&s, "2024-07-01T09:00:30+08:00");
	assert_int_equal(message(&s, id).state, MESSAGE_SENT);
	assert_refused(engine_retry_now(s.e, id, "admin", s.now, &r, &diag), "sent already");
	assert_int_equal(engine_retry_now(s.e, 0, "admin", s.now, &r, &diag), RC_OK);
	assert_int_equal(r.hurried + r.replaced + r.planned, 0);
	sim_done(&s);
}

/* Without a message: what the settings killed comes back, what the recipient refused does not. */
static void test_retry_all(void **state)
{
	(void)state;
	struct sim s;
	struct engine_retried r;
	int64_t id = begin(&s, "retry-config", sms_is_dead_by_config, MESSAGE_DEAD);
	s.fate = NULL;
	assert_int_equal(engine_retry_now(s.e, 0, "admin", s.now, &r, &diag), RC_OK);
	assert_int_equal(r.replaced, 1);
	assert_true(r.planned > 0);
	engine_tick(s.e, s.now);
	assert_int_equal(message(&s, id).state, MESSAGE_REPLACED);
	assert_int_equal(
		message(&s, last_to(&s, "lead-enforcement", CHANNEL_SMS)).state, MESSAGE_SENT);
	sim_done(&s);
	id = begin(&s, "retry-dead", sms_is_dead, MESSAGE_DEAD);
	assert_int_equal(engine_retry_now(s.e, 0, "admin", s.now, &r, &diag), RC_OK);
	assert_int_equal(r.replaced, 0);
	assert_int_equal(message(&s, id).state, MESSAGE_DEAD);
	assert_int_equal(engine_retry_now(s.e, id, "admin", s.now, &r, &diag), RC_OK);
	assert_int_equal(r.replaced, 1);
	sim_done(&s);
	id = begin(&s, "retry-unknown", sms_is_unknown, MESSAGE_UNKNOWN);
	assert_refused(engine_retry_now(s.e, id, "admin", s.now, &r, &diag), "settle it");
	sim_done(&s);
}

/* ---- corrected contacts ------------------------------------------------------------------------------ */

static const struct sim_edit CORRECTED[] = {
	{"people.cfg", "+86 100 0000 0034", "+86 100 0000 0098"}};

/* However many steps were lost: one SMS, about what is open. */
static void test_corrected_number(void **state)
{
	(void)state;
	struct sim s;
	struct engine_reload r;
	begin(&s, "corrected", sms_is_dead, MESSAGE_DEAD);
	sim_run_until(&s, "2024-07-18T15:00+08:00");
	size_t lost = count_to(&s, "lead-enforcement", CHANNEL_SMS, NULL);
	size_t mails = count_to(&s, "lead-enforcement", CHANNEL_EMAIL, NULL);
	assert_true(lost > 1);
	assert_true(count_to(&s, "lead-enforcement", CHANNEL_EMAIL, "fallback") > 0);
	s.fate = NULL;
	assert_int_equal(sim_reload(&s, NULL, 0, false, &r, &diag), RC_OK);
	sim_run_until(&s, "2024-07-18T15:05+08:00");
	assert_int_equal(count_to(&s, "lead-enforcement", CHANNEL_SMS, NULL), lost);
	assert_int_equal(sim_reload(&s, CORRECTED, 1, false, &r, &diag), RC_OK);
	sim_run_until(&s, "2024-07-18T15:10+08:00");
	assert_int_equal(count_to(&s, "lead-enforcement", CHANNEL_SMS, NULL), lost + 1);
	struct outbox_message m = message(&s, last_to(&s, "lead-enforcement", CHANNEL_SMS));
	assert_string_equal(m.recipient, "+8610000000098");
	assert_int_equal(m.state, MESSAGE_SENT);
	/* The mails that stood in for them stay, and no new ones come. */
	assert_int_equal(count_to(&s, "lead-enforcement", CHANNEL_EMAIL, NULL), mails);
	assert_int_equal(sim_reload(&s, CORRECTED, 1, false, &r, &diag), RC_OK);
	sim_run_until(&s, "2024-07-18T15:15+08:00");
	assert_int_equal(count_to(&s, "lead-enforcement", CHANNEL_SMS, NULL), lost + 1);
	sim_done(&s);
}

static void test_corrected_after_receipt(void **state)
{
	(void)state;
	struct sim s;
	struct engine_reload r;
	int64_t id = begin(&s, "corrected-done", sms_is_dead, MESSAGE_DEAD);
	const struct outbox_reminder *part;
	size_t n;
	assert_int_equal(
		outbox_parts(engine_store(s.e), id, engine_arena(s.e), &part, &n, &diag), RC_OK);
	char about[8][120];
	assert_in_range(n, 1, 8);
	for (size_t i = 0; i < n; i++)
		snprintf(about[i], sizeof about[i], "%s", part[i].obligation_id);
	for (size_t i = 0; i < n; i++)
		sim_act(&s, ACT_RECEIVE, about[i], FORM_NONE, "", DATE_NONE);
	s.fate = NULL;
	size_t before = count_to(&s, "lead-enforcement", CHANNEL_SMS, NULL);
	assert_int_equal(sim_reload(&s, CORRECTED, 1, false, &r, &diag), RC_OK);
	sim_run_until(&s, "2024-07-01T10:40+08:00");
	assert_int_equal(count_to(&s, "lead-enforcement", CHANNEL_SMS, NULL), before);
	assert_int_equal(message(&s, id).state, MESSAGE_DEAD);
	sim_done(&s);
}

/* Corrected while the daemon was down. */
static void test_corrected_before_start(void **state)
{
	(void)state;
	struct sim s;
	int64_t id = begin(&s, "corrected-start", sms_is_unknown, MESSAGE_UNKNOWN);
	s.fate = NULL;
	sim_stop(&s);
	sim_start(&s, s.now, CORRECTED, 1);
	sim_run_until(&s, "2024-07-01T10:35+08:00");
	assert_int_equal(message(&s, id).state, MESSAGE_REPLACED);
	assert_string_equal(message(&s, last_to(&s, "lead-enforcement", CHANNEL_SMS)).recipient,
		"+8610000000098");
	sim_done(&s);
}

/* ---- the other way ----------------------------------------------------------------------------------- */

static void test_dead_sms_goes_by_mail(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "round-mail", sms_is_dead, MESSAGE_DEAD);
	sim_run_until(&s, "2024-07-01T11:00+08:00");
	assert_int_equal(count_to(&s, "lead-enforcement", CHANNEL_EMAIL, "fallback"), 1);
	assert_int_equal(count_to(&s, "clerk-417", CHANNEL_EMAIL, "fallback-clerk"), 0);
	sim_done(&s);
}

static void test_dead_fallback_goes_to_clerk(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "round-clerk", lead_is_dead, MESSAGE_DEAD);
	sim_run_until(&s, "2024-07-01T13:30+08:00");
	assert_true(count_to(&s, "lead-enforcement", CHANNEL_EMAIL, "fallback") > 0);
	assert_true(count_to(&s, "clerk-417", CHANNEL_EMAIL, "fallback-clerk") > 0);
	assert_int_equal(count_to(&s, "admin", CHANNEL_EMAIL, "fallback-admin"), 0);
	sim_done(&s);
}

static void test_dead_clerk_goes_to_admin(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "round-admin", lead_and_clerk_are_dead, MESSAGE_DEAD);
	sim_run_until(&s, "2024-07-01T15:30+08:00");
	assert_true(count_to(&s, "clerk-417", CHANNEL_EMAIL, "fallback-clerk") > 0);
	assert_true(count_to(&s, "admin", CHANNEL_EMAIL, "fallback-admin") > 0);
	sim_done(&s);
}

/* Neither mail nor anybody else's: it ends, and stands in `status` and the digest. */
static void test_all_dead_ends(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "round-end", all_are_dead, MESSAGE_DEAD);
	sim_run_until(&s, "2024-07-01T20:00+08:00");
	size_t n = s.n_messages;
	sim_run_until(&s, "2024-07-01T23:30+08:00");
	assert_int_equal(s.n_messages, n);
	const struct outbox_message *m;
	assert_int_equal(engine_trouble(s.e, 100, s.now, &m, &n, &diag), RC_OK);
	assert_true(n > 3);
	sim_done(&s);
}

static bool clerk_is_dead(const struct sim_message *m, struct outcome *o)
{
	return strcmp(m->person, "clerk-417") == 0 && lose(o, OUTCOME_DEAD, FAULT_RECIPIENT);
}

/* The clerk is not told about himself. */
static void test_dead_mail_to_clerk(void **state)
{
	(void)state;
	struct sim s;
	sim_new(&s, "round-clerk-self", "2024-07-01T00:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-07-01T10:30+08:00");
	s.fate = clerk_is_dead;
	sim_act(&s, ACT_REPORT, MONTHLY, FORM_NONE, "", DATE_NONE);
	sim_run_until(&s, "2024-07-01T15:30+08:00");
	assert_true(count_to(&s, "clerk-417", CHANNEL_EMAIL, "confirm") > 0);
	assert_int_equal(count_to(&s, "clerk-417", CHANNEL_EMAIL, "fallback-clerk"), 0);
	assert_int_equal(count_to(&s, "admin", CHANNEL_EMAIL, "fallback-admin"), 1);
	sim_done(&s);
}

static void test_no_mail_goes_to_clerk(void **state)
{
	(void)state;
	static const struct sim_edit NO_MAIL[] = {
		{"people.cfg", "email = \"lead-enforcement@example.invalid\"; ", ""}};
	struct sim s;
	sim_new(&s, "round-no-mail", "2024-07-01T00:00+08:00", NO_MAIL, 1);
	s.fate = sms_is_dead;
	sim_run_until(&s, "2024-07-01T13:00+08:00");
	assert_int_equal(count_to(&s, "clerk-417", CHANNEL_EMAIL, "fallback-clerk"), 1);
	sim_done(&s);
}

/* ---- test messages ----------------------------------------------------------------------------------- */

static void test_test_message(void **state)
{
	(void)state;
	struct sim s;
	int64_t id;
	sim_new(&s, "test-message", "2024-07-02T10:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-07-02T11:00+08:00");
	struct engine_test t = {
		.person = "lead-enforcement", .who = "admin", .channel = CHANNEL_SMS};
	assert_int_equal(engine_test_message(s.e, &t, s.now, &id, &diag), RC_OK);
	assert_refused(engine_test_message(s.e, &t, s.now, &id, &diag), "very second");
	engine_tick(s.e, s.now);
	struct outbox_message m = message(&s, id);
	assert_int_equal(m.state, MESSAGE_SENT);
	const char *text = strndup(m.bytes, m.len);
	assert_non_null(strstr(text, "[测试]"));
	assert_true(strlen(text) > 60);
	free((void *)(uintptr_t)text);
	t.channel = CHANNEL_EMAIL;
	assert_int_equal(engine_test_message(s.e, &t, s.now, &id, &diag), RC_OK);
	assert_true(sim_count(&s, "lead-enforcement", CHANNEL_EMAIL, "2024-07-02T10:59",
			    "【测试】") == 1);
	const struct history_row *row;
	size_t n;
	assert_int_equal(history_list(engine_store(s.e), "test/2024-07-02T11:00:00+08:00", 10,
				 engine_arena(s.e), &row, &n, &diag),
		RC_OK);
	assert_int_equal(n, 2 + 1); /* two claims, one outcome; the mail's waits for the tick */
	t.person = "nobody";
	assert_int_equal(engine_test_message(s.e, &t, s.now, &id, &diag), RC_NOTFOUND);
	t.person = "admin";
	assert_int_equal(engine_test_message(s.e, &t, s.now, &id, &diag), RC_OK);
	sim_done(&s);
}

static void test_test_message_escalates_to_nobody(void **state)
{
	(void)state;
	struct sim s;
	int64_t id;
	sim_new(&s, "test-dead", "2024-07-02T10:00+08:00", NULL, 0);
	sim_run_until(&s, "2024-07-02T11:00+08:00");
	size_t before = s.n_messages;
	s.fate = sms_is_dead;
	struct engine_test t = {
		.person = "lead-enforcement", .who = "admin", .channel = CHANNEL_SMS};
	assert_int_equal(engine_test_message(s.e, &t, s.now, &id, &diag), RC_OK);
	sim_run_until(&s, "2024-07-02T14:00+08:00");
	assert_int_equal(message(&s, id).state, MESSAGE_DEAD);
	assert_int_equal(s.n_messages, before + 1);
	size_t n;
	assert_refused(engine_settle_resend(s.e, id, "admin", "", s.now, &n, &diag), "nothing in");
	sim_done(&s);
}

/* ---- the admin's digest ------------------------------------------------------------------------------ */

static void lines_since(struct sim *s, const char *since, char *ret, size_t size)
{
	struct buf b;
	buf_init(&b, 16 * 1024);
	struct instant t = since ? sim_time(s, since) : INSTANT_NONE;
	if (engine_trouble_lines(s->e, t, s->now, &b, &diag))
		sim_fail(&diag);
	snprintf(ret, size, "%.*s", (int)b.len, b.len ? b.data : "");
	buf_done(&b);
}

static void test_digest_names_what_is_lost(void **state)
{
	(void)state;
	struct sim s;
	char text[8000], command[60];
	int64_t id = begin(&s, "digest", sms_is_dead, MESSAGE_DEAD);
	s.fate = NULL;
	lines_since(&s, NULL, text, sizeof text);
	snprintf(command, sizeof command, "deadlinectl settle %lld resend", (long long)id);
	assert_non_null(strstr(text, command));
	assert_non_null(strstr(text, "专业执法大队责任人"));
	/* Told once; the next day it is no news. */
	sim_run_until(&s, "2024-07-02T08:29+08:00");
	assert_int_equal(sim_count(&s, "admin", CHANNEL_EMAIL, "2024-07-01T12:00+08:00", ""), 0);
	sim_run_until(&s, "2024-07-02T08:35+08:00");
	assert_int_equal(sim_count(&s, "admin", CHANNEL_EMAIL, "2024-07-02T08:00+08:00", ""), 1);
	sim_run_until(&s, "2024-07-03T08:35+08:00");
	assert_int_equal(sim_count(&s, "admin", CHANNEL_EMAIL, "2024-07-03T08:00+08:00", ""), 0);
	lines_since(&s, "2024-07-02T08:30+08:00", text, sizeof text);
	assert_string_equal(text, "");
	/* Once a week again. */
	sim_run_until(&s, "2024-07-08T08:35+08:00");
	assert_int_equal(sim_count(&s, "admin", CHANNEL_EMAIL, "2024-07-08T08:00+08:00", ""), 1);
	sim_done(&s);
}

static void test_digest_names_unknown_and_waiting(void **state)
{
	(void)state;
	struct sim s;
	char text[8000];
	begin(&s, "digest-unknown", sms_is_unknown, MESSAGE_UNKNOWN);
	lines_since(&s, NULL, text, sizeof text);
	assert_non_null(strstr(text, "发送结果待核实"));
	assert_non_null(strstr(text, " sent "));
	assert_non_null(strstr(text, "短信自2024-07-01 09:00起发不出去"));
	sim_done(&s);
}

/* What never became a message is no secret either. */
static void test_digest_names_what_had_no_text(void **state)
{
	(void)state;
	struct sim s;
	const struct outbox_reminder *row;
	size_t n;
	char text[8000];
	sim_new(&s, "digest-text", "2024-07-01T07:00+08:00", NULL, 0);
	engine_tick(s.e, s.now);
	lines_since(&s, NULL, text, sizeof text);
	assert_string_equal(text, "");
	assert_int_equal(
		outbox_next(engine_store(s.e), 2, engine_arena(s.e), &row, &n, &diag), RC_OK);
	assert_int_equal(
		outbox_supersede(engine_store(s.e), row[0].key, ENGINE_WHY_NO_TEXT, s.now, &diag),
		RC_OK);
	assert_int_equal(outbox_supersede(engine_store(s.e), row[1].key, ENGINE_WHY_PLACEHOLDER,
				 s.now, &diag),
		RC_OK);
	lines_since(&s, NULL, text, sizeof text);
	assert_non_null(strstr(text, "有1条提醒因文本无法生成"));
	assert_non_null(strstr(text, "有1条提醒因联系方式"));
	lines_since(&s, "2024-07-20T00:00+08:00", text, sizeof text);
	assert_string_equal(text, "");
	sim_done(&s);
}

/* ---- undo -------------------------------------------------------------------------------------------- */

/* One command's acts are taken back together. */
static void test_undo_takes_the_command(void **state)
{
	(void)state;
	struct sim s;
	int64_t row;
	sim_new(&s, "undo", "2024-07-02T10:00+08:00", NULL, 0);
	const struct obligation *o = obligation_find(engine_obligations(s.e), MONTHLY);
	assert_true(o->rule->n_deliverables >= 2);
	const char *item[] = {o->rule->deliverable[0].id, o->rule->deliverable[1].id};
	struct engine_act act = {.kind = ACT_RECEIVE,
		.obligation = MONTHLY,
		.deliverable = "",
		.item = item,
		.n_items = 2,
		.form = FORM_PAPER,
		.who = "test",
		.reason = "",
		.date = DATE_NONE};
	sim_act(&s, ACT_REPORT, MONTHLY, FORM_ELECTRONIC, "", DATE_NONE);
	assert_int_equal(engine_act(s.e, &act, s.now, &row, &diag), RC_OK);
	assert_int_equal(engine_undo(s.e, MONTHLY, "test", s.now, &row, &diag), RC_OK);
	o = obligation_find(engine_obligations(s.e), MONTHLY);
	for (size_t i = 0; i < o->n_items; i++)
		assert_int_equal(o->item[i].state,
			o->item[i].form == FORM_PAPER ? ITEM_MISSING : ITEM_REPORTED);
	assert_int_equal(engine_undo(s.e, MONTHLY, "test", s.now, &row, &diag), RC_OK);
	assert_refused(
		engine_undo(s.e, MONTHLY, "test", s.now, &row, &diag), "nothing to take back");
	/* All or none. */
	item[1] = "no-such";
	assert_int_equal(engine_act(s.e, &act, s.now, &row, &diag), RC_NOTFOUND);
	o = obligation_find(engine_obligations(s.e), MONTHLY);
	assert_int_equal(o->item[0].state, ITEM_MISSING);
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settle_sent),
		cmocka_unit_test(test_settle_resend),
		cmocka_unit_test(test_resend_at_night),
		cmocka_unit_test(test_resend_of_what_came_in),
		cmocka_unit_test(test_retry_now),
		cmocka_unit_test(test_retry_all),
		cmocka_unit_test(test_corrected_number),
		cmocka_unit_test(test_corrected_after_receipt),
		cmocka_unit_test(test_corrected_before_start),
		cmocka_unit_test(test_dead_sms_goes_by_mail),
		cmocka_unit_test(test_dead_fallback_goes_to_clerk),
		cmocka_unit_test(test_dead_clerk_goes_to_admin),
		cmocka_unit_test(test_all_dead_ends),
		cmocka_unit_test(test_dead_mail_to_clerk),
		cmocka_unit_test(test_no_mail_goes_to_clerk),
		cmocka_unit_test(test_test_message),
		cmocka_unit_test(test_test_message_escalates_to_nobody),
		cmocka_unit_test(test_digest_names_what_is_lost),
		cmocka_unit_test(test_digest_names_unknown_and_waiting),
		cmocka_unit_test(test_digest_names_what_had_no_text),
		cmocka_unit_test(test_undo_takes_the_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
