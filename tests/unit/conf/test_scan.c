/* Bytes and tokens: what is said before libconfig sees a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "mem.h"
#include "config.h"
#include "conf_lex.h"
#include "conf_scan.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define BYTES(s) (s), sizeof(s) - 1

static char *scan(const char *data, size_t len, bool *ret_ok)
{
	struct diags ds = {0};
	struct buf out;
	char line[DIAG_TEXT_MAX + 400];
	buf_init(&out, 1 << 20);
	*ret_ok = conf_scan(&(struct conf_file){"t.cfg", data, len}, &ds);
	assert_int_equal(*ret_ok, ds.n_errors == 0);
	for (size_t i = 0; i < ds.n; i++) {
		diag_line(&ds.item[i], NULL, line, sizeof line);
		buf_printf(&out, "%s\n", line);
	}
	diags_done(&ds);
	return out.data;
}

static const struct {
	const char *name, *data;
	size_t len;
	const char *want; /* beginning of what is said; "" = nothing */
} CASE[] = {
	{"sound", BYTES("a = 1; # 注释：全角没关系\nb = \"：；“”\"; /* （） */ // 。\n"), ""},
	{"crlf", BYTES("a = 1;\r\nb = 2;\r\n"), ""},
	{"empty", BYTES(""), "t.cfg:1: error: the file is empty"},
	{"blank", BYTES(" \n\t\r\n"), "t.cfg:1: error: the file is empty"},
	{"only a comment", BYTES("# nothing yet\n"), ""},
	{"bom",
		BYTES("\xef\xbb\xbf"
		      "a = 1;"),
		"t.cfg:1: error: the file begins with a byte order mark (BOM)"},
	{"nul", BYTES("a = 1;\nb = \0;"), "t.cfg:2: error: there is a NUL byte in the file"},
	{"latin", BYTES("a = \"\xe9\";"), "t.cfg:1: error: the file is not valid UTF-8 here"},
	{"gb18030 in a comment", BYTES("# \xd6\xd0\n"),
		"t.cfg:1: error: the file is not valid UTF-8"},
	{"wide semicolon", BYTES("a = 1；\nb = 2；"),
		"t.cfg:1: error: full-width \"；\" outside quotes; write ; (switch the input "
		"method to "
		"half-width punctuation)\n"
		"t.cfg:2: error: full-width \"；\" outside quotes; write ;"},
	{"wide colon", BYTES("a：1;"), "t.cfg:1: error: full-width \"：\" outside quotes; write :"},
	{"wide quotes", BYTES("a = “x”;"),
		"t.cfg:1: error: full-width \"“\" outside quotes; write \""},
	{"wide brackets", BYTES("a = （1）;"),
		"t.cfg:1: error: full-width \"（\" outside quotes; write ("},
	{"wide comma", BYTES("a = [1，2];"),
		"t.cfg:1: error: full-width \"，\" outside quotes; write ,"},
	{"wide space", BYTES("a =　1;"),
		"t.cfg:1: error: full-width \"　\" outside quotes; write space"},
	{"bare text", BYTES("a = 王;"), "t.cfg:1: error: \"王\" outside quotes (texts stand in"},
	{"include", BYTES("a = 1;\n  @include \".\"\n"), "t.cfg:2: error: @include is not allowed"},
	{"include in quotes", BYTES("a = \"@include\"; # @include"), ""},
	{"int too large", BYTES("a = 99999999999;"),
		"t.cfg:1: error: the number 99999999999 is too large"},
	{"int64", BYTES("a = 99999999999L;"),
		"t.cfg:1: error: the number 99999999999L is too large"},
	{"int negative", BYTES("a = -2147483649;"),
		"t.cfg:1: error: the number -2147483649 is too"},
	{"int hex", BYTES("a = 0xffffffff1;"),
		"t.cfg:1: error: the number 0xffffffff1 is too large"},
	{"int limits", BYTES("a = 2147483647; b = -2147483648; c = 0x7fffffff;"), ""},
	{"int in quotes", BYTES("a = \"99999999999\";"), ""},
	{"open quotes", BYTES("a = 1;\nb = \"x;\nc = \"y\";\n"),
		"t.cfg:2: error: the text that begins here does not end on its line"},
	{"text over two lines", BYTES("b = \"x\ny\";\n"),
		"t.cfg:1: error: the text that begins here does not end on its line"},
	{"sixteen levels", BYTES("b = ((((((((((((((((1))))))))))))))));\n"), ""},
	{"seventeen levels", BYTES("b = (((((((((((((((((1)))))))))))))))));\n"),
		"t.cfg:1: error: brackets are nested deeper than 16 levels"},
	{"escaped quote", BYTES("b = \"x\\\"y\";\n"), ""},
	{"joined texts", BYTES("b = \"x\"\n  \"y\";\n"), ""},
	{"nul in text", BYTES("b = \"x\\x00y\";"),
		"t.cfg:1: error: a text cannot hold a NUL (\\x00)"},
	{"backslash x00", BYTES("b = \"x\\\\x00y\";"), ""},
	{"open comment", BYTES("a = 1;\n\n/* b\n"),
		"t.cfg:3: error: the comment that begins here has no end"},
	{"comma at the end", BYTES("a = [ 1, 2,\n];"),
		"t.cfg:1: error: there is a comma after the last entry of a list (take the comma "
		"out)"},
	{"half-written", BYTES("a = 1;\nb = (\n { c = 1; },\n { d ="),
		"t.cfg:4: error: the \"{\" of this line is never closed (the file may be "
		"half-written)"},
	{"wrong bracket", BYTES("a = (\n1 ];"), "t.cfg:2: error: \"]\" closes the \"(\" of line 1"},
	{"bracket too many", BYTES("a = 1; }"), "t.cfg:1: error: \"}\" closes nothing"},
	{"control", BYTES("a = \x01;"), "t.cfg:1: error: control character 0x01 outside quotes"},
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(CASE); i++) {
		bool ok;
		char *got = scan(CASE[i].data, CASE[i].len, &ok);
		size_t n = strlen(CASE[i].want);
		if (strncmp(got, CASE[i].want, n) != 0 || (n == 0 && got[0]))
			fail_msg("%s:\nwant %s\ngot  %s", CASE[i].name, CASE[i].want, got);
		free(got);
	}
}

/* What would take libconfig's stack or its patience. */
static void test_bombs(void **state)
{
	(void)state;
	static const struct {
		const char *name, *before, *piece, *after;
		size_t n;
		const char *want;
	} bomb[] = {
		{"nesting", "a = ", "(", "", 100000,
			"t.cfg:1: error: brackets are nested deeper than 16 levels\n"},
		{"long text", "a = \"", "xxxxxxxxxx", "\";", 1000,
			"t.cfg:1: error: this text is longer than 4096 bytes\n"},
		{"long joined text", "a = ", "\"xxxxxxxxxx\" ", ";", 1000,
			"t.cfg:1: error: this text is longer than 4096 bytes\n"},
		{"large file", "a = 1;", "# xxxxxx\n", "", 120000,
			"t.cfg:1: error: the file is larger than 1048576 bytes"},
		{"many settings", "", "a = b;\n", "", 5000,
			"t.cfg:1001: error: a group has more than 2000 settings\n"},
		{"long number", "a = ", "9999999999", ";", 100, "t.cfg:1: error: the number 999"},
	};
	for (size_t i = 0; i < COUNT(bomb); i++) {
		struct buf b;
		bool ok;
		buf_init(&b, 4 << 20);
		buf_puts(&b, bomb[i].before);
		for (size_t k = 0; k < bomb[i].n; k++)
			buf_puts(&b, bomb[i].piece);
		buf_puts(&b, bomb[i].after);
		char *got = scan(b.data, b.len, &ok);
		if (strncmp(got, bomb[i].want, strlen(bomb[i].want)) != 0)
			fail_msg("%s:\nwant %s\ngot  %s", bomb[i].name, bomb[i].want, got);
		free(got);
		buf_done(&b);
	}
}

static void test_at_most_ten(void **state)
{
	(void)state;
	struct diags ds = {0};
	struct buf b;
	buf_init(&b, 1 << 16);
	for (int i = 0; i < 100; i++)
		buf_puts(&b, "a = 1；\n");
	assert_false(conf_scan(&(struct conf_file){"t.cfg", b.data, b.len}, &ds));
	assert_int_equal(ds.n_errors, SCAN_FAULTS_MAX);
	buf_done(&b);
	diags_done(&ds);
}

/* ---- include ---------------------------------------------------------------------------------- */

static void note(void *ctx, const char *name, size_t len, int line)
{
	buf_printf(ctx, "%d:", line);
	buf_add(ctx, name, len);
	buf_putc(ctx, ' ');
}

static void test_includes(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} list[] = {
		{"include = [ \"a.cfg\",\n \"b.cfg\" ];", "1:a.cfg 2:b.cfg "},
		{"x = 1; include : ( \"a.cfg\" );", "1:a.cfg "},
		{"# include = [ \"a.cfg\" ];", ""},
		{"s = \"include = [ \\\"a.cfg\\\" ]\";", ""},
		{"g = { include = [ \"a.cfg\" ]; };", ""},
		{"include = \"a.cfg\";", ""},
		{"include = [ ];", ""},
		{"include = [ \"a.cfg\" \"b\", 1 ];", "1:a.cfg "},
		{"include", ""},
		{"include = [ \"a", ""},
	};
	for (size_t i = 0; i < COUNT(list); i++) {
		struct buf got;
		buf_init(&got, 1000);
		conf_scan_includes(
			&(struct conf_file){"t", list[i].text, strlen(list[i].text)}, note, &got);
		assert_string_equal(got.data, list[i].want);
		buf_done(&got);
	}
}

/* Every byte of anything is consumed, in order, and the lexer ends. */
static void test_lexer_covers_everything(void **state)
{
	(void)state;
	unsigned seed = getenv("SEED") ? (unsigned)strtoul(getenv("SEED"), NULL, 10) : 20240520;
	print_message("SEED=%u\n", seed);
	static const char *const piece[] = {"\"", "\\", "/*", "*/", "#", "//", "\n", "{", "}", "(",
		")", "=", "a", "9", "：", "\xff", " ", "@"};
	for (int round = 0; round < 2000; round++) {
		struct buf b;
		struct conf_lexer lx;
		size_t end = 0;
		buf_init(&b, 1000);
		for (int k = 0; k < 40; k++) {
			seed = seed * 1103515245u + 12345u;
			buf_puts(&b, piece[(seed >> 16) % COUNT(piece)]);
		}
		conf_lex_init(&lx, b.data, b.len);
		for (;;) {
			struct conf_token t = conf_lex_next(&lx);
			if (t.kind == TOKEN_END || t.kind == TOKEN_OPEN_COMMENT)
				break;
			assert_true(t.len > 0);
			assert_true((size_t)(t.s - b.data) >= end);
			end = (size_t)(t.s - b.data) + t.len;
		}
		assert_int_equal(lx.at, b.len);
		buf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_at_most_ten),
		cmocka_unit_test(test_includes),
		cmocka_unit_test(test_lexer_covers_everything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
