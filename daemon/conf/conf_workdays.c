/* Holidays and make-up days: the notices' days into two ascending sets. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "conf_field.h"
#include "conf_value.h"

enum { NOTICES_MAX = 200, DAYS_MAX = 20000, SPAN_DAYS_MAX = 60 };

/* One listed day with the place it came from. */
struct listed {
	struct date date;
	bool work;
	struct source src;
};
struct listing {
	VEC(struct listed) day;
	bool full;
};

struct notice {
	const char *number;
};
static const struct field NOTICE_FIELD[] = {
	FIELD("number", TEXT, struct notice, number, .required = true, .max = 120),
	FIELD_ELSEWHERE("off", ARRAY),
	FIELD_ELSEWHERE("work", ARRAY),
};

struct workday_settings {
	struct date known_through;
};
static const struct field WORKDAY_FIELD[] = {
	FIELD("known_through", DATE, struct workday_settings, known_through, .required = true),
	FIELD_ELSEWHERE("notices", LIST),
};

static void add_days(struct conf_state *st, struct listing *l, config_setting_t *s, bool work)
{
	const char *const *text = NULL;
	size_t n = s ? field_texts(st, s, &text) : 0;
	for (size_t i = 0; i < n; i++) {
		struct span span;
		if (!value_parse_span(text[i], &span) ||
			span.last.days - span.first.days >= SPAN_DAYS_MAX) {
			conf_error(st, conf_here(st, s),
				N_("write it as \"2024-05-01\" or \"2024-05-01/2024-05-05\""),
				N_("\"%s\" is not a day and not a span of at most %d days"),
				text[i], SPAN_DAYS_MAX);
			continue;
		}
		for (struct date d = span.first; date_compare(d, span.last) <= 0;
			d = date_add(d, 1)) {
			l->full = l->full || l->day.n == DAYS_MAX;
			if (!l->full)
				VEC_PUSH(st->a, &l->day,
					((struct listed){d, work, conf_here(st, s)}));
		}
	}
}

static void read_notice(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct notice notice;
	field_read(st, group, FIELDS(NOTICE_FIELD), &notice);
	add_days(st, obj, config_setting_get_member(group, "off"), false);
	add_days(st, obj, config_setting_get_member(group, "work"), true);
}

/* By date; rows of one date in the order of the files. */
static int compare_listed(const void *left, const void *right)
{
	const struct listed *a = left, *b = right;
	int order = date_compare(a->date, b->date);
	if (order == 0)
		order = strcmp(a->src.file, b->src.file);
	return order ? order : a->src.line - b->src.line;
}

static void check_listed(struct conf_state *st, const struct listed *d, const struct listed *before)
{
	char day[DATE_TEXT_SIZE];
	date_format(d->date, day);
	bool weekend = date_weekday(d->date) == SATURDAY || date_weekday(d->date) == SUNDAY;
	if (before && date_compare(before->date, d->date) == 0) {
		if (before->work != d->work)
			conf_error(st, d->src, NULL,
				N_("%s is a day off and a working day at once; see %s:%d"), day,
				before->src.file, before->src.line);
		else
			conf_warn(st, d->src, NULL, N_("%s is listed twice; see %s:%d"), day,
				before->src.file, before->src.line);
	} else if (d->work && !weekend) {
		conf_warn(st, d->src, N_("work lists make-up days at weekends"),
			N_("%s is a working day anyway"), day);
	}
}

static void keep_sets(struct conf_state *st, struct listing *l)
{
	struct workdays *w = &st->c->workdays;
	if (l->day.n)
		qsort(l->day.item, l->day.n, sizeof *l->day.item, compare_listed);
	struct date *off = ARENA_ARRAY(st->a, l->day.n, struct date);
	struct date *work = ARENA_ARRAY(st->a, l->day.n, struct date);
	for (size_t i = 0; i < l->day.n; i++) {
		const struct listed *d = &l->day.item[i];
		check_listed(st, d, i ? d - 1 : NULL);
		if (i && date_compare(d[-1].date, d->date) == 0)
			continue;
		if (d->work)
			work[w->n_work++] = d->date;
		else
			off[w->n_off++] = d->date;
	}
	w->off = off;
	w->work = work;
}

void conf_read_workdays(struct conf_state *st)
{
	struct listing l = {0};
	size_t n = 0;
	st->c->workdays.known_through = DATE_NONE;
	for (st->at = 0; st->at < st->n_files; st->at++) {
		config_setting_t *group =
			st->file[st->at].ok
				? config_setting_get_member(
					  config_root_setting(&st->file[st->at].tree), "workdays")
				: NULL;
		if (!group || !config_setting_is_group(group))
			continue;
		struct workday_settings s;
		field_read(st, group, FIELDS(WORKDAY_FIELD), &s);
		st->c->workdays.known_through =
			date_max(st->c->workdays.known_through, s.known_through);
		n += conf_each_in(st, config_setting_get_member(group, "notices"), NOTICES_MAX,
			read_notice, &l);
	}
	if (l.full)
		conf_error(st, st->c->src, NULL, N_("workdays lists more than %d days"), DAYS_MAX);
	if (n == 0 && !st->partial && !st->c->allow_empty)
		conf_warn(st, st->c->src, N_("enter the yearly notice under workdays"),
			N_("no holidays are known: every working day is a guess"));
	keep_sets(st, &l);
}
