#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "tzif.h"
#include "tzrule.h"

static void reads_rules(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int32_t standard, summer;
		int64_t start, end; /* in 2024 */
	} T[] = {
		{"CST-8", 28800, 28800, 0, 0},
		{"UTC0", 0, 0, 0, 0},
		{"<+0530>-5:30", 19800, 19800, 0, 0},
		{"<-03>3", -10800, -10800, 0, 0},
		{"XXX+1:02:03", -3723, -3723, 0, 0},
		{"CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200, 1711846800, 1729990800},
		{"EST5EDT,M3.2.0,M11.1.0", -18000, -14400, 1710054000, 1730613600},
		{"NZST-12NZDT,M9.5.0,M4.1.0/3", 43200, 46800, 1727532000, 1712412000},
		{"IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0, 1729990800, 1711846800},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -7200, -3600, 1711846800, 1729990800},
		{"EET-2EEST,M3.4.4/50,M10.4.4/50", 7200, 10800, 1711756800, 1729897200},
		/* 1 March: day 60 without 29 February, 60 counted from 0 with it. */
		{"AAA0BBB,J60/0,J365/0", 0, 3600, 1709251200, 1735599600},
		{"AAA0BBB,60/0,365/0", 0, 3600, 1709251200, 1735599600},
		{"AAA0BBB,59/0,J1/0", 0, 3600, 1709164800, 1704063600},
		{"AAA0BBB,J59/0,J30/0", 0, 3600, 1709078400, 1706569200},
		{"AAA0BBB,M12.1.6/0,M1.1.6/0", 0, 3600, 1733529600, 1704495600},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct tzrule r;
		if (!tzrule_parse(T[i].text, strlen(T[i].text), &r))
			fail_msg("%s", T[i].text);
		assert_int_equal(r.standard, T[i].standard);
		assert_int_equal(r.summer, T[i].summer);
		assert_int_equal(r.has_summer, T[i].start != 0);
		if (r.has_summer &&
			(tzrule_start(&r, 2024) != T[i].start || tzrule_end(&r, 2024) != T[i].end))
			fail_msg("%s: %lld %lld", T[i].text, (long long)tzrule_start(&r, 2024),
				(long long)tzrule_end(&r, 2024));
	}
}

static void refuses_rules(void **state)
{
	(void)state;
	static const char *const T[] = {"", "CST", "-8", "CS-8", "CST-", "CST-25", "CST-8x",
		"CST-8:60", "CST-8:", "<CST-8", "<>-8", "<+8>-8", "CST-8:30:", "CST-8:30:60",
		"CET-1C,M3.5.0,M10.5.0", "CET-1CEST-25,M3.5.0,M10.5.0", "CET-1CEST", "CET-1CEST,",
		"CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
		"CET-1CEST,M3.5,M10.5.0", "CET-1CEST,J0,J365", "CET-1CEST,J366,J365",
		"CET-1CEST,366,1", "CET-1CEST,M3.5.0/,M10.5.0", "CET-1CEST,M3.5.0/168,M10.5.0",
		"CET-1CEST,M3.5.0,M10.5.0/3 ", ":Europe/Berlin"};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct tzrule r = {.standard = 42};
		if (tzrule_parse(T[i], strlen(T[i]), &r) || r.standard != 42)
			fail_msg("%s", T[i]);
	}
}

/* A file under construction: version 2, the 32-bit part empty. */
struct sample {
	unsigned char bytes[512];
	size_t len;
};

static void add_u32(struct sample *s, uint32_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		s->bytes[s->len++] = (unsigned char)(n >> shift);
}

static void add_header(struct sample *s, char version, uint32_t n_leap, uint32_t n_time,
	uint32_t n_type, uint32_t n_char)
{
	memcpy(s->bytes + s->len, "TZif", 4);
	s->bytes[s->len + 4] = (unsigned char)version;
	s->len += 20;
	const uint32_t COUNTS[] = {0, 0, n_leap, n_time, n_type, n_char};
	for (int i = 0; i < 6; i++)
		add_u32(s, COUNTS[i]);
}

static void add_text(struct sample *s, const char *text)
{
	memcpy(s->bytes + s->len, text, strlen(text));
	s->len += strlen(text);
}

/* Two changes, at 1000 and 2000, and a rule. */
static struct sample small_zone(const char *rule)
{
	struct sample s = {0};
	add_header(&s, '2', 0, 0, 1, 4);
	s.len += 6 + 4;
	add_header(&s, '2', 0, 2, 2, 4);
	add_u32(&s, 0), add_u32(&s, 1000);
	add_u32(&s, 0), add_u32(&s, 2000);
	s.bytes[s.len++] = 1;
	s.bytes[s.len++] = 0;
	add_u32(&s, 28800), s.len += 2;
	add_u32(&s, 32400), s.len += 2;
	s.len += 4;
	add_text(&s, rule);
	return s;
}

static void reads_a_file(void **state)
{
	(void)state;
	struct sample s = small_zone("\nCST-8\n");
	static struct tzif_table t;
	assert_true(tzif_read(s.bytes, s.len, &t));
	assert_int_equal(t.n, 3);
	assert_true(t.change[0].at < (int64_t)date_clamped(1900, 1, 1).days * DAY_S - 26 * 3600);
	assert_int_equal(t.change[0].offset, 28800);
	assert_int_equal(t.change[1].at, 1000);
	assert_int_equal(t.change[1].offset, 32400);
	assert_int_equal(t.change[2].at, 2000);
	assert_int_equal(t.change[2].offset, 28800);
	s = small_zone("\n\n");
	assert_true(tzif_read(s.bytes, s.len, &t));
	assert_int_equal(t.n, 3);
	/* From 1970 to 2200, twice a year. */
	s = small_zone("\nCST-8CDT,M4.2.0,M9.2.0\n");
	assert_true(tzif_read(s.bytes, s.len, &t));
	assert_int_equal(t.n, 3 + 2 * (2200 - 1970 + 1));
	for (size_t i = 1; i < t.n; i++) {
		assert_true(t.change[i].at > t.change[i - 1].at);
		assert_true(t.change[i].offset != t.change[i - 1].offset);
	}
}

/* Without a table the rule has always ruled. */
static void reads_a_rule_alone(void **state)
{
	(void)state;
	struct sample s = {0};
	static struct tzif_table t;
	add_header(&s, '2', 0, 0, 1, 4);
	s.len += 6 + 4;
	add_header(&s, '2', 0, 0, 1, 4);
	s.len += 6 + 4;
	add_text(&s, "\nCST-8CDT,M4.2.0,M9.2.0\n");
	assert_true(tzif_read(s.bytes, s.len, &t));
	struct date first = date_clamped(1900, 4, 8);
	assert_int_equal(t.change[1].at, (int64_t)first.days * DAY_S + (2 - 8) * 3600);
	assert_int_equal(t.change[1].offset, 32400);
	assert_int_equal(t.change[0].offset, 28800);
}

/* Summer time all year, as RFC 9636 writes it: no change at the turn of the year. */
static void reads_perpetual_summer(void **state)
{
	(void)state;
	struct sample s = small_zone("\nEST5EDT,0/0,J365/25\n");
	static struct tzif_table t;
	assert_true(tzif_read(s.bytes, s.len, &t));
	/* The last one is where the rule is no longer followed, past every date. */
	assert_true(t.n <= 5);
	assert_true(t.change[t.n - 1].at > (int64_t)date_clamped(2200, 12, 31).days * DAY_S);
	assert_int_equal(t.change[t.n - 2].offset, -14400);
}

static void refuses_files(void **state)
{
	(void)state;
	struct sample good = small_zone("\nCST-8\n");
	size_t second = 44 + 6 + 4, data = second + 44;
	const struct {
		const char *name;
		size_t at;
		unsigned char byte;
	} T[] = {
		{"magic", 0, 'X'},
		{"version 1", 4, 0},
		{"first part longer than the file", 32, 0xff},
		{"second magic", second + 3, 'x'},
		{"leap seconds", second + 31, 1},
		{"table longer than the file", second + 32, 0xff},
		{"types longer than the file", second + 36, 0xff},
		{"no types", second + 39, 0},
		{"type that is none", data + 16, 2},
		{"times not ascending", data + 6, 0xff},
		{"offset beyond reason", data + 18, 1},
		{"no line before the rule", good.len - 7, 'x'},
		{"no line after the rule", good.len - 1, 'x'},
		{"bad rule", good.len - 2, 'x'},
	};
	static struct tzif_table t;
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct sample s = good;
		s.bytes[T[i].at] = T[i].byte;
		t.n = 42;
		if (tzif_read(s.bytes, s.len, &t) || t.n != 42)
			fail_msg("%s", T[i].name);
	}
	/* Cut anywhere; in memory of its own, so that a sanitizer sees a byte too far. */
	for (size_t len = 0; len < good.len; len++) {
		unsigned char *copy = malloc(len + 1);
		assert_non_null(copy);
		memcpy(copy, good.bytes, len);
		assert_false(tzif_read(copy, len, &t));
		free(copy);
	}
}

static void survives_noise(void **state)
{
	(void)state;
	unsigned seed = getenv("SEED") ? (unsigned)strtoul(getenv("SEED"), NULL, 10) : 20240520;
	print_message("SEED=%u\n", seed);
	srandom(seed);
	static struct tzif_table t;
	for (int n = 0; n < 50000; n++) {
		struct sample s = small_zone("\nCST-8CDT,M4.2.0,M9.2.0\n");
		for (int i = 0; i < 1 + n % 4; i++)
			s.bytes[(size_t)random() % s.len] = (unsigned char)random();
		if (!tzif_read(s.bytes, s.len, &t))
			continue;
		assert_in_range(t.n, 1, TZIF_CHANGES_MAX);
		for (size_t i = 1; i < t.n; i++)
			if (t.change[i].at <= t.change[i - 1].at)
				fail_msg("round %d: not ascending", n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rules),
		cmocka_unit_test(refuses_rules),
		cmocka_unit_test(reads_a_file),
		cmocka_unit_test(reads_a_rule_alone),
		cmocka_unit_test(reads_perpetual_summer),
		cmocka_unit_test(refuses_files),
		cmocka_unit_test(survives_noise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
