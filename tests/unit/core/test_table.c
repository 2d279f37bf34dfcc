#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "table_read.h"

/* "1:a|b;3:c|d": lines, cells. */
static const char *shown(const struct table *t)
{
	static char text[4000];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < t->n; i++) {
		n += (size_t)snprintf(
			text + n, sizeof text - n, "%s%d:", i ? ";" : "", t->row[i].line);
		for (size_t k = 0; k < t->row[i].n; k++)
			n += (size_t)snprintf(
				text + n, sizeof text - n, "%s%s", k ? "|" : "", t->row[i].cell[k]);
	}
	return text;
}

static const struct {
	const char *name, *input;
	size_t len; /* 0: strlen */
	const char *want;
} READ[] = {
	{"commas", "a,b\nc,d\n", 0, "1:a|b;2:c|d"},
	{"CRLF and no last line end", "a,b\r\nc,d", 0, "1:a|b;2:c|d"},
	{"CR alone", "a,b\rc,d\r", 0, "1:a|b;2:c|d"},
	{"byte order mark",
		"\xef\xbb\xbf"
		"a,b",
		0, "1:a|b"},
	{"tabs before commas", "a\tb,c\nd\te,f\n", 0, "1:a|b,c;2:d|e,f"},
	{"semicolons", "a;b\nc;d\n", 0, "1:a|b;2:c|d"},
	{"one column", "a b\nc\n", 0, "1:a b;2:c"},
	{"empty rows keep the count", "a,b\n\n,\nc,d\n", 0, "1:a|b;4:c|d"},
	{"quotes", "\"a,\"\"b\"\"\",c\n\"d\ne\",f\ng,h\n", 0, "1:a,\"b\"|c;2:d\ne|f;4:g|h"},
	{"a quote inside a cell is a quote", "5\" a,b\n", 0, "1:5\" a|b"},
	{"full width and blanks", "１\xe3\x80\x80月 ,\xc2\xa0甲  某\n", 0, "1:1 月|甲 某"},
	{"invisible",
		"\xe2\x80\x8b"
		"a\xef\xbb\xbf,b\n",
		0, "1:a|b"},
	{"GB18030", "\xd4\xc2\xb7\xdd,\xb5\xa5\xce\xbb\n", 0, "1:月份|单位"},
	{"nothing", "", 0, ""},
};

static void reads_what_people_save(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof READ / sizeof *READ; i++) {
		struct arena a = ARENA_INIT;
		struct table t = {0};
		struct diag d = DIAG_INIT;
		size_t len = READ[i].len ? READ[i].len : strlen(READ[i].input);
		assert_int_equal(table_read(READ[i].input, len, &a, &t, &d), RC_OK);
		if (strcmp(shown(&t), READ[i].want) != 0)
			fail_msg("%s: got %s", READ[i].name, shown(&t));
		arena_done(&a);
	}
}

#define BYTES(s) s, sizeof s - 1
static const struct {
	const char *name, *input;
	size_t len;
	int line;
	const char *want; /* beginning of the sentence */
} REFUSED[] = {
	{"UTF-16 LE",
		BYTES("\xff\xfe"
		      "a\0"),
		0, "the file is UTF-16"},
	{"UTF-16 BE", BYTES("\xfe\xff\0a"), 0, "the file is UTF-16"},
	{"zero bytes", BYTES("a\0b"), 0, "the file is not text"},
	{"a workbook", BYTES("PK\003\004...."), 0, "the file is a workbook"},
	{"an old workbook", BYTES("\xd0\xcf\x11\xe0"), 0, "the file is a workbook"},
	{"no encoding", BYTES("a,b\nc\xd4\n"), 2, "the file is neither"},
	{"open quote", BYTES("a,b\nc,\"d\n\ne"), 2, "a quotation mark opens"},
	{"control", BYTES("a,b\nc,d\x07\n"), 2, "column 2: a control"},
	{"direction",
		BYTES("a,b\n\xe2\x80\xae"
		      "c,d\n"),
		2, "column 1: a character that turns"},
};

static void refuses_with_row_and_column(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
		struct arena a = ARENA_INIT;
		struct table t = {0};
		struct diag d = DIAG_INIT;
		char text[DIAG_TEXT_MAX];
		assert_int_equal(
			table_read(REFUSED[i].input, REFUSED[i].len, &a, &t, &d), RC_INVALID);
		diag_text(&d, NULL, text, sizeof text);
		if (strncmp(text, REFUSED[i].want, strlen(REFUSED[i].want)) != 0 ||
			d.line != REFUSED[i].line || t.n)
			fail_msg("%s: got %d: %s", REFUSED[i].name, d.line, text);
		arena_done(&a);
	}
}

/* One too many of everything. */
static void keeps_its_ceilings(void **state)
{
	(void)state;
	static const struct {
		const char *unit;
		int n, line;
	} T[] = {{"a,b\n", TABLE_ROWS_MAX + 1, TABLE_ROWS_MAX + 1}, {"a,", TABLE_COLUMNS_MAX, 1},
		{"ab", TABLE_CELL_MAX / 2 + 1, 1}, {"ab\n", TABLE_BYTES_MAX / 3 + 1, 0}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct arena a = ARENA_INIT;
		struct buf b;
		struct table t = {0};
		struct diag d = DIAG_INIT;
		buf_init(&b, 2 * TABLE_BYTES_MAX);
		for (int k = 0; k < T[i].n; k++)
			buf_puts(&b, T[i].unit);
		assert_int_equal(table_read(b.data, b.len, &a, &t, &d), RC_LIMIT);
		assert_int_equal(d.line, T[i].line);
		buf_done(&b);
		arena_done(&a);
	}
}

static void compares_names_without_blanks(void **state)
{
	(void)state;
	static const struct {
		const char *name, *key;
		bool same;
	} T[] = {{"甲 某", "甲某", true}, {"甲某", "甲某", true}, {"甲某某", "甲某", false},
		{"甲", "甲某", false}, {"Ａ　b", "Ab", true}, {"", "", true}, {" ", "", true},
		{"x", "", false}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct arena a = ARENA_INIT;
		assert_int_equal(table_key_is(T[i].name, T[i].key), T[i].same);
		assert_int_equal(strcmp(table_key(T[i].name, &a), T[i].key) == 0, T[i].same);
		arena_done(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_people_save),
		cmocka_unit_test(refuses_with_row_and_column),
		cmocka_unit_test(keeps_its_ceilings),
		cmocka_unit_test(compares_names_without_blanks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
