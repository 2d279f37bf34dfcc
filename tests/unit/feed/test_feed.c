#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <libical/ical.h>

#include "feed_fixture.h"
#include "feed_index.h"
#include "feed_lines.h"

/* An index changes how long it takes, and nothing else. */
static void check_indexed(const struct fixture *f, struct feed_spec s, const struct buf *want)
{
	struct diag d = DIAG_INIT;
	struct feed_index *x = feed_index_new(&f->os);
	struct buf out;
	buf_init(&out, want->max);
	s.index = x;
	assert_int_equal(feed_render(&f->c, &f->os, &s, &FRESH, &out, &d), RC_OK);
	assert_string_equal(out.data, want->data);
	buf_done(&out);
	feed_index_free(x);
}

static void render(
	const struct fixture *f, struct feed_spec s, const struct feed_versions *v, struct buf *out)
{
	struct diag d = DIAG_INIT;
	buf_clear(out);
	assert_int_equal(feed_render(&f->c, &f->os, &s, v, out, &d), RC_OK);
	if (v == &FRESH)
		check_indexed(f, s, out);
	check_lines(out->data, out->len);
	icalcomponent *c = icalparser_parse_string(out->data);
	assert_non_null(c);
	assert_int_equal(icalcomponent_count_errors(c), 0);
	assert_true(icalcomponent_count_components(c, ICAL_VEVENT_COMPONENT) > 0);
	icalcomponent_free(c);
}

static void render_fresh(
	const struct fixture *f, enum feed_kind kind, const char *id, struct buf *out)
{
	render(f, spec_of(kind, id), &FRESH, out);
}

static bool has(const struct buf *b, const char *text)
{
	char *flat = unfold(b->data);
	bool found = strstr(flat, text) != NULL;
	free(flat);
	return found;
}

static int count_events(const struct buf *b)
{
	int n = 0;
	for (const char *s = b->data; (s = strstr(s, "BEGIN:VEVENT\r\n")); s++)
		n++;
	return n;
}

#define SETUP                                                                                      \
	struct fixture f;                                                                          \
	struct buf out;                                                                            \
	(void)state;                                                                               \
	fixture_init(&f);                                                                          \
	buf_init(&out, FEED_MAX)
#define TEARDOWN                                                                                   \
	buf_done(&out);                                                                            \
	fixture_done(&f)

#define STAMP "DTSTAMP:20240430T180000Z\r\nLAST-MODIFIED:20240430T180000Z\r\nSEQUENCE:0\r\n"
#define TAIL "STATUS:CONFIRMED\r\nTRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"

static const char GOLDEN[] =
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//deadlined//deadlined " DEADLINED_VERSION
	"//ZH\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
	"NAME:联点共建报送任务：专业执法大队\r\nX-WR-CALNAME:联点共建报送任务：专业执法大队\r\n"
	"X-WR-CALDESC:晋城市城市管理局 晋市城函〔2024〕70号\r\nX-WR-TIMEZONE:Asia/Shanghai\r\n"
	"REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\nX-PUBLISHED-TTL:PT4H\r\n"
	"BEGIN:VEVENT\r\nUID:duty/2024-07/enforcement@example.invalid\r\n" STAMP
	"DTSTART;VALUE=DATE:20240701\r\nDTEND;VALUE=DATE:20240801\r\n"
	"SUMMARY:7月责任单位：专业执法大队\r\nCATEGORIES:责任月\r\n" TAIL "END:VEVENT\r\n"
	"BEGIN:VEVENT\r\nUID:monthly/2024-07/enforcement@example.invalid\r\n" STAMP
	"DTSTART;VALUE=DATE:20240719\r\nDTEND;VALUE=DATE:20240720\r\n"
	"SUMMARY:截止 7月联点共建材料（专业执法大队）\r\n"
	"DESCRIPTION:截止日期：2024年7月20日（周六）17:30\\n纸质版：\r\n"
	" 最迟2024年7月19日（周五）17:30前送达局精神文明办417室\\n\r\n"
	" 接收部门：局精神文明办（417室）\\n责任单位：专业执法\r\n"
	" 大队\\n尚缺：\\n· 活动图片及说明（纸质版、电子版）\\n·\r\n"
	"  活动总结（纸质版、电子版）\\n  盖章：社区盖章\\n  - 每\r\n"
	" 页签名\\n依据：晋市城函〔2024〕70号附件1备注第2项\r\n"
	"LOCATION:局精神文明办 417室\r\nCATEGORIES:报送任务\r\nCATEGORIES:联点共建材料\r\n" TAIL
	"END:VEVENT\r\nEND:VCALENDAR\r\n";

static void test_golden(void **state)
{
	SETUP;
	render_fresh(&f, FEED_UNIT, "enforcement", &out);
	if (strcmp(out.data, GOLDEN) != 0)
		fail_msg("got:\n%s", out.data);
	TEARDOWN;
}

static void test_same_input_same_bytes(void **state)
{
	SETUP;
	struct buf again;
	buf_init(&again, FEED_MAX);
	render_fresh(&f, FEED_ALL, NULL, &out);
	struct feed_spec later = spec_of(FEED_ALL, NULL);
	later.now.s += 100 * DAY_S;
	render(&f, later, &FRESH, &again);
	assert_string_equal(out.data, again.data);
	buf_done(&again);
	TEARDOWN;
}

/* Passed on before it is due: the next lead's and no longer the last one's; both units see it. */
static void test_handover(void **state)
{
	static struct succession h;
	SETUP;
	struct stakeholder who[] = {f.who[0], f.who[1],
		{.role = ROLE_LEAD, .person = &f.stranger, .unit = &f.unit[1], .enters = &h}};
	h = (struct succession){.from = day(2024, 7, 12), .unit = &f.unit[1]};
	who[0].leaves = &h;
	f.o[0].who = who;
	f.o[0].n_who = 3;
	f.o[0].handover = &h;
	static const struct {
		enum feed_kind kind;
		const char *id;
		bool there;
	} CASE[] = {{FEED_PERSON, "lead-x", false}, {FEED_PERSON, "stranger", true},
		{FEED_PERSON, "preparer-x", true}, {FEED_UNIT, "enforcement", true},
		{FEED_UNIT, "brigade-5", true}};
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		render_fresh(&f, CASE[i].kind, CASE[i].id, &out);
		bool there = strstr(out.data, "UID:monthly/2024-07/enforcement@") != NULL;
		if (there != CASE[i].there)
			fail_msg("%s", CASE[i].id);
		assert_int_equal(there, strstr(out.data, "7月联点共建材料（五大队）") != NULL);
	}
	h.from = day(2024, 7, 21);
	render_fresh(&f, FEED_PERSON, "lead-x", &out);
	assert_non_null(strstr(out.data, "7月联点共建材料（专业执法大队）"));
	TEARDOWN;
}

static void test_who_sees_what(void **state)
{
	static const struct {
		enum feed_kind kind;
		const char *id;
		const char
			*want; /* m = monthly, k = keydate, d = duty, o = occasion, n = nothing */
	} CASE[] = {
		{FEED_ALL, NULL, "mkdo"},
		{FEED_OFFICE, "wenming", "mkdo"},
		{FEED_UNIT, "enforcement", "md"},
		{FEED_UNIT, "brigade-5", "ko"},
		{FEED_PERSON, "lead-x", "md"},
		{FEED_PERSON, "preparer-x", "md"},
		{FEED_PERSON, "clerk-x", "mkdo"},
		{FEED_PERSON, "stranger", "n"},
	};
	static const char *const UID[] = {"m\r\nUID:monthly/2024-07/enforcement@",
		"k\r\nUID:keydate/mid-autumn-2024/brigade-5@", "d\r\nUID:duty/2024-07/enforcement@",
		"o\r\nUID:occasion/mid-autumn-2024@", "n\r\nUID:nothing/person-stranger@"};
	SETUP;
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		render_fresh(&f, CASE[i].kind, CASE[i].id, &out);
		assert_int_equal(count_events(&out), strlen(CASE[i].want));
		for (size_t u = 0; u < sizeof UID / sizeof *UID; u++)
			if (has(&out, UID[u] + 1) != (strchr(CASE[i].want, UID[u][0]) != NULL))
				fail_msg("%s %s: %s", feed_kind_text(CASE[i].kind),
					CASE[i].id ? CASE[i].id : "", UID[u] + 3);
	}
	TEARDOWN;
}

static void test_unknown_owner(void **state)
{
	SETUP;
	struct diag d = DIAG_INIT;
	struct feed_spec s = spec_of(FEED_UNIT, "nobody");
	assert_int_equal(feed_render(&f.c, &f.os, &s, &FRESH, &out, &d), RC_NOTFOUND);
	assert_int_equal(out.len, 0);
	s = spec_of(FEED_PERSON, NULL);
	assert_int_equal(feed_render(&f.c, &f.os, &s, &FRESH, &out, &d), RC_NOTFOUND);
	TEARDOWN;
}

static void test_window(void **state)
{
	SETUP;
	struct feed_spec s = spec_of(FEED_ALL, NULL);
	s.from = day(2024, 7, 19), s.to = day(2024, 7, 19);
	render(&f, s, &FRESH, &out);
	assert_true(has(&out, "UID:monthly/"));
	assert_int_equal(count_events(&out), 2);
	f.roster.n_duties = 0;
	s.from = s.to = day(2024, 7, 20); /* due that day, but the event lies on the 19th */
	render(&f, s, &FRESH, &out);
	assert_true(has(&out, "UID:nothing/all@example.invalid"));
	TEARDOWN;
}

static void test_dateless_is_not_shown(void **state)
{
	SETUP;
	f.o[1].due = f.o[1].hand_in = DATE_NONE;
	f.o[1].due_at = f.o[1].hand_in_at = INSTANT_NONE;
	f.o[1].state = STATE_WAITING;
	render_fresh(&f, FEED_UNIT, "brigade-5", &out);
	assert_true(has(&out, "UID:nothing/unit-brigade-5@"));
	struct diag d = DIAG_INIT;
	buf_clear(&out);
	assert_int_equal(feed_attachment(&f.c, &f.o[1], FORM_NONE, (struct instant){1714500000},
				 NULL, &out, &d),
		RC_STATE);
	TEARDOWN;
}

static void test_states(void **state)
{
	static const struct {
		enum obligation_state state;
		const char *summary, *text, *status;
	} CASE[] = {
		{STATE_OPEN, "SUMMARY:截止 7月", "尚缺：", "STATUS:CONFIRMED"},
		{STATE_REPORTED, "SUMMARY:截止 7月", "已自报待核收", "STATUS:CONFIRMED"},
		{STATE_DONE, "SUMMARY:【已交】截止 7月", "已报结", "STATUS:CONFIRMED"},
		{STATE_WAIVED, "SUMMARY:【免报】截止 7月", "状态：免报", "STATUS:CANCELLED"},
		{STATE_CANCELLED, "SUMMARY:【已取消】截止 7月", "状态：已取消", "STATUS:CANCELLED"},
	};
	SETUP;
	f.os.n = 1;
	f.roster.n_duties = 0;
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		f.o[0].state = CASE[i].state;
		for (int k = 0; k < 4; k++)
			f.item[k].state =
				CASE[i].state == STATE_OPEN ? ITEM_MISSING : ITEM_RECEIVED;
		struct feed_spec s = spec_of(FEED_UNIT, "enforcement");
		s.alarms = true;
		render(&f, s, &FRESH, &out);
		assert_true(has(&out, CASE[i].summary));
		assert_true(has(&out, CASE[i].text));
		assert_true(has(&out, CASE[i].status));
		assert_int_equal(has(&out, "BEGIN:VALARM"), CASE[i].state == STATE_OPEN);
		assert_int_equal(has(&out, "尚缺："), CASE[i].state == STATE_OPEN);
	}
	TEARDOWN;
}

static void test_only_missing_is_named(void **state)
{
	SETUP;
	f.item[0].state = ITEM_RECEIVED;
	f.item[2].state = f.item[3].state = ITEM_REPORTED;
	render_fresh(&f, FEED_UNIT, "enforcement", &out);
	assert_true(has(&out, "· 活动图片及说明（电子版）\\n依据"));
	assert_false(has(&out, "活动总结"));
	TEARDOWN;
}

static void test_marks(void **state)
{
	SETUP;
	f.o[1].provisional = f.o[1].provisional_days = true;
	render_fresh(&f, FEED_UNIT, "brigade-5", &out);
	assert_true(has(&out, "SUMMARY:〔暂定〕截止 中秋节活动材料（五大队）"));
	assert_true(has(&out, "放假调休安排尚未公布"));
	f.o[1].conditional = true;
	render_fresh(&f, FEED_UNIT, "brigade-5", &out);
	assert_true(has(&out, "SUMMARY:〔暂定〕〔待确认〕截止 中秋节"));
	f.o[1].state = STATE_CANCELLED;
	render_fresh(&f, FEED_UNIT, "brigade-5", &out);
	assert_true(has(&out, "SUMMARY:【已取消】截止 中秋节"));
	TEARDOWN;
}

/* A repeated roster is the clerk's business until it is confirmed. */
static void test_unconfirmed_roster(void **state)
{
	SETUP;
	f.o[0].provisional = f.o[0].provisional_roster = true;
	f.roster.year = 2023;
	f.roster.repeats = true;
	render_fresh(&f, FEED_UNIT, "enforcement", &out);
	assert_true(has(&out, "UID:nothing/"));
	render_fresh(&f, FEED_PERSON, "lead-x", &out);
	assert_true(has(&out, "UID:nothing/"));
	render_fresh(&f, FEED_PERSON, "clerk-x", &out);
	assert_true(has(&out, "SUMMARY:〔暂定〕7月责任单位"));
	assert_true(has(&out, "SUMMARY:〔暂定〕截止 7月"));
	TEARDOWN;
}

static void test_joint_and_bureau(void **state)
{
	SETUP;
	f.o[0].joint_unit = &f.unit[1];
	render_fresh(&f, FEED_UNIT, "brigade-5", &out);
	assert_true(has(&out, "截止 7月联点共建材料（专业执法大队、五大队）"));
	f.o[0].unit = f.o[0].joint_unit = NULL;
	f.o[0].unit_id = "bureau";
	f.monthly.kind = RULE_COUNT;
	f.monthly.per_half_year = true;
	render_fresh(&f, FEED_ALL, NULL, &out);
	assert_true(has(&out, "截止 2024年下半年联点共建材料（晋城市城市管理局）"));
	TEARDOWN;
}

static void test_paper_after_due(void **state)
{
	SETUP;
	f.o[0].hand_in = day(2024, 7, 22);
	f.o[0].hand_in_late = true;
	render_fresh(&f, FEED_UNIT, "enforcement", &out);
	assert_true(has(&out, "DTSTART;VALUE=DATE:20240720"));
	assert_true(has(&out, "截止日前无工作日，请于2024年7月22日（周一）17:30前送达"));
	TEARDOWN;
}

static void test_english(void **state)
{
	SETUP;
	f.c.language = "en";
	render_fresh(&f, FEED_ALL, NULL, &out);
	assert_true(has(&out, "SUMMARY:Due: July 2024 联点共建材料 (专业执法大队)"));
	assert_true(has(&out, "Due: Sat 20 Jul 2024 17:30\\n"));
	assert_true(has(&out, "- 活动图片及说明 (paper\\, electronic)"));
	assert_true(has(&out, "SUMMARY:July 2024 on duty: 专业执法大队"));
	TEARDOWN;
}

static void test_alarm_is_a_switch(void **state)
{
	SETUP;
	struct feed_spec s = spec_of(FEED_UNIT, "enforcement");
	render(&f, s, &FRESH, &out);
	assert_false(has(&out, "VALARM"));
	s.alarms = true;
	render(&f, s, &FRESH, &out);
	assert_true(has(&out,
		"FREE\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\n"
		"DESCRIPTION:截止 "
		"7月联点共建材料（专业执法大队）\r\nTRIGGER:-PT15H\r\nEND:VALARM\r\nEND:VEVENT"));
	f.o[0].backfill = true;
	render(&f, s, &FRESH, &out);
	assert_false(has(&out, "VALARM"));
	TEARDOWN;
}

/* A rule called "duty" can make the UID of a duty month; the obligation wins. */
static void test_one_event_per_uid(void **state)
{
	SETUP;
	f.o[0].id = "duty/2024-07/enforcement";
	f.duty[1] = f.duty[0];
	f.roster.n_duties = 2;
	render_fresh(&f, FEED_UNIT, "enforcement", &out);
	assert_int_equal(count_events(&out), 1);
	assert_true(has(&out, "SUMMARY:截止"));
	TEARDOWN;
}

static void test_limit_gives_nothing(void **state)
{
	SETUP;
	struct diag d = DIAG_INIT;
	struct buf small;
	buf_init(&small, 2000);
	buf_puts(&small, "before");
	struct feed_spec s = spec_of(FEED_ALL, NULL);
	assert_int_equal(feed_render(&f.c, &f.os, &s, &FRESH, &small, &d), RC_LIMIT);
	assert_string_equal(small.data, "before");
	buf_done(&small);
	TEARDOWN;
}

/* ---- injection --------------------------------------------------------------------------------- */

static const char *const EVIL[] = {
	"x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil",
	"x\nEND:VCALENDAR\n",
	"x\rATTENDEE:mailto:a@example.invalid",
	"x\u2028ATTACH:http://example.invalid/",
	"\xff\xfe\xc0\x80\xed\xa0\x80",
	"a\x01\x02\x1b[31m\x7f",
	"\\",
	"\\n\\,\\;",
	";,\"^n^^:",
	"%s%n%d",
	"{{x}}",
	"<b>&amp;",
	"\u202egnp.exe\u2066",
	"\ufeff\uffff",
	"😀👨\u200d👩\u200d👧",
	"",
	" ",
	"\n",
};

static void poison(struct fixture *f, const char *evil)
{
	f->c.organisation = f->c.notice = f->c.campaign = f->c.community = evil;
	f->unit[0].name = f->unit[1].name = f->lead.name = evil;
	f->office.name = f->office.place = f->office.short_name = evil;
	f->festival.name = f->monthly.name = f->keydate.name = evil;
	f->monthly.basis = f->monthly.document = evil;
	f->deliverable[0].name = f->deliverable[1].name = f->deliverable[1].seal = evil;
}

static void check_one_calendar(const struct buf *out, int want)
{
	check_lines(out->data, out->len);
	icalcomponent *c = icalparser_parse_string(out->data);
	assert_non_null(c);
	assert_int_equal(icalcomponent_isa(c), ICAL_VCALENDAR_COMPONENT);
	assert_int_equal(icalcomponent_count_components(c, ICAL_VEVENT_COMPONENT), want);
	assert_int_equal(icalcomponent_count_errors(c), 0);
	icalcomponent *e = icalcomponent_get_first_component(c, ICAL_VEVENT_COMPONENT);
	for (; e; e = icalcomponent_get_next_component(c, ICAL_VEVENT_COMPONENT)) {
		assert_int_equal(icalcomponent_count_properties(e, ICAL_UID_PROPERTY), 1);
		assert_int_equal(icalcomponent_count_properties(e, ICAL_SUMMARY_PROPERTY), 1);
		assert_int_equal(icalcomponent_count_properties(e, ICAL_ATTENDEE_PROPERTY), 0);
		assert_int_equal(icalcomponent_count_properties(e, ICAL_ATTACH_PROPERTY), 0);
		assert_true(icalcomponent_count_properties(e, ICAL_CATEGORIES_PROPERTY) <= 2);
	}
	icalcomponent_free(c);
}

static void test_injection(void **state)
{
	SETUP;
	struct diag d = DIAG_INIT;
	for (size_t i = 0; i < sizeof EVIL / sizeof *EVIL; i++) {
		poison(&f, EVIL[i]);
		struct feed_spec s = spec_of(FEED_ALL, NULL);
		s.alarms = true;
		buf_clear(&out);
		assert_int_equal(feed_render(&f.c, &f.os, &s, &FRESH, &out, &d), RC_OK);
		check_one_calendar(&out, 4);
		buf_clear(&out);
		assert_int_equal(feed_attachment(&f.c, &f.o[0], FORM_PAPER,
					 (struct instant){1714500000}, EVIL[i], &out, &d),
			RC_OK);
		check_one_calendar(&out, 1);
		assert_false(has(&out, "\r\nURL"));
	}
	TEARDOWN;
}

static void test_a_megabyte_of_name(void **state)
{
	SETUP;
	char *evil = malloc((1 << 20) + 1);
	for (int i = 0; i + 3 <= 1 << 20; i += 3)
		memcpy(evil + i, "\\;,", 3);
	evil[(1 << 20) - 1] = '\0';
	poison(&f, evil);
	render_fresh(&f, FEED_ALL, NULL, &out);
	check_one_calendar(&out, 4);
	assert_true(out.len < 100000);
	free(evil);
	TEARDOWN;
}

/* ---- versions ------------------------------------------------------------------------------------ */

struct memory {
	struct {
		char uid[100];
		struct feed_version v;
	} row[10];
	size_t n;
	struct instant now;
};

static struct feed_version remember(void *ctx, const char *uid, const char *digest)
{
	struct memory *m = ctx;
	size_t i = 0;
	while (i < m->n && strcmp(m->row[i].uid, uid) != 0)
		i++;
	bool known = i < m->n;
	m->row[i].v = feed_version_next(known ? &m->row[i].v : NULL, digest, m->now);
	if (!known) {
		snprintf(m->row[i].uid, sizeof m->row[i].uid, "%s", uid);
		m->n++;
	}
	return m->row[i].v;
}

static void render_at(const struct fixture *f, struct memory *m, int64_t at, struct buf *out)
{
	struct feed_versions v = {.next = remember, .ctx = m};
	struct feed_spec s = spec_of(FEED_UNIT, "enforcement");
	m->now = s.now = (struct instant){at};
	render(f, s, &v, out);
}

static void test_versions_change_with_the_event_only(void **state)
{
	SETUP;
	struct memory m = {.n = 0};
	render_at(&f, &m, 1714500000, &out);
	char *first = strdup(out.data);
	render_at(&f, &m, 1714500000 + 40 * DAY_S, &out);
	assert_string_equal(out.data, first);
	f.item[0].state = ITEM_RECEIVED;
	render_at(&f, &m, 1714500000 + 50 * DAY_S, &out);
	assert_true(has(&out,
		"UID:monthly/2024-07/enforcement@example.invalid\r\n"
		"DTSTAMP:20240619T180000Z\r\nLAST-MODIFIED:20240619T180000Z\r\nSEQUENCE:1"));
	assert_true(has(&out, "UID:duty/2024-07/enforcement@example.invalid\r\n" STAMP));
	/* A change taken back is a change. */
	f.item[0].state = ITEM_MISSING;
	render_at(&f, &m, 1714500000 + 60 * DAY_S, &out);
	assert_true(has(&out, "LAST-MODIFIED:20240629T180000Z\r\nSEQUENCE:2"));
	free(first);
	TEARDOWN;
}

static void test_cancelled_leaves_after_30_days(void **state)
{
	SETUP;
	struct memory m = {.n = 0};
	int64_t at = 1714500000;
	render_at(&f, &m, at, &out);
	f.o[0].state = STATE_WAIVED;
	render_at(&f, &m, at + DAY_S, &out);
	assert_true(has(&out, "STATUS:CANCELLED"));
	render_at(&f, &m, at + 31 * DAY_S, &out);
	assert_true(has(&out, "STATUS:CANCELLED"));
	render_at(&f, &m, at + 31 * DAY_S + 1, &out);
	assert_false(has(&out, "UID:monthly"));
	f.o[0].state = STATE_OPEN;
	render_at(&f, &m, at + 60 * DAY_S, &out);
	assert_true(has(&out, "UID:monthly"));
	assert_true(has(&out, "SEQUENCE:2"));
	TEARDOWN;
}

static void test_digest_is_what_render_passes(void **state)
{
	SETUP;
	struct memory m = {.n = 0};
	char digest[FEED_DIGEST_SIZE];
	render_at(&f, &m, 1714500000, &out);
	feed_event_digest(&f.c, &f.o[0], false, digest);
	bool found = false;
	for (size_t i = 0; i < m.n; i++)
		found |= strcmp(m.row[i].v.digest, digest) == 0;
	assert_true(found);
	feed_event_digest(&f.c, &f.o[0], true, m.row[0].v.digest);
	assert_string_not_equal(digest, m.row[0].v.digest);
	TEARDOWN;
}

/* ---- mail, revoked ------------------------------------------------------------------------------ */

static void test_attachment(void **state)
{
	SETUP;
	struct diag d = DIAG_INIT;
	struct instant now = {1721200000};
	assert_int_equal(feed_attachment(&f.c, &f.o[0], FORM_PAPER, now,
				 "https://example.invalid/p/x", &out, &d),
		RC_OK);
	check_one_calendar(&out, 1);
	assert_true(has(&out, "METHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
			      "UID:monthly/2024-07/enforcement-mail@example.invalid\r\n"
			      "DTSTAMP:20240717T070640Z\r\n"));
	assert_true(has(&out, "DTSTART:20240719T090000Z\r\nDTEND:20240719T093000Z\r\n"));
	assert_true(has(&out, "\r\nURL:https://example.invalid/p/x\r\n"));
	assert_true(has(&out, "登记报送：https://example.invalid/p/x"));
	assert_true(has(&out, "TRIGGER:-PT2H"));
	assert_false(has(&out, "CALNAME"));
	assert_false(has(&out, "REFRESH"));
	buf_clear(&out);
	assert_int_equal(
		feed_attachment(&f.c, &f.o[0], FORM_ELECTRONIC, now, NULL, &out, &d), RC_OK);
	assert_true(has(&out, "DTSTART:20240720T090000Z\r\nDTEND:20240720T093000Z\r\n"));
	assert_false(has(&out, "URL"));
	TEARDOWN;
}

static void test_revoked(void **state)
{
	SETUP;
	struct diag d = DIAG_INIT;
	assert_int_equal(feed_render_revoked(&f.c, (struct instant){1714500000}, &out, &d), RC_OK);
	check_one_calendar(&out, 1);
	assert_true(has(&out, "SUMMARY:订阅已停用"));
	assert_true(has(&out, "DTSTART;VALUE=DATE:20240501"));
	TEARDOWN;
}

/* ---- speed --------------------------------------------------------------------------------------- */

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Printed, not judged: the machine may be busy. */
static void test_ten_thousand_events(void **state)
{
	SETUP;
	enum { N = 10000 };
	struct obligation *many = calloc(N, sizeof *many);
	char(*id)[40] = calloc(N, sizeof *id);
	for (int i = 0; i < N; i++) {
		many[i] = f.o[0];
		snprintf(id[i], sizeof id[i], "monthly/2024-07/unit-%d", i);
		many[i].id = id[i];
	}
	f.os = (struct obligations){.item = many, .n = N};
	struct feed_spec s = spec_of(FEED_ALL, NULL);
	struct diag d = DIAG_INIT;
	int64_t start = now_us();
	assert_int_equal(feed_render(&f.c, &f.os, &s, &FRESH, &out, &d), RC_OK);
	print_message("%d events, %zu bytes: %lld us\n", N, out.len, (long long)(now_us() - start));
	assert_int_equal(count_events(&out), N + 2);
	free(many);
	free(id);
	TEARDOWN;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_same_input_same_bytes),
		cmocka_unit_test(test_handover),
		cmocka_unit_test(test_who_sees_what),
		cmocka_unit_test(test_unknown_owner),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_dateless_is_not_shown),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_only_missing_is_named),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_unconfirmed_roster),
		cmocka_unit_test(test_joint_and_bureau),
		cmocka_unit_test(test_paper_after_due),
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_alarm_is_a_switch),
		cmocka_unit_test(test_one_event_per_uid),
		cmocka_unit_test(test_limit_gives_nothing),
		cmocka_unit_test(test_injection),
		cmocka_unit_test(test_a_megabyte_of_name),
		cmocka_unit_test(test_versions_change_with_the_event_only),
		cmocka_unit_test(test_cancelled_leaves_after_30_days),
		cmocka_unit_test(test_digest_is_what_render_passes),
		cmocka_unit_test(test_attachment),
		cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_ten_thousand_events),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
