/*
 * fuzz_tzif - any bytes as a tzdata file: refused with the output untouched, or a table that keeps
 * what tzif.h promises
 *
 * Linked plainly it replays the files of a folder.  To search: clang -DFUZZ_SEARCH
 * -fsanitize=fuzzer,address,undefined with the sources of calendar and base.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tzif.h"
#include "tzrule.h"
#include "replay.h"

enum { INPUT_MAX = 1 << 16, OFFSET_MAX = 26 * 3600, UNTOUCHED = 7777 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_tzif: %s\n", what);
	abort();
}

static void check_table(const struct tzif_table *t)
{
	check(t->n >= 1 && t->n <= TZIF_CHANGES_MAX, "number of changes");
	check(t->change[0].at < (int64_t)date_clamped(DATE_YEAR_MIN, 1, 1).days * DAY_S,
		"begins after the first date");
	for (size_t i = 0; i < t->n; i++) {
		const struct tzif_change *c = &t->change[i];
		check(c->offset >= -OFFSET_MAX && c->offset <= OFFSET_MAX, "offset");
		check(i == 0 || c->at > c[-1].at, "not ascending");
		check(i == 0 || c->offset != c[-1].offset, "a change that changes nothing");
	}
}

/* A change by month and weekday falls on that weekday, in the week it says. */
static void check_weekday(const struct tzrule_day *d, int64_t wall)
{
	if (d->form != TZRULE_WEEKDAY)
		return;
	struct date day = {(int32_t)((wall - d->second) / DAY_S)};
	check((wall - d->second) % DAY_S == 0 && (int)date_weekday(day) == d->weekday, "weekday");
	int length = date_days_in_month(date_year(day), d->month);
	bool is_last = date_day(day) + 7 > length;
	check(date_month(day) == d->month, "month");
	check(d->week == 5 ? is_last : (date_day(day) + 6) / 7 == d->week, "week");
}

/* The bytes alone as the rule of a footer. */
static void check_rule(const char *bytes, size_t size)
{
	struct tzrule r = {.standard = UNTOUCHED};
	if (!tzrule_parse(bytes, size, &r)) {
		check(r.standard == UNTOUCHED, "rule refused, but the output is touched");
		return;
	}
	for (int year = DATE_YEAR_MIN; r.has_summer && year <= DATE_YEAR_MAX; year += 13) {
		int64_t from = (int64_t)date_clamped(year, 1, 1).days * DAY_S;
		int64_t at[] = {tzrule_start(&r, year), tzrule_end(&r, year)};
		for (int i = 0; i < 2; i++)
			check(at[i] > from - 10 * DAY_S && at[i] < from + 376 * DAY_S,
				"a change in another year");
		check_weekday(&r.start, at[0] + r.standard);
		check_weekday(&r.end, at[1] + r.summer);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tzif_table t;
	/* A copy of exactly this size: reading beyond it is seen. */
	unsigned char *bytes = malloc(size ? size : 1);
	if (!bytes)
		return 0;
	if (size)
		memcpy(bytes, data, size);
	t.n = UNTOUCHED;
	if (tzif_read(bytes, size, &t))
		check_table(&t);
	else
		check(t.n == UNTOUCHED, "refused, but the output is touched");
	check_rule((const char *)bytes, size);
	free(bytes);
	return 0;
}
