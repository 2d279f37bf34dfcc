#include "message_words.h"

#include <string.h>

const char *const LANGUAGE[LANGUAGES] = {"zh_CN", "en"};

/* ---- Chinese --------------------------------------------------------------------------------- */

static void put_weekday_zh(struct buf *b, struct date d)
{
	static const char *const DAY[7] = {"日", "一", "二", "三", "四", "五", "六"};
	buf_printf(b, "周%s", DAY[date_weekday(d)]);
}

static void put_month_zh(struct buf *b, int month)
{
	buf_printf(b, "%d月", month);
}

static void put_date_zh(struct buf *b, struct date d, enum date_style style)
{
	if (style == STYLE_FULL)
		buf_printf(b, "%d年", date_year(d));
	if (style != STYLE_DAY && style != STYLE_DAY_WEEKDAY)
		buf_printf(b, "%d月", date_month(d));
	buf_printf(b, "%d日", date_day(d));
	if (style == STYLE_DAY || style == STYLE_DATE)
		return;
	if (style != STYLE_PLAIN)
		buf_puts(b, "（");
	put_weekday_zh(b, d);
	if (style != STYLE_PLAIN)
		buf_puts(b, "）");
}

static void put_moment_zh(struct buf *b, struct date d, int minute)
{
	put_date_zh(b, d, STYLE_DATE);
	buf_printf(b, "%d时", minute / 60);
	if (minute % 60)
		buf_printf(b, "%d分", minute % 60);
}

static const struct words ZH = {
	.forms = {"", "纸质版", "电子版"},
	.form_list_sep = "、",
	.sep = "、",
	.everything = "全部材料（%s）",
	.of_form = "%s（%s）",
	.and_more = "%s等%zu项",
	.only_count = "%zu项材料",
	.form_state = "%s%s",
	.got = "已收",
	.not_got = "未收",
	.waiting = "待核收",
	.partly = "部分未收",
	.your_unit = "您单位",
	.material = "材料",
	.material_and_summary = "材料及总结",
	.summary = "总结",
	.month_title = "%s%s",
	.month_short = "月度材料",
	.occasion_title = "%s活动材料",
	.occasion_short = "%s材料",
	.activity = {"活动", "行动"},
	.period_title = "%s“%s”",
	.first_half = "%d年上半年",
	.second_half = "%d年下半年",
	.year = "%d年",
	.span = "%s至%s",
	.changed = "由%s改为%s",
	.holiday = "节假日",
	.office_prefix = "局",
	.nothing = "无",
	.not_listed = "另有%zu项未列出。",
	.cut = "…",
	.put_date = put_date_zh,
	.put_month = put_month_zh,
	.put_weekday = put_weekday_zh,
	.put_moment = put_moment_zh,
};

/* ---- English --------------------------------------------------------------------------------- */

static const char *const MONTH[12] = {"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December"};
static const char *const DAY[7] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

static void put_month_en(struct buf *b, int month)
{
	buf_puts(b, MONTH[month - 1]);
}

static void put_weekday_en(struct buf *b, struct date d)
{
	buf_puts(b, DAY[date_weekday(d)]);
}

/* A bare "the 20th" reads badly in English: the month always stands with it. */
static void put_date_en(struct buf *b, struct date d, enum date_style style)
{
	if (style != STYLE_DAY && style != STYLE_DATE)
		buf_printf(b, "%.3s ", DAY[date_weekday(d)]);
	buf_printf(b, "%d %s", date_day(d), MONTH[date_month(d) - 1]);
	if (style == STYLE_FULL)
		buf_printf(b, " %d", date_year(d));
}

static void put_moment_en(struct buf *b, struct date d, int minute)
{
	put_date_en(b, d, STYLE_DATE);
	buf_printf(b, ", %d:%02d", minute / 60, minute % 60);
}

static const struct words EN = {
	.forms = {"", "paper", "electronic"},
	.form_list_sep = " and ",
	.sep = ", ",
	.everything = "everything (%s)",
	.of_form = "%s (%s)",
	.and_more = "%s and more, %zu in all",
	.only_count = "%zu items",
	.form_state = "%s %s",
	.got = "received",
	.not_got = "missing",
	.waiting = "reported",
	.partly = "partly missing",
	.your_unit = "your unit",
	.material = "the material",
	.material_and_summary = "the material and the summary",
	.summary = "ummary",
	.month_title = "%s %s",
	.month_short = "monthly material",
	.occasion_title = "material of %s",
	.occasion_short = "material of %s",
	.activity = {"activity", "campaign"},
	.period_title = "%s: %s",
	.first_half = "first half of %d",
	.second_half = "second half of %d",
	.year = "%d",
	.span = "%s to %s",
	.changed = "%s becomes %s",
	.holiday = "a public holiday",
	.office_prefix = "",
	.nothing = "none",
	.not_listed = "%zu more are not listed.",
	.cut = "...",
	.put_date = put_date_en,
	.put_month = put_month_en,
	.put_weekday = put_weekday_en,
	.put_moment = put_moment_en,
};

int words_language(const char *language)
{
	return language && strcmp(language, LANGUAGE[1]) == 0 ? 1 : 0;
}

const struct words *words_of(int language)
{
	return language == 1 ? &EN : &ZH;
}
