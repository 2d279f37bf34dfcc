/* Files of all sorts into memory, and bundles into bytes and back. */
#include <setjmp.h>
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

#define COUNT(a) (sizeof(a) / sizeof *(a))

static char dir[] = "/tmp/conf-bundle-XXXXXX";

static int enter_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int leave_dir(void **state)
{
	(void)state;
	char command[64];
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Reads main.cfg with the given text and compares everything that is said. */
static void expect_fault(const char *path, const char *want)
{
	struct conf_bundle b = {0};
	struct diags ds = {0};
	struct buf got;
	char line[DIAG_TEXT_MAX + 400];
	buf_init(&got, 1 << 16);
	assert_int_not_equal(conf_read_files(path, &b, &ds), RC_OK);
	for (size_t i = 0; i < ds.n; i++) {
		diag_line(&ds.item[i], NULL, line, sizeof line);
		buf_printf(&got, "%s\n", line);
	}
	assert_string_equal(got.data, want);
	assert_null(b.file);
	buf_done(&got);
	diags_done(&ds);
}

static void test_faults(void **state)
{
	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	write_file("real.cfg", "a = 1;\n");
	write_file("large.cfg", "#");
	assert_int_equal(truncate("large.cfg", CONFIG_FILE_MAX + 1), 0);
	assert_int_equal(symlink("real.cfg", "link.cfg"), 0);
	assert_int_equal(symlink("folder", "link"), 0);
	static const struct {
		const char *path, *want;
	} top[] = {
		{"missing.cfg", "missing.cfg:1: error: missing.cfg does not exist\n"},
		{"folder", "folder:1: error: folder is a directory, not a file\n"},
		{"pipe", "pipe:1: error: pipe is a pipe, not a file\n"},
		{"/dev/null", "null:1: error: /dev/null is a device, not a file\n"},
		{"link.cfg",
			"link.cfg:1: error: link.cfg is a symbolic link, which is not followed\n"},
		{"large.cfg", "large.cfg:1: error: large.cfg is larger than 1048576 bytes\n"},
	};
	for (size_t i = 0; i < COUNT(top); i++)
		expect_fault(top[i].path, top[i].want);
	static const struct {
		const char *list, *want;
	} included[] = {
		{"\"missing.cfg\"", "main.cfg:2: error: missing.cfg does not exist\n"},
		{"\"pipe\"", "main.cfg:2: error: pipe is a pipe, not a file\n"},
		{"\"folder\"", "main.cfg:2: error: folder is a directory, not a file\n"},
		{"\"link.cfg\"",
			"main.cfg:2: error: link.cfg is a symbolic link, which is not followed\n"},
		{"\"link/x.cfg\"",
			"main.cfg:2: error: link/x.cfg cannot be opened: Not a directory\n"},
		{"\"real.cfg\", \"real.cfg\"", "main.cfg:2: error: real.cfg is included twice\n"},
		{"\"main.cfg\"", "main.cfg:2: error: main.cfg is included twice\n"},
		{"\".\"",
			"main.cfg:2: error: \".\" cannot be included (name a file beside the main "
			"file, without .. and without a leading /)\n"},
		{"\"/etc/shadow\"", "main.cfg:2: error: \"/etc/shadow\" cannot be included (name a "
				    "file beside the "
				    "main file, without .. and without a leading /)\n"},
		{"\"../x.cfg\"",
			"main.cfg:2: error: \"../x.cfg\" cannot be included (name a file beside "
			"the main file, without .. and without a leading /)\n"},
		{"\"folder/../x\"", "main.cfg:2: error: \"folder/../x\" cannot be included (name a "
				    "file beside the "
				    "main file, without .. and without a leading /)\n"},
		{"\"\"", "main.cfg:2: error: \"\" cannot be included (name a file beside the main "
			 "file, "
			 "without .. and without a leading /)\n"},
	};
	for (size_t i = 0; i < COUNT(included); i++) {
		char text[300];
		snprintf(text, sizeof text, "include =\n [ %s ];\n", included[i].list);
		write_file("main.cfg", text);
		expect_fault("main.cfg", included[i].want);
	}
}

static void test_unreadable(void **state)
{
	(void)state;
	if (geteuid() == 0)
		skip();
	write_file("secret.cfg", "a = 1;\n");
	assert_int_equal(chmod("secret.cfg", 0), 0);
	expect_fault("secret.cfg",
		"secret.cfg:1: error: secret.cfg cannot be opened: Permission denied\n");
}

static void test_too_many(void **state)
{
	(void)state;
	struct buf text, want;
	char name[20];
	buf_init(&text, 4000);
	buf_init(&want, 4000);
	buf_puts(&text, "include = [");
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "n%d.cfg", i);
		write_file(name, "a = 1;\n");
		buf_printf(&text, "%s\"%s\"", i ? "," : "", name);
	}
	buf_puts(&text, "];\n");
	write_file("main.cfg", text.data);
	expect_fault("main.cfg", "main.cfg:1: error: more than 32 files\n");
	buf_done(&text);
	buf_done(&want);
}

static void test_read_pack_unpack(void **state)
{
	(void)state;
	struct conf_bundle a = {0}, b = {0}, c = {0};
	struct diags ds = {0};
	struct diag d;
	char *packed;
	size_t len;
	(void)mkdir("conf.d", 0700);
	write_file("conf.d/more.cfg", "b = 2;\n");
	write_file("main.cfg", "include = [ \"conf.d/more.cfg\" ];\n");
	assert_int_equal(conf_read_files("main.cfg", &a, &ds), RC_OK);
	assert_int_equal(a.n_files, 2);
	assert_string_equal(a.file[0].name, "main.cfg");
	assert_string_equal(a.file[1].name, "conf.d/more.cfg");
	assert_string_equal(a.file[1].data, "b = 2;\n");
	assert_int_equal(a.file[1].len, 7);
	assert_int_equal(a.dir[0], '/');
	conf_bundle_pack(&a, &packed, &len);
	assert_int_equal(conf_bundle_unpack(packed, len, &b, &d), RC_OK);
	assert_true(conf_bundle_equal(&a, &b));
	/* Whatever is cut off or added is noticed. */
	for (size_t n = 0; n <= len + 1; n++) {
		char *cut = mem_new(len + 2, 1);
		memcpy(cut, packed, n < len ? n : len);
		enum rc rc = conf_bundle_unpack(cut, n, &c, &d);
		if (rc == RC_OK) {
			assert_true(n == len || c.n_files < a.n_files);
			conf_bundle_done(&c);
		}
		free(cut);
	}
	write_file("conf.d/more.cfg", "b = 3;\n");
	assert_int_equal(conf_read_files("main.cfg", &c, &ds), RC_OK);
	assert_false(conf_bundle_equal(&a, &c));
	free(packed);
	conf_bundle_done(&a);
	conf_bundle_done(&b);
	conf_bundle_done(&c);
	diags_done(&ds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_read_pack_unpack),
	};
	return cmocka_run_group_tests(tests, enter_dir, leave_dir);
}
