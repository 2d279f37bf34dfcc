/* What a person owes, and the pages that say one thing. */
#include <string.h>

#include "page_texts.h"
#include "page_view.h"

/* ---- what the last form did -------------------------------------------------------------------------- */

static const struct {
	const char *word, *kind, *text;
} SAID[] = {
	{"report", "ok", "已登记，等待接收部门核收。对应的提醒不再发送。"},
	{"receive", "ok", "已核收。"},
	{"return", "ok", "已退回，责任人会收到退回原因。"},
	{"nil", "ok", "已登记零报告，等待接收部门核收。"},
	{"held", "ok", "已登记：将开展活动。"},
	{"not-held", "ok", "已登记：未开展活动。"},
	{"ended", "ok", "已登记活动结束日期，截止日期随之更新。"},
	{"extended", "ok", "已登记新的活动日期，截止日期随之更新。"},
	{"entry", "ok", "已登记这次活动。"},
	{"undo", "ok", "已撤销。"},
	{"again", "ok", "这一项已经登记过了，没有重复登记。"},
	{"stale", "warn",
		"您打开页面之后，这项任务已有新的登记，刚才的操作没有执行。下面是最新情况，请核对后"
		"再办。"},
	{"refused", "warn", "没有登记：这项任务现在不能这样办。下面是最新情况。"},
	{"bad", "warn", "没有登记：表单不完整或已失效，请在本页重新办理。"},
	{"later", "warn", "系统暂时无法登记，请稍后再试。刚才的操作没有执行。"},
};

const char *page_said(const char *word)
{
	for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++)
		if (strcmp(SAID[i].word, word) == 0)
			return SAID[i].word;
	return "";
}

void page_put_said(const struct page_view *x, struct view *v)
{
	for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++)
		if (strcmp(SAID[i].word, x->at->said) == 0) {
			view_set(v, "said", SAID[i].text);
			view_set(v, "said_kind", SAID[i].kind);
		}
}

/* ---- the page ------------------------------------------------------------------------------------------ */

static void put_cards(const struct page_view *x, const json_t *data, struct view *v)
{
	static const struct {
		const char *group, *list, *has;
		bool fold;
	} PLACE[] = {
		{"overdue", "overdue", "has_overdue", false},
		{"now", "now_cards", "has_now", false},
		{"next", "next", "has_next", true},
		{"done", "done", "has_done", true},
	};
	size_t i;
	json_t *o;
	json_array_foreach(json_object_get(data, "obligations"), i,
		o) for (size_t k = 0; k < sizeof PLACE / sizeof *PLACE; k++)
	{
		if (strcmp(page_get(o, "group"), PLACE[k].group) != 0)
			continue;
		view_set(view_add(v, PLACE[k].list), "card",
			page_card(x, o, PAGE_SIDE_PERSON, PLACE[k].fold));
		view_set_flag(v, PLACE[k].has, true);
	}
}

static void put_contacts(const json_t *data, struct view *v)
{
	const json_t *list = json_object_get(data, "contacts");
	size_t i;
	json_t *o;
	view_set_flag(v, "has_contacts", json_array_size(list));
	json_array_foreach(list, i, o)
	{
		struct view *contact = view_add(v, "contacts");
		page_copy(contact, o, "office");
		page_copy(contact, o, "room");
		page_copy(contact, o, "name");
		page_copy(contact, o, "phone");
	}
}

enum rc page_person(const json_t *data, const struct page_place *at, struct buf *out)
{
	struct arena a = ARENA_INIT;
	struct page_view x = page_begin(&a, data, at);
	struct view *v = view_new(&a);
	const json_t *feeds = json_object_get(data, "feeds");
	page_copy(v, data, "organisation");
	page_copy(v, data, "name");
	page_copy(v, data, "campaign");
	page_copy(v, data, "notice");
	view_set(v, "now", page_moment(&x, page_get(data, "now")));
	page_put_said(&x, v);
	put_cards(&x, data, v);
	put_contacts(data, v);
	view_set_flag(v, "has_feeds", json_array_size(feeds));
	page_put_feeds(&x, v, "feeds", feeds);
	const char *title = arena_printf(&a, "%s · 材料报送", page_get(data, "name"));
	enum rc rc = page_finish(&x, title, page_fill(&x, PAGE_TEXT_person, "person", v), out);
	arena_done(&a);
	return rc;
}

/* ---- one thing --------------------------------------------------------------------------------------- */

enum rc page_notice(enum page_notice n, struct buf *out)
{
	static const struct {
		const char *heading, *text;
	} NOTICE[] = {
		[PAGE_NOT_FOUND] = {"没有这个页面",
			"链接不完整，或者已经停用。请向精神文明办索取新的链接。"},
		[PAGE_LATER] = {"暂时无法显示",
			"系统正在启动或维护，请过几分钟再打开。提醒照常发送。"},
		[PAGE_NO_BOARD] = {"请用专用链接打开",
			"这里是接收部门的报送情况一览。请打开管理员发给您的链接。"},
		[PAGE_BAD_FORM] = {"没有登记", "表单不完整或已失效。请返回上一页，刷新后再办。"},
	};
	static const struct page_place NOWHERE = {"", "", "", "", ""};
	struct arena a = ARENA_INIT;
	struct page_view x = page_begin(&a, NULL, &NOWHERE);
	struct view *v = view_new(&a);
	view_set(v, "heading", NOTICE[n].heading);
	view_set(v, "text", NOTICE[n].text);
	enum rc rc = page_finish(
		&x, NOTICE[n].heading, page_fill(&x, PAGE_TEXT_notice, "notice", v), out);
	arena_done(&a);
	return rc;
}
