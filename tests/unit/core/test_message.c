#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "message.h"
#include "text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define SIGN "晋城市城市管理局"

/* ---- templates from the shipped folder ------------------------------------------------------- */

struct folder {
	const char *replace, *with; /* one file's text instead of the shipped one, or NULL */
	const char *only;           /* a language prefix, or NULL */
};

static enum rc read_shipped(
	void *ctx, const char *name, struct arena *a, const char **ret_text, struct diag *d)
{
	const struct folder *f = ctx;
	char path[300], text[70000];
	if (f && f->only && !text_has_prefix(name, f->only))
		return RC_NOTFOUND;
	if (f && f->replace && text_equal(f->replace, name)) {
		*ret_text = f->with;
		return f->with ? RC_OK : diag_set(d, RC_NOTFOUND, "no such file");
	}
	snprintf(path, sizeof path, "config/templates/%s", name);
	FILE *in = fopen(path, "rb");
	if (!in)
		return diag_set(d, RC_NOTFOUND, "no such file");
	size_t n = fread(text, 1, sizeof text - 1, in);
	fclose(in);
	*ret_text = arena_strndup(a, text, n);
	return RC_OK;
}

static struct templates *load_shipped(void)
{
	struct templates *t = NULL;
	struct diags ds = {0};
	enum rc rc = templates_new(read_shipped, NULL, &t, &ds);
	for (size_t i = 0; i < ds.n; i++) {
		char line[DIAG_TEXT_MAX];
		diag_line(&ds.item[i], NULL, line, sizeof line);
		print_message("%s\n", line);
	}
	assert_int_equal(rc, RC_OK);
	diags_done(&ds);
	return t;
}

/* ---- July 2024, by hand ---------------------------------------------------------------------- */

static struct date day(int year, int month, int d)
{
	struct date ret;
	assert_true(date_from_ymd(year, month, d, &ret));
	return ret;
}

static const struct hours HOURS[] = {
	{.from_month = 1, .from_day = 1, .to_month = 12, .to_day = 31, .open = 480, .close = 1050}};

enum { PHOTOS_PAPER, PHOTOS_ELECTRONIC, SUMMARY_PAPER, SUMMARY_ELECTRONIC, N_ITEMS };

struct world {
	struct config c;
	struct person lead, clerk, leader;
	struct unit unit, other;
	struct office office;
	struct deliverable photos, summary;
	const char *checks[2];
	struct rule rule, after;
	struct occasion occasion;
	struct item item[N_ITEMS], one[1];
	struct obligation month, festival;
	struct reminder reminder[8];
	struct message_part part[8];
	size_t n;
	struct instant now;
	struct templates *t;
	struct arena a;
	struct message_text text;
	struct diag d;
};

static struct instant at(const struct world *w, struct date d, int minute)
{
	return zone_to_instant(w->c.zone, d, minute * 60);
}

static void set_dates(struct world *w, struct obligation *o, struct date due, struct date hand_in)
{
	o->due = o->rule_due = due;
	o->hand_in = hand_in;
	o->due_at = at(w, due, 1050);
	o->hand_in_at = at(w, hand_in, 1050);
	o->hand_in_late = date_compare(hand_in, due) > 0;
}

static void set_month(struct world *w, int month, struct date due, struct date hand_in)
{
	w->month.period_first = day(2024, month, 1);
	w->month.period_last = date_add(w->month.period_first, 27);
	set_dates(w, &w->month, due, hand_in);
}

static void make_config(struct world *w)
{
	assert_int_equal(zone_open("Asia/Shanghai", &w->c.zone, NULL), RC_OK);
	w->c.organisation = SIGN;
	w->c.notice = "晋市城函〔2024〕70号";
	w->c.community = "圪塔社区";
	w->c.campaign = "联点共建";
	w->c.contact = "局精神文明办 +86 100 0000 0017";
	w->c.language = "zh_CN";
	w->c.workdays.known_through = day(2024, 12, 31);
	w->c.sms.sign = SIGN;
	w->c.sms.max_units = 500;
	w->lead = (struct person){.id = "lead",
		.name = "专业执法大队责任人",
		.email = "a@example.invalid",
		.phone = "+8610000000001"};
	w->clerk = (struct person){
		.id = "clerk", .name = "417室经办人", .email = "b@example.invalid", .phone = ""};
	w->leader = (struct person){
		.id = "leader", .name = "组长", .email = "c@example.invalid", .phone = ""};
	w->unit = (struct unit){.id = "enforcement", .name = "专业执法大队", .lead = &w->lead};
	w->other = (struct unit){.id = "brigade-1", .name = "一大队", .lead = &w->lead};
	w->office = (struct office){.id = "civility",
		.name = "局精神文明办",
		.place = "417室",
		.short_name = "417室",
		.clerk = &w->clerk,
		.hours = HOURS,
		.n_hours = 1};
}

static void make_month(struct world *w)
{
	w->checks[0] = "每张图片附说明";
	w->checks[1] = "不少于3张";
	w->photos = (struct deliverable){.id = "photos",
		.name = "活动图片及说明",
		.forms = BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC),
		.checklist = w->checks,
		.n_checklist = 2};
	w->summary = (struct deliverable){.id = "summary",
		.name = "活动总结",
		.forms = BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC),
		.seal = "社区盖章"};
	w->rule = (struct rule){.id = "monthly",
		.name = "联点共建材料",
		.kind = RULE_MONTHLY,
		.office = &w->office,
		.forms = w->photos.forms,
		.basis = "晋市城函〔2024〕70号附件1备注第2项",
		.day = 20};
	w->item[PHOTOS_PAPER] = (struct item){&w->photos, FORM_PAPER, ITEM_MISSING, NULL, 0};
	w->item[PHOTOS_ELECTRONIC] =
		(struct item){&w->photos, FORM_ELECTRONIC, ITEM_MISSING, NULL, 0};
	w->item[SUMMARY_PAPER] = (struct item){&w->summary, FORM_PAPER, ITEM_MISSING, NULL, 0};
	w->item[SUMMARY_ELECTRONIC] =
		(struct item){&w->summary, FORM_ELECTRONIC, ITEM_MISSING, NULL, 0};
	w->month = (struct obligation){.id = "monthly/2024-07/enforcement",
		.period = "2024-07",
		.rule = &w->rule,
		.unit = &w->unit,
		.unit_id = "enforcement",
		.last_day = DATE_NONE,
		.planned_first = DATE_NONE,
		.planned_last = DATE_NONE,
		.internal = DATE_NONE,
		.item = w->item,
		.n_items = N_ITEMS,
		.forms = w->rule.forms,
		.state = STATE_OPEN};
	set_month(w, 7, day(2024, 7, 20), day(2024, 7, 19));
}

static void make_festival(struct world *w)
{
	w->occasion = (struct occasion){.id = "mid-autumn", .name = "中秋节"};
	w->after = (struct rule){.id = "keydate",
		.name = "关键时间节点材料",
		.kind = RULE_AFTER,
		.office = &w->office,
		.forms = BIT(FORM_ELECTRONIC),
		.days = 2,
		.points = 2,
		.nil_allowed = true,
		.basis = "晋市城函〔2024〕70号附件2第20项②"};
	w->one[0] = (struct item){&w->photos, FORM_ELECTRONIC, ITEM_MISSING, NULL, 0};
	w->festival = (struct obligation){.id = "keydate/mid-autumn-2024/brigade-1",
		.period = "mid-autumn-2024",
		.rule = &w->after,
		.unit = &w->other,
		.unit_id = "brigade-1",
		.occasion = &w->occasion,
		.period_first = day(2024, 9, 17),
		.period_last = day(2024, 9, 17),
		.planned_first = day(2024, 9, 17),
		.planned_last = day(2024, 9, 17),
		.last_day = day(2024, 9, 17),
		.internal = DATE_NONE,
		.item = w->one,
		.n_items = 1,
		.forms = BIT(FORM_ELECTRONIC),
		.state = STATE_OPEN};
	set_dates(w, &w->festival, day(2024, 9, 19), day(2024, 9, 19));
}

static struct templates *SHIPPED;

static void world_init(struct world *w)
{
	*w = (struct world){.d = DIAG_INIT};
	make_config(w);
	make_month(w);
	make_festival(w);
	w->t = SHIPPED;
	w->now = at(w, day(2024, 7, 1), 540);
}

static void world_done(struct world *w)
{
	arena_done(&w->a);
	zone_free(w->c.zone);
}

static void set_items(struct world *w, enum form f, enum item_state s)
{
	for (size_t i = 0; i < N_ITEMS; i++)
		if (f == FORM_NONE || w->item[i].form == f)
			w->item[i].state = s;
}

static struct message_part *add(struct world *w, const struct obligation *o, const char *template,
	enum form form, enum channel ch, enum role role)
{
	const struct person *p = role == ROLE_LEADER  ? &w->leader
				 : role == ROLE_CLERK ? &w->clerk
						      : &w->lead;
	struct reminder *r = &w->reminder[w->n];
	*r = (struct reminder){.obligation = o,
		.obligation_id = o ? o->id : "digest/2024-07-01",
		.step_id = "x",
		.template = template,
		.form = form,
		.channel = ch,
		.role = role,
		.person = p,
		.at = w->now,
		.asked = w->now};
	w->part[w->n] = (struct message_part){.reminder = r, .note = ""};
	return &w->part[w->n++];
}

static void render(struct world *w)
{
	enum rc rc = message_render(&w->c, w->t, w->part, w->n, w->now, &w->a, &w->text, &w->d);
	if (rc) {
		char line[DIAG_TEXT_MAX];
		diag_line(&w->d, NULL, line, sizeof line);
		fail_msg("%s", line);
	}
	w->n = 0;
}

static void check_sms(struct world *w, const char *want, size_t units)
{
	render(w);
	const char *whole = arena_printf(&w->a, "【" SIGN "】%s", w->text.sms);
	assert_null(w->text.text);
	assert_string_equal(whole, want);
	assert_int_equal(text_count_utf16(whole), units);
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' is in:\n%s", part, text);
}

/* ---- the agreed texts, to the character ------------------------------------------------------ */

static void test_start_sms(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	add(&w, &w.month, "start", FORM_NONE, CHANNEL_SMS, ROLE_LEAD);
	check_sms(&w,
		"【晋城市城市管理局】7月联点共建由您单位负责，请尽早对接圪塔社区。材料及总结20日前"
		"报417室，"
		"纸质版请19日（周五）17:30前送达。",
		68);
	set_month(&w, 10, day(2024, 10, 20), day(2024, 10, 18));
	add(&w, &w.month, "start", FORM_NONE, CHANNEL_SMS, ROLE_LEAD);
	check_sms(&w,
		"【晋城市城市管理局】10月联点共建由您单位负责，请尽早对接圪塔社区。材料及总结20日前"
		"报417室，"
		"纸质版请18日（周五）17:30前送达。",
		69);
	world_done(&w);
}

static void test_due_sms(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	set_items(&w, FORM_ELECTRONIC, ITEM_RECEIVED);
	w.now = at(&w, day(2024, 7, 18), 540);
	add(&w, &w.month, "due", FORM_PAPER, CHANNEL_SMS, ROLE_LEAD);
	check_sms(&w,
		"【晋城市城市管理局】您单位7月联点共建材料电子版已收悉，尚缺纸质版。20日适逢周六，"
		"请于19日（周五）17:30前送417室。谢谢配合。",
		68);
	set_month(&w, 10, day(2024, 10, 20), day(2024, 10, 18));
	add(&w, &w.month, "due", FORM_PAPER, CHANNEL_SMS, ROLE_LEAD);
	check_sms(&w,
		"【晋城市城市管理局】您单位10月联点共建材料电子版已收悉，尚缺纸质版。20日适逢周日，"
		"请于18日（周五）17:30前送417室。谢谢配合。",
		69);
	world_done(&w);
}

static void test_overdue_sms(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	set_items(&w, FORM_ELECTRONIC, ITEM_RECEIVED);
	w.now = at(&w, day(2024, 7, 22), 540);
	add(&w, &w.month, "overdue", FORM_PAPER, CHANNEL_SMS, ROLE_LEAD);
	check_sms(&w,
		"【晋城市城市管理局】您单位7月联点共建材料已于20日到期，尚缺纸质版，请尽快补送417室"
		"；"
		"如有困难，请告精神文明办。如已送达请忽略。",
		66);
	set_month(&w, 10, day(2024, 10, 20), day(2024, 10, 18));
	w.now = at(&w, day(2024, 10, 21), 540);
	add(&w, &w.month, "overdue", FORM_PAPER, CHANNEL_SMS, ROLE_LEAD);
	check_sms(&w,
		"【晋城市城市管理局】您单位10月联点共建材料已于20日到期，尚缺纸质版，请尽快补送417"
		"室；"
		"如有困难，请告精神文明办。如已送达请忽略。",
		67);
	world_done(&w);
}

static void test_ask_and_nil_sms(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	add(&w, &w.festival, "ask", FORM_NONE, CHANNEL_SMS, ROLE_LEAD);
	check_sms(&w,
		"【晋城市城市管理局】中秋节共建活动是否已结束？材料应于活动结束后2天内报送。"
		"如有提前、延期或未开展，请告精神文明办登记。",
		60);
	set_month(&w, 9, day(2024, 9, 20), day(2024, 9, 20));
	w.festival.standing.nil = true;
	w.one[0].state = ITEM_REPORTED;
	add(&w, &w.festival, "nil", FORM_NONE, CHANNEL_SMS, ROLE_LEAD)->also = &w.month;
	check_sms(&w,
		"【晋城市城市管理局】已登记您单位中秋节“未开展活动”，该节点不再提醒。"
		"9月月度材料仍请于20日前报送417室。",
		55);
	world_done(&w);
}

static void test_subjects(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	add(&w, &w.month, "start", FORM_NONE, CHANNEL_EMAIL, ROLE_LEAD);
	render(&w);
	assert_string_equal(
		w.text.subject, "关于做好7月联点共建活动及材料报送的提醒（专业执法大队）");
	assert_null(w.text.sms);
	w.item[PHOTOS_ELECTRONIC].state = ITEM_RECEIVED;
	w.now = at(&w, day(2024, 7, 16), 540);
	add(&w, &w.month, "due", FORM_PAPER, CHANNEL_EMAIL, ROLE_LEAD);
	render(&w);
	assert_string_equal(w.text.subject, "【请于7月20日前报送】7月联点共建材料尚缺：活动总结、纸"
					    "质版（纸质版7月19日周五前送达）");
	world_done(&w);
}

static void test_leaders_line(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	set_items(&w, FORM_ELECTRONIC, ITEM_RECEIVED);
	w.now = at(&w, day(2024, 7, 24), 540);
	struct message_part *p =
		add(&w, &w.month, "leaders", FORM_PAPER, CHANNEL_EMAIL, ROLE_LEADER);
	p->told_sms = 4;
	p->told_mail = 8;
	render(&w);
	assert_has(w.text.text, "\n报领导小组：截至7月24日9时，7月责任单位专业执法大队联点共建材料"
				"电子版已收、纸质版未收"
				"（应于7月20日前报送）；已短信提醒4次、邮件提醒8次，精神文明办正在"
				"跟进。特此报告。\n");
	assert_string_equal(
		w.text.subject, "【上报领导小组】7月联点共建材料逾期未报（专业执法大队）");
	assert_lacks(w.text.text, "如已报送请忽略");
	add(&w, &w.month, "leaders", FORM_PAPER, CHANNEL_SMS, ROLE_LEADER);
	assert_int_equal(
		message_render(&w.c, w.t, w.part, 1, w.now, &w.a, &w.text, &w.d), RC_NOTFOUND);
	world_done(&w);
}

static void test_digest_line(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	set_month(&w, 9, day(2024, 9, 20), day(2024, 9, 20));
	set_items(&w, FORM_NONE, ITEM_RECEIVED);
	w.item[SUMMARY_ELECTRONIC].state = ITEM_MISSING;
	w.summary.name = "总结";
	w.photos.name = "活动图片";
	w.now = at(&w, day(2024, 9, 18), 540);
	add(&w, &w.month, "due", FORM_ELECTRONIC, CHANNEL_EMAIL, ROLE_LEAD);
	add(&w, &w.festival, "due", FORM_ELECTRONIC, CHANNEL_EMAIL, ROLE_LEAD);
	render(&w);
	assert_has(w.text.text, "\n9月20日前｜月度材料：缺总结（电子版）｜9月19日前｜中秋节材料：缺"
				"活动图片。共2项，详见下表。\n");
	assert_has(w.text.text, "涉及测评分值2分");
	assert_has(w.text.text, "依据：晋市城函〔2024〕70号附件1备注第2项\n");
	assert_has(w.text.text, "依据：晋市城函〔2024〕70号附件2第20项②\n");
	world_done(&w);
}

/* ---- behaviour ------------------------------------------------------------------------------- */

static void test_parts_of_one_obligation_are_one_text(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	w.now = at(&w, day(2024, 7, 15), 540);
	add(&w, &w.month, "due", FORM_PAPER, CHANNEL_SMS, ROLE_LEAD);
	add(&w, &w.month, "due", FORM_ELECTRONIC, CHANNEL_SMS, ROLE_LEAD);
	render(&w);
	assert_string_equal(w.text.sms,
		"您单位7月联点共建材料尚未报送。电子版请于20日（周六）前报送，"
		"纸质版请于19日（周五）17:30前送417室。");
	assert_true(text_count_utf16(w.text.sms) + 10 <= 68);
	/* Two texts of one obligation: the more urgent one. */
	add(&w, &w.month, "start", FORM_NONE, CHANNEL_EMAIL, ROLE_LEAD);
	add(&w, &w.month, "due", FORM_ELECTRONIC, CHANNEL_EMAIL, ROLE_LEAD);
	render(&w);
	assert_has(w.text.subject, "【请于7月20日前报送】7月联点共建材料尚未报送");
	world_done(&w);
}

static size_t count_of(const char *text, const char *part)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
		n++;
	return n;
}

static void test_several_obligations_are_a_digest(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	w.now = at(&w, day(2024, 9, 18), 540);
	w.after.basis = w.rule.basis;
	add(&w, &w.month, "overdue", FORM_PAPER, CHANNEL_EMAIL, ROLE_LEAD);
	add(&w, &w.month, "overdue", FORM_ELECTRONIC, CHANNEL_EMAIL, ROLE_LEAD)->late = true;
	add(&w, &w.festival, "ask", FORM_NONE, CHANNEL_EMAIL, ROLE_LEAD)->link =
		"https://example.invalid/p/x";
	render(&w);
	assert_string_equal(
		w.text.subject, "【补发】【报送提醒】共2项：7月联点共建材料、中秋节活动材料");
	assert_has(w.text.text, "7月20日已到期｜月度材料：缺全部材料（电子版、纸质版）｜"
				"9月19日前｜中秋节材料：活动是否已结束，请告精神文明办登记。共2项");
	assert_int_equal(count_of(w.text.text, "依据："), 1);
	assert_has(w.text.text, "https://example.invalid/p/x");
	add(&w, &w.month, "due", FORM_PAPER, CHANNEL_SMS, ROLE_LEAD);
	add(&w, &w.festival, "due", FORM_ELECTRONIC, CHANNEL_SMS, ROLE_LEAD);
	render(&w);
	assert_has(w.text.sms, "。共2项，详见邮件。");
	world_done(&w);
}

static void test_due_in_another_month_names_it(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	set_month(&w, 7, day(2024, 8, 1), day(2024, 8, 1));
	add(&w, &w.month, "start", FORM_NONE, CHANNEL_SMS, ROLE_LEAD);
	render(&w);
	assert_has(w.text.sms, "材料及总结8月1日前报417室，纸质版请8月1日（周四）17:30前送达。");
	world_done(&w);
}

static void test_dates_that_have_passed(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	w.now = at(&w, day(2024, 7, 19), 1100);
	add(&w, &w.month, "due", FORM_ELECTRONIC, CHANNEL_SMS, ROLE_LEAD);
	render(&w);
	assert_has(w.text.sms, "电子版请于20日（周六）前报送，纸质版请尽快补送417室。");
	/* Spring Festival: paper after the due date; the overdue text speaks of what has passed. */
	set_month(&w, 2, day(2024, 2, 12), day(2024, 2, 18));
	w.now = at(&w, day(2024, 2, 8), 540);
	add(&w, &w.month, "start", FORM_NONE, CHANNEL_EMAIL, ROLE_LEAD);
	render(&w);
	assert_has(w.text.text,
		"截止日前没有工作日，纸质版顺延至2月18日（周日）；电子版仍以2月12日（周一）为准");
	w.now = at(&w, day(2024, 2, 17), 540);
	add(&w, &w.month, "overdue", FORM_ELECTRONIC, CHANNEL_EMAIL, ROLE_LEAD);
	render(&w);
	assert_has(w.text.text, "活动总结（电子版）");
	assert_lacks(w.text.text, "、纸质版");
	add(&w, &w.month, "overdue", FORM_ELECTRONIC, CHANNEL_SMS, ROLE_LEAD);
	render(&w);
	assert_has(w.text.sms, "已于12日到期，尚缺电子版，请尽快补报");
	world_done(&w);
}

static void test_mail_opens_and_closes(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	struct message_part *p = add(&w, &w.month, "due", FORM_PAPER, CHANNEL_EMAIL, ROLE_LEAD);
	p->link = "https://example.invalid/p/x?a=1&b=2";
	p->late = true;
	w.month.internal = day(2024, 7, 18);
	w.rule.points = 2;
	w.month.provisional = true;
	render(&w);
	assert_true(text_has_prefix(w.text.text, "专业执法大队责任人同志：您好！\n"));
	assert_has(w.text.text, "依据：晋市城函〔2024〕70号附件1备注第2项\n");
	assert_has(w.text.text, "联络人：局精神文明办 +86 100 0000 0017\n如已报送请忽略。\n");
	assert_has(w.text.text, "登记报送：https://example.invalid/p/x?a=1&b=2\n");
	assert_has(w.text.html, "href=\"https://example.invalid/p/x?a=1&amp;b=2\"");
	assert_has(w.text.text, "内部报送：2024年7月18日（周四）\n");
	assert_has(w.text.text, "截止日期：2024年7月20日（周六）17:30\n");
	assert_has(w.text.text, "涉及测评分值2分");
	assert_has(w.text.text, "暂定");
	assert_has(w.text.text, "社区盖章");
	assert_has(w.text.text, "□ 不少于3张");
	assert_has(w.text.text, "补发");
	assert_true(text_has_prefix(w.text.subject, "【补发】"));
	world_done(&w);
}

static void test_clerk_is_not_the_unit(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	add(&w, &w.month, "overdue", FORM_PAPER, CHANNEL_EMAIL, ROLE_CLERK);
	render(&w);
	assert_has(w.text.text, "专业执法大队7月联点共建材料已于7月20日到期");
	assert_lacks(w.text.text, "您单位");
	set_items(&w, FORM_ELECTRONIC, ITEM_REPORTED);
	add(&w, &w.month, "confirm", FORM_ELECTRONIC, CHANNEL_EMAIL, ROLE_CLERK);
	render(&w);
	assert_string_equal(w.text.subject, "【请核收】专业执法大队7月联点共建材料：电子版");
	/* What the bureau owes the clerk hands in: then the clerk is asked, not informed. */
	w.month.unit = NULL;
	add(&w, &w.month, "due", FORM_PAPER, CHANNEL_EMAIL, ROLE_CLERK);
	render(&w);
	assert_has(w.text.text, SIGN "7月联点共建材料尚缺：纸质版");
	assert_has(w.text.text, "请于19日（周五）17:30前送417室");
	world_done(&w);
}

static void test_returned_names_the_reason(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	set_items(&w, FORM_NONE, ITEM_RECEIVED);
	w.item[SUMMARY_ELECTRONIC].state = ITEM_MISSING;
	w.item[SUMMARY_ELECTRONIC].returned = "缺少社区意见";
	add(&w, &w.month, "returned", FORM_NONE, CHANNEL_EMAIL, ROLE_LEAD)->note = "缺少社区意见";
	render(&w);
	assert_has(w.text.text, "· 活动总结（电子版）：缺少社区意见\n");
	assert_lacks(w.text.text, "活动图片");
	add(&w, &w.month, "returned", FORM_NONE, CHANNEL_SMS, ROLE_LEAD)->note = "缺少社区意见";
	render(&w);
	assert_string_equal(w.text.sms,
		"您单位7月联点共建材料已退回补正（缺少社区意见），尚缺活动总结（电子版）。"
		"请于20日（周六）17:30前报送精神文明办。");
	world_done(&w);
}

static void test_moved_names_both_dates(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	add(&w, &w.month, "moved", FORM_NONE, CHANNEL_EMAIL, ROLE_LEAD)->note =
		"2024-07-18 → 2024-07-19";
	render(&w);
	assert_has(w.text.text, "有调整：由7月18日（周四）改为7月19日（周五）。");
	assert_string_equal(
		w.text.subject, "【日期调整】7月联点共建材料纸质版最迟送达日为7月19日周五");
	add(&w, &w.month, "moved", FORM_NONE, CHANNEL_EMAIL, ROLE_LEAD)->note = "2024-07-18 -> ?";
	render(&w);
	assert_has(w.text.text, "有调整：2024-07-18 -> ?。");
	world_done(&w);
}

static void test_titles(void **state)
{
	(void)state;
	static const struct {
		enum rule_kind kind;
		const char *name, *occasion;
		bool half;
		const char *want;
	} cases[] = {
		{RULE_MONTHLY, "★指标材料", NULL, false, "9月★指标材料"},
		{RULE_AFTER, "关键节点活动材料", "消防日", false, "消防日活动材料"},
		{RULE_AFTER, "专项活动材料", "夏季集中行动", false, "夏季集中行动材料"},
		{RULE_ONCE, "督办函答复", NULL, false, "督办函答复"},
		{RULE_COUNT, "活动不少于10次", NULL, false, "2024年“活动不少于10次”"},
		{RULE_COUNT, "服务各1次", NULL, true, "2024年下半年“服务各1次”"},
	};
	struct world w;
	world_init(&w);
	for (size_t i = 0; i < COUNT(cases); i++) {
		w.after.kind = cases[i].kind;
		w.after.name = cases[i].name;
		w.after.per_half_year = cases[i].half;
		w.occasion.name = cases[i].occasion;
		w.festival.occasion = cases[i].occasion ? &w.occasion : NULL;
		add(&w, &w.festival, "released", FORM_NONE, CHANNEL_EMAIL, ROLE_LEAD);
		render(&w);
		assert_string_equal(w.text.subject,
			arena_printf(&w.a, "【责任调整】%s不再由您单位负责", cases[i].want));
	}
	world_done(&w);
}

static void test_never_relative_days(void **state)
{
	(void)state;
	static const char *const name[] = {"heads-up", "start", "due", "overdue", "ask", "returned",
		"moved", "released", "catch-up", "nil", "confirm", "handover",
		"handed-over"};
	static const char *const language[] = {"zh_CN", "en"};
	static const char *const never[] = {
		"今天", "明天", "后天", "今日", "明日", "today", "tomorrow"};
	struct world w;
	world_init(&w);
	for (size_t l = 0; l < COUNT(language); l++) {
		w.c.language = language[l];
		for (size_t i = 0; i < COUNT(name); i++) {
			const struct obligation *o =
				text_equal(name[i], "ask") ? &w.festival : &w.month;
			for (int ch = 0; ch < CHANNEL_COUNT; ch++) {
				if (ch == CHANNEL_CHAT && !templates_has(w.t, language[l], name[i], ch))
					continue;
				assert_true(templates_has(w.t, language[l], name[i], ch));
				add(&w, o, name[i], FORM_NONE, ch, ROLE_LEAD);
				render(&w);
				const char *s = ch == CHANNEL_EMAIL ? w.text.text : w.text.sms;
				for (size_t k = 0; k < COUNT(never); k++)
					assert_lacks(s, never[k]);
				assert_lacks(s, "{{");
				assert_true(strlen(s) > 10);
				if (getenv("SHOW"))
					print_message("---- %s %s %zu\n%s\n%s\n", language[l],
						name[i], text_count_utf16(s) + 10,
						ch == CHANNEL_EMAIL ? w.text.subject : "", s);
			}
		}
	}
	assert_false(templates_has(w.t, "zh_CN", "leaders", CHANNEL_SMS));
	assert_false(templates_has(w.t, "zh_CN", "mail", CHANNEL_EMAIL));
	assert_false(templates_has(w.t, "zh_CN", "nonsense", CHANNEL_EMAIL));
	world_done(&w);
}

static void test_admin_digest_has_no_obligation(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	add(&w, NULL, "admin", FORM_NONE, CHANNEL_EMAIL, ROLE_CLERK)->note =
		"2 messages are dead\nthe disk is <full>";
	render(&w);
	assert_has(w.text.text, "2 messages are dead\nthe disk is <full>\n");
	assert_has(w.text.html, "the disk is &lt;full&gt;");
	add(&w, &w.month, "weekly", FORM_NONE, CHANNEL_EMAIL, ROLE_CLERK);
	add(&w, &w.festival, "weekly", FORM_NONE, CHANNEL_EMAIL, ROLE_CLERK);
	render(&w);
	assert_has(w.text.subject, "2项材料尚未报结");
	assert_has(w.text.text, "一大队｜中秋节活动材料｜2024年9月19日（周四）前｜电子版未收\n");
	world_done(&w);
}

/* ---- injection ------------------------------------------------------------------------------- */

static bool is_valid_line(const char *s)
{
	size_t offset;
	return text_check(s, strlen(s), false, &offset) == TEXT_OK;
}

static void test_injection(void **state)
{
	(void)state;
	static const char *const evil[] = {"x\r\nBcc: y@example.invalid", "{{person}}{{#items}}",
		"<script>alert(1)</script>", "END:VEVENT\r\nEND:VCALENDAR", "%n%s%n",
		"a\xe2\x80\xaegnp", "😀大队😀", "\xff\xfe", "\r\n.\r\n", "'; DROP TABLE x; --",
		"\"><img src=x>", "a\x01\x7f\x1b[2J", "\xe2\x80\xa8line\xe2\x80\xa9", "【冒名】"};
	struct world w;
	world_init(&w);
	for (size_t i = 0; i < COUNT(evil); i++) {
		w.lead.name = w.unit.name = w.photos.name = w.rule.name = w.office.place = evil[i];
		w.item[PHOTOS_PAPER].returned = evil[i];
		for (int ch = 0; ch < CHANNEL_COUNT; ch++) {
			struct message_part *p = add(&w, &w.month,
				ch == CHANNEL_CHAT ? "due" : "returned", FORM_NONE, ch, ROLE_CLERK);
			p->note = evil[i];
			render(&w);
			if (ch == CHANNEL_CHAT) {
				size_t at_byte;
				assert_int_equal(text_check(w.text.sms, strlen(w.text.sms), true,
							 &at_byte),
					TEXT_OK);
				assert_lacks(w.text.sms, "\nBcc:");
				continue;
			}
			if (ch == CHANNEL_SMS) {
				assert_true(is_valid_line(w.text.sms));
				assert_lacks(w.text.sms, "【");
				assert_lacks(w.text.sms, "😀");
				assert_lacks(w.text.sms, "\xef\xbf\xbd");
				continue;
			}
			size_t offset;
			assert_true(is_valid_line(w.text.subject));
			assert_int_equal(
				text_check(w.text.text, strlen(w.text.text), true, &offset),
				TEXT_OK);
			assert_int_equal(
				text_check(w.text.html, strlen(w.text.html), true, &offset),
				TEXT_OK);
			assert_lacks(w.text.html, "<script>");
			assert_lacks(w.text.html, "<img");
			assert_lacks(w.text.text, "\nBcc:");
			assert_lacks(w.text.text, "\nEND:VCALENDAR");
			assert_lacks(w.text.text, "\n.\n");
		}
	}
	w.unit.name = "{{person}}";
	add(&w, &w.month, "start", FORM_NONE, CHANNEL_EMAIL, ROLE_LEAD);
	render(&w);
	assert_has(w.text.subject, "（{{person}}）");
	world_done(&w);
}

static void test_too_long(void **state)
{
	(void)state;
	struct world w;
	char name[501];
	world_init(&w);
	memset(name, 0, sizeof name);
	for (size_t i = 0; i + 3 < sizeof name; i += 3)
		memcpy(name + i, "长", 3);
	w.unit.name = w.rule.name = name;
	w.c.sms.max_units = 70;
	add(&w, &w.month, "due", FORM_PAPER, CHANNEL_SMS, ROLE_CLERK);
	render(&w);
	assert_int_equal(text_count_utf16(w.text.sms), 60);
	assert_true(is_valid_line(w.text.sms));
	assert_string_equal(w.text.sms + strlen(w.text.sms) - 3, "…");
	add(&w, &w.month, "start", FORM_PAPER, CHANNEL_EMAIL, ROLE_LEAD);
	render(&w);
	assert_true(strlen(w.text.subject) <= MESSAGE_SUBJECT_MAX);
	assert_true(is_valid_line(w.text.subject));
	world_done(&w);
}

static void test_clean_sms(void **state)
{
	(void)state;
	static const struct {
		const char *input, *want;
	} cases[] = {
		{"", ""},
		{"请于20日（周六）前报送", "请于20日（周六）前报送"},
		{"请【单位】★指标", "请[单位]*指标"},
		{"a\r\nb\tc", "a b c"},
		{"  a  \n", "a"},
		{"好😀的", "好的"},
		{"❤\xef\xb8\x8f好", "好"},
		{"a\xe2\x80\x8d"
		 "b\xe2\x80\xae"
		 "c\xef\xbb\xbf",
			"abc"},
		{"a\x01\x1b\x7f"
		 "b",
			"ab"},
		{"a\xff\xc0"
		 "b",
			"ab"},
		{"100% {{x}} <b>", "100% {{x}} <b>"},
	};
	struct arena a = ARENA_INIT;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(message_clean_sms(cases[i].input, &a), cases[i].want);
	arena_done(&a);
}

static void test_variables(void **state)
{
	(void)state;
	static const struct sms_variable variable[] = {
		{.name = "unit", .text = "{{your_unit}}", .max = 35},
		{.name = "title", .text = "{{title}}", .max = 6},
		{.name = "what",
			.text = "{{#items}}{{title_short}}{{^last}}、{{/last}}{{/items}}",
			.max = 35},
	};
	struct world w;
	world_init(&w);
	w.c.sms.variable = variable;
	w.c.sms.n_variables = COUNT(variable);
	add(&w, &w.month, "due", FORM_NONE, CHANNEL_SMS, ROLE_LEAD);
	render(&w);
	assert_string_equal(w.text.variable[0], "您单位");
	assert_string_equal(w.text.variable[1], "7月联点..");
	assert_string_equal(w.text.variable[2], "月度材料");
	assert_int_equal(w.text.variable_points[1], 8);
	assert_int_equal(w.text.sms_units, text_count_utf16(w.text.sms) + 10);
	/* Of several things only lists say something. */
	add(&w, &w.month, "due", FORM_NONE, CHANNEL_SMS, ROLE_LEAD);
	add(&w, &w.festival, "due", FORM_NONE, CHANNEL_SMS, ROLE_LEAD);
	render(&w);
	assert_string_equal(w.text.variable[0], "无");
	assert_int_equal(w.text.variable_points[0], 0);
	assert_string_equal(w.text.variable[2], "月度材料、中秋节材料");
	/* A text that is cut says how long it was; mail has no variables. */
	size_t whole = w.text.sms_units;
	w.c.sms.max_units = 60;
	add(&w, &w.month, "due", FORM_NONE, CHANNEL_SMS, ROLE_LEAD);
	add(&w, &w.festival, "due", FORM_NONE, CHANNEL_SMS, ROLE_LEAD);
	render(&w);
	assert_int_equal(w.text.sms_units, whole);
	assert_int_equal(text_count_utf16(w.text.sms), 50);
	add(&w, &w.month, "due", FORM_NONE, CHANNEL_EMAIL, ROLE_LEAD);
	render(&w);
	assert_null(w.text.variable);
	world_done(&w);
}

/* ---- loading --------------------------------------------------------------------------------- */

static void test_templates_are_checked(void **state)
{
	(void)state;
	char *big = mem_new(3000, 1);
	memset(big, 'x', 2500);
	const struct {
		const char *file, *text, *want;
	} cases[] = {
		{"zh_CN/due.txt", "a\n{{titel}}",
			"zh_CN/due.txt:2: error: there is no name 'titel' for templates"},
		{"zh_CN/due.html", "{{#title}}",
			"zh_CN/due.html:1: error: the section {{title}} is not closed"},
		{"zh_CN/start.sms", big,
			"zh_CN/start.sms: error: with long names this text is longer than 2000 "
			"bytes"},
		{"en/ask.subject", " \n", "en/ask.subject: error: this text says nothing"},
		{"en/due.txt", "a\nb\x01",
			"en/due.txt:2: error: control characters or text that is not UTF-8"},
		{"zh_CN/due.line", NULL, "zh_CN/due.line: error: no such file"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct folder f = {.replace = cases[i].file, .with = cases[i].text};
		struct templates *t = NULL;
		struct diags ds = {0};
		char line[DIAG_TEXT_MAX];
		assert_int_equal(templates_new(read_shipped, &f, &t, &ds), RC_INVALID);
		assert_null(t);
		assert_true(ds.n >= 1);
		diag_line(&ds.item[0], NULL, line, sizeof line);
		assert_string_equal(line, cases[i].want);
		diags_done(&ds);
	}
	free(big);
}

static void test_languages(void **state)
{
	(void)state;
	struct folder f = {.only = "en/"};
	struct templates *t = NULL;
	struct diags ds = {0};
	assert_int_equal(templates_new(read_shipped, &f, &t, &ds), RC_OK);
	assert_true(templates_has(t, "en", "due", CHANNEL_SMS));
	assert_false(templates_has(t, "zh_CN", "due", CHANNEL_SMS));
	struct world w;
	world_init(&w);
	w.t = t;
	add(&w, &w.month, "due", FORM_PAPER, CHANNEL_SMS, ROLE_LEAD);
	assert_int_equal(
		message_render(&w.c, w.t, w.part, 1, w.now, &w.a, &w.text, &w.d), RC_NOTFOUND);
	world_done(&w);
	templates_free(t);
	f.only = "fr/";
	t = NULL;
	assert_int_equal(templates_new(read_shipped, &f, &t, &ds), RC_NOTFOUND);
	assert_null(t);
	diags_done(&ds);
	templates_free(NULL);
}

static int load(void **state)
{
	(void)state;
	SHIPPED = load_shipped();
	return 0;
}

static int unload(void **state)
{
	(void)state;
	templates_free(SHIPPED);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_sms),
		cmocka_unit_test(test_due_sms),
		cmocka_unit_test(test_overdue_sms),
		cmocka_unit_test(test_ask_and_nil_sms),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_leaders_line),
		cmocka_unit_test(test_digest_line),
		cmocka_unit_test(test_parts_of_one_obligation_are_one_text),
		cmocka_unit_test(test_several_obligations_are_a_digest),
		cmocka_unit_test(test_due_in_another_month_names_it),
		cmocka_unit_test(test_dates_that_have_passed),
		cmocka_unit_test(test_mail_opens_and_closes),
		cmocka_unit_test(test_clerk_is_not_the_unit),
		cmocka_unit_test(test_returned_names_the_reason),
		cmocka_unit_test(test_moved_names_both_dates),
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_never_relative_days),
		cmocka_unit_test(test_admin_digest_has_no_obligation),
		cmocka_unit_test(test_injection),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_clean_sms),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_templates_are_checked),
		cmocka_unit_test(test_languages),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
