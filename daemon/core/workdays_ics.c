/* The calendars: only as much of RFC 5545 as a holiday needs. */
#include "workdays_import.h"

#include <string.h>

#include "text.h"

enum { EVENT_DAYS_MAX = 31 };

/* One event as far as it has been read. */
struct event {
	bool inside, marked, work, repeats, cancelled;
	struct date first, after; /* DTEND is exclusive (section 3.6.1) */
	const char *title;
	const char *bad_day; /* NULL: none; said only if the event matters */
	int line;
};

/* 20270101, at whatever time of that day; a time in UTC would be another day here. */
static bool parse_day(const char *s, struct date *ret)
{
	long n;
	char digits[9];
	if (strlen(s) < 8 || (s[8] && s[8] != 'T') || strchr(s, 'Z'))
		return false;
	memcpy(digits, s, 8);
	digits[8] = '\0';
	return text_parse_int(digits, 10000101, 99991231, &n) &&
	       date_from_ymd((int)(n / 10000), (int)(n / 100 % 100), (int)(n % 100), ret);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && strcmp(s + n - m, end) == 0;
}

/* "元旦(休)", "元旦（休）", "春节 休": the title without its mark. */
static const char *take_mark(const char *title, struct arena *a, bool *ret_marked, bool *ret_work)
{
	static const struct {
		const char *end;
		bool work;
	} T[] = {{"(休)", false}, {"(班)", true}};
	const char *s = table_fold(title, strlen(title), a);
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		if (!ends_with(s, T[i].end))
			continue;
		*ret_marked = true;
		*ret_work = T[i].work;
		s = arena_strndup(a, s, strlen(s) - strlen(T[i].end));
		return table_fold(s, strlen(s), a);
	}
	return s;
}

/* NAME;PARAMETERS:VALUE; blanks and quotes in parameters do not occur here. */
static void read_property(struct event *e, const char *s)
{
	size_t name = strcspn(s, ";:");
	const char *value = strchr(s, ':');
	char key[32] = "";
	if (!value || name >= sizeof key)
		return;
	memcpy(key, s, name);
	value++;
	bool begins = strcmp(key, "DTSTART") == 0;
	if (begins || strcmp(key, "DTEND") == 0) {
		if (!parse_day(value, begins ? &e->first : &e->after))
			e->bad_day = value;
	} else if (strcmp(key, "SUMMARY") == 0) {
		e->title = value;
	} else if (strcmp(key, "RRULE") == 0) {
		e->repeats = true;
	} else if (strcmp(key, "STATUS") == 0) {
		e->cancelled = strcmp(value, "CANCELLED") == 0;
	} else if (strcmp(key, "X-APPLE-SPECIAL-DAY") == 0) {
		e->work = strcmp(value, "ALTERNATE-WORKDAY") == 0;
		e->marked = e->work || strcmp(value, "WORK-HOLIDAY") == 0;
	}
}

static void finish_event(struct special_days *x, struct event *e)
{
	struct diag d = DIAG_INIT;
	bool marked = false, work = false;
	const char *holiday = take_mark(e->title, x->a, &marked, &work);
	/* The property is the machine's word and wins. */
	if (!e->marked) {
		e->marked = marked;
		e->work = work;
	}
	if (!e->marked || e->cancelled) {
		x->n_passed_over++;
		return;
	}
	struct date last = date_is_none(e->after) ? e->first : date_add(e->after, -1);
	if (e->bad_day)
		diag_set(&d, RC_INVALID, N_("\"%s\" is not a whole day"), e->bad_day);
	else if (e->repeats)
		diag_set(&d, RC_INVALID, N_("\"%s\" repeats; days off are of one year only"),
			holiday);
	else if (date_is_none(e->first))
		diag_set(&d, RC_INVALID, N_("\"%s\" has no first day"), holiday);
	else if (date_compare(last, e->first) < 0 || last.days - e->first.days >= EVENT_DAYS_MAX)
		diag_set(&d, RC_RANGE,
			N_("\"%s\" ends before it begins, or lasts longer than %d "
			   "days"),
			holiday, EVENT_DAYS_MAX);
	else {
		special_days_add(x, e->first, last, e->work, holiday, e->line);
		return;
	}
	special_days_say(x, SEV_ERROR, e->line, &d);
}

static void read_line(struct special_days *x, struct event *e, const char *s, int line)
{
	if (strcmp(s, "BEGIN:VEVENT") == 0) {
		*e = (struct event){.inside = true,
			.first = DATE_NONE,
			.after = DATE_NONE,
			.title = "",
			.line = line};
	} else if (e->inside && strcmp(s, "END:VEVENT") == 0) {
		finish_event(x, e);
		e->inside = false;
	} else if (e->inside) {
		read_property(e, s);
	}
}

/* Long lines go on in the next one, behind a blank (section 3.1). */
void special_days_from_ics(struct special_days *x, const char *text, size_t len)
{
	struct event e = {0};
	char *line = ARENA_ARRAY(x->a, len + 1, char);
	int number = 0;
	for (size_t i = 0; i < len;) {
		size_t n = 0;
		int first = number + 1;
		do {
			i += n && i < len; /* the blank */
			while (i < len && text[i] != '\n')
				line[n++] = text[i++];
			i += i < len;
			number++;
		} while (i < len && n && (text[i] == ' ' || text[i] == '\t'));
		line[n] = '\0';
		read_line(x, &e, arena_strdup(x->a, line), first);
	}
	if (e.inside) {
		struct diag d = DIAG_INIT;
		diag_set(&d, RC_INVALID, N_("an event has no end: the file is cut off"));
		special_days_say(x, SEV_ERROR, e.line, &d);
	}
}
