/*
 * feed_fixture - a small configuration and obligations built by hand
 *
 * Two units, one office, one roster (July: enforcement), one festival.
 */
#ifndef TEST_FEED_FIXTURE_H
#define TEST_FEED_FIXTURE_H

#include "feed.h"

struct fixture {
	struct config c;
	struct person lead, preparer, clerk, stranger;
	struct unit unit[2];
	struct office office;
	struct hours hours;
	struct duty duty[3];
	struct roster roster;
	struct occasion festival;
	struct deliverable deliverable[2];
	struct rule monthly, keydate;
	struct item item[4];
	struct stakeholder who[3];
	struct obligation o[2];
	struct obligations os;
	const struct person *persons[4];
	const struct unit *units[2];
	const struct office *offices[1];
	const struct roster *rosters[1];
	const struct occasion *occasions[1];
	const struct rule *rules[2];
};

static inline struct date day(int year, int month, int d)
{
	struct date ret = DATE_NONE;
	assert_true(date_from_ymd(year, month, d, &ret));
	return ret;
}

static inline void fill_people(struct fixture *f)
{
	static const char *const SEALS[] = {"每页签名"};
	f->lead = (struct person){.id = "lead-x", .name = "专业执法大队责任人"};
	f->preparer = (struct person){.id = "preparer-x", .name = "经办人"};
	f->clerk = (struct person){.id = "clerk-x", .name = "精神文明办"};
	f->stranger = (struct person){.id = "stranger", .name = "其他人"};
	f->unit[0] = (struct unit){.id = "enforcement",
		.name = "专业执法大队",
		.lead = &f->lead,
		.preparer = &f->preparer};
	f->unit[1] = (struct unit){.id = "brigade-5", .name = "五大队"};
	f->hours = (struct hours){1, 1, 12, 31, 8 * 60 + 30, 17 * 60 + 30, 0, 0};
	f->office = (struct office){.id = "wenming",
		.name = "局精神文明办",
		.place = "417室",
		.short_name = "417室",
		.clerk = &f->clerk,
		.hours = &f->hours,
		.n_hours = 1};
	f->duty[0] = (struct duty){.month = 7, .unit = &f->unit[0]};
	f->roster = (struct roster){
		.year = 2024, .notice = "晋市城函〔2024〕70号", .duty = f->duty, .n_duties = 1};
	f->deliverable[0] = (struct deliverable){.id = "photos",
		.name = "活动图片及说明",
		.forms = BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC)};
	f->deliverable[1] = (struct deliverable){.id = "summary",
		.name = "活动总结",
		.forms = BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC),
		.seal = "社区盖章",
		.checklist = SEALS,
		.n_checklist = 1};
}

static inline void fill_rules(struct fixture *f)
{
	f->festival = (struct occasion){.id = "mid-autumn",
		.name = "中秋节",
		.kind = OCCASION_RANGE,
		.from_month = 9,
		.from_day = 17,
		.to_month = 9,
		.to_day = 17};
	f->monthly = (struct rule){.id = "monthly",
		.name = "联点共建材料",
		.kind = RULE_MONTHLY,
		.office = &f->office,
		.forms = BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC),
		.deliverable = f->deliverable,
		.n_deliverables = 2,
		.basis = "晋市城函〔2024〕70号附件1备注第2项"};
	f->keydate = (struct rule){.id = "keydate",
		.name = "活动材料",
		.kind = RULE_AFTER,
		.office = &f->office,
		.forms = BIT(FORM_ELECTRONIC),
		.deliverable = f->deliverable,
		.n_deliverables = 1,
		.points = 2,
		.basis = "附件2第20项②"};
}

static inline void fill_obligations(struct fixture *f)
{
	for (int i = 0; i < 4; i++)
		f->item[i] = (struct item){.deliverable = &f->deliverable[i / 2],
			.form = i % 2 ? FORM_ELECTRONIC : FORM_PAPER};
	f->who[0] = (struct stakeholder){.role = ROLE_LEAD, .person = &f->lead};
	f->who[1] = (struct stakeholder){.role = ROLE_PREPARER, .person = &f->preparer};
	f->who[2] = (struct stakeholder){.role = ROLE_CLERK, .person = &f->clerk};
	f->o[0] = (struct obligation){.id = "monthly/2024-07/enforcement",
		.period = "2024-07",
		.rule = &f->monthly,
		.unit = &f->unit[0],
		.unit_id = "enforcement",
		.period_first = day(2024, 7, 1),
		.period_last = day(2024, 7, 31),
		.planned_first = DATE_NONE,
		.planned_last = DATE_NONE,
		.last_day = DATE_NONE,
		.due = day(2024, 7, 20),
		.rule_due = day(2024, 7, 20),
		.due_at = {1721467800},
		.hand_in = day(2024, 7, 19),
		.hand_in_at = {1721381400},
		.internal = DATE_NONE,
		.item = f->item,
		.n_items = 4,
		.forms = BIT(FORM_PAPER) | BIT(FORM_ELECTRONIC),
		.who = f->who,
		.n_who = 3,
		.state = STATE_OPEN};
	f->o[1] = (struct obligation){.id = "keydate/mid-autumn-2024/brigade-5",
		.period = "mid-autumn-2024",
		.rule = &f->keydate,
		.unit = &f->unit[1],
		.unit_id = "brigade-5",
		.period_first = day(2024, 9, 17),
		.period_last = day(2024, 9, 17),
		.occasion = &f->festival,
		.planned_first = day(2024, 9, 17),
		.planned_last = day(2024, 9, 17),
		.last_day = day(2024, 9, 17),
		.due = day(2024, 9, 19),
		.rule_due = day(2024, 9, 19),
		.due_at = {1726738200},
		.hand_in = day(2024, 9, 19),
		.hand_in_at = {1726738200},
		.internal = DATE_NONE,
		.item = &f->item[1],
		.n_items = 1,
		.forms = BIT(FORM_ELECTRONIC),
		.who = &f->who[2],
		.n_who = 1,
		.state = STATE_OPEN};
	f->os = (struct obligations){.item = f->o, .n = 2};
}

static inline void fixture_init(struct fixture *f)
{
	struct diag d = DIAG_INIT;
	*f = (struct fixture){0};
	assert_int_equal(zone_open("Asia/Shanghai", &f->c.zone, &d), RC_OK);
	fill_people(f);
	fill_rules(f);
	fill_obligations(f);
	const struct person *persons[4] = {&f->lead, &f->preparer, &f->clerk, &f->stranger};
	memcpy(f->persons, persons, sizeof persons);
	f->units[0] = &f->unit[0];
	f->units[1] = &f->unit[1];
	f->offices[0] = &f->office;
	f->rosters[0] = &f->roster;
	f->occasions[0] = &f->festival;
	f->rules[0] = &f->monthly;
	f->rules[1] = &f->keydate;
	struct config *c = &f->c;
	c->organisation = "晋城市城市管理局";
	c->notice = "晋市城函〔2024〕70号";
	c->campaign = "联点共建";
	c->community = "圪塔社区";
	c->contact = "";
	c->domain = "example.invalid";
	c->language = "zh_CN";
	c->person = f->persons, c->n_persons = 4;
	c->unit = f->units, c->n_units = 2;
	c->office = f->offices, c->n_offices = 1;
	c->roster = f->rosters, c->n_rosters = 1;
	c->occasion = f->occasions, c->n_occasions = 1;
	c->rule = f->rules, c->n_rules = 2;
}

static inline void fixture_done(struct fixture *f)
{
	zone_free(f->c.zone);
}

/* All of 2024, on 1 May. */
static inline struct feed_spec spec_of(enum feed_kind kind, const char *id)
{
	return (struct feed_spec){.kind = kind,
		.id = id,
		.from = day(2024, 1, 1),
		.to = day(2024, 12, 31),
		.now = {1714500000}};
}

static const struct feed_versions FRESH = {.fresh = {1714500000}};

#endif
