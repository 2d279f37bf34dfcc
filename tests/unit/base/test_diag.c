#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "diag.h"
#include "text.h"

static const char *text_of(const struct diag *d, translate_fn *t)
{
	static char text[DIAG_TEXT_MAX];
	diag_text(d, t, text, sizeof text);
	return text;
}

static void knows_the_conversions(void **state)
{
	(void)state;
	struct diag d = DIAG_INIT;
	assert_int_equal(
		diag_set(&d, RC_RANGE, "s=%s d=%d u=%u c=%c %%", "x", -3, 7u, 'q'), RC_RANGE);
	assert_int_equal(d.rc, RC_RANGE);
	assert_string_equal(text_of(&d, NULL), "s=x d=-3 u=7 c=q %");
	assert_int_equal(
		diag_set(&d, RC_IO, "%ld %lu %lld %llu %zu", -1L, 2ul, -3ll, 4ull, (size_t)5),
		RC_IO);
	assert_string_equal(text_of(&d, NULL), "-1 2 -3 4 5");
	diag_set(&d, RC_IO, "[%5d|%-5s|%02d|%x|%X|%+d|%.2s]", 42, "ab", 3, 255u, 255u, 1, "abc");
	assert_string_equal(text_of(&d, NULL), "[   42|ab   |03|ff|FF|+1|ab]");
	diag_set(&d, RC_IO, "100%% of %s", "it");
	assert_string_equal(text_of(&d, NULL), "100% of it");
	diag_set(&d, RC_IO, "nothing to put in");
	assert_string_equal(text_of(&d, NULL), "nothing to put in");
	const char *volatile none = NULL;
	diag_set(&d, RC_IO, "name %s", none);
	assert_string_equal(text_of(&d, NULL), "name -");
	assert_int_equal(diag_set(NULL, RC_BUSY, "nobody listens %d", 1), RC_BUSY);
}

static const char *reorder(const char *msgid)
{
	if (strcmp(msgid, "day %d is not in %d-%02d") == 0)
		return "%2$d年%3$02d月没有%1$d日";
	if (strcmp(msgid, "error") == 0)
		return "错误";
	if (strcmp(msgid, "warning") == 0)
		return "警告";
	if (strcmp(msgid, "look there") == 0)
		return "看那里";
	if (strcmp(msgid, "no way through") == 0)
		return "不通";
	return msgid;
}

/* A peer's reason goes clause by clause; a word alone may be a key. */
static void translates_reasons_in_arguments(void **state)
{
	static const struct {
		const char *arg, *want;
	} CASE[] = {
		{"error", "[error]"},
		{"error: x", "[error: x]"},
		{"no way through", "[不通]"},
		{"error: no way through: 5", "[错误: 不通: 5]"},
		{"their own words: error", "[their own words: error]"},
		{"no way through:", "[no way through:]"},
		{"", "[]"},
	};
	struct diag d = DIAG_INIT;
	(void)state;
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		diag_set(&d, RC_STATE, "[%s]", CASE[i].arg);
		assert_string_equal(text_of(&d, reorder), CASE[i].want);
	}
}

static void puts_arguments_into_a_translation(void **state)
{
	(void)state;
	struct diag d = DIAG_INIT;
	char line[200];
	diag_set(&d, RC_RANGE, "day %d is not in %d-%02d", 31, 2024, 4);
	assert_string_equal(text_of(&d, reorder), "2024年04月没有31日");
	diag_hint(&d, "look there");
	diag_at(&d, "rules.cfg", 41);
	diag_line(&d, reorder, line, sizeof line);
	assert_string_equal(line, "rules.cfg:41: 错误: 2024年04月没有31日 (看那里)");
	/* A translation that asks for more than there is does not read on. */
	d.msgid = "%9$s%4$s|%s";
	assert_string_equal(text_of(&d, NULL), "31|2024");
}

static void prints_lines(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		int line;
		enum severity severity;
		const char *hint, *want;
	} T[] = {
		{"rules.cfg", 41, SEV_ERROR, NULL, "rules.cfg:41: error: no unit x"},
		{"rules.cfg", 41, SEV_WARNING, NULL, "rules.cfg:41: warning: no unit x"},
		{"rules.cfg", 0, SEV_ERROR, NULL, "rules.cfg: error: no unit x"},
		{"", 0, SEV_ERROR, NULL, "error: no unit x"},
		{"", 3, SEV_ERROR, "did you", "error: no unit x (did you)"},
		{"a", 1, SEV_WARNING, "did you", "a:1: warning: no unit x (did you)"},
	};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct diag d = DIAG_INIT;
		char line[100];
		diag_set(&d, RC_NOTFOUND, "no unit %s", "x");
		d.severity = T[i].severity;
		diag_at(&d, T[i].file, T[i].line);
		diag_hint(&d, T[i].hint);
		diag_line(&d, NULL, line, sizeof line);
		if (strcmp(line, T[i].want) != 0)
			fail_msg("%s", line);
	}
}

static void keeps_the_first_place(void **state)
{
	(void)state;
	struct diag d = DIAG_INIT;
	diag_set(&d, RC_INVALID, "bad");
	diag_at(&d, "inner.cfg", 3);
	diag_at(&d, "outer.cfg", 9);
	assert_string_equal(d.file, "inner.cfg");
	assert_int_equal(d.line, 3);
	diag_at(NULL, "x", 1);
	diag_hint(NULL, "x");
}

static void appends_errno(void **state)
{
	(void)state;
	struct diag d = DIAG_INIT;
	assert_int_equal(diag_set_errno(&d, RC_IO, ENOENT, "cannot open %s", "x.cfg"), RC_IO);
	assert_string_equal(text_of(&d, NULL), "cannot open x.cfg: No such file or directory");
	assert_int_equal(diag_set_errno(NULL, RC_IO, ENOENT, "x"), RC_IO);
}

static bool is_utf8(const char *s)
{
	return text_check(s, strlen(s), true, NULL) == TEXT_OK;
}

/* snprintf cuts anywhere: a name of three-byte characters that is too long was cut inside one. */
static void cuts_between_characters(void **state)
{
	(void)state;
	char name[1201];
	for (int i = 0; i < 400; i++)
		memcpy(name + 3 * i, "局", 3);
	name[1200] = '\0';
	for (int shift = 0; shift < 3; shift++) {
		struct diag d = DIAG_INIT;
		char small[50];
		/* The first argument has all the room, so that its own length decides. */
		memset(name, 'a', 3);
		diag_set(&d, RC_INVALID, "%s, %s", name + 3 - shift, "last");
		assert_true(is_utf8(text_of(&d, NULL)));
		assert_int_equal(d.args[sizeof d.args - 1], '\0');
		diag_at(&d, name, 1);
		assert_true(is_utf8(d.file));
		for (size_t size = 1; size <= sizeof small; size++) {
			diag_text(&d, NULL, small, size);
			assert_true(strlen(small) < size && is_utf8(small));
			diag_line(&d, NULL, small, size);
			assert_true(strlen(small) < size && is_utf8(small));
		}
	}
}

static void caps_the_arguments(void **state)
{
	(void)state;
	struct diag d = DIAG_INIT;
	diag_set(&d, RC_INVALID, "%d%d%d%d%d%d%d%d%d", 1, 2, 3, 4, 5, 6, 7, 8, 9);
	assert_int_equal(d.n_args, DIAG_ARGS_MAX);
	assert_string_equal(text_of(&d, NULL), "12345678");
}

static void collects_and_sorts(void **state)
{
	(void)state;
	struct diags ds = {0};
	static const struct {
		const char *file;
		int line;
	} PLACE[] = {{"b.cfg", 2}, {"a.cfg", 10}, {"a.cfg", 9}, {"b.cfg", 2}, {"a.cfg", 9}};
	for (int i = 0; i < 300; i++) {
		struct diag d = DIAG_INIT;
		diag_set(&d, RC_INVALID, "%d", i);
		d.severity = i % 3 ? SEV_ERROR : SEV_WARNING;
		diag_at(&d, PLACE[i % 5].file, PLACE[i % 5].line);
		diags_add(&ds, &d);
	}
	assert_int_equal(ds.n, DIAGS_MAX);
	assert_int_equal(ds.n_errors, 200);
	assert_int_equal(ds.n_warnings, 100);
	diags_sort(&ds);
	for (size_t i = 1; i < ds.n; i++) {
		const struct diag *a = &ds.item[i - 1], *b = &ds.item[i];
		int order = strcmp(a->file, b->file);
		assert_true(order < 0 || (order == 0 && a->line <= b->line));
		if (order == 0 && a->line == b->line)
			assert_true(strtol(a->args, NULL, 10) < strtol(b->args, NULL, 10));
	}
	diags_done(&ds);
	assert_null(ds.item);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_conversions),
		cmocka_unit_test(translates_reasons_in_arguments),
		cmocka_unit_test(puts_arguments_into_a_translation),
		cmocka_unit_test(prints_lines),
		cmocka_unit_test(keeps_the_first_place),
		cmocka_unit_test(appends_errno),
		cmocka_unit_test(cuts_between_characters),
		cmocka_unit_test(caps_the_arguments),
		cmocka_unit_test(collects_and_sorts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
