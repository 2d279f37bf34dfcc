/* feed_cache: files as they are replaced, damaged, too many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "feed_cache.h"
#include "mem.h"

#define CALENDAR(x) "BEGIN:VCALENDAR\r\nX:" x "\r\nEND:VCALENDAR\r\n"

static char dir[] = "/tmp/deadlined-test-feed-XXXXXX";
static int64_t now_ms = 5000;

static void write_file(const char *name, const void *data, size_t len)
{
	char path[200], part[200];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	snprintf(part, sizeof part, "%s/.part", dir);
	FILE *f = fopen(part, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(rename(part, path), 0);
}

static void write_text(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static void remove_file(const char *name)
{
	char path[200];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	unlink(path);
}

static void write_gzip(const char *name, const char *text)
{
	char path[200];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	gzFile f = gzopen(path, "wb");
	assert_int_equal(gzwrite(f, text, (unsigned)strlen(text)), strlen(text));
	gzclose(f);
}

static int make_dir(void **state)
{
	*state = NULL;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	static const char *const NAMES[] = {
		"all.ics", "all.ics.gz", "link.ics", "a.ics", "b.ics", ".part", "d.ics"};
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		remove_file(NAMES[i]);
	return rmdir(dir);
}

static enum rc get(struct feed_cache *c, const char *name, struct feed_file **ret)
{
	struct diag d;
	now_ms += FEED_LOOK_MS;
	return feed_cache_get(c, name, now_ms, ret, &d);
}

static void replaced(void **state)
{
	(void)state;
	struct feed_cache *c = feed_cache_new(dir);
	struct feed_file *f, *old;
	struct diag d;
	char tag[FEED_TAG_SIZE];
	write_text("all.ics", CALENDAR("one"));
	assert_int_equal(get(c, "all.ics", &f), RC_OK);
	assert_int_equal(f->form[FEED_PLAIN].len, strlen(CALENDAR("one")));
	memcpy(tag, f->form[FEED_PLAIN].etag, sizeof tag);
	assert_true(tag[0] == '"' && strlen(tag) == 66 && tag[65] == '"');
	old = feed_file_hold(f);
	write_text("all.ics", CALENDAR("two"));
	/* Within the second it is not looked at. */
	assert_int_equal(feed_cache_get(c, "all.ics", now_ms + 1, &f, &d), RC_OK);
	assert_string_equal(f->form[FEED_PLAIN].etag, tag);
	assert_int_equal(get(c, "all.ics", &f), RC_OK);
	assert_string_not_equal(f->form[FEED_PLAIN].etag, tag);
	/* Who holds the old one still has it. */
	assert_memory_equal(old->form[FEED_PLAIN].data, CALENDAR("one"), strlen(CALENDAR("one")));
	feed_file_release(old);
	write_text("all.ics", CALENDAR("one"));
	assert_int_equal(get(c, "all.ics", &f), RC_OK);
	assert_string_equal(f->form[FEED_PLAIN].etag, tag);
	feed_cache_free(c);
}

static const struct {
	const char *name, *text;
} DAMAGED[] = {
	{"empty", ""},
	{"cut", "BEGIN:VCALENDAR\r\nX:one\r\nEND:VCALEN"},
	{"no last line end", "BEGIN:VCALENDAR\r\nX:one\r\nEND:VCALENDAR"},
	{"bare line feeds", "BEGIN:VCALENDAR\nX:one\nEND:VCALENDAR\n"},
	{"head only", "BEGIN:VCALENDAR\r\n"},
	{"tail only", "\r\nEND:VCALENDAR\r\n"},
	{"overlapping", "BEGIN:VCALENDAR\r\nEND:VCALENDAR"},
	{"page", "<html>BEGIN:VCALENDAR\r\n\r\nEND:VCALENDAR\r\n"},
};

static void damaged(void **state)
{
	(void)state;
	struct feed_cache *c = feed_cache_new(dir);
	struct feed_file *f;
	assert_int_equal(get(c, "none.ics", &f), RC_NOTFOUND);
	for (size_t i = 0; i < sizeof DAMAGED / sizeof *DAMAGED; i++) {
		write_text("all.ics", DAMAGED[i].text);
		if (get(c, "all.ics", &f) != RC_CORRUPT)
			fail_msg("%s", DAMAGED[i].name);
	}
	write_text("all.ics", CALENDAR("well again"));
	assert_int_equal(get(c, "all.ics", &f), RC_OK);
	remove_file("all.ics");
	assert_int_equal(get(c, "all.ics", &f), RC_NOTFOUND);
	char path[200], link[200];
	snprintf(path, sizeof path, "%s/a.ics", dir);
	snprintf(link, sizeof link, "%s/link.ics", dir);
	write_text("a.ics", CALENDAR("one"));
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(get(c, "link.ics", &f), RC_IO);
	feed_cache_free(c);
}

static void compressed(void **state)
{
	(void)state;
	struct feed_cache *c = feed_cache_new(dir);
	struct feed_file *f;
	write_gzip("all.ics.gz", CALENDAR("one"));
	write_text("all.ics", CALENDAR("one"));
	assert_int_equal(get(c, "all.ics", &f), RC_OK);
	assert_non_null(f->form[FEED_GZIP].data);
	assert_string_not_equal(f->form[FEED_GZIP].etag, f->form[FEED_PLAIN].etag);
	/* The new feed is there, beside the old compressed one: it is not used. */
	write_text("all.ics", CALENDAR("two"));
	assert_int_equal(get(c, "all.ics", &f), RC_OK);
	assert_null(f->form[FEED_GZIP].data);
	write_text("all.ics.gz", "not compressed at all, but longer than a trailer");
	write_text("all.ics", CALENDAR("one"));
	assert_int_equal(get(c, "all.ics", &f), RC_OK);
	assert_null(f->form[FEED_GZIP].data);
	feed_cache_free(c);
}

static void write_large(const char *name)
{
	static const char END[] = "\r\nEND:VCALENDAR\r\n", BEGIN[] = "BEGIN:VCALENDAR\r\n";
	size_t len = 20 << 20;
	char *text = mem_new(len, 1);
	memset(text, 'X', len);
	memcpy(text, BEGIN, sizeof BEGIN - 1);
	memcpy(text + len - (sizeof END - 1), END, sizeof END - 1);
	write_file(name, text, len);
	free(text);
}

static int freed;
static void count_freed(void *prepared)
{
	freed += prepared != NULL;
}

/* Three of 20 MiB do not fit into 48: what was asked for longest ago goes, with what was made of it. */
static void too_many(void **state)
{
	(void)state;
	static int mark;
	static const char *const NAMES[] = {"a.ics", "b.ics", "d.ics"};
	struct feed_cache *c = feed_cache_new(dir);
	struct feed_file *f;
	freed = 0;
	for (size_t i = 0; i < 3; i++) {
		write_large(NAMES[i]);
		assert_int_equal(get(c, NAMES[i], &f), RC_OK);
		f->free_prepared = count_freed;
		f->prepared[FEED_PLAIN].whole = &mark;
		assert_int_equal(freed, i == 2);
	}
	assert_int_equal(get(c, "b.ics", &f), RC_OK);
	assert_ptr_equal(f->prepared[FEED_PLAIN].whole, &mark);
	assert_int_equal(get(c, "a.ics", &f), RC_OK);
	assert_null(f->prepared[FEED_PLAIN].whole);
	assert_int_equal(freed, 2);
	feed_cache_free(c);
	assert_int_equal(freed, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(replaced), cmocka_unit_test(damaged),
		cmocka_unit_test(compressed), cmocka_unit_test(too_many)};
	return cmocka_run_group_tests_name("feed_cache", tests, make_dir, remove_dir);
}
