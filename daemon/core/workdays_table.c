/* The table: date, kind, holiday. */
#include "workdays_import.h"

#include <string.h>

#include "text.h"

enum { KIND_NONE, KIND_OFF, KIND_WORK };

static int parse_kind(const char *key)
{
	static const struct {
		const char *word;
		int kind;
	} T[] = {{"off", KIND_OFF}, {"休", KIND_OFF}, {"放假", KIND_OFF}, {"休息", KIND_OFF},
		{"假", KIND_OFF}, {"work", KIND_WORK}, {"班", KIND_WORK}, {"上班", KIND_WORK},
		{"调休", KIND_WORK}, {"补班", KIND_WORK}, {"调休上班", KIND_WORK}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++)
		if (strcmp(key, T[i].word) == 0)
			return T[i].kind;
	return KIND_NONE;
}

/* A number of at most `digits` digits, then one of the marks after it. */
static bool take_part(const char **s, size_t digits, const char *const *mark, int *ret)
{
	char text[5] = "";
	long n;
	size_t len = strspn(*s, "0123456789");
	if (len == 0 || len > digits)
		return false;
	memcpy(text, *s, len);
	if (!text_parse_int(text, 0, 9999, &n))
		return false;
	*s += len;
	*ret = (int)n;
	for (; *mark; mark++)
		if (text_has_prefix(*s, *mark)) {
			*s += strlen(*mark);
			return true;
		}
	return false;
}

/* 2027-01-01, 2027/1/1, 2027.1.1, 2027年1月1日, 20270101 */
static bool parse_day(const char *key, struct date *ret)
{
	static const char *const YEAR[] = {"-", "/", ".", "年", NULL};
	static const char *const MONTH[] = {"-", "/", ".", "月", NULL};
	static const char *const DAY[] = {"日", "号", "", NULL};
	const char *s = key;
	int year, month, day;
	long n;
	if (strlen(key) == 8 && text_parse_int(key, 10000101, 99991231, &n))
		return date_from_ymd((int)(n / 10000), (int)(n / 100 % 100), (int)(n % 100), ret);
	return take_part(&s, 4, YEAR, &year) && take_part(&s, 2, MONTH, &month) &&
	       take_part(&s, 2, DAY, &day) && !*s && date_from_ymd(year, month, day, ret);
}

struct found {
	int date, kind, name; /* columns from 0, -1 */
	struct date day;
	int what;
};

static struct found look(const struct table_row *r, struct arena *a)
{
	struct found f = {-1, -1, -1, DATE_NONE, KIND_NONE};
	for (int i = 0; i < (int)r->n; i++) {
		const char *key = table_key(r->cell[i], a);
		int kind = parse_kind(key);
		if (f.date < 0 && parse_day(key, &f.day)) {
			f.date = i;
		} else if (f.kind < 0 && kind) {
			f.kind = i;
			f.what = kind;
		} else if (f.name < 0 && key[0]) {
			f.name = i;
		}
	}
	return f;
}

static void read_row(struct special_days *x, const struct table_row *r)
{
	struct found f = look(r, x->a);
	struct diag d = DIAG_INIT;
	if (f.date >= 0 && f.kind >= 0) {
		special_days_add(x, f.day, f.day, f.what == KIND_WORK,
			f.name >= 0 ? r->cell[f.name] : "", r->line);
		return;
	}
	if (f.date < 0)
		diag_set(&d, RC_INVALID, N_("column 1: \"%s\" is not a day"), r->cell[0]);
	else
		diag_set(&d, RC_INVALID,
			N_("column %d: neither off nor work stands beside the day"), f.date + 2);
	diag_hint(&d, N_("date, off or work, holiday: 2027-01-01, off, 元旦"));
	special_days_say(x, SEV_ERROR, r->line, &d);
}

void special_days_from_table(struct special_days *x, const struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct found f = look(&t->row[i], x->a);
		/* A title or header has neither. */
		if (f.date < 0 && f.kind < 0 && x->day.n == 0 && i < 10)
			x->n_passed_over++;
		else
			read_row(x, &t->row[i]);
	}
}
