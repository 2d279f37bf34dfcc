/*
 * The reader child as a process: what it says comes back whole, and whatever becomes of it, the
 * parent goes on.  Run with the hidden argument this program is the child.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "mem.h"
#include "conf.h"
#include "conf_wire.h"
#include "base_conf.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const self = NULL; /* this program */

static struct conf_bundle bundle_of(const char *text)
{
	struct conf_bundle b = {
		.dir = mem_strdup("/"), .file = mem_new(1, sizeof *b.file), .n_files = 1};
	b.file[0] = (struct conf_file){mem_strdup("t.cfg"), mem_strdup(text), strlen(text)};
	return b;
}

static char *vet_lines(const char *text, const char *exe, enum rc *ret_rc)
{
	struct conf_bundle b = bundle_of(text);
	struct diags ds = {0};
	struct buf out;
	char line[DIAG_TEXT_MAX + 400];
	buf_init(&out, 1 << 20);
	*ret_rc = conf_vet(&b, exe, &ds);
	for (size_t i = 0; i < ds.n; i++) {
		diag_line(&ds.item[i], NULL, line, sizeof line);
		buf_printf(&out, "%s\n", line);
	}
	diags_done(&ds);
	conf_bundle_done(&b);
	return out.data;
}

static void test_sound(void **state)
{
	(void)state;
	enum rc rc;
	char *got = vet_lines(BASE_CONF, self, &rc);
	assert_int_equal(rc, RC_OK);
	assert_string_equal(got, "");
	free(got);
}

static void test_faults_cross(void **state)
{
	(void)state;
	enum rc rc;
	char *got =
		vet_lines("domain = \"r.example.org\";\nallow_empty = true;\norganisaton = \"x\";\n"
			  "workdays = { known_through = \"2024-13-01\"; };",
			self, &rc);
	assert_int_equal(rc, RC_INVALID);
	assert_string_equal(got,
		"t.cfg:1: error: organisation is missing\n"
		"t.cfg:3: error: unknown setting \"organisaton\"; did you mean \"organisation\"?\n"
		"t.cfg:4: error: known_through is \"2024-13-01\", which is not a day (write it as "
		"\"2024-05-20\")\n");
	free(got);
}

/* Children that go wrong: shell scripts in the place of the program. */
static void test_bad_children(void **state)
{
	(void)state;
	static const struct {
		const char *script, *want;
	} child[] = {
		{"kill -9 $$", "t.cfg:1: error: the configuration could not be read: the reader "
			       "process was ended "
			       "by signal 9\n"},
		{"exit 3", "t.cfg:1: error: the configuration could not be read: the reader "
			   "process ended with "
			   "status 3\n"},
		{"exit 0", "t.cfg:1: error: the configuration could not be read: the reader "
			   "process gave no "
			   "clear "
			   "answer\n"},
		{"cat", "t.cfg:1: error: the configuration could not be read: the reader process "
			"gave no "
			"clear "
			"answer\n"},
		{"exec <&-; exec >&-; sleep 0.2; exit 4",
			"t.cfg:1: error: the configuration could not be read: the reader process "
			"ended with "
			"status "
			"4\n"},
		{"head -c 3000000 /dev/zero; exit 0", "t.cfg:1: error: the configuration could not "
						      "be read: the reader process said too "
						      "much\n"},
	};
	for (size_t i = 0; i < COUNT(child); i++) {
		char path[] = "/tmp/conf-vet-XXXXXX";
		enum rc rc;
		int fd = mkstemp(path);
		assert_true(fd >= 0);
		dprintf(fd, "#!/bin/sh\nPATH=/usr/bin:/bin\n%s\n", child[i].script);
		close(fd);
		assert_int_equal(chmod(path, 0700), 0);
		char *got = vet_lines(BASE_CONF, path, &rc);
		unlink(path);
		assert_int_not_equal(rc, RC_OK);
		assert_string_equal(got, child[i].want);
		free(got);
	}
	enum rc rc;
	char *got = vet_lines(BASE_CONF, "/nonexistent/reader", &rc);
	assert_int_equal(rc, RC_IO);
	assert_string_equal(got,
		"t.cfg:1: error: the configuration could not be read: no reader process: No such "
		"file or directory\n");
	free(got);
}

/* A big bundle: both ends are busy at once. */
static void test_large(void **state)
{
	(void)state;
	enum rc rc;
	struct buf text;
	buf_init(&text, 1 << 20);
	buf_puts(&text, BASE_CONF);
	while (text.len < 1000000)
		buf_puts(&text,
			"# filler filler filler filler filler filler filler filler filler\n");
	char *got = vet_lines(text.data, self, &rc);
	assert_string_equal(got, "");
	assert_int_equal(rc, RC_OK);
	free(got);
	buf_done(&text);
}

static bool wire_accepts(const struct diags *ds)
{
	struct diags got = {0};
	struct buf out;
	buf_init(&out, 4096);
	conf_wire_put(ds, &out);
	bool ok = conf_wire_get(out.data, out.len, &got);
	buf_done(&out);
	diags_done(&got);
	return ok;
}

/* Every cut and every flipped byte of an answer is either refused or still a clean list. */
static void test_wire_is_data(void **state)
{
	(void)state;
	struct diags ds = {0};
	struct diag d;
	struct buf out;
	(void)diag_set(&d, RC_RANGE, "%s is %d", "points", 101);
	diag_hint(&d, "0..100");
	diag_at(&d, "rules.cfg", 41);
	diags_add(&ds, &d);
	d.severity = SEV_WARNING;
	diags_add(&ds, &d);
	buf_init(&out, 4096);
	conf_wire_put(&ds, &out);
	for (size_t n = 0; n < out.len; n++) {
		struct diags got = {0};
		assert_false(conf_wire_get(out.data, n, &got));
		assert_int_equal(got.n, 0);
	}
	for (size_t i = 0; i < out.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			struct diags got = {0};
			char line[DIAG_TEXT_MAX + 400];
			out.data[i] = (char)(out.data[i] ^ 1 << bit);
			if (conf_wire_get(out.data, out.len, &got))
				for (size_t k = 0; k < got.n; k++)
					diag_line(&got.item[k], NULL, line, sizeof line);
			diags_done(&got);
			out.data[i] = (char)(out.data[i] ^ 1 << bit);
		}
	struct diags got = {0};
	char line[DIAG_TEXT_MAX + 400];
	/* Fewer errors announced than sent; more arguments announced than sent. */
	ds.n_errors = 0;
	assert_false(wire_accepts(&ds));
	ds.n_errors = 1;
	ds.item[0].n_args = 3;
	assert_false(wire_accepts(&ds));
	ds.item[0].n_args = 2;
	assert_true(wire_accepts(&ds));
	assert_true(conf_wire_get(out.data, out.len, &got));
	assert_int_equal(got.n_errors, 1);
	assert_int_equal(got.n_warnings, 1);
	diag_line(&got.item[0], NULL, line, sizeof line);
	assert_string_equal(line, "rules.cfg:41: error: points is 101 (0..100)");
	diags_done(&got);
	diags_done(&ds);
	buf_done(&out);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_faults_cross),
		cmocka_unit_test(test_bad_children),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_wire_is_data),
	};
	if (argc > 1 && strcmp(argv[1], CONF_VET_ARG) == 0)
		return conf_vet_child();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
