/* What groups read: every unit by its name, nobody by theirs, within what the robot takes. */
#include "fixture.h"

#include "message.h"
#include "plan.h"
#include "text.h"

static struct arena arena;
static struct templates *shipped;
static struct person group;
static struct chat_room room;

static enum rc read_shipped(
	void *ctx, const char *name, struct arena *a, const char **ret_text, struct diag *d)
{
	char path[300], text[70000];
	const char *without = ctx;
	snprintf(path, sizeof path, "config/templates/%s", name);
	FILE *in = without && strstr(name, without) ? NULL : fopen(path, "rb");
	if (!in)
		return diag_set(d, RC_NOTFOUND, "no such file");
	size_t n = fread(text, 1, sizeof text - 1, in);
	fclose(in);
	*ret_text = arena_strndup(a, text, n);
	return RC_OK;
}

static struct fixture *world(enum transport_kind kind, const char *keyword)
{
	struct fixture *f = fixture_init();
	static const struct chat_room *rooms[1] = {&room};
	f->c.language = "zh_CN";
	f->c.organisation = "晋城市城市管理局";
	f->c.community = "圪塔社区";
	f->c.campaign = "联点共建";
	f->c.notice = f->c.domain = "x";
	f->c.contact = "张联系 +86 100 0000 0017";
	for (size_t i = 0; i <= ADMIN; i++)
		f->person[i].name = arena_printf(&f->c.arena, "甲乙丙-%zu", i);
	room = (struct chat_room){
		.id = "leads", .kind = kind, .keyword = keyword, .as_person = &group};
	group = (struct person){
		.id = "leads", .name = "责任人群", .email = "", .phone = "", .room = &room};
	f->c.chat_room = rooms;
	f->c.n_chat_rooms = 1;
	return f;
}

static struct obligations expand(struct fixture *f)
{
	struct obligations os;
	struct diag d = DIAG_INIT;
	assert_int_equal(
		obligation_expand(&f->c, on(20240101), on(20241231), NULL, NULL, &arena, &os, &d),
		RC_OK);
	return os;
}

static struct message_part part_of(
	const struct obligation *o, const char *template, struct instant at)
{
	struct reminder *r = ARENA_NEW(&arena, struct reminder);
	*r = (struct reminder){.obligation = o,
		.obligation_id = o->id,
		.step_id = "x",
		.template = template,
		.person = &group,
		.role = ROLE_GROUP,
		.channel = CHANNEL_CHAT,
		.at = at,
		.asked = at};
	return (struct message_part){.reminder = r, .note = ""};
}

static const char *render(
	struct fixture *f, const struct message_part *part, size_t n, struct instant now)
{
	struct message_text text = {0};
	struct diag d = DIAG_INIT;
	enum rc rc = message_render(&f->c, shipped, part, n, now, &arena, &text, &d);
	if (rc) {
		char why[DIAG_TEXT_MAX];
		diag_text(&d, NULL, why, sizeof why);
		fail_msg("%s", why);
	}
	return text.sms;
}

/* All templates that a group can be told, in both languages, of all obligations of a year. */
static void units_not_people(void **state)
{
	static const char *const TEMPLATE[] = {"heads-up", "start", "due", "overdue", "ask"};
	static const char *const ANY[] = {"heads-up", "start", "due", "overdue", "ask", "returned",
		"moved", "released", "catch-up", "nil", "confirm", "leaders", "weekly", "admin",
		"alarm", "digest"};
	static const char *const LANG[] = {"zh_CN", "en"};
	(void)state;
	struct fixture *f = world(TRANSPORT_SPOOL, NULL);
	struct obligations os = expand(f);
	size_t n = 0;
	for (size_t l = 0; l < 2; l++) {
		f->c.language = LANG[l];
		for (size_t t = 0; t < sizeof ANY / sizeof *ANY; t++) {
			bool may = false;
			for (size_t i = 0; i < sizeof TEMPLATE / sizeof *TEMPLATE; i++)
				may = may || strcmp(TEMPLATE[i], ANY[t]) == 0;
			assert_int_equal(
				templates_has(shipped, LANG[l], ANY[t], CHANNEL_CHAT), may);
			for (size_t i = 0; may && i < os.n; i++) {
				const struct obligation *o = &os.item[i];
				if (date_is_none(o->due) ||
					(strcmp(ANY[t], "ask") == 0 && !o->occasion))
					continue;
				struct instant at = {
					o->due_at.s +
					(strcmp(ANY[t], "overdue") == 0 ? 1 : -5) * DAY_S};
				struct message_part p = part_of(o, ANY[t], at);
				const char *s = render(f, &p, 1, at);
				n++;
				if (strstr(s, "甲乙丙") || strstr(s, "张联系") ||
					strstr(s, "您单位") || strstr(s, "{{"))
					fail_msg("%s %s: %s", LANG[l], ANY[t], s);
				if (o->unit && !strstr(s, o->unit->name))
					fail_msg("%s %s names no unit: %s", LANG[l], ANY[t], s);
				assert_int_equal(text_check(s, strlen(s), true, NULL), TEXT_OK);
			}
		}
	}
	assert_true(n > 100);
}

/* Of several obligations each is said in full; no robot gets more than it takes, and what is left out
 * is counted. */
static void several(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum transport_kind kind;
		const char *keyword;
		size_t n, max;
		bool all;
	} row[] = {
		{"two", TRANSPORT_WECOM, NULL, 2, 2048, true},
		{"many for WeCom", TRANSPORT_WECOM, "催办", 30, 2048, false},
		{"many", TRANSPORT_FEISHU, NULL, 20, 6000, true},
		{"very many", TRANSPORT_DINGTALK, "催办", 60, 6000, false},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct fixture *f = world(row[i].kind, row[i].keyword);
		struct obligations os = expand(f);
		struct message_part part[60];
		size_t n = 0, said = 0;
		for (size_t k = 0; k < os.n && n < row[i].n; k++)
			if (!date_is_none(os.item[k].due))
				part[n++] = part_of(&os.item[k], "due",
					(struct instant){os.item[0].due_at.s - 9 * DAY_S});
		/* The year may have fewer. */
		const char *s = render(f, part, n, part[0].reminder->at);
		size_t keyword = row[i].keyword ? strlen(row[i].keyword) + 1 : 0;
		for (const char *p = s; (p = strstr(p, "【报送提醒】")); p++)
			said++;
		print_message("%s: %zu of %zu in %zu bytes\n", row[i].name, said, n, strlen(s));
		assert_true(strlen(s) + keyword + strlen("【测试】") <= row[i].max);
		bool counted = strstr(s, "项未列出") != NULL;
		assert_int_equal(counted, said < n);
		if (row[i].all)
			assert_int_equal(said, n);
		if (counted)
			assert_non_null(strstr(s, arena_printf(&arena, "另有%zu项", n - said)));
	}
}

static void one_too_long(void **state)
{
	(void)state;
	struct fixture *f = world(TRANSPORT_WECOM, "催办");
	struct obligations os = expand(f);
	char *name = arena_alloc(&arena, 3001, 1);
	memset(name, '\0', 3001);
	for (int i = 0; i < 1000; i++)
		memcpy(name + 3L * i, "长", 3);
	struct rule rule = *os.item[0].rule;
	struct obligation o = os.item[0];
	rule.name = name;
	o.rule = &rule;
	struct message_part p = part_of(&o, "due", (struct instant){o.due_at.s - DAY_S});
	const char *s = render(f, &p, 1, p.reminder->at);
	assert_true(strlen(s) <= 2048 - strlen("催办") - 1);
	assert_int_equal(text_check(s, strlen(s), true, NULL), TEXT_OK);
	assert_non_null(strstr(s, "…"));
}

/* Templates without .chat: the words of the SMS. */
static void without_own_texts(void **state)
{
	struct templates *t = NULL, *was = shipped;
	struct diags ds = {0};
	(void)state;
	assert_int_equal(templates_new(read_shipped, (void *)(uintptr_t) ".chat", &t, &ds), RC_OK);
	struct fixture *f = world(TRANSPORT_SPOOL, NULL);
	struct obligations os = expand(f);
	struct message_part p =
		part_of(&os.item[0], "due", (struct instant){os.item[0].due_at.s - DAY_S});
	shipped = t;
	const char *s = render(f, &p, 1, p.reminder->at);
	assert_null(strstr(s, "【报送提醒】"));
	assert_non_null(strstr(s, os.item[0].unit->name));
	shipped = was;
	templates_free(t);
	diags_done(&ds);
}

static int load(void **state)
{
	struct diags ds = {0};
	(void)state;
	int rc = templates_new(read_shipped, NULL, &shipped, &ds);
	for (size_t i = 0; i < ds.n; i++) {
		char line[DIAG_TEXT_MAX + 300];
		diag_line(&ds.item[i], NULL, line, sizeof line);
		print_message("%s\n", line);
	}
	diags_done(&ds);
	return rc;
}

static int unload(void **state)
{
	(void)state;
	templates_free(shipped);
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_not_people),
		cmocka_unit_test(several),
		cmocka_unit_test(one_too_long),
		cmocka_unit_test(without_own_texts),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
