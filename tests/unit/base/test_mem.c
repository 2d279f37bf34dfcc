#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mem.h"

static bool is_zero(const unsigned char *p, size_t n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

static void gives_zeroed_and_aligned_memory(void **state)
{
	(void)state;
	static const size_t SIZE[] = {0, 1, 7, 16, 17, 1000, 65535, 65536, 65537, 200000};
	struct arena a = ARENA_INIT;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof SIZE / sizeof *SIZE; i++) {
			unsigned char *p = arena_alloc(&a, SIZE[i], 1);
			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			assert_true(is_zero(p, SIZE[i]));
			memset(p, 0xa5, SIZE[i]);
		}
		assert_true(a.used >= 397000);
		arena_reset(&a);
		assert_int_equal(a.used, 0);
	}
	arena_done(&a);
	arena_done(&a);
}

static void keeps_strings(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	const char *first = arena_strdup(&a, "hello");
	const char *second = arena_strndup(&a, "hello world", 5);
	const char *third = arena_printf(&a, "%s/%04d-%02d", "monthly", 2024, 5);
	const char *fourth = arena_printf(&a, "%s", "");
	for (int i = 0; i < 20000; i++)
		arena_printf(&a, "filler %d", i);
	assert_string_equal(first, "hello");
	assert_string_equal(second, "hello");
	assert_string_equal(third, "monthly/2024-05");
	assert_string_equal(fourth, "");
	arena_done(&a);
}

/* Past one block a vector is moved instead of copied; others that lie beside it stay. */
static void grows_vectors(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	VEC(uint64_t) v = {0}, other = {0};
	for (uint64_t i = 0; i < 200000; i++) {
		VEC_PUSH(&a, &v, i * 3);
		if (i % 7 == 0)
			VEC_PUSH(&a, &other, i);
		if (i % 1000 == 0)
			arena_alloc(&a, 70000, 1);
	}
	assert_int_equal(v.n, 200000);
	for (uint64_t i = 0; i < v.n; i++)
		assert_true(v.item[i] == i * 3);
	for (uint64_t i = 0; i < other.n; i++)
		assert_true(other.item[i] == i * 7);
	arena_done(&a);
}

static void counts_what_is_in_use(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	VEC(uint64_t) v = {0};
	while (v.n < 1 << 20)
		VEC_PUSH(&a, &v, 7);
	/* The vector itself, and what it outgrew while it was small. */
	assert_true(a.used >= v.cap * sizeof *v.item);
	assert_true(a.used < v.cap * sizeof *v.item + 200000);
	arena_done(&a);
}

/* A snapshot's arena is built in one place and kept in another. */
static void survives_a_move(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	VEC(uint64_t) v = {0};
	for (uint64_t i = 0; i < 20000; i++)
		VEC_PUSH(&a, &v, i);
	struct arena moved = a;
	memset(&a, 0xa5, sizeof a);
	for (uint64_t i = 20000; i < 90000; i++)
		VEC_PUSH(&moved, &v, i);
	for (uint64_t i = 0; i < v.n; i++)
		assert_true(v.item[i] == i);
	arena_done(&moved);
}

static void helps_the_heap(void **state)
{
	(void)state;
	int *p = mem_new(4, sizeof *p);
	assert_true(is_zero((unsigned char *)p, 4 * sizeof *p));
	p[3] = 7;
	p = mem_grow(p, 1000, sizeof *p);
	assert_int_equal(p[3], 7);
	free(p);
	free(mem_new(0, 8));
	char *s = mem_strdup("局");
	assert_string_equal(s, "局");
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_zeroed_and_aligned_memory),
		cmocka_unit_test(keeps_strings),
		cmocka_unit_test(grows_vectors),
		cmocka_unit_test(counts_what_is_in_use),
		cmocka_unit_test(survives_a_move),
		cmocka_unit_test(helps_the_heap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
