#include "library.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>

static void bad_versions(void **state)
{
	(void)state;
	static const struct {
		const char *name, *version;
		bool bad;
	} ROW[] = {
		{"libcurl", "7.88.1", false},
		{"libcurl", "8.7.1", false},
		{"libcurl", "8.8.0", true},
		{"libcurl", "8.8.0-DEV", true},
		{"libcurl", "8.8.1", false},
		{"libcurl", "8.9.0", true},
		{"libcurl", "8.9.1", false},
		{"libcurl", "8.10.0", true}, /* not between 8.1 and 8.2 */
		{"libcurl", "8.10.1", false},
		{"libcurl", "8.14.1", false},
		{"libcurl", "88", false},
		{"libcurl", "", false},
		{"libcurl", NULL, false},
		{"SQLite", "3.40.1", false},
		{"SQLite", "3.52.0", true},
		{"SQLite", "8.8.0", false},
	};
	for (size_t i = 0; i < sizeof ROW / sizeof *ROW; i++) {
		struct library l = {ROW[i].name, ROW[i].version};
		print_message("%s %s\n", l.name, l.version ? l.version : "(null)");
		assert_int_equal(library_fault(&l) != NULL, ROW[i].bad);
	}
}

static void page(void **state)
{
	(void)state;
	static const struct library L[] = {{"libcurl", "8.8.0"}, {"libconfig", NULL}};
	char text[400] = "";
	FILE *f = fmemopen(text, sizeof text, "w");
	library_print(f, "deadlined", L, 2);
	fclose(f);
	assert_string_equal(text, "deadlined " DEADLINED_VERSION "\n  libcurl 8.8.0\n  libconfig ?\n"
				  "warning: libcurl 8.8.0: mail sessions with STARTTLS break\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(bad_versions), cmocka_unit_test(page)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
