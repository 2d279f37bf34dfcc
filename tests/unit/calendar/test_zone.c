#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "date.h"
#include "diag.h"
#include "zone.h"

#include "tsv.h"

static struct zone *open_zone(const char *name)
{
	struct zone *z = NULL;
	struct diag d = DIAG_INIT;
	if (zone_open(name, &z, &d) != RC_OK)
		fail_msg("%s: %s", name, d.msgid);
	assert_string_equal(zone_name(z), name);
	return z;
}

struct cases {
	struct zone *z;
	int n_bad;
};

static void check_case(const struct tsv_row *row, void *ctx)
{
	struct cases *c = ctx;
	if (!c->z || strcmp(zone_name(c->z), row->at[0]) != 0) {
		zone_free(c->z);
		c->z = open_zone(row->at[0]);
	}
	long long got, want;
	if (strcmp(row->at[1], "at") == 0) {
		got = zone_offset_s(c->z, (struct instant){tsv_number(row, 2)});
		want = tsv_number(row, 3);
	} else {
		int second = (int)tsv_number(row, 3);
		got = zone_to_instant(c->z, tsv_date(row, 2), second).s;
		want = tsv_number(row, 4);
	}
	if (got != want && c->n_bad++ < 20)
		print_error("line %d, %s %s %s: %lld, not %lld\n", row->line, row->at[0],
			row->at[1], row->at[2], got, want);
}

/* zone-cases.tsv is printed by Python's zoneinfo: gaps, overlaps, years after the table. */
static void agrees_with_zoneinfo(void **state)
{
	(void)state;
	struct cases c = {0};
	tsv_each("zone-cases.tsv", 2400, check_case, &c);
	zone_free(c.z);
	assert_int_equal(c.n_bad, 0);
}

static void refuses_names(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum rc want;
	} T[] = {
		{"Asia/Peking", RC_NOTFOUND},
		{"asia/shanghai", RC_NOTFOUND},
		{"", RC_NOTFOUND},
		{"/", RC_NOTFOUND},
		{"Asia", RC_NOTFOUND},
		{"Asia/", RC_NOTFOUND},
		{"Asia/Shanghai/x", RC_NOTFOUND},
		{"/usr/share/zoneinfo/Asia/Shanghai", RC_NOTFOUND},
		{"../zoneinfo/Asia/Shanghai", RC_NOTFOUND},
		{"Asia/../Asia/Shanghai", RC_NOTFOUND},
		{"Asia//Shanghai", RC_NOTFOUND},
		{"../../../etc/passwd", RC_NOTFOUND},
		{"a234567890b234567890c234567890d234567890e234567890f234567890g234567890",
			RC_NOTFOUND},
		{"leapseconds", RC_CORRUPT},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct zone *z = NULL;
		struct diag d = DIAG_INIT;
		enum rc rc = zone_open(T[i].name, &z, &d);
		if (rc != T[i].want || z || !d.msgid[0])
			fail_msg("\"%s\": %d", T[i].name, rc);
	}
	struct zone *z = NULL;
	assert_int_equal(zone_open("nowhere", &z, NULL), RC_NOTFOUND);
}

/* For any second: an instant shows a wall clock that leads back to it or, in an overlap, to the
 * earlier one that shows the same; time runs forward. */
static void leads_back(void **state)
{
	(void)state;
	static const char *const ZONES[] = {"Asia/Shanghai", "Europe/Dublin", "America/St_Johns",
		"Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "UTC"};
	unsigned seed = getenv("SEED") ? (unsigned)strtoul(getenv("SEED"), NULL, 10) : 20240520;
	print_message("SEED=%u\n", seed);
	srandom(seed);
	for (size_t i = 0; i < sizeof ZONES / sizeof *ZONES; i++) {
		struct zone *z = open_zone(ZONES[i]);
		for (int n = 0; n < 20000; n++) {
			int64_t t = -2208000000 + (int64_t)(random() % 9430) * 1000000 +
				    random() % 1000000;
			struct civil c = zone_to_civil(z, (struct instant){t});
			assert_in_range(c.second, 0, DAY_S - 1);
			assert_int_equal((int64_t)c.date.days * DAY_S + c.second,
				t + zone_offset_s(z, (struct instant){t}));
			int64_t back = zone_to_instant(z, c.date, c.second).s;
			struct civil again = zone_to_civil(z, (struct instant){back});
			if (back > t || again.date.days != c.date.days || again.second != c.second)
				fail_msg("%s: %lld gives %lld", ZONES[i], (long long)t,
					(long long)back);
			int64_t later = zone_to_instant(z, c.date, c.second + 1).s;
			assert_true(later > back);
			assert_int_equal(zone_to_instant(z, c.date, DAY_S).s,
				zone_to_instant(z, date_add(c.date, 1), 0).s);
		}
		zone_free(z);
	}
}

static void writes(void **state)
{
	(void)state;
	static const struct {
		const char *zone;
		int64_t at;
		const char *want;
	} T[] = {
		{"Asia/Shanghai", 1716197400, "2024-05-20T17:30:00+08:00"},
		{"Asia/Shanghai", 553968000, "1987-07-23T01:00:00+09:00"},
		{"UTC", 0, "1970-01-01T00:00:00+00:00"},
		{"UTC", -1, "1969-12-31T23:59:59+00:00"},
		{"America/St_Johns", 1716197400, "2024-05-20T07:00:00-02:30"},
		{"Asia/Kathmandu", 1716197400, "2024-05-20T15:15:00+05:45"},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct zone *z = open_zone(T[i].zone);
		char text[ZONE_TEXT_SIZE];
		struct instant back = INSTANT_NONE;
		assert_string_equal(zone_format(z, (struct instant){T[i].at}, text), T[i].want);
		assert_true(zone_parse(z, text, &back));
		assert_int_equal(back.s, T[i].at);
		assert_string_equal(zone_format(z, INSTANT_NONE, text), "-");
		zone_free(z);
	}
}

static void reads(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t want; /* -1: refused */
	} T[] = {
		{"2024-05-20T17:30:00+08:00", 1716197400},
		{"2024-05-20 17:30:00+08:00", 1716197400},
		{"2024-05-20T17:30+08:00", 1716197400},
		{"2024-05-20T17:30", 1716197400},
		{"2024-05-20T17:30:00", 1716197400},
		{"2024-05-20T09:30Z", 1716197400},
		{"2024-05-20T09:30:00Z", 1716197400},
		{"2024-05-20T04:30:00-05:00", 1716197400},
		{"2024-05-20", 1716134400},
		{"2024-05-20T24:00", 1716220800},
		{"2024-05-20T24:00:01", -1},
		{"2024-05-20T24:01", -1},
		{"2024-05-20T17:30:60", -1},
		{"2024-05-20T17:60", -1},
		{"2024-05-20T17", -1},
		{"2024-05-20T", -1},
		{"2024-05-20T17:30:", -1},
		{"2024-05-20T17:30:0", -1},
		{"2024-05-20T17:30+0800", -1},
		{"2024-05-20T17:30+08", -1},
		{"2024-05-20T17:30+24:00", -1},
		{"2024-05-20T17:30+08:60", -1},
		{"2024-05-20T17:30 +08:00", -1},
		{"2024-05-20T17:30:00.5Z", -1},
		{"2024-05-20T17:30:00Zx", -1},
		{"2024-05-20x17:30", -1},
		{"2024-02-30T17:30", -1},
		{"2024-05-20 ", -1},
		{"now", -1},
		{"", -1},
	};
	struct zone *z = open_zone("Asia/Shanghai");
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct instant got = {-1};
		if (zone_parse(z, T[i].text, &got) != (T[i].want != -1) || got.s != T[i].want)
			fail_msg("\"%s\": %lld", T[i].text, (long long)got.s);
	}
	zone_free(z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_zoneinfo),
		cmocka_unit_test(refuses_names),
		cmocka_unit_test(leads_back),
		cmocka_unit_test(writes),
		cmocka_unit_test(reads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
