#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"

static void assert_holds(const struct buf *b, const char *want, bool overflow)
{
	assert_int_equal(b->len, strlen(want));
	assert_string_equal(b->data, want);
	assert_int_equal(b->overflow, overflow);
}

static void grows_to_its_ceiling(void **state)
{
	(void)state;
	static const size_t CEILING[] = {0, 1, 2, 254, 255, 256, 257, 511, 512, 513, 1000, 5000};
	for (size_t i = 0; i < sizeof CEILING / sizeof *CEILING; i++) {
		struct buf b;
		buf_init(&b, CEILING[i]);
		for (size_t k = 0; k < CEILING[i]; k++)
			buf_putc(&b, 'x');
		assert_int_equal(b.len, CEILING[i]);
		assert_int_equal(strlen(b.data), CEILING[i]);
		assert_false(b.overflow);
		buf_putc(&b, 'y');
		assert_true(b.overflow);
		assert_int_equal(strlen(b.data), CEILING[i]);
		assert_null(strchr(b.data, 'y'));
		buf_done(&b);
	}
}

static void drops_a_write_that_does_not_fit(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 8);
	buf_puts(&b, "hello");
	buf_puts(&b, "four");
	assert_holds(&b, "hello", true);
	/* What follows an overflow is dropped too, even if it would fit. */
	buf_puts(&b, "a");
	buf_printf(&b, "%d", 1);
	assert_holds(&b, "hello", true);
	buf_clear(&b);
	assert_holds(&b, "", false);
	buf_printf(&b, "%s-%02d", "abcde", 7);
	assert_holds(&b, "abcde-07", false);
	buf_printf(&b, "%s", "");
	assert_holds(&b, "abcde-07", false);
	buf_printf(&b, "%d", 1);
	assert_holds(&b, "abcde-07", true);
	buf_done(&b);
	assert_null(b.data);
}

static void truncates(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 100);
	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	buf_truncate(&b, 9);
	assert_int_equal(b.len, 3);
	buf_truncate(&b, 1);
	assert_holds(&b, "a", false);
	buf_add(&b, NULL, 0);
	assert_holds(&b, "a", false);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_to_its_ceiling),
		cmocka_unit_test(drops_a_write_that_does_not_fit),
		cmocka_unit_test(truncates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
