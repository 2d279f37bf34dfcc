/* What the contact of an office reads once a month: quotas that are behind their pace. */
#include <string.h>

#include "engine_digest.h"
#include "message_titles.h"
#include "regular.h"

enum { LINES_MAX = 100, TEXT_MAX = 32 * 1024 };

static void put_line(const struct viewing *x, const struct obligation *o, struct date today,
	bool zh, struct buf *text)
{
	const struct count *c = o->count;
	buf_printf(text,
		zh ? "· %s｜已登记%d次，按进度应有%d次，还差%d次｜"
		   : "- %s | %d entered, %d expected by now, %d to go | ",
		title_full(x, o), c->done,
		count_expected(o->rule, o->period_first, o->period_last, today),
		c->quota - c->done);
	x->w->put_date(text, o->due, STYLE_DATE);
	buf_puts(text, zh ? "截止\n" : "\n");
}

/* The board: who reads this has it open, or a link to it. */
static const char *page_of(struct engine *e)
{
	const char *base = e->config->base_url;
	size_t len = base ? strlen(base) : 0;
	while (len && base[len - 1] == '/')
		len--;
	return len ? arena_printf(&e->tick, "%.*s/", (int)len, base) : NULL;
}

void engine_counts_part(struct engine *e, const struct outbox_reminder *row,
	const struct person *person, struct instant now, struct message_part *ret, size_t *ret_n)
{
	int language = words_language(e->config->language);
	struct viewing x = {e->config, words_of(language), now, &e->tick};
	struct date today = zone_to_civil(e->config->zone, now).date;
	struct buf text;
	size_t n = 0;
	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < e->obligations.n && n < LINES_MAX; i++) {
		const struct obligation *o = &e->obligations.item[i];
		if (o->rule->office->clerk != person || !count_is_behind(o, today) ||
			date_compare(o->period_last, today) < 0)
			continue;
		put_line(&x, o, today, language == 0, &text);
		n++;
	}
	if (text.len)
		buf_truncate(&text, text.len - 1);
	*ret = (struct message_part){.reminder = engine_digest_reminder(e, row, person),
		.note = arena_strndup(&e->tick, text.data ? text.data : "", text.len),
		.page = page_of(e)};
	*ret_n = n ? 1 : 0;
	buf_done(&text);
}
