#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mo.h"

enum { N = 5, IDS = 28, TEXTS = IDS + 8 * N, STRINGS = TEXTS + 8 * N };

static const char *const ID[N] = {"", "a", "b: %s", "ba", "z"}, *const TEXT[N] = {"head", "甲",
									"乙: %s", "", "末"};

struct file {
	char data[400];
	size_t len;
};

static void put_word(struct file *f, size_t at, uint32_t v)
{
	memcpy(f->data + at, &v, sizeof v);
}

static void put_table(struct file *f, size_t table, const char *const *s)
{
	for (size_t i = 0; i < N; i++) {
		size_t len = strlen(s[i]);
		put_word(f, table + 8 * i, (uint32_t)len);
		put_word(f, table + 8 * i + 4, (uint32_t)f->len);
		memcpy(f->data + f->len, s[i], len + 1);
		f->len += len + 1;
	}
}

static struct file catalogue(void)
{
	struct file f = {.len = STRINGS};
	static const uint32_t HEAD[] = {0x950412de, 0, N, IDS, TEXTS, 0, 0};
	memcpy(f.data, HEAD, sizeof HEAD);
	put_table(&f, IDS, ID);
	put_table(&f, TEXTS, TEXT);
	return f;
}

static struct mo *read_file(const struct file *f)
{
	char path[] = "/tmp/deadlined-mo-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, f->data, f->len), (ssize_t)f->len);
	close(fd);
	struct mo *mo = mo_read(path);
	unlink(path);
	return mo;
}

static void finds_each(void **state)
{
	struct file f = catalogue();
	struct mo *mo = read_file(&f);
	(void)state;
	assert_non_null(mo);
	assert_string_equal(mo_find(mo, "a"), "甲");
	assert_string_equal(mo_find(mo, "b: %s"), "乙: %s");
	assert_string_equal(mo_find(mo, "z"), "末");
	/* Untranslated, or not there. */
	assert_string_equal(mo_find(mo, "ba"), "ba");
	assert_string_equal(mo_find(mo, "aa"), "aa");
	assert_string_equal(mo_find(mo, "zz"), "zz");
	mo_free(mo);
}

static void is_no_catalogue(void **state)
{
	struct file f = catalogue();
	(void)state;
	assert_null(mo_read("/nowhere"));
	f.len = 27;
	assert_null(read_file(&f));
	f = catalogue();
	f.data[0] ^= 1;
	assert_null(read_file(&f));
	f = catalogue();
	put_word(&f, 8, UINT32_MAX);
	assert_null(read_file(&f));
	f = catalogue();
	put_word(&f, 16, UINT32_MAX);
	assert_null(read_file(&f));
	f.len = 0;
	assert_null(read_file(&f));
}

/* Every byte wrong in turn: strings are read within the file, whatever it says. */
static void reads_nothing_beyond(void **state)
{
	(void)state;
	for (size_t at = 4; at < STRINGS; at++) {
		struct file f = catalogue();
		f.data[at] = (char)0xff;
		struct mo *mo = read_file(&f);
		for (size_t i = 0; mo && i < N; i++)
			assert_non_null(mo_find(mo, ID[i]));
		mo_free(mo);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each),
		cmocka_unit_test(is_no_catalogue),
		cmocka_unit_test(reads_nothing_beyond),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
