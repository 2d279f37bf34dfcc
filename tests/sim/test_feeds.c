/* Which feeds are made anew by what: those whose bytes change, and no others. */
#include <dirent.h>

#include "engine_state.h"
#include "sim.h"

enum { FEEDS_MAX = 200, NAME_SIZE = 256 };

/* What is in the folder of feeds. */
struct shelf {
	char name[FEEDS_MAX][NAME_SIZE];
	char *bytes[FEEDS_MAX];
	size_t n;
};

static char *read_whole(const char *path)
{
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	long n = ftell(f);
	rewind(f);
	char *text = calloc(1, (size_t)n + 1);
	assert_int_equal(fread(text, 1, (size_t)n, f), n);
	fclose(f);
	return text;
}

static void look(const struct sim *s, struct shelf *ret)
{
	DIR *dir = opendir(s->feeds);
	assert_non_null(dir);
	*ret = (struct shelf){0};
	for (struct dirent *x; (x = readdir(dir));) {
		char path[700];
		if (x->d_name[0] == '.')
			continue;
		assert_true(ret->n < FEEDS_MAX);
		snprintf(path, sizeof path, "%s/%s", s->feeds, x->d_name);
		snprintf(ret->name[ret->n], NAME_SIZE, "%s", x->d_name);
		ret->bytes[ret->n++] = read_whole(path);
	}
	closedir(dir);
}

static void forget(struct shelf *x)
{
	for (size_t i = 0; i < x->n; i++)
		free(x->bytes[i]);
	*x = (struct shelf){0};
}

static const char *find(const struct shelf *x, const char *name)
{
	for (size_t i = 0; i < x->n; i++)
		if (strcmp(x->name[i], name) == 0)
			return x->bytes[i];
	return NULL;
}

/* How many are not as they were. */
static size_t count_changed(const struct shelf *before, const struct shelf *after)
{
	size_t n = 0;
	for (size_t i = 0; i < after->n; i++) {
		const char *old = find(before, after->name[i]);
		n += !old || strcmp(old, after->bytes[i]) != 0;
	}
	return n;
}

static void settle(struct sim *s)
{
	for (int i = 0; i < 200; i++) {
		s->now.s++;
		engine_tick(s->e, s->now);
		if (!s->e->feeds.slices.left)
			return;
	}
	fail_msg("the feeds are never all there");
}

/* Made anew without need, each has the bytes that it has: nothing was left out. */
static void expect_nothing_left_out(struct sim *s)
{
	struct shelf before, after;
	look(s, &before);
	feed_marks_clear(s->e->feeds.marks);
	engine_feeds_stale(s->e);
	size_t made = engine_feeds_made(s->e);
	settle(s);
	assert_int_equal(engine_feeds_made(s->e) - made, before.n);
	look(s, &after);
	assert_int_equal(count_changed(&before, &after), 0);
	forget(&before);
	forget(&after);
}

struct watch {
	struct shelf before;
	size_t made;
};

static void begin_watch(struct sim *s, struct watch *w)
{
	settle(s);
	look(s, &w->before);
	w->made = engine_feeds_made(s->e);
}

/* Feeds that were made since; each of them has changed. */
static size_t end_watch(struct sim *s, struct watch *w)
{
	struct shelf after;
	settle(s);
	size_t made = engine_feeds_made(s->e) - w->made;
	look(s, &after);
	assert_int_equal(made, count_changed(&w->before, &after));
	forget(&after);
	forget(&w->before);
	expect_nothing_left_out(s);
	return made;
}

static void begin(struct sim *s, const char *name)
{
	sim_new(s, name, "2024-05-14T10:00+08:00", NULL, 0);
	settle(s);
	assert_int_equal(engine_feeds_made(s->e), feed_files_count(engine_config(s->e)));
}

static size_t reload(struct sim *s, const struct sim_edit *edit, size_t n)
{
	struct watch w;
	struct engine_reload r;
	struct diag d = DIAG_INIT;
	begin_watch(s, &w);
	if (sim_reload(s, edit, n, true, &r, &d))
		sim_fail(&d);
	return end_watch(s, &w);
}

/* All, the unit, its lead, preparer and deputy, the office and its clerk. */
enum { HOLDERS = 7 };

static void test_one_report(void **state)
{
	(void)state;
	struct sim s;
	struct watch w;
	begin(&s, "feeds-report");
	begin_watch(&s, &w);
	sim_act(&s, ACT_REPORT, "monthly/2024-05/brigade-10", FORM_NONE, "", DATE_NONE);
	assert_int_equal(end_watch(&s, &w), HOLDERS);
	begin_watch(&s, &w);
	sim_act(&s, ACT_WAIVE, "monthly/2024-07/enforcement", FORM_NONE, "why", DATE_NONE);
	assert_int_equal(end_watch(&s, &w), HOLDERS);
	sim_done(&s);
}

static void test_reload_without_a_change(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "feeds-same");
	assert_int_equal(reload(&s, NULL, 0), 0);
	engine_want_plan(s.e);
	struct watch w;
	begin_watch(&s, &w);
	engine_want_plan(s.e);
	assert_int_equal(end_watch(&s, &w), 0);
	sim_done(&s);
}

/* From one world to the next and back, so that nothing depends on the first. */
static void test_edits(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		struct sim_edit edit[2];
		size_t n, want; /* 0: whatever changed */
	} CASE[] = {
		{"due", {{"workdays.cfg", "\"2024-06-10\"", "\"2024-06-10\", \"2024-07-19\""}}, 1,
			0},
		{"roster",
			{{"roster-2024.cfg", "{ month = 5; unit = \"brigade-10\"; }",
				 "{ month = 5; unit = \"mobile\"; }"},
				{"roster-2024.cfg", "{ month = 6; unit = \"mobile\"; }",
					"{ month = 6; unit = \"brigade-10\"; }"}},
			2, 1 + 2 * 4 + 2 * 2}, /* each office shows every duty month */
		{"person", {{"people.cfg", "十大队责任人", "十大队新责任人"}}, 1, 1},
		{"address", {{"people.cfg", "lead-brigade-10@", "lead-10@"}}, 1, 0},
		{"unit",
			{{"organisation.cfg", "id = \"brigade-10\"; name = \"十大队\"",
				"id = \"brigade-10\"; name = \"第十大队\""}},
			1, 0},
		{"title", {{"rules.cfg", "联点共建材料", "联点共建全部材料"}}, 1, 0},
		{"everything",
			{{"deadlined.cfg", "deadlined.example.invalid", "d.example.invalid"}}, 1,
			0},
	};
	struct sim s;
	begin(&s, "feeds-edits");
	size_t all = feed_files_count(engine_config(s.e));
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		size_t n = reload(&s, CASE[i].edit, CASE[i].n);
		print_message("%s: %zu of %zu\n", CASE[i].what, n, all);
		if (CASE[i].want)
			assert_int_equal(n, CASE[i].want);
		assert_int_equal(reload(&s, NULL, 0), n);
	}
	sim_done(&s);
}

/* What a pass did not reach is made by the next one, whatever its print says. */
static void test_a_pass_that_was_broken_off(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "feeds-broken-off");
	size_t made = engine_feeds_made(s.e), all = s.e->feeds.slices.count;
	engine_feeds_stale(s.e);
	engine_feeds_stale(s.e);
	settle(&s);
	assert_int_equal(engine_feeds_made(s.e), made);
	engine_feeds_stale(s.e);
	s.e->feeds.slices.left = 10;
	engine_feeds_stale(s.e);
	engine_feeds_stale(s.e);
	settle(&s);
	assert_int_equal(engine_feeds_made(s.e), made + 10);
	assert_int_equal(all, feed_files_count(engine_config(s.e)));
	sim_done(&s);
}

/* A file that somebody took away or cut comes back. */
static void test_a_lost_file_comes_back(void **state)
{
	(void)state;
	struct sim s;
	struct watch w;
	char path[700];
	begin(&s, "feeds-lost");
	begin_watch(&s, &w);
	snprintf(path, sizeof path, "%s/unit-brigade-10.ics", s.feeds);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof path, "%s/unit-mobile.ics", s.feeds);
	assert_int_equal(truncate(path, 10), 0);
	engine_want_plan(s.e);
	struct shelf after;
	settle(&s);
	look(&s, &after);
	assert_int_equal(engine_feeds_made(s.e) - w.made, 2);
	assert_int_equal(count_changed(&w.before, &after), 0);
	forget(&after);
	forget(&w.before);
	sim_done(&s);
}

/* Cancelled events leave after their days, though nothing else happens. */
static void test_cancelled_leave_by_themselves(void **state)
{
	(void)state;
	struct sim s;
	struct shelf shelf;
	static const char UID[] = "UID:monthly/2024-07/enforcement@";
	begin(&s, "feeds-cancelled");
	sim_act(&s, ACT_WAIVE, "monthly/2024-07/enforcement", FORM_NONE, "why", DATE_NONE);
	settle(&s);
	look(&s, &shelf);
	assert_non_null(strstr(find(&shelf, "unit-enforcement.ics"), UID));
	forget(&shelf);
	sim_run_until(&s, "2024-06-15T10:00+08:00");
	settle(&s);
	look(&s, &shelf);
	assert_null(strstr(find(&shelf, "unit-enforcement.ics"), UID));
	forget(&shelf);
	expect_nothing_left_out(&s);
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_report),
		cmocka_unit_test(test_reload_without_a_change),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_a_pass_that_was_broken_off),
		cmocka_unit_test(test_a_lost_file_comes_back),
		cmocka_unit_test(test_cancelled_leave_by_themselves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
