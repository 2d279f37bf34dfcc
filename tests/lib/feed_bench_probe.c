/*
 * feed_bench_probe N - a feed of N obligations, timed, beside libical with the same events
 *
 * Prints lines of NAME MICROSECONDS BYTES, each the median of some rounds, and "hash HEX" of the feed.
 *   render    feed_render: obligations -> bytes
 *   etag      SHA-256 of the whole
 *   gzip      what deadlined-web hands out
 *   libical   the same calendar's components made anew and printed by libical itself
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libical/ical.h>

#define assert_true(x) ((x) ? (void)0 : abort())
#define assert_int_equal(x, y) assert_true((x) == (y))

#include "../unit/feed/feed_fixture.h"

enum { ROUNDS = 7, ID_SIZE = 40 };

struct bench {
	struct fixture f;
	struct buf out;
	struct buf packed;
	icalcomponent *calendar;
	char etag[FEED_ETAG_SIZE];
};

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static size_t render(struct bench *b)
{
	struct diag d = DIAG_INIT;
	struct feed_spec s = spec_of(FEED_ALL, NULL);
	buf_clear(&b->out);
	assert_int_equal(feed_render(&b->f.c, &b->f.os, &s, &FRESH, &b->out, &d), RC_OK);
	return b->out.len;
}

static size_t hash(struct bench *b)
{
	feed_etag(b->out.data, b->out.len, b->etag);
	return b->out.len;
}

static size_t pack(struct bench *b)
{
	struct diag d = DIAG_INIT;
	buf_clear(&b->packed);
	assert_int_equal(feed_gzip(b->out.data, b->out.len, &b->packed, &d), RC_OK);
	return b->packed.len;
}

static size_t print_by_libical(struct bench *b)
{
	icalcomponent *copy = icalcomponent_new_clone(b->calendar);
	char *text = icalcomponent_as_ical_string_r(copy);
	size_t n = strlen(text);
	free(text);
	icalcomponent_free(copy);
	return n;
}

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void measure(const char *name, size_t (*work)(struct bench *), struct bench *b)
{
	int64_t us[ROUNDS];
	size_t bytes = 0;
	for (int i = 0; i < ROUNDS; i++) {
		int64_t start = now_us();
		bytes = work(b);
		us[i] = now_us() - start;
	}
	qsort(us, ROUNDS, sizeof *us, by_size);
	printf("%s %lld %zu\n", name, (long long)us[ROUNDS / 2], bytes);
}

static void make_obligations(struct fixture *f, size_t n)
{
	struct obligation *many = calloc(n, sizeof *many);
	char(*id)[ID_SIZE] = calloc(n, sizeof *id);
	assert_true(many && id);
	for (size_t i = 0; i < n; i++) {
		many[i] = f->o[i % 2];
		many[i].state = i % 5 == 0 ? STATE_DONE : STATE_OPEN;
		snprintf(id[i], sizeof id[i], "monthly/2024-07/unit-%zu", i);
		many[i].id = id[i];
	}
	f->os = (struct obligations){.item = many, .n = n};
}

int main(int argc, char **argv)
{
	static struct bench b;
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
	fixture_init(&b.f);
	make_obligations(&b.f, n);
	buf_init(&b.out, FEED_MAX);
	buf_init(&b.packed, FEED_MAX);
	measure("render", render, &b);
	b.calendar = icalparser_parse_string(b.out.data);
	assert_true(b.calendar);
	measure("libical", print_by_libical, &b);
	measure("etag", hash, &b);
	measure("gzip", pack, &b);
	printf("hash %.64s\n", b.etag + 1);
	icalcomponent_free(b.calendar);
	buf_done(&b.out);
	buf_done(&b.packed);
	fixture_done(&b.f);
	return 0;
}
