#include "workdays_import.h"

#include <stdlib.h>
#include <string.h>

#include "roster.h"
#include "text.h"

enum { HOLE_DAYS = 10, HOLIDAYS = 7 };

void special_days_say(struct special_days *x, enum severity severity, int line, struct diag *d)
{
	d->severity = severity;
	diag_at(d, x->file, line);
	diags_add(x->ds, d);
}

void special_days_add(struct special_days *x, struct date first, struct date last, bool work,
	const char *holiday, int line)
{
	for (struct date day = first; date_compare(day, last) <= 0; day = date_add(day, 1)) {
		if (x->day.n == WORKDAYS_IMPORT_MAX) {
			struct diag d = DIAG_INIT;
			diag_set(&d, RC_LIMIT, N_("more than %d days"), WORKDAYS_IMPORT_MAX);
			special_days_say(x, SEV_ERROR, line, &d);
		}
		if (x->day.n > WORKDAYS_IMPORT_MAX)
			return;
		VEC_PUSH(x->a, &x->day, ((struct special_day){day, work, holiday, line}));
	}
}

/* ---- what cannot be, and what looks wrong ------------------------------------------------------------ */

static int compare_days(const void *left, const void *right)
{
	const struct special_day *a = left, *b = right;
	int order = date_compare(a->date, b->date);
	return order ? order : a->line - b->line;
}

static bool is_weekend(struct date d)
{
	return date_weekday(d) == SATURDAY || date_weekday(d) == SUNDAY;
}

/* Sorted, each date once. */
static void settle_days(struct special_days *x)
{
	size_t n = 0;
	struct special_day *day = x->day.item;
	char text[DATE_TEXT_SIZE];
	if (x->day.n)
		qsort(day, x->day.n, sizeof *day, compare_days);
	for (size_t i = 0; i < x->day.n; i++) {
		struct diag d = DIAG_INIT;
		bool again = n && date_compare(day[n - 1].date, day[i].date) == 0;
		if (again && day[n - 1].work != day[i].work) {
			diag_set(&d, RC_INVALID,
				N_("%s is a day off and a make-up day at once; see row %d"),
				date_format(day[i].date, text), day[n - 1].line);
			special_days_say(x, SEV_ERROR, day[i].line, &d);
		}
		if (!again)
			day[n++] = day[i];
	}
	x->day.n = n;
}

static void check_make_up(struct special_days *x)
{
	char text[DATE_TEXT_SIZE];
	for (size_t i = 0; i < x->day.n; i++) {
		const struct special_day *s = &x->day.item[i];
		struct diag d = DIAG_INIT;
		if (!s->work || is_weekend(s->date))
			continue;
		diag_set(&d, RC_INVALID, N_("the make-up day %s is not a weekend day"),
			date_format(s->date, text));
		diag_hint(&d, N_("look at the notice: the date may be wrong"));
		special_days_say(x, SEV_WARNING, s->line, &d);
	}
}

/* The first working day between two days off of one holiday, or DATE_NONE. */
static struct date find_hole(const struct special_day *a, const struct special_day *b)
{
	if (strcmp(a->holiday, b->holiday) != 0 || b->date.days - a->date.days > HOLE_DAYS)
		return DATE_NONE;
	for (struct date d = date_add(a->date, 1); date_compare(d, b->date) < 0; d = date_add(d, 1))
		if (!is_weekend(d))
			return d;
	return DATE_NONE;
}

static void check_holes(struct special_days *x)
{
	const struct special_day *last = NULL;
	char text[DATE_TEXT_SIZE];
	for (size_t i = 0; i < x->day.n; i++) {
		const struct special_day *s = &x->day.item[i];
		struct diag d = DIAG_INIT;
		if (s->work)
			continue;
		struct date hole = last ? find_hole(last, s) : DATE_NONE;
		last = s;
		if (date_is_none(hole))
			continue;
		diag_set(&d, RC_INVALID, N_("\"%s\" has a gap: %s is not off"), s->holiday,
			date_format(hole, text));
		diag_hint(&d, N_("look at the notice: the date may be wrong"));
		special_days_say(x, SEV_WARNING, s->line, &d);
	}
}

/* As State Council notices name them. */
static const char *const HOLIDAY[HOLIDAYS] = {
	"元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆"};

static unsigned holidays_of(const struct special_days *x, int year)
{
	unsigned found = 0;
	for (size_t i = 0; i < x->day.n; i++)
		for (unsigned h = 0; h < HOLIDAYS; h++)
			if (!x->day.item[i].work && date_year(x->day.item[i].date) == year &&
				strstr(x->day.item[i].holiday, HOLIDAY[h]))
				found |= BIT(h);
	return found;
}

/* A notice may reach into the December before: a year counts from its second holiday on. */
static bool check_year(struct special_days *x, int year, bool *ret_whole)
{
	unsigned found = holidays_of(x, year);
	const char *missing = "";
	struct diag d = DIAG_INIT;
	if (!(found & (found - 1)))
		return false;
	for (unsigned h = 0; h < HOLIDAYS; h++)
		if (!(found & BIT(h)))
			missing = arena_printf(
				x->a, "%s%s%s", missing, missing[0] ? "、" : "", HOLIDAY[h]);
	*ret_whole = !missing[0];
	if (missing[0]) {
		diag_set(&d, RC_NOTFOUND, N_("%d has no day off for %s"), year, missing);
		diag_hint(&d, N_("look at the notice: a line may be missing"));
		special_days_say(x, SEV_WARNING, 0, &d);
	}
	return true;
}

static void check_years(struct special_days *x, struct workdays_import *ret)
{
	struct date last = x->day.item[x->day.n - 1].date;
	bool whole = false;
	ret->last_year = date_year(last);
	for (int y = date_year(x->day.item[0].date); y <= date_year(last); y++)
		if (check_year(x, y, &whole))
			ret->last_year = y;
	ret->known_through = whole ? date_clamped(ret->last_year, 12, 31) : last;
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

static void read_bytes(struct special_days *x, const char *data, size_t len)
{
	const char *text;
	size_t n;
	struct table t;
	struct diag d = DIAG_INIT;
	enum rc rc = table_decode(data, len, x->a, &text, &n, &d);
	if (rc == RC_OK && strstr(text, "BEGIN:VCALENDAR")) {
		size_t bad;
		if (text_check(text, n, true, &bad) == TEXT_OK)
			special_days_from_ics(x, text, n);
		else
			rc = diag_set(
				&d, RC_INVALID, N_("there are control characters in the file"));
	} else if (rc == RC_OK) {
		rc = table_read(data, len, x->a, &t, &d);
		if (rc == RC_OK)
			special_days_from_table(x, &t);
	}
	if (rc)
		special_days_say(x, SEV_ERROR, d.line, &d);
}

enum rc workdays_import_read(const char *data, size_t len, const char *file, struct arena *a,
	struct workdays_import *ret, struct diags *ds)
{
	struct special_days x = {.file = file, .a = a, .ds = ds};
	size_t before = ds->n_errors;
	read_bytes(&x, data, len);
	if (ds->n_errors == before && x.day.n == 0) {
		struct diag d = DIAG_INIT;
		diag_set(&d, RC_INVALID, N_("no day off and no make-up day is in the file"));
		diag_hint(&d, N_("date, off or work, holiday: 2027-01-01, off, 元旦"));
		special_days_say(&x, SEV_ERROR, 0, &d);
	}
	settle_days(&x);
	if (ds->n_errors > before)
		return RC_INVALID;
	check_make_up(&x);
	check_holes(&x);
	check_years(&x, ret);
	ret->day = x.day.item;
	ret->n = x.day.n;
	ret->n_passed_over = x.n_passed_over;
	return RC_OK;
}

/* ---- the file ------------------------------------------------------------------------------------------ */

static void put_safe(struct buf *out, const char *s, bool quoted)
{
	for (; *s; s++) {
		if (quoted && (*s == '"' || *s == '\\'))
			buf_putc(out, '\\');
		buf_putc(out, *s == '\n' ? ' ' : *s);
	}
}

/* How many days from the i-th on are one run of the same kind and holiday. */
static size_t run_len(const struct workdays_import *w, size_t i)
{
	size_t n = 1;
	const struct special_day *first = &w->day[i];
	while (i + n < w->n && first[n].work == first->work && n < 60 &&
		first[n].date.days == first->date.days + (int)n &&
		strcmp(first[n].holiday, first->holiday) == 0)
		n++;
	return n;
}

static void write_kind(const struct workdays_import *w, bool work, struct buf *out)
{
	char a[DATE_TEXT_SIZE], b[DATE_TEXT_SIZE];
	size_t left = 0;
	for (size_t i = 0; i < w->n; i++)
		left += w->day[i].work == work;
	if (!left)
		return;
	buf_printf(out, "\t\t\t%s = [\n", work ? "work" : "off");
	for (size_t i = 0, n; i < w->n; i += n) {
		n = run_len(w, i);
		if (w->day[i].work != work)
			continue;
		left -= n;
		buf_printf(out, "\t\t\t\t\"%s", date_format(w->day[i].date, a));
		if (n > 1)
			buf_printf(out, "/%s", date_format(w->day[i + n - 1].date, b));
		buf_printf(out, "\"%s%s", left ? "," : "", w->day[i].holiday[0] ? " # " : "");
		put_safe(out, w->day[i].holiday, false);
		buf_putc(out, '\n');
	}
	buf_puts(out, "\t\t\t];\n");
}

void workdays_import_write(
	const struct workdays_import *w, const char *source, bool chinese, struct buf *out)
{
	buf_printf(out,
		chinese ? "# %d年的节假日和调休，由 deadlinectl workdays import 读入\n\n"
			: "# Days off and make-up days of %d, read by deadlinectl workdays "
			  "import\n\n",
		w->last_year);
	char day[DATE_TEXT_SIZE];
	buf_printf(out, "workdays = {\n\tknown_through = \"%s\";\n\tnotices = (\n\t\t{\n",
		date_format(w->known_through, day));
	buf_puts(out, "\t\t\tnumber = \"");
	put_safe(out, source, true);
	buf_puts(out, "\";\n");
	write_kind(w, false, out);
	write_kind(w, true, out);
	buf_puts(out, "\t\t}\n\t);\n};\n");
}
