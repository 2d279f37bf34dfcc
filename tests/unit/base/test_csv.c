#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "csv.h"

static void cells(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} T[] = {
		{"", ""},
		{"十大队", "十大队"},
		{"a,b", "\"a,b\""},
		{"a;b", "\"a;b\""},
		{"say \"no\"", "\"say \"\"no\"\"\""},
		{"two\nlines", "\"two\nlines\""},
		{" edge", "\" edge\""},
		{"edge ", "\"edge \""},
		{"=1+1", "'=1+1"},
		{"+86", "'+86"},
		{"-1", "'-1"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"  =1+1", "\"'  =1+1\""},
		{"\t=1", "\"'\t=1\""},
		{"\rx", "\"'\rx\""},
		{"＝1+1", "'＝1+1"},
		{"＋1", "'＋1"},
		{"－1", "'－1"},
		{"＠a", "'＠a"},
		{"=cmd|' /C calc'!A0,\"x\"", "\"'=cmd|' /C calc'!A0,\"\"x\"\"\""},
		{"a=b", "a=b"},
		{"2024-05-20", "2024-05-20"},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct buf b;
		buf_init(&b, 1000);
		csv_row(&b, &T[i].in, 1);
		b.data[b.len - 2] = '\0';
		assert_string_equal(b.data, T[i].want);
		buf_done(&b);
	}
}

static void rows(void **state)
{
	(void)state;
	const char *const head[] = {"a", "b"}, *const row[] = {"1", ""};
	struct buf b;
	buf_init(&b, 1000);
	csv_begin(&b);
	csv_row(&b, head, 2);
	csv_row(&b, row, 2);
	assert_string_equal(b.data, "\xef\xbb\xbf"
				    "a,b\r\n1,\r\n");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells),
		cmocka_unit_test(rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
