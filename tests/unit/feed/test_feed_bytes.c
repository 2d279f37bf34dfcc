#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "feed.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void test_version_next(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int sequence; /* of the old one, -1: none */
		int64_t modified;
		const char *digest;
		int64_t now;
		int want_sequence;
		int64_t want_modified;
	} CASE[] = {
		{"never seen", -1, 0, A64, 1000, 0, 1000},
		{"same", 3, 500, A64, 1000, 3, 500},
		{"same, first", 0, 500, A64, 1000, 0, 500},
		{"changed", 3, 500, B64, 1000, 4, 1000},
		{"changed within the second", 3, 1000, B64, 1000, 4, 1001},
		{"changed, clock went back", 3, 2000, B64, 1000, 4, 2001},
	};
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		struct feed_version old = {.digest = A64,
			.sequence = CASE[i].sequence,
			.modified = {CASE[i].modified}};
		struct feed_version v = feed_version_next(CASE[i].sequence < 0 ? NULL : &old,
			CASE[i].digest, (struct instant){CASE[i].now});
		if (v.sequence != CASE[i].want_sequence || v.modified.s != CASE[i].want_modified ||
			strcmp(v.digest, CASE[i].digest) != 0)
			fail_msg("%s", CASE[i].name);
	}
}

/* FIPS 180-4 examples. */
static void test_etag(void **state)
{
	(void)state;
	char tag[FEED_ETAG_SIZE];
	feed_etag("abc", 3, tag);
	assert_string_equal(
		tag, "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"");
	feed_etag("", 0, tag);
	assert_string_equal(
		tag, "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"");
}

static void test_gzip(void **state)
{
	(void)state;
	enum { N = 200000 };
	char *in = malloc(N), *back = malloc(N);
	for (int i = 0; i < N; i++)
		in[i] = (char)((unsigned)i * (unsigned)i >> 7);
	struct buf out, again;
	struct diag d = DIAG_INIT;
	buf_init(&out, 1 << 20);
	buf_init(&again, 1 << 20);
	assert_int_equal(feed_gzip(in, N, &out, &d), RC_OK);
	assert_int_equal(feed_gzip(in, N, &again, &d), RC_OK);
	assert_int_equal(out.len, again.len);
	assert_memory_equal(out.data, again.data, out.len);
	assert_memory_equal(out.data, "\x1f\x8b\x08\0\0\0\0\0", 8);
	z_stream z = {.next_in = (Bytef *)out.data,
		.avail_in = (uInt)out.len,
		.next_out = (Bytef *)back,
		.avail_out = N};
	assert_int_equal(inflateInit2(&z, 31), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, N);
	assert_memory_equal(back, in, N);
	inflateEnd(&z);
	buf_done(&out);
	buf_init(&out, 100);
	assert_int_equal(feed_gzip(in, N, &out, &d), RC_LIMIT);
	assert_int_equal(out.len, 0);
	buf_done(&out);
	buf_done(&again);
	free(in);
	free(back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version_next),
		cmocka_unit_test(test_etag),
		cmocka_unit_test(test_gzip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
