/*
 * Our own scanner decides what is accepted; libical then parses the same text and has to agree that
 * it is a rule.  Nothing of libical's expansion is used: see recur.h.
 */
#include "recur.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libical/ical.h>

#include "lunar.h"
#include "text.h"

enum { RULE_MAX = 200 };

/* What has been seen of a rule. */
struct scan {
	struct recur r;
	bool freq, rscale, by_month, by_month_day, by_day;
	struct diag *d;
};

static enum rc scan_freq(struct scan *s, const char *value)
{
	s->freq = true;
	return strcasecmp(value, "YEARLY") == 0
		       ? RC_OK
		       : diag_set(s->d, RC_INVALID, N_("FREQ=%s: only FREQ=YEARLY is accepted"),
				 value);
}

static enum rc scan_rscale(struct scan *s, const char *value)
{
	s->rscale = true;
	s->r.chinese = strcasecmp(value, "CHINESE") == 0;
	if (s->r.chinese || strcasecmp(value, "GREGORIAN") == 0)
		return RC_OK;
	return diag_set(
		s->d, RC_INVALID, N_("RSCALE=%s: only GREGORIAN and CHINESE are accepted"), value);
}

static enum rc scan_by_month(struct scan *s, const char *value)
{
	long month;
	s->by_month = true;
	if (!text_parse_int(value, 1, 12, &month))
		return diag_set(s->d, RC_INVALID,
			N_("BYMONTH=%s: one month 1 to 12 is accepted, no leap month, no list"),
			value);
	s->r.month = (int)month;
	return RC_OK;
}

static enum rc scan_by_month_day(struct scan *s, const char *value)
{
	long day;
	s->by_month_day = true;
	if (!text_parse_int(value, -31, 31, &day) || day == 0)
		return diag_set(s->d, RC_INVALID,
			N_("BYMONTHDAY=%s: one day 1 to 31 or -1 to -31 is accepted"), value);
	s->r.month_day = (int)day;
	return RC_OK;
}

static enum rc scan_by_day(struct scan *s, const char *value)
{
	static const char *const DAYS[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
	size_t len = strlen(value);
	s->by_day = true;
	long ordinal = 0;
	char number[8] = "";
	if (len >= 3 && len <= 5) {
		memcpy(number, value, len - 2);
		const char *digits = number[0] == '+' ? number + 1 : number;
		for (int i = 0; i < 7 && text_parse_int(digits, -5, 5, &ordinal); i++)
			if (ordinal && strcasecmp(value + len - 2, DAYS[i]) == 0) {
				s->r.ordinal = (int)ordinal;
				s->r.weekday = (enum weekday)i;
				return RC_OK;
			}
	}
	return diag_set(s->d, RC_INVALID,
		N_("BYDAY=%s: one weekday with an ordinal such as 2SU or -1MO is accepted"), value);
}

static const struct part {
	const char *name;
	enum rc (*scan)(struct scan *, const char *);
	size_t seen; /* offset of its flag */
} PARTS[] = {
	{"FREQ", scan_freq, offsetof(struct scan, freq)},
	{"RSCALE", scan_rscale, offsetof(struct scan, rscale)},
	{"BYMONTH", scan_by_month, offsetof(struct scan, by_month)},
	{"BYMONTHDAY", scan_by_month_day, offsetof(struct scan, by_month_day)},
	{"BYDAY", scan_by_day, offsetof(struct scan, by_day)},
};

static enum rc scan_part(struct scan *s, char *part)
{
	char *value = strchr(part, '=');
	if (!value)
		return diag_set(s->d, RC_INVALID, N_("\"%s\" is not NAME=VALUE"), part);
	*value++ = '\0';
	for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
		if (strcasecmp(part, PARTS[i].name) != 0)
			continue;
		if (*((const bool *)s + PARTS[i].seen))
			return diag_set(s->d, RC_INVALID, N_("%s stands twice"), part);
		return PARTS[i].scan(s, value);
	}
	return diag_set(s->d, RC_INVALID,
		N_("%s is not accepted; a rule has FREQ, RSCALE, BYMONTH, BYMONTHDAY or BYDAY"),
		part);
}

static enum rc check_whole(const struct scan *s)
{
	const struct recur *r = &s->r;
	if (!s->freq)
		return diag_set(s->d, RC_INVALID, N_("FREQ=YEARLY is missing"));
	if (!s->by_month)
		return diag_set(s->d, RC_INVALID, N_("BYMONTH is missing"));
	if (s->by_month_day == s->by_day)
		return diag_set(
			s->d, RC_INVALID, N_("either BYMONTHDAY or BYDAY is needed, not both"));
	if (r->chinese && s->by_day)
		return diag_set(s->d, RC_INVALID, N_("BYDAY is not accepted with RSCALE=CHINESE"));
	int longest = r->chinese ? 30 : date_days_in_month(2024, r->month);
	if (abs(r->month_day) > longest)
		return diag_set(s->d, RC_INVALID, N_("month %d never has a day %d"), r->month,
			r->month_day);
	return RC_OK;
}

static enum rc ask_libical(const char *rule, struct diag *d)
{
	icalerror_set_errors_are_fatal(0);
	struct icalrecurrencetype r = icalrecurrencetype_from_string(rule);
	bool accepted = r.freq != ICAL_NO_RECURRENCE;
	free(r.rscale);
	return accepted ? RC_OK
			: diag_set(d, RC_INVALID, N_("\"%s\" is not a recurrence rule"), rule);
}

enum rc recur_parse(const char *rule, struct recur *ret, struct diag *d)
{
	char text[RULE_MAX];
	size_t len = strlen(rule);
	if (len == 0 || len >= sizeof text)
		return diag_set(d, RC_INVALID, N_("a recurrence rule has 1 to %d characters"),
			RULE_MAX - 1);
	memcpy(text, rule, len + 1);
	struct scan s = {.d = d};
	enum rc rc = RC_OK;
	for (char *part = text, *next; part && rc == RC_OK; part = next) {
		next = strchr(part, ';');
		if (next)
			*next++ = '\0';
		rc = scan_part(&s, part);
	}
	if (rc == RC_OK)
		rc = check_whole(&s);
	if (rc == RC_OK)
		rc = ask_libical(rule, d);
	if (rc == RC_OK)
		*ret = s.r;
	return rc;
}

/* A lunar date of Gregorian year `year` belongs to the lunar year of that number or the one before. */
static size_t lunar_in_year(const struct recur *r, int year, struct date ret[static 2])
{
	size_t n = 0;
	for (int lunar_year = year - 1; lunar_year <= year; lunar_year++) {
		struct lunar l = {.year = lunar_year, .month = r->month, .day = r->month_day};
		struct date d;
		if (lunar_to_date(l, &d) && date_year(d) == year)
			ret[n++] = d;
	}
	return n;
}

static bool nth_weekday(const struct recur *r, int year, struct date *ret)
{
	int length = date_days_in_month(year, r->month);
	struct date edge = date_clamped(year, r->month, r->ordinal > 0 ? 1 : length);
	int at = (int)date_weekday(edge), want = (int)r->weekday;
	int day = r->ordinal > 0 ? 1 + (want - at + 7) % 7 + 7 * (r->ordinal - 1)
				 : length - (at - want + 7) % 7 + 7 * (r->ordinal + 1);
	return date_from_ymd(year, r->month, day, ret);
}

size_t recur_in_year(const struct recur *r, int year, struct date ret[static 2])
{
	if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX)
		return 0;
	if (r->chinese)
		return lunar_in_year(r, year, ret);
	if (r->ordinal)
		return nth_weekday(r, year, ret) ? 1 : 0;
	int length = date_days_in_month(year, r->month);
	int day = r->month_day < 0 ? length + 1 + r->month_day : r->month_day;
	return date_from_ymd(year, r->month, day, ret) ? 1 : 0;
}

struct library recur_library(void)
{
	return (struct library){"libical", ICAL_VERSION};
}
