#include "feed_words.h"

#include <string.h>

static void put_month_zh(struct buf *b, int year, int month)
{
	(void)year;
	buf_printf(b, "%d月", month);
}

static void put_day_zh(struct buf *b, struct date d)
{
	static const char *const DAY[7] = {"日", "一", "二", "三", "四", "五", "六"};
	buf_printf(b, "%d年%d月%d日（周%s）", date_year(d), date_month(d), date_day(d),
		DAY[date_weekday(d)]);
}

static const char *const MONTH[12] = {"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December"};

static void put_month_en(struct buf *b, int year, int month)
{
	buf_printf(b, "%s %d ", MONTH[month - 1], year);
}

static void put_day_en(struct buf *b, struct date d)
{
	static const char *const DAY[7] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	buf_printf(b, "%s %d %.3s %d", DAY[date_weekday(d)], date_day(d), MONTH[date_month(d) - 1],
		date_year(d));
}

static const struct feed_words ZH = {
	.due = "截止 ",
	.done = "【已交】",
	.cancelled = "【已取消】",
	.waived = "【免报】",
	.provisional = "〔暂定〕",
	.unconfirmed = "〔待确认〕",
	.by_unit = "（%s）",
	.duty = "%s责任单位：%s",
	.first_half = "%d年上半年",
	.second_half = "%d年下半年",
	.year = "%d年",
	.due_at = "截止日期：%s",
	.paper_by = "纸质版：最迟%s前送达%s%s",
	.paper_late = "纸质版：截止日前无工作日，请于%s前送达%s%s",
	.internal = "内部报送：%s",
	.office = "接收部门：%s",
	.unit = "责任单位：%s",
	.activity = "活动时间：%s",
	.indicators = "指标：%s",
	.basis = "依据：%s",
	.document = "文号：%s",
	.points = "分值：%d分",
	.state_reported = "状态：已自报待核收",
	.state_done = "状态：已报结",
	.state_cancelled = "状态：已取消",
	.state_waived = "状态：免报",
	.missing = "尚缺：",
	.deliverable = "· %s（%s）",
	.seal = "  盖章：%s",
	.check = "  - %s",
	.ask = "活动是否开展尚未确认；如未开展，请告%s登记。",
	.link = "登记报送：%s",
	.roster_unsure = "暂定：责任单位安排尚未确认。",
	.days_unsure = "暂定：放假调休安排尚未公布，日期可能调整。",
	.backfill = "补录。",
	.forms = {"", "纸质版", "电子版"},
	.gap = "",
	.list_sep = "、",
	.newline = "，",
	.place = "%s（%s）",
	.span = "%s至%s",
	.category_task = "报送任务",
	.category_duty = "责任月",
	.category_occasion = "关键时间节点",
	.category_note = "提示",
	.calendar = "%s报送任务",
	.calendar_of = "%s报送任务：%s",
	.about = "%s %s",
	.nothing = "暂无报送任务",
	.nothing_more = "本日历订阅有效，目前没有报送任务。",
	.revoked = "订阅已停用",
	.revoked_more = "本订阅地址已停用，请重新索取并订阅。",
	.put_month = put_month_zh,
	.put_day = put_day_zh,
};

static const struct feed_words EN = {
	.due = "Due: ",
	.done = "[handed in] ",
	.cancelled = "[cancelled] ",
	.waived = "[waived] ",
	.provisional = "[provisional] ",
	.unconfirmed = "[to be confirmed] ",
	.by_unit = " (%s)",
	.duty = "%son duty: %s",
	.first_half = "first half of %d ",
	.second_half = "second half of %d ",
	.year = "%d ",
	.due_at = "Due: %s",
	.paper_by = "On paper: by %s at %s %s",
	.paper_late =
		"On paper: no workday is left before the due date, please bring it by %s to %s %s",
	.internal = "Internally by: %s",
	.office = "Office: %s",
	.unit = "Unit: %s",
	.activity = "Activity: %s",
	.indicators = "Indicators: %s",
	.basis = "Basis: %s",
	.document = "Document: %s",
	.points = "Points: %d",
	.state_reported = "State: reported, waiting for the receipt",
	.state_done = "State: done",
	.state_cancelled = "State: cancelled",
	.state_waived = "State: waived",
	.missing = "Missing:",
	.deliverable = "- %s (%s)",
	.seal = "  seal: %s",
	.check = "  - %s",
	.ask = "Whether an activity is held is not confirmed yet; if not, please tell %s.",
	.link = "Report it: %s",
	.roster_unsure = "Provisional: the roster is not confirmed.",
	.days_unsure = "Provisional: public holidays are not announced yet, the date may move.",
	.backfill = "Entered later.",
	.forms = {"", "paper", "electronic"},
	.gap = " ",
	.list_sep = ", ",
	.newline = ", ",
	.place = "%s (%s)",
	.span = "%s to %s",
	.category_task = "Deadline",
	.category_duty = "Duty month",
	.category_occasion = "Key date",
	.category_note = "Note",
	.calendar = "%s deadlines",
	.calendar_of = "%s deadlines: %s",
	.about = "%s %s",
	.nothing = "Nothing to hand in",
	.nothing_more = "This subscription works; there is nothing to hand in at present.",
	.revoked = "Subscription ended",
	.revoked_more = "This address is no longer in use. Please ask for a new one.",
	.put_month = put_month_en,
	.put_day = put_day_en,
};

void feed_words_put(struct buf *b, const char *format, const char *const *arg)
{
	for (const char *at; (at = strstr(format, "%s")); format = at + 2) {
		buf_add(b, format, (size_t)(at - format));
		buf_puts(b, *arg++);
	}
	buf_puts(b, format);
}

const struct feed_words *feed_words_of(const char *language)
{
	return language && strcmp(language, "en") == 0 ? &EN : &ZH;
}
