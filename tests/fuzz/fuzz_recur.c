/*
 * fuzz_recur - any bytes as a recurrence rule: refused with a sentence, or expanded into days that
 * the rule means, the same as libical's for Gregorian rules
 *
 * Linked plainly it replays the files of a folder.  To search: clang -DFUZZ_SEARCH
 * -fsanitize=fuzzer,address,undefined with the sources of calendar and base.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

#include "lunar.h"
#include "recur.h"
#include "replay.h"

enum { INPUT_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_recur: %s\n", what);
	abort();
}

static void check_lunar(const struct recur *r, struct date d)
{
	struct lunar l;
	check(lunar_from_date(d, &l), "no lunar date");
	int length = lunar_days_in_month(l.year, l.month, l.leap);
	int day = r->month_day < 0 ? l.day - length - 1 : l.day;
	check(!l.leap && l.month == r->month && day == r->month_day, "another lunar day");
}

static void check_gregorian(const struct recur *r, struct date d)
{
	check(date_month(d) == r->month, "another month");
	int length = date_days_in_month(date_year(d), r->month);
	int of_month = date_day(d), from_end = of_month - length - 1;
	if (r->ordinal == 0) {
		check((r->month_day < 0 ? from_end : of_month) == r->month_day, "another day");
		return;
	}
	int nth = r->ordinal > 0 ? (of_month + 6) / 7 : (from_end - 6) / 7;
	check(date_weekday(d) == r->weekday && nth == r->ordinal, "another weekday");
}

/* How many of our days stand in libical's list, and how many it has. */
static void check_with_libical(const char *rule, const struct recur *r)
{
	struct icalrecurrencetype theirs = icalrecurrencetype_from_string(rule);
	icalrecur_iterator *it = icalrecur_iterator_new(theirs, icaltime_from_string("20200101"));
	check(it != NULL, "libical cannot begin");
	struct icaltimetype next = icalrecur_iterator_next(it);
	for (int year = 2020; year < 2060; year++) {
		struct date ours[2];
		bool both = recur_in_year(r, year, ours) == 1;
		check(both == (next.year == year), "libical has another year");
		if (!both)
			continue;
		check(date_month(ours[0]) == next.month && date_day(ours[0]) == next.day,
			"libical has another day");
		next = icalrecur_iterator_next(it);
	}
	icalrecur_iterator_free(it);
	free(theirs.rscale);
}

static void check_days(const struct recur *r)
{
	for (int year = DATE_YEAR_MIN; year <= DATE_YEAR_MAX; year++) {
		struct date d[2];
		size_t n = recur_in_year(r, year, d);
		check(n <= (r->chinese ? 2u : 1u), "too many days");
		check(n < 2 || date_compare(d[0], d[1]) < 0, "not ascending");
		for (size_t i = 0; i < n; i++) {
			check(date_year(d[i]) == year, "another year");
			if (r->chinese)
				check_lunar(r, d[i]);
			else
				check_gregorian(r, d[i]);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *rule = malloc(size + 1);
	if (!rule)
		return 0;
	if (size)
		memcpy(rule, data, size);
	rule[size] = '\0';
	struct recur r = {.month = -77};
	struct diag d = DIAG_INIT;
	if (recur_parse(rule, &r, &d) == RC_OK) {
		check_days(&r);
		if (!r.chinese)
			check_with_libical(rule, &r);
	} else {
		check(d.rc == RC_INVALID && d.msgid[0], "refused without a sentence");
		check(r.month == -77, "refused, but the output is touched");
	}
	free(rule);
	return 0;
}
