/* A text that ends the process while it is made: after a few starts it alone is set aside, somebody is
 * told, and the rest has gone out. */
#include "fake_deliver.h"
#include "sim.h"

static jmp_buf end_of_process;
static const char *poison; /* the text that is the end; NULL: none */

static void look(const struct delivery *job)
{
	if (poison && memmem(job->bytes, job->len, poison, strlen(poison)))
		longjmp(end_of_process, 1);
}

static struct outcome take(const struct delivery *job)
{
	(void)job;
	return fake_outcome(OUTCOME_SENT, FAULT_NONE, "taken");
}

static void begin(struct sim *s, const char *name)
{
	fake.answer = take;
	fake.look = look;
	fake.n = 0;
	fake.room = 50;
	poison = NULL;
	sim_new(s, name, "2024-05-14T10:00+08:00", NULL, 0);
	sim_run_until(s, "2024-05-14T10:10+08:00");
}

static void plan(struct sim *s, const char *person, const char *note)
{
	struct diag d;
	static int nr;
	char id[40];
	snprintf(id, sizeof id, "alarm/%d", ++nr);
	struct notice x = {.obligation_id = id,
		.step = "alarm",
		.note = note,
		.person = config_person(engine_config(s->e), person),
		.role = ROLE_ADMIN,
		.channels = BIT(CHANNEL_SMS),
		.on_rest_days = true};
	assert_non_null(x.person);
	assert_int_equal(engine_notify(s->e, &x, s->now, &d), RC_OK);
}

/* Starts again after each end; how many there were. */
static int run(struct sim *s)
{
	volatile int ends = 0;
	if (setjmp(end_of_process)) {
		ends++;
		assert_in_range(ends, 1, 20);
		/* What was not committed is gone, as it would be. */
		sim_stop(s);
		sim_start(s, (struct instant){s->now.s + 5}, NULL, 0);
	}
	for (int i = 0; i < 60; i++) {
		engine_tick(s->e, s->now);
		s->now.s++;
	}
	return ends;
}

static size_t count_sent(const char *part)
{
	size_t n = 0;
	for (size_t i = 0; i < fake.n; i++)
		n += strstr(fake.sent[i].text, part) != NULL;
	return n;
}

static size_t count_set_aside(struct sim *s)
{
	size_t n;
	struct diag d;
	assert_int_equal(
		outbox_count_superseded(engine_store(s->e), ENGINE_WHY_ENDED, INSTANT_NONE, &n, &d),
		RC_OK);
	return n;
}

static void test_only_the_poison_is_set_aside(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "rendering");
	poison = "POISON";
	plan(&s, "admin", "first-of-three");
	plan(&s, "admin", "POISON");
	plan(&s, "admin", "third-of-three");
	plan(&s, "lead-brigade-10", "of-another");
	size_t told = fake_count(CHANNEL_EMAIL, "admin", (struct instant){0}, s.now, -1);
	int ends = run(&s);
	print_message("%d ends\n", ends);
	assert_int_equal(ends, MARKS_MAX);
	assert_int_equal(count_set_aside(&s), 1);
	assert_int_equal(count_sent("first-of-three"), 1);
	assert_int_equal(count_sent("third-of-three"), 1);
	assert_int_equal(count_sent("of-another"), 1);
	assert_int_equal(count_sent("POISON"), 0);
	assert_int_equal(s.n_kind[EVENT_REFUSED], 1);
	/* An admin hears of it. */
	assert_int_equal(fake_count(CHANNEL_EMAIL, "admin", (struct instant){0},
				 (struct instant){s.now.s + 1}, -1),
		told + 1);
	assert_int_equal(s.e->marks.n, 0);
	sim_done(&s);
}

/* The process was ended by something else: nobody is accused for long. */
static void test_a_text_that_can_be_made_is_acquitted(void **state)
{
	(void)state;
	struct sim s;
	begin(&s, "acquitted");
	for (int i = 0; i < 2 * MARKS_MAX; i++) {
		char note[20];
		snprintf(note, sizeof note, "POISON-%d", i);
		poison = note;
		plan(&s, "admin", note);
		if (setjmp(end_of_process) == 0)
			engine_tick(s.e, s.now);
		poison = NULL;
		sim_stop(&s);
		sim_start(&s, (struct instant){s.now.s + 5}, NULL, 0);
		assert_int_equal(s.e->marks.n, 1);
		run(&s);
		assert_int_equal(s.e->marks.n, 0);
	}
	assert_int_equal(count_set_aside(&s), 0);
	assert_int_equal(count_sent("POISON"), 2 * MARKS_MAX);
	sim_done(&s);
}

static struct outcome put_off(const struct delivery *job)
{
	(void)job;
	return fake_outcome(OUTCOME_RETRY, FAULT_NONE, "later");
}

/* One that waits for its next attempt, and was made anew because something in it had come in. */
static void test_a_message_made_anew_is_dead(void **state)
{
	(void)state;
	struct sim s;
	struct outbox_message m;
	struct arena a = ARENA_INIT;
	struct diag d;
	char path[400];
	begin(&s, "anew");
	plan(&s, "admin", "later");
	fake.answer = put_off;
	run(&s);
	int64_t id = s.message[s.n_messages - 1].id;
	sim_stop(&s);
	snprintf(path, sizeof path, "%s/rendering", s.dir);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "rendering 1\nsuspect %d message/%lld\nin-hand message/%lld\nend\n",
		MARKS_MAX - 1, (long long)id, (long long)id);
	fclose(f);
	fake.answer = take;
	sim_start(&s, s.now, NULL, 0);
	assert_int_equal(outbox_get_state(engine_store(s.e), id, &a, &m, &d), RC_OK);
	assert_int_equal(m.state, MESSAGE_DEAD);
	assert_string_equal(m.reason, ENGINE_WHY_ENDED);
	size_t before = fake.n;
	run(&s);
	/* The other way, and the alarm. */
	assert_in_range(fake.n - before, 2, 10);
	arena_done(&a);
	sim_done(&s);
}

/* A file that is no such file, or was torn, says nothing. */
static void test_bad_file(void **state)
{
	(void)state;
	static const char *const TEXT[] = {"", "rendering 1\n", "rendering 1\nin-hand abc\n",
		"rendering 2\nin-hand abc\nend\n", "rendering 1\nsuspect 99 abc\nend\n",
		"rendering 1\nsuspect -1 abc\nend\n", "rendering 1\nsuspect 1\nend\n",
		"rendering 1\nin-hand \nend\n", "\xff\xff\xff",
		"rendering 1\nin-hand "
		"0123456789012345678901234567890123456789012345678901234567890123456789\nend\n"};
	struct sim s;
	char path[400];
	begin(&s, "bad-file");
	snprintf(path, sizeof path, "%s/rendering", s.dir);
	for (size_t i = 0; i < sizeof TEXT / sizeof *TEXT; i++) {
		sim_stop(&s);
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fputs(TEXT[i], f);
		fclose(f);
		sim_start(&s, s.now, NULL, 0);
		assert_int_equal(s.e->marks.n, 0);
	}
	sim_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_the_poison_is_set_aside),
		cmocka_unit_test(test_a_text_that_can_be_made_is_acquitted),
		cmocka_unit_test(test_a_message_made_anew_is_dead),
		cmocka_unit_test(test_bad_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
